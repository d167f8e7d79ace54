"""Published lists, quotas, commitments: what a programme is made of before a class opens."""
