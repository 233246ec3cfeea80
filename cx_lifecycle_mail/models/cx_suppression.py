"""Addresses that are not to be written to again, though nobody knows any more whose they are."""

import secrets

from odoo import api, fields, models
from odoo.tools import SQL

from .consent import SALT, digest


class CxSuppression(models.Model):
    """An erased address, as a number that nobody can turn back into it.

    It is SHA-256 of a secret of this database and the normalized address. The secret is our own:
    Odoo changes ``database.secret`` in copies of a database, and they would write again.
    """

    _name = "cx.suppression"
    _description = "Address Not to Be Written to Again"
    _order = "id desc"
    _rec_name = "since"

    digest = fields.Char(required=True, size=64, readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="cascade",
        help="Which may not write; none may when empty.",
    )  # fmt: skip
    since = fields.Date(required=True, readonly=True)

    _address_unique = models.UniqueIndex(
        "(digest, coalesce(company_id, 0))", "This address is not to be written to already."
    )

    def init(self):
        """The secret is made once, and never again: without it, nothing here means anything."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: the machine's own
        if not parameters.search_count([("key", "=", SALT)], limit=1):
            parameters.create({"key": SALT, "value": secrets.token_hex(32)})

    @api.model
    def _keep(self, emails, company=None):
        """Nobody writes to these addresses again.

        :param emails: normalized
        :param company: which does not; none does when empty
        """
        emails = [email for email in emails if email]
        if not emails:
            return
        self.flush_model()
        self.env["ir.config_parameter"].flush_model()
        self.env.cr.execute(
            SQL(
                "INSERT INTO cx_suppression (digest, company_id, since, create_date)"
                " SELECT DISTINCT %s, %s::int, %s::date, %s::timestamp"
                " FROM unnest(%s::text[]) AS said (email) ON CONFLICT DO NOTHING",
                digest(SQL("said.email")),
                company.id if company else None,
                fields.Date.context_today(self),
                fields.Datetime.now(),
                emails,
            )
        )
        self.invalidate_model()
