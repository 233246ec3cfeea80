from odoo import api, fields, models
from odoo.exceptions import UserError


class CxBuyerRole(models.Model):
    """What somebody does in a purchase. Five records: the code is stable, the name translates."""

    _name = "cx.buyer.role"
    _description = "Buyer Role"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="Stable name for programs and imports.")
    description = fields.Char(translate=True, help="How to recognize who plays this role.")
    sequence = fields.Integer(default=10, help="The order in which a committee is shown.")
    call_order = fields.Integer(
        default=10, help="Whom to call first when a customer goes quiet: the lowest number."
    )
    color = fields.Integer()

    _code_unique = models.Constraint("UNIQUE(code)", "Each code stands for one role.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        raise UserError(self.env._("The five roles are the vocabulary: none can be deleted."))

    @api.model
    def _all(self):
        """The five roles, in the order they are shown."""
        return self.search_fetch([], ["code", "name", "description", "color"], limit=100)

    @api.model
    def _committee(self, partner, stage=None):
        """What ``cx_committee`` shows besides the seats: the roles, and which are needed.

        :param partner: the contact whose colleagues are proposed for empty seats
        :param stage: the sales stage that may ask for roles
        """
        needed = stage.cx_role_ids if stage else self.browse()
        return {
            "roles": [
                {
                    "id": role.id,
                    "code": role.code,
                    "name": role.name,
                    "help": role.description,
                    "required": role in needed,
                }
                for role in self._all()
            ],
            "editable": self.env["cx.seat"].has_access("create"),
            "rule": bool(needed) and (stage.cx_role_rule or "warn"),
            "stage": stage.name if stage else "",
            "partner_id": partner._origin.id,
        }
