"""What the book's constraints refuse, in sentences."""

SENTENCES = {
    "fund_is_never_negative": (
        "资金余额不足，不能办理本次入账（可用、已占用、已支付资金均不得为负）",
        "核对资金下达和占用情况，或联系市级主管部门下达资金后再办理",
    ),
    "entry_sums_to_zero": ("账目借贷不平，系统已拒绝入账", "联系系统管理员核查"),
    "a_posting_moves_something": ("入账金额不能为零", "核对金额"),
    "a_booking_has_a_reason": ("入账须写明摘要", "填写摘要后再提交"),
    "a_cause_is_booked_once": ("同一事项已经入账，不能重复入账", "刷新页面查看已有账目"),
    "a_fund_has_one_account_per_role": ("该资金的账户已经建立", "刷新页面后再办理"),
}
