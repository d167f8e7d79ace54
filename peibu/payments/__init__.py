"""Payment batches, bank files and replies, returned payments."""
