"""Hours, days and visits added up, and what was noticed in them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0001_initial'),
        ('generation', '0012_job_repairs'),
        ('recommender', '0013_delete_report'),
    ]

    operations = [
        migrations.CreateModel(
            name='TouchedHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('moment', models.DateTimeField(default=django.utils.timezone.now)),
                ('position', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=40)),
                ('hour', models.DateTimeField()),
                ('simulated', models.BooleanField(default=False)),
                ('value', models.FloatField()),
                ('usual', models.FloatField()),
                ('score', models.FloatField()),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
                ('mailed', models.DateTimeField(blank=True, null=True)),
                ('posted', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-hour',),
                'constraints': [models.UniqueConstraint(fields=('metric', 'hour', 'simulated'), name='alert_once')],
            },
        ),
        migrations.CreateModel(
            name='EventHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('simulated', models.BooleanField(default=False)),
                ('type', models.CharField(max_length=14)),
                ('flags', models.CharField(blank=True, max_length=60)),
                ('counted', models.BooleanField(default=True)),
                ('events', models.PositiveIntegerField(default=0)),
                ('delay_seconds', models.FloatField(default=0.0)),
                ('late', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hour', 'simulated', 'type', 'flags', 'counted'), name='event_hour_once')],
            },
        ),
        migrations.CreateModel(
            name='FeedHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('simulated', models.BooleanField(default=False)),
                ('source', models.CharField(max_length=20)),
                ('slots', models.PositiveIntegerField(default=0)),
                ('explored', models.PositiveIntegerField(default=0)),
                ('propensity', models.FloatField(default=0.0)),
                ('inverse', models.FloatField(default=0.0)),
                ('inverse_sq', models.FloatField(default=0.0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hour', 'simulated', 'source'), name='feed_hour_once')],
            },
        ),
        migrations.CreateModel(
            name='SiteDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('simulated', models.BooleanField(default=False)),
                ('viewers', models.PositiveIntegerField(default=0)),
                ('sessions', models.PositiveIntegerField(default=0)),
                ('slots', models.PositiveIntegerField(default=0)),
                ('watch_seconds', models.FloatField(default=0.0)),
                ('fresh', models.PositiveIntegerField(default=0)),
                ('returned', models.JSONField(default=dict)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'simulated'), name='site_day_once')],
            },
        ),
        migrations.CreateModel(
            name='SiteHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('impressions', models.PositiveIntegerField(default=0)),
                ('plays', models.PositiveIntegerField(default=0)),
                ('viewed', models.PositiveIntegerField(default=0)),
                ('held_3', models.PositiveIntegerField(default=0)),
                ('held_5', models.PositiveIntegerField(default=0)),
                ('halfway', models.PositiveIntegerField(default=0)),
                ('completes', models.PositiveIntegerField(default=0)),
                ('skips', models.PositiveIntegerField(default=0)),
                ('likes', models.PositiveIntegerField(default=0)),
                ('comments', models.PositiveIntegerField(default=0)),
                ('shares', models.PositiveIntegerField(default=0)),
                ('follows', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('interacted', models.PositiveIntegerField(default=0)),
                ('loops', models.PositiveIntegerField(default=0)),
                ('timed', models.PositiveIntegerField(default=0)),
                ('watch_seconds', models.FloatField(default=0.0)),
                ('watch_seconds_sq', models.FloatField(default=0.0)),
                ('watch_ratio', models.FloatField(default=0.0)),
                ('watch_ratio_sq', models.FloatField(default=0.0)),
                ('hour', models.DateTimeField()),
                ('simulated', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hour', 'simulated'), name='site_hour_once')],
            },
        ),
        migrations.CreateModel(
            name='VideoDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('simulated', models.BooleanField(default=False)),
                ('viewers', models.PositiveIntegerField(default=0)),
                ('measured', models.PositiveIntegerField(default=0)),
                ('reached', models.JSONField(default=list)),
                ('played', models.JSONField(default=list)),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='generation.video')),
            ],
            options={
                'indexes': [models.Index(fields=['day', 'simulated'], name='video_day_of_day')],
                'constraints': [models.UniqueConstraint(fields=('video', 'day', 'simulated'), name='video_day_once')],
            },
        ),
        migrations.CreateModel(
            name='VideoHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('impressions', models.PositiveIntegerField(default=0)),
                ('plays', models.PositiveIntegerField(default=0)),
                ('viewed', models.PositiveIntegerField(default=0)),
                ('held_3', models.PositiveIntegerField(default=0)),
                ('held_5', models.PositiveIntegerField(default=0)),
                ('halfway', models.PositiveIntegerField(default=0)),
                ('completes', models.PositiveIntegerField(default=0)),
                ('skips', models.PositiveIntegerField(default=0)),
                ('likes', models.PositiveIntegerField(default=0)),
                ('comments', models.PositiveIntegerField(default=0)),
                ('shares', models.PositiveIntegerField(default=0)),
                ('follows', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('interacted', models.PositiveIntegerField(default=0)),
                ('loops', models.PositiveIntegerField(default=0)),
                ('timed', models.PositiveIntegerField(default=0)),
                ('watch_seconds', models.FloatField(default=0.0)),
                ('watch_seconds_sq', models.FloatField(default=0.0)),
                ('watch_ratio', models.FloatField(default=0.0)),
                ('watch_ratio_sq', models.FloatField(default=0.0)),
                ('hour', models.DateTimeField()),
                ('simulated', models.BooleanField(default=False)),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='generation.video')),
            ],
            options={
                'indexes': [models.Index(fields=['hour', 'simulated'], name='video_hour_of_hour')],
                'constraints': [models.UniqueConstraint(fields=('video', 'hour', 'simulated'), name='video_hour_once')],
            },
        ),
        migrations.CreateModel(
            name='ViewerDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('simulated', models.BooleanField(default=False)),
                ('slots', models.PositiveIntegerField(default=0)),
                ('sessions', models.PositiveIntegerField(default=0)),
                ('watch_seconds', models.FloatField(default=0.0)),
                ('viewer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='recommender.viewer')),
            ],
            options={
                'indexes': [models.Index(fields=['day', 'simulated'], name='viewer_day_of_day')],
                'constraints': [models.UniqueConstraint(fields=('viewer', 'day'), name='viewer_day_once')],
            },
        ),
    ]
