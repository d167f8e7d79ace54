"""The credential against 1EdTech's own JSON schema of Open Badges 3.0, which may not lie in the repository.

PEIBU_OB_SCHEMA names the file `ob_v3p0_achievementcredential_schema.json` as 1EdTech publishes it (docs/how-to/set-up-the-seal.md).
"""

import copy
import json
import os
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft201909Validator

from peibu.papers.badges import BadgeData, Issuer, badge

SCHEMA = os.environ.get("PEIBU_OB_SCHEMA", "")
pytestmark = pytest.mark.skipif(
    not Path(SCHEMA).is_file(),
    reason="PEIBU_OB_SCHEMA names no file: 1EdTech's schema is not here, nothing was compared",
)


@pytest.fixture(scope="module")
def validator() -> Draft201909Validator:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    assert "validFrom" in schema["required"], "a draft: the final version asks for validFrom"
    return Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)


@pytest.fixture
def credential() -> dict:
    issuer = Issuer(code="370202", name="青岛市市南区人力资源和社会保障局", base_url="https://peibu.example.cn")
    data = BadgeData(
        key="0192f0c4-7b1e-7c3a-9d5e-2f6a8b1c4d7e",
        serial="鲁青工培〔2020〕370202-000001",
        name="王一",
        course_key="0192f0c4-7b1e-7c3a-9d5e-2f6a8b1c4d7f",
        title="山东省职业技能培训合格证书",
        course="工业互联网平台应用",
        criteria="完成规定的40课时，考核成绩合格",
        from_on=date(2020, 10, 12),
        to_on=date(2020, 10, 23),
        issued_on=date(2020, 10, 28),
        status_url="https://peibu.example.cn/credentials/status/1",
        status_index=0,
    )
    return badge(data, issuer)


def test_the_credential_is_valid_by_the_official_schema(validator, credential):
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(credential)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.pop("validFrom"),
        lambda it: it["credentialSubject"].pop("achievement"),
        lambda it: it["credentialSubject"]["achievement"].pop("criteria"),
        lambda it: it["credentialSubject"]["identifier"][0].update(identityType="nickname"),
        lambda it: it["credentialStatus"].pop("type"),
    ],
    ids=["no date", "no achievement", "no criteria", "unknown kind of name", "no kind of status"],
)
def test_the_schema_would_find_a_fault(validator, credential, spoil):
    spoiled = copy.deepcopy(credential)
    spoil(spoiled)
    assert list(validator.iter_errors(spoiled))
