"""Everything that is known of one person here, in one file: articles 15 and 20 of the GDPR."""

import json

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# what identifies the person in the file
IDENTITY = (
    "name", "email", "phone", "function", "street", "zip", "city", "country_id", "lang",
    "cx_no_profiling_since",
)  # fmt: skip
# nothing that a person could read
UNTOLD = ("binary", "one2many", "reference", "many2one_reference", "html", "properties")
NUMBERS = ("integer", "float", "monetary")
BOOKKEEPING = {"id", *models.MAGIC_COLUMNS}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_cx_personal_data(self):
        """Download what is known of this person."""
        self.ensure_one()
        self._check_personal_data()
        return {
            "type": "ir.actions.act_url",
            "url": f"/cx_lifecycle/person/{self.id}/file",
            "target": "download",
        }

    def _check_personal_data(self):
        if not self.env.user.has_group("cx_lifecycle.group_admin"):
            raise AccessError(
                self.env._("Personal data: only lifecycle administrators hand them out.")
            )
        self.check_access("read")

    def _cx_personal_data(self):
        """What is known of this person, and of the customer where the person is one, as JSON.

        Each record is told that points to the person, and of a customer each that points to the
        customer, with the rights and in the companies and the language of whoever asks. Empty
        fields are left out.

        :return: text: ``{"person": {...}, "made_at": text, "records": {kind: [{label: value}]},
            "left_out": [kinds that the reader may not read]}``
        :raise AccessError: for whoever is no lifecycle administrator, or may not see the person
        """
        self.ensure_one()
        self._check_personal_data()
        records, left_out = {}, []
        for name, domain in sorted(self._cx_personal_domains().items()):
            label = self.env["ir.model"]._get(name).sudo().name  # sudo: a name
            try:
                found = self.env[name].with_context(active_test=False).search(domain, order="id")
            except AccessError:
                left_out.append(label)
                continue
            if found:
                records[label] = told(found)
        return json.dumps(
            {
                "person": told(self, IDENTITY)[0],
                "made_at": fields.Datetime.to_string(fields.Datetime.now()),
                "records": records,
                "left_out": left_out,
            },
            ensure_ascii=False,
            indent=1,
            default=str,
        )

    def _cx_personal_domains(self):
        """{model: which of its records tell of this person}; other addons know more."""
        customers = self.env["cx.customer"].with_context(active_test=False)
        customers = customers.search([("partner_id", "=", self.id)])
        domains = {}
        for name, Model in self.env.items():
            kept = Model._auto and not (Model._abstract or Model._transient)
            if not name.startswith("cx.") or not kept:
                continue
            links, whose, by_email = [Domain.FALSE], [], Domain.FALSE
            for field in Model._fields.values():
                if not field.store:
                    continue
                if field.type == "many2one" and field.comodel_name == "res.partner":
                    links.append(Domain(field.name, "=", self.id))
                    whose.append(field.name)
                elif field.type == "many2one" and field.comodel_name == "cx.customer":
                    links.append(Domain(field.name, "in", customers.ids))
                    whose.append(field.name)
                elif field.name == "email" and self.email_normalized:
                    by_email = Domain("email", "=", self.email_normalized)
            # who shares an address is told apart where it is known who it was
            unknown = Domain.AND(Domain(name, "=", False) for name in whose)
            domain = Domain.OR(links) | unknown & by_email
            if not domain.is_false():
                domains[name] = domain
        return domains


def told(records, names=None):
    """[{label: value}] of what the fields of some records tell that their reader may read.

    Unknown is left out; a number that is 0 in the database is told.
    """
    told_fields = [
        field
        for name in names or records._fields
        if (field := records._fields[name]).store
        and field.type not in UNTOLD
        and name not in BOOKKEEPING
        and records._has_field_access(field, "read")
    ]
    numbers = [field.name for field in told_fields if field.type in NUMBERS]
    columns = SQL(", ").join(map(SQL.identifier, ["id", *numbers]))
    query = SQL(
        "SELECT %s FROM %s WHERE id = ANY(%s)",
        columns, SQL.identifier(records._table), records.ids,
    )  # fmt: skip
    known = {row["id"]: row for row in records.env.execute_query_dict(query)}
    rows = []
    for record in records.sudo():  # sudo: names of what the records point to
        row = {}
        for field in told_fields:
            value = record[field.name]
            if value or known[record.id].get(field.name) is not None:
                if field.type != "json":
                    value = field.convert_to_export(value, record)
                row[field._description_string(records.env)] = value
        rows.append(row)
    return rows
