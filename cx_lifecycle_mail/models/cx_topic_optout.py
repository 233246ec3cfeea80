from odoo import fields, models


class CxTopicOptout(models.Model):
    """An address that wants no more of a topic, or a pause from all of them."""

    _name = "cx.topic.optout"
    _description = "Opt-Out of a Topic"
    _order = "id desc"
    _rec_name = "email"

    email = fields.Char(required=True, help="Normalized: lower case, without a name.")
    topic_id = fields.Many2one(
        "cx.topic", ondelete="cascade", index=True, help="Empty: of all campaigns, for a pause."
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    until = fields.Date(help="Last day; empty: for good.")
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    source = fields.Selection(
        [
            ("one_click", "Unsubscribe button of the mail program"),
            ("page", "Preference page"),
            ("person", "Entered by a colleague"),
        ],
        default="person",
        required=True,
    )
    reason = fields.Char(help="In the person's own words.")
    user_id = fields.Many2one("res.users", "Entered By", readonly=True)

    _address_index = models.Index("(email, company_id)")
