"""Work for the queue: each calls one action."""

import datetime as dt
from uuid import UUID

import pghistory
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.casework import progress
from peibu.kernel.errors import PeibuError
from peibu.oversight.actions.archive import archive_class
from peibu.oversight.actions.replays import run_replay
from peibu.oversight.models import ReplayRun
from peibu.rulebook import RulebookError
from peibu.training.models import Cohort


@app.task(name="oversight.build_archive", queue="papers")
def build_archive(*, cohort: str, assignment: str, at: str, bar: str) -> None:
    """Build the archive package of a class for whoever asked for it."""
    row = Assignment.objects.select_related("user", "unit__division").get(pk=assignment)
    by = Actor(user=row.user, role=row.role, unit=row.unit)
    subject = Cohort.objects.get(pk=cohort)
    try:
        with pghistory.context(user=str(by.user.pk), role=str(by.role)):
            archive_class(cohort=subject, by=by, at=dt.datetime.fromisoformat(at), progress_id=UUID(bar))
    except PeibuError as error:
        progress.finish(UUID(bar), problem=error.sentence())
        return
    except Exception:
        progress.finish(UUID(bar), problem=_("档案包没有生成。请稍后重试；仍不成功请联系系统管理员"))
        raise
    progress.finish(UUID(bar), result_url=reverse("class-archive", args=[subject.pk]))


@app.task(name="oversight.replay_draft", queue="papers")
def replay_draft(*, run: str) -> None:
    """Replay a draft of the bureau over the determinations of the past."""
    row = ReplayRun.objects.select_related("draft", "progress").get(pk=run)
    try:
        run_replay(row)
    except PeibuError as error:
        progress.finish(row.progress_id, problem=error.sentence())
        return
    except RulebookError as error:
        progress.finish(row.progress_id, problem=str(error))
        return
    except Exception:
        progress.finish(row.progress_id, problem=_("试算没有完成。请稍后重试；仍不成功请联系系统管理员"))
        raise
    place = [*row.draft.policy.split("/"), row.draft_id]
    progress.finish(row.progress_id, result_url=reverse("desk-policy-draft", args=place))
