"""Addresses of online courses: of the unit that makes them, of who learns in them, of their files."""

from django.urls import path

from peibu.portal.views import course_media, course_people, learn, own_courses, player

OWN = "own-courses/<uuid:course_id>/"
LEARN = "trainee/courses/<uuid:registration_id>/"
ITEM = f"{LEARN}items/<uuid:item_id>/"
SESSION = "trainee/learning/<uuid:session_id>/"
urlpatterns = [
    path("own-courses/", own_courses.index, name="own-courses"),
    path("own-courses/new/", own_courses.new, name="own-course-new"),
    path(OWN, own_courses.show, name="own-course"),
    path(f"{OWN}chapters/", own_courses.chapter, name="own-course-chapter"),
    path(f"{OWN}chapters/<uuid:chapter_id>/remove/", own_courses.drop_chapter, name="own-course-chapter-remove"),
    path(f"{OWN}chapters/<uuid:chapter_id>/quiz/", own_courses.quiz, name="own-course-quiz"),
    path(f"{OWN}items/<uuid:item_id>/remove/", own_courses.drop_item, name="own-course-item-remove"),
    path(f"{OWN}files/", own_courses.file, name="own-course-file"),
    path(f"{OWN}uploads/", own_courses.upload, name="own-course-upload"),
    path(f"{OWN}uploads/<uuid:upload_id>/", own_courses.piece, name="own-course-piece"),
    path(f"{OWN}files/<uuid:media_id>/captions/", own_courses.captions, name="own-course-captions"),
    path(f"{OWN}publish/", own_courses.publish, name="own-course-publish"),
    path(f"{OWN}edition/", own_courses.edition, name="own-course-edition"),
    path(f"{OWN}roster/", course_people.roster, name="own-course-roster"),
    path(f"{OWN}roster/name/", course_people.name, name="own-course-name"),
    path(f"{OWN}questions/", course_people.questions, name="own-course-questions"),
    path(f"{OWN}questions/<uuid:question_id>/answer/", course_people.answer, name="own-course-answer"),
    path("trainee/courses/", learn.index, name="trainee-courses"),
    path("trainee/courses/join/<uuid:course_id>/", learn.join, name="trainee-course-join"),
    path(LEARN, learn.show, name="trainee-course"),
    path(f"{LEARN}start/", player.begin, name="trainee-course-start"),
    path(f"{ITEM}read/", learn.read, name="trainee-course-read"),
    path(f"{ITEM}ask/", learn.ask, name="trainee-course-ask"),
    path(f"{ITEM}link/", player.link, name="trainee-course-link"),
    path(f"{ITEM}quiz/", learn.begin_quiz, name="trainee-course-quiz-start"),
    path(f"{LEARN}quiz/<uuid:attempt_id>/", learn.quiz, name="trainee-course-quiz"),
    path(f"{SESSION}report/", player.tell, name="trainee-course-report"),
    path(f"{SESSION}leave/", player.go, name="trainee-course-leave"),
    path(f"{SESSION}checks/<uuid:check_id>/", player.confirm, name="trainee-course-check"),
    path("course-files/<str:token>/", course_media.show, name="course-media"),
]
