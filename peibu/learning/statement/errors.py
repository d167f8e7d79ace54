"""What is wrong with a statement: where it stands and why, said so that its sender can put it right."""


class Invalid(Exception):
    """A statement, a parameter or a document that cannot be taken. `where` is a path like `[3].actor.mbox`."""

    def __init__(self, where: str, why: str, todo: str = "请按 xAPI 规范修改后重新发送。"):
        super().__init__(where, why)
        self.where = where.lstrip(".")
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.where or '请求'}：{self.why}。{self.todo}"

    def under(self, where: str) -> "Invalid":
        """The same, seen from the array or object that holds it."""
        return Invalid(f"{where}.{self.where}" if self.where[:1] != "[" else where + self.where, self.why, self.todo)
