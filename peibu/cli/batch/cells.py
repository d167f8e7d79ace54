"""Turns raw columns into typed ones: each distinct value is read once, by the same reader as a single case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from peibu.cli.fact_table import key_text
from peibu.rulebook import FactSpec
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.judge import excuse_of
from peibu.rulebook.schema import yuan_to_fen

_LARGEST = 10**18
Read = Callable[[Any], Any]


class Wrong:
    """The cells of a column that cannot be read: how many, and the first of them with value and reason."""

    def __init__(self, raw: pl.Series, rows: pl.Series, reason: Callable[[int], str]):
        self._raw, self._rows, self._reason = raw, rows, reason

    def __len__(self) -> int:
        return len(self._rows)

    def first(self, limit: int) -> Iterator[tuple[int, str, str]]:
        """Yield (row within the chunk from 0, the value as it stands, why it cannot be read)."""
        for row in self._rows.head(limit).to_list():
            yield row, str(self._raw[row]), self._reason(row)


NOTHING_WRONG = Wrong(pl.Series([], dtype=pl.Null), pl.Series([], dtype=pl.UInt32), str)


def read_column(
    raw: pl.Series, spec: FactSpec, *, is_yuan: bool = False, read: Read | None = None
) -> tuple[pl.Series, Wrong]:
    """Return the column in the type of its fact and the cells that cannot be read (null in the column).

    is_yuan: the amounts are written in yuan and become exact fen. read: reads one value instead of the fact itself. An empty cell is null: unknown.
    """
    target = frame_type(spec)
    same = None if is_yuan else _as_it_is(raw, spec)
    if same is not None:
        return same.cast(target), NOTHING_WRONG
    read = read or (yuan_to_fen if is_yuan else _reader(spec))
    if raw.dtype == pl.Object or raw.dtype.is_nested():
        return _one_by_one(raw, read, target)
    return _each_value_once(raw, read, target)


def read_text(raw: pl.Series) -> pl.Series:
    """Return a column of names or numbers of people as stripped text, empty cells null."""
    if raw.dtype == pl.Object:
        return pl.Series(raw.name, [None if _empty(value) else key_text(value) for value in raw], dtype=pl.String)
    if raw.dtype.is_float():
        return pl.Series(raw.name, [None if value is None else key_text(value) for value in raw], dtype=pl.String)
    text = raw.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _as_it_is(raw: pl.Series, spec: FactSpec) -> pl.Series | None:
    """The column when nothing in it needs reading; None otherwise."""
    kind, dtype = spec.type, raw.dtype
    if dtype == pl.Null or (spec.type == "boolean" and dtype == pl.Boolean):
        return raw
    if kind == "integer" and dtype.is_integer() and dtype != pl.UInt64:
        return raw
    if kind == "fen" and dtype.is_integer() and dtype != pl.UInt64 and (raw.min() or 0) >= 0:
        return raw
    if kind in ("date", "month") and dtype == pl.Date:
        return raw if kind == "date" else raw.dt.month_start()
    if kind == "text" and dtype == pl.String:
        return read_text(raw)
    return None


def _reader(spec: FactSpec) -> Read:
    return _excused if spec.type == "reasons" else spec.read


def _excused(value: Any) -> list[str]:
    """The rules for which a reason is given: {rule: reason or {reason, approver}}."""
    if not isinstance(value, Mapping):
        raise ValueError("应为“规则: 理由”的对应关系")
    return [rule for rule in value if excuse_of(value, rule)]


def _each_value_once(raw: pl.Series, read: Read, target: Any) -> tuple[pl.Series, Wrong]:
    distinct = raw.drop_nulls().unique()
    typed, reasons = _read_all(distinct, read)
    if not len(distinct):
        return pl.Series(raw.name, [], dtype=target).extend_constant(None, len(raw)), NOTHING_WRONG
    # floats that are not numbers are not equal to themselves: a join would lose them
    places = pl.DataFrame({"value": distinct, "place": pl.Series(range(len(distinct)), dtype=pl.UInt32)})
    found = raw.to_frame("value").join(places, on="value", how="left", nulls_equal=True, maintain_order="left")
    place = found["place"]
    column = pl.Series(raw.name, typed, dtype=target).gather(place)
    if not reasons:
        return column.alias(raw.name), NOTHING_WRONG
    wrong = place.is_in(list(reasons)).fill_null(False).arg_true()
    return column.alias(raw.name), Wrong(raw, wrong, lambda row: reasons[place[row]])


def _one_by_one(raw: pl.Series, read: Read, target: Any) -> tuple[pl.Series, Wrong]:
    values = raw.to_list()
    typed, reasons = _read_all(values, read)
    column = pl.Series(raw.name, typed, dtype=target)
    return column, Wrong(raw, pl.Series(list(reasons), dtype=pl.UInt32), reasons.__getitem__)


def _read_all(values: Iterable[Any], read: Read) -> tuple[list[Any], dict[int, str]]:
    typed: list[Any] = []
    reasons: dict[int, str] = {}
    memory: dict[Any, Any] = {}
    for place, value in enumerate(values):
        result = None
        if not _empty(value):
            try:
                # 1, 1.0 and True are equal in Python and different here
                key = (type(value), value)
                if key not in memory:
                    memory[key] = _small_enough(read(value))
                result = memory[key]
            except TypeError:
                result = _unhashable(value, read, reasons, place)
            except ValueError as error:
                reasons[place] = str(error)
        typed.append(list(result) if isinstance(result, tuple) else result)
    return typed, reasons


def _unhashable(value: Any, read: Read, reasons: dict[int, str], place: int) -> Any:
    try:
        return _small_enough(read(value))
    except ValueError as error:
        reasons[place] = str(error)
        return None


def _small_enough(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("数字太大")
    return value


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
