"""Facts computed from dated records: each kind has a scalar and a columnar form, proven equal by property tests."""

from peibu.rulebook.derived.derive import derive_facts, kinds_for
from peibu.rulebook.derived.given import read_records
from peibu.rulebook.derived.kinds import Case, Column, RecordKind, Records
from peibu.rulebook.derived.registry import DERIVATIONS, KINDS

__all__ = [
    "DERIVATIONS",
    "KINDS",
    "Case",
    "Column",
    "RecordKind",
    "Records",
    "derive_facts",
    "kinds_for",
    "read_records",
]
