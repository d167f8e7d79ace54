"""Sentences for chosen rows of a large table: the scalar judge, on those rows only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from peibu.cli.batch.run import Spool
from peibu.rulebook import Finding, Judgement, Status
from peibu.rulebook.batch.partition import FACT, ON, REASONS
from peibu.rulebook.judge import SOFT_REASONS

CHOICES = ("fail", "all", "none")
AUTOMATIC_BELOW = 20_000
_MARKS = {Status.PASS: "✓", Status.FAIL: "✗", Status.UNKNOWN: "?"}
_FIX = {"zh": "办法", "en": "Remedy"}
Explain = Callable[[Mapping[str, Any]], list[Finding]]


def choose(asked: str | None, spool: Spool) -> str:
    """Return which rows get sentences: what was asked for, else the failing and unknown ones when they are few."""
    if asked is not None:
        return asked
    return "fail" if spool.counts["fail"] + spool.counts["unknown"] < AUTOMATIC_BELOW else "none"


def chosen(chunk: pl.DataFrame, which: str) -> pl.DataFrame:
    """Return the rows of a chunk that get sentences."""
    if which == "none":
        return chunk.clear()
    return chunk if which == "all" else chunk.filter(pl.col("decision") != Status.PASS.value)


def explainer(spool: Spool, which: str, lang: str) -> Explain:
    """Return a function from a row of a judged chunk to its findings: all of them, or those that do not pass."""

    def explain(row: Mapping[str, Any]) -> list[Finding]:
        judgement = judge_row(spool, row, lang)
        return [item for item in judgement.findings if which == "all" or item.status is not Status.PASS]

    return explain


def judge_row(spool: Spool, row: Mapping[str, Any], lang: str) -> Judgement:
    """Judge one row of a judged chunk again, with the scalar judge."""
    facts = {name.removeprefix(FACT): value for name, value in row.items() if name.startswith(FACT)}
    if SOFT_REASONS in facts:
        facts[SOFT_REASONS] = json.loads(row[REASONS]) if row.get(REASONS) else None
    return spool.policy.judge(spool.subject, facts, on=row[ON], lang=lang)


def as_text(findings: list[Finding], lang: str) -> str:
    """Return findings as one cell of text, a line each."""
    return "\n".join(_line(finding, lang) for finding in findings)


def _line(finding: Finding, lang: str) -> str:
    fix = f"（{_FIX[lang]}: {finding.fix}）" if finding.fix else ""
    return f"{_MARKS[finding.status]} {finding.sentence} [{finding.clause}]{fix}"
