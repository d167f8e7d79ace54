"""What the database refuses about attendance and logs, told in sentences."""

ATTENDANCE = {
    "a_person_signs_in_once_per_session": ("该学员本课次已经签到", "请刷新页面查看签到记录"),
    "a_manual_sign_in_has_a_reason": ("人工补签没有写明理由", "请填写补签理由后再提交"),
    "only_a_manual_sign_in_is_from_a_sheet": ("扫码签到不能引用纸质签到表", "请刷新页面后重试"),
    "check_in_closes_after_it_opens": ("结束签到的时间早于开始时间", "请核对系统时间后重试"),
    "a_lesson_note_says_something": ("教案没有内容", "请填写教案，或选择教案文件"),
    "lesson_notes_are_numbered_once": ("有人刚刚提交了本课次的教案", "请刷新页面后再提交"),
    "lesson_notes_count_from_one": ("教案版本号有误", "请刷新页面后重试"),
    "a_late_lesson_note_is_marked": ("教案是否补交与提交时间不符", "请核对系统时间后重试"),
    "a_log_says_something": ("培训日志没有内容", "请写明本课次讲了什么、学员情况如何"),
}
