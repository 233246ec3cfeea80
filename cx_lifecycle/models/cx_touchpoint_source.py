from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

MOMENTS = ("datetime", "date")
PATH_TYPES = {
    "partner_path": (("many2one",), "res.partner"),
    "company_path": (("many2one",), "res.company"),
    "date_path": (MOMENTS, None),
    "satisfaction_path": (("float", "integer", "monetary"), None),
    "end_path": (MOMENTS, None),
}
# What makes other touchpoints of the same documents.
DEFINITION = {
    "model", "model_id", "company_id", "domain", "channel_id", "interaction_id",
    "satisfaction_low", "satisfaction_high", *PATH_TYPES,
}  # fmt: skip


class CxTouchpointSource(models.Model):
    """What counts as a touchpoint, as data: documents of a model, read by set queries.

    Each document that fits, of a contact who is a customer, is one touchpoint.
    """

    _name = "cx.touchpoint.source"
    _description = "Touchpoint Source"
    _inherit = "cx.source"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        "Counts", default=True, help="Whether it is read; what was read of it before stays."
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: the documents of all companies."
    )
    model = fields.Char(
        "Model Name",
        required=True,
        help="Technical name of the documents' model, for instance helpdesk.ticket. A source whose "
        "app is not installed waits until it is.",
    )
    domain = fields.Char(required=True, default="[]", help="Which of the documents count.")
    partner_path = fields.Char(
        "Person",
        required=True,
        default="partner_id",
        help="Field that leads to the person, for instance partner_id or order_id.partner_id. Of a "
        "document that names another by model and number: res_id(sale.order).partner_id.",
    )
    company_path = fields.Char(
        "Company of the Document",
        help="Field that leads to its company. Empty: company_id, where there is one. A document "
        "without company belongs to the first company that the person is a customer of.",
    )
    date_path = fields.Char(
        "When",
        required=True,
        default="create_date",
        help="Field with the moment. A day without time counts from noon, in UTC.",
    )
    channel_id = fields.Many2one("cx.channel", required=True, ondelete="restrict")
    interaction_id = fields.Many2one(
        "cx.interaction", required=True, index=True, ondelete="restrict"
    )
    satisfaction_path = fields.Char(
        "Satisfaction", help="Field with a number that tells how satisfied the person was."
    )
    satisfaction_low = fields.Float("Worst", default=0, help="The number that stands for 0 of 10.")
    satisfaction_high = fields.Float("Best", default=10, help="The number that stands for 10.")
    end_path = fields.Char(
        "Answered or Ended",
        help="Field with the moment of the answer or the end: the delay is counted up to it.",
    )

    fed_at = fields.Datetime(
        "Read Until",
        readonly=True,
        copy=False,
        help="What was written before this moment has been read. Empty: the past is still to read.",
    )
    fed_to = fields.Integer(
        "Read Up To", readonly=True, copy=False, help="The number of the last document read."
    )
    count = fields.Integer("Touchpoints", readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False, help="Why it could not be read.")

    # ------------------------------------------------------------ definition
    @api.constrains("model", "domain", "company_id", *PATH_TYPES)
    def _check_definition(self):
        for source in self.filtered("installed"):
            source._check_model_allowed()
            source._check_keeps_documents()
            for name, (types, comodel) in PATH_TYPES.items():
                if source[name]:
                    source._check_path(name, types, comodel)
            source._check_rights(PATH_TYPES)

    @api.constrains("satisfaction_low", "satisfaction_high")
    def _check_scale(self):
        for source in self:
            if source.satisfaction_low == source.satisfaction_high:
                raise ValidationError(
                    self.env._("Worst and Best: enter two different numbers of the scale.")
                )

    def _company_steps(self):
        """The path to the documents' company, or None where they have none."""
        return self.company_path or ("company_id" if self._company_field() else None)

    # ---------------------------------------------------------------- changes
    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources._read_again()
        return sources

    def write(self, vals):
        done = super().write(vals)
        if DEFINITION & set(vals):
            self._read_again()
        return done

    def unlink(self):
        """What was read goes along, and what it told of the customers."""
        self.env["cx.touchpoint"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT customer_id FROM cx_touchpoint"
                " WHERE source_id = ANY(%s) AND satisfaction IS NOT NULL",
                self.ids,
            )
        )
        done = super().unlink()
        # sudo: figures are the machine's, whoever deletes the source
        self.env["cx.customer"].sudo()._rate([row[0] for row in rows])
        return done

    def action_read_again(self):
        """Read the past again, in the background."""
        self.check_access("write")
        self._read_again()

    def action_touchpoints(self):
        """Open the touchpoints read of these documents."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "cx.touchpoint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("source_id", "=", self.id)],
        }
