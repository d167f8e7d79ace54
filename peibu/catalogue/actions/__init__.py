"""Deeds of this room: bring an edition in, put it into force, register what a worker would like to learn."""
