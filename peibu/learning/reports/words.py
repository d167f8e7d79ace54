"""The IRIs of reported statements: verbs of published vocabularies where there is one, names of our own elsewhere."""

from urllib.parse import quote

_ADL = "http://adlnet.gov/expapi/verbs/"
_OWN = "urn:peibu:"

OPENED = _OWN + "verb:class-opened"
REGISTERED = _ADL + "registered"
ATTENDED = _ADL + "attended"
CHECKED = _OWN + "verb:presence-checked"
PASSED = _ADL + "passed"
FAILED = _ADL + "failed"
ANSWERED = _ADL + "answered"
ASKED = _ADL + "asked"
REPLIED = _ADL + "responded"
PHOTOGRAPHED = _OWN + "verb:photographed"

CLASS = "http://adlnet.gov/expapi/activities/course"
EXAM = "http://adlnet.gov/expapi/activities/assessment"
ITEM = "http://adlnet.gov/expapi/activities/cmi.interaction"
PHOTO = _OWN + "attachment:learner-photo"


def extension(name: str) -> str:
    """The IRI of a value that xAPI has no place for."""
    return f"{_OWN}extension:{name}"


def activity(unit: object, *path: str) -> str:
    """The IRI of a platform's class, or of something in it."""
    return ":".join((f"{_OWN}platform", str(unit), *(quote(part, safe="") for part in path)))
