"""Users, roles, scopes, sign-in, the clock everybody reads."""
