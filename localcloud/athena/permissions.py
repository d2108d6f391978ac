# SPDX-License-Identifier: Apache-2.0
"""What a query needs of Glue and S3: Athena asks both as whoever started the query.

Sources: Amazon Athena user guide, "Configure access to databases and tables in the AWS Glue Data Catalog" (permissions
on the database, the catalog above it and the table; partition actions on all three) and "Access to Amazon S3 from
Athena"; for the single partition that Athena asks for, and its words, cloud-intelligence-dashboards-framework#705; for
the batch, the managed policy AmazonAthenaFullAccess; that projected partitions are not asked for, "Use partition
projection with Amazon Athena". The administrator may do everything, and other statements than SELECT and UNLOAD are not
evaluated.
"""

from collections.abc import Callable, Iterable

from localcloud.athena.relations import LakeTable, Relations
from localcloud.athena.tables import partition_projection
from localcloud.athena.tables.stored_objects import place
from localcloud.athena.trino.errors import QueryError
from localcloud.iam.principals import AccessDeniedError, Session, current_caller

_PARTITION_ACTIONS = ("glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition")


def require_catalog(uses: Relations) -> None:
    """Raise QueryError unless the caller may look up these tables and views, and tables' partitions."""

    def check(session: Session) -> None:
        for key, table in {use.key: use.table for use in uses}.items():
            database, _, name = key.partition("/")
            registered = table.get("PartitionKeys") and not partition_projection.is_enabled(table)
            session.check("glue:GetDatabase", DatabaseName=database)
            for action in ("glue:GetTable", *(_PARTITION_ACTIONS if registered else ())):
                session.check(action, DatabaseName=database, TableName=name)

    _for_the_caller(check, "Insufficient permissions to execute the query. ")


def require_read(uses: Relations, uris: Iterable[str]) -> None:
    """Raise QueryError unless the caller may list the buckets of these tables and objects, and read each object."""

    def check(session: Session) -> None:
        tables = [place(use.table["StorageDescriptor"]["Location"]) for use in uses if isinstance(use, LakeTable)]
        objects = sorted({place(uri) for uri in uris})
        for bucket in sorted({bucket for bucket, _ in (*tables, *objects)}):
            session.check("s3:ListBucket", BucketName=bucket)
        for bucket, key in objects:
            session.check("s3:GetObject", BucketName=bucket, ObjectName=key)

    _for_the_caller(check)


def require_list(location: str) -> None:
    """Raise QueryError unless the caller may see whether a folder is empty."""
    _for_the_caller(lambda session: session.check("s3:ListBucket", BucketName=place(location)[0]))


def require_write(uri: str) -> None:
    """Raise QueryError unless the caller may find a bucket and write an object into it."""

    def check(session: Session) -> None:
        bucket, key = place(uri)
        session.check("s3:GetBucketLocation", BucketName=bucket)
        session.check("s3:PutObject", BucketName=bucket, ObjectName=key)

    _for_the_caller(check)


def _for_the_caller(check: Callable[[Session], None], words: str = "") -> None:
    session = current_caller()
    if session is None:
        return
    try:
        check(session)
    except AccessDeniedError as error:
        raise QueryError(f"PERMISSION_DENIED: {words}{error}") from error
