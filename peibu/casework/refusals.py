"""What the database refuses, told in sentences. Each room lists its constraints in its own `refusals` shelf."""

import contextlib
import importlib.util
from collections.abc import Iterator
from functools import lru_cache

from django.apps import apps
from django.db import IntegrityError, transaction

from peibu.kernel.errors import Refused


@lru_cache(maxsize=1)
def _sentences() -> dict[str, tuple[str, str]]:
    """Constraint name -> (what is wrong, what to do), collected from every room that has a `refusals.SENTENCES`."""
    found: dict[str, tuple[str, str]] = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.refusals"
        if app.name.startswith("peibu.") and importlib.util.find_spec(name):
            found |= getattr(importlib.import_module(name), "SENTENCES", {})
    return found


def explain(error: IntegrityError) -> Refused:
    """The refusal a person reads instead of a database error; unknown constraints re-raise the error itself."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in _sentences():
        raise error
    what, todo = _sentences()[name]
    return Refused(what, name, todo)


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """One transaction whose constraint violations come out as `Refused`; deferred constraints are checked inside."""
    try:
        with transaction.atomic():
            yield
            with transaction.get_connection().cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise explain(error) from error


SENTENCES = {
    "a_published_line_stands": ("公示名单发布后不能改动", "有误的请登记异议，更正以新的公示发布"),
    "only_an_objection_to_a_line_holds_a_line": ("针对整个公示的异议不能只暂停一人", "请刷新页面后重试"),
    "one_duty_per_natural_person": (
        "同一自然人在一项业务中只能承担一种职责（申请、审核、审批、拨付、审计相互分离）",
        "请由另一位工作人员办理",
    ),
    "state_is_told_by_an_event": ("状态变更缺少办理记录，系统已拒绝", "请通过业务页面办理"),
    "a_case_has_one_applicant": ("一项业务只有一个申请人", "请重新建立业务"),
    "case_events_are_numbered_once": ("有人刚刚办理了同一业务，您看到的已不是最新状态", "请刷新页面后再办理"),
}
