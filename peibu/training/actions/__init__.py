"""Deeds of training, one file per stretch of the road."""
