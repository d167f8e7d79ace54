"""Everything that arrives as a file: recognised, confined, parsed, every error with its cell. No Django."""

from peibu.intake.limits import Limits
from peibu.intake.spec import Column, TableSpec
from peibu.intake.tables import TableResult, read_table
from peibu.intake.templates import write_problems, write_template
from peibu.intake.uploads import UploadVerdict, hash_distance, inspect_upload

__all__ = [
    "Column",
    "Limits",
    "TableResult",
    "TableSpec",
    "UploadVerdict",
    "hash_distance",
    "inspect_upload",
    "read_table",
    "write_problems",
    "write_template",
]
