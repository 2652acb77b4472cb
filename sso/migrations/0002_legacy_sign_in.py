import connections.models
import sso.words
from django.db import migrations, models


class CreateMissingModel(migrations.CreateModel):
    """Makes a table unless the installation has it, as one before 2.13.1 does."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        if table not in schema_editor.connection.introspection.table_names():
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):

    dependencies = [
        ('sso', '0001_initial'),
    ]

    operations = [
        CreateMissingModel(
            name='LegacySignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_type', models.CharField(choices=[('single', 'Single'), ('multi', 'Multi')], default=sso.words.TenantType['SINGLE'], max_length=32)),
                ('cloud', models.CharField(choices=[('global', 'Global'), ('us_gov', 'Us gov'), ('us_dod', 'Us dod'), ('china', 'China'), ('custom', 'Custom')], default=connections.models.CloudName['GLOBAL'], max_length=32)),
                ('tenant_id', models.UUIDField(blank=True, null=True)),
                ('application_id', models.UUIDField(blank=True, null=True)),
                ('client_secret', models.TextField(blank=True, editable=False)),
                ('published', models.BooleanField(default=False)),
                ('allow', models.CharField(choices=[('agents', 'Agents'), ('users', 'Users'), ('agents_and_users', 'Agents and users')], default=sso.words.AllowedAudience['BOTH'], max_length=32)),
                ('auto_redirect', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'sso_legacysignin',
            },
        ),
    ]
