"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

from peibu.training import clashes, filing  # noqa: F401  opening filing
from peibu.training.actions import certificates, exam  # noqa: F401
