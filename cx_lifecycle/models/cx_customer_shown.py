"""Contacts lead to their customer, and so show its stage, once the company has accepted."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

# Beyond so many customers, about five seconds, an administrator would wait too long.
AT_ONCE = 200_000


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    @api.model
    def _pointing(self, company, customers):
        """UPDATE of the contacts that lead to a customer and should not, or the other way round.

        :param SQL customers: SELECT of customer, partner, and whether the partner leads there
        """
        return SQL(
            """
            UPDATE res_partner p
               SET cx_customer_id = CASE WHEN a.accepted
                       THEN coalesce(p.cx_customer_id, '{}') || jsonb_build_object(%(key)s, n.id)
                       ELSE nullif(p.cx_customer_id - %(key)s, '{}') END
              FROM (%(customers)s) AS n (id, partner_id, pointed),
                   (SELECT EXISTS (SELECT FROM cx_first_run
                                    WHERE company_id = %(company)s AND accepted_at IS NOT NULL)
                           AS accepted) AS a
             WHERE p.id = n.partner_id AND n.pointed <> a.accepted
            """,
            key=SQL("%s::text", str(company.id)),
            company=company.id,
            customers=customers,
        )

    @api.model
    def _show(self, company):
        """Let all contacts of a company lead to their customers; of many, in the background.

        Customers that come meanwhile are caught up with by the next look at them.
        """
        self.flush_model()
        if self.sudo().search_count([("company_id", "=", company.id)]) > AT_ONCE:  # sudo: a count
            self.env["cx.run"]._request("evaluate", company)
            return 0
        pointed = SQL("(p.cx_customer_id -> %s::text) IS NOT NULL", str(company.id))
        return self._change_pointers(
            self._pointing(
                company,
                SQL(
                    "SELECT c.id, c.partner_id, %s FROM cx_customer c"
                    " JOIN res_partner p ON p.id = c.partner_id WHERE c.company_id = %s",
                    pointed,
                    company.id,
                ),
            )
        )

    @api.model
    def _hide(self, company):
        """Let no contact of a company lead to its customer any more, at once."""
        key = str(company.id)
        return self._change_pointers(
            SQL(
                "UPDATE res_partner SET cx_customer_id = nullif(cx_customer_id - %s::text, '{}')"
                " WHERE (cx_customer_id -> %s::text) IS NOT NULL",
                key,
                key,
            )
        )

    def _change_pointers(self, update):
        """Run an UPDATE of contacts; the number that changed."""
        partners = self.env["res.partner"]
        partners.flush_model(["cx_customer_id"])
        self.env.cr.execute(update)
        changed = self.env.cr.rowcount
        partners.invalidate_model([name for name in partners._fields if name.startswith("cx_")])
        return changed

    @api.model
    def get_empty_list_help(self, help_message):
        """Until the company has accepted: what has to be done first, and by whom."""
        return self._waiting_help() or super().get_empty_list_help(help_message)

    @api.model
    def _waiting_help(self):
        first = self.env["cx.first.run"]
        if first._accepted(self.env.company):
            return False
        if not self.env.user.has_group("cx_lifecycle.group_admin"):
            title = self.env._("Stages are not shown yet")
            text = self.env._("An administrator looks at them first, and then shows them to all.")
            return self._help(title, text)
        title = self.env._("No stages yet")
        text = self.env._("Reps see no stage before you have looked at them and accepted them.")
        button = Markup(
            '<p><a type="action" name="cx_lifecycle.action_first_steps" class="btn btn-primary">'
            "%s</a></p>"
        ) % self.env._("First Steps")
        return self._help(title, text) + button

    def _help(self, title, text):
        return Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>") % (title, text)


class CxEpisode(models.Model):
    _inherit = "cx.episode"

    @api.model
    def get_empty_list_help(self, help_message):
        """As for customers: the history of stages is shown with the stages."""
        waiting = self.env["cx.customer"]._waiting_help()
        return waiting or super().get_empty_list_help(help_message)
