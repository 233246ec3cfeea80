"""What differs between two versions of the rules, in words."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from .cx_policy import LINES, RULES
from .words import labelled

# of a line: what names it, and where it belongs
SKIP = {"name", "policy_id", "company_id", "sequence", *models.MAGIC_COLUMNS}


def said(record, name):
    """The value of a rule the way the form shows it."""
    field, value = record._fields[name], record[name]
    if field.type == "selection":
        return dict(field._description_selection(record.env))[value]
    if field.type == "boolean":
        return record.env._("Yes") if value else record.env._("No")
    if field.type == "date":
        return format_date(record.env, value, date_format="medium")
    if name in ("chance_limit", "lost_limit"):
        return f"{round(100 * value, 2):g} %"
    if field.type == "float":
        return f"{value:g}"
    return value.display_name if field.relational else str(value or "")


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    difference = fields.Html(
        compute="_compute_difference",
        sanitize=False,
        help="What this version says differently from the one it was made from.",
    )

    @api.depends("based_on_id", *RULES)
    @api.depends_context("lang")
    def _compute_difference(self):
        for policy in self:
            other = policy.based_on_id or (
                policy.state == "draft" and policy.company_id and policy._of(policy.company_id)
            )
            policy.difference = policy._difference_table(other) if other else False

    def _difference_table(self, other):
        rows = [
            Markup("<tr><th scope='row'>%s</th><td>%s</td><td>%s</td></tr>") % change
            for change in self._difference(other)
        ]
        if not rows:
            return False
        return Markup(
            "<table class='table table-sm'><thead><tr><th scope='col'>%s</th>"
            "<th scope='col'>%s</th><th scope='col'>%s</th></tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (
            self.env._("Rule"),
            self.env._("Version %s", other.version),
            self.env._("This version"),
            Markup().join(rows),
        )

    def _difference(self, other):
        """What differs: [(label, what the other version says, what this one says)]."""
        changes = []
        for name in RULES:
            if name not in LINES and self[name] != other[name]:
                label = self._fields[name]._description_string(self.env)
                changes.append((label, said(other, name), said(self, name)))
        for name in LINES:
            label = self._fields[name]._description_string(self.env)
            before = {line._key(): line._sentence() for line in other[name]}
            after = {line._key(): line._sentence() for line in self[name]}
            for key in dict.fromkeys([*before, *after]):
                if before.get(key) != after.get(key):
                    changes.append((label, before.get(key, ""), after.get(key, "")))
            if [*before] != [*after] and {*before} == {*after}:
                order = self.env._("%s: order", label)
                changes.append((order, ", ".join(before), ", ".join(after)))
        return changes


class CxPolicyLine(models.AbstractModel):
    _inherit = "cx.policy.line"

    def _key(self):
        """What makes it the same line in two versions."""
        return self.name

    def _sentence(self):
        """All that the line says."""
        rules = [
            field
            for field in self._fields.values()
            if field.store and not field.readonly and field.name not in SKIP
        ]
        return " · ".join(
            labelled(self.env, field._description_string(self.env), said(self, field.name))
            for field in rules
            if self[field.name]
        )
