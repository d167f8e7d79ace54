"""The wire to the bank: batch files out, replies in. The format is told in docs/reference/bank-file.md. No Django."""

from peibu.gateways.bank.formats import (
    FORMATS,
    Format,
    format_named,
    read_ask,
    read_batch,
    read_reply,
    write_ask,
    write_batch,
    write_reply,
)
from peibu.gateways.bank.records import (
    STATUSES,
    AskFile,
    BankFileRefused,
    BatchFile,
    Meaning,
    Payer,
    PayLine,
    Reply,
    ReplyLine,
    problem,
)
from peibu.gateways.bank.wire import BankRefuses, NoAnswer, Wire

__all__ = [
    "FORMATS",
    "STATUSES",
    "AskFile",
    "BankFileRefused",
    "BankRefuses",
    "BatchFile",
    "Format",
    "Meaning",
    "NoAnswer",
    "PayLine",
    "Payer",
    "Reply",
    "ReplyLine",
    "Wire",
    "format_named",
    "problem",
    "read_ask",
    "read_batch",
    "read_reply",
    "write_ask",
    "write_batch",
    "write_reply",
]
