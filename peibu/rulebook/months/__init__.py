"""Months of insurance as bits: one person's months at one enterprise fit into a machine word.

`calendar` counts months, `claims` holds the table that is asked about, `marks` turns bits into facts, `scan` reads raw
rows, `store` keeps the bits on disk (`fold` makes them, `layout` says how they lie there, `ask` reads them).
"""
