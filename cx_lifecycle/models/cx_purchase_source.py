from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# Models that record the same sales: only one of them can count for a company.
SAME_SALES = ("sale.order", "account.move")
PATH_TYPES = {
    "partner_path": ("many2one", "res.partner"),
    "date_path": (("date", "datetime"), None),
    "amount_path": (("monetary", "float", "integer"), None),
    "margin_path": (("monetary", "float", "integer"), None),
    "currency_path": ("many2one", "res.currency"),
    "invoice_path": ("many2one", "account.move"),
}


class CxPurchaseSource(models.Model):
    """What counts as a purchase, as data: documents of a model, read by set queries.

    A purchase is one day on which a customer bought, with its net amount over all
    sources, in the currency of the company; a day whose net is not positive is none.
    """

    _name = "cx.purchase.source"
    _description = "Purchase Source"
    _inherit = "cx.source"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean("Counts", default=True, help="Whether these documents count.")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: each document counts for the company it belongs to. Needed for documents "
        "that have no company of their own.",
    )
    model = fields.Char(
        "Model Name",
        required=True,
        help="Technical name of the documents' model, for instance sale.order. A source whose app "
        "is not installed waits until it is.",
    )
    partner_path = fields.Char(
        "Customer",
        required=True,
        default="partner_id",
        help="Field that leads to the customer, for instance partner_id or order_id.partner_id.",
    )
    date_path = fields.Char(
        "Date",
        required=True,
        help="Field with the day of the purchase. Times are read in the "
        "time zone of the company's address record.",
    )
    amount_path = fields.Char("Amount", required=True, help="Field with the amount that counts.")
    currency_path = fields.Char(
        "Currency",
        help="Field with the currency of the amount; it is converted at the rate of that day. "
        "Empty: the amount is in the currency of the company.",
    )
    invoice_path = fields.Char(
        "Invoice",
        help="Field that leads to the document's own invoice. While invoices count as purchases, "
        "documents with one are left out here, for their invoice counts already.",
    )
    sign = fields.Selection(
        [("1", "Sale: added"), ("-1", "Refund: subtracted")],
        required=True,
        default="1",
        help="Whether the amount raises or lowers what the customer bought.",
    )
    domain = fields.Char(required=True, default="[]", help="Which of the documents count.")

    check_on = fields.Datetime("Checked On", readonly=True)
    check_count = fields.Integer("Counted", readonly=True, help="Documents that count.")
    check_first_on = fields.Date("First", readonly=True)
    check_last_on = fields.Date("Last", readonly=True)
    check_orphans = fields.Integer(
        "Without Customer", readonly=True, help="Documents that count for nobody."
    )

    # ------------------------------------------------------------ definition
    @api.constrains("model", "domain", "company_id", *PATH_TYPES)
    def _check_definition(self):
        for source in self.filtered("installed"):
            source._check_keeps_documents()
            for name, (types, comodel) in PATH_TYPES.items():
                if source[name]:
                    source._check_path(name, types, comodel)
            source._check_domain()
            if not source.company_id and not source._company_field():
                raise ValidationError(
                    self.env._(
                        "Company: documents of %(model)s belong to no company. Say for which "
                        "company the source %(name)s counts.",
                        model=source.model,
                        name=source.name,
                    )
                )

    @api.constrains("model", "domain", "company_id", *PATH_TYPES)
    def _check_written(self):
        """Whoever writes a source may not read through it what is none of theirs."""
        for source in self.filtered("installed"):
            source._check_rights(PATH_TYPES)

    def _is_known(self, source):
        return not source.company_id or source.company_id in self.env.companies

    @api.constrains("active", "model", "company_id", "sign")
    def _check_counted_once(self):
        # sudo: those of other companies may count the same sales again
        counted = self.sudo().search([("model", "in", SAME_SALES), ("sign", "=", "1")])
        for company in counted.company_id or [self.env["res.company"]]:
            here = counted.filtered(lambda s, c=company: not s.company_id or s.company_id == c)
            if len(set(here.mapped("model"))) > 1:
                raise ValidationError(
                    self.env._(
                        "Orders and invoices record the same sales, so only one of them may "
                        "count. Press “Count these instead” on the one you want: %(names)s",
                        names=", ".join(here.filtered(self._is_known).mapped("name")),
                    )
                )

    # ---------------------------------------------------------------- changes
    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources._reevaluate()
        return sources

    def write(self, vals):
        before = self._companies()
        done = super().write(vals)
        if set(vals) - {"name", "sequence"} and not all(key.startswith("check_") for key in vals):
            self._reevaluate(before)
        return done

    def unlink(self):
        before = self._companies()
        done = super().unlink()
        self.browse()._reevaluate(before)
        return done

    def _companies(self):
        """The companies that these documents count for."""
        if all(source.company_id for source in self):
            return self.company_id
        # sudo: a source without company counts for all, whatever the user's
        return self.env["cx.policy"].sudo().search([("state", "=", "published")]).company_id

    def _reevaluate(self, before=None):
        """What counts has changed: every customer of the companies is looked at again."""
        companies = self._companies() | (before or self.env["res.company"])
        if companies:
            self.env["cx.run"]._request("rebuild", companies)

    def action_count_instead(self):
        """Count these documents, and no longer the others that record the same sales."""
        self.ensure_one()
        if self.model in SAME_SALES:
            others = self.search(
                [("model", "in", SAME_SALES), ("model", "!=", self.model), ("sign", "=", "1")]
            )
            others.filtered(
                lambda s: not s.company_id or not self.company_id or s.company_id == self.company_id
            ).active = False
        self.active = True

    def action_check(self):
        """Count the documents and show what they cover."""
        for source in self:
            if not source.installed:
                raise UserError(
                    self.env._(
                        "%(name)s: install the app of %(model)s first.",
                        name=source.name,
                        model=source.model,
                    )
                )
            source._check_definition()
            documents = source._documents(source.company_id or self.env.company)
            [(count, first, last, orphans)] = self.env.execute_query(
                SQL(
                    "SELECT count(*), min(day), max(day),"
                    " count(*) FILTER (WHERE partner_id IS NULL) FROM (%s) AS document",
                    documents,
                )
            )
            source.write(
                {
                    "check_on": fields.Datetime.now(),
                    "check_count": count,
                    "check_first_on": first,
                    "check_last_on": last,
                    "check_orphans": orphans,
                }
            )

    # -------------------------------------------------------------------- SQL
    def _documents(self, company, scope=None, margin=False):
        """SELECT of the documents that count: id, partner_id (commercial), day, amount.

        :param company: the company they count for; amounts are in its currency
        :param scope: function from the SQL of a commercial partner's id to a condition
        :param margin: whether their margin is wanted besides
        """
        self.ensure_one()
        domain = self._parsed_domain()
        if self.invoice_path and self._invoices_count(company):
            domain &= Domain(self.invoice_path, "=", False)
        _model, query = self._query(company, domain)
        partner = self._path_to_sql(query, f"{self.partner_path}.commercial_partner_id")
        if scope:
            query.add_where(scope(partner))
        day = self._day_to_sql(query, company)
        query.add_where(SQL("%s IS NOT NULL", day))
        columns = [
            SQL.identifier(query.table, "id"),
            SQL("%s AS partner_id", partner),
            SQL("%s AS day", day),
            SQL("%s AS amount", self._amount_to_sql(query, day, company)),
        ]
        if margin:
            columns.append(SQL("%s AS margin", self._margin_to_sql(query, day, company)))
        return query.select(*columns)

    def _written(self, company, since):
        """SELECT of partner_id and moment of the documents, counting or not, written since."""
        self.ensure_one()
        Model, query = self._query(company, Domain.TRUE)
        at = Model._field_to_sql(query.table, "write_date", query)
        query.add_where(SQL("%s >= %s", at, since))
        partner = self._path_to_sql(query, f"{self.partner_path}.commercial_partner_id")
        return query.select(SQL("%s AS partner_id", partner), SQL("%s AS at", at))

    def _day_to_sql(self, query, company):
        """The calendar day of a document, where the company is."""
        date = self._path_to_sql(query, self.date_path)
        *_steps, (_model, last, _referred) = self._walk(self.date_path)
        if last.type == "date":
            return date
        zone = company.partner_id.tz or "UTC"
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", date, zone)

    def _amount_to_sql(self, query, day, company, path=None):
        """The signed amount in the company's currency, as Odoo itself converts on that day.

        :param path: of the amount, when it is another one than that of the purchase
        """
        path = path or self.amount_path
        amount = SQL("coalesce(%s, 0)::numeric", self._path_to_sql(query, path))
        if self.sign == "-1":
            amount = SQL("-%s", amount)
        if not self.currency_path:
            return amount
        currency = self._path_to_sql(query, self.currency_path)
        return SQL(
            "CASE WHEN coalesce(%(from)s, %(to)s) = %(to)s THEN %(amount)s"
            " ELSE %(amount)s * (%(to_rate)s) / (%(from_rate)s) END",
            **{
                "from": currency,
                "to": company.currency_id.id,
                "amount": amount,
                "to_rate": self._rate_to_sql(SQL("%s", company.currency_id.id), day, company),
                "from_rate": self._rate_to_sql(currency, day, company),
            },
        )

    def _rate_to_sql(self, currency, day, company):
        """The rate of a currency on a day, by the rules of ``res.currency._get_rates``."""
        rates = SQL(
            "SELECT rate FROM res_currency_rate WHERE currency_id = %s"
            " AND coalesce(company_id, %s) = %s",
            currency,
            company.root_id.id,
            company.root_id.id,
        )
        return SQL(
            "coalesce((%(rates)s AND name <= %(day)s ORDER BY company_id, name DESC LIMIT 1),"
            " (%(rates)s ORDER BY company_id, name LIMIT 1), 1)",
            rates=rates,
            day=day,
        )

    @api.model
    def _counting(self, company):
        """The sources that count for a company."""
        sources = self.sudo().search(  # sudo: sources are read for everybody
            [("company_id", "in", [False, company.id])]
        )
        return sources.filtered(lambda s: s.installed and (s.company_id or s._company_field()))

    @api.model
    def _invoices_count(self, company):
        sales = self._counting(company).filtered(lambda s: s.sign == "1")
        return "account.move" in sales.mapped("model")

    @api.model
    def _days(self, company, scope=None, margin=False):
        """SELECT of partner_id, day and net amount in the company's currency, per day.

        :param margin: whether the margin of the day is wanted besides: NULL when that of one of
            its documents is not known
        """
        documents = [s._documents(company, scope, margin) for s in self._counting(company)]
        if not documents:
            return SQL(
                "SELECT 0 AS partner_id, NULL::date AS day, 0::numeric AS amount%s WHERE false",
                SQL(", NULL::numeric AS margin") if margin else SQL(),
            )
        digits = company.currency_id.decimal_places
        known = SQL(
            ", CASE WHEN count(*) = count(margin) THEN round(sum(margin), %s) END AS margin", digits
        )
        return SQL(
            "SELECT partner_id, day, round(sum(amount), %s) AS amount%s FROM (%s) AS document"
            " WHERE partner_id IS NOT NULL GROUP BY partner_id, day",
            digits,
            known if margin else SQL(),
            SQL(" UNION ALL ").join(documents),
        )
