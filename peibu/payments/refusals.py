"""What the payments' constraints refuse, in sentences."""

SENTENCES = {
    "releaser_is_not_the_preparer": ("制单人与放行人不能是同一自然人", "请由另一位资金拨付人员放行"),
    "a_batch_goes_out_only_when_released": ("批次尚未放行，不能送银行", "请先由另一位资金拨付人员复核放行"),
    "a_batch_pays_something": ("批次中没有可支付的款项", "请至少选择一笔款项"),
    "one_payment_per_case_and_purpose": ("该业务已有一笔有效付款，不能重复支付", "请在批次中查看已有付款"),
    "payments_go_to_basic_accounts": ("补贴只能拨付到企业的基本存款账户", "请企业登记基本存款账户后再办理"),
    "a_payment_pays_something": ("付款金额必须大于零", "请核对核定金额"),
    "a_bank_reference_settles_one_payment": ("银行流水号已用于另一笔付款", "请向银行核实回盘文件"),
    "paid_is_at_most_approved": ("付款金额超过核定金额", "请核对审批结果"),
    "account_paid_is_account_approved": ("收款账户与审批时的账户不一致", "请由人社局审批岗核准更正后的账户再办理"),
    "no_release_under_objection": ("批次中有业务的公示异议尚未处理完毕", "请撤销该批次，去掉有异议的业务后重新制单"),
    "an_account_is_approved_once_per_case": ("该账户已经核准", "请刷新页面后再办理"),
    "an_account_approval_has_a_reason": ("核准账户更正须写明理由", "请填写理由后再提交"),
    "a_reply_row_is_read_once": ("该回盘文件正在被另一位工作人员导入", "请刷新页面查看结果"),
    "payment_follows_its_moves": ("付款状态不能这样变更", "请刷新页面查看付款状态"),
    "ask_before_sending_again": (
        "上次送出的结果还不明确，不能再次送银行",
        "请先向银行查询；不能查询的，由人员核实并登记",
    ),
    "one_call_to_the_bank_at_a_time": ("正在与银行联系，请等待结果", "请稍后刷新页面"),
    "deliveries_of_a_batch_are_numbered_once": ("另一位工作人员正在送出该批次", "请刷新页面后再办理"),
    "a_delivery_ends_with_an_outcome": ("银行联系记录不完整", "请联系系统管理员核查"),
    "who_confirms_is_not_who_found_out": ("登记人与确认人不能是同一自然人", "请由另一位资金拨付人员确认"),
    "one_open_finding_per_payment": ("该笔付款已有一条待确认的核实登记", "请先确认或撤销已有登记"),
    "a_finding_has_a_reason": ("登记核实结果须写明依据", "请填写向谁、何时、如何核实"),
    "a_paid_finding_names_the_bank_number": ("登记“已支付到账”须填写银行流水号", "请按银行证明填写流水号"),
}
