"""Class filing, enrolment, attendance, examination, certificates."""
