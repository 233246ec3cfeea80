"""The draw of ``engine/holdout.py`` in SQL, so that a whole audience is drawn at once."""

from odoo.tools import SQL


def position_sql(salt: str, number: SQL) -> SQL:
    """The same as ``holdout.position``, to the last bit, of a number that SQL gives.

    Held out is who stands below the share.
    """
    return SQL(
        "(('x' || substr(md5(%s || ':' || (%s)::text), 1, 8))::bit(32)::bigint::float8"
        " / 4294967296.0)",
        salt,
        number,
    )
