from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_pages_of_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='cursor',
            name='skipped',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
