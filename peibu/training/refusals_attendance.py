"""What the database refuses about attendance and logs, told in sentences."""

ATTENDANCE = {
    "a_person_signs_in_once_per_session": ("该学员本课次已经签到", "请刷新页面查看签到记录"),
    "a_manual_sign_in_has_a_reason": ("人工补签没有写明理由", "请填写补签理由后再提交"),
    "only_a_manual_sign_in_is_from_a_sheet": ("扫码签到不能引用纸质签到表", "请刷新页面后重试"),
    "nobody_is_entered_ahead_of_coming": ("到达时间晚于登记时间", "请核对到达时间"),
    "what_was_left_open_has_a_reason": ("有事项没有办结，结课没有写明理由", "请写明理由后再办理结课"),
    "a_session_not_held_has_a_reason": ("没有写明未举行的原因", "请写明原因（不少于5个字）"),
    "what_was_not_held_is_agreed_by_another": ("登记和确认不能是同一人", "请由受理机构确认"),
    "check_in_closes_after_it_opens": ("结束签到的时间早于开始时间", "请核对系统时间后重试"),
    "a_lesson_note_says_something": ("教案没有内容", "请填写教案，或选择教案文件"),
    "lesson_notes_are_numbered_once": ("有人刚刚提交了本课次的教案", "请刷新页面后再提交"),
    "lesson_notes_count_from_one": ("教案版本号有误", "请刷新页面后重试"),
    "a_late_lesson_note_is_marked": ("教案是否补交与提交时间不符", "请核对系统时间后重试"),
    "a_log_says_something": ("培训日志没有内容", "请写明本课次讲了什么、学员情况如何"),
}

PRESENCE = {
    "check_out_closes_after_it_opens": ("结束签退的时间早于开始时间", "请核对系统时间后重试"),
    "a_manual_sign_out_has_a_reason": ("补签退没有写明理由", "请填写理由后再提交"),
    "nobody_signs_out_ahead_of_time": ("离开时间晚于现在", "请核对离开时间"),
    "nobody_leaves_before_coming": ("离开时间早于签到时间", "请核对离开时间"),
    "a_late_scan_arrives_after_it_was_taken": ("断网扫码的时间晚于送达时间", "请重新扫码"),
    "one_open_entry_request_each": ("该学员本课次已有待确认的申请", "请刷新页面"),
    "a_decided_entry_request_says_who_and_why": ("处理申请没有写明理由", "请填写理由后再提交"),
    "a_known_place_has_its_accuracy": ("定位没有误差，不能使用", "请重新定位后扫码"),
    "a_fence_has_a_middle_and_a_radius": (
        "签到范围须有大于0米的半径和经纬度",
        "请填写场所的经纬度和半径，或不设签到范围",
    ),
}
