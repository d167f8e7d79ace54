"""What the database refuses in this room, told in sentences."""

SENTENCES = {
    "an_application_is_frozen_once_handed_in": ("申请已提交，内容不能再改", "如需修改，请等待退回补正"),
    "what_an_application_rests_on_is_frozen": ("申请已提交，所附材料和条件不能再增减", "如需修改，请等待退回补正"),
    "a_unit_applies_once_to_a_call": ("本单位已申请本次征集", "请在“我的申请”中继续办理"),
    "a_holding_ends_after_it_begins": ("有效期止早于有效期起", "请对照证书核对"),
    "a_holding_is_at_least_one": ("数量须大于0", "请填写整数"),
    "the_seed_is_the_one_committed_to": ("种子与事先公布的指纹不符", "抽取已停止，请联系系统管理员"),
    "a_frozen_pool_gets_nobody_new": ("专家范围已锁定，不能再增加", "请按已锁定的范围抽取"),
    "nobody_with_an_interest_sits_on_a_panel": ("该专家与申请单位有利害关系，不能进入评审", "由下一位专家递补"),
    "a_seat_has_the_rank_that_was_drawn": ("席位顺序与抽取结果不符", "请按公布的抽取顺序递补"),
    "a_seed_is_committed_to_while_the_call_runs": (
        "征集已截止，不能再公布种子指纹",
        "截止后公布的种子无法证明未经挑选，请重新发布征集",
    ),
    "accreditation_expert_person_key_key": ("该专家已在专家库中", "请在专家名单中查找，不要重复添加"),
    "accreditation_panel_call_id_key": ("本次征集已公布种子指纹", "请继续下一步：锁定专家范围"),
    "accreditation_appeal_measure_id_key": ("已对该措施提出申诉", "请等待处理"),
    "a_bureau_speaks_for_its_own_place": ("该申请由其他地区的部门决定", "请由征集所在地的部门办理"),
    "only_the_panel_scores_its_call": ("不是本次评审的专家，或已经回避", "请由入选的专家评分"),
    "an_expert_scores_once_a_round": ("您已提交这份评分，提交后不能再改", "请评下一份"),
    "a_bureau_speaks_once": ("本部门已表示过意见，不能再改", "请刷新页面查看"),
    "a_no_has_its_reason": ("不同意须写明理由", "请写明理由"),
    "an_agreement_has_a_term": ("协议期限有误：截止日须晚于起始日", "请改正期限"),
    "an_agreement_has_a_scope": ("协议没有写明范围", "请写明承担的职业（工种）和培训对象"),
    "another_person_decides_the_appeal": ("申诉须由作出措施以外的人员处理", "请由另一位工作人员办理"),
}
