"""One table: which colour a state has. Colours only repeat what the words say."""

RED, ORANGE, BLUE, AZURE, GREEN, GREY = "red", "orange", "blue", "azure", "green", "grey"

TONES: dict[str, str] = {
    # somebody must look at once, or it is over with a no
    **dict.fromkeys(
        (
            "urgent",
            "overdue",
            "returned",
            "returned_for_correction",
            "rejected",
            "refused",
            "failed",
            "fail",
            "absent",
            "revoked",
            "cancelled",
            "objected",
            "bounced",
            "error",
            "ineligible",
            "missing",
            "barred",
            "fraud",
            "upheld",
            "removed",
            "left_out",
        ),
        RED,
    ),
    # waiting for the person or office named in the words
    **dict.fromkeys(
        (
            "pending",
            "waiting",
            "todo",
            "submitted",
            "filed",
            "to_review",
            "to_approve",
            "to_confirm",
            "to_pay",
            "due",
            "soft",
            "late",
            "arrears",
            "unchecked",
            "queued",
            "unsealed",
            "handed_in",
            "prepared",
            "intended",
        ),
        ORANGE,
    ),
    # under way
    **dict.fromkeys(
        (
            "notice",
            "in_notice",
            "public_notice",
            "published",
            "accepted",
            "in_review",
            "reviewing",
            "reviewed",
            "open",
            "running",
            "ongoing",
            "teaching",
            "in_training",
            "enrolled",
            "sent",
            "in_progress",
            "paying",
            "exam",
            "examined",
            "released",
            "included",
        ),
        BLUE,
    ),
    # the clock stands still, or a fact is missing
    **dict.fromkeys(
        ("correction", "in_correction", "suspended", "unknown", "on_hold", "held", "manual", "reserved", "exempt"),
        AZURE,
    ),
    # done, with a yes
    **dict.fromkeys(
        (
            "approved",
            "confirmed",
            "paid",
            "passed",
            "pass",
            "issued",
            "done",
            "completed",
            "present",
            "eligible",
            "valid",
            "active",
            "settled",
            "sealed",
            "cosigned",
            "signed",
            "succeeded",
            "booked",
            "granted",
            "finished",
            "reconciled",
            "explained",
        ),
        GREEN,
    ),
    # at rest
    **dict.fromkeys(
        ("draft", "withdrawn", "closed", "archived", "expired", "inactive", "none", "void", "dismissed"), GREY
    ),
}


def tone_of(state: object) -> str:
    """The colour of a state code; a colour's own name is taken as it is; anything else is grey."""
    code = str(getattr(state, "value", state) or "")
    if code in (RED, ORANGE, BLUE, AZURE, GREEN, GREY):
        return code
    return TONES.get(code, GREY)
