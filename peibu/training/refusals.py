"""What the database refuses in this room, told in sentences: constraint -> (what is wrong, what to do)."""

from peibu.training.refusals_exam import EXAM

SENTENCES = {**EXAM}
