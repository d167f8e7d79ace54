"""The teacher's and the provider's pages of a class: sign-in, people, photos, log."""

import io
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.portal.clock_times import moment_of
from peibu.portal.views.sign_in_sheets import sheet_of
from peibu.training.actions.attendance import close_check_in, open_check_in
from peibu.training.actions.finish import finish_teaching
from peibu.training.actions.logs import write_log
from peibu.training.actions.manual_entries import enter_stay
from peibu.training.actions.photos import keep_photo
from peibu.training.check_in_terms import window_of
from peibu.training.enums import SessionKind
from peibu.training.models import Cohort, Session
from peibu.training.permissions.attendance import KEEPING, LOGGING, RUNNING, can_finish
from peibu.training.presence_terms import fence_of, sign_out_window
from peibu.training.queries.attendance import class_rate, is_open, presence, rates, session_count, session_counts
from peibu.training.queries.classrooms import classes_run_by, photos_seen_by, sessions_run_by
from peibu.training.queries.leave import guests_of, leaves_of, make_up_choices
from peibu.training.queries.lesson_notes import notes_of
from peibu.training.queries.open_ends import open_ends
from peibu.training.queries.own_day import entry_requests_of
from peibu.training.queries.photos import photos_missing, photos_of
from peibu.training.queries.sheets import sheets_of
from peibu.training.queries.stays import stays

TEACHING = (Role.TEACHER, Role.PROVIDER)
THUMBNAIL = (360, 360)
PHOTOS_AT_ONCE = 9
A_DAY = 24 * 3600
PICTURE_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@only(*TEACHING)
def home(request: HttpRequest) -> HttpResponse:
    """What is on today and next, then the classes."""
    rows = sessions_run_by(request.actor)
    context = {
        "today_sessions": rows.filter(starts_at__date=request.today),
        "next_sessions": rows.filter(starts_at__date__gt=request.today)[:8],
        "past_sessions": rows.filter(starts_at__date__lt=request.today).order_by("-starts_at")[:5],
        "classes": [
            (row, class_rate(row, at=request.now), photos_missing(row, on=request.today))
            for row in classes_run_by(request.actor)[:30]
        ],
    }
    return render(request, "portal/teaching/home.html", context)


@only(*TEACHING)
def cohort(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """One class: sessions with their numbers, people with their rates, photos."""
    row = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    counts = session_counts(row)
    over = all(each.session.ends_at <= request.now for each in counts if each.session.kind != "exam")
    context = _photos(request, row) | {
        "cohort": row,
        "counts": counts,
        "signed": sum(each.present for each in counts),
        "own": set(sessions_run_by(request.actor).filter(cohort=row).values_list("pk", flat=True)),
        "rate": class_rate(row, at=request.now),
        "people": rates(row, at=request.now),
        "finish_url": reverse("teaching-finish", args=[row.pk]),
        "may_finish": bool(can_finish(request.actor, row)) and row.stage == "confirmed" and over,
        "ended": getattr(row, "teaching_end", None),
    }
    if row.stage == "confirmed" and over:
        left = open_ends(row, at=request.now)
        context |= {"left_open": left, "must_settle": any(each.refuses for each in left)}
    return render(request, "portal/teaching/class.html", context)


def _photos(request: HttpRequest, row: Cohort) -> dict:
    return {
        "photos": photos_of(row),
        "missing": photos_missing(row, on=request.today),
        "may_add_photos": row.stage in KEEPING,
    }


@only(*TEACHING)
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One session: open and close the sign-in, who is there, photos, log."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    context = _present(row) | _photos(request, row.cohort)
    first, last = window_of(row)
    context |= {
        "cohort": row.cohort,
        "opens_at": first,
        "close_url": reverse("teaching-close", args=[row.pk]),
        "phase": _phase(row, request.now),
        "within": first <= request.now <= last and row.cohort.stage in RUNNING,
        "log": getattr(row, "log", None),
        "may_log": row.starts_at <= request.now and row.cohort.stage in LOGGING,
        "leaves": leaves_of(row),
        **_notes(row, request.now),
        **_way_out(row, request.now),
        "sheets": list(sheets_of(row)),
        **_not_held(request, row),
        "make_ups": make_up_choices(row, at=request.now),
        "may_enter": first <= request.now and row.cohort.stage in RUNNING,
    }
    return render(request, "portal/teaching/session.html", context)


def _not_held(request: HttpRequest, row: Session) -> dict:
    """What was noted of a session that fell out; the provider may while nobody signed in."""
    over = row.ends_at <= request.now and row.kind != SessionKind.EXAM and row.cohort.stage in RUNNING
    return {
        "not_held": getattr(row, "not_held", None),
        "may_note_not_held": over and request.actor.role == Role.PROVIDER and not row.attendances.exists(),
    }


def _notes(row: Session, now) -> dict:
    notes = list(notes_of(row))
    return {
        "notes": notes,
        "first_late": bool(notes) and notes[-1].late,
        "may_note": row.cohort.stage in LOGGING,
        "note_late": now >= row.starts_at,
    }


def _way_out(row: Session, now) -> dict:
    """The sign-out, where the folder asks for it, and scans that wait for a decision."""
    window, gate = sign_out_window(row), getattr(row, "check_out", None)
    running = row.cohort.stage in RUNNING
    requests = entry_requests_of(row)
    return {
        "entry_requests": requests,
        "to_decide": sum(each.state == "asked" for each in requests) if running else 0,
        "may_decide": running,
        "fenced": fence_of(row),
        "sign_out": window,
        "stays": stays(row, at=now) if window else [],
        "out_open": gate is not None and gate.closed_at is None,
        "out_within": window is not None and window.opens <= now <= window.closes and running,
        "out_over": window is not None and now > window.closes,
        "out_early": window is not None and now < window.usual,
        "out_close_url": reverse("check-out-close", args=[row.pk]),
    }


def _phase(row: Session, now) -> str:
    if now > row.ends_at:
        return "over"
    return "running" if now >= row.starts_at else "coming"


def _present(row: Session) -> dict:
    people = presence(row)
    return {
        "session": row,
        "open": is_open(row),
        "count": session_count(row),
        "absent": [each for each in people if each.attendance is None],
        "present": [each for each in people if each.attendance is not None],
    }


@only(*TEACHING)
def live(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Numbers and names, asked for every three seconds while the sign-in is open."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    answer = render(request, "portal/teaching/parts/live.html", _present(row))
    answer["Cache-Control"] = "no-store"
    return answer


@only(*TEACHING, writes=True)
def open_sign_in(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    if request.method == "POST":
        open_check_in(session=row, by=request.actor, at=request.now)
        return redirect("check-in-wall", session_id=row.pk)
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING, writes=True)
def close_sign_in(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    if request.method == "POST":
        close_check_in(session=row, by=request.actor, at=request.now)
        messages.success(request, _("本课次签到已结束。"))
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING, writes=True)
def by_hand(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Enter one person with the time of coming (and of leaving) and a reason."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    if request.method == "POST":
        wanted = _uuid(request.POST.get("enrolment", ""))
        person = row.cohort.enrolments.filter(pk=wanted).first() or guests_of(row).filter(pk=wanted).first()
        if person is None:
            raise Refused(_("没有选择要补签的学员"), "nobody_chosen", _("请在未到学员中选择一人"))
        left = request.POST.get("left_at", "")
        done = enter_stay(
            session=row,
            enrolment=person,
            arrived_at=moment_of(row, request.POST.get("arrived_at", ""), what=_("到达时间")),
            left_at=moment_of(row, left, what=_("离开时间")) if left else None,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.now,
        )
        told = _("%(name)s 已签到，无需补签。") if done.already else _("已为 %(name)s 补签。")
        messages.success(request, told % {"name": person.person.name})
    return redirect("teaching-session", session_id=row.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@only(*TEACHING, writes=True)
def log(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keep the day's log."""
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    if request.method == "POST":
        write_log(session=row, text=request.POST.get("text", ""), by=request.actor, at=request.now)
        messages.success(request, _("培训日志已保存。"))
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING, writes=True)
def add_photos(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Keep the photos that are fit and say of each other one why it is not."""
    row = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    of_session = row.sessions.filter(pk=_uuid(request.POST.get("session", ""))).first()
    if request.method == "POST":
        _keep_all(request, row, of_session)
    if of_session and sessions_run_by(request.actor).filter(pk=of_session.pk).exists():
        return redirect("teaching-session", session_id=of_session.pk)
    return redirect("teaching-class", cohort_id=row.pk)


def _keep_all(request: HttpRequest, row: Cohort, of_session: Session | None) -> None:
    files = request.FILES.getlist("photo")
    if not files or len(files) > PHOTOS_AT_ONCE:
        told = _("没有选择照片。请拍照或从相册选择后再上传。")
        too_many = _("一次最多上传%(most)d张照片，请分次上传。") % {"most": PHOTOS_AT_ONCE}
        messages.error(request, too_many if files else told)
        return
    kept = 0
    for file in files:
        try:
            keep_photo(
                cohort=row, session=of_session, name=file.name, content=file.read(), by=request.actor, at=request.now
            )
            kept += 1
        except Refused as refusal:
            messages.error(request, refusal.sentence())
    if kept:
        messages.success(
            request, ngettext("已上传%(count)d张照片。", "已上传%(count)d张照片。", kept) % {"count": kept}
        )


@only(*TEACHING, writes=True)
def finish(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    row = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        finish_teaching(cohort=row, by=request.actor, at=request.now, reason=reason)
        messages.success(request, _("本班已结课，可以组织考核。"))
    return redirect("teaching-class", cohort_id=row.pk)


@only(*TEACHING)
def sign_in_sheet(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The sheet to sign by hand, as PDF."""
    row = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    return FileResponse(
        io.BytesIO(sheet_of(row, on=request.today)),
        content_type="application/pdf",
        filename=_("签到表-%(name)s.pdf") % {"name": row.name},
    )


@only(Role.TEACHER, Role.PROVIDER, Role.TRAINEE)
def photo(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A photo of a class of mine; ?small gives it small. Content never changes, so the browser may keep it."""
    row = get_object_or_404(photos_seen_by(request.actor), pk=document_id)
    if "small" in request.GET:
        answer = HttpResponse(_small(row), content_type="image/jpeg")
    else:
        # the type is told by what intake found, never by the name somebody gave the file
        answer = FileResponse(row.file.open("rb"), content_type=PICTURE_TYPES[row.kind], filename=row.name)
    answer["Cache-Control"] = f"private, max-age={A_DAY}"
    return answer


def _small(row) -> bytes:
    with row.file.open("rb") as stored, Image.open(stored) as picture:
        picture.draft("RGB", THUMBNAIL)
        picture = picture.convert("RGB")
        picture.thumbnail(THUMBNAIL)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=78)
    return out.getvalue()
