"""Our JavaScript suites, in a browser, as wide as a desk and as narrow as a phone."""

from odoo.tests import HttpCase, tagged

SUITES = ("@cx_lifecycle", "@cx_lifecycle_mail")


def hoot_id(name):
    """The id that HOOT gives to the suite of this name."""
    number = 0
    for character in name:
        number = (number * 31 + ord(character)) & 0xFFFFFFFF
    return f"{number:08x}"


def stops_on(message):
    """HOOT reports failures itself and goes on to the end; anything else stops the run."""
    return "[HOOT]" not in message


class HootCase(HttpCase):
    def run_suites(self, preset):
        suites = "&".join(f"id={hoot_id(suite)}" for suite in SUITES)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&timeout=15000&preset={preset}&{suites}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=stops_on,
        )


@tagged("post_install", "-at_install")
class TestHootDesktop(HootCase):
    def test_hash_is_that_of_hoot(self):
        self.assertEqual(hoot_id("@web/core"), "e39ce9ba")

    def test_suites(self):
        self.run_suites("desktop")


@tagged("post_install", "-at_install")
class TestHootPhone(HootCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_suites(self):
        self.run_suites("mobile")
