import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def let_nobody_be_locked_out(apps, schema_editor):
    """Administrators keep the duty of the 安全管理员 until the first of these has logged in."""
    users = apps.get_model('accounts', 'User').objects
    users.filter(role='administrator', is_active=True).update(keeps_security=True)


def keep_what_tokens_were_issued_with(apps, schema_editor):
    owner = apps.get_model('accounts', 'User').objects.filter(pk=OuterRef('user_id'))
    apps.get_model('accounts', 'ApiToken').objects.update(
        role=Subquery(owner.values('role')[:1]), area_id=Subquery(owner.values('area_id')[:1])
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_squashed_0005_department'),
        ('areas', '0001_squashed_0002_successions_carry'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='area',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='管辖区划'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='role',
            field=models.CharField(default='', max_length=14, verbose_name='角色'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='user',
            name='keeps_security',
            field=models.BooleanField(default=False, editable=False, verbose_name='过渡期兼安全管理员'),
        ),
        migrations.AlterField(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('clerk', '填报员'), ('reviewer', '审核员'), ('observer', '观察员'), ('administrator', '系统管理员'), ('security', '安全管理员'), ('auditor', '审计员')], default='observer', max_length=14, verbose_name='角色'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('keeps_security', False), ('role', 'administrator'), _connector='OR'), name='accounts_user_only_administrators_keep_security', violation_error_message='只有系统管理员可以在过渡期兼安全管理员'),
        ),
        # Last: PostgreSQL alters no table that has changed foreign keys in the same transaction.
        migrations.RunPython(let_nobody_be_locked_out, migrations.RunPython.noop),
        migrations.RunPython(keep_what_tokens_were_issued_with, migrations.RunPython.noop),
    ]
