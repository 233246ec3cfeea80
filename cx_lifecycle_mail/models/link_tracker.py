from odoo import api, models


class LinkTracker(models.Model):
    _inherit = "link.tracker"

    @api.model
    def _get_title_from_url(self, url):
        """A campaign does not wait for the pages it links to."""
        if self.env.context.get("cx_untitled"):
            return url
        return super()._get_title_from_url(url)
