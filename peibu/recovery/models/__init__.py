"""The tables of this room."""

from peibu.recovery.models.receipts import Instalment, Receipt
from peibu.recovery.models.recoveries import Recovery, RecoveryLine

__all__ = ["Instalment", "Receipt", "Recovery", "RecoveryLine"]
