from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pendingchange',
            name='mac',
            field=models.CharField(default='', editable=False, max_length=200, verbose_name='校验码'),
            preserve_default=False,
        ),
    ]
