"""Calls that the night plans for reps when customers go quiet, and that end by themselves."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

# Whoever went dormant longer ago is won back otherwise than by a call of every day.
DORMANT_DAYS = 90
LOT = 500  # activities created at once
LISTED = 10  # customers named in the summary


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    proposed_on = fields.Date(
        readonly=True,
        copy=False,
        help="Day on which a call was planned last. It is planned once per silence, again when the "
        "customer becomes dormant, and again when a postponement ends.",
    )

    proposed_user_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="For whom it was planned: another salesperson gets a call of the own.",
    )

    # ---------------------------------------------------------------- planning
    @api.model
    def _calls_due(self, company, on):
        """Who should be called, and for whom a rep has room.

        :return: ({rep: [customer id]} with room, best first; number of the others)
        """
        # before the company has accepted its stages, reps see none
        if not company.cx_calls_per_day or not self.env["cx.first.run"]._accepted(company):
            return {}, 0
        self.env.flush_all()
        stages = self.env["cx.stage"]._ids_by_code()
        *rows, (waiting, *_nobody) = self.env.execute_query(
            SQL(
                """
                WITH due AS MATERIALIZED (
                    SELECT c.* FROM cx_customer c
                     WHERE c.company_id = %(company)s AND c.active AND c.hold_until IS NULL
                       AND (c.stage_id IN (%(new)s, %(active)s) AND c.next_purchase_to <= %(on)s
                            OR c.stage_id = %(dormant)s
                           AND c.stage_since > %(on)s - %(dormant_days)s)
                       AND coalesce(c.snooze_until, %(on)s) <= %(on)s
                ), known AS MATERIALIZED ( -- contacts of those due are looked up, no others read
                    SELECT c.*, u.id AS user_id, u.room
                      FROM due c CROSS JOIN LATERAL (
                           SELECT * FROM res_partner WHERE id = c.partner_id OFFSET 0) AS p
                 LEFT JOIN (%(reps)s) AS u ON u.id = p.user_id
                     WHERE (c.proposed_on IS NULL OR c.proposed_on <= c.last_purchase_on
                            OR c.proposed_on < c.stage_since OR c.proposed_on < c.snooze_until
                            OR c.proposed_user_id IS DISTINCT FROM p.user_id)
                       AND NOT EXISTS (SELECT FROM mail_activity a
                                        WHERE a.cx_customer_id = c.id AND a.active)
                       AND NOT EXISTS (SELECT FROM mail_activity a
                                        WHERE a.res_model = 'res.partner' AND a.active
                                          AND a.res_id = c.partner_id AND a.user_id = p.user_id)
                       AND NOT %(blocked)s
                ), ranked AS ( -- what is at risk is worked out only where somebody may call
                    SELECT id, user_id, row_number() OVER (
                               PARTITION BY user_id ORDER BY risk DESC NULLS LAST, id) AS place,
                           room
                      FROM (SELECT p.id, p.user_id, p.room, %(risk)s AS risk
                              FROM known p WHERE p.room > 0) AS valued
                )
                SELECT waiting, id, user_id FROM (
                    SELECT NULL AS waiting, id, user_id, place FROM ranked WHERE place <= room
                     UNION ALL
                    SELECT (SELECT count(*) FROM known)
                           - (SELECT count(*) FROM ranked WHERE place <= room),
                           NULL, NULL, NULL) AS answer
              ORDER BY waiting IS NOT NULL, user_id, place
                """,
                company=company.id,
                on=on,
                new=stages["new"],
                active=stages["active"],
                dormant=stages["dormant"],
                dormant_days=DORMANT_DAYS,
                reps=self._reps_with_room(company, on),
                risk=self.with_company(company)._field_to_sql("p", "value_at_risk"),
                blocked=self._blocked(),
            )
        )
        chosen = {}
        for _waiting, customer_id, user_id in rows:
            chosen.setdefault(self.env["res.users"].browse(user_id), []).append(customer_id)
        return chosen, waiting

    def _reps_with_room(self, company, on):
        """SELECT of a company's active users and how many calls more they take today.

        What was planned today counts, even if it is done, and so does what is open from before.
        """
        return SQL(
            """
            SELECT u.id, CASE WHEN u.cx_own_calls THEN coalesce(u.cx_calls_per_day, 0)
                              ELSE %(room)s END - coalesce(planned.calls, 0) AS room
              FROM res_users u JOIN res_company_users_rel r
                ON r.user_id = u.id AND r.cid = %(company)s
         LEFT JOIN (SELECT user_id, count(*) AS calls FROM mail_activity
                     WHERE cx_customer_id IS NOT NULL AND (active OR create_date >= %(on)s)
                  GROUP BY user_id) AS planned ON planned.user_id = u.id
             WHERE u.active
            """,
            room=company.cx_calls_per_day,
            company=company.id,
            on=on,
        )

    def _no_calls(self):
        """SQL of whether the number of contact ``p`` is on the block list."""
        return SQL(
            "EXISTS (SELECT FROM phone_blacklist b WHERE b.active AND b.number = p.phone_sanitized)"
        )

    def _no_mails(self):
        """SQL of whether the address of contact ``p`` is on the block list."""
        return SQL(
            "EXISTS (SELECT FROM mail_blacklist b WHERE b.active AND b.email = p.email_normalized)"
        )

    def _blocked(self):
        """SQL of whether contact ``p`` asked not to be contacted, by phone or by e-mail."""
        return SQL("(%s OR %s)", self._no_calls(), self._no_mails())

    @api.model
    def _plan_calls(self, chosen, company, on):
        """Plan calls, and send each rep one summary in the rep's language.

        :param chosen: ``{rep: [customer id]}``, those worth most first
        """
        # together for all who read alike: a rep costs the summary, and few queries besides
        users = self.env["res.users"].union(*chosen)
        for (lang, tz), alike in users.grouped(lambda user: (user.lang, user.tz)).items():
            self.with_company(company).with_context(lang=lang, tz=tz)._plan_calls_of(
                {user: chosen[user] for user in alike}, company, on
            )

    def _plan_calls_of(self, chosen, company, on):
        """The same, in the language of this context."""
        whose = {customer_id: user for user, ids in chosen.items() for customer_id in ids}
        customers = self.browse(whose)
        call = company.cx_activity_type_id or self.env.ref("mail.mail_activity_data_call")
        model_id = self.env["ir.model"]._get_id("res.partner")
        activities = self.env["mail.activity"].with_context(
            # one summary instead of a mail for each
            mail_activity_quick_update=True,
            mail_create_nosubscribe=True,
        )
        for start in range(0, len(customers), LOT):
            activities.create(
                [
                    {
                        "res_model_id": model_id,
                        "res_id": customer.partner_id.id,
                        "activity_type_id": call.id,
                        # no figures: whoever may read the contact reads its activities
                        "summary": self.env._("Going quiet"),
                        "date_deadline": on,
                        "user_id": whose[customer.id].id,
                        "automated": True,
                        "cx_customer_id": customer.id,
                        "cx_silent_since": customer.last_purchase_on,
                    }
                    for customer in customers[start : start + LOT]
                ]
            )
        for user, ids in chosen.items():
            mine = customers.browse(ids).with_prefetch(customers.ids)
            mine.write({"proposed_on": on, "proposed_user_id": user.id})
            mine._send_summary(user)

    def _send_summary(self, user):
        """One message for all calls planned, to the rep alone: why, with whom, what to say."""
        total = sum(self.mapped("value_at_risk"))
        # queued: nobody waits for the mail server at night
        self.env["mail.thread"].with_context(mail_notify_force_send=False).message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Customers going quiet: %s", len(self)),
            body=self.env["ir.qweb"]._render(
                "cx_lifecycle.call_summary",
                {
                    "customers": self[:LISTED],
                    "more": max(len(self) - LISTED, 0),
                    "total": total,
                    "currency": self.company_id.currency_id,
                    "url": "/odoo/going-quiet",
                },
            ),
            email_layout_xmlid="mail.mail_notification_light",
        )

    # ---------------------------------------------------------------- settling
    @api.model
    def _settle_calls(self, company, on, partner_ids=None):
        """End the planned calls that are needed no more, with a note that says why.

        :param partner_ids: of these commercial partners; of the whole company when None
        """
        # one look at the open calls: without any, an order costs one short query
        for model in ("mail.activity", "mail.blacklist", "phone.blacklist"):
            self.env[model].flush_model()
        self.flush_model()
        stages = self.env["cx.stage"]._ids_by_code()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity_id, ended FROM (
                    SELECT a.id AS activity_id, CASE
                           WHEN NOT %(accepted)s OR NOT c.active OR c.stage_id IS NULL THEN 'gone'
                           WHEN c.last_purchase_on > coalesce(a.cx_silent_since, '-infinity')
                           THEN 'bought'
                           WHEN c.declared_lost_on IS NOT NULL OR c.stage_id = %(lost)s THEN 'lost'
                           WHEN c.hold_until IS NOT NULL THEN 'held'
                           WHEN c.snooze_until > greatest(%(on)s, a.date_deadline) THEN 'postponed'
                           WHEN %(blocked)s THEN 'opted_out'
                           WHEN c.proposed_user_id IS DISTINCT FROM p.user_id THEN 'handed_over'
                           WHEN c.stage_id IN (%(new)s, %(active)s)
                                AND c.next_purchase_to <= %(on)s IS NOT TRUE THEN 'on_time' END
                           AS ended
                      FROM mail_activity a JOIN cx_customer c ON c.id = a.cx_customer_id
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE a.active AND a.automated AND a.res_model = 'res.partner'
                       AND a.res_id = c.partner_id AND c.company_id = %(company)s AND %(those)s
                       ) AS open
                 WHERE ended IS NOT NULL ORDER BY activity_id
                """,
                on=on,
                lost=stages["lost"],
                new=stages["new"],
                active=stages["active"],
                blocked=self._blocked(),
                accepted=SQL(
                    "EXISTS (SELECT FROM cx_first_run f WHERE f.company_id = %s"
                    " AND f.accepted_at IS NOT NULL)",
                    company.id,
                ),
                company=company.id,
                those=SQL("true")
                if partner_ids is None
                else SQL("c.partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        for activity_id, ended in rows:
            # sudo: the call is the machine's, whoever sold or judged
            self.env["mail.activity"].sudo().browse(activity_id)._cx_end(ended)

    @api.model
    def _settle_blocked(self, field, values):
        """Cancel at once the planned calls of whoever has just asked not to be contacted.

        :param field: of the contact, what is blocked: email_normalized or phone_sanitized
        """
        values = [value for value in values if value]
        if not values:
            return
        self.env["mail.activity"].flush_model(["active", "cx_customer_id"])
        self.env["res.partner"].flush_model([field])
        # without any planned call, this one query is all that it costs
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.company_id, array_agg(c.partner_id)
                  FROM mail_activity a JOIN cx_customer c ON c.id = a.cx_customer_id
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE a.active AND a.cx_customer_id IS NOT NULL AND p.%s = ANY(%s)
              GROUP BY c.company_id
                """,
                SQL.identifier(field),
                values,
            )
        )
        for company_id, partner_ids in rows:
            # the machine's calls: whoever unsubscribes is often nobody that is logged in
            customers = self.with_user(SUPERUSER_ID).with_company(company_id)
            company = customers.env.company
            customers._settle_calls(company, self._today(company), partner_ids)
