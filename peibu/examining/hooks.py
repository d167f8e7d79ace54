"""Guards this room adds to moves of cases (see `peibu.casework.hooks`)."""

from peibu.examining.actions import papers  # noqa: F401  filing of an exam
