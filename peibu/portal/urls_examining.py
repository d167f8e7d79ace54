"""Addresses of online tests, the question bank, seating and what follows an exam."""

from django.urls import path

from peibu.portal.views import bank, exam_after, exam_entry, exam_online, seating, sitting

EXAM = "provider/exams/<uuid:exam_id>/"
MINE = "trainee/exams/<uuid:exam_id>/"

urlpatterns = [
    path(MINE, sitting.show, name="trainee-exam"),
    path(f"{MINE}start/", sitting.start, name="trainee-exam-start"),
    path(f"{MINE}take-over/", sitting.move_here, name="trainee-exam-take-over"),
    path(f"{MINE}paper/", sitting.paper, name="trainee-exam-paper"),
    path(f"{MINE}answer/<uuid:item_id>/", sitting.answer, name="trainee-exam-answer"),
    path(f"{MINE}submit/", sitting.submit, name="trainee-exam-submit"),
    path(f"{MINE}review/", sitting.review, name="trainee-exam-review"),
    path(f"{MINE}ticket.pdf", sitting.ticket, name="trainee-exam-ticket"),
    path("provider/questions/", bank.index, name="provider-questions"),
    path("provider/questions/new/", bank.new, name="provider-question-new"),
    path("provider/questions/template.xlsx", bank.template, name="provider-question-template"),
    path("provider/questions/import/", bank.import_file, name="provider-question-import"),
    path("provider/questions/<uuid:question_id>/", bank.show, name="provider-question"),
    path("provider/questions/<uuid:question_id>/retire/", bank.retire, name="provider-question-retire"),
    path(f"{EXAM}draw/", exam_online.draw, name="provider-exam-draw"),
    path(f"{EXAM}online/", exam_online.online, name="provider-exam-online"),
    path(f"{EXAM}watch/", exam_online.watch, name="provider-exam-watch"),
    path(f"{EXAM}count/", exam_online.count, name="provider-exam-count"),
    path(f"{EXAM}seats/", seating.show, name="provider-exam-seats"),
    path(f"{EXAM}seats/release/", seating.release, name="provider-exam-release"),
    path(f"{EXAM}tickets.pdf", seating.tickets, name="provider-exam-tickets"),
    path(f"{EXAM}door-list.pdf", seating.door_list, name="provider-exam-door-list"),
    path(f"{EXAM}entry/", exam_entry.sheet, name="provider-exam-entry"),
    path(f"{EXAM}entry/hand-over/", exam_entry.finish, name="provider-exam-entry-finish"),
    path(f"{EXAM}entry/again/", exam_entry.again, name="provider-exam-entry-again"),
    path(f"{EXAM}entry/adopt/", exam_entry.adopt, name="provider-exam-entry-adopt"),
    path(f"{EXAM}after/", exam_after.show, name="provider-exam-after"),
    path(f"{EXAM}after/correct/<uuid:score_id>/", exam_after.correct, name="provider-exam-correct"),
    path(f"{EXAM}after/keep/<uuid:review_id>/", exam_after.keep, name="provider-exam-keep"),
    path(f"{EXAM}after/resit/", exam_after.resit, name="provider-exam-resit"),
    path(f"{EXAM}after/resit/<uuid:resit_id>/", exam_after.resit_scores, name="provider-exam-resit-scores"),
]
