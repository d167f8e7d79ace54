"""One reported item under way: who and which class it is about, and the statements it becomes.

Ids follow from what a statement is about, so that the same item sent again is the same statement.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from uuid import UUID, uuid5

from peibu.accounts.secrecy import person_key, secret_index
from peibu.kernel.errors import Problem
from peibu.learning.reports import words
from peibu.learning.reports.fields import Fields, masked

SHOWN = 80  # characters of a name in the list of failures; a hash of the whole name follows


@dataclasses.dataclass(frozen=True)
class Learner:
    """A learner as reported: the keyed hash goes into statements, the name is only compared."""

    key: str
    name: str


@dataclasses.dataclass
class Report:
    """An item read: its statements, files and learners; `needs` = registrations that must be here, each with its field.

    `ref` says which item it is, for the list of failures.
    """

    kind: str
    unit: UUID
    home: str
    ref: str = ""
    uncertain: bool = True
    statements: list[dict] = dataclasses.field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = dataclasses.field(default_factory=dict)
    learners: list[Learner] = dataclasses.field(default_factory=list)
    needs: list[str] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)

    def name_item(self, *own: str | None) -> None:
        """Which item this is, among all of its kind. With a part that could not be read (None) it stays uncertain."""
        told = [part for part in own if part]
        self.ref, self.uncertain = masked(" ".join(told))[:SHOWN], None in own
        if not self.uncertain:
            self.ref += "#" + _hashed(*told)

    def name_by_content(self, item: object) -> None:
        """An item that could not be named is the same one only when it comes again as it was."""
        if not self.uncertain:
            return
        try:
            content = json.dumps(item, sort_keys=True, default=str)
        except RecursionError:  # as many brackets as can just be read
            content = ""
        self.ref += "~" + _hashed(content)

    def made_id(self, *about: object) -> str:
        """The id of what these words are about, on this platform."""
        return str(uuid5(self.unit, "\x1f".join(map(str, about))))

    def registration(self, class_code: str, learner: str) -> str:
        """The id of a learner's place in a class; as `registration` it finds everything of that place."""
        return self.made_id("registration", class_code, learner)

    def learner(self, fields: Fields) -> tuple[str, dict] | None:
        """Key and agent of the item's `identity`; the number itself goes no further."""
        told = fields.identity()
        if told is None:
            return None
        key = person_key(told.number)
        return key, self.agent(key)

    def agent(self, key: str) -> dict:
        return {"objectType": "Agent", "account": {"homePage": self.home, "name": key}}

    def platform(self) -> dict:
        return {"objectType": "Agent", "account": {"homePage": self.home, "name": f"platform:{self.unit}"}}

    def activity(self, kind: str, path: tuple[str, ...], name: str = "", **more: object) -> dict:
        definition = {"type": kind} | ({"name": {"zh-CN": name}} if name else {})
        if more:
            definition["extensions"] = {words.extension(key): value for key, value in more.items()}
        return {"objectType": "Activity", "id": words.activity(self.unit, *path), "definition": definition}

    def add(
        self,
        statement_id: str,
        actor: dict,
        verb: str,
        target: dict,
        when: dt.datetime | None,
        *,
        registration: str = "",
        within: str = "",
        result: dict | None = None,
        attachments: list[dict] | None = None,
        **more: object,
    ) -> None:
        """One more statement. `within` = the class's code; further words become extensions of the context.

        `when` None: the moment it came in counts.
        """
        context: dict = {"platform": str(self.unit)}
        if registration:
            context["registration"] = registration
        if within:
            context["contextActivities"] = {"parent": [{"id": words.activity(self.unit, "class", within)}]}
        told = {words.extension(key): value for key, value in more.items() if value is not None}
        if told:
            context["extensions"] = told
        statement = {
            "id": statement_id, "actor": actor, "verb": {"id": verb}, "object": target, "context": context,
        }  # fmt: skip
        if when:
            statement["timestamp"] = when.astimezone(dt.UTC).isoformat(timespec="milliseconds")
        if result:
            statement["result"] = result
        if attachments:
            statement["attachments"] = attachments
        self.statements.append(statement)

    def file(self, content: bytes, media: str, title: str) -> dict:
        """Keep a file with the report; returns the attachment that names it."""
        sha2 = hashlib.sha256(content).hexdigest()
        self.files[sha2] = (media, content)
        return {
            "usageType": words.PHOTO, "display": {"zh-CN": title}, "contentType": media, "length": len(content),
            "sha2": sha2,
        }  # fmt: skip


def _hashed(*parts: str) -> str:
    """Keyed, because what is named may be somebody's identity number."""
    return secret_index("\x1f".join(parts))[:16]


def seconds(span: dt.timedelta) -> str:
    """An ISO 8601 duration in seconds."""
    return f"PT{span.total_seconds():.3f}".rstrip("0").rstrip(".") + "S"
