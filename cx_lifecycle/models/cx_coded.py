"""Records that code refers to by a stable code, and people by a name."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CODE = re.compile(r"[a-z][a-z0-9_]*")


class CxCoded(models.AbstractModel):
    """A word of the catalogue: its code never changes, its name translates."""

    _name = "cx.coded"
    _description = "Word of the Catalogue"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="What other programs and imports refer to, whatever the name. It stays as it is.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.constrains("code")
    def _check_code(self):
        for word in self:
            if not CODE.fullmatch(word.code):
                raise ValidationError(
                    self.env._(
                        "Code: %s cannot be one. Use small letters, figures and underscores.",
                        word.code,
                    )
                )

    def write(self, vals):
        if "code" in vals and any(word.code != vals["code"] for word in self):
            raise UserError(
                self.env._(
                    "Code: other programs refer to it, so it stays. Archive this and make another."
                )
            )
        return super().write(vals)

    @api.model
    def _pick(self, value, label):
        """The active word with an id or a code.

        :param value: a number, a text, or a record of this model
        :raise UserError: there is none; it names the field by its label
        """
        if isinstance(value, models.BaseModel) and value._name == self._name and len(value) == 1:
            return value
        known = self.search([])  # pylint: disable=no-search-all
        if type(value) is int:
            found = known.filtered(lambda word: word.id == value)
        else:
            found = known.filtered(lambda word: word.code == value)
        if not found:
            raise UserError(
                self.env._(
                    "%(label)s: there is no %(value)s. Choose one of: %(known)s.",
                    label=label,
                    value=value,
                    known=", ".join(known.mapped("code")),
                )
            )
        return found
