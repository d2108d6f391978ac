# SPDX-License-Identifier: Apache-2.0
"""Objects of text as a relation of a DuckDB session, as Hive's LazySimpleSerDe reads them.

Each is read by its partition's own columns: one that has fewer than its table gives NULL for the rest, whatever its
objects hold.

`"$path"` is the S3 URI of the object that a row is in, as in Athena (user guide, "Get the file locations of source data
in Amazon S3"). A row keeps the number of its object only, so that the paths cost nothing where nobody asks for them.
"""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from localcloud.athena.relations import PATH, LakeTable
from localcloud.athena.tables import partitions, stored_objects
from localcloud.athena.tables.column_types import duckdb_type
from localcloud.athena.tables.partitions import Partition, quoted
from localcloud.athena.tables.stored_objects import StoredObject
from localcloud.athena.trino.errors import QueryError

_MOST_HELD = 16_000_000  # characters that are not in DuckDB yet


@dataclass(frozen=True)
class Texts:
    """The objects that were read (URI, ETag and keys of the partition), the table's declaration, and their bytes."""

    objects: tuple[tuple[str, str, tuple[str, ...]], ...]
    declaration: str
    stored_bytes: int


@dataclass(frozen=True)
class TextObjects:
    """What is to be read for one use of a table."""

    use: LakeTable
    wanted: list[Partition]
    objects: list[tuple[StoredObject, Partition]]

    @property
    def texts(self) -> Texts:
        """The same texts are the same rows."""
        read = tuple((stored.uri, stored.etag, tuple(partition.values)) for stored, partition in self.objects)
        declaration = f"{self.use.table['StorageDescriptor']} {[partition.columns for partition in self.wanted]}"
        return Texts(read, declaration, sum(len(stored.data) for stored, _ in self.objects))

    def make(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the relation. Raises QueryError for an object that is not what its name says."""
        use = self.use
        connection.execute(f"CREATE TEMP TABLE {use.relation}_lines (object INTEGER, line VARCHAR)")
        held = 0
        texts: dict[int, str] = {}
        for number, (stored, _) in enumerate(self.objects):
            texts[number] = _decoded(stored.uri, stored.data).removesuffix("\n")
            held += len(texts[number])
            if held > _MOST_HELD:
                _insert(connection, use.relation, texts)
                texts, held = {}, 0
        _insert(connection, use.relation, texts)
        widths = [len(partition.columns) for _, partition in self.objects]
        connection.execute(
            f"CREATE TEMP TABLE {use.relation}_objects (object INTEGER, path VARCHAR, keys VARCHAR[], width INTEGER)"
        )
        connection.execute(
            f"INSERT INTO {use.relation}_objects SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[][]), unnest(?::INTEGER[])",
            [
                list(range(len(self.objects))),
                [stored.uri for stored, _ in self.objects],
                [partition.values for _, partition in self.objects],
                widths,
            ],
        )
        storage = use.table["StorageDescriptor"]
        delimiter = (storage["SerdeInfo"].get("Parameters") or {}).get("field.delim", "\x01")
        columns = partitions.columns(storage)
        narrow = any(width < len(columns) for width in widths)
        parts = [f"{_typed(f'fields[{i}]', kind)} AS {quoted(name)}" for i, (name, kind) in enumerate(columns, 1)]
        parts += [f"p.keys[{i}] AS {quoted(key)}" for i, key in enumerate(partitions.keys(use), 1)]
        parts += [f"p.path AS {quoted(PATH)}"] if use.reads_path else []
        connection.execute(_relation(use.relation, parts, delimiter, narrow=narrow))


def find(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> TextObjects:
    """The objects of one use of a table. Raises QueryError for a partition that is not as its table."""
    wanted = partitions.wanted(connection, use, now)
    for partition in wanted:
        partitions.require_same_types(use, partition)
    below = stored_objects.Listing().below
    return TextObjects(use, wanted, [(stored, one) for one in wanted for stored in below(one.location)])


def _insert(connection: duckdb.DuckDBPyConnection, relation: str, texts: Mapping[int, str]) -> None:
    """The lines of several objects at once: a statement for each of many small ones would take most of the time."""
    connection.execute(
        f"INSERT INTO {relation}_lines SELECT object, unnest(string_split(text, chr(10))) FROM "  # noqa: S608
        "(SELECT unnest(?::INTEGER[]) AS object, unnest(?::VARCHAR[]) AS text) WHERE text <> ''",
        [list(texts), list(texts.values())],
    )


def _decoded(uri: str, data: bytes) -> str:
    if uri.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise QueryError(f"HIVE_CURSOR_ERROR: {uri} is not gzip: {error}") from error
    text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _relation(name: str, columns: Sequence[str], delimiter: str, *, narrow: bool) -> str:
    """A view whose columns are the fields of each line, in order: too few give NULL, too many are dropped.

    `columns` are their expressions over an object's `fields`, `keys` and `path`. `narrow` says that a partition has
    fewer columns than the table.
    """
    split = f"string_split(line, {_literal(delimiter)})"
    fields = f"list_slice({split}, 1, width)" if narrow else split
    return (
        f"CREATE TEMP VIEW {name} AS SELECT {', '.join(columns)} FROM "  # noqa: S608
        f"(SELECT path, keys, {fields} AS fields FROM {name}_lines JOIN {name}_objects USING (object)) AS p"
    )


def _typed(field: str, hive_type: str) -> str:
    """The field as the column's type. Raw text stays text; Hive makes NULL of what is not of the type."""
    kind = duckdb_type(hive_type)
    text = f"nullif({field}, '\\N')"
    return text if kind == "VARCHAR" else f"TRY_CAST({text} AS {kind})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
