from odoo import api, models

from .cells import as_text, is_ours

# What belongs to a company, a person or a rep: what people write never points to one of these that
# they may not see. Words of catalogues and records of the framework are no secret.
GUARDED = {
    "res.partner", "res.company", "res.users", "crm.lead", "sale.order", "ir.actions.server",
}  # fmt: skip


def guarded(field):
    """Whether what a link leads to is somebody's."""
    return field.comodel_name in GUARDED or is_ours(field.comodel_name)


class CxFence(models.AbstractModel):
    """What every model of ours does besides; see ``fence``."""

    _name = "cx.fence"
    _description = "What Every Lifecycle Model Does"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """What people wrote never is a formula in files of these addons' models."""
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        if _is_toplevel_call:
            return [[as_text(cell) for cell in row] for row in rows]
        return rows

    # ------------------------------------------------------------------ fence
    # Odoo asks the record rules before it writes, not after, and never of what a value points to:
    # a row could be moved to another company, or a dialog opened on a record of another one.
    # What is named is asked before: constraints run as superuser, and their errors tell of it.
    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        self._check_named(vals_list)
        records = super().create(vals_list)
        defaults = {name.removeprefix("default_") for name in self.env.context}
        defaults |= set(self.env["ir.default"]._get_model_defaults(self._name))
        records._check_pointed_to({name for vals in vals_list for name in vals} | defaults)
        return records

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_named([vals])
        done = super().write(vals)
        points = self._check_pointed_to(vals)
        if points and not self._transient:
            self.check_access("write")
        return done

    def ensure_one(self):
        """Whoever has no right is told so, however many records were named."""
        if len(self) != 1 and not self.env.su:
            self.browse().check_access("read")
        return super().ensure_one()

    def _check_named(self, vals_list):
        """Refuse numbers of records which whoever names them may not see, before anything is done.

        :raise AccessError: one is of others
        """
        for field in self._many2ones({name for vals in vals_list for name in vals}):
            values = [vals.get(field.name) for vals in vals_list]
            if guarded(field):
                named = {value for value in values if type(value) is int and value > 0}
                self.env[field.comodel_name].browse(named).exists().check_access("read")

    def _check_pointed_to(self, names):
        """The same of what the records point to now, by whatever way it came.

        :return: whether any of these fields points to a record
        """
        links = self._many2ones(names)
        for field in filter(guarded, links):
            self.mapped(field.name).check_access("read")
        return bool(links)

    def _many2ones(self, names):
        """The links among some fields; of Odoo's models that inherit from ours, only our own."""
        ours = [name for name in names if is_ours(self._name) or name.startswith("cx_")]
        fields = [self._fields[name] for name in ours if name in self._fields]
        return [field for field in fields if field.type == "many2one"]


def fence(module):
    """Let every model that a module of ours defines inherit :class:`CxFence`.

    Not by extending ``base``: whoever does makes Odoo go through every table of the database when
    it is installed, one lock after the other, while people work; and each of their writes, on
    whatever model, a little slower.
    """
    for definition in models.MetaModel._module_to_models__[module]:
        name, parents = definition._name, definition._inherit
        if is_ours(name) and name != CxFence._name and not {name, CxFence._name} & set(parents):
            definition._inherit = [*parents, CxFence._name]
