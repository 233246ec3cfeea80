"""Who is held out, to compare with: a stable draw by a hash, the same whenever it is asked.

``models/arms.py`` says the same in SQL; a test holds the two together.
"""

import hashlib

HEX_DIGITS = 8


def position(salt, number):
    """Where a number stands in the draw of this salt: from 0 up to, not including, 1."""
    digest = hashlib.md5(f"{salt}:{number}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:HEX_DIGITS], 16) / 16**HEX_DIGITS


def held_out(salt, number, share):
    """Whether a number is among the ``share`` held out; a larger share only adds to them."""
    return position(salt, number) < share
