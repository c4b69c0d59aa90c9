"""No tables yet: what every family of records hangs on."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("generation", "0012_job_repairs")]
    operations = []
