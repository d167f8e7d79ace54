"""The xAPI statement as a format: checked strictly, indexed, compared, shortened. Plain data in, plain data out."""
