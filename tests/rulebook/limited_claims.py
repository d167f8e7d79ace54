"""Generated claims and earlier grants of the invented document of limits, as an office writes them."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl

LIMITS = Path(__file__).with_name("limits_policy")
NAME = "test/limits"


def tables(count, grants, seed=3):
    chance = random.Random(seed)

    def row():
        return {
            "证件号码": f"A{chance.randrange(count // 3)}",
            "日期": date(2020, 1, 1) + timedelta(days=chance.randrange(800)),
            "职业编码": chance.choice(["4-07", "6-18"]),
            "等级": chance.choice(["初级工", "中级工", "高级工", None]),
            "补贴种类": chance.choice(["skills", "practice"]),
            "培训编号": chance.choice(["t1", "t2"]),
            "收款人类别": chance.choice(["企业", "平台"]),
            "行政区划": "370211",
        }

    claims = [row() | {"passed": chance.random() < 0.9, "fee_fen": 180000} for _ in range(count)]
    earlier = [row() | {"补贴编号": f"g{number}", "政策": NAME, "已确定": "是"} for number in range(grants)]
    return pl.DataFrame(claims, infer_schema_length=None), pl.DataFrame(earlier, infer_schema_length=None)
