"""Why the law lets a campaign write to people: who may not be written to follows from it."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from . import consent
from .cx_campaign_step import MAILS

BASES = [
    ("customer", "Own customers, about similar products"),
    ("consent", "Who said yes to the topic"),
    ("professional", "Professional addresses, about their trade"),
    ("service", "No advertising: about what they bought or asked for"),
]
NEVER_BOUGHT = ("suspect", "prospect")


def adverts(campaign):
    """SQL: a campaign is advertising; one that does not say what it is counts as such.

    :param str campaign: the name of its table
    """
    return SQL("%s IS DISTINCT FROM 'service'", SQL.identifier(campaign, "legal_basis"))


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    legal_basis = fields.Selection(
        BASES,
        tracking=True,
        help="Why these people may be written to. Own customers: not those who never bought. "
        "Yes to the topic: only whose last word about it is yes. No advertising: caps do not hold "
        "it back, and do not count it; opt-outs and hours hold all the same.",
    )

    @api.constrains("legal_basis", "topic_id")
    def _check_basis(self):
        for campaign in self:
            if campaign.legal_basis == "consent" and not campaign.topic_id:
                raise ValidationError(
                    self.env._("Topic: choose what people said yes to, or another legal basis.")
                )

    def _is_service(self):
        """Whether it is no advertising."""
        return self.legal_basis == "service"

    # -------------------------------------------------------------- exclusions
    def _basis_checks(self, to, company):
        """Why the law keeps somebody out: ordered (reason, SQL over ``c`` and ``p``)."""
        if self.legal_basis == "customer":
            yield "not_customer", SQL("c.last_purchase_on IS NULL")
        if self.legal_basis == "consent":
            said = consent.said_yes(to, self.topic_id.id, company)
            yield "no_consent", SQL("NOT %s", said)
        if since := self._contact_since():
            yield "too_long_ago", consent.silent(SQL("c.id"), since)

    def _contact_since(self):
        """The day since when somebody must have given a sign of life; None: that is no matter."""
        months = self.company_id.sudo().cx_contact_months  # sudo: a setting, for who looks on
        if self._is_service() or not months:
            return None
        return self.env["cx.customer"]._today(self.company_id) - relativedelta(months=months)

    # ------------------------------------------------------------------ launch
    def _check_legal(self):
        """Findings about a legal basis that is missing, or not to be believed."""
        if not any(step.kind in MAILS for step in self.step_ids):
            return
        if not self.legal_basis:
            # what ran before there was a basis may be changed all the same
            yield self._finding(
                "ask" if self.draft_of_id else "block", "legal_basis",
                self.env._("Choose why the law lets you write to these people."),
            )  # fmt: skip
        else:
            yield from getattr(self, f"_check_legal_{self.legal_basis}")()

    def _check_legal_customer(self):
        staged = self.entry in ("becomes", "in_stage")
        if staged and self.stage_id.code in NEVER_BOUGHT:
            yield self._finding(
                "block", "legal_basis",
                self.env._(
                    "Who is in the stage %s never bought: nobody would enter. Write to those who "
                    "said yes to a topic, or choose another stage.", self.stage_id.name,
                ),
            )  # fmt: skip

    def _check_legal_consent(self):
        # sudo: whether there is anybody, whoever looks
        said = self.env["cx.consent"].sudo().search_count(
            [("topic_id", "=", self.topic_id.id), ("answer", "=", "yes"),
             ("company_id", "=", self.company_id.id)], limit=1,
        )  # fmt: skip
        if not said:
            yield self._finding(
                "ask", "topic_id",
                self.env._("Nobody said yes to %s so far: nobody enters.", self.topic_id.name),
            )  # fmt: skip
        others = self.search(
            [("topic_id", "=", self.topic_id.id), ("company_id", "=", self.company_id.id),
             ("state", "in", ("running", "paused")), ("legal_basis", "!=", "consent"),
             ("id", "!=", self._known_as().id)], limit=1,
        )  # fmt: skip
        if others:
            yield self._finding(
                "ask", "topic_id",
                self.env._(
                    "%(campaign)s writes about %(topic)s without asking for a yes, so that the "
                    "preference page shows it as chosen. Give this one a topic of its own.",
                    campaign=others.name, topic=self.topic_id.name,
                ),
            )  # fmt: skip

    def _check_legal_professional(self):
        for model in ("res.partner", "cx.customer"):
            self.env[model].flush_model()
        [(persons, everybody)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE NOT p.is_company), count(*) FROM cx_customer c"
                " JOIN res_partner p ON p.id = c.partner_id"
                " WHERE c.active AND c.stage_id IS NOT NULL AND c.company_id = %s",
                self.company_id.id,
            )
        )
        if persons * 2 > everybody:
            yield self._finding(
                "ask", "legal_basis",
                self.env._(
                    "More than half of the customers are persons, no companies: are these "
                    "professional addresses?"
                ),
            )  # fmt: skip

    def _check_legal_service(self):
        if gift := self.step_ids.filtered("coupon_program")[:1]:
            yield self._finding(
                "ask", "legal_basis",
                self.env._("A coupon is advertising. Choose another basis, or take it out."), gift,
            )  # fmt: skip
