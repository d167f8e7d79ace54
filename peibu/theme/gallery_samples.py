"""Invented data of the gallery; nothing else uses it."""

import datetime as dt

from peibu.kernel.errors import Problem

TODO = [
    ("urgent", "紧急", "开班备案审核", "青岛海纳职业培训学校・养老护理员（四级）", dt.date(2020, 9, 15)),
    ("pending", "待办", "结业考核材料核验", "莱西嬴城技工学校・电工（五级）", dt.date(2020, 9, 17)),
    ("notice", "待办", "补贴资金公示复核", "安东卫街道社区培训站・育婴员", dt.date(2020, 9, 18)),
    ("correction", "补正", "学员名册补正", "代村农民田间学校・农机修理工", dt.date(2020, 9, 21)),
]
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


def _finding(clause: str, title: str, status: str, sentence: str, observed: dict, **more) -> dict:
    return {"clause": clause, "title": title, "status": status, "sentence": sentence, "observed": observed, **more}


FINDINGS = {
    "decision": "fail",
    "amount_fen": 0,
    "fingerprint": "7d3f0c9a41b2e6",
    "findings": [
        _finding(
            "QD97.2.1",
            "连续参保月数",
            "fail",
            "在本企业连续参保 4 个月，不足 6 个月。",
            {"连续参保": "4 个月", "要求": "至少 6 个月", "首个断缴月": "2020-03"},
            fix="再参保 2 个月即可；最早 2020-11-01 起符合。",
        ),
        _finding(
            "QD97.2.2",
            "在职状态",
            "unknown",
            "缺少劳动合同备案，不能确认是否在职。",
            {"劳动合同": "未提供"},
            fix="由企业经办人补传劳动合同备案记录。",
        ),
        _finding(
            "QD97.4.3",
            "培训跨度",
            "fail",
            "培训跨度 17 天，超过一般限额 15 天；说明理由并经同意可以继续。",
            {"跨度": "17 天", "一般不超过": "15 天"},
            soft=True,
        ),
        _finding("QD97.1.2", "企业在库", "pass", "企业在“555”项目企业名单内。", {"名单": "“555”项目企业"}),
        _finding("QD97.5.1", "一人一次", "pass", "本人没有享受过本项补贴。", {"已享受次数": "0 次"}),
    ],
}
QUOTAS = [
    {"label": "全市总名额", "limit": 10000, "used": 6120, "held": 480},
    {"label": "其中：高级研修名额", "limit": 1000, "used": 930, "held": 20},
    {"label": "本班人数", "limit": 80, "used": 80},
]
PROBLEMS = [
    Problem(
        what="身份证号不完整",
        why="该列按数字填写，后几位已经丢失",
        todo="把该列设为“文本”格式，重新填写完整的 18 位号码",
        sheet="花名册",
        row=7,
        column="身份证号",
        value="3.702111990010113e+17",
    ),
    Problem("花名册", 12, "入职日期", "日期不存在", "没有 13 月", "写成 2020-12-02 这样的日期", value="2020.13.02"),
    Problem("花名册", 19, "姓名", "姓名没有填", "每一行都要有姓名", "补上姓名，或删去这一行"),
]


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
