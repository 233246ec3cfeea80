from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CxOutcome(models.TransientModel):
    """What came out of a call: a need learned, who decides, when to call again. Three clicks."""

    _name = "cx.outcome"
    _description = "Outcome of a Call"

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    customer_id = fields.Many2one("cx.customer", compute="_compute_customer_id")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, help="The planned call that this is the outcome of."
    )
    person_id = fields.Many2one(
        "res.partner", "Talked To", help="The person the need and the role belong to."
    )
    need_id = fields.Many2one("cx.need", "Need Heard")
    weight = fields.Selection(
        selection=lambda self: (
            self.env["cx.need.evidence"]._fields["weight"]._description_selection(self.env)
        ),
        string="How Plainly",
        required=True,
        default="2",
    )
    role_id = fields.Many2one("cx.buyer.role", "Role of the Person")
    stance = fields.Selection(
        selection=lambda self: (
            self.env["cx.seat"]._fields["stance"]._description_selection(self.env)
        ),
        required=True,
        default="0",
    )
    next_on = fields.Date("Call Again On", help="A call is planned for you on this day.")
    note = fields.Char(help="In your own words; kept with the contact.")

    @api.depends("partner_id")
    def _compute_customer_id(self):
        for outcome in self:
            # sudo: which customer this is; what may be done with it is checked there
            found = outcome.partner_id.commercial_partner_id.sudo().cx_customer_id
            outcome.customer_id = found.sudo(False)  # sudo: as above, and no further

    @api.model
    def default_get(self, fields):
        """A company is talked to through the person to call, if its role or name is known."""
        values = super().default_get(fields)
        partner = self.env["res.partner"].browse(values.get("partner_id"))
        if partner and not partner.is_company:
            values.setdefault("person_id", partner.id)
        elif partner:
            seats = self.env["cx.seat"].search(
                partner._cx_general() & partner._cx_seated_at(partner)
            )
            first = seats.sorted(lambda seat: (seat.role_id.call_order, seat.id))[:1]
            people = first.partner_id or partner.child_ids.filtered(lambda p: p.type == "contact")
            values.setdefault("person_id", people[:1].id)
        return values

    @api.constrains("next_on")
    def _check_next_on(self):
        for outcome in self:
            if outcome.next_on and outcome.next_on < fields.Date.context_today(outcome):
                raise ValidationError(self.env._("Call Again On: choose today or a later day."))

    # ----------------------------------------------------------------- actions
    def action_reached(self):
        """Somebody was reached: note what was learned, and end the planned call."""
        return self._save("reached")

    def action_no_answer(self):
        """Nobody was reached: note it, and try again, in two days if no day is given."""
        self.next_on = self.next_on or fields.Date.add(fields.Date.context_today(self), days=2)
        return self._save("no_answer")

    def action_not_now(self):
        """Not now: say until when, and why."""
        return self._learned_then("action_snooze")

    def action_contest(self):
        """The stage is wrong: say what it is."""
        return self._learned_then("action_contest")

    def _learned_then(self, action):
        self._learn()
        if not self.customer_id:
            raise UserError(self.env._("%s is not a customer yet.", self.partner_id.display_name))
        return getattr(self.customer_id, action)()

    def _save(self, outcome):
        self.ensure_one()
        self._learn()
        words = self._words(outcome)
        activity = self.activity_id.exists() or self._planned()
        if activity:
            activity.action_feedback(feedback=words)
        else:
            self.partner_id.message_post(body=words, subtype_xmlid="mail.mt_note")
        if self.next_on:
            self.partner_id.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.next_on,
                summary=self.note or self.env._("Call again"),
                user_id=self.env.uid,
                automated=False,
            )
        return {"type": "ir.actions.act_window_close"}

    def _planned(self):
        """The call that the night planned with this customer for the user, if it is open."""
        if not self.customer_id:
            return self.env["mail.activity"]
        return self.env["mail.activity"].search(
            [("cx_customer_id", "=", self.customer_id.id), ("user_id", "=", self.env.uid)], limit=1
        )

    def _learn(self):
        """Keep the need and the role, with the rights of the user."""
        if self.need_id:
            self.env["cx.need.evidence"].create(
                {
                    "partner_id": (self.person_id or self.partner_id).id,
                    "need_id": self.need_id.id,
                    "weight": self.weight,
                    "source": "rep",
                    "note": self.note,
                }
            )
        if not self.role_id:
            return
        if not self.person_id:
            raise ValidationError(self.env._("Talked To: say whose role %s is.", self.role_id.name))
        known = (
            self.env["cx.seat"]
            .search(
                self.partner_id._cx_general()
                & self.partner_id._cx_seated_at(self.partner_id.commercial_partner_id)
            )
            .filtered(
                lambda seat: seat.partner_id == self.person_id and seat.role_id == self.role_id
            )
        )
        if known:
            known.stance = self.stance
        else:
            known.create(
                {
                    "partner_id": self.person_id.id,
                    "role_id": self.role_id.id,
                    "account_id": self.partner_id.commercial_partner_id.id,
                    "stance": self.stance,
                }
            )

    def _words(self, outcome):
        """The outcome in one line, for the chatter."""
        if outcome == "reached":
            parts = [self.env._("Reached %s", (self.person_id or self.partner_id).name)]
        else:
            parts = [self.env._("No answer")]
        if self.role_id:
            parts.append(self.env._("role: %s", self.role_id.name))
        if self.need_id:
            parts.append(self.env._("need: %s", self.need_id.name))
        if self.note:
            parts.append(self.note)
        return " · ".join(parts)
