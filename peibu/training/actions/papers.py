"""Hand in the papers of a filing that are copies of other people's documents (WH63.2.3)."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.intake import inspect_upload
from peibu.intake.uploads import UploadVerdict
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.changes import writable
from peibu.training.actions.cohorts import locked_editable
from peibu.training.enums import EnrolmentState, PersonDeed
from peibu.training.models import ClassChange, Cohort

KINDS = ("pdf", "jpg", "png")


def keep_paper(
    *, cohort: Cohort, code: str, people: Iterable[UUID], name: str, content: bytes, by: Actor, at: dt.datetime
) -> Document:
    """Keep a file that holds the copies of these people of the class (enrolment ids)."""
    upload = _fit(cohort, code, name, content)
    with refusing():
        locked_editable(cohort, by)
        here = set(cohort.enrolments.filter(state=EnrolmentState.ACTIVE).values_list("pk", flat=True))
        chosen = set(people)
        if not chosen or chosen - here:
            raise Refused("没有选择文件包含哪些学员", "paper_people", "请勾选本班学员后再上传")
        return keep_document(
            division=cohort.division,
            subject_id=cohort.pk,
            case=cohort.case,
            purpose=Purpose.OTHER,
            name=name,
            kind=upload.kind,
            content=upload.content,
            facts={"paper": code, "people": sorted(map(str, chosen))},
            by=by,
            at=at,
        )


def keep_change_paper(
    *, change: ClassChange, code: str, lines: Iterable[UUID], name: str, content: bytes, by: Actor, at: dt.datetime
) -> Document:
    """Keep a file that holds the copies of people who join by a change (sign-up line ids), while the change is written."""
    upload = _fit(change.cohort, code, name, content)
    with refusing():
        writable(change, by)
        joining = set(change.people.filter(deed=PersonDeed.JOIN).values_list("line_id", flat=True))
        chosen = set(lines)
        if not chosen or chosen - joining:
            raise Refused("没有选择文件包含哪些新加入的学员", "paper_people", "请先保存学员变更，再勾选学员上传")
        return keep_document(
            division=change.division,
            subject_id=change.cohort_id,
            case=change.case,
            purpose=Purpose.OTHER,
            name=name,
            kind=upload.kind,
            content=upload.content,
            facts={"paper": code, "lines": sorted(map(str, chosen))},
            by=by,
            at=at,
        )


def _fit(cohort: Cohort, code: str, name: str, content: bytes) -> UploadVerdict:
    """The file, if the policy asks for such a paper and the file is one."""
    if load_policy(cohort.policy).delivery.papers.get(code) != "uploaded":
        raise Refused("本政策的备案不需要上传这种材料", "unknown_paper", "请刷新页面后重试")
    upload = inspect_upload(name, content, allow=KINDS)
    if upload.problems:
        told = "；".join(problem.what for problem in upload.problems)
        raise Refused(f"文件“{name[:60]}”不能保存：{told}", "paper_unfit", upload.problems[0].todo)
    return upload
