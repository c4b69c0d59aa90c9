"""The table of a storyboard's versions gets the name of what its rows are; the document keeps the name Storyboard."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_roles")]

    operations = [migrations.RenameModel(old_name="Storyboard", new_name="StoryboardVersion")]
