"""Limits across people, programmes and time (ADR 0011): read, counted for one claim, folded over many, advised on."""

from __future__ import annotations

from peibu.rulebook.limits.facts import limit_facts, limits_of
from peibu.rulebook.limits.model import COLUMNS, NONE, Limit
from peibu.rulebook.limits.reader import read_limits

__all__ = ["COLUMNS", "NONE", "Limit", "limit_facts", "limits_of", "read_limits"]
