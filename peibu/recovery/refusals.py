"""What this room's constraints refuse, in sentences."""

SENTENCES = {
    "a_line_gives_back_at_most_what_it_was_paid": (
        "追回金额超过该人员已拨付的补贴（含其他追回业务）",
        "请核对该人员已有的追回业务和已付金额",
    ),
    "a_derivation_stands_once_told": ("追回告知书送达后，核算明细不能再改动", "确需更正的，由审批岗退回重新核算"),
    "nothing_is_booked_under_appeal": (
        "追回尚未决定，或正在申诉复核，不能登记款项或抵扣",
        "请在作出决定后、没有未办结的申诉时办理",
    ),
    "a_set_off_stays_in_its_fund": ("两项业务不在同一项资金，专款不得混用，不能抵扣", "请由当事人退回款项"),
    "back_is_at_most_owed": ("追回的款项超过应追回金额", "请核对金额；多退的款项应退还当事人"),
    "error_or_fraud_is_said_with_its_reason": ("定性须写明理由", "请写明认定差错或弄虚作假的理由"),
    "a_recovery_rests_on_something": ("追回须以复核结果或线索结论为依据", "请从结论复核或风险线索发起"),
    "a_line_stands_once_in_a_recovery": ("同一人员在一项追回业务中只能出现一次", "请刷新页面后重试"),
    "owed_is_paid_less_due": ("应退金额必须等于已付减应得，并大于零", "请核对核算明细"),
    "a_line_says_by_which_clause": ("追回须写明依据条款和说明", "请补充依据"),
    "a_receipt_brings_something": ("金额必须大于零", "请核对金额"),
    "a_bank_reference_is_one_receipt": ("该银行流水号已经登记过", "请核对银行流水号"),
    "a_receipt_names_the_bank_or_the_other_case": ("退回须有银行流水号，抵扣须指明业务", "请补充后再提交"),
    "instalments_are_numbered_once_per_plan": ("分期计划刚刚被他人修改", "请刷新页面后重试"),
    "an_instalment_is_something": ("分期金额必须大于零并写明理由", "请核对分期计划"),
}
