"""Parquet: prices and quantities as exact decimals, times as UTC timestamps in nanoseconds."""

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import parquet

from app.export.portions import Watch, portions
from app.export.whole import Draft
from protocols.market.values import DIGITS
from widgets.sheet import ColumnKind, Sheet, Value

PORTION = 200
"""Rows, about two milliseconds."""

GROUP = 50_000
"""Rows that are compressed together: some megabytes in memory."""

PRECISION = 38
"""Digits of a 128-bit decimal: more than any scaled value has."""

_TYPES = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.WHOLE: pa.int64(),
    ColumnKind.DECIMAL: pa.decimal128(PRECISION, DIGITS),
    ColumnKind.TIME: pa.timestamp("ns", tz="UTC"),
}


class ValueUnfit(ValueError):
    """A value is larger or finer than its column can hold exactly; nothing is rounded."""


def write_parquet(sheet: Sheet, draft: Draft, watch: Watch) -> None:
    """Writes the sheet. Raises `ValueUnfit`."""
    kinds = sheet.kinds or (ColumnKind.TEXT,) * len(sheet.headings)
    schema = pa.schema(
        [(heading, _TYPES[kind]) for heading, kind in zip(sheet.headings, kinds, strict=True)],
        metadata={"title": sheet.title},
    )
    with parquet.ParquetWriter(draft.file, schema, compression="zstd") as writer:
        group: list[pa.RecordBatch] = []
        for portion in portions(sheet, PORTION, watch):
            group.append(_batch(portion, schema))
            if len(group) * PORTION >= GROUP:
                writer.write_table(pa.Table.from_batches(group, schema))
                group = []
        if group:
            writer.write_table(pa.Table.from_batches(group, schema))


def _batch(rows: Sequence[tuple[Value, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.record_batch(
        [_array(column, field) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _array(column: tuple[Value, ...], field: pa.Field) -> pa.Array:
    if field.type == pa.string():
        column = tuple(None if value is None else str(value) for value in column)
    try:
        return pa.array(column, field.type)
    except (pa.ArrowInvalid, OverflowError) as error:
        raise ValueUnfit(f"{field.name}: {error}") from error
