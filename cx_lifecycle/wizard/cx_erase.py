"""Erasing a person who asks for it: says first what goes and what stays, then does it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..models.words import labelled

# what an archived contact needs not: invoices keep the name and the address
MARKETING = (
    "email", "phone", "function", "website", "comment", "category_id", "industry_id",
    "image_1920", "user_id",
)  # fmt: skip


class CxErase(models.TransientModel):
    """Erase what is known of one person."""

    _name = "cx.erase"
    _description = "Erase a Person"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, readonly=True, ondelete="cascade"
    )
    contact = fields.Selection(
        [("forget", "Delete it, or archive it where documents keep it"), ("keep", "Leave it")],
        "The Contact Itself",
        required=True,
        default="forget",
    )
    goes = fields.Text(compute="_compute_what")
    stays = fields.Text(compute="_compute_what")
    documents = fields.Integer(compute="_compute_what", help="Records that keep the contact.")
    sure = fields.Boolean("I have read this: it cannot be taken back")

    # at the opening only: a try forgets what is being typed in the dialog
    @api.depends("partner_id")
    def _compute_what(self):
        for dialog in self:
            dialog.update(dialog._what())

    def _what(self):
        """What erasing takes and leaves, as the dialog shows it."""
        documents = self._documents()
        return {
            "goes": self._words_of_goes(),
            "documents": sum(documents.values()),
            "stays": self._words_of_stays(documents),
        }

    def _words_of_goes(self):
        purges = self.env["cx.purge"]
        labels = purges._labels()
        counts = {labels.get(kind, kind): count for kind, count in self._tried().items()}
        return purges._told(counts) or self.env._("Nothing is noted of this person.")

    def _words_of_stays(self, documents):
        lines = [
            self.env._("Counts: stays, objectives, results. They lead to nobody any more."),
            *(labelled(self.env, label, count) for label, count in documents.items()),
        ]
        if documents:
            lines.append(
                self.env._(
                    "These documents keep their contact, as the law on invoices and accounts "
                    "asks: it is archived, and its e-mail, phone, tags and notes are emptied."
                )
            )
        return "\n".join(lines)

    def _tried(self):
        """What erasing would do, in numbers: it is done, and rolled back."""
        self._check_may_erase()
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            counts = self.partner_id._cx_erase()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return counts

    def _documents(self):
        """{what they are: how many} of the records that do not let the contact be deleted."""
        found = {}
        for Model in self.env.values():
            if Model._name.startswith("cx.") or not Model._auto or Model._transient:
                continue
            links = [
                field.name
                for field in Model._fields.values()
                if field.type == "many2one" and field.comodel_name == "res.partner"
                and field.store and not field.company_dependent and field.ondelete == "restrict"
            ]  # fmt: skip
            if not links or Model._abstract:
                continue
            those = SQL(" OR ").join(
                SQL("%s = %s", SQL.identifier(name), self.partner_id.id) for name in links
            )
            query = SQL("SELECT count(*) FROM %s WHERE %s", SQL.identifier(Model._table), those)
            [(count,)] = self.env.execute_query(query)
            if count:
                label = self.env["ir.model"]._get(Model._name).sudo().name  # sudo: a name
                found[label] = count
        return found

    def _check_may_erase(self):
        if not self.env.user.has_group("cx_lifecycle.group_admin"):
            raise AccessError(self.env._("Erase: only lifecycle administrators erase people."))
        self.partner_id.check_access("read")

    def action_erase(self):
        """Erase what was shown, then delete, archive or leave the contact; keep a record of it."""
        self.ensure_one()
        self._check_may_erase()
        if not self.sure:
            raise UserError(self.env._("Confirm: tick the box when you have read what goes."))
        partner = self.partner_id
        # sudo: their own entry is all that is asked for
        if self.contact == "forget" and partner.sudo().user_ids:
            raise UserError(
                self.env._(
                    "The Contact Itself: %s has a login. Archive and delete the user first, or "
                    "leave the contact.",
                    partner.display_name,
                )
            )
        documents = self._documents()
        counts = partner._cx_erase()
        if self.contact == "forget" and not documents:
            partner.unlink()
        else:
            # sudo: from what documents tell, nothing is worked out again
            partner.sudo().cx_no_profiling_since = fields.Date.context_today(self)
            if self.contact == "forget":
                partner.write({"active": False, **self._emptied(partner)})
        # sudo: the record is the machine's
        self.env["cx.purge"].sudo().create(
            {
                "company_id": self.env.company.id, "kind": "erasure", "state": "done",
                "ended_at": fields.Datetime.now(), "user_id": self.env.uid, "counts": counts,
            }
        )  # fmt: skip
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_purges")
        return {**action, "target": "main"}

    def _emptied(self, partner):
        return {
            name: [fields.Command.clear()] if name == "category_id" else False
            for name in MARKETING
            if name in partner._fields
        }
