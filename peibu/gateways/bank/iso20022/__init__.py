"""ISO 20022: pain.001 out; pain.002, camt.054 and camt.053 in. What is used of each stands in docs/reference/bank-file.md."""
