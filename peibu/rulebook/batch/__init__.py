"""Whole tables: every row by the law of its own day, partition by partition, on one machine or many."""

from peibu.rulebook.batch.periods import DAY, derive_table, judge_table, result_columns

__all__ = ["DAY", "derive_table", "judge_table", "result_columns"]
