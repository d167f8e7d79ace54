"""A timetable as an Excel file: its columns, and the way from rows to lessons."""

import datetime as dt
import re
from collections.abc import Mapping

from django.utils import timezone

from peibu.accounts.models import Unit
from peibu.intake import Column, TableSpec, read_table
from peibu.kernel.errors import Problem
from peibu.kernel.text import compact
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import Lesson, timetable_problems
from peibu.training.enums import SessionKind
from peibu.training.models import Room, TrainingPlan
from peibu.training.queries.venues import rooms_for

MAX_ROWS = 200
_CLOCK = re.compile(r"(\d{1,2})[:：时](\d{1,2})(?:分?|:\d{2}(?:\.\d+)?)|(\d{1,2})时")
_DATED_CLOCK = re.compile(r"\d{4}-\d{2}-\d{2}[T ](\d{2}:\d{2}):\d{2}.*")
# under which heading of the file a problem of a whole timetable is told
_HEADINGS = {"时间": "结束时间", "课程和地点": "课程"}


def people_of(plan: TrainingPlan) -> dict[str, Teacher]:
    """The plan's teachers by a name that tells two of the same name apart."""
    teachers = [row.teacher for row in plan.teachers.select_related("teacher").order_by("teacher__name")]
    return _named(teachers, lambda teacher: teacher.title or str(teacher.pk)[-4:])


def bases_of(plan: TrainingPlan) -> dict[str, Unit]:
    """Where practice may be by name: the plan's bases, or the provider's own workshop where the policy says so."""
    if load_policy(plan.policy).delivery.practice_at == "own":
        return {plan.provider.name: plan.provider}
    units = [row.unit for row in plan.bases.select_related("unit__division").order_by("unit__name")]
    return _named(units, lambda unit: unit.division.name)


def own_workshop(plan: TrainingPlan) -> Unit | None:
    """Where practice is when nothing is chosen: at the provider's own, where the policy says so (WH63.2.1, JN6.3.2)."""
    return plan.provider if load_policy(plan.policy).delivery.practice_at == "own" else None


def base_of(kind: str, chosen: Unit | None, own: Unit | None) -> Unit | None:
    """The base of a lesson: the chosen one; of practice without a choice the provider's own workshop, if there is one."""
    return chosen or (own if kind == SessionKind.PRACTICE else None)


def halls_of(plan: TrainingPlan) -> dict[str, Room]:
    """The rooms a class by this plan may use, by venue and name."""
    return {str(room): room for room in rooms_for(plan)}


def _named(rows: list, more) -> dict:
    names = [row.name for row in rows]
    found: dict = {}
    for row in rows:
        label = row.name if names.count(row.name) == 1 else f"{row.name}（{more(row)}）"
        while label in found:
            label = f"{label}＊"
        found[label] = row
    return found


def timetable_spec(plan: TrainingPlan) -> TableSpec:
    """The table as it must arrive; teachers and bases are those of the plan."""
    kinds = {word.label: kind for kind, word in load_policy(plan.policy).delivery.sessions.items()}
    return TableSpec(
        title="课程表",
        max_rows=MAX_ROWS,
        columns=(
            Column(name="date", label="日期", kind="date", example="2020-10-19"),
            Column(name="starts", label="开始时间", aliases=("开始", "上课时间"), example="09:00", help="如 09:00"),
            Column(name="ends", label="结束时间", aliases=("结束", "下课时间"), example="12:00", help="如 12:00"),
            Column(name="kind", label="类别", kind="choice", choices=kinds),
            Column(
                name="subject",
                label="课程",
                aliases=("课程名称", "授课内容"),
                max_length=120,
                example="工业互联网平台",
            ),
            Column(name="class_hours", label="课时", kind="int", example="4"),
            Column(
                name="place",
                label="地点",
                aliases=("授课地点",),
                max_length=200,
                required=False,
                example="一号报告厅",
                help="选了教室可不填",
            ),
            _choice("teacher", "教师", people_of(plan), "授课须填写；结业考核可不填"),
            _choice("base", "实训基地", bases_of(plan), "基地实训须填写；在本单位实训的可不填"),
            *_topic_column(plan),
            _choice("room", "教室", halls_of(plan), "已登记的教室；填写后核对是否被占用"),
        ),
    )


def topics_of(plan: TrainingPlan) -> dict[str, str]:
    """Topics that the policy wants in the theory: code -> word; empty where it names none."""
    policy = load_policy(plan.policy)
    return dict(policy.codes[policy.delivery.topics].items) if policy.delivery.topics else {}


def _topic_column(plan: TrainingPlan) -> list[Column]:
    words = "、".join(topics_of(plan).values())
    return [Column(name="topics", label="规定内容", required=False, max_length=200, help=words)] if words else []


def _topic_codes(plan: TrainingPlan, text: str) -> tuple[list[str], list[str]]:
    """Codes of the words between commas, and the words that are no topic."""
    codes = {word: code for code, word in topics_of(plan).items()}
    words = [word for word in re.split(r"[、,，;；\s]+", text or "") if word]
    return [codes[word] for word in words if word in codes], [word for word in words if word not in codes]


def _choice(name: str, label: str, choices: Mapping[str, object], hint: str) -> Column:
    words = {word: word for word in choices} or {"（方案未列）": ""}
    return Column(name=name, label=label, kind="choice", choices=words, required=False, help=hint)


def read_timetable(name: str, content: bytes, plan: TrainingPlan) -> tuple[list[Lesson], list[Problem]]:
    """The lessons of an uploaded file, or everything that is wrong with it; nothing is saved here."""
    result = read_table(name, content, timetable_spec(plan))
    teachers, bases, halls, own = people_of(plan), bases_of(plan), halls_of(plan), own_workshop(plan)
    problems = list(result.problems)
    lessons, numbers = [], []
    for number, row in zip(result.row_numbers, result.rows, strict=True):
        wrong = _clock_problems(result.sheet, number, row) + _topic_problems(result.sheet, number, row, plan)
        problems += wrong
        if not wrong:
            topics = tuple(_topic_codes(plan, row.get("topics", ""))[0])
            base = base_of(row["kind"], bases.get(row["base"]), own)
            who = teachers.get(row["teacher"]), base, halls.get(row["room"])
            lessons.append(_lesson(row, *who, topics))
            numbers.append(number)
    problems += [_in_file(problem, result.sheet) for problem in timetable_problems(lessons, numbers)]
    return lessons, sorted(problems, key=lambda problem: problem.row or 0)


def _topic_problems(sheet: str, number: int, row: dict, plan: TrainingPlan) -> list[Problem]:
    strange = _topic_codes(plan, row.get("topics", ""))[1]
    if not strange:
        return []
    what, todo = f"“{'、'.join(strange)}”不是规定的内容", f"请从{'、'.join(topics_of(plan).values())}中选填"
    return [Problem(sheet, number, "规定内容", what, "", todo, code="topics", value="、".join(strange))]


def _clock_problems(sheet: str, number: int, row: dict) -> list[Problem]:
    found = []
    for name, label in (("starts", "开始时间"), ("ends", "结束时间")):
        if clock_of(row[name]) is None:
            what, todo = f"“{row[name]}”不是有效的时间", "请填写成 09:00 的形式"
            found.append(Problem(sheet, number, label, what, "", todo, code="clock", value=row[name]))
    hours = row["class_hours"]
    if not 0 <= hours <= 24:
        what = f"“{hours}”不是有效的课时"
        found.append(Problem(sheet, number, "课时", what, "", "请填写 0 至 24 的整数", code="class_hours"))
    return found


def clock_of(text: str) -> dt.time | None:
    """A time of day as typed or as Excel hands it over (09:00, 9时30分, 0.375); None when it is none."""
    text = compact(str(text))
    dated = _DATED_CLOCK.fullmatch(text)
    match = _CLOCK.fullmatch(dated[1] if dated else text)
    if match:
        hour, minute = int(match[1] or match[3]), int(match[2] or 0)
    elif re.fullmatch(r"0?\.\d+", text):
        hour, minute = divmod(round(float(text) * 24 * 60), 60)
    else:
        return None
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _lesson(
    row: dict, teacher: Teacher | None, base: Unit | None, room: Room | None, topics: tuple[str, ...]
) -> Lesson:
    return Lesson(
        kind=row["kind"],
        subject=row["subject"],
        starts_at=_moment(row["date"], clock_of(row["starts"])),
        ends_at=_moment(row["date"], clock_of(row["ends"])),
        class_hours=row["class_hours"],
        place=str(room) if room else row["place"] or "",
        teacher=teacher,
        base=base,
        topics=topics,
        room=room,
    )


def _moment(day: dt.date, clock: dt.time | None) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, clock or dt.time()))


def _in_file(problem: Problem, sheet: str) -> Problem:
    heading = _HEADINGS.get(problem.column, problem.column)
    return Problem(sheet, problem.row, heading, problem.what, problem.why, problem.todo, code=problem.code)
