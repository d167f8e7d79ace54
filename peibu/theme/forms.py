"""Forms of this room."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Account and password; wrong ones get one sentence that does not tell which of the two was wrong."""

    username = forms.CharField(
        label=_("账号"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": _("账号或密码不正确。请检查大小写后重试；连续输错会暂时锁定。"),
        "inactive": _("这个账号已停用，请联系本单位的系统管理员。"),
    }
