"""View types of ours: records as rows x columns, the portfolio of customers, their journey."""

from lxml import etree

from odoo import fields, models

COMMON = {"__validate__", "class", "js_class", "sample", "string"}
AXES = ("row_field", "col_field")
THRESHOLDS = ("good", "bad")
NUMBERS = ("integer", "float", "monetary")
COUNT = "__count"


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(
        selection_add=[
            ("cx_matrix", "Matrix"),
            ("cx_portfolio", "Portfolio"),
            ("cx_journey", "Journey Map"),
        ]
    )

    def _get_view_info(self):
        ours = {
            "cx_matrix": {"icon": "fa fa-th"},
            "cx_portfolio": {"icon": "fa fa-balance-scale"},
            "cx_journey": {"icon": "fa fa-map-o"},
        }
        return ours | super()._get_view_info()

    # ------------------------------------------------------------------ matrix
    def _postprocess_tag_cx_matrix(self, node, name_manager, node_info):
        """The fields that only attributes name are sent to the client too."""
        for name in self._matrix_fields(node):
            name_manager.has_field(node, name, node_info)

    def _validate_tag_cx_matrix(self, node, name_manager, node_info):
        for name in self._matrix_fields(node):
            name_manager.has_field(node, name, node_info)
        if not node_info["validate"]:
            return
        self._validate_known_attributes(node, {*AXES, *THRESHOLDS, "measure"})
        self._validate_children(node, {"field"})
        for attribute in AXES:
            self._validate_axis(node, attribute, name_manager.model)
        self._validate_measure(node, name_manager.model)
        for attribute in THRESHOLDS:
            self._validate_number(node, attribute)

    def _matrix_fields(self, node):
        names = [node.get(attribute, "").split(":")[0] for attribute in AXES]
        return [name for name in [*names, node.get("measure")] if name and name != COUNT]

    def _validate_axis(self, node, attribute, model):
        name = node.get(attribute, "").split(":")[0]
        field = model._fields.get(name)
        if field is None or not field._description_groupable(self.env):
            message = self.env._(
                "“%(attribute)s” of a matrix names a field to group by, not “%(value)s”.",
                attribute=attribute, value=name,
            )  # fmt: skip
            self._raise_view_error(message, node)

    def _validate_measure(self, node, model):
        name = node.get("measure", COUNT)
        if name == COUNT:
            return
        field = model._fields.get(name)
        if field is None or field.type not in NUMBERS or not field.aggregator:
            message = self.env._(
                "“measure” of a matrix names a number that can be added up, not “%s”.", name
            )
            self._raise_view_error(message, node)

    def _validate_number(self, node, attribute):
        try:
            float(node.get(attribute, "0"))
        except ValueError:
            message = self.env._(
                "“%(attribute)s” of a matrix is a number, not “%(value)s”.",
                attribute=attribute, value=node.get(attribute),
            )  # fmt: skip
            self._raise_view_error(message, node)

    # --------------------------------------------------- portfolio and journey
    def _validate_tag_cx_portfolio(self, node, name_manager, node_info):
        if node_info["validate"]:
            self._validate_bare(node)
            if name_manager.model._name != "cx.customer":
                self._raise_view_error(self.env._("A portfolio is made of customers."), node)

    def _validate_tag_cx_journey(self, node, name_manager, node_info):
        if node_info["validate"]:
            self._validate_bare(node)
            if name_manager.model._name != "cx.touchpoint":
                self._raise_view_error(self.env._("A journey map is made of touchpoints."), node)

    # -------------------------------------------------------------------- all
    def _validate_bare(self, node):
        self._validate_known_attributes(node, set())
        self._validate_children(node, set())

    def _validate_known_attributes(self, node, known):
        unknown = set(node.attrib) - known - COMMON
        if unknown:
            message = self.env._(
                "<%(tag)s> has no attribute %(names)s.",
                tag=node.tag, names=", ".join(sorted(unknown)),
            )  # fmt: skip
            self._raise_view_error(message, node)

    def _validate_children(self, node, known):
        for child in node.iterchildren(tag=etree.Element):
            if child.tag not in known:
                message = self.env._(
                    "<%(child)s> has no place in <%(tag)s>.", child=child.tag, tag=node.tag
                )
                self._raise_view_error(message, child)
