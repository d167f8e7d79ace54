"""People come into a sign-up: a whole roster (all or nothing) or one by one (QD97.3.3)."""

import base64
import dataclasses
import datetime as dt
import json
import math
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.secrecy import person_key
from peibu.casework import progress as bar
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.refusals import refusing
from peibu.intake import TableResult, read_table
from peibu.kernel.errors import PeibuError, Problem, Refused
from peibu.kernel.identity import check_id_number, check_mobile, check_name, mask_id, normalise_id
from peibu.registry.enums import ManagementLevel
from peibu.registry.models import Person
from peibu.rulebook import Policy, load_policy
from peibu.training.actions.signup import (
    CHUNK,
    close_precheck,
    judge_lines,
    lines_changed,
    locked,
    note_step,
    precheck,
    require,
)
from peibu.training.models import RosterUpload, SignUp, SignUpLine
from peibu.training.permissions.signup import can_edit
from peibu.training.roster import LEVEL_WORDS, QUEUED_FROM, roster_spec, stated_of

ID_LABEL = "身份证号码"
OPTIONAL = ("mobile", "level_evidence")


@dataclasses.dataclass(frozen=True)
class Imported:
    """How many people were taken in, or why none was; `wrong_rows` are the rows as typed, by row number."""

    people: int = 0
    problems: list[Problem] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    wrong_rows: dict[int, dict[str, str]] = dataclasses.field(default_factory=dict)


def import_roster(*, signup: SignUp, name: str, content: bytes, by: Actor, at: dt.datetime) -> Imported:
    """Read a roster and put its people in place of the draft's list; with any problem, nothing changes.

    Every person is matched by identity number; the name must agree with the one on record. People nobody knows yet
    are created from the roster. Problems come all at once: those of the file and those of the people.
    """
    result = read_table(name, content, roster_spec(load_policy(signup.policy)), on=timezone.localdate(at))
    return _take_in(signup, name, content, result, by=by, at=at)


def _take_in(
    signup: SignUp, name: str, content: bytes, result: TableResult, *, by: Actor, at: dt.datetime
) -> Imported:
    with refusing():
        row = locked(signup)
        require(can_edit(by, row))
        problems = sorted([*result.problems, *_people_problems(row, result)], key=_place)
        if problems:
            return _refused(result, problems)
        people = _people(result.rows, at)
        _replace_lines(row, result.rows, people)
        _keep(row, name, content, len(people), by=by, at=at)
    return Imported(people=len(people), notes=result.notes)


def _place(problem: Problem) -> float:
    """In the order of the rows; what concerns the whole file comes last ("and 20 more")."""
    return math.inf if problem.row is None else problem.row


def _refused(result: TableResult, problems: list[Problem]) -> Imported:
    shown = [dataclasses.replace(p, value=p.value or _typed(result, p)) for p in problems]
    wrong = {p.row: result.originals[p.row] for p in problems if p.row in result.originals}
    return Imported(problems=shown, notes=result.notes, wrong_rows=wrong)


def _typed(result: TableResult, problem: Problem) -> str:
    text = result.originals.get(problem.row or 0, {}).get(problem.column, "")
    return mask_id(text) if problem.column == ID_LABEL else text


def _people_problems(signup: SignUp, result: TableResult) -> list[Problem]:
    """What the registers and other sign-ups say against the people of a roster."""
    keys = [person_key(row["id_number"]) for row in result.rows]
    policy = load_policy(signup.policy)
    known = {person.key: person for person in Person.objects.filter(key__in=keys)}
    active = _active_elsewhere(signup, keys)
    found = []
    for number, key, row in zip(result.row_numbers, keys, result.rows, strict=True):
        if key in known and known[key].name != row["name"]:
            found.append(_name_differs(result.sheet, number, row["name"]))
        elif key in active:
            found.append(_taken(signup, result.sheet, number, row["name"], active[key]))
        found += _stated_problems(policy, result.sheet, number, row)
    return found


def _stated_problems(policy: Policy, sheet: str, number: int | None, row: dict) -> list[Problem]:
    try:
        stated_of(policy, row)
    except ValueError as error:
        return [Problem(sheet, number, "", str(error), "", "请按模板批注中的选项填写", code="stated", value="")]
    return []


def _name_differs(sheet: str, number: int | None, name: str) -> Problem:
    return Problem(
        sheet,
        number,
        "姓名",
        "姓名与该身份证号码登记的姓名不一致",
        "一个身份证号码只对应一个姓名",
        "请对照身份证核对姓名和号码；本人确已更名的，请联系当地公共就业服务机构",
        code="name_differs",
        value=name,
    )


def _taken(signup: SignUp, sheet: str, number: int | None, name: str, line: SignUpLine) -> Problem:
    own = line.signup.enterprise_id == signup.enterprise_id
    day = timezone.localdate(line.signup.committed_at) if line.signup.committed_at else ""
    where = f"本企业{day}的报名中已有此人" if own else "其他企业已为此人报名"
    todo = (
        "请从名册中删去；报名有误的，请先撤回原报名" if own else "请从名册中删去；如有疑问，请联系当地公共就业服务机构"
    )
    what = f"{name}已在本政策下报名"
    return Problem(sheet, number, "姓名", what, where, todo, code="signed_up_already", value=name)


def _active_elsewhere(signup: SignUp, keys: list[str]) -> dict[str, SignUpLine]:
    lines = SignUpLine.objects.filter(policy=signup.policy, active=True, person__key__in=keys).exclude(signup=signup)
    return {line.person.key: line for line in lines.select_related("person", "signup")}


def _people(rows: list[dict], at: dt.datetime) -> dict[str, Person]:
    """Persons by key; those not known yet are created. Another roster creating them meanwhile does no harm."""
    numbers = {person_key(row["id_number"]): row for row in rows}
    known = set(Person.objects.filter(key__in=numbers).values_list("key", flat=True))
    new = [_person(key, row, at) for key, row in numbers.items() if key not in known]
    Person.objects.bulk_create(new, ignore_conflicts=True)
    return {person.key: person for person in Person.objects.filter(key__in=numbers)}


def _person(key: str, row: dict, at: dt.datetime) -> Person:
    told = check_id_number(row["id_number"], timezone.localdate(at))
    return Person(
        key=key,
        id_number=told.number,
        name=row["name"],
        sex=told.sex[0],
        born_on=told.birth,
        mobile=row["mobile"] or "",
    )


def _line(signup: SignUp, position: int, row: dict, person: Person) -> SignUpLine:
    return SignUpLine(
        signup=signup,
        policy=signup.policy,
        position=position,
        person=person,
        post=row["post"],
        level=row.get("level") or ManagementLevel.UNKNOWN,
        level_evidence=row.get("level_evidence") or "",
        stated=stated_of(load_policy(signup.policy), row),
    )


def _replace_lines(signup: SignUp, rows: list[dict], people: dict[str, Person]) -> None:
    signup.lines.all().delete()
    SignUpLine.objects.bulk_create(
        _line(signup, position, row, people[person_key(row["id_number"])])
        for position, row in enumerate(rows, start=1)
    )


def _keep(signup: SignUp, name: str, content: bytes, people: int, *, by: Actor, at: dt.datetime) -> None:
    signup.roster = keep_document(
        division=signup.division,
        subject_id=signup.pk,
        purpose=Purpose.ROSTER,
        name=name,
        kind=name.rpartition(".")[2].lower()[:10] if "." in name else "bin",
        content=content,
        by=by,
        at=at,
    )
    signup.save(update_fields=["roster"])
    lines_changed(signup, at)
    note_step(signup, "import", "上传名册", by=by, at=at, note=f"{name[:200]}，{people}人")


def receive_roster(*, signup: SignUp, name: str, content: bytes, by: Actor, at: dt.datetime) -> RosterUpload:
    """Take an uploaded roster in and pre-check its people: at once, or through the job queue when it is long.

    The answer says how it went: `finished`, `problems` (nothing was saved then), or a `progress` to watch.
    """
    require(can_edit(by, signup))
    result = read_table(name, content, roster_spec(load_policy(signup.policy)), on=timezone.localdate(at))
    if not result.problems and len(result.rows) >= QUEUED_FROM:
        return _queue(signup, name, content, len(result.rows), by=by, at=at)
    with transaction.atomic():
        told = _take_in(signup, name, content, result, by=by, at=at)
        upload = _new_upload(signup, name, by=by, at=at)
        if told.people:
            precheck(signup=signup, by=by, at=at)
        return _conclude(upload, told)


def _new_upload(signup: SignUp, name: str, *, by: Actor, at: dt.datetime, **more) -> RosterUpload:
    signup.uploads.all().delete()
    return RosterUpload.objects.create(signup=signup, name=name[:200], uploaded_by=by.user, uploaded_at=at, **more)


def _conclude(upload: RosterUpload, told: Imported) -> RosterUpload:
    upload.content = ""
    upload.finished = True
    upload.people = told.people
    upload.notes = told.notes
    upload.problems = [dataclasses.asdict(problem) for problem in told.problems]
    upload.wrong_rows = json.dumps(told.wrong_rows, ensure_ascii=False) if told.wrong_rows else ""
    upload.save()
    return upload


@transaction.atomic
def _queue(signup: SignUp, name: str, content: bytes, people: int, *, by: Actor, at: dt.datetime) -> RosterUpload:
    from peibu.training.roster_tasks import read_roster  # the task calls back into this file

    progress = bar.begin(title=f"导入名册“{name[:60]}”", total=2 * people, by=by, at=at)
    text = base64.b64encode(content).decode()
    upload = _new_upload(signup, name, by=by, at=at, progress=progress, content=text, people=people)
    read_roster.defer(upload=str(upload.pk))
    return upload


def read_queued(*, upload: RosterUpload, by: Actor) -> RosterUpload:
    """The job's part: import in one transaction, then pre-check in steps so that the bar moves. Safe to run again."""
    if upload.finished:
        return upload
    at, signup = upload.uploaded_at, upload.signup
    try:
        told = import_roster(signup=signup, name=upload.name, content=base64.b64decode(upload.content), by=by, at=at)
        if told.people:
            _precheck_in_steps(upload, by=by, at=at)
    except PeibuError as refused:
        told = Imported(problems=[Problem("", None, "", refused.message, "", refused.remedy, code=refused.code)])
    _conclude(upload, told)
    bar.finish(upload.progress_id, problem=f"有{len(told.problems)}处问题，没有保存" if told.problems else "")
    return upload


def _precheck_in_steps(upload: RosterUpload, *, by: Actor, at: dt.datetime) -> None:
    ids = list(upload.signup.lines.values_list("pk", flat=True))
    bar.step(upload.progress_id, len(ids))
    for start in range(0, len(ids), CHUNK):
        _judge_some(upload.signup, ids[start : start + CHUNK], by=by, at=at)
        bar.step(upload.progress_id, len(ids) + min(start + CHUNK, len(ids)))
    with transaction.atomic():
        close_precheck(locked(upload.signup), by=by, at=at)


@transaction.atomic
def _judge_some(signup: SignUp, ids: list[UUID], *, by: Actor, at: dt.datetime) -> None:
    row = locked(signup)
    require(can_edit(by, row))
    judge_lines(row, list(row.lines.filter(pk__in=ids).select_related("person", "precheck")), by=by, at=at)


def add_person(
    *,
    signup: SignUp,
    name: str,
    id_number: str,
    post: str,
    by: Actor,
    at: dt.datetime,
    level: str = "",
    mobile: str = "",
    level_evidence: str = "",
    stated: Mapping[str, object] | None = None,
) -> SignUpLine:
    """Add one person by form, under the rules of the roster. Sending the same person twice gives the same line."""
    number = check_id_number(normalise_id(id_number), timezone.localdate(at)).number
    row = {
        "name": check_name(name),
        "id_number": number,
        "mobile": check_mobile(mobile) if mobile.strip() else "",
        "post": post.strip(),
        "level": level,
        "level_evidence": level_evidence.strip(),
        **(stated or {}),
    }
    if not load_policy(signup.policy).delivery.roster and level not in LEVEL_WORDS.values():
        raise Refused("没有选择管理层级", "level", f"请从{'、'.join(LEVEL_WORDS)}中选择")
    with refusing():
        return _add(locked(signup), row, by=by, at=at)


def _add(signup: SignUp, row: dict, *, by: Actor, at: dt.datetime) -> SignUpLine:
    require(can_edit(by, signup))
    against = _people_problems(signup, TableResult(rows=[row], row_numbers=[0]))
    if against:
        raise Refused(f"{against[0].what}：{against[0].why}", against[0].code, against[0].todo)
    person = _people([row], at)[person_key(row["id_number"])]
    there = signup.lines.filter(person=person).first()
    if there:
        return there
    last = signup.lines.order_by("-position").values_list("position", flat=True).first() or 0
    line = _line(signup, last + 1, row, person)
    line.save()
    lines_changed(signup, at)
    note_step(signup, "add", "添加人员", by=by, at=at, note=row["name"])
    return line
