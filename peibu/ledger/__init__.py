"""The book: funds, commitments, payments; append-only, sums to zero."""
