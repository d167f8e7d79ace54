"""The words of an exception's state on pages."""

from django.utils.translation import gettext as _

from peibu.claims.enums import OverrideState
from peibu.claims.overrides import EXPIRED


def label_of(state: str) -> str:
    """The words of a state, with the one that only a day makes."""
    return _("已到期") if state == EXPIRED else str(OverrideState(state).label)
