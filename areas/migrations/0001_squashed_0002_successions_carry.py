import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('areas', '0001_initial'), ('areas', '0002_successions_carry')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='代码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('short_name', models.CharField(db_index=True, editable=False, max_length=100, verbose_name='简称')),
                ('level', models.PositiveSmallIntegerField(editable=False, verbose_name='层级')),
                ('kind', models.CharField(choices=[('province', '省级'), ('prefecture', '地市级'), ('county', '区县'), ('street', '街道'), ('town', '镇'), ('township', '乡'), ('sumu', '苏木'), ('community', '社区'), ('village', '村'), ('gacha', '嘎查'), ('other', '其他')], max_length=12, verbose_name='类别')),
                ('is_counted', models.BooleanField(default=True, verbose_name='纳入考核')),
                ('is_urban', models.BooleanField(default=False, verbose_name='城镇社区')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='设立日期')),
                ('valid_to', models.DateField(blank=True, help_text='自该日起不再存在', null=True, verbose_name='撤销日期')),
            ],
            options={
                'verbose_name': '行政区划',
                'verbose_name_plural': '行政区划',
                'ordering': ('code',),
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='areas_area_dates_in_order', violation_error_message='撤销日期应晚于设立日期'), models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='areas_area_level_1_to_5', violation_error_message='区划层级应为1至5级')],
            },
        ),
        migrations.CreateModel(
            name='AreaSuccession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='生效日期')),
                ('document_number', models.CharField(blank=True, max_length=60, verbose_name='批复文号')),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='areas.area', verbose_name='原区划')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='origins', to='areas.area', verbose_name='承接区划')),
                ('carries_records', models.BooleanField(default=True, help_text='原区划的记录自生效日起计入；拆分时只能有一个承接', verbose_name='承接记录')),
            ],
            options={
                'verbose_name': '区划变更',
                'verbose_name_plural': '区划变更',
                'ordering': ('on', 'predecessor'),
                'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='areas_areasuccession_once', violation_error_message='该区划变更已登记'), models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='areas_areasuccession_differs', violation_error_message='原区划与承接区划不能相同'), models.UniqueConstraint(condition=models.Q(('carries_records', True)), fields=('predecessor',), name='areas_areasuccession_one_carries', violation_error_message='原区划的记录只能由一个区划承接')],
            },
        ),
    ]
