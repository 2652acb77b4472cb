"""Changes of licences, with the least they need."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from licensing.models import LicenceChange
from tests.factories.directory import EndUserFactory, LicenceFactory


class LicenceChangeFactory(DjangoModelFactory[LicenceChange]):
    """A licence to be given to a user."""

    class Meta:
        model = LicenceChange

    user = factory.SubFactory(EndUserFactory)
    licence = factory.SubFactory(LicenceFactory)
