"""What the book's constraints refuse, in sentences."""

SENTENCES = {
    "fund_is_never_negative": (
        "资金余额不足，不能办理本次入账（可用、已占用、已支付资金均不得为负）",
        "核对资金下达和占用情况，或联系市级主管部门下达资金后再办理",
    ),
    "nothing_leaves_where_money_comes_from": ("调减后的下达资金不能小于零", "核对调减金额"),
    "entry_sums_to_zero": ("账目借贷不平，系统已拒绝入账", "联系系统管理员核查"),
    "an_entry_moves_money": ("账目没有金额，系统已拒绝入账", "联系系统管理员核查"),
    "a_posting_moves_something": ("入账金额不能为零", "核对金额"),
    "a_kind_moves_money_its_own_way": ("账目类别与资金去向不符，系统已拒绝入账", "联系系统管理员核查"),
    "money_follows_its_commitment": (
        "支付、退回、释放和追回须记在原占用的资金、年度、项目和区（市）",
        "联系系统管理员核查",
    ),
    "a_booking_for_a_case_follows_a_commitment": ("业务支出须以占用为依据入账", "先办理审批占用"),
    "spending_is_booked_on_an_item": ("支出没有对应的列支项目，不能入账", "在政策目录中补充列支项目"),
    "an_item_belongs_to_its_fund": ("列支项目不属于该项资金，不能入账", "核对资金和列支项目"),
    "a_fund_covers_what_it_commits": ("资金余额不足，不能占用", "核对资金下达情况"),
    "a_case_never_has_less_than_nothing": ("该业务的占用或支付资金不足", "核对该业务的占用和支付情况"),
    "recovered_is_at_most_paid": ("追回金额超过该业务已支付金额", "核对追回金额"),
    "a_case_is_committed_once": ("该业务已经占用资金", "刷新页面查看已有账目"),
    "an_appropriation_names_its_document": ("下达资金须写明文号", "填写资金下达文件的文号"),
    "a_correction_names_what_it_corrects": ("更正须指明所更正的下达", "从该笔下达进入更正"),
    "a_booking_has_a_reason": ("入账须写明摘要", "填写摘要后再提交"),
    "a_cause_is_booked_once": ("同一事项已经入账，不能重复入账", "刷新页面查看已有账目"),
    "a_fund_has_one_account_per_place": ("该资金的账户已经建立", "刷新页面后再办理"),
    "a_division_has_a_fund_of_a_code_once": ("该资金已经建立", "刷新页面后再办理"),
    "a_policy_names_an_item_of_a_fund_once": ("该列支项目已经建立", "刷新页面后再办理"),
}
