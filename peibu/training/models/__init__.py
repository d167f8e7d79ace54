"""Tables of training, one file per noun."""

from peibu.training.models.attendance import Attendance, CheckIn, TrainingLog
from peibu.training.models.certificate import Certificate, CertificateBatch, CertificateRevocation
from peibu.training.models.cohort import Cohort, Enrolment, Session
from peibu.training.models.exam import (
    Exam,
    ExamGrader,
    ExamItem,
    ExamSupervisor,
    Score,
    ScoreCorrection,
    SurveyAnswer,
)
from peibu.training.models.plan import PlanBase, PlanTeacher, TrainingPlan
from peibu.training.models.resit import Resit, ResitScore
from peibu.training.models.signup import RosterUpload, SignUp, SignUpLine, SignUpStep

__all__ = [
    "Attendance",
    "Certificate",
    "CertificateBatch",
    "CertificateRevocation",
    "CheckIn",
    "Cohort",
    "Enrolment",
    "Exam",
    "ExamGrader",
    "ExamItem",
    "ExamSupervisor",
    "PlanBase",
    "PlanTeacher",
    "Resit",
    "ResitScore",
    "RosterUpload",
    "Score",
    "ScoreCorrection",
    "Session",
    "SignUp",
    "SignUpLine",
    "SignUpStep",
    "SurveyAnswer",
    "TrainingLog",
    "TrainingPlan",
]
