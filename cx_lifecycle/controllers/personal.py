"""The file of everything that is known of a person, for those who hand it out."""

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class PersonalDataController(http.Controller):
    @http.route(
        "/cx_lifecycle/person/<int:partner_id>/file",
        type="http", auth="user", methods=["GET"], readonly=True,
    )  # fmt: skip
    def file(self, partner_id):
        """Download what is known of a person; what may not be read is not there."""
        person = request.env["res.partner"].browse(partner_id).exists()
        try:
            text = person._cx_personal_data() if person else None
        except AccessError:
            text = None
        if text is None:
            raise request.not_found()
        return request.make_response(
            text,
            headers=[
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"person-{partner_id}.json")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
