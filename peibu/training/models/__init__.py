"""Tables of training, one file per noun."""

from peibu.training.models.agreement import EntrustmentAgreement
from peibu.training.models.application import OpenEnrolment, PlaceApplication
from peibu.training.models.attendance import Attendance, CheckIn, TrainingLog
from peibu.training.models.callback import CallbackResult, CallbackRound, CallbackTask
from peibu.training.models.certificate import Certificate, CertificateBatch, CertificateRevocation
from peibu.training.models.change import ChangedLesson, ChangedPerson, ClassChange
from peibu.training.models.cohort import Cohort, Enrolment, Session
from peibu.training.models.departure import CheckOut, SignOut
from peibu.training.models.entry_request import EntryRequest
from peibu.training.models.exam import (
    Exam,
    ExamGrader,
    ExamItem,
    ExamSupervisor,
    Score,
    ScoreCorrection,
    SurveyAnswer,
)
from peibu.training.models.feed import CalendarFeed
from peibu.training.models.leave import Leave
from peibu.training.models.lesson_note import LessonNote
from peibu.training.models.not_held import NotHeld
from peibu.training.models.photo_print import PhotoPrint
from peibu.training.models.plan import PlanBase, PlanTeacher, TrainingPlan
from peibu.training.models.resit import Resit, ResitScore
from peibu.training.models.roster_version import RosterPlace, RosterVersion
from peibu.training.models.sealed_file import SealedFile
from peibu.training.models.seat import Seat
from peibu.training.models.signup import RosterUpload, SignUp, SignUpLine, SignUpStep
from peibu.training.models.teaching_end import TeachingEnd
from peibu.training.models.venue import Room, Venue
from peibu.training.models.whereabouts import Whereabouts

__all__ = [
    "Attendance",
    "CalendarFeed",
    "CallbackResult",
    "CallbackRound",
    "CallbackTask",
    "Certificate",
    "CertificateBatch",
    "CertificateRevocation",
    "ChangedLesson",
    "ChangedPerson",
    "CheckIn",
    "CheckOut",
    "ClassChange",
    "Cohort",
    "Enrolment",
    "EntrustmentAgreement",
    "EntryRequest",
    "Exam",
    "ExamGrader",
    "ExamItem",
    "ExamSupervisor",
    "Leave",
    "LessonNote",
    "NotHeld",
    "OpenEnrolment",
    "PhotoPrint",
    "PlaceApplication",
    "PlanBase",
    "PlanTeacher",
    "Resit",
    "ResitScore",
    "Room",
    "RosterPlace",
    "RosterUpload",
    "RosterVersion",
    "Score",
    "ScoreCorrection",
    "SealedFile",
    "Seat",
    "Session",
    "SignOut",
    "SignUp",
    "SignUpLine",
    "SignUpStep",
    "SurveyAnswer",
    "TeachingEnd",
    "TrainingLog",
    "TrainingPlan",
    "Venue",
    "Whereabouts",
]
