"""What people said about our use of their data: proof of it, for whoever asks."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize


class CxConsent(models.Model):
    """One time that a person agreed or objected to something: only ever added.

    What is in force stands elsewhere (on the contact, in opt-outs): this journal tells who said
    it, when, in answer to which words, and where the proof is. Erasing a person empties what
    tells who it was; the row stays.
    """

    _name = "cx.consent"
    _description = "Consent or Objection"
    _order = "at desc, id desc"
    _rec_name = "purpose"

    partner_id = fields.Many2one(
        "res.partner", "Person", index="btree_not_null", ondelete="set null",
        help="Empty when only an address is known, and once the person was erased.",
    )  # fmt: skip
    email = fields.Char(
        index="btree_not_null", help="Address it was said for. Empty where it is about no address."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, help="The company that was told."
    )
    purpose = fields.Selection(
        [("profiling", "Profiling")], required=True, help="The use of data it is about."
    )
    answer = fields.Selection(
        [("yes", "Agreed"), ("no", "Objected")], required=True, help="Agreed to it, or objected."
    )
    wording = fields.Text(help="What the person said, or read when saying it.")
    origin = fields.Selection(
        [("person", "Noted by a colleague")], required=True, help="How it came to us."
    )
    proof = fields.Char(help="Where the evidence is, such as the number of a letter.")
    user_id = fields.Many2one("res.users", "Noted By", ondelete="set null")
    at = fields.Datetime("Said At", required=True, index=True)

    # ------------------------------------------------------------ append-only
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Consent: only the machine keeps this journal."))
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        if vals:
            raise UserError(self.env._("Consent: what the journal says stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        raise UserError(self.env._("Consent: the journal is kept, nothing is deleted from it."))

    # --------------------------------------------------------------- writing
    @api.model
    def _note(self, vals_list):
        """Write down what people said.

        The company, the moment and, for what a colleague notes, the user are filled in where
        they are not given.

        :param list vals_list: values of each row; ``email`` in any spelling
        :return: the rows, as superuser
        """
        journal = self.sudo()  # sudo: nobody writes here by hand
        now = fields.Datetime.now()
        rows = []
        for vals in vals_list:
            row = {"company_id": self.env.company.id, "origin": "person", "at": now, **vals}
            if row["origin"] == "person":
                row.setdefault("user_id", self.env.uid)
            if row.get("email"):
                row["email"] = email_normalize(row["email"]) or False
            rows.append(row)
        return journal.create(rows)
