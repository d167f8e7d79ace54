"""Read by Django (FORMAT_MODULE_PATH). Short, so that tables keep their width."""

DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j M"
