"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

from peibu.claims import steps  # noqa: F401
