"""How a customer prefers to be reached: what was said of it counts, else what was seen."""

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .scopes import OBJECTED

LAST = 10  # contacts begun by the customer that are looked at, the newest
FEWEST = 3  # of them that tell anything
SHOWN = ("preferred_channel_id", "preferred_text", "channel_text")
BY = [("said", "Said"), ("seen", "Seen")]

# Of customers ``s``: the last word of the people there, else the channel of at least half of
# the last contacts that they began themselves. Nothing in it depends on today.
PREFERRED = """
    SELECT s.id, %(step)s AS step_id,
           coalesce(said.channel_id, seen.channel_id) AS channel_id,
           CASE WHEN said.channel_id IS NOT NULL THEN 'said'
                WHEN seen.channel_id IS NOT NULL THEN 'seen' END AS by,
           CASE WHEN said.channel_id IS NOT NULL THEN jsonb_build_object('on', said.said_on)
                WHEN seen.channel_id IS NOT NULL
                THEN jsonb_build_object('count', seen.count, 'of', seen.of) END AS facts
      FROM %(customers)s AS s
 LEFT JOIN LATERAL (
           SELECT p.channel_id, p.said_on
             FROM cx_channel_preference p JOIN res_partner k ON k.id = p.person_id
            WHERE k.commercial_partner_id = s.partner_id AND k.active
              AND coalesce(p.step_id, 0) = coalesce(%(step)s, 0)
         ORDER BY p.said_on DESC, p.id DESC LIMIT 1) AS said ON true
 LEFT JOIN LATERAL (
           SELECT channel_id, count, of
             FROM (SELECT channel_id, count(*) AS count, sum(count(*)) OVER () AS of,
                          max(at) AS latest
                     FROM (SELECT t.channel_id, t.at FROM cx_touchpoint t
                            WHERE t.customer_id = s.id AND t.begun_by = 'customer' AND %(which)s
                              AND s.partner_id NOT IN %(objected)s
                         ORDER BY t.at DESC LIMIT %(last)s) AS last
                 GROUP BY channel_id) AS used
            WHERE of >= %(fewest)s AND count * 2 >= of
         ORDER BY count DESC, latest DESC LIMIT 1) AS seen ON true
"""


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    preferred_channel_id = fields.Many2one(
        "cx.channel",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="How the customer prefers to be reached: what somebody there said last; else the "
        "channel of at least half of the last ten contacts that they began over channels on "
        "which one can reach them, if there were three.",
    )
    preferred_by = fields.Selection(BY, "Preferred Channel: Known By", readonly=True)
    preferred_facts = fields.Json(
        readonly=True, help="What it stands on: on (day it was said), or count and of (contacts)."
    )
    preferred_text = fields.Char("Evidence", compute="_compute_preferred_text")
    channel_text = fields.Text(
        "Channels by Step",
        compute="_compute_channel_text",
        help="At each step of the journey: the channel they asked for, else the one they use.",
    )

    # ----------------------------------------------------------------- writing
    @api.model
    def _met_again(self, ids):
        """The touchpoints of some customers changed: what is known by them is told anew."""
        if ids:
            self._write_preferred(SQL("s.id = ANY(%s)", list(ids)))

    @api.model
    def _prefer(self, partners):
        """Work out anew what the customers that some commercial partners are prefer."""
        self._write_preferred(SQL("s.partner_id = ANY(%s)", partners.ids))

    @api.model
    def _prefer_what_was_said(self, company, scope):
        """People came, moved or left: what they said counts for another customer now."""
        self._write_preferred(
            SQL(
                "s.company_id = %s AND %s AND (s.preferred_by = 'said' OR EXISTS ("
                "SELECT FROM cx_channel_preference p JOIN res_partner k ON k.id = p.person_id"
                " WHERE k.commercial_partner_id = s.partner_id))",
                company.id,
                scope(SQL("s.partner_id")),
            )
        )

    @api.model
    def _write_preferred(self, condition):
        """One UPDATE of the customers ``s`` that a condition names, where anything differs."""
        self.env.flush_all()
        offered = SQL("t.channel_id IN (SELECT id FROM cx_channel WHERE offered)")
        self.env.cr.execute(
            SQL(
                """
                UPDATE cx_customer c
                   SET preferred_channel_id = f.channel_id, preferred_by = f.by,
                       preferred_facts = f.facts
                  FROM (%(preferred)s WHERE %(condition)s) AS f
                 WHERE f.id = c.id
                   AND (c.preferred_channel_id, c.preferred_by, c.preferred_facts)
                       IS DISTINCT FROM (f.channel_id, f.by, f.facts)
                """,
                preferred=self._preferred(SQL("NULL::int"), offered, SQL("cx_customer")),
                condition=condition,
            )
        )
        self.invalidate_model([*SHOWN, "preferred_by", "preferred_facts"])
        self.env["res.partner"].invalidate_model(
            ["cx_preferred_channel_id", "cx_preferred_text", "cx_channel_text"]
        )

    @api.model
    def _preferred(self, step, which, customers):
        """SELECT of what customers ``s`` prefer at a step; at all of them where it is NULL."""
        return SQL(
            PREFERRED,
            step=step,
            which=which,
            customers=customers,
            last=LAST,
            fewest=FEWEST,
            objected=OBJECTED,
        )

    # ------------------------------------------------------------------- words
    @api.depends("preferred_by", "preferred_facts")
    @api.depends_context("lang")
    def _compute_preferred_text(self):
        for customer in self:
            customer.preferred_text = self._preference_words(
                customer.preferred_by, customer.preferred_facts
            )

    @api.model
    def _preference_words(self, by, facts):
        """What a preference stands on, in words; False when there is none."""
        if by == "said":
            day = fields.Date.to_date(facts["on"])
            return self.env._("said on %s", format_date(self.env, day))
        if by == "seen":
            return self.env._(
                "%(count)s of the last %(of)s contacts that they began",
                count=facts["count"],
                of=facts["of"],
            )
        return False

    @api.depends("preferred_channel_id")
    @api.depends_context("lang")
    def _compute_channel_text(self):
        known = self.filtered("id")
        lines = known._channels_by_step() if known else {}
        for customer in self:
            customer.channel_text = "\n".join(lines.get(customer.id, [])) or False

    def _channels_by_step(self):
        """{id: [a line for each step where anything is known]}, in one query for all."""
        self.check_access("read")
        self.env.flush_all()
        steps = self.env["cx.journey.step"].search([])  # pylint: disable=no-search-all
        preferred = self._preferred(
            SQL("s.step_id"),
            SQL("t.step_id = s.step_id"),
            SQL(
                "(SELECT c.id, c.partner_id, step_id FROM cx_customer c,"
                " unnest(%s) AS step_id WHERE c.id = ANY(%s))",
                steps.ids,
                self.ids,
            ),
        )
        found = {
            (number, step): (channel, by, facts)
            for number, step, channel, by, facts in self.env.execute_query(preferred)
            if channel
        }
        channels = self.env["cx.channel"].browse({row[0] for row in found.values()})
        names = {channel.id: channel.name for channel in channels}
        lines = {}
        for customer in self:
            for step in steps:
                if row := found.get((customer.id, step.id)):
                    lines.setdefault(customer.id, []).append(
                        self.env._(
                            "%(step)s: %(channel)s (%(evidence)s)",
                            step=step.name,
                            channel=names[row[0]],
                            evidence=self._preference_words(*row[1:]),
                        )
                    )
        return lines
