"""Guards this room adds to moves of cases (see `peibu.casework.hooks`)."""

from peibu.examining.actions import papers, reviews, sittings  # noqa: F401  filing of an exam, certificates
