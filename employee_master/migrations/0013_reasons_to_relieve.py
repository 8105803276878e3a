"""The reasons for relieving that every instance begins with (R19); an instance adds its own."""

from __future__ import annotations

from django.db import migrations

# Code, English, Hindi, how the person leaves the instance, whether they can't hand over in person.
REASONS = (
    ("transfer", "Transfer", "स्थानान्तरण", "", False),
    ("promotion", "Promotion", "पदोन्नति", "", False),
    ("awaiting_posting", "Awaiting posting order", "पदस्थापन आदेश की प्रतीक्षा", "", False),
    ("charge_ended", "End of an additional charge", "अतिरिक्त प्रभार की समाप्ति", "", False),
    ("deputation", "Deputation", "प्रतिनियुक्ति", "", False),
    ("long_leave", "Long leave or training", "दीर्घ अवकाश अथवा प्रशिक्षण", "", False),
    ("suspension", "Suspension", "निलम्बन", "", False),
    ("transfer_out", "Transfer to another instance", "अन्य इंस्टेंस में स्थानान्तरण", "transfer_out", False),
    ("retirement", "Retirement", "सेवानिवृत्ति", "retirement", False),
    ("resignation", "Resignation", "त्यागपत्र", "resignation", False),
    ("removal", "Removal from service", "सेवा से हटाया जाना", "removal", True),
    ("absence", "Absence without leave", "बिना अवकाश अनुपस्थिति", "", True),
    ("death", "Death", "मृत्यु", "death", True),
)


def enter(apps, _schema):
    reason = apps.get_model("employee_master", "RelievingReason")
    for place, (code, en, hi, leaves_as, absent) in enumerate(REASONS, start=1):
        facts = {
            "name_en": en, "name_hi": hi, "leaves_as": leaves_as, "giver_absent": absent, "place": place * 10,
        }  # fmt: skip
        reason.objects.get_or_create(code=code, defaults=facts)


def take_out(apps, _schema):
    """Those that no relieving uses; the table goes with the migration before this one."""
    relieving, reason = (apps.get_model("employee_master", name) for name in ("Relieving", "RelievingReason"))
    reason.objects.exclude(pk__in=relieving.objects.values("reason")).delete()


class Migration(migrations.Migration):
    dependencies = [("employee_master", "0012_words_in_order_of_code_points")]
    operations = [migrations.RunPython(enter, take_out)]
