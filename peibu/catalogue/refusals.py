"""What the database refuses in this room, told in sentences."""

SENTENCES = {
    "one_edition_takes_effect_a_day": ("同一目录在这一天已有一个版本生效", "请填写另一个生效日期"),
    "an_entry_holds_once_a_day": ("同一职业、等级在同一时期只能有一条记录", "请刷新页面，核对现行目录后重新上传"),
    "a_worker_wants_an_occupation_once": ("您已经登记过这个职业和等级的培训需求", "无需重复登记，可在本页查看或撤回"),
    "an_edition_has_title_and_source": ("目录缺少标题或依据", "请填写标题和发布依据"),
}
