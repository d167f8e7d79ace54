"""One table: which colour a state has. Colours only repeat what the words say."""

RED, ORANGE, BLUE, AZURE, GREEN, GREY = "red", "orange", "blue", "azure", "green", "grey"

_CODES = {
    # somebody must look at once, or it is over with a no
    RED: """urgent overdue returned rejected refused failed fail absent revoked cancelled objected bounced error
        ineligible missing barred fraud upheld removed left_out terminated
        accepted_returned""",
    # waiting for the person or office named in the words
    ORANGE: """pending waiting todo submitted filed due soft late arrears unchecked queued unsealed prepared intended
        handed_in reported ready_to_pay objection proposed notified hearing refunding""",
    # under way
    BLUE: """notice public_notice published accepted reviewing reviewed open running ongoing teaching enrolled sent
        paying exam examined released included started evaluated reading""",
    # the clock stands still, or a fact is missing
    AZURE: "correction suspended cooling unsent unknown held manual reserved exempt appealed",
    # done, with a yes
    GREEN: """approved confirmed paid passed pass issued done completed present eligible valid active settled sealed
        cosigned signed succeeded answered booked granted finished reconciled explained numbered listed in_force""",
    # at rest
    GREY: "draft withdrawn closed archived expired inactive none void dismissed dropped",
}
TONES: dict[str, str] = {code: tone for tone, codes in _CODES.items() for code in codes.split()}
# Codes built from a verb and a step (`to_review`, `in_notice`, `returned_by_agency`) follow their first word.
_FIRST_WORDS = {"to": ORANGE, "awaiting": ORANGE, "in": BLUE, "under": BLUE, "on": AZURE}


def tone_of(state: object) -> str:
    """The colour of a state code; a colour's own name is taken as it is; what the table does not know is grey."""
    code = str(getattr(state, "value", state) or "")
    if code in _CODES or code in TONES:
        return TONES.get(code, code)
    first = code.split("_")[0]
    return _FIRST_WORDS.get(first) or TONES.get(first) or GREY
