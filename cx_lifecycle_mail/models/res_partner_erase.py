"""Forgetting people, as far as campaigns know of them: addresses and words go, counts stay."""

from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _cx_erase(self):
        """Also of the mails that they got, what they refused and what they answered.

        Who had refused something is not written to again, though nobody knows any more who it
        was; with ``cx_suppress`` in the context, nobody of them is.
        """
        self.env.flush_all()
        people = self.sudo()  # sudo: deleting and erasing contacts are rights of their own
        customers = people.env["cx.customer"]._whose(people)
        addresses = people._cx_own_addresses()
        people.env["cx.campaign.run"].search(
            [("customer_id", "in", customers.ids), ("state", "=", "running")]
        )._stop("no_contact")
        counts = {
            "suppressed": people._cx_suppress(addresses),
            "optouts": people._cx_run_sql(
                SQL("DELETE FROM cx_topic_optout WHERE email = ANY(%s)", addresses)
            ),
            "mails": people.env["cx.campaign.act"]._forget(self.ids, addresses, customers.ids),
            "answers": people._cx_erase_answers(),
        }
        people._cx_run_sql(
            SQL(
                "UPDATE cx_customer SET no_campaigns_reason = NULL WHERE id = ANY(%s)",
                customers.ids,
            )
        )
        people._cx_unlink_block_notes(addresses)
        self.env.invalidate_all()
        return {**counts, **super()._cx_erase()}

    def _cx_own_addresses(self):
        """Their addresses that no other contact has: what was said for it may be the other's."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT p.email_normalized FROM res_partner p WHERE p.id = ANY(%(ids)s)"
                " AND p.email_normalized IS NOT NULL AND NOT EXISTS (SELECT FROM res_partner o"
                " WHERE o.email_normalized = p.email_normalized AND o.id <> ALL(%(ids)s))",
                ids=self.ids,
            )
        )
        return [row[0] for row in rows]

    def _cx_suppress(self, addresses):
        """Keep the numbers of addresses that refused something; of all of them, if asked to.

        :return: how many addresses it is about
        """
        suppressions = self.env["cx.suppression"]
        if self.env.context.get("cx_suppress"):
            suppressions._keep(addresses)
            return len(addresses)
        rows = self.env.execute_query(
            SQL(
                "SELECT email, NULL::int FROM mail_blacklist WHERE active AND email = ANY(%(to)s)"
                " UNION SELECT email, company_id FROM cx_topic_optout"
                " WHERE email = ANY(%(to)s) AND (until IS NULL OR until >= current_date)",
                to=addresses,
            )
        )
        for company_id in {row[1] for row in rows}:
            company = self.env["res.company"].browse(company_id or [])
            suppressions._keep([email for email, told in rows if told == company_id], company)
        return len({email for email, _company in rows})

    def _cx_erase_answers(self):
        """Empty what they wrote in answer to campaigns; what they chose counts on."""
        count = self._cx_run_sql(
            SQL(
                "UPDATE survey_user_input_line l SET value_char_box = NULL, value_text_box = NULL"
                " FROM survey_user_input i WHERE i.id = l.user_input_id"
                " AND i.cx_act_id IS NOT NULL AND i.partner_id = ANY(%s)"
                " AND (l.value_char_box IS NOT NULL OR l.value_text_box IS NOT NULL)",
                self.ids,
            )
        )
        self.env["survey.user_input.line"].invalidate_model()
        return count

    def _cx_unlink_block_notes(self, addresses):
        """The block list keeps the address, for it is Odoo's; why somebody is on it goes."""
        entries = self.env["mail.blacklist"].with_context(active_test=False)
        listed = entries.search([("email", "in", addresses)])
        self.env["mail.message"].search(
            [("model", "=", "mail.blacklist"), ("res_id", "in", listed.ids)]
        ).unlink()
