# SPDX-License-Identifier: Apache-2.0
"""What a crawler's role lets a crawl do.

AWS does not list what a crawler calls. Asked for here is what the steps of a crawl cannot do without: list and read the
objects, read the classifier and the database, and read, make or change the table and its partitions. Source: AWS Glue
Developer Guide, "Crawler prerequisites" (crawler-prereqs), for S3, and "Managed policies for AWS Glue" for the rest.
"""

from collections.abc import Callable, Mapping
from typing import Any

from localcloud.iam.principals import assume

type Check = Callable[..., None]
"""Takes an action and the names of its resource, and raises AccessDeniedError if the role may not."""


def check_of(crawler: Mapping[str, Any]) -> Check:
    """The check of a crawler's role. A crawler without a role, which is never one of the API's, may everything."""
    if "Role" not in crawler:
        return lambda action, **names: None
    return assume(crawler["Role"], "glue.amazonaws.com", "AWS-Crawler").check
