"""The form in which the office says what only it knows of a claim."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.rulebook import FactSpec, Policy
from peibu.theme.fact_fields import add_questions, answers


class OfficeAnswers(forms.Form):
    """One question per fact, and what the answers rest on."""

    words = forms.CharField(label=_("核查依据"), max_length=200, help_text=_("写明核对了哪些材料或系统"))

    def __init__(self, policy: Policy, specs: Sequence[FactSpec], data=None):
        super().__init__(data, auto_id="office-%s")
        self.names = [spec.name for spec in specs]
        add_questions(self, policy, self.names, {})
        self.order_fields([*(name for name in self.fields if name != "words"), "words"])

    def values(self) -> dict:
        """What was answered."""
        return answers(self, self.names)
