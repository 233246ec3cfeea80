"""A campaign gone through with some real customers: who gets what, when. Nothing is sent."""

from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from odoo.addons.cx_lifecycle.models.notice import notice
from odoo.addons.cx_lifecycle.models.timebox import ON_SCREEN, time_box

from ..models.cx_campaign_ahead import Ahead
from ..models.cx_campaign_step import MAILS

MOST = 10  # customers
USUAL = 4
AHEAD = 400  # days that are looked at
LETTERS = 20  # sent to whoever tries
REACTIONS = [
    ("none", "does nothing"),
    ("opens", "opens each mail"),
    ("clicks", "clicks in each mail"),
    ("replies", "answers each mail"),
    ("done", "is reached: activities are done"),
    ("buys", "buys"),
]


class CxCampaignTry(models.TransientModel):
    """What a campaign would do with some customers, step by step. Nothing is written or sent."""

    _name = "cx.campaign.try"
    _description = "Try a Campaign"
    _rec_name = "campaign_id"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    customer_ids = fields.Many2many(
        "cx.customer", string="Customers",
        compute="_compute_customer_ids", store=True, readonly=False,
        domain="[('company_id', '=', company_id), ('stage_id', '!=', False)]",
    )  # fmt: skip
    reaction = fields.Selection(REACTIONS, "The Customer", default="none", required=True)
    buys_after = fields.Integer("After (Days)", default=5)
    answer = fields.Json(compute="_compute_answer", compute_sudo=False)

    @api.depends("campaign_id")
    def _compute_customer_ids(self):
        for wizard in self:
            wizard.customer_ids = wizard.campaign_id and wizard._usual()

    def _usual(self):
        """Some of the audience, each of another language, with and without salesperson."""
        campaign = self.campaign_id
        campaign._check_looks()
        campaign._flush_entry()
        today = self.env["cx.customer"]._today(campaign.company_id)
        # sudo: the audience is the marketer's to see, see _check_looks
        judged = campaign.sudo()._judged(campaign.sudo()._cause(today), campaign._members_shown())
        query = SQL(
            """
            SELECT customer_id FROM (
                SELECT DISTINCT ON (j.excluded IS NULL, p.lang, p.user_id IS NULL)
                       j.customer_id, j.excluded IS NOT NULL AS out
                  FROM (%s) AS j JOIN res_partner p ON p.id = j.partner_id
              ORDER BY j.excluded IS NULL, p.lang, p.user_id IS NULL, j.customer_id) AS chosen
          ORDER BY out, customer_id LIMIT %s
            """,
            judged, USUAL,
        )  # fmt: skip
        try:
            with time_box(self.env.cr, ON_SCREEN):
                ids = [row[0] for row in self.env.execute_query(query)]
        except psycopg2.errors.QueryCanceled:
            ids = []  # any others then
        known = [("company_id", "=", campaign.company_id.id), ("stage_id", "!=", False)]
        customers = self.env["cx.customer"]
        return customers.browse(ids) or customers.search(known, limit=2)

    # ------------------------------------------------------------------ answer
    @api.depends("campaign_id", "customer_ids", "reaction", "buys_after")
    @api.depends_context("lang")
    def _compute_answer(self):
        for wizard in self:
            try:
                wizard.answer = {"customers": wizard._tried()} if wizard.campaign_id else False
            except UserError as error:
                wizard.answer = {"problem": str(error)}

    def _tried(self):
        self.campaign_id._check_looks()
        customers = self.customer_ids._origin or self.customer_ids
        if len(customers) > MOST:
            raise UserError(self.env._("Customers: choose %s at most.", MOST))
        if not customers:
            return []
        customers.check_access("read")
        acts, facts = self._acts(customers)
        return [self._customer(customer, acts, facts) for customer in customers]

    def _acts(self, customers):
        """What becomes of the chosen ones, as if all of them entered now."""
        campaign = self.campaign_id
        if problem := campaign._author_problem():
            raise UserError(problem)
        campaign._flush_entry()
        ahead = Ahead(
            campaign.sudo(),  # sudo: acts of others count too; only this one's are shown
            customers._today(campaign.company_id) + timedelta(days=AHEAD),
            self.reaction,
            self.reaction == "buys"
            # later than what is looked at is never
            and fields.Datetime.now() + timedelta(days=min(max(self.buys_after, 0), AHEAD)),
        )
        inside = self._inside(customers)
        entering = {c.id: None if c in inside else ahead.now for c in customers}
        acts, facts = ahead.live(entering)
        return [act for act in acts if act.run.campaign.id == campaign.id], facts

    def _inside(self, customers):
        runs = self.env["cx.campaign.run"].search(
            [
                ("campaign_id", "=", self.campaign_id.id),
                ("customer_id", "in", customers.ids),
                ("state", "=", "running"),
            ]
        )
        return runs.customer_id

    # ------------------------------------------------------------ one customer
    def _customer(self, customer, acts, facts):
        campaign = self.campaign_id
        inside = customer in self._inside(customer)
        checks = [] if inside else campaign._explain_entry(customer)[1:]
        failing = next((check for check in checks if check.met is False), None)
        arm = next((check for check in checks if check.code == "arm"), None)
        # sudo: its name and where it lives
        contact = customer.partner_id.sudo()
        zone = self.env["cx.campaign.act"]._zone_names(
            [{"id": 1, "company_id": campaign.company_id.id, "partner_id": contact.id}],
            campaign.company_id.sudo(),  # sudo: its zone, where the customer has none
        )[1] or "UTC"  # fmt: skip
        langs = dict(self.env["res.lang"].get_installed())
        mine = {act.step.id: act for act in acts if act.run.customer == customer.id}
        return {
            "id": customer.id,
            "name": contact.display_name,
            "lang": langs.get(contact.lang, contact.lang),
            "zone": zone,
            "enters": not inside and not failing,
            "inside": inside,
            "why": self._words(failing) if failing else "",
            "arm": arm.label if arm and not failing else "",
            "held_out": bool(arm and not failing and self._is_held_out(customer)),
            "steps": [
                self._step(step, mine.get(step.id), facts, customer, zone)
                for step in self._in_time(mine)
            ],
        }

    @api.model
    def _words(self, check):
        return f"{check.label} ({check.value})" if check.value else check.label

    def _is_held_out(self, customer):
        # sudo: as in _usual
        return self.campaign_id.sudo()._would_be(customer)[0] == "held_out"

    def _in_time(self, mine):
        """The steps in the order in which they come; those that do not come are the last."""
        never = fields.Datetime.now() + timedelta(days=10 * AHEAD)
        at = lambda step: mine[step.id].at or mine[step.id].due if step.id in mine else never  # noqa: E731
        steps = self.campaign_id._steps_in_use().filtered(lambda s: not s.past or s.id in mine)
        return steps.sorted(lambda step: (at(step), step.sequence, step.id))

    def _step(self, step, act, facts, customer, zone):
        """One step for one customer, in words."""
        kinds = dict(step._fields["kind"]._description_selection(self.env))
        told = {"id": step.id, "name": step.name, "kind": kinds[step.kind],
                "assumption": step.when_text}  # fmt: skip
        if not act:
            return told | {"state": "never", "label": self.env._("Does not come to it")}
        known = facts[customer.id, step.id]
        at = act.at or act.due
        told |= {
            "state": act.state,
            "label": self._state_label(act),
            "when": format_datetime(self.env, at, tz=zone, dt_format="EEE d MMM yyyy HH:mm"),
        }
        if act.held:
            told["wait"] = self.env._("Had to wait: too many messages in the period")
        if act.state == "done" and step.kind in MAILS:
            told["mail"] = self._letter(step, customer, known)
        elif act.state == "done" and step.kind == "activity":
            # sudo: the name of a colleague
            user = self.env["res.users"].sudo().browse(known.assigned)
            told["who"] = user.name
            told["what"] = step.activity_summary or step.name
        return told

    def _letter(self, step, customer, known):
        # sudo: whom it goes to; its text is written by the rights of the author, and shown to
        # whoever has them, too
        step, customer = step.sudo(), customer.sudo()
        person = step.env["res.partner"].browse(known.person)
        mailing = step._content(person.lang)
        acts = step.env["cx.campaign.act"]
        return acts._preview(step, mailing, customer, person, known.email)

    def _state_label(self, act):
        if act.state == "skipped":
            reasons = self.env["cx.campaign.act"]._fields["reason"]
            return dict(reasons._description_selection(self.env))[act.reason]
        if act.state == "waiting":
            return self.env._("Not within %s days", AHEAD)
        return {
            "mail": self.env._("Sent"),
            "survey": self.env._("Sent"),
            "activity": self.env._("Planned"),
        }.get(act.step.kind, self.env._("Done"))

    # ------------------------------------------------------------- send to me
    def action_send_to_me(self):
        """Send the letters shown to whoever tries, marked as a test; they count nowhere."""
        self.ensure_one()
        self.campaign_id._check_looks()
        to = self.env.user.email_formatted
        if not self.env.user.email:
            raise UserError(self.env._("Your Email: enter one in your preferences first."))
        letters = [
            step["mail"]
            for customer in self._tried()
            for step in customer["steps"]
            if "html" in step.get("mail", {})
        ][:LETTERS]
        if not letters:
            raise UserError(self.env._("Customers: no letter would be sent to those chosen."))
        # sudo: to oneself alone; no act and no trace belongs to it
        mails = self.env["mail.mail"].sudo().create(
            [
                {
                    "subject": f"[TEST] {letter['subject']}",
                    "body_html": letter["html"],
                    "email_from": to,
                    "email_to": to,
                    "auto_delete": True,
                }
                for letter in letters
            ]
        )  # fmt: skip
        mails.send()
        # those that were sent are deleted
        if failed := mails.exists().filtered(lambda mail: mail.state == "exception"):
            raise UserError(
                self.env._(
                    "The letters could not be sent: %s Ask an administrator to look at the "
                    "outgoing mail servers.",
                    failed[0].failure_reason or "",
                )
            )
        return notice(
            self.env._(
                "%(number)s letters were sent to %(address)s.",
                number=len(letters),
                address=self.env.user.email,
            )
        )
