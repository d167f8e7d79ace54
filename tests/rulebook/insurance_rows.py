"""Generated months of insurance: gaps, arrears, duplicates, other employers, unknown payment days."""

import random
from datetime import date

EMPLOYERS = ("青云厂", "海蓝厂")


def insurance_rows(people, seed=0):
    """Rows (person, employer, month, paid_on, kind) of the people, with one row in twenty twice."""
    chance = random.Random(seed)
    rows = []
    for person in people:
        if chance.random() < 0.05:
            continue  # nothing is known about this person
        first, employer = chance.randrange(-8, 8), chance.choice(EMPLOYERS[:1] * 5 + EMPLOYERS[1:])
        for step in range(first, 11):
            year, month = divmod(2020 * 12 + step, 12)
            if chance.random() < 0.06:
                continue
            late = chance.choice([0] * 12 + [1, 2, 5])
            paid_year, paid_month = divmod(2020 * 12 + step + late, 12)
            row = {
                "person": person,
                "employer": employer,
                "month": date(year, month + 1, 1),
                "paid_on": None if chance.random() < 0.03 else date(paid_year, paid_month + 1, chance.randint(1, 28)),
                "kind": chance.choice(["normal"] * 6 + [None, "unknown"])
                if not late
                else chance.choice(["arrears", None]),
            }
            rows += [row] * (2 if chance.random() < 0.05 else 1)
    chance.shuffle(rows)
    return rows
