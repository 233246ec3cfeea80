"""Files of lists and pivots: what people wrote stays text where Odoo writes it as it comes."""

import json
from collections import OrderedDict
from itertools import chain

from odoo import http

from odoo.addons.web.controllers import export, pivot

from ..models.cells import as_text, is_ours


class ExcelExport(export.ExcelExport):
    def from_group_data(self, fields, columns_headers, groups):
        if is_ours(groups._model):
            # those of the second level and below begin with spaces
            groups.children = OrderedDict(
                (tuple(map(as_text, key)) if isinstance(key, tuple) else as_text(key), child)
                for key, child in groups.children.items()
            )
        return super().from_group_data(fields, columns_headers, groups)


class TableExporter(pivot.TableExporter):
    @http.route()
    def export_xlsx(self, data, **kw):
        table = json.loads(data if isinstance(data, str) else data.read())
        if table and is_ours(table.get("model")):
            for header in chain(*table["col_group_headers"], table["rows"]):
                header["title"] = as_text(header["title"])
        return super().export_xlsx(json.dumps(table), **kw)
