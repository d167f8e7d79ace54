"""The partitioned table of statements, in SQL: Django's models cannot describe it."""

from django.db import migrations

from peibu.learning import tables


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]

    operations = [migrations.RunSQL(tables.CREATE, tables.DROP)]
