import django.db.models.deletion
import django.utils.timezone
import reviews.models.attachments
import reviews.models.imports
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reviews', '0001_initial'), ('reviews', '0002_imports_and_attachments'), ('reviews', '0003_files_cleared'), ('reviews', '0004_event_reasoned'), ('reviews', '0005_workbooks_are_declared'), ('reviews', '0006_asked_at'), ('reviews', '0007_decisions_of_doubtful_rows'), ('reviews', '0008_upload_digest'), ('reviews', '0009_reason_of_warnings')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0002_successions_carry'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=reviews.models.imports.workbook_choices, max_length=20, verbose_name='台账')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='导入时间')),
                ('row_count', models.PositiveIntegerField(verbose_name='行数')),
                ('created_counts', models.JSONField(default=dict, verbose_name='生成记录')),
                ('warnings', models.JSONField(default=list, verbose_name='提示')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='areas.area', verbose_name='所属地区')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('changed_count', models.PositiveIntegerField(default=0, verbose_name='修改记录')),
                ('changes', models.JSONField(default=list, verbose_name='修改内容')),
                ('same_count', models.PositiveIntegerField(default=0, verbose_name='相同跳过')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '导入批次',
                'verbose_name_plural': '导入批次',
                'ordering': ('-created_at', '-pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('kind', 'sha256', 'area'), name='reviews_importbatch_file_once', violation_error_message='同一文件已导入过')],
            },
        ),
        migrations.CreateModel(
            name='ReviewEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.BigIntegerField(verbose_name='记录编号')),
                ('action', models.CharField(choices=[('submit', '提交'), ('approve', '通过'), ('return', '退回'), ('reopen', '撤回通过'), ('void', '作废')], max_length=8, verbose_name='操作')),
                ('from_status', models.CharField(choices=[('draft', '草稿'), ('pending', '待审核'), ('approved', '已通过'), ('returned', '已退回'), ('void', '已作废')], max_length=8, verbose_name='原状态')),
                ('to_status', models.CharField(choices=[('draft', '草稿'), ('pending', '待审核'), ('approved', '已通过'), ('returned', '已退回'), ('void', '已作废')], max_length=8, verbose_name='新状态')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='理由')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='所属地区')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='contenttypes.contenttype', verbose_name='记录类别')),
            ],
            options={
                'verbose_name': '审核记录',
                'verbose_name_plural': '审核记录',
                'ordering': ('-at', '-pk'),
                'indexes': [models.Index(fields=['content_type', 'object_id'], name='reviews_event_record'), models.Index(condition=models.Q(('action__in', ('reopen', 'return', 'void'))), fields=['action', 'area'], name='reviews_event_reasoned')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.BigIntegerField(verbose_name='记录编号')),
                ('file', models.FileField(storage=reviews.models.attachments.private_storage, upload_to=reviews.models.attachments.attachment_path, verbose_name='文件')),
                ('file_name', models.CharField(editable=False, max_length=120, verbose_name='文件名')),
                ('kind', models.CharField(choices=[('image/jpeg', '照片（JPEG）'), ('image/png', '图片（PNG）'), ('application/pdf', '文件（PDF）')], editable=False, max_length=15, verbose_name='类型')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='大小（字节）')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='文件摘要')),
                ('note', models.CharField(blank=True, max_length=100, verbose_name='说明')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('removed_at', models.DateTimeField(editable=False, null=True, verbose_name='移除时间')),
                ('added_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('removed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='移除人')),
                ('upload_sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='上传文件摘要')),
            ],
            options={
                'verbose_name': '附件',
                'verbose_name_plural': '附件',
                'ordering': ('pk',),
                'indexes': [models.Index(fields=['content_type', 'object_id'], name='reviews_attachment_record')],
            },
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=reviews.models.imports.workbook_choices, max_length=20, verbose_name='台账')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content', models.BinaryField(verbose_name='文件')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('state', models.CharField(choices=[('checking', '正在核对'), ('checked', '已核对'), ('importing', '正在写入'), ('imported', '已导入'), ('refused', '未能处理')], default='checking', editable=False, max_length=9, verbose_name='进度')),
                ('is_submitted', models.BooleanField(default=False, verbose_name='导入后提交审核')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='处理次数')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='处理完成时间')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('found', models.JSONField(default=dict, verbose_name='核对结果')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='导入到')),
                ('batch', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='job', to='reviews.importbatch', verbose_name='导入批次')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('cleared_at', models.DateTimeField(editable=False, null=True, verbose_name='原文件清理时间')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='等候起始时间')),
                ('decisions', models.JSONField(default=dict, verbose_name='逐行选择')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='提示说明')),
            ],
            options={
                'verbose_name': '上传的台账',
                'verbose_name_plural': '上传的台账',
                'ordering': ('-created_at', '-pk'),
            },
        ),
    ]
