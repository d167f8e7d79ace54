"""The to-do list: everything that waits for me, found by fragment and filter, moved on in bulk."""

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from peibu.accounts.access import officers
from peibu.casework.queries import state_label, to_do
from peibu.casework.todo import DUE, Wanted, choices, common_moves, move_many, narrowed, waiting
from peibu.desk import list_exports
from peibu.kernel.errors import Refused
from peibu.theme.exports import excel_asked

PAGE = 50


@officers()
def show(request: HttpRequest) -> HttpResponse:
    """My open tasks by deadline. `q` fragment; `policy`, `process`, `state`, `due` filters; `page`."""
    tasks = to_do(request.actor)
    wanted = _wanted(request)
    found = narrowed(tasks, wanted, today=request.today)
    if excel_asked(request):
        return list_exports.tasks(request, found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(task, state_label(task.case, on=request.today, for_applicant=False)) for task in page],
        "wanted": wanted,
        "choices": choices(tasks, on=request.today),
        "dues": list(zip(DUE, (_("已超期"), _("今日到期"), _("本周到期")), strict=True)),
        "filtered": any(vars(wanted).values()),
    }
    return render(request, "desk/todo/list.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    names = {"text": "q"} | {name: name for name in ("policy", "process", "state", "due")}
    # PostgreSQL takes no zero character
    return Wanted(**{name: request.GET.get(key, "").replace("\0", "").strip() for name, key in names.items()})


@officers()
def chosen(request: HttpRequest) -> HttpResponse:
    """The chosen cases (`case`, repeated) and the moves that are possible with all of them."""
    cases = waiting(to_do(request.actor), request.GET.getlist("case"))
    if not cases:
        raise Refused("没有选择业务，或所选业务已由他人办理", "nothing_chosen", "请在待办清单中勾选后再办理")
    labels = [(case, state_label(case, on=request.today, for_applicant=False)) for case in cases]
    context = {
        "cases": labels,
        "moves": common_moves(request.actor, cases, on=request.today),
        "kinds": dict(Counter((case.process, state.label) for case, state in labels)),
    }
    return render(request, "desk/todo/chosen.html", context)


@officers(writes=True)
def move(request: HttpRequest) -> HttpResponse:
    """Make the move with each chosen case and tell what came of each. Sent twice, the second answer is refusals."""
    moved = move_many(
        case_ids=request.POST.getlist("case"),
        move=request.POST.get("move", ""),
        by=request.actor,
        at=request.now,
        reason=request.POST.get("reason", ""),
    )
    rows = [(row, row.case and state_label(row.case, on=request.today, for_applicant=False)) for row in moved]
    done = sum(not row.refusal for row in moved)
    return render(request, "desk/todo/result.html", {"rows": rows, "done": done, "refused": len(moved) - done})
