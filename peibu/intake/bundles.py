"""A determination's bundle handed in for verification: read and computed again in the confined process."""

from __future__ import annotations

from typing import Any

from peibu.intake import archives
from peibu.intake.limits import MB, Limits
from peibu.intake.sandbox import run_confined
from peibu.kernel.errors import Refused
from peibu.rulebook.verifier import Verification, verify_bundle

BUNDLE = Limits(
    file_bytes=16 * MB, unpacked_bytes=16 * MB, ratio=50, members=200, cpu_seconds=20, answer_bytes=32 * MB
)


def check_bundle(content: bytes) -> Verification:
    """Compute a stranger's bundle again. Raises Refused when it is no bundle, hostile, changed, or too costly.

    The child may be lied to but not escape: it has no more memory, time and output than the limits say, and what it
    executes has passed the allow-list of rules.
    """
    if len(content) > BUNDLE.file_bytes:
        raise Refused("判定包过大，没有核对", "bundle_too_large", f"判定包不超过 {BUNDLE.file_bytes >> 20} MB")
    told = run_confined("bundle", content, limits=BUNDLE)
    return Verification(**told | {"problems": tuple(told["problems"]), "notes": tuple(told["notes"])})


def examine(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Task of the child."""
    if content.startswith(b"PK"):
        archives.check(content, limits)
    return verify_bundle(content).to_dict()
