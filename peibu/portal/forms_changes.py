"""Forms of a change after the filing: begin one, rows of coming sessions that know which session they were."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.portal.forms_provider import PREFIX, BaseTimetable, LessonForm, initial_of, lesson_choices
from peibu.training.actions.changes import Row
from peibu.training.enums import ChangeKind
from peibu.training.models import ChangedLesson, Cohort, Session
from peibu.training.timetable_file import MAX_ROWS


class StartChangeForm(forms.Form):
    """What becomes of the class and why."""

    kind = forms.ChoiceField(
        label=_("变更类型"), choices=ChangeKind.choices, widget=forms.RadioSelect, initial="amend"
    )
    reason = forms.CharField(
        label=_("变更原因"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：授课教师生病，由方案内的另一名教师代课。"),
    )  # fmt: skip
    urgent = forms.BooleanField(
        label=_("紧急变更"), required=False,
        help_text=_("只用于来不及等受理机构确认的临近课次。提交后立即生效，受理机构会看到原因并事后确认。"),
    )  # fmt: skip


class ChangedLessonForm(LessonForm):
    """A row of the timetable with the session it stands for; an added row has none."""

    session = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def has_changed(self) -> bool:
        typed = [name for name in self.fields if name not in ("kind", "topics", "session")]
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in typed)


class BaseChanges(BaseTimetable):
    def rows(self) -> list[Row]:
        """(session, lesson); the second row with the same session is a copy and so a new lesson."""
        found: list[Row] = []
        seen: set[UUID] = set()
        for form in self.forms:
            if form.has_changed():
                key = form.cleaned_data.get("session")
                found.append((None if key in seen else key, form.lesson()))
                seen |= {key} if key else set()
        return found


Changes = forms.formset_factory(
    ChangedLessonForm, formset=BaseChanges, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
)


def changes_form(cohort: Cohort, *, proposed: list[tuple[Session | None, object]] = (), data=None) -> BaseChanges:
    """The coming sessions as they would be: pairs of the session (None for a new one) and the lesson proposed for it."""
    rows = [initial_of(lesson) | {"session": session.pk if session else None} for session, lesson in proposed]
    form = Changes(data, prefix=PREFIX, initial=rows or [{}], form_kwargs=lesson_choices(cohort.plan))
    if data is None:
        form.management_form.initial["INITIAL_FORMS"] = 0
    return form


def proposed_lessons(sessions: list[Session], lessons: list[ChangedLesson]) -> list[tuple[Session | None, object]]:
    """The coming sessions with what the change makes of them, in order of time; dropped ones are left out."""
    by_session = {row.session_id: row for row in lessons if row.session_id}
    found = []
    for session in sessions:
        row = by_session.get(session.pk)
        if row is None or row.deed != "drop":
            found.append((session, row or session))
    found += [(None, row) for row in lessons if row.deed == "add"]
    return sorted(found, key=lambda pair: pair[1].starts_at)
