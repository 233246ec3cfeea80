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

    customer_count = fields.Integer(
        "Customers",
        compute="_compute_customers",
        groups="cx_lifecycle.group_marketer",
        help="Customers of the current company in this stage.",
    )
    customer_share = fields.Float(
        "Share", compute="_compute_customers", groups="cx_lifecycle.group_marketer",
        help="Of the company's customers, between 0 and 1.",
    )  # fmt: skip

    _code_unique = models.Constraint("UNIQUE(code)", "A stage with this code exists already.")

    @api.depends_context("company")
    def _compute_customers(self):
        counts = dict(
            self.env["cx.customer"]._read_group(
                [("company_id", "=", self.env.company.id), ("stage_id", "!=", False)],
                ["stage_id"],
                ["__count"],
            )
        )
        total = sum(counts.values())
        for stage in self:
            stage.customer_count = counts.get(stage, 0)
            stage.customer_share = stage.customer_count / total if total else 0.0

    def action_customers(self):
        """Open the current company's customers in this stage."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cx_lifecycle.action_stage_customers"
        )
        mine = [("company_id", "=", self.env.company.id), ("stage_id", "=", self.id)]
        return action | {"name": self.name, "display_name": self.name, "domain": mine}

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
