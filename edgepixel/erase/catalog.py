# SPDX-License-Identifier: Apache-2.0
"""The calls to the AWS Glue Data Catalog: partitions of `pixel_days`, and of `pixel_days_made`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.aws.partitions import partitions
from edgepixel.errors import ErasureError

_DELETED = 25  # partitions in one BatchDeletePartition (AWS Glue API, partitions)

type Partition = Mapping[str, Any]


class Catalog:
    """The catalog of one stack."""

    def __init__(self, glue: Any, database: str) -> None:
        self._glue = glue
        self._database = database

    def table(self, name: str) -> Mapping[str, Any]:
        """A table as Glue describes it."""
        found: Mapping[str, Any] = self._glue.get_table(DatabaseName=self._database, Name=name)["Table"]
        return found

    def typed_days(self) -> list[Partition]:
        """All partitions of `pixel_days`, without their columns."""
        return [*partitions(self._glue, self._database, lake_names.DAYS_TABLE)]

    def switch(self, partition: Partition) -> None:
        """Replace a partition of `pixel_days`."""
        self._glue.update_partition(
            DatabaseName=self._database,
            TableName=lake_names.DAYS_TABLE,
            PartitionValueList=partition["Values"],
            PartitionInput=partition,
        )

    def add_made(self, partition: Partition) -> None:
        """Create a partition of `pixel_days_made`."""
        self._glue.create_partition(
            DatabaseName=self._database, TableName=lake_names.DAYS_MADE_TABLE, PartitionInput=partition
        )

    def drop_made(self, day: str, goes: Callable[[str], bool]) -> None:
        """Delete the partitions of `pixel_days_made` of a day whose location, an S3 URI, is one that goes."""
        found = partitions(self._glue, self._database, lake_names.DAYS_MADE_TABLE)
        self._delete(
            one["Values"] for one in found if one["Values"][0] == day and goes(one["StorageDescriptor"]["Location"])
        )

    def _delete(self, gone: Iterable[Sequence[str]]) -> None:
        for batch in batched(gone, _DELETED, strict=False):
            result = self._glue.batch_delete_partition(
                DatabaseName=self._database,
                TableName=lake_names.DAYS_MADE_TABLE,
                PartitionsToDelete=[{"Values": list(values)} for values in batch],
            )
            for error in result.get("Errors") or []:
                detail = error["ErrorDetail"]
                if detail.get("ErrorCode") != "EntityNotFoundException":  # the compactor was faster
                    raise ErasureError(f"AWS Glue did not delete a partition: {detail.get('ErrorMessage')}")
