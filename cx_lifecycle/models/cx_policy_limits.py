from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import rhythm

DEFAULTS = rhythm.DEFAULT_LIMITS
MODES = {"rhythm": rhythm.RHYTHM, "fixed": rhythm.FIXED, "multiple": rhythm.MULTIPLE}
# Smallest and largest value of each limit.
RANGES = {
    "rarity_one_in": (1.1, 100),
    "intervals": (0.5, 20),
    "chance_limit": (0.01, 0.99),
    "lost_limit": (0.001, 0.99),
    "dormant_after": (1, 3650),
    "lost_after": (1, 3650),
    "dormant_multiple": (0.5, 50),
    "lost_multiple": (0.5, 50),
    "floor_days": (1, 3650),
    "ceiling_days": (0, 3650),
}
LIMITS = ("mode", *RANGES)
# What the fit to the past has found.
LEARNED = ("median_gap", "theta", "fitted_on", "fitted_silences", "buyers", "learned_from")
ENOUGH_BUYERS = 50


class CxPolicyLimits(models.AbstractModel):
    """When a silence means dormancy or loss: of a whole company, or of one segment of it."""

    _name = "cx.policy.limits"
    _description = "Limits of Silence"

    mode = fields.Selection(
        [
            ("rhythm", "the customer's own rhythm"),
            ("fixed", "a fixed number of days"),
            ("multiple", "a multiple of the customer's usual interval"),
        ],
        default="rhythm",
        required=True,
        help="What a silence is measured by.",
    )
    rarity_one_in = fields.Float(
        "Silence Is Rare at 1 in",
        default=1.0 / DEFAULTS["rarity_limit"],
        help="A silence is rare when at most one in so many of the customers with this rhythm who "
        "come back would still be silent.",
    )
    intervals = fields.Float(
        "Usual Intervals Ahead",
        default=DEFAULTS["intervals"],
        help="How far ahead the chance of a purchase is asked for, in usual intervals of the "
        "company or segment; never less than 30 nor more than 365 days.",
    )
    chance_limit = fields.Float(
        "Dormant Below a Chance of",
        default=DEFAULTS["chance_limit"],
        help="A rare silence means dormancy when the chance of a purchase in that time is at most "
        "this share, between 0 and 1.",
    )
    lost_limit = fields.Float(
        "Lost Below a Chance of",
        default=DEFAULTS["lost_limit"],
        help="A dormant customer is lost when the chance of a purchase within a year is at most "
        "this share, between 0 and 1.",
    )
    dormant_after = fields.Integer(
        "Dormant After (Days)", default=int(DEFAULTS["dormant_after"]), help="Days of silence."
    )
    lost_after = fields.Integer(
        "Lost After (Days)", default=int(DEFAULTS["lost_after"]), help="Days of silence."
    )
    dormant_multiple = fields.Float(
        "Dormant After (Intervals)",
        default=DEFAULTS["dormant_multiple"],
        help="Silence in usual intervals of the customer. Who bought once is measured by the "
        "usual interval of the company or segment.",
    )
    lost_multiple = fields.Float(
        "Lost After (Intervals)",
        default=DEFAULTS["lost_multiple"],
        help="Silence in usual intervals of the customer.",
    )
    floor_days = fields.Integer(
        "Never Dormant Before",
        default=int(DEFAULTS["floor_days"]),
        help="Days of silence without any consequence, whatever the rule.",
    )
    ceiling_days = fields.Integer(
        "Always Dormant After",
        help="After so many days of silence a customer is dormant, whatever the rule; 0: no such "
        "limit.",
    )

    median_gap = fields.Float(
        "Median Interval",
        default=rhythm.DEFAULT_GAP,
        readonly=True,
        help="Median number of days between two purchases of a customer, over all customers.",
    )
    theta = fields.Json(
        default=list(rhythm.DEFAULT_THETA),
        readonly=True,
        help="The nine fitted parameters of the return curve, see docs/rhythm.md.",
    )
    fitted_on = fields.Date(readonly=True, help="Day of the last fit; empty: built-in values.")
    fitted_silences = fields.Integer(
        "Silences Learned From", readonly=True, help="Silences the fit has learned from."
    )
    buyers = fields.Integer(
        "Repeat Buyers", readonly=True, help="Customers with two purchases or more, at the fit."
    )
    learned_from = fields.Selection(
        [
            ("segment", "the segment's own purchases"),
            ("company", "the company's purchases"),
            ("builtin", "built-in values"),
        ],
        default="builtin",
        readonly=True,
        help="Whose rhythm is used: a segment's own from 50 repeat buyers on, else the company's; "
        "built-in values as long as a company has too little history.",
    )

    fitted_for = fields.Char(
        readonly=True, help="Customers and clock that the rhythm was learned for, see the code."
    )

    def _label(self, name):
        """A field's label in the reader's language, for messages."""
        return self._fields[name]._description_string(self.env)

    @api.constrains(*LIMITS)
    def _check_limits(self):
        for limits in self:
            for name, (low, high) in RANGES.items():
                if not low <= limits[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "%(label)s: %(value)s is out of range. Enter a number from %(low)s to "
                            "%(high)s.",
                            label=self._label(name), value=limits[name], low=low, high=high,
                        )
                    )  # fmt: skip
            limits._check_order()

    def _check_order(self):
        """Nobody is lost before being dormant, and no floor is above its ceiling."""
        for mode, first, last in (
            (None, "floor_days", "ceiling_days"),
            ("fixed", "dormant_after", "ceiling_days"),
            ("fixed", "floor_days", "lost_after"),
            ("fixed", "dormant_after", "lost_after"),
            ("multiple", "dormant_multiple", "lost_multiple"),
            ("rhythm", "lost_limit", "chance_limit"),
        ):
            if mode in (None, self.mode) and self[first] > self[last] > 0:
                raise ValidationError(
                    self.env._(
                        "“%(first)s” is %(low)s, above “%(last)s”, which is %(high)s. Lower the "
                        "first or raise the second.",
                        first=self._label(first), low=self[first],
                        last=self._label(last), high=self[last],
                    )
                )  # fmt: skip

    def _numbers(self):
        """Everything of the policy that the formulas name."""
        self.ensure_one()
        return {
            "g0": self.median_gap,
            **dict(zip(rhythm.PARAMETERS, self.theta, strict=True)),
            "mode": MODES[self.mode],
            "rarity_limit": 1.0 / self.rarity_one_in,
            "chance_limit": self.chance_limit,
            "intervals": self.intervals,
            "lost_limit": self.lost_limit,
            "dormant_after": float(self.dormant_after),
            "lost_after": float(self.lost_after),
            "dormant_multiple": self.dormant_multiple,
            "lost_multiple": self.lost_multiple,
            "floor_days": float(self.floor_days),
            "ceiling_days": float(self.ceiling_days) or rhythm.NEVER,
        }
