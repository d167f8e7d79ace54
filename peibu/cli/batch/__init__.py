"""`peibu decide` on files of any size: read, checked, judged and written chunk by chunk."""
