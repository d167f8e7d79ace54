"""Ground floor: fen, working days, identity numbers, ids, errors. No Django."""
