"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

from peibu.training import clashes, filing, filing_changes  # noqa: F401  opening filing and its changes
from peibu.training.actions import certificates, exam  # noqa: F401
