"""This room's constraints in sentences."""

SENTENCES = {
    "an_invoice_is_used_once": ("这张票据已用于另一件补贴申领", "请核对票据代码和号码；一张票据只能申领一次"),
    "one_live_claim_per_enterprise_and_class": (
        "本企业在该班次已有一件有效的补贴申领",
        "请在原申领中办理，或撤回后重新填写",
    ),
    "one_subsidy_per_person_and_policy": (
        "申领人员中有人已在另一件申领中享受本项补贴",
        "请重新判定后再提交",
    ),
    "a_place_is_held_once": ("这一名额刚刚被另一件申领占用", "请重新提交；名额已满时请重新判定"),
    "one_place_per_entitlement_and_limit": ("同一补贴在同一限额中只能占用一个名额", "请刷新页面后重试"),
    "a_place_is_within_its_limit": ("名额已满", "请重新判定后再提交"),
    "a_counted_place_has_a_number": ("名额没有编号", "请刷新页面后重试"),
    "a_place_is_released_after_it_was_taken": ("名额释放时间早于占用时间", "请核对系统时间"),
    "no_lower_level_after_a_higher": ("申领人员中有人已享受更高等级的补贴", "请重新判定后再提交"),
    "one_side_of_an_exclusion": ("申领人员中有人已享受不可兼得的补贴", "请重新判定后再提交"),
    "places_in_a_moving_window": ("距上一次补贴的间隔不足", "请重新判定后再提交"),
    "a_person_stands_once_in_a_claim": ("同一人在一件申领中只能出现一次", "请刷新页面后重试"),
    "claim_amounts_are_not_negative": ("金额不能为负数", "请核对金额"),
    "approved_is_at_most_claimed": ("核定金额不能超过申请金额", "请退回申请单位重新提交"),
    "line_amount_is_not_negative": ("金额不能为负数", "请核对金额"),
    "only_included_lines_carry_money": ("未纳入申领的人员不能有补贴金额", "请重新判定该人员"),
    "one_open_recheck_per_line": ("该人员已有一件待处理的复核", "请先处理已有的复核"),
    "a_settled_recheck_has_result_reason_and_time": ("复核处理须有结果、理由和时间", "请写明理由后再提交"),
    "a_person_settles_a_recheck_or_the_evidence_does": ("复核须由经办人处理", "请由审核岗处理"),
    "a_recheck_is_settled_after_it_was_found": ("处理时间早于发现时间", "请核对系统时间"),
    "only_less_money_is_recovered": ("结论未减少补贴，没有需要追回的款项", "请选择其他处理结果"),
    "a_recheck_looks_back_at_one_case": ("复核前后不是同一人同一日的判定", "请刷新页面后重试"),
    "who_approved_does_not_settle": ("审批过本申领的人员不能处理其复核", "请由其他审核人员处理"),
}
