from odoo import models

from .cells import as_text, is_ours


class Base(models.AbstractModel):
    _inherit = "base"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """What people wrote never is a formula in files of these addons' models."""
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        if _is_toplevel_call and is_ours(self):
            return [[as_text(cell) for cell in row] for row in rows]
        return rows
