"""The facts of one line while they are gathered: each with where it comes from."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROSTER, PLAN, CLASS, RESULT = _("报名名册"), _("培训方案"), _("班次记录"), _("考核和证书记录")
REGISTER, ENTERED, CATALOGUE, HELD = _("就业和社保登记"), _("事项登记"), _("公开目录"), _("证书登记")
EARLIER, CLAIM_ITSELF, STATED, IDENTITY = _("补贴发放记录"), _("本次申领"), _("本次申报"), _("实名核验")
OVERRIDDEN = _("例外批准")


class Sheet:
    """`put` outweighs what is there; `fill` only says what nobody has said. An empty value is no answer."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.sources: dict[str, Promise] = {}

    def put(self, source: Promise, facts: Mapping[str, Any]) -> None:
        """Facts of a source that outweighs the earlier ones."""
        for name, value in facts.items():
            if value is not None:
                self.facts[name], self.sources[name] = value, source

    def fill(self, source: Promise, facts: Mapping[str, Any]) -> None:
        """Facts that count only where no other source has an answer."""
        self.put(source, {name: value for name, value in facts.items() if name not in self.facts})
