# SPDX-License-Identifier: Apache-2.0
"""What a query needs of Glue and S3: Athena asks both as whoever started the query.

Sources: Amazon Athena user guide, "Configure access to databases and tables in the AWS Glue Data Catalog" (permissions
on the database, the catalog above it and the table; partition actions on all three) and "Access to Amazon S3 from
Athena"; for the single partition that Athena asks for, and its words, cloud-intelligence-dashboards-framework#705; for
the batch, the managed policy AmazonAthenaFullAccess. The administrator may do everything.
"""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from localcloud.athena.relations import Relations
from localcloud.athena.trino.errors import QueryError
from localcloud.iam.principals import AccessDeniedError, Session, current_caller

_PARTITION_ACTIONS = ("glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition")


def require_catalog(uses: Relations) -> None:
    """Raise QueryError unless the caller may look up these tables and views, and tables' partitions."""

    def check(session: Session) -> None:
        for key, partitioned in {use.key: bool(use.table.get("PartitionKeys")) for use in uses}.items():
            database, _, table = key.partition("/")
            session.check("glue:GetDatabase", DatabaseName=database)
            for action in ("glue:GetTable", *(_PARTITION_ACTIONS if partitioned else ())):
                session.check(action, DatabaseName=database, TableName=table)

    _for_the_caller(check)


def require_read(uris: Iterable[str]) -> None:
    """Raise QueryError unless the caller may list the buckets of these objects and read each of them."""

    def check(session: Session) -> None:
        places = sorted({_place(uri) for uri in uris})
        for bucket in sorted({bucket for bucket, _ in places}):
            session.check("s3:ListBucket", BucketName=bucket)
        for bucket, key in places:
            session.check("s3:GetObject", BucketName=bucket, ObjectName=key)

    _for_the_caller(check)


def require_write(uri: str) -> None:
    """Raise QueryError unless the caller may find a bucket and write an object into it."""

    def check(session: Session) -> None:
        bucket, key = _place(uri)
        session.check("s3:GetBucketLocation", BucketName=bucket)
        session.check("s3:PutObject", BucketName=bucket, ObjectName=key)

    _for_the_caller(check)


def _for_the_caller(check: Callable[[Session], None]) -> None:
    session = current_caller()
    if session is None:
        return
    try:
        check(session)
    except AccessDeniedError as error:
        raise QueryError(f"PERMISSION_DENIED: Insufficient permissions to execute the query. {error}") from error


def _place(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")
