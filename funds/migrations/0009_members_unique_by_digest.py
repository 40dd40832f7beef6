"""A fund names each member once: the database compares the keyed digests of the names."""

from django.db import migrations

from reviews.privacy.uniques import UniqueTexts


class Migration(migrations.Migration):
    dependencies = [("funds", "0008_personal_data_encrypted")]

    operations = [
        migrations.AddConstraint(
            model_name="fundmember",
            constraint=UniqueTexts(
                fields=("fund", "name", "kind"),
                digested=("name",),
                name="funds_fundmember_once",
                violation_error_message="该成员已登记",
            ),
        ),
    ]
