"""People, organisations, teachers, dated registers and evidence."""
