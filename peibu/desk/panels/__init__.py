"""What an officer sees of a case beyond its steps: one module per process, named as the process.

A module offers `TEMPLATE` and `context(case, actor, on) -> dict`; the case page finds it by name. Every process by which
money is claimed has the panel `claim`; it takes besides which lines of a long list are asked for.
"""

import datetime as dt
import importlib.util
from collections.abc import Mapping

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.claims.offers import PROCESSES

CLAIM = "claim"


def panel_for(case: Case, actor: Actor, *, on: dt.date, asked: Mapping[str, str]) -> tuple[str, dict]:
    """Template and context of the case's panel; the bare page when the process has none."""
    panel = CLAIM if case.process in PROCESSES else case.process
    name = f"{__name__}.{panel}"
    if importlib.util.find_spec(name) is None:
        return "", {}
    module = importlib.import_module(name)
    lines = {"show": asked.get("show", ""), "page": asked.get("page")} if panel == CLAIM else {}
    return module.TEMPLATE, module.context(case, actor, on, **lines)
