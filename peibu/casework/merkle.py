"""Hash tree of a public notice (hashing as in RFC 6962): one root for all lines, a short proof for each.

Checked by anyone, without this system: `python -m peibu.casework.merkle proof.json` needs the standard library only.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """Hash of a line's text; the prefix keeps a line from being passed off as an inner node."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; of none it is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = _cut(len(leaves))
    return node_hash(root_of(leaves[:cut]), root_of(leaves[cut:]))


def proof_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The neighbours' hashes from the leaf up to the root. IndexError for a leaf that is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    cut = _cut(len(leaves))
    if index < cut:
        return [*proof_of(leaves[:cut], index), root_of(leaves[cut:])]
    return [*proof_of(leaves[cut:], index - cut), root_of(leaves[:cut])]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does the path lead from this leaf, the `index`-th (from 0) of `size`, to the root (RFC 9162, 2.1.3.2)?"""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_proven(proof: dict) -> bool:
    """Judge a downloaded proof: the text of the line (or its hash alone), its place, the path and the published root agree."""
    path = [bytes.fromhex(one) for one in proof["path"]]
    leaf = leaf_hash(proof["line"].encode()) if "line" in proof else bytes.fromhex(proof["leaf"])
    return is_included(leaf, proof["index"], proof["size"], path, bytes.fromhex(proof["root"]))


def _cut(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def main(arguments: list[str]) -> int:
    proof = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    good = is_proven(proof)
    sys.stdout.write(
        f"{'核验通过' if good else '核验不通过'} {proof['notice']} {proof['root']}\n{proof.get('line', '')}\n"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
