import ast
import itertools

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import fit, rhythm

FIT_SILENCES = 10_000
CUSTOMERS = '[("supplier_rank", "=", 0), ("employee", "=", False), ("partner_share", "=", True)]'


class CxPolicy(models.Model):
    """The company's rules that turn purchases into a stage and dates."""

    _name = "cx.policy"
    _description = "Lifecycle Policy"

    name = fields.Char(required=True, translate=True, default=lambda self: self.env._("Policy"))
    version = fields.Integer(default=1, readonly=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")

    rarity_one_in = fields.Float(
        "Silence Is Rare at 1 in",
        default=3.0,
        help="A silence is rare when at most one in so many of the customers with this rhythm who "
        "come back would still be silent.",
    )
    chance_limit = fields.Float(
        "Dormant Below a Chance of",
        default=0.5,
        help="A rare silence means dormancy when the chance of a purchase within three usual "
        "intervals of the company (30 to 365 days) is at most this share, between 0 and 1.",
    )
    lost_limit = fields.Float(
        "Lost Below a Chance of",
        default=0.1,
        help="A dormant customer is lost when the chance of a purchase within a year is at most "
        "this share, between 0 and 1.",
    )
    floor_days = fields.Integer(
        "Never Dormant Before", default=7, help="Days of silence without any consequence."
    )
    history_days = fields.Integer(
        "History Before Anybody Is Lost",
        default=365,
        help="Nobody is called lost by silence before the company's purchases span so many days.",
    )
    customer_domain = fields.Char(
        "Possible Customers",
        required=True,
        default=CUSTOMERS,
        help="Which contacts are suspects before they ever bought: no suppliers, no employees.",
    )
    prospect_domain = fields.Char(
        "Also Prospects",
        help="Contacts that are qualified besides those with an open opportunity or quotation.",
    )

    median_gap = fields.Float(
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
    fitted_silences = fields.Integer(readonly=True, help="Silences the fit has learned from.")
    history_from = fields.Date(
        readonly=True, help="Day of the company's first purchase, as of the last full pass."
    )
    scanned_at = fields.Datetime(
        readonly=True, help="Documents written before this moment have been looked at."
    )
    last_partner_id = fields.Integer(
        readonly=True, help="Contacts up to this database id have been looked at."
    )

    _company_unique = models.Constraint(
        "UNIQUE(company_id)", "This company has a policy already: change that one."
    )

    @api.constrains("rarity_one_in", "chance_limit", "lost_limit", "floor_days", "history_days")
    def _check_ranges(self):
        ranges = {
            "rarity_one_in": (1.1, 100),
            "chance_limit": (0.01, 0.99),
            "lost_limit": (0.001, 0.99),
            "floor_days": (1, 3650),
            "history_days": (0, 3650),
        }
        for policy in self:
            for name, (low, high) in ranges.items():
                if not low <= policy[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "%(label)s: %(value)s is out of range. Enter a number from %(low)s to "
                            "%(high)s.",
                            label=self._fields[name]._description_string(self.env),
                            value=policy[name],
                            low=low,
                            high=high,
                        )
                    )
            if policy.lost_limit > policy.chance_limit:
                raise ValidationError(
                    self.env._(
                        "Lost Below a Chance of: must not be above the chance that means dormancy "
                        "(%s), for lost customers are dormant first.",
                        policy.chance_limit,
                    )
                )

    @api.constrains("customer_domain", "prospect_domain")
    def _check_domains(self):
        for policy in self:
            for name in ("customer_domain", "prospect_domain"):
                try:
                    policy._domain(name).validate(self.env["res.partner"])
                except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
                    raise ValidationError(
                        self.env._(
                            "%(label)s: the condition cannot be read: %(error)s",
                            label=self._fields[name]._description_string(self.env),
                            error=error,
                        )
                    ) from error

    def write(self, vals):
        done = super().write(vals)
        rules = {
            "rarity_one_in",
            "chance_limit",
            "lost_limit",
            "floor_days",
            "history_days",
            "customer_domain",
            "prospect_domain",
        }
        if rules & set(vals):
            self.env["cx.run"]._request("evaluate", self.company_id)
        return done

    def _domain(self, name):
        return Domain(ast.literal_eval(self[name] or "[]"))

    @api.model
    def _of(self, company):
        """The policy of a company, made from the defaults when there is none."""
        # sudo: everybody's stages follow it
        policy = self.sudo().search([("company_id", "=", company.id)])
        return policy or policy.create(
            {"company_id": company.id, "name": self.env._("Default policy")}
        )

    def _numbers(self):
        """Everything of the policy that the formulas name."""
        self.ensure_one()
        return {
            "g0": self.median_gap,
            **dict(zip(rhythm.PARAMETERS, self.theta, strict=True)),
            "rarity_limit": 1.0 / self.rarity_one_in,
            "chance_limit": self.chance_limit,
            "lost_limit": self.lost_limit,
            "floor_days": float(self.floor_days),
        }

    def _columns(self):
        """The same as :meth:`_numbers`, as SQL columns."""
        return SQL(", ").join(
            SQL("%s::float8 AS %s", float(value), SQL.identifier(name))
            for name, value in self._numbers().items()
        )

    def _learn(self, days, on):
        """Fit the return curve to the company's own past.

        Customers are sampled by a fixed hash of their id, so that the same past gives the
        same parameters, and in such number that about ``FIT_SILENCES`` silences remain.

        :param SQL days: SELECT of partner_id, day, amount (see ``cx.purchase.source._days``)
        :param date on: later purchases are not known yet
        """
        self.ensure_one()
        past = SQL("SELECT partner_id, day FROM (%s) d WHERE amount > 0 AND day <= %s", days, on)
        [(count, first)] = self.env.execute_query(
            SQL("SELECT count(*), min(day) FROM (%s) p", past)
        )
        share = min(1.0, FIT_SILENCES / max(count, 1))
        rows = self.env.execute_query(
            SQL(
                "SELECT array_agg(day ORDER BY day) FROM (%s) p"
                " WHERE abs(hashint4(partner_id) %% 1000000) < %s GROUP BY partner_id"
                " ORDER BY partner_id",
                past,
                round(share * 1_000_000),
            )
        )
        gaps = [
            (after - before).days
            for (dates,) in rows
            for before, after in itertools.pairwise(dates)
        ]
        median = fit.median_gap(gaps)
        learned = fit.fit([s for (dates,) in rows for s in fit.silences(dates, on)], median)
        self.write(
            {
                "median_gap": median,
                "theta": list(learned.theta),
                "fitted_on": on,
                "fitted_silences": learned.silences,
                "history_from": first,
            }
        )
