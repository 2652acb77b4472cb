"""A stand-in for Entra ID and Microsoft Graph v1.0, for tests, demo and benchmarks.

It speaks HTTPS on loopback with a certificate authority of its own and knows nothing
of the product. Start it with

    python -m simulator --port 8443 --state var/simulator --tenant Contoso:1200

or, from a test, with ``simulator.process.Simulator``. Everything is on one origin:
``/{tenant}/…`` is the login host, ``/v1.0/…`` is Graph, ``/admin/…`` arranges tenants,
faults and the clock (``simulator.admin_client.Admin`` is the way to call it).

How it is laid out, from the outside in:

- ``__main__``, ``process``, ``server``, ``app``: the process, TLS and HTTP.
- ``gateway``: the one way in: faults, then login, Graph or batch, then the log.
- ``login``, ``login_errors``, ``discovery``, ``token_endpoint``, ``client_proof``,
  ``assertions``, ``tokens``, ``jwt``: the identity platform; ``authorize``,
  ``logout``, ``cookies``, ``registrations``, ``policies``, ``admin_consent``,
  ``pages``, ``consent``, ``grants``, ``user_tokens``: people in it.
- ``graph``: token, permission and resource units; ``routes``: which calls there are;
  ``ask``: one authenticated request; ``users``, ``group_reads``, ``deleted``,
  ``organisation``, ``subscribed_skus``, ``delta*``: the answers.
- ``query``, ``filters``, ``lists``, ``paging``, ``batch``, ``throttle``, ``errors``:
  what all answers share.
- ``world`` → ``tenant`` → ``directory`` (people), ``groups``, ``skus``, ``changes``
  (the log that delta reads): the state, changed by ``*_edits`` and ``skus``. Seeded
  people and groups are functions of a number (``people``, ``profile_card``,
  ``profiles``, ``names``, ``identifiers``); only edits are kept.
- ``admin``, ``admin_http``, ``oracle``, ``contract``: the admin API.

``graph_types.json`` lists the property names and types of Graph; nothing else is ever
emitted. Facts follow Microsoft's documentation as of 2026.
"""

from __future__ import annotations
