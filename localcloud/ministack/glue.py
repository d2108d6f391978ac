# SPDX-License-Identifier: Apache-2.0
"""Glue: the Data Catalog, classifiers and crawlers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import glue as _glue

from localcloud.ministack import Replaceable, Request, Response, Table

databases: Table = _glue._databases  # name -> database
tables: Table = _glue._tables  # "database/table" -> table
partitions: Table = _glue._partitions  # "database/table" -> its partitions
classifiers: Table = _glue._classifiers  # name -> classifier, with its kind as the only key
crawlers: Table = _glue._crawlers  # name -> crawler, with its State

create_database: Callable[[Request], Response] = _glue._create_database
create_table: Callable[[Request], Response] = _glue._create_table
update_table: Callable[[Request], Response] = _glue._update_table
create_partition: Callable[[Request], Response] = _glue._create_partition
batch_update_partition: Callable[[Request], Response] = _glue._batch_update_partition
create_classifier: Callable[[Request], Response] = _glue._create_classifier
delete_classifier: Callable[[Request], Response] = _glue._delete_classifier
handle_request: Replaceable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]] = Replaceable(
    _glue, "handle_request", "method, path, headers, body, query_params"
)
reset: Callable[[], None] = _glue.reset

update_database: Replaceable[[Request], Response] = Replaceable(_glue, "_update_database", "data")
start_crawler: Replaceable[[Request], Response] = Replaceable(_glue, "_start_crawler", "data")
