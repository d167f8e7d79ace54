"""What the database refuses about exams and certificates, told in sentences."""

EXAM = {
    "sealed_scores_never_change": ("成绩单已封存，不能再改", "如成绩有误，请报区（市）机构处理"),
    "grader_did_not_teach_the_class": ("阅卷人给本班上过课（考培分离）", "请选择没有给本班授课的教师"),
    "exam_ends_after_it_starts": ("考试结束时间不晚于开始时间", "请核对起止时间"),
    "exam_items_have_points": ("题数和每题分值须大于0", "没有该题型请留空"),
    "a_supervisor_stands_once_per_exam": ("同一自然人不能重复列为监考人", "请另选一位监考人"),
    "a_grader_stands_once_per_exam": ("同一自然人不能重复列为阅卷人", "请核对阅卷人名单"),
    "points_are_between_0_and_100": ("成绩不在0至100分之间", "请核对答卷"),
    "one_answer_per_candidate": ("您已经填写过本次调查", "每人填写一次，不需要再填"),
    "survey_marks_are_1_to_5": ("评分须为1至5分", "请为每个问题选择1至5分"),
    "a_serial_is_used_once": ("证书序列号已被使用", "请重新办理，系统会赋予新的序列号"),
    "serials_have_no_gaps": ("证书序列号不连续", "请重新办理，系统会赋予连续的序列号"),
    "a_certificate_rests_on_a_sealed_score": ("没有封存的成绩，不能发证", "请先封存成绩单"),
    "a_revocation_has_a_reason": ("没有填写作废理由", "请写明理由"),
}
