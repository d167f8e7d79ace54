"""What the database refuses in this room, told in sentences: constraint -> (what, what to do)."""

from peibu.training.refusals_attendance import ATTENDANCE, PRESENCE
from peibu.training.refusals_callbacks import CALLBACKS
from peibu.training.refusals_classes import CLASSES
from peibu.training.refusals_exam import EXAM
from peibu.training.refusals_signup import SIGNUP

SENTENCES = {
    **EXAM,
    **SIGNUP,
    **ATTENDANCE,
    **PRESENCE,
    **CALLBACKS,
    **CLASSES,
    "a_teacher_is_in_one_place": ("教师在同一时间已被排入另一班次（或本班另一节课）", "请调整时间或更换教师"),
    "class_is_never_overfull": ("班次人数已达上限", "请减少人数；确需超过原则上限的，先填写理由"),
    "a_signup_line_is_in_one_class": ("该报名人员已在另一班次中", "请刷新名单后重试"),
    "a_person_is_enrolled_once_per_class": ("该人员已在本班次中", "请刷新名单"),
    "a_taught_session_has_a_teacher": ("授课没有教师", "请为每节课选择教师"),
    "a_practice_session_has_a_base": ("实训没有实训基地", "请为实训选择基地"),
    "session_ends_after_it_starts": ("课程结束时间不晚于开始时间", "请核对起止时间"),
    "training_trainingplan_pkey": ("该培训方案已经建立", "请返回方案列表查看"),
    "training_cohort_pkey": ("该班次已经建立", "请返回班次列表查看"),
    "one_agreement_of_two_parties_a_day": (
        "双方在这段时间已有委托培训协议，同一培训只能约定一个收款方",
        "请核对协议起止日期；要更换收款方，须待原协议期满",
    ),
    "only_an_unaccepted_agreement_is_closed": ("协议已由双方确认，不能撤回或退回", "如需变更，请在协议期满后另行登记"),
    "nobody_entrusts_itself": ("委托方和受托方不能是同一单位", "请核对受托单位"),
    "an_agreement_keeps_its_payee": ("协议登记后不能更改收款方", "请在原协议期满后另行登记"),
    "plan_fee_is_not_negative": ("收费标准不能为负数", "请核对金额"),
}
