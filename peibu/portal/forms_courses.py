"""Forms of online courses: what was typed, in Python types."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peibu.accounts.enums import Role
from peibu.courses.actions.uploads import CAPTION_BYTES, DOCUMENT_BYTES
from peibu.courses.enums import Audience, Relation
from peibu.courses.terms import online_policies
from peibu.examining.models import QuestionVersion
from peibu.portal.exam_forms import FileField
from peibu.theme.policy_words import english, said

LANGUAGES = [("zh", _("中文")), ("en", "English")]
OF_ROLE = {
    Role.PROVIDER: (Audience.ALL_WORKERS, Audience.OWN_STUDENTS),
    Role.ENTERPRISE: (Audience.ALL_WORKERS, Audience.OWN_STAFF),
}


class CourseForm(forms.Form):
    """A course; kinds and policies come from the folders of the policies."""

    policy = forms.ChoiceField(label=_("适用政策"))
    title = forms.CharField(label=_("课程名称"), max_length=80, help_text=_("与公布的课程名单一致"))
    kind = forms.ChoiceField(label=_("课程类型"))
    audience = forms.ChoiceField(label=_("开放对象"))
    stated_hours = forms.IntegerField(
        label=_("申报的线上课时"), min_value=0, max_value=2000, help_text=_("不超过视频折算的课时")
    )
    practice_hours = forms.IntegerField(
        label=_("线下实操课时"), min_value=0, max_value=2000, required=False, help_text=_("创业类培训必填")
    )
    about = forms.CharField(label=_("课程简介"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    hours_reason = forms.CharField(
        label=_("课时低于一般要求的理由"), required=False, max_length=200, help_text=_("达到一般要求的不填")
    )

    def __init__(self, *args, role: str, **kwargs):
        super().__init__(*args, **kwargs)
        policies = online_policies()
        self.fields["policy"].choices = [(policy.path, said(policy.card, "short_title")) for policy in policies]
        kinds = {}
        for policy in policies:
            spec = policy.fact_specs["course_kind"]
            kinds |= spec.choices_en if english() else spec.choices
        self.fields["kind"].choices = list(kinds.items())
        self.fields["audience"].choices = [(each.value, each.label) for each in OF_ROLE[Role(role)]]


class ChapterForm(forms.Form):
    title = forms.CharField(label=_("章节名称"), max_length=80)


class CourseFileForm(forms.Form):
    """A file for a chapter, sent in one piece where the browser runs no scripts."""

    chapter = forms.ChoiceField(label=_("放入章节"))
    kind = forms.ChoiceField(label=_("类别"), choices=[("video", _("视频")), ("document", _("PDF 文档"))])
    title = forms.CharField(label=_("标题"), max_length=80, required=False, help_text=_("留空用文件名"))
    file = FileField(
        label=_("文件"), max_bytes=DOCUMENT_BYTES, help_text=_("视频：MP4 或 WebM，系统自动测出时长；文档：PDF")
    )

    def __init__(self, *args, chapters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chapter"].choices = [(str(row.pk), row.title) for row in chapters]
        self.fields["file"].max_bytes = settings.COURSE_VIDEO_BYTES


class CaptionForm(forms.Form):
    language = forms.ChoiceField(label=_("字幕语言"), choices=LANGUAGES)
    file = FileField(label=_("字幕文件"), max_bytes=CAPTION_BYTES, help_text=_("WebVTT（.vtt）"))


class QuizForm(forms.Form):
    """A quiz made of questions of the bank."""

    title = forms.CharField(label=_("测验名称"), max_length=80)
    pass_percent = forms.IntegerField(label=_("合格线（%）"), min_value=1, max_value=100, initial=60)
    questions = forms.MultipleChoiceField(label=_("题目"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, versions: list[QuestionVersion], **kwargs):
        super().__init__(*args, **kwargs)
        self.versions = {str(row.pk): row for row in versions}
        self.fields["questions"].choices = [
            (key, f"{row.get_kind_display()} · {row.topic} · {row.stem}") for key, row in self.versions.items()
        ]

    def chosen(self) -> list[QuestionVersion]:
        return [self.versions[key] for key in self.cleaned_data["questions"]]


class NamedLearnerForm(forms.Form):
    """One person the unit counts among its own."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("公民身份号码"), max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    relation = forms.ChoiceField(label=_("与本单位的关系"), choices=Relation.choices)
