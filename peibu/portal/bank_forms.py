"""Forms of the question bank, of drawing papers and of seats: what was typed, in Python types."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.examining.actions.bank import TRUE_FALSE, Wording
from peibu.examining.assembly import Line
from peibu.examining.bank_file import read_answer
from peibu.examining.enums import Difficulty
from peibu.examining.models import QuestionVersion
from peibu.examining.papers import answer_text
from peibu.portal.exam_forms import FileField
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind

BLUEPRINT_LINES = 8
ROOMS = 6


class QuestionForm(forms.Form):
    """One question; options one a line, answer as letters or text."""

    kind = forms.ChoiceField(label=_("题型"), choices=ItemKind.choices)
    topic = forms.CharField(label=_("知识点"), max_length=60)
    difficulty = forms.TypedChoiceField(label=_("难度"), choices=Difficulty.choices, coerce=int)
    points = forms.DecimalField(label=_("建议分值"), min_value=Decimal("0.5"), max_value=100, decimal_places=1)
    stem = forms.CharField(label=_("题干"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    options = forms.CharField(
        label=_("选项"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("选择题每行一个选项；判断题和主观题不填"),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("答案"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("选择题填字母，如 B 或 ACD；判断题填 正确 或 错误；其他题填参考答案"),
    )  # fmt: skip

    @classmethod
    def of(cls, version: QuestionVersion) -> "QuestionForm":
        told = {name: getattr(version, name) for name in ("kind", "topic", "difficulty", "points", "stem")}
        truth = version.kind == ItemKind.TRUE_FALSE
        answer = version.options[version.answer[0]] if truth else answer_text(version)
        return cls(initial=told | {"options": "" if truth else "\n".join(version.options), "answer": answer})

    def wording(self) -> Wording:
        told = self.cleaned_data
        kind = told["kind"]
        lines = [line.strip() for line in told["options"].splitlines() if line.strip()]
        options = TRUE_FALSE if kind == ItemKind.TRUE_FALSE else lines if kind in OBJECTIVE_ITEMS else ()
        return Wording(
            kind=kind, topic=told["topic"], difficulty=told["difficulty"], points=told["points"], stem=told["stem"],
            options=options, answer=read_answer(kind, told["answer"]),
        )  # fmt: skip

    def clean(self):
        told = super().clean()
        if not self.errors:
            field, what, todo = self.wording().problem()
            if what:
                self.add_error(field, f"{what}。{todo}。")
        return told


class BankFileForm(forms.Form):
    file = FileField(
        label=_("题库文件"), max_bytes=5 * 1024 * 1024, help_text=_("请使用下载的模板填写，支持 .xlsx、.xls、.csv")
    )


class BlueprintForm(forms.Form):
    """Lines of a blueprint: kind, topic, difficulty, count, points each; empty lines do not count."""

    seed = forms.CharField(
        label=_("随机种子"), required=False, max_length=64, help_text=_("留空由系统生成；填写已有种子可重现同一份试卷")
    )

    def __init__(self, *args, topics: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        any_topic = [("", _("不限"))] + [(topic, topic) for topic in topics]
        any_level = [("0", _("不限"))] + [(str(value), label) for value, label in Difficulty.choices]
        for n in range(BLUEPRINT_LINES):
            self._add(n, "kind", _("题型"), forms.ChoiceField(required=False, choices=[("", "—"), *ItemKind.choices]))
            self._add(n, "topic", _("知识点"), forms.ChoiceField(required=False, choices=any_topic))
            self._add(n, "difficulty", _("难度"), forms.ChoiceField(required=False, choices=any_level))
            self._add(n, "count", _("题数"), forms.IntegerField(required=False, min_value=1, max_value=200))
            self._add(n, "points", _("每题分值"), forms.DecimalField(
                required=False, min_value=Decimal("0.5"), max_value=100, decimal_places=1,
                widget=forms.NumberInput(attrs={"step": "0.5"}),
            ))  # fmt: skip

    def _add(self, line: int, name: str, label: str, field: forms.Field) -> None:
        style = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
        words = _("第%(line)d行%(label)s") % {"line": line + 1, "label": label}
        field.widget.attrs |= {"class": style, "aria-label": words}
        field.label = words
        self.fields[f"{name}-{line}"] = field

    def rows(self) -> list[list[forms.BoundField]]:
        names = ("kind", "topic", "difficulty", "count", "points")
        return [[self[f"{name}-{n}"] for name in names] for n in range(BLUEPRINT_LINES)]

    def clean(self):
        told = super().clean()
        for n in range(BLUEPRINT_LINES):
            given = [bool(told.get(f"{name}-{n}")) for name in ("kind", "count", "points")]
            if any(given) and not all(given):
                self.add_error(None, _("第%(line)d行须同时填写题型、题数和每题分值") % {"line": n + 1})
        if not self.errors and not self.lines():
            self.add_error(None, _("组卷方案是空的，请至少填写一行"))
        return told

    def lines(self) -> list[Line]:
        told = self.cleaned_data
        return [
            Line(
                kind=told[f"kind-{n}"], count=told[f"count-{n}"], points=told[f"points-{n}"],
                topic=told.get(f"topic-{n}") or "", difficulty=int(told.get(f"difficulty-{n}") or 0),
            )
            for n in range(BLUEPRINT_LINES)
            if told.get(f"kind-{n}")
        ]  # fmt: skip


def blueprint_initial(lines: list[Line]) -> dict:
    """A kept blueprint as it was typed."""
    told = {}
    for n, line in enumerate(lines):
        told |= {
            f"kind-{n}": line.kind, f"topic-{n}": line.topic, f"difficulty-{n}": str(line.difficulty),
            f"count-{n}": line.count, f"points-{n}": f"{line.points.normalize():f}",
        }  # fmt: skip
    return told


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("每人答题时长（分钟）"),
        min_value=5,
        max_value=360,
        initial=90,
        help_text=_("从考生点“开始答题”起算，不超过考试结束时间"),
    )


class RoomsForm(forms.Form):
    """Rooms with so many seats; empty lines do not count."""

    seed = forms.CharField(
        label=_("随机种子"), required=False, max_length=64, help_text=_("留空由系统生成；填写已有种子可重现同一座位表")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(ROOMS):
            words = {"name": _("第%(n)d考场名称") % {"n": n + 1}, "seats": _("第%(n)d考场座位数") % {"n": n + 1}}
            self.fields[f"name-{n}"] = forms.CharField(required=False, max_length=60, label=words["name"])
            self.fields[f"seats-{n}"] = forms.IntegerField(
                required=False, min_value=1, max_value=500, label=words["seats"]
            )
            for name in ("name", "seats"):
                self.fields[f"{name}-{n}"].widget.attrs |= {"class": "form-control", "aria-label": words[name]}

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"name-{n}"], self[f"seats-{n}"]) for n in range(ROOMS)]

    def rooms(self) -> list[tuple[str, int]]:
        told = self.cleaned_data
        return [
            (told[f"name-{n}"], told[f"seats-{n}"] or 0)
            for n in range(ROOMS)
            if told[f"name-{n}"] or told[f"seats-{n}"]
        ]
