"""Tables of training, one file per noun."""

from peibu.training.models.agreement import EntrustmentAgreement
from peibu.training.models.attendance import Attendance, CheckIn, TrainingLog
from peibu.training.models.certificate import Certificate, CertificateBatch, CertificateRevocation
from peibu.training.models.cohort import Cohort, Enrolment, Session
from peibu.training.models.exam import Exam, ExamGrader, ExamItem, ExamSupervisor, Score, SurveyAnswer
from peibu.training.models.plan import PlanBase, PlanTeacher, TrainingPlan
from peibu.training.models.sealed_file import SealedFile
from peibu.training.models.signup import RosterUpload, SignUp, SignUpLine, SignUpStep

__all__ = [
    "Attendance",
    "Certificate",
    "CertificateBatch",
    "CertificateRevocation",
    "CheckIn",
    "Cohort",
    "Enrolment",
    "EntrustmentAgreement",
    "Exam",
    "ExamGrader",
    "ExamItem",
    "ExamSupervisor",
    "PlanBase",
    "PlanTeacher",
    "RosterUpload",
    "Score",
    "SealedFile",
    "Session",
    "SignUp",
    "SignUpLine",
    "SignUpStep",
    "SurveyAnswer",
    "TrainingLog",
    "TrainingPlan",
]
