"""What the database refuses about rooms, trainees' time, leave and calendars, told in sentences."""

CLASSES = {
    "a_room_holds_one_class_at_a_time": ("教室在同一时间已被另一班次占用", "请调整时间或更换教室"),
    "a_trainee_is_in_one_class_at_a_time": (
        "本班有学员在同一时间已在另一班次上课",
        "请调整时间，或请该学员退出其中一个班次",
    ),
    "a_venue_has_its_own_name": ("本单位已有同名的培训场所", "请换一个名称，或在原有场所下增加教室"),
    "a_room_has_its_own_name": ("该场所已有同名的教室", "请换一个名称"),
    "a_room_has_seats": ("教室可容纳人数须大于0", "请填写实际座位数"),
    "a_venue_lies_on_the_map_or_nowhere": (
        "经度和纬度须同时填写，且经度在-180至180之间、纬度在-90至90之间",
        "请核对坐标，或都留空",
    ),
    "a_leave_has_a_reason": ("请假没有写明事由", "请填写请假事由"),
    "one_leave_per_person_and_session": ("本课次已经请过假", "请刷新页面查看审批结果"),
    "a_refused_leave_says_why": ("不准假没有写明理由", "请填写审批意见"),
    "a_session_is_not_its_own_make_up": ("补课课次不能就是请假的课次", "请选择另一课次"),
    "a_make_up_counts_once": ("该学员的这一补课课次已用于补另一课", "一次补课只抵一课，请选择另一课次"),
    "a_make_up_is_as_long": ("补课课次的课时少于所缺的课", "请选择课时不少于所缺课次的补课"),
    "only_a_granted_leave_is_made_up": ("没有准假的课次不能安排补课", "请先审批请假"),
    "one_live_feed_each": ("日历地址已经生成", "请刷新页面；忘记地址的，请作废后重新生成"),
    "one_open_change_per_class": ("本班已有一项变更正在办理", "请等待办结，或撤回后重新提出"),
    "a_change_has_a_reason": ("变更没有写明原因", "请填写变更原因"),
    "a_changed_person_has_a_reason": ("学员变更没有写明原因", "请为每名变更的学员填写原因"),
    "a_change_is_written_before_it_is_handed_in": ("变更申请已提交，不能修改", "请等待受理机构办理，或撤回后重新提出"),
    "a_taught_session_never_changes": ("已签到的课次不能变更", "请只调整尚未上的课次"),
}
