"""SONCAS: the six kinds of needs that make people buy, and what to say and ask about each."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

QUESTIONS = 3  # to ask when nothing is known yet


class CxNeed(models.Model):
    """One kind of need. Six records, whose code is stable and whose name translates.

    SONCAS is the French school's list of buying motives: sécurité, orgueil, nouveauté, confort,
    argent, sympathie.
    """

    _name = "cx.need"
    _description = "Need"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="Stable name for programs and imports.")
    letter = fields.Char(required=True, readonly=True, help="Its letter in SONCAS.")
    description = fields.Char(translate=True, help="What this customer looks for.")
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    argument_ids = fields.One2many("cx.need.argument", "need_id", "Arguments and Questions")

    _code_unique = models.Constraint("UNIQUE(code)", "Each code stands for one need.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        raise UserError(self.env._("The six needs are the vocabulary: none can be deleted."))

    @api.model
    def _arguments_of_all(self):
        """The current company's words for each need, in order: ``{need id: {kind: [text]}}``.

        A company's own ones of a kind take the place of those that are for all companies.
        """
        found = {}
        for line in self.env["cx.need.argument"].search_fetch(
            [("company_id", "in", [False, self.env.company.id])],
            ["need_id", "kind", "text", "company_id"],
        ):
            own, shared = found.setdefault(line.need_id.id, {}).setdefault(line.kind, ([], []))
            (own if line.company_id else shared).append(line.text)
        return {
            need_id: {kind: own or shared for kind, (own, shared) in kinds.items()}
            for need_id, kinds in found.items()
        }

    @api.model
    @api.readonly
    def guide(self, partner_id, need_id=None):
        """What to say and ask about a need, and why we think that somebody has it.

        :param int partner_id: the contact
        :param int need_id: one need; without, the questions that find out, of several needs
        :return: ``{"needs": [{id, name, letter, color, description, arguments, questions,
            evidence: [{text, on, source, author}]}], "can_record", "can_edit"}``
        :raise UserError: when there is no such contact or need
        """
        partner = self.env["res.partner"].browse(partner_id).exists()
        needs = self.browse(need_id).exists() if need_id else self.search([], limit=QUESTIONS)
        if not partner or not needs:
            raise UserError(self.env._("This contact or need does not exist any more."))
        partner.check_access("read")
        arguments = self._arguments_of_all()
        evidence = needs._evidence_of(partner) if need_id else {}
        return {
            "needs": [
                {
                    **need.read(["name", "letter", "color", "description"])[0],
                    "arguments": arguments.get(need.id, {}).get("argument", []),
                    "questions": arguments.get(need.id, {}).get("question", [])[
                        : None if need_id else 1
                    ],
                    "evidence": evidence.get(need.id, []),
                }
                for need in needs
            ],
            "can_record": self.env["cx.need.evidence"].has_access("create"),
            "can_edit": self.env["cx.need.argument"].has_access("create"),
        }

    def _evidence_of(self, partner):
        """Why we think so, latest first: ``{need id: [{text, on, source, author}]}``."""
        evidence = self.env["cx.need.evidence"]
        sources = dict(evidence._fields["source"]._description_selection(self.env))
        found = {}
        for piece in evidence.search(evidence._about(partner) & Domain("need_id", "in", self.ids)):
            found.setdefault(piece.need_id.id, []).append(
                {
                    "text": piece._words(),
                    "on": fields.Date.to_string(piece.on),
                    "source": sources[piece.source],
                    "author": piece.user_id.sudo().name or "",  # sudo: a colleague's name
                }
            )
        return found

    def action_arguments(self):
        """Open the arguments and questions of a need."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Arguments: %s", self.name),
            "res_model": "cx.need.argument",
            "views": [(False, "list")],
            "domain": [("need_id", "=", self.id)],
            "context": {"default_need_id": self.id},
        }

    @api.model
    def _title(self, name, count, on, source):
        """A need with its evidence in a few words, for who cannot see or hover a chip."""
        sources = dict(
            self.env["cx.need.evidence"]._fields["source"]._description_selection(self.env)
        )
        return self.env._(
            "%(need)s: pieces of evidence: %(count)s, the last of %(day)s (%(origin)s)",
            need=name,
            count=count,
            day=format_date(self.env, on, date_format="medium"),
            origin=sources[source],
        )
