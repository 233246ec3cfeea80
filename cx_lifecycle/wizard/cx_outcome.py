from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


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
    role_id = fields.Many2one(
        "cx.buyer.role",
        "Role of the Person",
        compute="_compute_role_id",
        store=True,
        precompute=True,
        readonly=False,
        help="Proposed if exactly one role of this person is known.",
    )
    stance = fields.Selection(
        selection=lambda self: (
            self.env["cx.seat"]._fields["stance"]._description_selection(self.env)
        ),
        compute="_compute_stance",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    next_on = fields.Date("Call Again On", help="A call is planned for you on this day.")
    note = fields.Char(help="In your own words; kept with the contact.")

    @api.depends("partner_id")
    def _compute_customer_id(self):
        for outcome in self:
            # sudo: which customer this is; what may be done with it is checked there
            found = outcome.partner_id.commercial_partner_id.sudo().cx_customer_id
            outcome.customer_id = found.sudo(False)  # sudo: as above, and no further

    @api.depends("person_id")
    def _compute_role_id(self):
        for outcome in self:
            seats = outcome._seats()
            known = seats.grouped("partner_id").get(outcome.person_id, seats.browse()).role_id
            if outcome.person_id and len(known) == 1:
                outcome.role_id = known
            elif outcome.role_id in seats.role_id - known:
                outcome.role_id = False  # somebody else's
            else:
                outcome.role_id = outcome.role_id

    @api.depends("person_id", "role_id")
    def _compute_stance(self):
        for outcome in self:
            outcome.stance = outcome._seat().stance or "0"

    def _seats(self):
        """The roles known at the customer, whatever the deal."""
        customer = self.partner_id.commercial_partner_id
        return self.env["cx.seat"].search(
            self.partner_id._cx_general() & Domain("account_id", "=", customer.id)
        )

    def _seat(self):
        """The one of this person in this role."""
        return self._seats().filtered(
            lambda seat: (
                self.person_id and (seat.partner_id, seat.role_id) == (self.person_id, self.role_id)
            )
        )

    @api.model
    def default_get(self, fields):
        """A company is talked to through the person to call, if its role or name is known."""
        values = super().default_get(fields)
        partner = self.env["res.partner"].browse(values.get("partner_id"))
        if partner and not partner.is_company:
            values.setdefault("person_id", partner.id)
        elif partner:
            seats = self.new({"partner_id": partner.id})._seats()
            first = seats.sorted(lambda seat: (seat.role_id.call_order, seat.id))[:1]
            people = first.partner_id._filtered_access("read") or partner.child_ids.filtered(
                lambda p: p.type == "contact"
            )
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
        if not self.customer_id:
            raise UserError(self.env._("%s is not a customer yet.", self.partner_id.display_name))
        self._learn()
        self.need_id = False  # kept: whoever comes back to this dialog does not say it again
        return getattr(self.customer_id, action)()

    def _save(self, outcome):
        self.ensure_one()
        words = self._words(outcome, self._learn())
        activity = self._activity()
        # of another customer's call nothing is taken over
        call = activity.filtered(
            lambda planned: planned.cx_customer_id and planned.cx_customer_id == self.customer_id
        )
        # sudo: what the planned call was about, for the one that takes its place
        about = {name: call.sudo()[name] for name in ("cx_customer_id", "cx_silent_since")}
        if activity:
            self.env["mail.message"].browse(activity.action_feedback(feedback=words))._cx_mark()
        else:
            note = self.partner_id.message_post(body=words, subtype_xmlid="mail.mt_note")
            note._cx_mark()
        if self.next_on:
            again = self.partner_id.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.next_on,
                summary=self.note or self.env._("Call again"),
                user_id=(call.user_id or self.env.user).id,
                automated=False,
            )
            if call and outcome == "no_answer":  # the same call, later: it ends by itself too
                again.sudo().write(  # sudo: the machine's
                    {
                        "automated": True,
                        "cx_customer_id": about["cx_customer_id"].id,
                        "cx_silent_since": about["cx_silent_since"],
                    }
                )
        self.customer_id._filtered_access("read")._talked(self.next_on)
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}

    def _activity(self):
        """What ends with this: the activity it was opened from, unless it is done already."""
        activity = self.activity_id.exists()
        return activity.filtered("active") if activity else self._planned()

    def _planned(self):
        """The call that the night planned with this customer, for whomever, if it is open."""
        if not self.customer_id:
            return self.env["mail.activity"]
        return self.env["mail.activity"].search(
            [("cx_customer_id", "=", self.customer_id.id)], limit=1
        )

    def _learn(self):
        """Keep the need and the role, with the rights of the user.

        :return: what is new, in words
        """
        learned = []
        if self.role_id and not self.person_id:
            raise ValidationError(self.env._("Talked To: say whose role %s is.", self.role_id.name))
        seat = self._seat()
        if self.role_id and (not seat or seat.stance != self.stance):
            learned.append(self.env._("role: %s", self.role_id.name))
            if seat:
                seat.stance = self.stance
            else:
                seat.create(
                    {
                        "partner_id": self.person_id.id,
                        "role_id": self.role_id.id,
                        "account_id": self.partner_id.commercial_partner_id.id,
                        "stance": self.stance,
                    }
                )
        if self.need_id:
            learned.append(self.env._("need: %s", self.need_id.name))
            self.env["cx.need.evidence"].create(
                {
                    "partner_id": (self.person_id or self.partner_id).id,
                    "need_id": self.need_id.id,
                    "weight": self.weight,
                    "source": "rep",
                    "note": self.note,
                }
            )
        return learned

    def _words(self, outcome, learned):
        """The outcome in one line, for the chatter."""
        person = self.person_id or self.partner_id
        if outcome == "reached":
            first = self.env._("Reached %s", person.name or person.display_name)
        else:
            first = self.env._("No answer")
        return " · ".join(filter(None, (first, *learned, self.note)))
