"""What the database refuses in this room, told in sentences: constraint -> (what, what to do)."""

SENTENCES = {
    "agreements_follow_one_another": (
        "该单位在这段时间已有生效的协议，同一单位同一时间只能有一份协议生效",
        "续签的协议须自现行协议到期的次日起，请核对起止日期",
    ),
}
