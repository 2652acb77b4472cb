"""What is measured: the product's runs beside the floor of the same machine.

    python -m benchmarks --people 100000 --rounds 3 --database both

Absolute seconds say little: neighbours on the machine move them. Each round runs the
floor (the least that the same work can cost) right beside the product, and only the
ratios of a round count.

- ``tenant``: the practice tenant, what is asked of it, and the desk's configuration.
- ``floor``, ``floor_rows``, ``floor_stores``: the floor, a process of its own.
- ``settings``, ``management/commands/measure``, ``statements``: a command of the
  product, run as it is, with its statements, stages and peak memory counted.
- ``databases``, ``processes``: fresh databases and fresh processes.
- ``imports``: one round on one database.  ``report``: medians, ratios and goals.
"""

from __future__ import annotations
