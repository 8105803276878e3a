"""Every post's present marking opens its history; the guard on full holders is built anew with its new meaning."""

from django.db import migrations
from django.utils import timezone

TABLE = "employee_master_charge"


def keep_markings(apps, _schema_editor):
    post, marking = (apps.get_model("employee_master", name) for name in ("Post", "PostMarking"))
    today = timezone.now().date()
    known = set(marking.objects.values_list("marking", flat=True))
    rows = [
        marking(post_id=pk, marking=text, from_on=today)
        for pk, text in post.objects.values_list("pk", "marking")
        if text not in known
    ]
    marking.objects.bulk_create(rows, batch_size=500)


def drop_guard(_apps, schema_editor):
    """`employee_master.guards.install` puts it back after migrating, for the kinds of charges of today."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS no_two_full_holders", params=None)
    else:
        for act in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS no_two_full_holders_{act}")


class Migration(migrations.Migration):
    dependencies = [("employee_master", "0003_master_grows")]
    operations = [
        migrations.RunPython(keep_markings, migrations.RunPython.noop),
        migrations.RunPython(drop_guard, migrations.RunPython.noop),
    ]
