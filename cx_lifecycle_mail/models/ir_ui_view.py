"""The screen of what customers say is a view type of ours: it has their search, and a period."""

from odoo import fields, models


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("cx_listening", "What Customers Say")])

    def _get_view_info(self):
        return {"cx_listening": {"icon": "fa fa-commenting-o"}} | super()._get_view_info()

    def _validate_tag_cx_listening(self, node, name_manager, node_info):
        if not node_info["validate"]:
            return
        self._validate_known_attributes(node, set())
        self._validate_children(node, set())
        if name_manager.model._name != "cx.customer":
            self._raise_view_error(self.env._("What customers say is told of customers."), node)


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[("cx_listening", "What Customers Say")],
        ondelete={"cx_listening": "cascade"},
    )
