from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize


class CxConsentEntry(models.TransientModel):
    """A colleague writes down that somebody said yes to a topic: when, to which words, and where
    the evidence is. The rows of a file that is imported are such, too.
    """

    _name = "cx.consent.entry"
    _description = "Somebody Said Yes"

    email = fields.Char(required=True)
    topic_id = fields.Many2one("cx.topic", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    at = fields.Datetime("Said At", required=True)
    wording = fields.Text(required=True, help="What the person read when saying yes, or said.")
    proof = fields.Char(required=True, help="Where the evidence is, such as the number of a form.")
    blocked = fields.Boolean(compute="_compute_blocked", help="It is on the block list.")

    @api.depends("email")
    def _compute_blocked(self):
        listed = self.env["mail.blacklist"].sudo()  # sudo: whether one address is on it
        for entry in self:
            address = email_normalize(entry.email)
            entry.blocked = bool(address) and bool(
                listed.search_count([("email", "=", address)], limit=1)
            )

    @api.constrains("email", "topic_id", "company_id", "at", "wording", "proof")
    def _check_evidence(self):
        for entry in self:
            if not email_normalize(entry.email):
                raise ValidationError(
                    self.env._("E-mail: enter one address, such as ada@example.com.")
                )
            if entry.topic_id.company_id not in (self.env["res.company"], entry.company_id):
                raise ValidationError(
                    self.env._("Topic: choose one of company %s.", entry.company_id.name)
                )
            if entry.at > fields.Datetime.now():
                raise ValidationError(self.env._("Said At: choose a moment that is over."))
            if not entry.wording.strip():
                raise ValidationError(self.env._("Wording: enter what the person agreed to."))
            if not entry.proof.strip():
                raise ValidationError(self.env._("Proof: enter where the evidence is."))

    @api.model_create_multi
    def create(self, vals_list):
        """What a file says is said when it is read; the dialog has a button for it."""
        entries = super().create(vals_list)
        if self.env.context.get("import_file"):
            entries._say("file")
        return entries

    def action_save(self):
        """Write it down: from now on the topic is sent to the address."""
        self._say("person")
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}

    def _say(self, origin):
        self.check_access("write")
        self.env["cx.consent"]._say_yes(
            [
                {
                    "email": email_normalize(entry.email),
                    "company_id": entry.company_id.id,
                    "topic_id": entry.topic_id.id,
                    "at": entry.at,
                    "wording": entry.wording.strip(),
                    "proof": entry.proof.strip(),
                    "origin": origin,
                    "user_id": self.env.uid,
                }
                for entry in self
            ]
        )
