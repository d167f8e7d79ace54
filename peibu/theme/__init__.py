"""Layout, components and static files that both windows share."""
