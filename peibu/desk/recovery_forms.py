"""What an officer fills in for a recovery."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peibu.desk.budget_forms import YuanField
from peibu.recovery.enums import Nature

LONG = forms.Textarea(attrs={"rows": 3})


class OpenForm(forms.Form):
    """Who, of which nature, and why (HD2.5.16b)."""

    lines = forms.MultipleChoiceField(label=_("追回的人员"), widget=forms.CheckboxSelectMultiple)
    nature = forms.ChoiceField(label=_("性质"), choices=Nature.choices, widget=forms.RadioSelect)
    nature_reason = forms.CharField(
        label=_("定性理由"),
        max_length=2000,
        widget=LONG,
        help_text=_("差错：并非故意。弄虚作假：故意以虚假材料领取；须有查实的依据。理由会写进告知书。"),
    )

    def __init__(self, *args, people: list[tuple[str, str]], natures: list[str] | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = people
        if natures is not None:
            self.fields["nature"].choices = [one for one in Nature.choices if one[0] in natures]


class ReturnForm(forms.Form):
    """A sum the bank shows: how much, on which day, its number."""

    amount = YuanField()
    on = forms.DateField(label=_("到账日期"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(label=_("银行流水号"), max_length=60)


class SetOffForm(forms.Form):
    """How much of which other claim is kept."""

    against = forms.ChoiceField(label=_("抵扣的申领"))
    amount = YuanField()

    def __init__(self, *args, claims: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["against"].choices = claims


class InstalmentForm(forms.Form):
    """Equal parts, the first on a day, then every so many days."""

    count = forms.IntegerField(label=_("期数"), min_value=2, max_value=24)
    first = forms.DateField(label=_("首期日期"), widget=forms.DateInput(attrs={"type": "date"}))
    every_days = forms.IntegerField(label=_("每期间隔（天）"), min_value=1, max_value=92, initial=30)
    reason = forms.CharField(label=_("理由"), max_length=300, widget=LONG)
