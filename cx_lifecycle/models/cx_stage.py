from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class CxStage(models.Model):
    """The six stages of a customer's life with the company.

    The records are fixed: code refers to ``code``, people to ``name``.
    """

    _name = "cx.stage"
    _description = "Lifecycle Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("suspect", "Suspect"),
            ("prospect", "Prospect"),
            ("new", "New"),
            ("active", "Active"),
            ("dormant", "Dormant"),
            ("lost", "Lost"),
        ],
        required=True,
        readonly=True,
        help="What rules, filters and other addons refer to, whatever the name.",
    )
    description = fields.Text(translate=True, help="What being in this stage means.")
    sequence = fields.Integer(default=10)
    color = fields.Integer(help="Colour of the stage's pill, 0 to 11.")
    fold = fields.Boolean("Folded in Kanban")

    _code_unique = models.Constraint("UNIQUE(code)", "A stage with this code exists already.")

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        """Database id of each stage, by its code."""
        return {
            stage.code: stage.id
            # sudo: six public records
            for stage in self.sudo().search_fetch([], ["code"])
        }

    @api.model
    def _named(self, stage):
        """The stage that somebody means.

        :param stage: a record, a database id, or a code
        :raise ValidationError: when there is no such stage
        """
        by_code = self._ids_by_code()
        if isinstance(stage, models.BaseModel):
            number = stage._name == self._name and stage.id
        else:
            number = by_code.get(stage) if isinstance(stage, str) else stage
        if type(number) is not int or number not in by_code.values():
            raise ValidationError(
                self.env._(
                    "Stage: %(stage)s is none. Choose one of %(codes)s.",
                    stage=stage,
                    codes=", ".join(by_code),
                )
            )
        return self.browse(number)
