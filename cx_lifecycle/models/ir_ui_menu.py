from odoo import models

PORTFOLIO_OF_REPS = "cx_lifecycle.menu_portfolio_rep"


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Marketers begin with the portfolio, reps with who goes quiet: nobody has it twice."""
        hidden = super()._load_menus_blacklist()
        if self.env.user.has_group("cx_lifecycle.group_marketer"):
            menu = self.env.ref(PORTFOLIO_OF_REPS, raise_if_not_found=False)
            hidden += menu.ids if menu else []
        return hidden
