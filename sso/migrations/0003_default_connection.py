"""Every installation has the sign-in connection Default (R041, R060).

It takes over the settings of an installation before 2.13.1, so that people go on
signing in and nobody has to do anything; elsewhere it is empty and unpublished. What
is there already is left alone, so that running this again changes nothing.
"""

import itertools
import uuid

from common import encryption, keys
from django.db import migrations

NAME = 'Default'
LEGACY_SECRET = 'sso_legacysignin.client_secret'
"""What the old secret's ciphertext is bound to."""


def add_default(apps, schema_editor):
    """Make the connection, unless there is one."""
    legacies = apps.get_model('sso', 'LegacySignIn').objects
    name = free_name(apps)
    connections = apps.get_model('sso', 'SsoConnection').objects
    if not connections.filter(name_key=keys.key(name)).exists():
        make(apps, name, legacies.order_by('pk').first())
    # It is where secrets are, or of no use: here it would miss a rotation of keys.
    legacies.update(client_secret='')


def make(apps, name, legacy):
    """Make the connection, of the old settings if there are any."""
    connection = apps.get_model('sso', 'SsoConnection')(name=name, slug=free_slug(apps))
    if legacy is None:
        connection.save()
        return
    connection.registration = registration_of(apps, legacy)
    connection.tenant_type = legacy.tenant_type
    # What is incomplete let nobody in, and the database refuses it.
    connection.published = legacy.published and connection.registration is not None
    connection.allow = legacy.allow
    connection.auto_redirect = legacy.auto_redirect
    connection.save()
    if legacy.tenant_type == 'multi' and legacy.tenant_id:
        # An empty list lets nobody in (AM-07); other tenants are for people to add.
        connection.allowed_tenants.create(tenant_id=legacy.tenant_id)


def free_name(apps):
    """Return Default, or the first name like it that no tenant has (R042)."""
    tenants = apps.get_model('connections', 'TenantConnection').objects
    taken = set(tenants.values_list('name_key', flat=True))
    more = (f'{NAME} sign-in {number}' for number in itertools.count(2))
    names = itertools.chain((NAME, f'{NAME} sign-in'), more)
    return next(name for name in names if keys.key(name) not in taken)


def free_slug(apps):
    """Return a slug that no sign-in connection has."""
    connections = apps.get_model('sso', 'SsoConnection').objects
    taken = set(connections.values_list('slug', flat=True))
    more = (f'default-{number}' for number in itertools.count(2))
    slugs = itertools.chain(('default',), more)
    return next(slug for slug in slugs if slug not in taken)


def registration_of(apps, legacy):
    """Return the application of the old settings with its secret; None: incomplete.

    One that another connection uses already keeps the credentials that it has.
    """
    if not legacy.tenant_id or not legacy.application_id:
        return None
    row, _ = apps.get_model('connections', 'AppRegistration').objects.get_or_create(
        cloud=legacy.cloud,
        application_id=legacy.application_id,
        defaults={'tenant_id': legacy.tenant_id},
    )
    if row.tenant_id != legacy.tenant_id:
        return None  # it belongs to another tenant (AM-03): somebody has to decide
    if legacy.client_secret and not row.credentials.exists():
        secret = encryption.decrypt(legacy.client_secret, place=LEGACY_SECRET)
        binding = uuid.uuid4()
        place = f'connections_credential.value.{binding}'
        row.credentials.create(
            binding=binding, value=encryption.encrypt(secret, place=place)
        )
    return row


def remove_empty_default(apps, schema_editor):
    """Take back a Default that nobody has touched."""
    connections = apps.get_model('sso', 'SsoConnection').objects
    connections.filter(
        name_key=keys.key(NAME), registration=None, published=False
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('sso', '0002_legacy_sign_in'),
        ('connections', '0002_authorised_person'),
    ]

    operations = [
        migrations.RunPython(add_default, remove_empty_default),
    ]
