"""列出全部政策（list the policies）"""

from __future__ import annotations

import argparse

from peibu.rulebook import list_policies, load_policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing."""


def run(args: argparse.Namespace) -> int:
    """Print path, document number and title of each."""
    for path in list_policies():
        card = load_policy(path).card
        print(f"{path}\t{card['document_number']}\t{card['title']}")
    return 0
