"""peibu serve | demo | decide | facts | ..."""
