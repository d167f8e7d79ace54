"""Read by Django (FORMAT_MODULE_PATH). Its own month and day have a leading zero."""

DATE_FORMAT = "Y年n月j日"
MONTH_DAY_FORMAT = "n月j日"
