"""A person's verdict over the machine's: holds, declared losses, and "not now"."""

from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

from .scopes import ids_scope

SNOOZE_REASONS = [
    ("seasonal", "Seasonal: will buy later"),
    ("talking", "We are in touch already"),
    ("stock", "Has stock for now"),
    ("wrong", "Not late: the machine is wrong"),
    ("other", "Other"),
]


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    hold_stage_id = fields.Many2one(
        "cx.stage", "Held Stage", readonly=True, ondelete="restrict",
        help="The stage a person keeps the customer in, whatever the rules say.",
    )  # fmt: skip
    hold_until = fields.Date(readonly=True, help="Last day of the hold. A purchase ends it before.")
    hold_reason = fields.Char(readonly=True)
    hold_user_id = fields.Many2one("res.users", "Held By", readonly=True, ondelete="set null")
    declared_lost_on = fields.Date(
        readonly=True, help="Day on which the customer said goodbye. A later purchase ends it."
    )
    declared_lost_reason = fields.Char(readonly=True)
    snooze_until = fields.Date(
        "Not Before", readonly=True, help="Until this day the customer is not proposed for a call."
    )
    snooze_reason = fields.Selection(SNOOZE_REASONS, readonly=True)
    snooze_note = fields.Char(readonly=True)

    _hold_check = models.Constraint(
        "CHECK((hold_until IS NULL) = (hold_stage_id IS NULL))",
        "A hold needs a stage and an end date.",
    )

    def _check_may_judge(self):
        """Who may read a customer with a lifecycle role may contest its stage."""
        if not self.env.user.has_group("cx_lifecycle.group_rep"):
            raise AccessError(self.env._("Only sales reps may change how customers are followed."))
        self.check_access("read")

    def _check_willing(self):
        """Nothing is decided about customers who objected to profiling."""
        self.partner_id._check_cx_profiled(
            lambda name, day: self.env._(
                "Customer: %(name)s objected to profiling on %(day)s, so there is no stage and no "
                "call to decide about. Leave this customer out.",
                name=name,
                day=day,
            )
        )

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise ValidationError(self.env._("Reason: say why, in a few words."))

    def hold(self, stage, until, reason):
        """Keep the customers in a stage until a date, or until they buy.

        :param stage: a ``cx.stage`` record, its database id, or a stage code
        :param until: last day of the hold, date or ISO text; not in the past
        :param str reason: shown to everybody who looks at the customer
        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        :raise UserError: when something is missing, unknown, no date or in the past
        """
        self._check_may_judge()
        self._check_willing()
        self._check_reason(reason)
        if not stage or not until:
            raise ValidationError(self.env._("Stage and Until: choose both to hold a customer."))
        stage, until = self.env["cx.stage"]._named(stage), self._to_day(until)
        today = fields.Date.context_today(self)
        if until < today:
            raise ValidationError(
                self.env._(
                    "Until: %s is in the past. Choose today or a later day.",
                    format_date(self.env, until, date_format="medium"),
                )
            )
        reason = reason.strip()
        self.env["cx.objection"]._say(
            self, "hold", judged_stage_id=stage.id, note=reason, until=until
        )
        return self._judge(
            {
                "hold_stage_id": stage.id,
                "hold_until": until,
                "hold_reason": reason,
                "hold_user_id": self.env.uid,
            },
            self.env._(
                "Held as %(stage)s until %(until)s: %(reason)s",
                stage=stage.name, until=format_date(self.env, until, date_format="medium"),
                reason=reason,
            ),
        )  # fmt: skip

    def release_hold(self):
        """End a hold now: the rules decide again. Customers that nobody holds stay as they are.

        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        """
        self._check_may_judge()
        held = self.filtered("hold_until")
        self.env["cx.objection"]._take_back(held, "hold")
        return held._judge(
            {"hold_stage_id": False, "hold_until": False, "hold_reason": False,
             "hold_user_id": False},
            self.env._("Hold ended: the rules decide again."),
        )  # fmt: skip

    def declare_lost(self, reason):
        """The customers said so themselves: lost from today, until they buy again.

        :param str reason: shown to everybody who looks at the customer
        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        :raise ValidationError: without a reason
        """
        self._check_may_judge()
        self._check_willing()
        self._check_reason(reason)
        reason = reason.strip()
        self.env["cx.objection"]._say(self, "declared_lost", note=reason)
        return self._judge(
            {
                "declared_lost_on": fields.Date.context_today(self),
                "declared_lost_reason": reason,
                "hold_stage_id": False,
                "hold_until": False,
                "hold_reason": False,
                "hold_user_id": False,
            },
            self.env._("Declared lost: %s", reason),
        )

    def withdraw_loss(self):
        """The loss was declared by mistake: the rules decide again. Others stay as they are.

        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        """
        self._check_may_judge()
        declared = self.filtered("declared_lost_on")
        self.env["cx.objection"]._take_back(declared, "declared_lost")
        return declared._judge(
            {"declared_lost_on": False, "declared_lost_reason": False},
            self.env._("Declared loss withdrawn: the rules decide again."),
        )

    def snooze(self, until, reason, note=None):
        """Not now: do not propose these customers for a call before a date.

        :param until: day of the next proposal, date or ISO text; after today
        :param str reason: a code of ``SNOOZE_REASONS``
        :param str note: in the person's own words
        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        :raise UserError: when a day or a reason is missing or none
        """
        self._check_may_judge()
        self._check_willing()
        until = until and self._to_day(until)
        if not until or until <= fields.Date.context_today(self):
            raise ValidationError(self.env._("Not before: choose a day after today."))
        if reason not in dict(SNOOZE_REASONS):
            raise ValidationError(self.env._("Reason: choose one from the list."))
        note = note or False
        self.env["cx.objection"]._say(self, "not_now", reason_code=reason, note=note, until=until)
        customers = self.sudo()  # sudo: reps read customers, and may only postpone them
        customers.write({"snooze_until": until, "snooze_reason": reason, "snooze_note": note})
        for company, group in customers.grouped("company_id").items():
            self._settle_calls(company, self._today(company), group.partner_id.ids)
        return True

    def _talked(self, until=None):
        """Somebody has just called: nobody is proposed again before the next call.

        :param until: day of the next call; when empty, as long as the customer usually takes to
            buy, or a month, within a week and three months
        """
        today = fields.Date.context_today(self)
        for customer in self.sudo():  # sudo: as for postponing, whose rights the caller has
            days = min(max(round(customer.usual_interval or 30), 7), 90)
            customer.write(
                {
                    "snooze_until": until or fields.Date.add(today, days=days),
                    "snooze_reason": "talking",
                    "snooze_note": False,
                }
            )

    def _judge(self, values, message):
        """Write a verdict, draw its consequences now, and leave a note on the contact."""
        customers = self.sudo()  # sudo: reps read customers, and change them only by these verdicts
        customers.write(values)
        for company, group in customers.grouped("company_id").items():
            self._refresh(company, ids_scope(group.partner_id.ids))
            self._settle_calls(company, self._today(company), group.partner_id.ids)
        # until the company has accepted, reps read no stage on the contact either
        shown = customers.company_id.filtered(self.env["cx.first.run"]._accepted)
        for partner in customers.filtered(lambda c: c.company_id in shown).partner_id:
            note = partner.message_post(body=message, author_id=self.env.user.partner_id.id)
            note._cx_mark()
        return True

    # --------------------------------------------------------------- actions
    def action_contest(self):
        """Open the dialog that holds a stage or declares a loss."""
        return self._dialog("cx.contest", self.env._("Contest the Stage"))

    def action_snooze(self):
        """Open the dialog of "not now"."""
        return self._dialog("cx.snooze", self.env._("Not Now"))

    def action_outcome(self):
        """Open the dialog that records how a call went."""
        self.ensure_one()
        return self.partner_id.action_cx_outcome()

    def action_plan(self):
        """Plan a call, or another activity, with the customers' contacts."""
        self.check_access("read")
        call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        shown = self.env["cx.first.run"]._accepted(self.env.company)
        silent = shown and self.filtered(lambda customer: customer.alert in ("late", "quiet"))
        summary = {"default_summary": self.env._("Going quiet")} if silent else {}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a Call"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_ids": self.partner_id.ids,
                "default_activity_type_id": call and call.id,
                **summary,
            },
        }

    def _dialog(self, model, name):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_customer_ids": self.ids},
        }
