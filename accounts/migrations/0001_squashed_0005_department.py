import accounts.models
import accounts.webhooks.events
import accounts.webhooks.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_webhooks'), ('accounts', '0003_api'), ('accounts', '0004_events_are_declared'), ('accounts', '0005_department')]

    initial = True

    dependencies = [
        ('areas', '0002_successions_carry'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('display_name', models.CharField(blank=True, max_length=50, verbose_name='姓名')),
                ('role', models.CharField(choices=[('clerk', '填报员'), ('reviewer', '审核员'), ('observer', '观察员'), ('administrator', '系统管理员'), ('auditor', '审计员')], default='observer', max_length=14, verbose_name='角色')),
                ('is_staff', models.BooleanField(default=True, verbose_name='可登录后台')),
                ('area', models.ForeignKey(blank=True, help_text='只能看到本区划及其下级的数据', null=True, on_delete=django.db.models.deletion.PROTECT, to='areas.area', verbose_name='管辖区划')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('department', models.CharField(blank=True, help_text='本单位以外的部门或科室填写，如 社会工作部；决定以哪个单位的名义接收、会签报告', max_length=50, verbose_name='部门')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'ordering': ('username',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['clerk', 'observer', 'reviewer']), _negated=True), ('area__isnull', False), _connector='OR'), name='accounts_user_business_role_has_area', violation_error_message='填报员、审核员和观察员须指定管辖区划')],
            },
            managers=[
                ('objects', accounts.models.PlatformUserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, verbose_name='名称')),
                ('url', models.CharField(max_length=500, verbose_name='接收地址')),
                ('events', models.JSONField(default=list, verbose_name='通知事项')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('salt', models.CharField(default=accounts.webhooks.models.new_salt, editable=False, max_length=32, verbose_name='密钥盐值')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('area', models.ForeignKey(help_text='只通知本区划及其下级的事项', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划范围')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
            ],
            options={
                'verbose_name': '回调通知',
                'verbose_name_plural': '回调通知',
                'ordering': ('name', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('name',), name='accounts_webhook_name_once', violation_error_message='已有同名的回调通知')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('event', models.CharField(choices=accounts.webhooks.events.event_choices, max_length=20, verbose_name='事项')),
                ('area_code', models.CharField(max_length=12, verbose_name='区划代码')),
                ('payload', models.JSONField(verbose_name='内容')),
                ('state', models.CharField(choices=[('waiting', '等待发送'), ('sent', '已送达'), ('dead', '发送失败')], default='waiting', max_length=7, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='已试次数')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='下次发送时间')),
                ('last_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='应答状态码')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='未送达原因')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='产生时间')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='accounts.webhook', verbose_name='回调通知')),
            ],
            options={
                'verbose_name': '发送记录',
                'verbose_name_plural': '发送记录',
                'ordering': ('-pk',),
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['webhook', 'next_attempt_at'], name='accounts_webhook_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='accounts_webhookdelivery_settled_has_time', violation_error_message='已送达或发送失败的须有办结时间，等待发送的没有')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='摘要')),
                ('hint', models.CharField(editable=False, max_length=12, verbose_name='凭证开头')),
                ('expires_on', models.DateField(help_text='含当日，最长两年', verbose_name='有效期至')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='签发时间')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='最近使用')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='吊销时间')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('revoked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='吊销人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='接口账号')),
            ],
            options={
                'verbose_name': '接口凭证',
                'verbose_name_plural': '接口凭证',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('created_at')), _connector='OR'), name='accounts_apitoken_revoked_after_made', violation_error_message='吊销时间不能早于签发时间')],
            },
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100, verbose_name='幂等键')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='请求摘要')),
                ('status', models.PositiveSmallIntegerField(default=0, verbose_name='状态码')),
                ('body', models.TextField(default='null', verbose_name='回答')),
                ('headers', models.JSONField(default=dict, verbose_name='回答头')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '已处理请求',
                'verbose_name_plural': '已处理请求',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='accounts_replay_once', violation_error_message='该幂等键已使用')],
            },
        ),
    ]
