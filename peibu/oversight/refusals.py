"""What this room's constraints refuse, in sentences: name -> (what is wrong, what to do)."""

SENTENCES = {
    "a_concluded_finding_has_its_reason": ("作结论须有理由、经办人和时间", "请写明核查情况和理由"),
    "a_class_is_rated_once_per_kind": ("本班次的评价结果已记入信用记录", "不需要再次记录"),
    "oversight_archivepackage_cohort_id_key": ("班次已归档", "可直接下载档案包"),
    "a_draft_has_name_and_reason": ("试算方案须有名称和理由", "请填写后再提交"),
    "a_draft_changes_something": ("试算方案没有改动任何数字或读法", "请至少改动一项"),
}
