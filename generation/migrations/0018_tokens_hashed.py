"""Tokens that lay in clear in REST framework's table are kept as hashes for ninety days; the clear text goes with its table.

Backward nothing is done: a hash cannot be turned into its token.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import migrations
from django.utils import timezone
from django.utils.crypto import salted_hmac

TABLE = "authtoken_token"
DAYS = 90


def forwards(apps, schema_editor):
    connection = schema_editor.connection
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, user_id FROM {TABLE}")  # noqa: S608
        rows = cursor.fetchall()
    users = apps.get_model("auth", "User").objects.in_bulk([user for _, user in rows])
    tokens, now = apps.get_model("generation", "AccessToken"), timezone.now()
    for key, user in rows:
        mark = salted_hmac("generation.tokens", users[user].password, algorithm="sha256")
        tokens.objects.create(
            user_id=user,
            name="API",
            digest=hashlib.sha256(key.encode()).hexdigest(),
            start=key[:6],
            password_mark=mark.hexdigest(),
            created=now,
            expires=now + timedelta(days=DAYS),
        )
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0017_access_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
