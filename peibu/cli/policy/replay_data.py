"""Reads what a draft is replayed on: stored determinations (JSON lines) or a table of facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from peibu.cli.fact_table import decode, read_cases
from peibu.rulebook import FactError, FactSpec, Judgement, Policy
from peibu.rulebook.facts import read_facts
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.judge import excuse_of
from peibu.rulebook.plan import SOFT_REASONS
from peibu.rulebook.replay_frame import Table, prepare
from peibu.rulebook.replay_stored import Stored

_DAYS = ("claimed_on", "applied_on", "enrolled_on")
_CASE = ("id", "case", "person", "证件号码", "身份证号", "身份证号码")
_ENTERPRISE = ("enterprise", "employer", "企业", "企业名称", "单位名称")
_DIVISION = ("division", "区市", "区（市）", "所属区市")
_MOST = 50


def past_of(path: Path) -> list[Stored]:
    """Return the determinations of a file. FactError with every line that is none."""
    found, problems = [], []
    for where, item in _items(path):
        try:
            found.append(_stored(item))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(
                f"{where}不是一件判定（{type(error).__name__}：{error}），应为 peibu decide --out 或平台写出的一行"
            )
    if problems:
        rest = [f"……另有{len(problems) - _MOST}处问题"] if len(problems) > _MOST else []
        raise FactError([*problems[:_MOST], *rest])
    return found


def _items(path: Path) -> Iterator[tuple[str, Any]]:
    text = decode(path)
    try:
        if path.suffix.lower() == ".json":
            listed = json.loads(text)
            yield from ((f"第{number}项", item) for number, item in enumerate(listed, start=1))
            return
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield f"第{number}行", json.loads(line)
    except (ValueError, TypeError) as error:
        raise FactError([f"“{path.name}”不是正确的 JSON：{error}"]) from None


def _stored(item: Mapping[str, Any]) -> Stored:
    """A line of `peibu decide --out x.jsonl`, or Judgement.to_json with the columns enterprise and division."""
    fields = set(Judgement._fields)
    kept = {name: value for name, value in item.items() if name in fields}
    findings = [
        {"title": "", **{name: value for name, value in finding.items() if name != "cite"}}
        for finding in item["findings"]
    ]
    judged = Judgement.from_json(json.dumps({"known_at": None, **kept, "findings": findings}))
    keys = [
        next((str(item[name]) for name in names if item.get(name)), "") for names in (_CASE, _ENTERPRISE, _DIVISION)
    ]
    return Stored(judged, *keys)


def table_of(path: Path, policy: Policy, subject: str, on: Any) -> Table:
    """Return the table of facts of a file, Parquet lazily. FactError with every problem of the file."""
    if not path.is_file():
        raise FactError([f"找不到文件“{path}”"])
    if path.suffix.lower() == ".parquet":
        lazy = _parquet(path, policy)
        names = set(lazy.collect_schema().names())
        keys = [next((name for name in known if name in names), "") for known in (_CASE, _ENTERPRISE, _DIVISION)]
    else:
        lazy, keys = _rows(path, policy, subject), ["_id", "_employer", "_division"]
    first = policy.card["in_force"]["from"]
    named = dict(zip(("case", "enterprise", "division"), keys, strict=True))
    return prepare(lazy, on=on, day_columns=_DAYS, first=first, **named)


def _parquet(path: Path, policy: Policy) -> pl.LazyFrame:
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise FactError([f"“{path.name}”不是可以读取的 Parquet 文件"]) from None
    columns = {slot: spec for spec in policy.facts for slot in (spec.name, *spec.slots)}
    problems, casts = [], []
    for name, kind in schema.items():
        spec = columns.get(name)
        if spec is None:
            continue
        wanted = frame_type(spec)
        if not _castable(kind, wanted):
            problems.append(f"列“{name}”（{spec.label}）的类型是 {kind}，应为 {wanted}")
        elif spec.type == "month" and kind == pl.String:
            casts.append(pl.col(name).str.slice(0, 7).str.to_date("%Y-%m"))
        elif kind == pl.String and wanted == pl.Date:
            casts.append(pl.col(name).str.to_date("%Y-%m-%d"))
    if not set(schema.names()) & set(columns):
        problems.append(f"没有一列是政策 {policy.path} 的事实；列名应为事实名称，见 peibu facts")
    if problems:
        raise FactError([f"“{path.name}”{problem}" for problem in problems])
    return lazy.with_columns(casts)


def _castable(kind: pl.DataType, wanted: Any) -> bool:
    if wanted == pl.Int64:
        return kind.is_integer() or kind == pl.Null
    if wanted == pl.Date:
        return kind in (pl.Date, pl.Null, pl.String) or kind.base_type() == pl.Datetime
    if wanted == pl.String:
        return kind in (pl.String, pl.Null) or kind.base_type() in (pl.Categorical, pl.Enum)
    return kind in (wanted, pl.Null)


def _rows(path: Path, policy: Policy, subject: str) -> pl.LazyFrame:
    cases, _single = read_cases(path, policy, subject)
    slots: dict[str, FactSpec] = {slot: spec for spec in policy.facts_of(subject) for slot in spec.slots}
    rows, problems = [], []
    for case in cases:
        try:
            values = read_facts(policy.fact_specs, policy.slots, case.facts)
        except FactError as error:
            problems += [f"{case.where}{problem}" for problem in error.problems]
            continue
        reasons = values.get(SOFT_REASONS)
        if reasons is not None:
            values[SOFT_REASONS] = [rule for rule in reasons if excuse_of(reasons, rule)]
        keys = [case.key.get(name) for name in ("id", "employer", "division")]
        rows.append([*(values[slot] for slot in slots), *keys])
    if problems:
        raise FactError(problems[:_MOST])
    schema = {slot: frame_type(spec) for slot, spec in slots.items()}
    schema |= dict.fromkeys(("_id", "_employer", "_division"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").lazy()
