"""Question bank, papers, online tests, seating, what follows an exam."""
