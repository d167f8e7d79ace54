"""The five kinds of reports: which fields each has, and which statements it becomes (docs/reference/learning-intake.md)."""

import datetime as dt
import json
from collections.abc import Callable, Sequence

from peibu.accounts.secrecy import person_key, secret_index
from peibu.learning.reports import words
from peibu.learning.reports.fields import Fields
from peibu.learning.reports.report import Learner, Report, seconds

LONGEST_SITTING = dt.timedelta(hours=24)
PHOTOS = {"activity": "active", "identity": "identity", "活跃度": "active", "实名认证": "identity"}


def opened(fields: Fields, report: Report) -> None:
    """A class: its chapters and the learners in it. Sent again with more learners it adds them, sent again otherwise
    (another name, hours, date or chapters) it is a further statement about the class; no learner leaves it.
    """
    code, name = fields.text("classCode", longest=60), fields.text("className")
    hours = fields.number("learnHour")
    begun = fields.moment("startDate", past=False)
    chapters = [_chapter(one) for one in fields.parts("chapterList", required=False)]
    students = [_student(one) for one in fields.parts("studentList")]
    fields.leave()
    report.name_item(code, _joined([name for name, _learner in students]))
    if fields.problems:
        return
    target = report.activity(words.CLASS, ("class", code), name, **{"learn-hours": hours, "chapters": chapters})
    version = json.dumps([name, hours, begun.isoformat(), chapters], ensure_ascii=False)
    report.add(report.made_id("class", code, version), report.platform(), words.OPENED, target, begun)
    place = {"objectType": "Activity", "id": target["id"]}
    report.learners = [learner for _name, learner in students]
    for student in report.learners:
        named = report.registration(code, student.key)
        report.add(named, report.agent(student.key), words.REGISTERED, place, None, registration=named)


def _joined(parts: Sequence[object]) -> str | None:
    """Several parts as one word; None when there is none, or one that could not be read."""
    return None if not parts or None in parts else secret_index("\x1f".join(map(str, parts)))[:12]


def _chapter(fields: Fields) -> dict:
    told = {
        "code": fields.text("chapterCode", longest=60),
        "name": fields.text("chapterName"),
        "hours": fields.number("learnHour", required=False),
    }
    fields.leave()
    return told


def _student(fields: Fields) -> tuple[str | None, Learner | None]:
    name, told = fields.name("name"), fields.identity()
    fields.text(
        "phone", required=False, longest=30
    )  # part of the shape in use; nothing here needs it, so it is not kept
    fields.leave()
    return name, Learner(person_key(told.number), name) if told and name else None


def _placed(fields: Fields, report: Report) -> tuple[str, str, dict, str] | None:
    """Class code, learner key, agent and registration of an item about one learner in one class."""
    code, learner = fields.text("classCode", longest=60), report.learner(fields)
    if code is None or learner is None:
        report.name_item(code, None)
        return None
    key, agent = learner
    named = report.registration(code, key)
    report.name_item(code, key[:12], None)
    report.needs.append(named)
    return code, key, agent, named


def _short(when: dt.datetime | None) -> str | None:
    return when.isoformat() if when else None


def hours(fields: Fields, report: Report) -> None:
    """Class hours: from when to when a learner was signed in, from which address, and the checks of presence."""
    placed = _placed(fields, report)
    sittings = [_sitting(one) for one in fields.parts("loginList")]
    checks = [_check(one) for one in fields.parts("activityList", required=False)]
    fields.leave()
    if placed:
        begun = [start for start, *_rest in sittings]
        seen = [when for when, _passed in checks]
        report.name_item(placed[0], placed[1][:12], _short(begun[0] if begun else None), _joined([*begun, *seen]))
    if fields.problems or placed is None:
        return
    code, key, agent, named = placed
    target = {"objectType": "Activity", "id": words.activity(report.unit, "class", code)}
    for start, end, ip, chapter in sittings:
        report.add(
            report.made_id("hours", code, key, start.isoformat()), agent, words.ATTENDED, target, start,
            registration=named, result={"duration": seconds(end - start)}, ip=ip, chapter=chapter, until=end.isoformat(),
        )  # fmt: skip
    for when, passed in checks:
        report.add(
            report.made_id("check", code, key, when.isoformat()), agent, words.CHECKED, target, when,
            registration=named, result={"success": passed},
        )  # fmt: skip


def _sitting(fields: Fields) -> tuple:
    start, end, ip = fields.moment("startTime"), fields.moment("endTime"), fields.ip("ip")
    chapter = fields.text("chapterCode", required=False, longest=60)
    fields.leave()
    if start and end and not dt.timedelta() < end - start <= LONGEST_SITTING:
        fields.fault(
            "endTime", "结束时间不对", "应晚于开始时间且不超过 24 小时", "请核对后重新上报", code="bad_interval"
        )
    return start, end, ip, chapter


def _check(fields: Fields) -> tuple:
    told = fields.moment("activityTime"), fields.flag("activityDetection")
    fields.leave()
    return told


def exams(fields: Fields, report: Report) -> None:
    """An exam of a learner: score, passed or not, and the answers with their time."""
    placed = _placed(fields, report)
    exam, name = fields.text("examCode", longest=60), fields.text("examName", required=False)
    start, end = fields.moment("startTime"), fields.moment("endTime")
    score, full, passed = fields.number("score"), fields.number("fullScore", least=0.01), fields.flag("passed")
    answers = [_answer(one) for one in fields.parts("answerList", required=False)]
    fields.leave()
    if placed:
        report.name_item(placed[0], placed[1][:12], exam, _short(start))
    if start and end and end < start:
        fields.fault("endTime", "结束时间早于开始时间", "交卷应在开考之后", "请核对后重新上报", code="bad_interval")
    if score is not None and full is not None and score > full:
        fields.fault("score", "得分高于满分", "得分应在 0 到满分之间", "请核对后重新上报", score)
    if fields.problems or placed is None:
        return
    code, key, agent, named = placed
    result = {"score": {"raw": score, "min": 0, "max": full}, "success": passed, "duration": seconds(end - start)}
    target = report.activity(words.EXAM, ("class", code, "exam", exam), name or "")
    where = {"registration": named, "within": code}
    about = report.made_id("exam", code, key, exam, start.isoformat())
    report.add(about, agent, words.PASSED if passed else words.FAILED, target, end, result=result, **where)
    for question, text, right, spent in answers:
        result = {"response": text} | ({} if right is None else {"success": right})
        if spent is not None:
            result["duration"] = seconds(dt.timedelta(seconds=spent))
        item = report.activity(words.ITEM, ("class", code, "exam", exam, question))
        report.add(report.made_id("answer", about, question), agent, words.ANSWERED, item, end, result=result, **where)


def _answer(fields: Fields) -> tuple:
    told = (
        fields.text("questionCode", longest=60),
        fields.text("answer", longest=2000),
        fields.flag("correct", required=False),
        fields.number("seconds", required=False),
    )
    fields.leave()
    return told


def questions(fields: Fields, report: Report) -> None:
    """A learner's question to the teacher, and the reply."""
    placed = _placed(fields, report)
    asked, text = fields.moment("askTime"), fields.text("question", longest=2000)
    number = fields.text("questionCode", longest=60)
    replied, reply = fields.moment("replyTime", required=False), fields.text("reply", required=False, longest=4000)
    teacher = fields.text("replier", required=False, longest=60)
    fields.leave()
    if placed:
        report.name_item(placed[0], placed[1][:12], number, "+" if replied or reply else "")
    if (replied is None) != (reply is None):
        fields.fault("reply", "答复不完整", "答复内容和答复时间应同时填写", "请补充后重新上报", code="missing")
    if fields.problems or placed is None:
        return
    code, key, agent, named = placed
    target = {"objectType": "Activity", "id": words.activity(report.unit, "class", code, "question", number)}
    where = {"registration": named, "within": code}
    about = ("question", code, key, number)
    report.add(report.made_id(*about), agent, words.ASKED, target, asked, result={"response": text}, **where)
    if reply is not None:
        report.add(
            report.made_id(*about, "reply"), report.platform(), words.REPLIED, target, replied,
            result={"response": reply}, replier=teacher, **where,
        )  # fmt: skip


def photos(fields: Fields, report: Report) -> None:
    """A photo taken of the learner, as proof of presence or of identity."""
    placed = _placed(fields, report)
    taken, kind = fields.moment("photoTime"), fields.choice("photoType", PHOTOS)
    photo = fields.photo("photo")
    fields.leave()
    if placed:
        report.name_item(placed[0], placed[1][:12], kind, _short(taken))
    if fields.problems or placed is None:
        return
    code, key, agent, named = placed
    attachment = report.file(*photo, "学员照片")
    target = {"objectType": "Activity", "id": words.activity(report.unit, "class", code)}
    report.add(
        report.made_id("photo", code, key, kind, taken.isoformat()), agent, words.PHOTOGRAPHED, target, taken,
        registration=named, attachments=[attachment], **{"photo-kind": kind},
    )  # fmt: skip


KINDS: dict[str, Callable[[Fields, Report], None]] = {
    "classes": opened,
    "hours": hours,
    "exams": exams,
    "questions": questions,
    "photos": photos,
}
TITLES = {"classes": "班级", "hours": "学时", "exams": "考试", "questions": "答疑", "photos": "照片"}
