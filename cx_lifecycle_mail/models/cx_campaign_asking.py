"""Who is asked for an opinion, and how often: a sample each year, and a rest between surveys."""

from odoo import api, fields, models
from odoo.tools import SQL

from .arms import position_sql

# what is no survey to those who are invited
NO_SURVEYS = ("assessment", "live_session")


# act ``o`` invited to a survey
INVITED = SQL("o.kind = 'survey' AND o.state IN ('sending', 'done', 'uncertain')")


def others_asked(customer, partner, email, since):
    """SELECT of moments at which others asked: invitations that no campaign caused, answers begun.

    Also what campaigns sent to the address for another customer: of this company or another one,
    it is the same person who is asked.

    :param SQL customer: the number of the customer
    :param SQL partner: the customer's contact; its people count too
    :param SQL email: an address, normalized
    :param SQL since: the moment (naive UTC) from which they count
    """
    counts = SQL(
        "i.cx_act_id IS NULL AND i.test_entry IS NOT TRUE AND i.create_date > %s"
        " AND v.survey_type NOT IN %s",
        since,
        NO_SURVEYS,
    )
    # each by its own index
    return SQL(
        """
        SELECT i.create_date FROM survey_user_input i JOIN survey_survey v ON v.id = i.survey_id
          JOIN res_partner q ON q.id = i.partner_id
         WHERE q.commercial_partner_id = %(partner)s AND %(counts)s
         UNION ALL
        SELECT i.create_date FROM survey_user_input i JOIN survey_survey v ON v.id = i.survey_id
         WHERE lower(i.email) = %(email)s AND %(counts)s
         UNION ALL
        SELECT o.done_at FROM cx_campaign_act o
         WHERE o.email = %(email)s AND %(invited)s AND o.customer_id <> %(customer)s
           AND o.done_at > %(since)s
        """,
        invited=INVITED,
        customer=customer,
        since=since,
        partner=partner,
        email=email,
        counts=counts,
    )


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    sample_share = fields.Float(
        "Sample", default=1.0,
        help="Share of those concerned who may enter. Who it is changes every year, and has "
        "nothing to do with who is held out.",
    )  # fmt: skip

    _sample_check = models.Constraint(
        "CHECK(sample_share > 0 AND sample_share <= 1)", "Sample: enter a share up to 100 %."
    )

    def _not_drawn(self, year=None):
        """SQL: contact ``p`` is not in the sample of a year, which draws anew.

        The salt is its own: who is drawn says nothing of who is held out.

        :param SQL year: of the cause; this one when empty
        """
        if self.sample_share >= 1:
            return SQL("false")
        year = year or SQL("%s", self.env["cx.customer"]._today(self.company_id).year)
        number = SQL("concat(p.id, ':', %s)", year)
        drawn = position_sql(f"sample:{self._known_as().id}", number)
        return SQL("(%s >= %s)", drawn, self.sample_share)

    def _invites(self):
        """Whether the first that it does with people is to ask them to answer a survey.

        Where a survey comes later, that step waits for the end of the rest by itself.
        """
        touching = self.step_ids.filtered(lambda step: step.kind not in ("wait", "stop"))
        return bool(touching) and all(step.kind == "survey" for step in touching._begins())

    def _asked_lately(self, email, now):
        """SQL: customer ``c`` was asked by a survey not long ago; None where that is no matter."""
        days = self.company_id.cx_survey_gap_days
        if not days or not self._invites():
            return None
        since = SQL("%s", fields.Datetime.subtract(now, days=days))
        return SQL(
            "(EXISTS (SELECT FROM cx_campaign_act o WHERE o.customer_id = c.id AND %s"
            " AND o.done_at > %s) OR EXISTS (%s))",
            INVITED,
            since,
            others_asked(SQL("c.id"), SQL("p.id"), email, since),
        )


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _asked(self, now):
        """SQL: the customer of act ``a`` was asked by another survey within the days of rest.

        Invitations of the same participation are the author's to space. What is not advertising
        rests too: it is about the customer's patience.
        """
        since = SQL("%s - w.cx_survey_gap_days * interval '1 day'", now)
        return SQL(
            "(w.cx_survey_gap_days > 0 AND (EXISTS (SELECT FROM cx_campaign_act o WHERE %s"
            " AND o.done_at > %s) OR EXISTS (%s)))",
            self._other_invitations(),
            since,
            others_asked(SQL("c.id"), SQL("c.partner_id"), SQL("a.email"), since),
        )

    @api.model
    def _other_invitations(self):
        """SQL: act ``o`` invited the customer of act ``a``, in another participation."""
        return SQL("o.customer_id = a.customer_id AND o.run_id <> a.run_id AND %s", INVITED)

    @api.model
    def _yields_asking(self, now):
        """SQL: another invitation of the customer comes first, where there is to be a rest."""
        return SQL(
            "(w.cx_survey_gap_days > 0 AND EXISTS (SELECT FROM cx_campaign_act o"
            " JOIN cx_campaign h ON h.id = o.campaign_id"
            " WHERE o.customer_id = a.customer_id AND o.run_id <> a.run_id"
            " AND o.state IN ('waiting', 'claimed') AND o.due_at <= %s AND o.kind = 'survey'"
            " AND h.state = 'running' AND (h.sequence, o.id) < (g.sequence, a.id)))",
            now,
        )

    @api.model
    def _asked_until(self):
        """SQL of the moment at which the rest of act ``a`` of company ``w`` is over."""
        return SQL(
            "coalesce(greatest((SELECT max(o.done_at) FROM cx_campaign_act o WHERE %s),"
            " (SELECT max(asked.at) FROM (%s) AS asked (at)))"
            " + w.cx_survey_gap_days * interval '1 day', a.due_at + interval '1 hour')",
            self._other_invitations(),
            others_asked(
                SQL("a.customer_id"),
                SQL("(SELECT partner_id FROM cx_customer WHERE id = a.customer_id)"),
                SQL("a.email"),
                SQL("'-infinity'"),
            ),
        )


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _begins(self):
        """Those of these steps that follow none of them."""
        first = self.browse()
        for step in self:
            before = step.parent_id
            while before and before not in self:
                before = before.parent_id
            if not before:
                first |= step
        return first
