# SPDX-License-Identifier: Apache-2.0
"""The partitions of a table, as AWS Glue describes them."""

from typing import Any

from botocore.exceptions import ClientError


def partitions(glue: Any, database: str, table: str) -> list[dict[str, Any]]:
    """All of them, without their columns; none if there is no such table. `glue` is a boto3 client."""
    pages = glue.get_paginator("get_partitions")
    try:
        found = pages.paginate(DatabaseName=database, TableName=table, ExcludeColumnSchema=True)
        return [partition for page in found for partition in page["Partitions"]]
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        return []
