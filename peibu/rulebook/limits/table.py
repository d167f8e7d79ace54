"""Claims and grants as tables: checked all at once, in the order in which they are judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from peibu.rulebook.errors import FactError
from peibu.rulebook.limits.facts import limits_of
from peibu.rulebook.limits.model import Limit

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

Frame = pl.DataFrame | pl.LazyFrame
ROW, DAY = "_row", "_day"
_CLAIMS, _GRANTS = "申请表", "已有补贴表"
_SHOWN = 5


@dataclass(frozen=True)
class Table:
    """claims: in the order (at, id), with their row number and day. grants: what stands already."""

    claims: pl.DataFrame
    grants: pl.DataFrame
    limits: list[Limit]
    columns: tuple[str, ...]

    @property
    def counting(self) -> list[Limit]:
        """The limits that count grants (the others rank candidates)."""
        return [limit for limit in self.limits if not limit.ranks]


def prepare(policy: Policy, subject: str, claims: Frame, grants: Frame | None) -> Table:
    """Check and order claims and grants. FactError with every problem, in Chinese: which table, rows, what to do."""
    limits = limits_of(policy, subject)
    mine = claims.lazy().collect()
    theirs = pl.DataFrame(schema={"id": pl.String, "at": pl.Date}) if grants is None else grants.lazy().collect()
    needed = ["id", "at", *(["person"] if any(limit.of_person for limit in limits) else [])]
    if grants is None:
        theirs = theirs.with_columns(pl.lit(None, pl.String).alias("person"))
    problems = [*_problems(_CLAIMS, mine, needed), *_problems(_GRANTS, theirs, needed)]
    if not problems:
        problems = [*_twice(mine, theirs), *_counted_twice(mine, limits)]
    if problems:
        raise FactError(problems)
    columns = tuple(dict.fromkeys(column for limit in limits for column in limit.columns))
    # a template has the columns of the counted facts: empty they are no statement
    mine = mine.drop(name for limit in limits for name in (limit.name, *limit.slots) if name in mine.columns)
    mine = _plain(mine, columns, programme=policy.path)
    mine = mine.sort("at", "id").with_row_index(ROW).with_columns(pl.col("at").cast(pl.Date).alias(DAY))
    return Table(mine, _with_certain(_plain(theirs, columns, programme=None)), limits, columns)


def _problems(table: str, frame: pl.DataFrame, needed: list[str]) -> Iterable[str]:
    for name in needed:
        if name not in frame.columns:
            yield f"{table}缺少“{name}”列；请补上这一列后重试"
            continue
        empty = frame.with_row_index(ROW, 1).filter(pl.col(name).is_null())[ROW].to_list()
        if empty:
            yield f"{table}第{_listed(empty)}行的“{name}”为空；每一行都须填写"
    if "at" in frame.columns and not isinstance(frame.schema["at"], pl.Date | pl.Datetime):
        yield f"{table}的“at”列不是日期；请填日期，如 2020-09-15"
    if "id" in frame.columns:
        again = frame.filter(pl.col("id").is_duplicated() & pl.col("id").is_not_null())["id"].unique().sort()
        if len(again):
            yield f"{table}中编号{_listed(again.to_list())}重复；编号决定先后，不能重复，请删去重复的行"


def _twice(claims: pl.DataFrame, grants: pl.DataFrame) -> Iterable[str]:
    both = set(claims["id"].cast(pl.String)) & set(grants["id"].cast(pl.String))
    if both:
        yield f"编号{_listed(sorted(both))}同时在{_CLAIMS}和{_GRANTS}中；已有结论的申请请从{_CLAIMS}中去掉"


def _counted_twice(claims: pl.DataFrame, limits: list[Limit]) -> Iterable[str]:
    given = [name for limit in limits for name in (limit.name, *limit.slots) if name in claims.columns]
    for name in given:
        if claims[name].null_count() < len(claims):
            yield f"{_CLAIMS}的“{name}”列由系统逐件计数得出，不能填写；请清空或删去这一列"


def _listed(items: list) -> str:
    shown = "、".join(map(str, items[:_SHOWN]))
    return f"{shown}等{len(items)}处" if len(items) > _SHOWN else shown


def _plain(frame: pl.DataFrame, columns: tuple[str, ...], *, programme: str | None) -> pl.DataFrame:
    """Compared columns as text, absent ones unknown; a claim without a programme is one of this policy."""
    names = list(dict.fromkeys((*columns, "programme")))
    absent = [pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns]
    frame = frame.with_columns(absent).with_columns(pl.col(names).cast(pl.String))
    if isinstance(frame.schema["at"], pl.Datetime):
        frame = frame.with_columns(pl.col("at").dt.replace_time_zone(None).cast(pl.Datetime("us")))
    return frame if programme is None else frame.with_columns(pl.col("programme").fill_null(programme))


def _with_certain(grants: pl.DataFrame) -> pl.DataFrame:
    given = pl.col("certain").cast(pl.Boolean).fill_null(False) if "certain" in grants.columns else pl.lit(True)
    return grants.with_columns(given.alias("certain"))
