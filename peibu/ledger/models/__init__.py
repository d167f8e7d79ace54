"""The book: append-only double entry in fen; the database refuses what does not balance or fit (I1, I2, I17)."""

from peibu.ledger.models.book import Account, Entry, Posting
from peibu.ledger.models.funds import Commitment, Fund, Item

__all__ = ["Account", "Commitment", "Entry", "Fund", "Item", "Posting"]
