"""The 15 rules in plain Python, written by hand for this one policy: the limit that any engine may be compared with.

Same outputs as the rulebook (decision, amount, and per rule status, clause, observed values, sentence, fix, missing). It
checks no value, knows one language and one version of the law, and cannot be read by anybody but a programmer.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from peibu.rulebook import Finding, Status
from peibu.rulebook.scalar import shift_months

PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN
ABSENT, YES_NO = "未提供", {True: "是", False: "否", None: "未提供"}
POSTS = {"production": "生产操作", "technical": "技术", "management": "管理", "service": "服务"}
POST_LABELS = {**POSTS, "clerical": "文秘", "other": "其他", None: ABSENT}
KINDS = {"fixed_term": "固定期限", "open_ended": "无固定期限", "task_based": "以完成一定工作任务为期限", None: ABSENT}
FROM, UNTIL, CAP = date(2020, 1, 1), date(2020, 12, 31), 200000
NINETY, ONE = timedelta(days=90), timedelta(days=1)


def day(value: date | None) -> str:
    return ABSENT if value is None else value.isoformat()


def text(value: int | None) -> str:
    return ABSENT if value is None else str(value)


def money(fen: int | None) -> str:
    if fen is None:
        return ABSENT
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}元" if rest else f"{whole}元"


def ask(rule, clause, seen, facts, title):
    """The finding of an unknown rule; facts: (name, value, label with who supplies it)."""
    missing = tuple(name for name, value, _label in facts if value is None)
    labels = "、".join(label for _name, value, label in facts if value is None)
    return Finding(rule, clause, UNKNOWN, seen, f"尚不能判断：缺少{labels}", None, False, missing, title)


def judge(facts: dict[str, Any]) -> tuple[Status, int | None, tuple[Finding, ...]]:  # noqa: C901, PLR0912, PLR0915
    """Judge one case."""
    get = facts.get
    out = []
    add = out.append

    listed = get("enterprise_listed")
    seen = {"企业在名单内": YES_NO[listed]}
    title = "企业在名单内"
    if listed is None:
        add(
            ask(
                "enterprise_listed", "B1.1", seen, [("enterprise_listed", listed, "企业在名单内（由企业提供）")], title
            )
        )
    elif listed:
        add(Finding("enterprise_listed", "B1.1", PASS, seen, "符合：企业在名单内", None, False, (), title))
    else:
        add(Finding("enterprise_listed", "B1.1", FAIL, seen, "企业不在名单内", None, False, (), title))

    post = get("post_kind")
    label = POST_LABELS[post]
    seen, title = {"岗位类别": label}, "岗位属于补贴范围"
    if post is None:
        add(ask("post_covered", "B1.2", seen, [("post_kind", post, "岗位类别（由企业提供）")], title))
    elif post in POSTS:
        add(Finding("post_covered", "B1.2", PASS, seen, f"岗位类别为{label}", None, False, (), title))
    else:
        add(Finding("post_covered", "B1.2", FAIL, seen, f"岗位类别为{label}，不在补贴范围", None, False, (), title))

    starts, ends, kind = get("contract_starts_on"), get("contract_ends_on"), get("contract_kind")
    starts_text, ends_text = day(starts), day(ends)
    seen = {"劳动合同结束日期": ends_text, "劳动合同期限类型": KINDS[kind], "劳动合同开始日期": starts_text}
    title = "劳动合同满12个月"
    if ends is None and kind == "open_ended":
        add(Finding("contract_long_enough", "B1.3", PASS, seen, "劳动合同满12个月", None, False, (), title))
    elif ends is None or starts is None:
        asked = [
            ("contract_ends_on", ends, "劳动合同结束日期（由企业提供）"),
            ("contract_kind", kind, "劳动合同期限类型（由企业提供）"),
            ("contract_starts_on", starts, "劳动合同开始日期（由企业提供）"),
        ]
        add(ask("contract_long_enough", "B1.3", seen, asked, title))
    elif ends + ONE >= shift_months(starts, 12):
        sentence = f"劳动合同满12个月（{starts_text}至{ends_text}）"
        add(Finding("contract_long_enough", "B1.3", PASS, seen, sentence, None, False, (), title))
    else:
        sentence = f"劳动合同自{starts_text}至{ends_text}，不满12个月"
        add(Finding("contract_long_enough", "B1.3", FAIL, seen, sentence, None, False, (), title))

    registered = get("employment_registered")
    seen, title = {"已办理就业登记": YES_NO[registered]}, "已办理就业登记"
    if registered is None:
        asked = [("employment_registered", registered, "已办理就业登记（由企业提供）")]
        add(ask("employment_registered", "B1.4", seen, asked, title))
    elif registered:
        add(Finding("employment_registered", "B1.4", PASS, seen, "符合：已办理就业登记", None, False, (), title))
    else:
        add(Finding("employment_registered", "B1.4", FAIL, seen, "未办理就业登记", None, False, (), title))

    birth, opening = get("birth_date"), get("class_starts_on")
    birth_text = day(birth)
    seen, title = {"出生日期": birth_text, "开班日期": day(opening)}, "年龄符合要求"
    if birth is None or opening is None:
        asked = [
            ("birth_date", birth, "出生日期（由企业提供）"),
            ("class_starts_on", opening, "开班日期（由企业提供）"),
        ]
        add(ask("of_age", "B1.5", seen, asked, title))
    elif shift_months(birth, 192) <= opening < shift_months(birth, 720):
        add(Finding("of_age", "B1.5", PASS, seen, "符合：年龄符合要求", None, False, (), title))
    else:
        sentence = f"出生于{birth_text}，开班时不满16周岁或已满60周岁"
        add(Finding("of_age", "B1.5", FAIL, seen, sentence, None, False, (), title))

    insured, arrears = get("insured_months"), get("arrears_months")
    insured_text, arrears_text = text(insured), text(arrears)
    seen = {"在本企业连续缴费月数": insured_text, "其中补缴月数": arrears_text}
    title = "连续缴费满6个月"
    if insured is None or arrears is None:
        asked = [
            ("insured_months", insured, "在本企业连续缴费月数（由信息系统提供）"),
            ("arrears_months", arrears, "其中补缴月数（由信息系统提供）"),
        ]
        add(ask("insured_long_enough", "B2.1", seen, asked, title))
    else:
        short = 6 - (insured - arrears + 3 if arrears > 3 else insured)
        if short <= 0:
            sentence = f"在本企业连续缴费{insured_text}个月，其中补缴{arrears_text}个月"
            add(Finding("insured_long_enough", "B2.1", PASS, seen, sentence, None, False, (), title))
        else:
            sentence = f"在本企业连续缴费{insured_text}个月，还需{short}个月"
            fix = f"再连续缴费{short}个月"
            add(Finding("insured_long_enough", "B2.1", FAIL, seen, sentence, fix, False, (), title))

    paid_month, claimed = get("last_paid_month"), get("claimed_on")
    month_text, claimed_text = day(paid_month) if paid_month is None else paid_month.isoformat()[:7], day(claimed)
    seen, title = {"在本企业最近缴费月": month_text, "申领日期": claimed_text}, "申领时仍在本企业就业"
    if paid_month is None or claimed is None:
        asked = [
            ("last_paid_month", paid_month, "在本企业最近缴费月（由信息系统提供）"),
            ("claimed_on", claimed, "申领日期（由企业提供）"),
        ]
        add(ask("still_employed", "B2.2", seen, asked, title))
    elif paid_month >= shift_months(claimed.replace(day=1), -1):
        add(Finding("still_employed", "B2.2", PASS, seen, f"最近缴费月份为{month_text}", None, False, (), title))
    else:
        sentence = f"最近缴费月份为{month_text}，视为已离职"
        add(Finding("still_employed", "B2.2", FAIL, seen, sentence, None, False, (), title))

    hours, prize = get("training_hours"), get("prize_winner")
    hours_text = text(hours)
    seen, title = {"已学课时": hours_text, "获奖免修": YES_NO[prize]}, "学满40课时"
    if prize or (hours is not None and hours >= 40):
        sentence = "符合：学满40课时" if hours is None else f"已学{hours_text}课时"
        add(Finding("enough_class_hours", "B3.1", PASS, seen, sentence, None, False, (), title))
    elif hours is None or prize is None:
        asked = [
            ("training_hours", hours, "已学课时（由企业提供）"),
            ("prize_winner", prize, "获奖免修（由企业提供）"),
        ]
        add(ask("enough_class_hours", "B3.1", seen, asked, title))
    else:
        sentence = f"已学{hours_text}课时，不满40课时"
        add(Finding("enough_class_hours", "B3.1", FAIL, seen, sentence, None, False, (), title))

    score = get("exam_score")
    score_text = text(score)
    seen, title = {"考试成绩": score_text}, "考试合格"
    if score is None:
        add(ask("exam_passed", "B3.2", seen, [("exam_score", score, "考试成绩（由企业提供）")], title))
    elif score >= 60:
        add(Finding("exam_passed", "B3.2", PASS, seen, f"成绩{score_text}分", None, False, (), title))
    else:
        sentence = f"成绩{score_text}分，低于60分"
        add(Finding("exam_passed", "B3.2", FAIL, seen, sentence, "补考达到60分", False, (), title))

    held = get("certificate_held")
    seen, title = {"已取得证书": YES_NO[held]}, "已取得证书"
    if held is None:
        add(ask("certificate_held", "B3.3", seen, [("certificate_held", held, "已取得证书（由企业提供）")], title))
    elif held:
        add(Finding("certificate_held", "B3.3", PASS, seen, "符合：已取得证书", None, False, (), title))
    else:
        add(Finding("certificate_held", "B3.3", FAIL, seen, "未取得证书", None, False, (), title))

    paid, fee = get("fee_paid_by_enterprise"), get("fee_per_person_fen")
    fee_text = money(fee)
    seen, title = {"企业已付费": YES_NO[paid], "每人实付费用": fee_text}, "企业已先行付费"
    if paid and fee is not None and fee > 0:
        add(Finding("fee_paid_first", "B4.1", PASS, seen, f"企业已付{fee_text}", None, False, (), title))
    elif paid is False or (fee is not None and fee <= 0):
        add(Finding("fee_paid_first", "B4.1", FAIL, seen, "企业未先行付费", None, False, (), title))
    else:
        asked = [
            ("fee_paid_by_enterprise", paid, "企业已付费（由企业提供）"),
            ("fee_per_person_fen", fee, "每人实付费用（由企业提供）"),
        ]
        add(ask("fee_paid_first", "B4.1", seen, asked, title))

    earlier = get("earlier_subsidies")
    earlier_text = text(earlier)
    seen, title = {"已享受次数": earlier_text}, "此前未享受"
    if earlier is None:
        add(
            ask(
                "no_earlier_subsidy", "B4.2", seen, [("earlier_subsidies", earlier, "已享受次数（由企业提供）")], title
            )
        )
    elif earlier < 1:
        add(Finding("no_earlier_subsidy", "B4.2", PASS, seen, "符合：此前未享受", None, False, (), title))
    else:
        add(Finding("no_earlier_subsidy", "B4.2", FAIL, seen, f"已享受{earlier_text}次", None, False, (), title))

    ended = get("training_ended_on")
    ended_text = day(ended)
    asked = [("claimed_on", claimed, "申领日期（由企业提供）"), ("training_ended_on", ended, "结业日期（由企业提供）")]
    seen = {"申领日期": claimed_text, "结业日期": ended_text}
    both = dict(seen)
    if claimed is None or ended is None:
        add(ask("claimed_after_training", "B5.1", seen, asked, "结业后申领"))
        add(ask("claimed_in_time", "B5.2", both, asked, "结业后90天内申领"))
    else:
        if claimed >= ended:
            add(
                Finding(
                    "claimed_after_training", "B5.1", PASS, seen, "符合：结业后申领", None, False, (), "结业后申领"
                )
            )
        else:
            sentence = f"申领日{claimed_text}早于结业日{ended_text}"
            add(Finding("claimed_after_training", "B5.1", FAIL, seen, sentence, None, False, (), "结业后申领"))
        until = ended + NINETY
        title = "结业后90天内申领"
        if claimed <= until:
            sentence = f"申领日{claimed_text}，期限{until.isoformat()}"
            add(Finding("claimed_in_time", "B5.2", PASS, both, sentence, None, False, (), title))
        else:
            sentence = f"申领日{claimed_text}已过期限{until.isoformat()}"
            add(Finding("claimed_in_time", "B5.2", FAIL, both, sentence, None, False, (), title))

    seen, title = {"结业日期": ended_text}, "在政策期内结业"
    if ended is None:
        add(ask("within_policy_period", "B6.1", seen, asked[1:], title))
    elif FROM <= ended <= UNTIL:
        add(
            Finding(
                "within_policy_period", "B6.1", PASS, seen, f"结业日{ended_text}在政策期内", None, False, (), title
            )
        )
    else:
        sentence = f"结业日{ended_text}不在2020-01-01至2020-12-31之间"
        add(Finding("within_policy_period", "B6.1", FAIL, seen, sentence, None, False, (), title))

    statuses = {finding[2] for finding in out}
    if FAIL in statuses:
        return FAIL, 0, tuple(out)
    if UNKNOWN in statuses:
        return UNKNOWN, None, tuple(out)
    return PASS, min(CAP, fee), tuple(out)
