"""Every kind of record by name."""

from __future__ import annotations

from collections.abc import Mapping

from peibu.rulebook.derived import grants, insurance, qualifications, sessions, teachers, videos, work_periods
from peibu.rulebook.derived.kinds import RecordKind

_MODULES = (insurance, work_periods, qualifications, sessions, videos, teachers, grants)
KINDS: Mapping[str, RecordKind] = {module.KIND.name: module.KIND for module in _MODULES}
# Those that facts are computed from; what grants give is declared by the limits of a policy.
DERIVATIONS: tuple[str, ...] = tuple(name for name, kind in KINDS.items() if kind.gives)
