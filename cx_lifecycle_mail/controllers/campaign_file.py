"""The file of a campaign, for those who may export it."""

import re

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class CampaignFileController(http.Controller):
    @http.route(
        "/cx_lifecycle/campaign/<int:campaign_id>/file",
        type="http", auth="user", methods=["GET"], readonly=True,
    )  # fmt: skip
    def file(self, campaign_id):
        """Download a campaign; what may not be read is not there."""
        campaign = request.env["cx.campaign"].browse(campaign_id).exists()
        try:
            text = campaign._file() if campaign else None
        except AccessError:
            text = None
        if text is None:
            raise request.not_found()
        name = re.sub(r"[^\w -]+", "_", campaign.name).strip() or "campaign"
        return request.make_response(
            text,
            headers=[
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.json")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
