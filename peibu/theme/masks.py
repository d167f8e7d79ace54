"""What of a person may be shown: masked numbers and names."""

ID_HEAD, ID_TAIL = 3, 4
CARD_TAIL = 4


def mask_id(number: str) -> str:
    """370***********1234: the first 3 and the last 4; 6 + 4 would let the birthday be guessed. Short text: all stars."""
    text = str(number or "")
    if len(text) <= ID_HEAD + ID_TAIL:
        return "*" * len(text)
    return text[:ID_HEAD] + "*" * (len(text) - ID_HEAD - ID_TAIL) + text[-ID_TAIL:]


def mask_name(name: str) -> str:
    """张* · 欧**: the first character stays; names with a dot keep their first part's first character."""
    text = str(name or "").strip()
    return text[:1] + "*" * min(len(text) - 1, 2) if text else ""


def mask_account(number: str) -> str:
    """**** 1234: only the last four of an account number."""
    text = "".join(str(number or "").split())
    return f"**** {text[-CARD_TAIL:]}" if len(text) > CARD_TAIL else "*" * len(text)
