from odoo import api, fields, models
from odoo.tools import SQL

from .cx_interaction import BEGUN_BY


class CxTouchpoint(models.Model):
    """One contact between a customer and the company.

    Rows are written from documents by set-based SQL, see ``cx_touchpoint_sql.py``, or by hand,
    see ``cx_touchpoint_hand.py``. In the database, satisfaction and delay are NULL when unknown.
    """

    _name = "cx.touchpoint"
    _description = "Touchpoint"
    _order = "at desc, id desc"
    _rec_name = "interaction_id"

    customer_id = fields.Many2one("cx.customer", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    person_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        help="Who of the customer it was. Empty once that contact was deleted.",
    )
    company_id = fields.Many2one(related="customer_id.company_id", store=True)
    at = fields.Datetime("When", required=True)
    channel_id = fields.Many2one("cx.channel", required=True, ondelete="restrict")
    interaction_id = fields.Many2one("cx.interaction", required=True, ondelete="restrict")
    step_id = fields.Many2one(
        "cx.journey.step", required=True, ondelete="restrict", help="That of the interaction."
    )
    begun_by = fields.Selection(BEGUN_BY, required=True)
    satisfaction = fields.Float(
        aggregator="avg", help="From 0, the worst, to 10. It counts where it is known only."
    )
    rated = fields.Boolean("Satisfaction Known")
    delay_hours = fields.Float(
        "Delay (Hours)", aggregator="avg", help="Hours until the answer or the end."
    )
    source_id = fields.Many2one(
        "cx.touchpoint.source", ondelete="cascade", help="Empty: written by hand."
    )
    res_id = fields.Integer("Record", aggregator=None, help="The source's record it was read of.")
    note = fields.Char(help="What was said; only of touchpoints written by hand.")

    _source_unique = models.UniqueIndex(
        "(source_id, res_id) WHERE source_id IS NOT NULL", "A record is one touchpoint of a source."
    )
    # what came after the contacts of a customer is found from this index alone
    _customer_index = models.Index("(customer_id, at) INCLUDE (company_id, step_id, channel_id)")
    # what was said last of a customer; few touchpoints are rated
    _rated_index = models.Index("(customer_id, at) WHERE satisfaction IS NOT NULL")
    # timelines look for these among many others
    _hand_index = models.Index("(customer_id, at) WHERE source_id IS NULL")
    # a map of a period is added up from this index alone
    _map_index = models.Index(
        "(company_id, at) INCLUDE"
        " (step_id, channel_id, interaction_id, customer_id, satisfaction, delay_hours)"
    )
    _note_index = models.Index("(company_id, satisfaction) WHERE note IS NOT NULL")
    _satisfaction_check = models.Constraint(
        "CHECK(satisfaction BETWEEN 0 AND 10)", "Satisfaction: enter a number from 0 to 10."
    )

    # ------------------------------------------------------------- what happens
    @api.model
    def _interactions_changed(self, interactions):
        """The catalogue says another step or beginner: what was fed is read again, soon."""
        self.flush_model()
        self.env["cx.interaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "UPDATE cx_touchpoint t SET step_id = i.step_id, begun_by = i.begun_by"
                " FROM cx_interaction i WHERE i.id = t.interaction_id"
                " AND t.interaction_id = ANY(%s) AND t.source_id IS NULL RETURNING t.customer_id",
                interactions.ids,
            )
        )
        self.invalidate_model(["step_id", "begun_by"])
        self.env["cx.customer"]._met_again({customer for (customer,) in rows})
        # sudo: the catalogue is the marketers', reading documents is the machine's
        sources = self.env["cx.touchpoint.source"].sudo().with_context(active_test=False)
        sources.search([("interaction_id", "in", interactions.ids)])._read_again()

    def action_open_record(self):
        """Open the record it was read of; the document, where that is a message about one."""
        self.ensure_one()
        model, number = self._name, self.id
        # sudo: which model it is; the record itself is opened with the reader's rights
        source = self.source_id.sudo()
        if source.installed:
            model, number = self._document(self.env[source.model].browse(self.res_id))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": number,
            "views": [(False, "form")],
        }

    def _document(self, record):
        """Model and id of what a record is about, or its own."""
        if record._name == "mail.notification":
            record = record.mail_message_id
        reference = record._fields.get("res_id")
        if reference and reference.type == "many2one_reference" and record.res_id:
            return record[reference.model_field], record.res_id
        return record._name, record.id
