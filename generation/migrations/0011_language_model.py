"""The language model an administrator chose for scripts, and its trials."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0010_job_text'),
    ]

    operations = [
        migrations.CreateModel(
            name='WriterChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('endpoint', 'Server'), ('gguf', 'GGUF file'), ('folder', 'transformers folder')], max_length=8)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('name', models.CharField(max_length=200)),
                ('path', models.CharField(blank=True, max_length=500)),
                ('sealed_key', models.TextField(blank=True)),
                ('use', models.CharField(choices=[('off', 'Nothing: the topic bank writes'), ('unanswered', 'Topics the bank cannot answer'), ('all', 'All topics')], default='off', max_length=10)),
                ('changed', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='writer_choice_one_row'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'endpoint'), models.Q(('address', ''), _negated=True)), models.Q(models.Q(('kind', 'endpoint'), _negated=True), models.Q(('path', ''), _negated=True)), _connector='OR'), name='writer_choice_has_place')],
            },
        ),
        migrations.CreateModel(
            name='WriterTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_owner', models.CharField(blank=True, max_length=64)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('writer', models.CharField(max_length=220)),
                ('topic', models.CharField(max_length=200)),
                ('language', models.CharField(choices=[('zh', '中文'), ('en', 'English')], max_length=2)),
                ('seconds', models.FloatField()),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Working'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=8)),
                ('progress', models.FloatField(default=0.0)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('fault', models.TextField(blank=True)),
                ('result', models.JSONField(blank=True, default=dict)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error', models.TextField(blank=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('started', models.DateTimeField(blank=True, null=True)),
                ('ended', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-created', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('progress__gte', 0), ('progress__lte', 1)), name='trial_progress_0_1'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('error_code', ''), _negated=True), _connector='OR'), name='trial_failed_says_why')],
            },
        ),
    ]
