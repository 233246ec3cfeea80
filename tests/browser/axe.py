"""axe-core in Odoo's own test browser: what it finds on screens, one after the other."""

import json
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from odoo.tests import HttpCase, common

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
# Places that Odoo's own templates make, whatever is in them.
PLACES = {
    ".o_control_panel": "web.ControlPanel: search bar, breadcrumbs, gear",
    ".o_notebook_headers": "web.Notebook: its tabs have no tablist",
    ".o-mail-Form-chatter": "mail.Chatter",
    ".o_field_domain": "web.DomainField",
    ".o_statusbar_status": "web.StatusBarField",
    ".o_search_panel, .o_search_panel_sidebar": "web.SearchPanel",
    ".o_loading_indicator": "web.LoadingIndicator, which fades",
}
# Elements that Odoo's own templates make, by what axe says of them.
ODOOS = {
    "aria-allowed-attr": {
        ".o_select_menu, .o-dropdown.dropdown-toggle": "web.SelectMenu: a div that expands",
        ".o_progress": "web.ProgressBarField: values without a role",
        ".o_tag": "web.TagsList: aria-selected",
        ".o-autocomplete--input": "web.AutoComplete: aria-selected",
    },
    "aria-required-parent": {".o_colorlist button": "web.ColorList: menuitems without a menu"},
    "autocomplete-valid": {".o_select_menu_input": "web.SelectMenu: its way to forbid it"},
    "button-name": {".o_optional_columns_dropdown button": "web.ListRenderer"},
    "color-contrast": {
        ".o_column_title": "web.KanbanHeader: the title of a folded column",
        ".o_setting_right_pane > .text-muted *": "web.Setting: its help",
        ".o_field_badge .badge": "web.BadgeField: the colours of its decorations",
        "tr.text-muted *": "web.ListRenderer: the colour of decoration-muted",
    },
    "image-alt": {".o_avatar img, .o_m2o_avatar img": "mail.Avatar: beside the person's name"},
    "label": {
        ".o_list_record_selector input": "web.ListRenderer",
        ".o_field_cell .o-checkbox input": "web.BooleanField in a list",
        ".o_field_percentage input": "web.PercentageField: no id that a label could name",
    },
    "scrollable-region-focusable": {".o_list_renderer": "web.ListRenderer"},
    "role-img-alt": {
        ".o-mail-ActivityButton i": "mail.ActivityButton",
        ".oi-search": "web.Many2One",
    },
}
CONTENT = (".o_action_manager", ".o-overlay-container")
# what is ours on a form that is not
PARTS = ('[name^="cx_"]:not(.nav-link)', '[class*="o_cx_"]', ".o-overlay-container")


class Screen(NamedTuple):
    """A screen to look at: an action, what is clicked then, and what shows that it is there.

    ``within``: selectors of what is looked at; ``page``: a page instead of an action.
    """

    name: str
    action: str | dict | None = None
    ready: tuple[str, ...] = (".o_content",)
    clicks: tuple[str, ...] = ()
    options: dict | None = None
    within: tuple[str, ...] = CONTENT
    page: dict | None = None


def form(record, view=None):
    """The action that opens a record; `view`: by the form of this external id."""
    view_id = view and record.env.ref(view).id
    return {
        "type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id,
        "views": [[view_id or False, "form"]],
    }  # fmt: skip


class AxeBrowser(common.ChromeBrowser):
    """Every page it opens has axe and the plan."""

    def navigate_to(self, url, wait_stop=False):
        plan = {"places": list(PLACES), "odoos": {rule: list(who) for rule, who in ODOOS.items()}}
        plan = json.dumps({**plan, "screens": self.test_case.screens}, default=str)
        send = self._websocket_request
        source = f"{AXE}\n;(() => {{{LOOK}}})(); window.cxPlan = {plan};"
        send("Page.addScriptToEvaluateOnNewDocument", params={"source": source})
        # ours forbid whatever they do not need
        send("Page.setBypassCSP", params={"enabled": True})
        # a dialog that fades in has other contrasts than the one that is there
        looks = {"prefers-reduced-motion": "reduce", **self.test_case.media}
        features = [{"name": name, "value": value} for name, value in looks.items()]
        send("Emulation.setEmulatedMedia", params={"features": features})
        super().navigate_to(url, wait_stop)


class AxeCase(HttpCase):
    media: dict[str, str] = {}

    def look(self, screens, login, start="/odoo/going-quiet"):
        """Fail if axe finds anything serious or critical on one of the screens."""
        self.screens = [one._asdict() for one in screens]
        with patch.object(common, "ChromeBrowser", AxeBrowser):
            self.start_tour(
                start, "axe", code="cxLook()", ready="odoo.isReady === true", login=login,
                timeout=300,
            )  # fmt: skip

    def look_at_pages(self, pages):
        """The same for pages that are no screens of Odoo's client, by day and by night.

        :param pages: ``{name: (path, what is sent to it or None)}``
        """
        self.screens = [
            Screen(name, ready=("h1",), within=("html",), page={"path": path, "sent": sent})
            ._asdict()
            for name, (path, sent) in pages.items()
        ]  # fmt: skip
        [(start, _sent), *_others] = pages.values()
        for scheme in ("light", "dark"):
            self.media = {"prefers-color-scheme": scheme}
            with self.subTest(scheme), patch.object(common, "ChromeBrowser", AxeBrowser):
                self.browser_js(start, "cxLook()", success_signal="tour succeeded")
