"""What is measured: the product's runs beside the floor of the same machine.

    python -m benchmarks --people 100000 --rounds 3 --database both

Absolute seconds say little: neighbours on the machine move them. Each round runs the
floor (the least that the same work can cost) right beside the product, and only the
ratios of a round count.

- ``tenant``: the practice tenant, what is asked of it, and the desk's configuration.
- ``floor``, ``floor_rows``, ``floor_stores``: the floor, a process of its own.
- ``settings``, ``management/commands/measure``, ``statements``, ``stages``: a command
  of the product, run as it is, with its statements, stages and peak memory counted.
- ``databases``, ``processes``, ``bench``: fresh databases, fresh processes, a desk.
- ``imports`` (P1, P2, P3, P7), ``deltas`` (P4), ``growth`` (P5), ``reads`` (P8): what
  is measured, one module each.
- ``sign_ins`` (P11), ``sign_in_table``, ``desk``: signing in with Microsoft, at a desk
  that is served.
- ``goals``: what a figure is held to.  ``report``: medians, the table and the JSON.
"""

from __future__ import annotations
