"""axe-core in Odoo's own test browser: what it finds on screens, one after the other."""

import json
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from odoo.tests import HttpCase, common

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
# what is made by Odoo's own templates, and by which
ODOOS: dict[str, str] = {}


class Screen(NamedTuple):
    """A screen to look at: an action, what is clicked then, and what shows that it is there."""

    name: str
    action: str | dict | None = None
    ready: tuple[str, ...] = (".o_content",)
    clicks: tuple[str, ...] = ()
    options: dict = {}  # noqa: RUF012


def form(record, view=None):
    """The action that opens a record; `view`: by the form of this external id."""
    view_id = view and record.env.ref(view).id
    return {
        "type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id,
        "views": [[view_id or False, "form"]],
    }  # fmt: skip


class AxeBrowser(common.ChromeBrowser):
    """Every page it opens has axe and the plan; pages may forbid scripts of their own."""

    def navigate_to(self, url, wait_stop=False):
        plan = json.dumps(self.test_case.plan, default=str)
        send = self._websocket_request
        source = f"{AXE}\n;(() => {{{LOOK}}})(); window.cxPlan = {plan};"
        send("Page.addScriptToEvaluateOnNewDocument", params={"source": source})
        # a dialog that fades in has other contrasts than the one that is there
        looks = {"prefers-reduced-motion": "reduce", **self.test_case.media}
        features = [{"name": name, "value": value} for name, value in looks.items()]
        send("Emulation.setEmulatedMedia", params={"features": features})
        super().navigate_to(url, wait_stop)


class AxeCase(HttpCase):
    media: dict[str, str] = {}

    def look(self, screens, login, start="/odoo/going-quiet"):
        """Fail if axe finds anything serious or critical on one of the screens."""
        self.plan = {"screens": [one._asdict() for one in screens], "exclude": list(ODOOS)}
        with patch.object(common, "ChromeBrowser", AxeBrowser):
            self.start_tour(
                start, "axe", code="cxLook()", ready="odoo.isReady === true", login=login,
                timeout=300,
            )  # fmt: skip

    def look_at_page(self, name, path):
        """The same for a page that is no screen of Odoo's client."""
        self.plan = {"screens": [Screen(name, ready=("h1",))._asdict()], "exclude": []}
        with patch.object(common, "ChromeBrowser", AxeBrowser):
            self.browser_js(path, "cxLook()", success_signal="tour succeeded")
