"""What the database refuses about attendance and logs, told in sentences."""

ATTENDANCE = {
    "a_person_signs_in_once_per_session": ("该学员本课次已经签到", "请刷新页面查看签到记录"),
    "a_manual_sign_in_has_a_reason": ("人工补签没有写明理由", "请填写补签理由后再提交"),
    "only_a_manual_sign_in_is_from_a_sheet": ("扫码签到不能引用纸质签到表", "请刷新页面后重试"),
    "check_in_closes_after_it_opens": ("结束签到的时间早于开始时间", "请核对系统时间后重试"),
    "a_log_says_something": ("培训日志没有内容", "请写明本课次讲了什么、学员情况如何"),
}
