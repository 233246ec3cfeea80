"""The hold-out's arithmetic in SQL, the same as ``engine.holdout`` in Python."""

from odoo.tools import SQL


def position_sql(salt, number):
    """SQL of a stable position in [0, 1): see ``engine.holdout.position``."""
    return SQL(
        "(('x' || substr(md5(%s || ':' || %s), 1, 8))::bit(32)::bigint / 4294967296.0)",
        salt,
        number,
    )
