"""Every component on one page, with sample data of its own; only in demo mode."""

import datetime as dt

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from peibu.accounts.access import demo_only
from peibu.theme.gallery_samples import CLASSES, FINDINGS, PROBLEMS, QUOTAS, TODO, TREND, month_samples

TODAY = dt.date(2020, 9, 14)
SHELLS = {"desk": "theme/desk.html", "portal": "theme/portal.html", "phone": "theme/phone.html"}
UPLOAD_BYTES = 10 * 1024 * 1024


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="班级名称", help_text="写明工种和期次，例如：工业互联网运维第 3 期")
    code = forms.CharField(label="统一社会信用代码", help_text="18 位，字母大写")
    level = forms.ChoiceField(label="等级", choices=[("5", "五级"), ("4", "四级"), ("3", "三级")])
    starts_on = forms.DateField(label="开班日期", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="授课方式", choices=[("f", "面授"), ("p", "实训")], widget=forms.RadioSelect)
    note = forms.CharField(label="补充说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    roster = forms.FileField(label="花名册", help_text="Excel（.xlsx、.xls）或 CSV，最大 10 MB")
    agreed = forms.BooleanField(label="我已阅读并同意承诺书")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roster"].max_bytes = UPLOAD_BYTES


def _events() -> list[dict]:
    at = timezone.make_aware(dt.datetime(2020, 9, 7, 9, 12))  # noqa: DTZ001  made aware at once
    day = dt.timedelta(days=1)
    return [
        {"step": "培训机构提交开班备案", "who": "海纳职业培训学校 张敏", "at": at, "rule_version": "a41c09d2"},
        {"step": "系统完成学员重复参训比对", "who": "系统", "at": at + day, "reason": "发现 2 条疑似重复，已标注"},
        {"step": "退回补正", "who": "李伟（审核岗）", "at": at + 2 * day, "reason": "第 3 天缺授课教师", "back": True},
        {"step": "补正后重新提交", "who": "海纳职业培训学校 张敏", "at": at + 3 * day},
        {"step": "待审核", "current": True, "due_on": dt.date(2020, 9, 16)},
    ]


def _deadlines() -> list[tuple[dt.date | None, bool]]:
    days = (dt.date(2020, 9, 25), dt.date(2020, 9, 15), TODAY, dt.date(2020, 9, 9))
    return [*((day, False) for day in days), (dt.date(2020, 9, 18), True)]


@demo_only()
def show(request: HttpRequest) -> HttpResponse:
    """The gallery, in the shell named by ?shell= (desk, portal, phone)."""
    bad = SampleForm({"name": "工业互联网运维第 3 期", "code": "9137", "level": "4"}, {})
    bad.is_valid()
    bad.add_error("code", "统一社会信用代码应为 18 位，现在是 4 位。请对照营业执照填写。")
    kpis = [
        {"label": "待我办理", "unit": "件", "value": 12, "tone": "mine", "url": "#todo"},
        {"label": "今日到期", "unit": "件", "value": 1, "tone": "due"},
        {"label": "本月培训人次", "value": "1,330"},
        {"label": "本月核定补贴", "unit": "万元", "value": "120.0"},
    ]
    context = {
        "gallery_shell": SHELLS.get(request.GET.get("shell", ""), SHELLS["desk"]),
        "kpis": kpis, "todo": TODO, "classes": CLASSES, "events": _events(), "judgement": FINDINGS, "trend": TREND,
        "months": month_samples(), "quotas": QUOTAS, "problems_found": PROBLEMS, "deadlines": _deadlines(),
        "form": SampleForm(), "bad_form": bad, "sample_day": TODAY, "today": TODAY, "page": Paginator(range(211), 30).page(4),
        "steps_list": ["上传名册", "核对结果", "选择机构", "签署承诺", "提交"],
        "job_state": {"id": "sample", "label": "正在核对名册（2,000 人）", "percent": 62, "note": "已核对 1,240 人"},
        "job_url": reverse("gallery-job", args=[75]),
        "tones": [("returned", "退回补正"), ("to_review", "待初审"), ("notice", "公示中"), ("correction", "补正"),
                  ("paid", "已拨付"), ("draft", "草稿"), ("urgent", "紧急")],
    }  # fmt: skip
    return render(request, "theme/gallery.html", context)


@demo_only()
def job(request: HttpRequest, percent: int) -> HttpResponse:
    """The sample job, a little further each time it is asked, to the end."""
    percent = min(percent, 100)
    further = {"id": "sample", "label": "正在核对名册（2,000 人）", "percent": percent, "done": percent == 100,
               "note": f"已核对 {20 * percent:,} 人"}  # fmt: skip
    return render(
        request, "theme/gallery_job.html", {"job": further, "url": reverse("gallery-job", args=[percent + 5])}
    )
