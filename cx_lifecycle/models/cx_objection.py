"""What people said against the machine, kept to tell false alarms from true ones."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .cx_customer import QUIET
from .cx_customer_hold import SNOOZE_REASONS

# What a new verdict of a person puts in the place of.
REPLACES = {"hold": {"hold"}, "declared_lost": {"hold", "declared_lost"}, "not_now": set()}
# "Not now" for these reasons says that nothing was wrong with the customer.
FALSE_ALARMS = ("seasonal", "talking", "stock", "wrong")
# A stage for these reasons is a person's own verdict, not a call of the machine.
PERSONS = ("declared", "hold")


class CxObjection(models.Model):
    """One time that somebody contested a customer's stage, or put off a call.

    Rows are only ever added, and closed once; nobody changes or deletes them by hand.
    """

    _name = "cx.objection"
    _description = "Objection"
    _order = "on desc, id desc"
    _rec_name = "customer_id"

    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    user_id = fields.Many2one("res.users", "Said By", ondelete="set null")
    on = fields.Date("Said On", required=True)
    kind = fields.Selection(
        [
            ("hold", "Held in a stage"),
            ("declared_lost", "Declared lost"),
            ("not_now", "Not now"),
        ],
        required=True,
    )
    stage_id = fields.Many2one(
        "cx.stage",
        "Stage by the Rules",
        ondelete="restrict",
        help="What the rules said then, whatever people had decided before.",
    )
    judged_stage_id = fields.Many2one(
        "cx.stage", "Stage Held", ondelete="restrict", help="What the person said instead."
    )
    reason_code = fields.Selection(SNOOZE_REASONS, "Reason", help="Why not now.")
    note = fields.Char(help="In the person's own words.")
    until = fields.Date(help="Last day of the hold, or day before which not to call.")
    withdrawn_on = fields.Date(
        help="Day on which somebody took it back, or said something else in its place. Empty for "
        "what a purchase or the end date ended."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("What people said is kept: it cannot be deleted."))

    # --------------------------------------------------------------- writing
    @api.model
    def _say(self, customers, kind, **said):
        """Write down what the user says about customers, before anything follows from it.

        :param customers: whose stage is still the one objected to
        :param said: judged_stage_id, reason_code, note, until, as far as they apply
        """
        today = fields.Date.context_today(self)
        log = self.sudo()  # sudo: nobody writes here by hand
        present = log._present(customers)
        # a stage that somebody decided hides what the rules said: they said it to that person
        then = {said_before.customer_id.id: said_before.stage_id.id for said_before in present}
        present.filtered(lambda o: o.kind in REPLACES[kind]).withdrawn_on = today
        log.create(
            [
                {
                    "customer_id": customer.id,
                    "company_id": customer.company_id.id,
                    "user_id": self.env.uid,
                    "on": today,
                    "kind": kind,
                    "stage_id": then.get(customer.id, customer.stage_id.id),
                    **said,
                }
                for customer in customers
            ]
        )

    @api.model
    def _take_back(self, customers, kind):
        """Somebody lets the rules decide again: close what is in force."""
        log = self.sudo()  # sudo: as above
        log._present(customers).filtered(
            lambda o: o.kind == kind
        ).withdrawn_on = fields.Date.context_today(self)

    def _present(self, customers):
        """The rows behind the holds and declared losses in force, the latest of each kind."""
        found = {}
        for said in self.search(
            [
                ("customer_id", "in", customers.ids),
                ("kind", "in", ["hold", "declared_lost"]),
                ("withdrawn_on", "=", False),
            ],
            order="id",
        ):
            customer = said.customer_id
            held = said.kind == "hold" and said.until == customer.hold_until
            if held or (said.kind == "declared_lost" and said.on == customer.declared_lost_on):
                found[customer.id, said.kind] = said
        return self.union(*found.values())

    # --------------------------------------------------------------- figures
    @api.model
    @api.readonly
    def objection_figures(self, since, until=None):
        """How often people said that a call of the machine was wrong, in the user's company.

        A call is a stay as dormant or lost that began in the period, was lived through rather
        than rebuilt, and was decided by the rules. It is contested when somebody, while it lasted,
        held the customer in a livelier stage, or said "not now" because the customer is seasonal,
        has stock, is in touch or is not late; what was taken back on the same day does not count.
        Of several objections to a call the first counts, so that reasons add up.

        :param since: first day of the period, date or ISO text
        :param until: last day of the period, today when empty
        :return: since, until, calls, contested, by_reason (``{"hold" or reason: calls}``),
            false_alarm_share (contested by calls, None without calls), bought_after (of the
            contested, how many customers bought since the objection)
        :raise UserError: when a day is no date
        """
        to_day = self.env["cx.customer"]._to_day
        since, until = to_day(since), to_day(until or fields.Date.context_today(self))
        self.env["cx.customer"].flush_model(["last_purchase_on"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT answer.reason, count(*),
                       count(*) FILTER (WHERE c.last_purchase_on >= answer.day)
                  FROM (SELECT DISTINCT ON (call.id) call.customer_id, said.reason, said.day
                          FROM (%(calls)s) AS call
                     LEFT JOIN (%(said)s) AS said
                            ON said.customer_id = call.customer_id AND said.stage_id = call.stage_id
                           AND said.day BETWEEN call.entered_on
                               AND coalesce(call.left_on, 'infinity')
                      ORDER BY call.id, said.day, said.id) AS answer
                  JOIN cx_customer c ON c.id = answer.customer_id
              GROUP BY answer.reason
                """,
                calls=self._calls(since, until),
                said=self._false_alarms(),
            )
        )
        by_reason = dict.fromkeys(("hold", *FALSE_ALARMS), 0)
        by_reason.update({reason: count for reason, count, _bought in rows if reason})
        calls, contested = sum(count for _reason, count, _bought in rows), sum(by_reason.values())
        return {
            "since": fields.Date.to_string(since),
            "until": fields.Date.to_string(until),
            "calls": calls,
            "contested": contested,
            "by_reason": by_reason,
            "false_alarm_share": contested / calls if calls else None,
            "bought_after": sum(bought for reason, _count, bought in rows if reason),
        }

    def _calls(self, since, until):
        """SELECT of the machine's calls that the user may read."""
        by_code = self.env["cx.stage"]._ids_by_code()
        Episode = self.env["cx.episode"]
        query = Episode._search(
            Domain("company_id", "=", self.env.company.id)
            & Domain("stage_id", "in", [by_code[code] for code in QUIET])
            & Domain("reason", "not in", PERSONS)
            & Domain("rebuilt", "=", False)
            & Domain("silent", "=", False)
            & Domain("entered_on", ">=", since)
            & Domain("entered_on", "<=", until)
        )
        names = ("id", "customer_id", "stage_id", "entered_on", "left_on")
        return query.select(
            *(
                SQL("%s AS %s", Episode._field_to_sql(Episode._table, n, query), SQL.identifier(n))
                for n in names
            )
        )

    def _false_alarms(self):
        """SELECT of the objections, that the user may read, to being called dormant or lost."""
        lost = self.env["cx.stage"]._ids_by_code()["lost"]
        query = self._search(
            Domain("company_id", "=", self.env.company.id)
            & (
                # who says lost of a dormant customer finds the alarm too mild, not false
                Domain("kind", "=", "hold") & Domain("judged_stage_id", "!=", lost)
                | Domain("kind", "=", "not_now") & Domain("reason_code", "in", FALSE_ALARMS)
            )
        )
        columns = {n: self._field_to_sql(self._table, n, query) for n in (
            "id", "customer_id", "stage_id", "judged_stage_id", "reason_code", "on", "withdrawn_on"
        )}  # fmt: skip
        query.add_where(
            SQL(
                "%(judged_stage_id)s IS DISTINCT FROM %(stage_id)s"
                " AND %(withdrawn_on)s IS DISTINCT FROM %(on)s",
                **columns,
            )
        )
        return query.select(
            SQL(
                "%(id)s AS id, %(customer_id)s AS customer_id, %(stage_id)s AS stage_id,"
                " %(on)s AS day, coalesce(%(reason_code)s, 'hold') AS reason",
                **columns,
            )
        )
