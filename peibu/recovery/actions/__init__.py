"""Deeds on recoveries: opening, instalments, money that comes back. The steps themselves are moves of the case."""
