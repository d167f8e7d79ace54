"""Constraints of sign-ups, told in sentences."""

SIGNUP = {
    "a_person_is_signed_up_once_per_policy": (
        "名单中有人已在本政策下报名，每人只能参加一次",
        "请移除已报名人员后再提交",
    ),
    "a_person_stands_once_in_a_signup": ("该人员已在本次报名名单中", "请刷新页面查看名单"),
    "a_committed_signup_names_provider_and_commitment": (
        "报名缺少承接单位或承诺书",
        "请选择承接单位并确认承诺书后再提交",
    ),
    "one_place_per_person_and_quota": ("名单中有人正在被另一份报名占用名额", "请稍后刷新页面重试"),
    "quota_is_never_oversold": ("剩余名额不足", "请减少人数后再提交，或联系市级主管部门"),
    "one_live_application_per_class": ("您已经申请过本班", "请在“个人报名”中查看办理情况"),
    "a_declined_application_says_why": ("不通过没有写明理由", "请填写审核意见"),
}
