import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0002_edition_members'), ('reports', '0003_edition_figures'), ('reports', '0004_filing'), ('reports', '0005_exports'), ('reports', '0006_filing_filled'), ('reports', '0007_file_by'), ('reports', '0008_reminders_of_due_items'), ('reports', '0009_reminders_filled'), ('reports', '0010_reminders_without_report'), ('reports', '0011_breaks'), ('reports', '0012_recipients'), ('reports', '0013_recipients_filled'), ('reports', '0014_joint_signatures')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0002_successions_carry'),
        ('indicators', '0013_report_form'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='报送截止日')),
                ('state', models.CharField(choices=[('due', '待报'), ('filed', '已报'), ('returned', '已退回'), ('received', '已接收'), ('dropped', '不再报送')], default='due', max_length=8, verbose_name='状态')),
                ('prepared_at', models.DateTimeField(verbose_name='准备时间')),
                ('draft', models.JSONField(default=dict, verbose_name='草稿数据')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='报送地区')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='indicators.plan', verbose_name='方案')),
                ('file_by', models.DateField(verbose_name='本级期限')),
                ('first_filed_on', models.DateField(blank=True, null=True, verbose_name='首次上报日期')),
                ('narrative', models.JSONField(blank=True, default=dict, verbose_name='文稿')),
                ('is_compilation', models.BooleanField(default=False, editable=False, help_text='只汇总下级报告，不向上报送', verbose_name='本级汇总')),
                ('recipients', models.JSONField(blank=True, default=list, editable=False, verbose_name='报送对象')),
            ],
            options={
                'verbose_name': '进展报告',
                'verbose_name_plural': '进展报告',
                'ordering': ('-due_on', 'area'),
                'constraints': [models.UniqueConstraint(fields=('plan', 'area', 'due_on'), name='reports_report_once', violation_error_message='该报告已准备')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('content', models.TextField(verbose_name='封存内容')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='摘要')),
                ('previous_sha256', models.CharField(blank=True, max_length=64, verbose_name='上一版摘要')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='更正理由')),
                ('sealed_at', models.DateTimeField(verbose_name='封存时间')),
                ('workbook_sha256', models.CharField(max_length=64, verbose_name='工作簿摘要')),
                ('sealed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='封存人')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='reports.report', verbose_name='进展报告')),
                ('as_of', models.DateField(verbose_name='数据截至')),
                ('figures', models.JSONField(default=dict, verbose_name='指标数值')),
                ('document_sha256', models.CharField(blank=True, max_length=64, verbose_name='文稿摘要')),
                ('fractions', models.JSONField(default=dict, verbose_name='分子分母')),
                ('is_zero', models.BooleanField(default=False, verbose_name='零报告')),
            ],
            options={
                'verbose_name': '封存版次',
                'verbose_name_plural': '封存版次',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('report', 'number'), name='reports_edition_number_once', violation_error_message='该版次已存在'), models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='reports_edition_correction_has_reason', violation_error_message='更正须写明理由'), models.UniqueConstraint(condition=models.Q(('previous_sha256', ''), _negated=True), fields=('previous_sha256',), name='reports_edition_chain_has_no_branch', violation_error_message='上一版之后已有新版'), models.CheckConstraint(condition=models.Q(('sha256', models.F('previous_sha256')), _negated=True), name='reports_edition_differs', violation_error_message='新版与上一版相同')],
            },
        ),
        migrations.CreateModel(
            name='EditionMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='记录类别')),
                ('object_id', models.BigIntegerField(verbose_name='记录编号')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='reports.edition')),
            ],
            options={
                'verbose_name': '封存记录',
                'verbose_name_plural': '封存记录',
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id', 'edition'), name='reports_editionmember_once', violation_error_message='该记录已在该版次中')],
            },
        ),
        migrations.CreateModel(
            name='ReportEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('prepare', '准备'), ('edit', '修改文稿'), ('file', '上报'), ('correct', '更正上报'), ('return', '退回'), ('receive', '接收'), ('urge', '催报')], max_length=8, verbose_name='事项')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.edition')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='reports.report')),
                ('recipient', models.CharField(blank=True, max_length=400, verbose_name='接收单位')),
            ],
            options={
                'verbose_name': '报告经过',
                'verbose_name_plural': '报告经过',
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.SmallIntegerField(blank=True, null=True, verbose_name='提前天数')),
                ('on', models.DateField(verbose_name='日期')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='邮件处理时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=40, verbose_name='事项类别')),
                ('key', models.CharField(max_length=200, verbose_name='事项编号')),
            ],
            options={
                'verbose_name': '报送提醒',
                'verbose_name_plural': '报送提醒',
                'ordering': ('-on', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('mark__isnull', True), ('by__isnull', True), _connector='XOR'), name='reports_reminder_by_calendar_or_person', violation_error_message='提醒应由日程或经办人发出'), models.UniqueConstraint(fields=('kind', 'key', 'mark'), name='reports_reminder_once', violation_error_message='该提醒已发出'), models.UniqueConstraint(fields=('kind', 'key', 'by', 'on'), name='reports_reminder_urged_once_a_day', violation_error_message='今天已催报')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='每月几日')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='订阅时间')),
                ('cancelled_at', models.DateTimeField(editable=False, null=True, verbose_name='取消时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='地区')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='indicators.plan', verbose_name='方案')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='订阅人')),
            ],
            options={
                'verbose_name': '定期报表',
                'verbose_name_plural': '定期报表',
                'ordering': ('-created_at', '-pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('user', 'plan', 'area'), name='reports_subscription_once', violation_error_message='已订阅该地区该方案的定期报表'), models.CheckConstraint(condition=models.Q(('day__gte', 1), ('day__lte', 31)), name='reports_subscription_day_of_a_month', violation_error_message='日期应为1至31日')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('working', '正在生成'), ('done', '已生成'), ('failed', '未能生成')], default='queued', editable=False, max_length=7, verbose_name='进度')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='处理次数')),
                ('message', models.CharField(blank=True, editable=False, max_length=500, verbose_name='说明')),
                ('file_name', models.CharField(blank=True, editable=False, max_length=80, verbose_name='文件')),
                ('size', models.PositiveBigIntegerField(editable=False, null=True, verbose_name='大小（字节）')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='文件摘要')),
                ('made_at', models.DateTimeField(editable=False, null=True, verbose_name='生成时间')),
                ('cleared_at', models.DateTimeField(editable=False, null=True, verbose_name='文件清理时间')),
                ('due_on', models.DateField(verbose_name='报表日期')),
                ('handled_at', models.DateTimeField(editable=False, null=True, verbose_name='邮件处理时间')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='reports.subscription', verbose_name='订阅')),
                ('breaks', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='中断次数')),
            ],
            options={
                'verbose_name': '定期报表文件',
                'verbose_name_plural': '定期报表文件',
                'ordering': ('-due_on', '-pk'),
                'constraints': [models.UniqueConstraint(fields=('subscription', 'due_on'), name='reports_delivery_once', violation_error_message='该期报表已生成')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('working', '正在生成'), ('done', '已生成'), ('failed', '未能生成')], default='queued', editable=False, max_length=7, verbose_name='进度')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='处理次数')),
                ('message', models.CharField(blank=True, editable=False, max_length=500, verbose_name='说明')),
                ('file_name', models.CharField(blank=True, editable=False, max_length=80, verbose_name='文件')),
                ('size', models.PositiveBigIntegerField(editable=False, null=True, verbose_name='大小（字节）')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='文件摘要')),
                ('made_at', models.DateTimeField(editable=False, null=True, verbose_name='生成时间')),
                ('cleared_at', models.DateTimeField(editable=False, null=True, verbose_name='文件清理时间')),
                ('kind', models.CharField(max_length=60, verbose_name='记录类别')),
                ('status', models.CharField(blank=True, choices=[('draft', '草稿'), ('pending', '待审核'), ('approved', '已通过'), ('returned', '已退回'), ('void', '已作废')], max_length=8, verbose_name='状态')),
                ('since', models.DateField(blank=True, null=True, verbose_name='起始日期')),
                ('until', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('requested_at', models.DateTimeField(auto_now_add=True, verbose_name='申请时间')),
                ('row_count', models.PositiveIntegerField(editable=False, null=True, verbose_name='行数')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='地区')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('breaks', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='中断次数')),
            ],
            options={
                'verbose_name': '台账导出',
                'verbose_name_plural': '台账导出',
                'ordering': ('-requested_at', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('since__isnull', True), ('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='reports_export_days_in_order', violation_error_message='截止日期不应早于起始日期')],
            },
        ),
        migrations.CreateModel(
            name='JointSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('signatory', models.CharField(max_length=200, verbose_name='签署单位')),
                ('at', models.DateTimeField(verbose_name='会签时间')),
                ('digest', models.CharField(max_length=64, verbose_name='所签内容摘要')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签章人')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='reports.report', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '会签',
                'verbose_name_plural': '会签',
                'ordering': ('at', 'pk'),
            },
        ),
    ]
