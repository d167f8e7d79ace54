"""Forms of examination and certificates: what was typed, in Python types; the domain decides the rest."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind
from peibu.training.models import Exam

SAMPLE_BYTES = 20 * 1024 * 1024


MOST_VERIFIED = 10 << 20  # bytes; a certificate has 250 KB, the book of 80 about 2 MB


class FileField(forms.FileField):
    """A file field whose page tells at once when a file is too big."""

    def __init__(self, *, max_bytes: int, **kwargs):
        super().__init__(**kwargs)
        self.max_bytes = max_bytes

    def clean(self, data, initial=None):
        kept = super().clean(data, initial)
        if kept and kept.size > self.max_bytes:
            raise forms.ValidationError(
                _("文件超过%(size)d MB，请压缩后再上传。") % {"size": self.max_bytes // 1024 // 1024}
            )
        return kept


class TimeForm(forms.Form):
    """When and where."""

    day = forms.DateField(label=_("考试日期"), widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(label=_("开始时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("结束时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label=_("考场"), max_length=200, help_text=_("写到楼栋和教室"))

    @classmethod
    def of(cls, exam: Exam) -> "TimeForm":
        if exam.held_from is None:
            return cls()
        start, end = timezone.localtime(exam.held_from), timezone.localtime(exam.held_until)
        told = {"day": f"{start:%Y-%m-%d}", "starts": start.time(), "ends": end.time(), "place": exam.place}
        return cls(initial=told)

    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        day, zone = self.cleaned_data["day"], timezone.get_current_timezone()
        start, end = (dt.datetime.combine(day, self.cleaned_data[name], tzinfo=zone) for name in ("starts", "ends"))
        return start, end


class PaperForm(forms.Form):
    """One line per kind of item; lines left empty are not on the paper."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in ItemKind:
            self.fields[f"{kind}-count"] = forms.IntegerField(
                required=False, min_value=0, max_value=500, label=_("%(kind)s题数") % {"kind": kind.label}
            )
            self.fields[f"{kind}-points"] = forms.DecimalField(
                required=False,
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=1,
                label=_("%(kind)s每题分值") % {"kind": kind.label},
                widget=forms.NumberInput(attrs={"step": "0.5"}),
            )
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control", "aria-label": field.label}

    @classmethod
    def of(cls, exam: Exam) -> "PaperForm":
        told = {}
        for item in exam.items.all():
            told |= {f"{item.kind}-count": item.count, f"{item.kind}-points": item.points_each.normalize()}
        return cls(
            initial={name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in told.items()}
        )

    def lines(self) -> list[tuple[ItemKind, bool, forms.BoundField, forms.BoundField]]:
        """(kind, objective?, field of the count, field of the points) for the table."""
        return [(kind, kind in OBJECTIVE_ITEMS, self[f"{kind}-count"], self[f"{kind}-points"]) for kind in ItemKind]

    def items(self) -> list[tuple[str, int, Decimal]]:
        """What was filled in; a count without points (or the reverse) is an error of the form."""
        rows = []
        for kind in ItemKind:
            count, each = self.cleaned_data.get(f"{kind}-count"), self.cleaned_data.get(f"{kind}-points")
            if count and each:
                rows.append((str(kind), count, each))
        return rows

    def clean(self):
        told = super().clean()
        for kind in ItemKind:
            count, each = told.get(f"{kind}-count"), told.get(f"{kind}-points")
            if bool(count) != bool(each):
                self.add_error(None, _("“%(kind)s”须同时填写题数和每题分值") % {"kind": kind.label})
        return told


class SampleForm(forms.Form):
    file = FileField(
        label=_("考试样卷"), max_bytes=SAMPLE_BYTES, help_text=_("PDF 或 Word（.docx），不超过20 MB，须附参考答案")
    )


class ThirdPartyForm(forms.Form):
    """An entrusted third party."""

    unit_name = forms.CharField(
        label=_("第三方机构全称"), max_length=120, help_text=_("须是已登记的单位，与本班没有关系")
    )
    name = forms.CharField(label=_("监考人姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("监考人身份证号码"), max_length=30, help_text=_("只用于识别同一自然人，不保存号码")
    )


class ScoreFileForm(forms.Form):
    file = FileField(
        label=_("成绩表"), max_bytes=5 * 1024 * 1024, help_text=_("请使用下载的模板填写，支持 .xlsx、.xls、.csv")
    )


class SurveyForm(forms.Form):
    """Four questions of 1 to 5 and a remark."""

    CHOICES = [(5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意"))]
    quality = forms.TypedChoiceField(label=_("培训质量"), choices=CHOICES, coerce=int, widget=forms.RadioSelect)
    teachers = forms.TypedChoiceField(label=_("师资水平"), choices=CHOICES, coerce=int, widget=forms.RadioSelect)
    organisation = forms.TypedChoiceField(label=_("组织管理"), choices=CHOICES, coerce=int, widget=forms.RadioSelect)
    overall = forms.TypedChoiceField(label=_("总体满意度"), choices=CHOICES, coerce=int, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("意见建议"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def marks(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in ("quality", "teachers", "organisation", "overall")}


class VerifyForm(forms.Form):
    """Number and check code of a certificate."""

    serial = forms.CharField(label=_("证书编号"), max_length=60, help_text=_("如 鲁青工培〔2020〕370202-000001"))
    c = forms.CharField(label=_("核验码"), max_length=30, help_text=_("证书上的12位字母和数字"))


class VerifyFileForm(forms.Form):
    """A certificate's file to be checked; it is read and not kept."""

    file = FileField(label=_("证书文件"), max_bytes=MOST_VERIFIED, help_text=_("PDF，不超过10 MB；只用于查验，不保存"))

    def clean_file(self) -> bytes:
        content = self.cleaned_data["file"].read()
        if not content.startswith(b"%PDF-"):
            raise forms.ValidationError(_("这不是 PDF 文件。请选择下载的证书原件，不要用照片、截图或扫描件"))
        return content
