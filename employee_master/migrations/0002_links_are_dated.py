"""Link arrangements without a last day get one: the year that follows the day of upgrading."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def date_links(apps, _schema_editor):
    charges = apps.get_model("employee_master", "Charge").objects.filter(kind="link", to_on=None)
    for charge in charges:
        charge.to_on = max(charge.from_on, timezone.now().date()) + timedelta(days=365)
        charge.save(update_fields=["to_on"])


class Migration(migrations.Migration):
    dependencies = [("employee_master", "0001_initial")]
    operations = [migrations.RunPython(date_links, migrations.RunPython.noop)]
