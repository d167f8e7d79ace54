"""Addresses of attendance: the trainee's phone, the teacher's pages, the code behind the QR."""

from django.urls import path

from peibu.portal.views import calendars, check_in, leaves, lesson_notes, places, sheets, teacher, trainee

urlpatterns = [
    path("s/<str:code>/", check_in.land, name="check-in"),
    path("trainee/", trainee.home, name="trainee-home"),
    path("trainee/scan/", check_in.scan, name="trainee-scan"),
    path("trainee/attendance/", trainee.attendance, name="trainee-attendance"),
    path("trainee/sessions/<uuid:session_id>/", trainee.session, name="trainee-session"),
    path("trainee/places/", places.show, name="trainee-places"),
    path("trainee/places/<uuid:cohort_id>/apply/", places.apply, name="trainee-place-apply"),
    path("trainee/places/<uuid:application_id>/confirm/", places.confirm, name="trainee-place-confirm"),
    path("trainee/places/<uuid:application_id>/withdraw/", places.withdraw, name="trainee-place-withdraw"),
    path("calendar/", calendars.show, name="calendar"),
    path("calendar/address/", calendars.address, name="calendar-address"),
    path("calendar/<str:secret>.ics", calendars.feed, name="calendar-file"),
    path("trainee/sessions/<uuid:session_id>/leave/", leaves.ask, name="leave-ask"),
    path("trainee/leaves/<uuid:leave_id>/withdraw/", leaves.withdraw, name="leave-withdraw"),
    path("teaching/leaves/<uuid:leave_id>/decide/", leaves.decide, name="leave-decide"),
    path("teaching/", teacher.home, name="teacher-home"),
    path("teaching/classes/<uuid:cohort_id>/", teacher.cohort, name="teaching-class"),
    path("teaching/classes/<uuid:cohort_id>/photos/", teacher.add_photos, name="teaching-photos"),
    path("teaching/classes/<uuid:cohort_id>/finish/", teacher.finish, name="teaching-finish"),
    path("teaching/classes/<uuid:cohort_id>/sign-in-sheet.pdf", teacher.sign_in_sheet, name="teaching-sheet"),
    path("teaching/sessions/<uuid:session_id>/", teacher.session, name="teaching-session"),
    path("teaching/sessions/<uuid:session_id>/live/", teacher.live, name="teaching-live"),
    path("teaching/sessions/<uuid:session_id>/open/", teacher.open_sign_in, name="teaching-open"),
    path("teaching/sessions/<uuid:session_id>/close/", teacher.close_sign_in, name="teaching-close"),
    path("teaching/sessions/<uuid:session_id>/by-hand/", teacher.by_hand, name="teaching-by-hand"),
    path("teaching/sessions/<uuid:session_id>/sheet/", sheets.keep, name="teaching-sheet-keep"),
    path("teaching/sessions/<uuid:session_id>/from-sheet/", sheets.enter, name="teaching-from-sheet"),
    path("teaching/sheets/<uuid:document_id>/", sheets.show, name="teaching-sheet-file"),
    path("teaching/sessions/<uuid:session_id>/lesson-note/", lesson_notes.write, name="lesson-note-write"),
    path("teaching/classes/<uuid:cohort_id>/lesson-notes/", lesson_notes.overview, name="lesson-notes"),
    path("teaching/lesson-notes/<uuid:document_id>/", lesson_notes.show, name="lesson-note-file"),
    path("teaching/sessions/<uuid:session_id>/log/", teacher.log, name="teaching-log"),
    path("teaching/sessions/<uuid:session_id>/wall/", check_in.wall, name="check-in-wall"),
    path("teaching/sessions/<uuid:session_id>/wall/code/", check_in.wall_code, name="check-in-wall-code"),
    path("class-photos/<uuid:document_id>/", teacher.photo, name="class-photo"),
]
