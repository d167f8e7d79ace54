"""What the database refuses about call-backs, told in sentences."""

CALLBACKS = {
    "a_callback_seed_is_the_one_committed_to": ("公开的种子与事先公布的指纹不符", "请联系系统管理员核查"),
    "callbacks_are_drawn_after_the_commitment": ("抽取时间须晚于公布种子指纹的时间", "请稍候再抽取"),
    "callbacks_have_sensible_terms": ("回访比例、最少人数或拨打次数设定有误", "请核对政策参数"),
    "training_callbackround_cohort_id_key": ("本班已公布种子指纹", "请刷新页面查看"),
    "only_the_drawn_are_called": ("该学员不在抽取顺序的这个位置上", "请按抽取顺序办理"),
    "a_drawn_place_is_called_once": ("该位置的学员已在回访名单中", "请刷新页面查看"),
    "a_trainee_is_drawn_once": ("该学员已在回访名单中", "请刷新页面查看"),
    "a_callback_closes_after_it_opens": ("回访结束时间早于开始时间", "请核对系统时间后重试"),
    "only_a_reached_trainee_answers": ("只有接通的回访才填写回答", "请核对通话结果"),
    "a_trainee_answers_once": ("该学员的回答已经登记", "回访结果不能更改，请刷新页面查看"),
    "only_the_caller_records_an_open_call": ("该回访已经结束，或已分派给其他工作人员", "请刷新页面查看"),
}
