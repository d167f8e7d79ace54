"""Invented data of the gallery; nothing else uses it."""

import datetime as dt

TODO = [
    {"state": "urgent", "badge": "紧急", "title": "开班备案审核", "line": "青岛海纳职业培训学校・养老护理员（四级）", "due_on": dt.date(2020, 9, 15)},
    {"state": "pending", "badge": "待办", "title": "结业考核材料核验", "line": "莱西嬴城技工学校・电工（五级）", "due_on": dt.date(2020, 9, 17)},
    {"state": "notice", "badge": "待办", "title": "补贴资金公示复核", "line": "安东卫街道社区培训站・育婴员", "due_on": dt.date(2020, 9, 18)},
    {"state": "correction", "badge": "补正", "title": "学员名册补正", "line": "代村农民田间学校・农机修理工", "due_on": dt.date(2020, 9, 21)},
]  # fmt: skip
CLASSES = [
    ("PX202009-0127", "养老护理员（四级）", "海纳职业培训学校", 48, 5760000, "to_review", "待初审"),
    ("PX202009-0126", "中式面点师（五级）", "鲁韵技能培训中心", 36, 2880000, "notice", "公示中"),
    ("PX202009-0119", "互联网营销师", "博兴电商培训中心", 52, 7800000, "paid", "已拨付"),
    ("PX202009-0112", "叉车司机（五级）", "嬴城技工学校", 30, 3600000, "returned", "退回补正"),
    ("PX202008-0098", "家政服务员", "安东卫街道培训站", 45, 2700000, "paid", "已拨付"),
    ("PX202008-0091", "保育师（四级）", "海市职业培训学校", 40, 4800000, "to_approve", "待复审"),
]
MONTHS = ["4月", "5月", "6月", "7月", "8月", "9月"]
TREND = {
    "legend": {"data": ["培训人次", "补贴金额"], "top": 6},
    "xAxis": {"type": "category", "data": MONTHS},
    "yAxis": [{"type": "value", "name": "人次"}, {"type": "value", "name": "万元", "splitLine": {"show": False}}],
    "series": [
        {"name": "培训人次", "type": "bar", "data": [820, 930, 1200, 1340, 690, 1330]},
        {"name": "补贴金额", "type": "line", "yAxisIndex": 1, "data": [66, 71, 92, 110, 54, 120]},
    ],
}
FINDINGS = {
    "decision": "fail",
    "amount_fen": 0,
    "fingerprint": "7d3f0c9a41b2e6",
    "findings": [
        {"rule": "insured", "title": "连续参保月数", "clause": "QD97.2.1", "status": "fail", "soft": False,
         "observed": {"连续参保": "4 个月", "要求": "至少 6 个月", "首个断缴月": "2020-03"},
         "sentence": "在本企业连续参保 4 个月，不足 6 个月。", "fix": "再参保 2 个月即可；最早 2020-11-01 起符合。"},
        {"rule": "employed", "title": "在职状态", "clause": "QD97.2.2", "status": "unknown", "soft": False,
         "observed": {"劳动合同": "未提供"}, "sentence": "缺少劳动合同备案，不能确认是否在职。", "fix": "由企业经办人补传劳动合同备案记录。"},
        {"rule": "span", "title": "培训跨度", "clause": "QD97.4.3", "status": "fail", "soft": True,
         "observed": {"跨度": "17 天", "一般不超过": "15 天"}, "sentence": "培训跨度 17 天，超过一般限额 15 天；说明理由并经同意可以继续。", "fix": None},
        {"rule": "listed", "title": "企业在库", "clause": "QD97.1.2", "status": "pass", "soft": False,
         "observed": {"名单": "“555”项目企业"}, "sentence": "企业在“555”项目企业名单内。", "fix": None},
        {"rule": "once", "title": "一人一次", "clause": "QD97.5.1", "status": "pass", "soft": False,
         "observed": {"已享受次数": "0 次"}, "sentence": "本人没有享受过本项补贴。", "fix": None},
    ],
}  # fmt: skip
QUOTAS = [
    {"label": "全市总名额", "limit": 10000, "used": 6120, "held": 480},
    {"label": "其中：高级研修名额", "limit": 1000, "used": 930, "held": 20},
    {"label": "本班人数", "limit": 80, "used": 80},
]
PROBLEMS = [
    {"sheet": "花名册", "row": 7, "column": "身份证号", "value": "3.702111990010113e+17",
     "why": "身份证号是按数字填的，后几位已经丢失。", "fix": "把该列设为“文本”格式，重新填写完整的 18 位号码。"},
    {"sheet": "花名册", "row": 12, "column": "入职日期", "value": "2020.13.02", "why": "没有 13 月。", "fix": "写成 2020-12-02 这样的日期。"},
    {"sheet": "花名册", "row": 19, "column": "姓名", "value": "", "why": "姓名没有填。", "fix": "补上姓名，或删去这一行。"},
]  # fmt: skip


def month_samples() -> list[dict]:
    """Three years with arrears, a gap and missing records; the last four months count."""
    odd = {"2018-09": "arrears", "2018-10": "arrears", "2019-06": "unknown", "2019-07": "unknown", "2020-03": "gap",
           "2020-04": "gap", "2020-06": "arrears"}  # fmt: skip
    months = [f"{year}-{month:02d}" for year in (2018, 2019, 2020) for month in range(1, 13)]
    return [
        {"month": month, "status": odd.get(month, "paid"), "in_run": month >= "2020-05"}
        for month in months
        if month <= "2020-08"
    ]
