"""How satisfied a customer was last, and against before: columns that one statement writes.

They are those of the customer's rated touchpoints, whoever wrote them: the feed, people, a merge.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from .scopes import OBJECTED
from .score_field import Score

TRENDS = [("better", "Better"), ("same", "Same"), ("worse", "Worse")]
STEP = 1.0  # points of ten by which an answer must differ from those before to be a change

# Of customers who were deleted, or objected to profiling, nothing is told any more. A change is
# looked at by the night: rules of the company's own may ask for it.
RATE = """
    UPDATE cx_customer c
       SET satisfaction_last = n.last, satisfaction_on = n.day, satisfaction_mean = n.mean,
           satisfaction_trend = n.trend, due = true
      FROM (
        -- numbers as the columns keep them: else some would differ from themselves for ever
        SELECT k.id, t.satisfaction::numeric AS last, t.day, t.mean::numeric AS mean,
               CASE WHEN t.mean IS NULL THEN NULL
                    WHEN t.satisfaction - t.mean >= %(step)s THEN 'better'
                    WHEN t.mean - t.satisfaction >= %(step)s THEN 'worse' ELSE 'same' END AS trend
          FROM cx_customer k JOIN res_company w ON w.id = k.company_id
          JOIN res_partner z ON z.id = w.partner_id
     LEFT JOIN LATERAL (
            SELECT l.satisfaction,
                   (l.at AT TIME ZONE 'UTC' AT TIME ZONE coalesce(z.tz, 'UTC'))::date AS day,
                   (SELECT avg(b.satisfaction) FROM cx_touchpoint b
                     WHERE b.customer_id = k.id AND b.satisfaction IS NOT NULL
                       AND b.at >= l.at - interval '12 months' AND (b.at, b.id) < (l.at, l.id)
                   ) AS mean
              FROM cx_touchpoint l
             WHERE l.customer_id = k.id AND l.satisfaction IS NOT NULL
               AND k.partner_id IS NOT NULL AND k.partner_id NOT IN %(objected)s
          ORDER BY l.at DESC, l.id DESC LIMIT 1) AS t ON true
         WHERE k.id = ANY(%(ids)s)) AS n
     WHERE c.id = n.id
       AND (c.satisfaction_last, c.satisfaction_on, c.satisfaction_mean, c.satisfaction_trend)
           IS DISTINCT FROM (n.last, n.day, n.mean, n.trend)
"""
COLUMNS = ("satisfaction_last", "satisfaction_on", "satisfaction_mean", "satisfaction_trend")


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    satisfaction_last = Score(
        "Last Satisfaction", digits=(4, 1), readonly=True, aggregator="avg",
        help="From 0, the worst, to 10: the last answer or rating. Empty: none is known.",
    )  # fmt: skip
    satisfaction_on = fields.Date(
        "Satisfaction Told", readonly=True, help="The day of the last answer or rating."
    )
    satisfaction_mean = Score(
        "Satisfaction Before", digits=(4, 1), readonly=True, aggregator="avg",
        help="Mean of the answers and ratings of the twelve months before the last one.",
    )  # fmt: skip
    satisfaction_trend = fields.Selection(
        TRENDS, readonly=True,
        help="The last one against the mean before it: a point or more is a change. Empty: there "
        "is none before it.",
    )  # fmt: skip

    _satisfaction_index = models.Index(
        "(company_id, satisfaction_last) WHERE satisfaction_last IS NOT NULL"
    )

    @api.model
    def _rate(self, customer_ids):
        """Have the satisfaction of some customers follow their touchpoints, as they are now."""
        if not customer_ids:
            return
        self.env["cx.touchpoint"].flush_model()
        self.env["res.partner"].flush_model(["tz"])
        self.flush_model()
        self.env.cr.execute(SQL(RATE, ids=list(customer_ids), step=STEP, objected=OBJECTED))
        if self.env.cr.rowcount:
            self.invalidate_model([*COLUMNS, "due"])
