"""What an officer sees of a case beyond its steps: one module per process, named as the process.

A module offers `TEMPLATE` and `context(case, actor, on) -> dict`; the case page finds it by name.
"""

import datetime as dt
import importlib.util

from peibu.accounts.actor import Actor
from peibu.casework.models import Case


def panel_for(case: Case, actor: Actor, *, on: dt.date) -> tuple[str, dict]:
    """Template and context of the case's panel; the bare page when the process has none."""
    name = f"{__name__}.{case.process}"
    if importlib.util.find_spec(name) is None:
        return "", {}
    module = importlib.import_module(name)
    return module.TEMPLATE, module.context(case, actor, on)
