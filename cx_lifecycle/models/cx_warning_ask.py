"""Asking somebody to act on a sign, once per spell; people dismiss signs that do not matter."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Whatever began longer ago when it is found is no reason to hurry.
FRESH_DAYS = 7
LOT = 500  # activities created at once


class CxWarning(models.Model):
    _inherit = "cx.warning"

    # -------------------------------------------------------------------- ask
    @api.model
    def _ask(self, kind, company):
        """Plan an activity for each new sign of a kind, or note why nobody can be asked."""
        # before the company has accepted its stages, reps see none
        if not self.env["cx.first.run"]._accepted(company):
            return
        today = self.env["cx.customer"]._today(company)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT w.id, CASE
                       WHEN p.id IS NULL OR NOT p.active OR NOT c.active THEN 'archived'
                       WHEN c.declared_lost_on IS NOT NULL THEN 'lost'
                       WHEN w.began_on < %(today)s - %(fresh)s THEN 'known'
                       WHEN u.id IS NULL AND NOT %(fallback)s THEN 'no_salesperson' END,
                       coalesce(u.id, %(responsible)s)
                  FROM cx_warning w JOIN cx_customer c ON c.id = w.customer_id
             LEFT JOIN res_partner p ON p.id = c.partner_id
             LEFT JOIN res_users u ON u.id = p.user_id AND u.active AND EXISTS (
                       SELECT FROM res_company_users_rel r
                        WHERE r.user_id = u.id AND r.cid = %(company)s)
                 WHERE w.kind_id = %(kind)s AND w.company_id = %(company)s
                   AND w.ended_on IS NULL AND w.asked_at IS NULL AND w.closed_at IS NULL
              ORDER BY w.id
                """,
                kind=kind.id,
                company=company.id,
                today=today,
                fresh=FRESH_DAYS,
                responsible=kind.responsible_id.id or None,
                fallback=bool(kind.responsible_id.active),
            )
        )
        whose = {}
        for number, why, user_id in rows:
            whose.setdefault(why or self.env["res.users"].browse(user_id), []).append(number)
        now = fields.Datetime.now()
        for answer, ids in whose.items():
            signs = self.browse(ids)
            signs.write({"asked_at": now, "unasked": answer if isinstance(answer, str) else False})
            if not isinstance(answer, str):
                signs._plan_for(answer, company, today)

    def _plan_for(self, user, company, today):
        """Plan activities for one person, in the person's language."""
        # sudo: where the person is, for the language of what is planned
        lang = user.sudo().lang
        signs = self.with_context(lang=lang).with_company(company)
        call = company.cx_activity_type_id or self.env.ref("mail.mail_activity_data_call")
        model_id = self.env["ir.model"]._get_id("res.partner")
        for start in range(0, len(signs), LOT):
            part = signs[start : start + LOT]
            activities = self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": model_id,
                        "res_id": sign.partner_id.id,
                        "activity_type_id": call.id,
                        "summary": sign._summary(),
                        "date_deadline": today,
                        "user_id": user.id,
                        "automated": True,
                    }
                    for sign in part
                ]
            )
            for sign, activity in zip(part, activities, strict=True):
                sign.activity_id = activity

    def _summary(self):
        """What an activity says: no amounts, for whoever may read the contact reads it."""
        return self.display_name if self.kind_id.basis == "touchpoint" else self.kind_id.name

    # ----------------------------------------------------------------- settle
    @api.model
    def _settle(self):
        """Cancel the activities of signs that are over or dismissed, with a note that says so."""
        self.flush_model()
        self.env["mail.activity"].flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                "SELECT w.id FROM cx_warning w JOIN mail_activity a ON a.id = w.activity_id"
                " WHERE a.active AND a.automated"
                " AND (w.ended_on IS NOT NULL OR w.closed_at IS NOT NULL) ORDER BY w.id"
            )
        )
        for sign in self.browse([row[0] for row in rows]):
            # sudo: the activity is the machine's, whoever dismissed the sign
            activity = sign.activity_id.sudo()
            note = sign.with_context(lang=activity.user_id.lang).env._(
                "The activity was cancelled: the warning sign is over."
            )
            sign.partner_id.sudo().message_post(  # sudo: as above
                body=note, subtype_xmlid="mail.mt_note"
            )
            activity.unlink()

    # ---------------------------------------------------------------- dismiss
    def dismiss(self, reason, until=None):
        """Seen, and it does not matter: the sign is shown no more, nor opened for the same cause.

        With the caller's rights to see it.

        :param str reason: why, one line
        :param until: a day (date or ISO text) from which it is shown again if it still stands;
            never when empty
        :raise UserError: no reason, or a day that has passed
        """
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why the sign does not matter."))
        try:
            until = fields.Date.to_date(until) or False
        except (ValueError, TypeError) as error:
            raise UserError(self.env._("Until: write %s like 2026-03-14.", until)) from error
        if until and until <= fields.Date.context_today(self):
            raise UserError(self.env._("Until: choose a day to come, or none."))
        # sudo: signs are the machine's; who may see them was asked above
        self.sudo().write(
            {
                "closed_by_id": self.env.uid,
                "closed_at": fields.Datetime.now(),
                "closed_reason": reason,
                "closed_until": until,
            }
        )
        self.sudo()._settle()  # sudo: as above
        return True

    def action_dismiss(self):
        """Open the dialog that asks why a sign does not matter."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Seen, Not Important"),
            "res_model": "cx.warning.dismiss",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_warning_ids": self.ids},
        }

    def action_restore(self):
        """Take back that a sign was dismissed."""
        self.check_access("read")
        # sudo: as for dismissing
        self.sudo().write(
            {
                "closed_by_id": False,
                "closed_at": False,
                "closed_reason": False,
                "closed_until": False,
            }
        )

    def action_open_partner(self):
        """Open the customer's contact form."""
        self.ensure_one()
        return self.customer_id.action_open_partner()
