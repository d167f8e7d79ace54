"""A form field as the page draws it: which kind it is, and the texts tied to it by aria-describedby."""

from django import forms
from django.forms.boundfield import BoundField

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def kind_of(bound: BoundField) -> str:
    """hidden / group / check / file / select / text."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, _GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "select" if isinstance(widget, forms.Select) else "text"


def field_context(bound: BoundField) -> dict:
    """Context of the component; help and error ids follow the id of the field."""
    kind = kind_of(bound)
    help_id, error_id = f"{bound.auto_id}-help", f"{bound.auto_id}-error"
    described = [part for part, there in ((error_id, bound.errors), (help_id, bound.help_text)) if there]
    attrs: dict[str, object] = {"class": {"select": "form-select", "text": "form-control"}.get(kind, "")}
    attrs = {name: value for name, value in attrs.items() if value}
    if extra := bound.field.widget.attrs.get("class"):
        attrs["class"] = f"{attrs.get('class', '')} {extra}".strip()
    if described and kind != "group":
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and kind != "group":
        attrs["aria-invalid"] = "true"
    return {
        "field": bound, "kind": kind, "label": bound.label, "required": bound.field.required, "errors": bound.errors,
        "help_text": bound.help_text, "help_id": help_id, "error_id": error_id,
        "described_by": " ".join(described), "widget": bound.as_widget(attrs=attrs),
        "max_bytes": getattr(bound.field, "max_bytes", None),
    }  # fmt: skip
