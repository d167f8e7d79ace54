"""Numbers without gaps: taken in the transaction that uses them, under the row lock of their series."""

from django.db import connection


def next_number(series: str) -> int:
    """The next number of a series, 1, 2, 3 ...; a rolled-back transaction gives its number back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_counter (series, value) VALUES (%s, 1) "
            "ON CONFLICT (series) DO UPDATE SET value = casework_counter.value + 1 RETURNING value",
            [series],
        )
        return cursor.fetchone()[0]
