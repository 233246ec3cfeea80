"""Forgetting people: what our tables tell of them goes, the counts stay (GDPR, article 17).

One piece of code for the dialog, for contacts that are deleted, and, of what is old, for the
monthly purge (``cx_retention.py``).
"""

import re

from odoo import api, models
from odoo.tools import SQL

from .scopes import ids_scope

# (model, column, SQL of the customers it is about) of what people wrote
TEXTS = (
    ("cx.touchpoint", "note", "customer_id"),
    ("cx.objection", "note", "customer_id"),
    ("cx.warning", "closed_reason", "customer_id"),
    ("cx.customer", "hold_reason", "id"),
    ("cx.customer", "declared_lost_reason", "id"),
    ("cx.customer", "snooze_note", "id"),
    ("cx.customer", "error", "id"),
)
# the customer that a seat is held for, whatever it is held in
SEAT_OF = SQL(
    "SELECT s.id, s.name, s.note, s.partner_id, s.account_id, p.commercial_partner_id"
    " FROM cx_seat s LEFT JOIN crm_lead l ON l.id = s.lead_id"
    " LEFT JOIN sale_order o ON o.id = s.order_id"
    " JOIN res_partner p ON p.id = coalesce(s.account_id, l.partner_id, o.partner_id)"
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_cx_forget(self):
        """What was noted of a person goes with the person; of one who was merged, it moved."""
        if not self.env.context.get("cx_merging"):
            self._cx_erase()

    def _cx_erase(self):
        """Erase what our tables hold of these people; other addons erase theirs besides.

        Names, addresses and free texts go, counts stay. Texts of the same customer are emptied
        where they mention the name or the address; who else is written of stays.

        :return: {kind: how many rows were concerned}
        """
        self.env.flush_all()
        # sudo: deleting and erasing contacts are rights of their own
        people = self.sudo()
        customers = people.env["cx.customer"]._whose(people)
        met = people._cx_met()
        counts = {
            "texts": people._cx_erase_texts(customers) + people._cx_erase_mentions(),
            "evidence": people._cx_unlink_evidence(),
            "seats": people._cx_erase_seats(),
            "preferences": people._cx_run_sql(
                SQL("DELETE FROM cx_channel_preference WHERE person_id = ANY(%s)", self.ids)
            ),
            "touchpoints": people._cx_run_sql(
                SQL("UPDATE cx_touchpoint SET person_id = NULL WHERE person_id = ANY(%s)", self.ids)
            ),
            "consents": people._cx_erase_consents(),
            "notes": people._cx_unlink_notes(customers),
        }
        people._cx_unlink_dialogs()
        self.env.invalidate_all()
        counts["customers"] = customers._detach()
        people.env["cx.customer"]._met_again(met)
        return counts

    # ----------------------------------------------------------------- pieces
    def _cx_run_sql(self, query):
        self.env.cr.execute(query)
        return self.env.cr.rowcount

    def _cx_met(self):
        """The customers, other than themselves, whose preferred channel they may have told."""
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM cx_customer c JOIN res_partner p"
                " ON p.commercial_partner_id = c.partner_id WHERE p.id = ANY(%s)"
                " AND c.partner_id <> ALL(%s)",
                self.ids,
                self.ids,
            )
        )
        return [row[0] for row in rows]

    def _cx_empty_texts(self, customers, which):
        """Empty free texts about some customers; how many.

        :param SQL customers: their ids, as an array
        :param SQL which: behind the text, says whether it goes
        """
        return sum(
            self._cx_run_sql(
                SQL(
                    "UPDATE %(table)s SET %(text)s = NULL"
                    " WHERE %(owner)s = ANY(%(customers)s) AND %(text)s %(which)s",
                    table=SQL.identifier(self.env[model]._table),
                    text=SQL.identifier(column),
                    owner=SQL.identifier(owner),
                    customers=customers,
                    which=which,
                )
            )
            for model, column, owner in TEXTS
        )

    def _cx_erase_texts(self, customers):
        """Empty what was written about people: of them as customers, and of talks with them."""
        count = self._cx_empty_texts(SQL("%s", customers.ids), SQL("IS NOT NULL"))
        return count + self._cx_run_sql(
            SQL(
                "UPDATE cx_touchpoint SET note = NULL WHERE person_id = ANY(%s)"
                " AND note IS NOT NULL",
                self.ids,
            )
        )

    def _cx_erase_mentions(self):
        """Empty texts about their companies that mention a name or an address of theirs."""
        firms, words = self.commercial_partner_id.ids, self._cx_words()
        if not words:
            return 0
        count = self._cx_empty_texts(
            SQL("ARRAY(SELECT c.id FROM cx_customer c WHERE c.partner_id = ANY(%s))", firms),
            SQL("~* ANY(%s)", words),
        )
        return count + self._cx_run_sql(
            SQL(
                "UPDATE cx_need_evidence SET note = NULL WHERE commercial_partner_id = ANY(%s)"
                " AND note ~* ANY(%s)",
                firms,
                words,
            )
        )

    def _cx_words(self):
        """Patterns that find these people's full names and addresses as words of a text."""
        words = {*self.mapped("name"), *self.mapped("email"), *self.mapped("email_normalized")}
        told = (re.escape(word.strip()) for word in words if word and len(word.strip()) > 2)
        return [rf"(^|\W){word}($|\W)" for word in sorted(told)]

    def _cx_unlink_evidence(self, more=SQL("false")):  # noqa: B008  a constant
        """Remove the evidence of needs of these people; sums of customers follow.

        :param SQL more: condition on other evidence that goes too
        :return: how many pieces went
        """
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM cx_need_evidence WHERE partner_id = ANY(%s) OR %s"
                " RETURNING company_id, commercial_partner_id",
                self.ids,
                more,
            )
        )
        self.env["cx.need.evidence"].invalidate_model()
        customers = self.env["cx.customer"].sudo()  # sudo: sums are the machine's
        for company in self.env["res.company"].browse({row[0] for row in rows}):
            scope = ids_scope({row[1] for row in rows if row[0] == company.id})
            customers._write_needs(company, scope, customers._today(company))
        return len(rows)

    def _cx_erase_seats(self):
        """Seats in deals stay without the person, for win rates; those for customers go."""
        erased = self.env._("Erased")
        gone = self._cx_run_sql(
            SQL(
                "DELETE FROM cx_seat WHERE account_id = ANY(%s)"
                " OR account_id IS NOT NULL AND partner_id = ANY(%s)",
                self.ids,
                self.ids,
            )
        )
        unnamed = self._cx_run_sql(
            SQL(
                "UPDATE cx_seat SET partner_id = NULL, name = %s, note = NULL"
                " WHERE partner_id = ANY(%s)",
                erased,
                self.ids,
            )
        )
        words = self._cx_words()
        if not words:
            return gone + unnamed
        return (
            gone
            + unnamed
            + self._cx_run_sql(
                SQL(
                    "UPDATE cx_seat u SET name = CASE WHEN s.name ~* ANY(%(words)s)"
                    " THEN %(erased)s ELSE s.name END, note = CASE WHEN s.note ~* ANY(%(words)s)"
                    " THEN NULL ELSE s.note END"
                    " FROM (%(seats)s) AS s WHERE u.id = s.id"
                    " AND s.commercial_partner_id = ANY(%(firms)s)"
                    " AND (s.name ~* ANY(%(words)s) OR s.note ~* ANY(%(words)s))",
                    words=words,
                    erased=erased,
                    seats=SEAT_OF,
                    firms=self.commercial_partner_id.ids,
                )
            )
        )

    def _cx_erase_consents(self):
        """The journal keeps that somebody said so, and when; not who it was, nor the words."""
        # an address may be shared: what nobody in particular said for it may be the other's
        return self._cx_run_sql(
            SQL(
                "UPDATE cx_consent SET partner_id = NULL, email = NULL, wording = NULL,"
                " proof = NULL WHERE partner_id = ANY(%s)"
                " OR partner_id IS NULL AND email = ANY(%s) AND NOT EXISTS ("
                "SELECT FROM res_partner o WHERE o.email_normalized = cx_consent.email"
                " AND o.id <> ALL(%s))",
                self.ids,
                [email for email in self.mapped("email_normalized") if email],
                self.ids,
            )
        )

    def _cx_unlink_dialogs(self):
        """What was typed into our dialogs waits for the vacuum for an hour: not of these people."""
        for Model in self.env.values():
            if (
                not (Model._transient and Model._name.startswith("cx."))
                or Model._name == "cx.erase"
            ):
                continue  # that one is being looked at
            for field in Model._fields.values():
                if field.store and field.type == "many2one" and field.comodel_name == self._name:
                    self._cx_run_sql(
                        SQL(
                            "DELETE FROM %s WHERE %s = ANY(%s)",
                            SQL.identifier(Model._table),
                            SQL.identifier(field.name),
                            self.ids,
                        )
                    )

    def _cx_unlink_notes(self, customers):
        """Delete the notes that we left on them, those about them, and calls planned by us."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("cx_customer_id", "in", customers.ids)]).unlink()
        messages = self.env["mail.message"].search(
            [
                ("cx_note", "=", True),
                ("model", "=", "res.partner"),
                ("res_id", "in", (self | self.commercial_partner_id).ids),
            ]
        )
        words = [re.compile(word, re.IGNORECASE) for word in self._cx_words()]
        theirs = messages.filtered(
            lambda note: (
                note.res_id in self.ids or any(word.search(note.body or "") for word in words)
            )
        )
        count = len(theirs)
        theirs.unlink()
        return count


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _detach(self):
        """These customers become nobody's: their history counts, and leads to no person."""
        if not self:
            return 0
        self.env["cx.warning"]._close_all(self)
        self.env.flush_all()
        partner_ids = self.partner_id.ids
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer SET partner_id = NULL, active = false, due = false,"
                " satisfaction_last = NULL, satisfaction_on = NULL, satisfaction_mean = NULL,"
                " satisfaction_trend = NULL WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE res_partner SET cx_customer_id = NULL WHERE id = ANY(%s)", partner_ids)
        )
        self.env.invalidate_all(flush=False)
        return len(self)
