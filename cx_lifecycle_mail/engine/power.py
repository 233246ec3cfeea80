"""How many participants it takes until what a campaign brings can be told from chance."""

import math

from odoo.addons.cx_lifecycle.engine.proportion import Z as ALARM  # 5 % false alarms, both sides

POWER = 0.8416212335729143  # quantile of the normal distribution: 80 % of true effects seen


def participants(share, base, gain):
    """How many must take part, held out ones included, to tell a gain from chance.

    Two proportions compared, without pooling (Fleiss, Levin, Paik: Statistical Methods for Rates
    and Proportions, 3rd ed., 2003, section 4.2), for groups of unequal size.

    :param float share: of those who take part, how many are held out: between 0 and 1, not these
    :param float base: the share of buyers among those held out: below 1
    :param float gain: how much larger it is among the others
    """
    treated = min(base + gain, 1.0)
    spread = treated * (1 - treated) / (1 - share) + base * (1 - base) / share
    return math.ceil((ALARM + POWER) ** 2 * spread / (treated - base) ** 2)
