from odoo import models

from .cells import as_text, is_ours


def safe(export):
    """``_export_rows`` of a model, whose texts never are formulas."""

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = export(self, fields, _is_toplevel_call=_is_toplevel_call)
        return [[as_text(cell) for cell in row] for row in rows] if _is_toplevel_call else rows

    _export_rows.is_safe = True
    return _export_rows


class CxStage(models.Model):
    _inherit = "cx.stage"

    def _register_hook(self):
        """What people wrote never is a formula in files of these addons' models.

        Not by extending ``base``: Odoo would go through every table of the database when our
        addons are installed, and keep people waiting, or meet them in a deadlock.
        """
        super()._register_hook()
        for model in filter(is_ours, self.env.registry):
            kind = self.env.registry[model]
            if not getattr(kind._export_rows, "is_safe", False):
                kind._export_rows = safe(kind._export_rows)
