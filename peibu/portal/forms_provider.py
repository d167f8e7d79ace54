"""Forms of providers: plan, teacher, class, timetable row."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.kernel.errors import Problem, Refused
from peibu.kernel.money import fen_from_yuan, yuan
from peibu.programmes.queries import listed
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.theme.fact_fields import add_questions, answers, param
from peibu.theme.policy_words import english
from peibu.training.actions.cohorts import Lesson, timetable_problems
from peibu.training.models import Session, TrainingPlan
from peibu.training.queries.venues import rooms_for
from peibu.training.timetable_file import MAX_ROWS, base_of, bases_of, own_workshop, people_of, topics_of

PLAN_TEXTS = (
    "project_name",
    "goal",
    "mode",
    "training_place",
    "practice_place",
    "content",
    "topics",
    "class_hours",
    "headcount",
    "batches",
    "evaluation",
)
LARGEST = 100_000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(forms.Form):
    """Every part of a plan (QD97.2.3). Nothing is required here: signing asks for what is missing."""

    project_name = forms.CharField(
        label=_("培训项目名称"),
        max_length=120,
        required=False,
        help_text=_("写明培训主题，例如“工业互联网平台应用”。"),
    )
    goal = forms.CharField(
        label=_("培训目标"),
        max_length=4000,
        required=False,
        widget=_area(3),
        help_text=_("学员结业后应当掌握什么、能做什么。"),
    )
    mode = forms.CharField(
        label=_("培训方式"),
        max_length=2000,
        required=False,
        widget=_area(2),
        help_text=_("例如专题讲座、案例研讨、基地实训，各占多少课时。"),
    )
    training_place = forms.CharField(
        label=_("培训地点"), max_length=200, required=False, help_text=_("集中授课的地址和教室。")
    )
    practice_place = forms.CharField(
        label=_("实训地点"), max_length=200, required=False, help_text=_("在基地实训的地址，可写多处。")
    )
    topics = forms.MultipleChoiceField(
        label=_("内容类别"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("按政策规定的内容选择，至少一类。"),
    )
    content = forms.CharField(
        label=_("培训内容"),
        max_length=8000,
        required=False,
        widget=_area(5),
        help_text=_("分专题写明讲授和实训内容。"),
    )
    class_hours = forms.IntegerField(
        label=_("课时"), min_value=1, max_value=2000, required=False, help_text=_("每批总课时，填整数。")
    )
    headcount = forms.IntegerField(label=_("培训人数"), min_value=1, max_value=LARGEST, required=False)
    batches = forms.IntegerField(
        label=_("批次"), min_value=1, max_value=1000, required=False, help_text=_("计划办多少批。")
    )
    evaluation = forms.CharField(
        label=_("结业评价标准"),
        max_length=4000,
        required=False,
        widget=_area(3),
        help_text=_("考核方式、合格分数、缺勤如何处理。"),
    )
    fee = forms.CharField(
        label=_("收费标准（元/人）"),
        max_length=20,
        required=False,
        help_text=_("按元填写，最多两位小数。补贴不超过实际收费。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    bases = forms.ModelMultipleChoiceField(
        label=_("实训基地"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只列出推荐名单内的基地；每个基地都要会签。"),
    )
    teachers = forms.ModelMultipleChoiceField(
        label=_("培训师资"),
        queryset=Teacher.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("从本单位教师和外聘专家中选择；没有的请先在页面下方添加。"),
    )

    def __init__(self, *args, plan: TrainingPlan, on: dt.date, **kwargs):
        initial = {name: getattr(plan, name) for name in PLAN_TEXTS}
        initial["fee"] = "" if plan.fee_fen is None else yuan(plan.fee_fen).replace(",", "")
        initial["bases"] = list(plan.bases.values_list("unit_id", flat=True))
        initial["teachers"] = list(plan.teachers.values_list("teacher_id", flat=True))
        super().__init__(*args, initial=initial, **kwargs)
        self.policy = load_policy(plan.policy)
        delivery = self.policy.delivery
        if delivery.plan_topics:
            self.fields["topics"].choices = list(self.policy.codes[delivery.plan_topics].items.items())
        else:
            del self.fields["topics"]
        if delivery.practice_at == "own":
            del self.fields["bases"]
        add_questions(self, self.policy, delivery.asks, plan.stated)
        if "bases" in self.fields:
            on_list = listed(plan.policy, "base", on=on).values("unit_id")
            self.fields["bases"].queryset = Unit.objects.filter(pk__in=on_list).select_related("division")
            self.fields["bases"].label_from_instance = lambda unit: f"{unit.name}（{unit.division.name}）"
        mine = Teacher.objects.filter(unit=plan.provider).order_by("-full_time", "name")
        self.fields["teachers"].queryset = mine
        self.fields["teachers"].label_from_instance = _teacher_label

    def clean_fee(self) -> int | None:
        text = self.cleaned_data["fee"].strip()
        return _refusal_as_error(fen_from_yuan, text) if text else None

    def parts(self) -> dict:
        """What `write_plan` takes; fields with mistakes are left out (for the live list of missing parts)."""
        found = {name: self.cleaned_data[name] for name in PLAN_TEXTS if name in self.cleaned_data}
        if "fee" in self.cleaned_data:
            found["fee_fen"] = self.cleaned_data["fee"]
        found["stated"] = answers(self, self.policy.delivery.asks)
        return found

    def questions(self) -> list[forms.BoundField]:
        """What this policy asks of a plan besides."""
        return [self[param(name)] for name in self.policy.delivery.asks]


def _teacher_label(row: Teacher) -> str:
    about = "・".join(str(text) for text in (row.title, _("专职") if row.full_time else _("外聘")) if text)
    return f"{row.name}（{about}）"


def _refusal_as_error(read, *args):
    try:
        return read(*args)
    except Refused as refused:
        raise ValidationError(refused.sentence())


class TeacherForm(forms.Form):
    """A teacher or outside expert of the unit."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    id_number = forms.CharField(
        label=_("公民身份号码"),
        max_length=20,
        help_text=_("用于核对教师是否同一时间在两处授课；系统只保存不可还原的标识。"),
    )
    title = forms.CharField(label=_("职称或资格"), max_length=60, required=False)
    full_time = forms.ChoiceField(
        label=_("聘用方式"), choices=[("yes", _("本单位专职教师")), ("no", _("外聘专家或兼职教师"))], initial="no"
    )


class ClassForm(forms.Form):
    """A new class by a signed plan."""

    plan = forms.ModelChoiceField(
        label=_("培训方案"), queryset=TrainingPlan.objects.none(), help_text=_("只能选择已经签署的方案。")
    )
    name = forms.CharField(label=_("班次名称"), max_length=120, help_text=_("例如“工业互联网平台应用第一期”。"))
    venue = forms.CharField(label=_("主要培训地点"), max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans
        self.fields["plan"].label_from_instance = _plan_label


def _plan_label(plan: TrainingPlan) -> str:
    return _("%(name)s（第%(n)s版）") % {"name": plan.project_name, "n": plan.version}


def _cell(kind: type[forms.Widget], label: str, **attrs) -> forms.Widget:
    return kind(attrs={"aria-label": label, "class": "form-control", **attrs})


def _list(label: str) -> forms.Select:
    return forms.Select(attrs={"aria-label": label, "class": "form-select"})


class LessonForm(forms.Form):
    """One row of the timetable; an untouched row is ignored."""

    date = forms.DateField(label=_("日期"), widget=_cell(forms.DateInput, _("日期"), type="date"))
    starts = forms.TimeField(label=_("开始"), widget=_cell(forms.TimeInput, _("开始时间"), type="time"))
    ends = forms.TimeField(label=_("结束"), widget=_cell(forms.TimeInput, _("结束时间"), type="time"))
    kind = forms.ChoiceField(label=_("类别"), choices=(), widget=_list(_("类别")))
    subject = forms.CharField(label=_("课程"), max_length=120, widget=_cell(forms.TextInput, _("课程")))
    class_hours = forms.IntegerField(
        label=_("课时"), min_value=0, max_value=24, widget=_cell(forms.NumberInput, _("课时"))
    )
    room = forms.ChoiceField(label=_("教室"), required=False, widget=_list(_("教室")))
    place = forms.CharField(
        label=_("地点"), max_length=200, required=False, widget=_cell(forms.TextInput, _("地点（选了教室可不填）"))
    )
    teacher = forms.ChoiceField(label=_("教师"), required=False, widget=_list(_("教师")))
    base = forms.ChoiceField(label=_("实训基地"), required=False, widget=_list(_("实训基地")))
    topics = forms.MultipleChoiceField(
        label=_("规定内容"),
        required=False,
        widget=forms.SelectMultiple(attrs={"aria-label": _("规定内容"), "size": 3}),
    )

    def __init__(
        self, *args, teachers: dict, bases: dict, own: Unit | None, kinds: dict, topics: dict, rooms: list, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds.items())
        if topics:
            self.fields["topics"].choices = list(topics.items())
        else:
            del self.fields["topics"]
        self.own = own
        self.rooms = {str(row.pk): row for row in rooms}
        self.teachers = {str(row.pk): row for row in teachers.values()}
        self.bases = {str(row.pk): row for row in bases.values()}
        none = [("", "—")]
        self.fields["teacher"].choices = none + [(str(row.pk), label) for label, row in teachers.items()]
        self.fields["base"].choices = none + [(str(row.pk), label) for label, row in bases.items()]
        self.fields["room"].choices = none + [(str(row.pk), f"{row}（{row.seats}）") for row in rooms]
        self.fields["date"].widget.format = "%Y-%m-%d"
        for name in ("starts", "ends"):
            self.fields[name].widget.format = "%H:%M"

    def has_changed(self) -> bool:
        """A row counts once anything is typed; the preselected kind alone, or a row taken out, is no lesson."""
        typed = [name for name in self.fields if name not in ("kind", "topics")]
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in typed)

    def lesson(self) -> Lesson:
        data = self.cleaned_data
        room = self.rooms.get(data["room"])
        return Lesson(
            kind=data["kind"],
            subject=data["subject"],
            starts_at=timezone.make_aware(dt.datetime.combine(data["date"], data["starts"])),
            ends_at=timezone.make_aware(dt.datetime.combine(data["date"], data["ends"])),
            class_hours=data["class_hours"],
            place=str(room) if room else data["place"],
            room=room,
            teacher=self.teachers.get(data["teacher"]),
            base=base_of(data["kind"], self.bases.get(data["base"]), self.own),
            topics=tuple(data.get("topics", ())),
        )


_FIELD_OF_COLUMN = {"时间": "ends", "教师": "teacher", "实训基地": "base", "课程和地点": "subject"}


class BaseTimetable(forms.BaseFormSet):
    """All rows of a timetable; what is wrong between rows is told at the rows, all of it at once."""

    def clean(self) -> None:
        rows = [form for form in self.forms if form.has_changed() and not form.errors]
        numbers = [self.forms.index(form) + 1 for form in rows]
        for problem in timetable_problems([form.lesson() for form in rows], numbers):
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        form = self.forms[(problem.row or 1) - 1]
        form.add_error(_FIELD_OF_COLUMN.get(problem.column), f"{problem.what}。{problem.todo}。")

    def lessons(self) -> list[Lesson]:
        return [form.lesson() for form in self.forms if form.has_changed()]

    @property
    def wrong_rows(self) -> list[tuple[int, list[str]]]:
        """Row number and its sentences, for the list above the table."""
        return [(number, _sentences(form)) for number, form in enumerate(self.forms, start=1) if form.errors]


def _sentences(form: forms.Form) -> list[str]:
    told = {name: f"{field.label}：" for name, field in form.fields.items()}
    return [f"{told.get(name, '')}{text}" for name, texts in form.errors.items() for text in texts]


Timetable = forms.formset_factory(
    LessonForm, formset=BaseTimetable, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
)
PREFIX = "row"


def lesson_choices(plan: TrainingPlan) -> dict:
    """What a lesson of the plan can choose from; keyword arguments of `LessonForm`."""
    words = load_policy(plan.policy).delivery.sessions
    return {
        "teachers": people_of(plan),
        "bases": bases_of(plan),
        "own": own_workshop(plan),
        "rooms": list(rooms_for(plan)),
        "kinds": {code: word.label_en if english() else word.label for code, word in words.items()},
        "topics": topics_of(plan),
    }


def timetable_form(plan: TrainingPlan, *, data=None, lessons: list[Lesson] | list[Session] = ()) -> BaseTimetable:
    """The editor of a timetable: bound to what was sent, or showing lessons (saved ones, or those of a file)."""
    options = lesson_choices(plan)
    rows = [initial_of(lesson) for lesson in lessons]
    # every row counts as new, so that an emptied row is ignored instead of asked for
    form = Timetable(data, prefix=PREFIX, initial=rows or [{}], form_kwargs=options)
    if data is None:
        form.management_form.initial["INITIAL_FORMS"] = 0
    return form


def initial_of(lesson: Lesson | Session) -> dict:
    start, end = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    return {
        "date": start.date(),
        "starts": start.time(),
        "ends": end.time(),
        "kind": lesson.kind,
        "subject": lesson.subject,
        "class_hours": lesson.class_hours,
        "place": lesson.place,
        "teacher": str(lesson.teacher.pk) if lesson.teacher else "",
        "base": str(lesson.base.pk) if lesson.base else "",
        "topics": list(lesson.topics),
        "room": str(lesson.room.pk) if lesson.room else "",
    }
