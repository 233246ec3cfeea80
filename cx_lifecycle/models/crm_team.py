from odoo import models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _action_assign_leads(self, *args, **kwargs):
        # hundreds of leads are written one by one: their customers are looked at once per commit
        teams = self.with_context(cx_refresh_at_commit=True)
        return super(CrmTeam, teams)._action_assign_leads(*args, **kwargs)
