from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('sso', '0003_default_connection')]

    operations = [
        migrations.AddIndex(
            model_name='signinevent',
            index=models.Index(fields=['entra_tenant_id', 'entra_object_id'], name='sign_in_of_person'),
        ),
    ]
