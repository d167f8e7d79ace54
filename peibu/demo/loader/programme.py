"""What the bureaus have published: the lists of the annexes, the quotas."""

import datetime as dt
from typing import TYPE_CHECKING

from peibu.programmes.models import ListedUnit, PublishedList, Quota
from peibu.rulebook import load_policy

if TYPE_CHECKING:
    from peibu.demo.loader.base import Loaded

TITLES = {
    "provider": "首批工业互联网职业技能提升培训承接单位名单",
    "base": "首批工业互联网实训基地推荐名单",
}
# The generator's word for a category -> the policy's code for what qualifies a base (QD97.2.2).
CATEGORY_CODES = {
    "listed_enterprise": "enterprise_555",
    "industry_education": "industry_education",
    "ai_community": "ai_community",
}


def load_programme(loaded: "Loaded") -> None:
    """First batch of the annexes (QD97.2.4) and the two nested quotas (QD97.4.1), numbers from the policy folder."""
    policy = load_policy(loaded.policy)
    issued = policy.card["issued"]
    issued = issued if isinstance(issued, dt.date) else dt.date.fromisoformat(issued)
    for position, (role, rows) in enumerate(
        (("provider", loaded.city.providers), ("base", loaded.city.bases)), start=1
    ):
        published = PublishedList.objects.create(
            policy=loaded.policy,
            role=role,
            batch=1,
            title=TITLES[role],
            published_on=issued,
            issuers=list(policy.card["issuers"]),
            source=f"{policy.card['document_number']}附件{position}",
        )
        ListedUnit.objects.bulk_create(
            ListedUnit(
                published=published,
                unit=loaded.units[row.key],
                position=number,
                category=CATEGORY_CODES.get(getattr(row, "category", ""), ""),
                valid_from=issued,
            )
            for number, row in enumerate(rows, start=1)
        )
    _quotas(loaded.policy, policy, issued)


def _quotas(path: str, policy, on: dt.date) -> None:
    action = Quota.objects.create(
        policy=path,
        code="quota_action",
        label="职业技能提升行动期间工业互联网培训",
        clause="QD97.4.1",
        limit=policy.value("quota_action", on=on),
    )
    Quota.objects.create(
        policy=path,
        code="quota_year",
        label="2020年度“555”企业中层及以上管理人员",
        clause="QD97.4.1",
        limit=policy.value("quota_year", on=on),
        parent=action,
    )
