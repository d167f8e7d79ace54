"""What the database refuses in this room, told in sentences."""

SENTENCES = {
    "an_account_is_a_units_or_a_persons": ("账户须属于一个单位或一名个人", "请重新填写账户"),
    "one_account_per_person": ("本人账户刚刚已登记", "请刷新页面后重试"),
    "nobody_works_full_time_at_two_units": (
        "该人员在这段时间已登记为另一单位的专职人员",
        "请改为兼职登记，或由原单位先办理离岗登记",
    ),
    "a_corrected_name_is_another": ("更正后的姓名与原姓名相同，或没有写明依据", "请填写身份证上的姓名和核对依据"),
    "an_engagement_is_entered_once": ("该人员在这一岗位已登记", "续聘请从原聘期届满的次日起登记"),
    "a_qualification_number_counts_once_at_a_time": (
        "该机构的这一证书编号在这段时间已登记",
        "请核对编号；换发的证书从原证书届满的次日起登记",
    ),
}
