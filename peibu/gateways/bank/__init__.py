"""The wire to the bank: batch files out, replies in. The format is told in docs/reference/bank-file.md. No Django."""

from peibu.gateways.bank.formats import FORMATS, Format, format_named, read_batch, read_reply, write_batch, write_reply
from peibu.gateways.bank.records import (
    STATUSES,
    BankFileRefused,
    BatchFile,
    Meaning,
    PayLine,
    Reply,
    ReplyLine,
    problem,
)

__all__ = [
    "FORMATS",
    "STATUSES",
    "BankFileRefused",
    "BatchFile",
    "Format",
    "Meaning",
    "PayLine",
    "Reply",
    "ReplyLine",
    "format_named",
    "problem",
    "read_batch",
    "read_reply",
    "write_batch",
    "write_reply",
]
