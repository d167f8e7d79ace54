"""A random draw (a panel, people to phone), recomputable by anybody: `python -m peibu.kernel.draw draw.json`.

Before the pool exists the SHA-256 of a secret seed is published; then the pool is frozen; then the seed is shown. Every
number of the pool gets SHA-256(seed ":" pool ":" number); who has the smallest is drawn, the next ones are substitutes in
that order. Standard library only, so that this one file is enough.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path


def digest(text: str) -> str:
    """SHA-256 of a text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def commitment_of(seed: str) -> str:
    """What is published before the pool is frozen; it fixes the seed without showing it."""
    return digest(seed)


def pool_of(numbers: Iterable[str]) -> str:
    """The fingerprint of a pool: SHA-256 of its numbers, sorted, one per line."""
    return digest("\n".join(sorted(numbers)))


def order_of(seed: str, numbers: Iterable[str]) -> list[str]:
    """The numbers of a pool in the order of the draw: members first, then substitutes."""
    pool = sorted(set(numbers))
    print_of_pool = pool_of(pool)
    return sorted(pool, key=lambda number: digest(f"{seed}:{print_of_pool}:{number}"))


def problems_of(told: dict) -> list[str]:
    """What is wrong with a published draw; nothing when it holds.

    told: seed, commitment, pool (numbers), pool_sha256, order (numbers), seats.
    """
    found = []
    if commitment_of(told["seed"]) != told["commitment"]:
        found.append("种子与事先公布的指纹不符 / the seed is not the one committed to")
    if pool_of(told["pool"]) != told["pool_sha256"]:
        found.append("抽取范围与公布的指纹不符 / the pool is not the one frozen")
    if order_of(told["seed"], told["pool"]) != list(told["order"]):
        found.append("抽取顺序与计算结果不符 / the order is not the one computed")
    if len(set(told["pool"])) != len(told["pool"]) or int(told["seats"]) > len(told["pool"]):
        found.append("抽取范围有重复或人数不足 / the pool has doubles or is too small")
    return found


def main(arguments: list[str]) -> int:
    """Check the file named; 0 when the draw holds, 1 when not, 2 when the file cannot be read."""
    try:
        told = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        found = problems_of(told)
    except (IndexError, OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"无法读取核验文件 / cannot read the file: {error!r}\n")
        return 2
    for line in found or ["核验通过 / the draw holds"]:
        sys.stdout.write(f"{line}\n")
    members = order_of(told["seed"], told["pool"])[: int(told["seats"])]
    sys.stdout.write(f"入选 / drawn: {', '.join(members)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
