"""What strangers may ask for: how often, what the log tells of it, and that it is all there is."""

import logging
import re
from itertools import product

from security.test_links import LinkCase

from odoo.tests import BaseCase, tagged

from odoo.addons.cx_lifecycle_mail.controllers.limit import LIMIT, TRIES, Limit
from odoo.addons.cx_lifecycle_mail.controllers.quiet import without_key

PUBLIC = {"/cx/unsubscribe/", "/cx/preferences/", "/cx/open/"}
OF_USERS = {"/cx_lifecycle/person/", "/cx_lifecycle/campaign/"}
KEY = "0" * 64


class TestLimit(BaseCase):
    def setUp(self):
        super().setUp()
        self.now = 0
        self.limit = Limit(tries=3, seconds=60, most=5, clock=lambda: self.now)

    def waits(self, address="203.0.113.9", purpose="page", times=1):
        return [self.limit.wrong(address, purpose) for _time in range(times)]

    def test_a_few_are_free(self):
        self.assertEqual(self.waits(times=5), [0, 0, 0, 61, 61])
        self.now = 59
        self.assertEqual(self.waits(), [2])
        self.now = 60
        self.assertEqual(self.waits(), [0])

    def test_each_address_and_purpose_counts_for_itself(self):
        self.waits(times=4)
        self.assertEqual(self.waits("203.0.113.10"), [0])
        self.assertEqual(self.waits(purpose="picture"), [0])

    def test_a_network_of_ipv6_is_one_client(self):
        self.waits("2001:db8:1:2::1", times=3)
        self.assertTrue(self.waits("2001:db8:1:2:ffff::9")[0])
        self.assertEqual(self.waits("2001:db8:1:3::1"), [0])
        self.waits("203.0.113.9", times=3)
        self.assertTrue(self.waits("::ffff:203.0.113.9")[0], "the same client")

    def test_nonsense_is_one_client(self):
        for address in (None, "", "unix:", "203.0.113.9, 10.0.0.1"):
            self.waits(address)
        self.assertEqual(list(self.limit.windows), [("", "page")])

    def test_memory_is_bounded(self):
        for number in range(100):
            self.waits(f"203.0.113.{number}", times=4)
        self.assertEqual(len(self.limit.windows), 5)
        self.assertTrue(self.waits("203.0.113.99")[0])


@tagged("post_install", "-at_install")
class TestPublicRoutes(LinkCase):
    def test_these_are_all_there_are(self):
        """A route that is added later is added here, and to the tests of links."""
        found = {}
        router = self.env["ir.http"]
        modules = sorted(self.env.registry._init_modules)
        for url, endpoint in router._generate_routing_rules(modules, router._get_converters()):
            if url.startswith("/cx"):
                path = re.match(r"/\w+/\w+/", url)
                found.setdefault(endpoint.routing["auth"], set()).add(path and path[0])
        ours = found.pop("public")
        self.assertEqual(ours, PUBLIC)
        self.assertFalse(found.pop("none", None))
        self.assertLessEqual(OF_USERS, found["user"])

    def test_strangers_get_no_file(self):
        for path, method in product(
            (f"/cx_lifecycle/person/{self.ada.id}/file",
             f"/cx_lifecycle/campaign/{self.campaign.id}/file"),
            ("GET", "HEAD", "POST"),
        ):  # fmt: skip
            response = self.ask(path, method)
            self.assertNotIn(b"Ada", response.content)
            self.assertNotEqual(response.status_code, 200)
            self.assertNotIn("evil.example.org", response.headers.get("Location", ""))

    def wrong(self, purpose):
        """A wrong link, how it is asked for, and the answer while there were not too many."""
        path, method, status = {
            "one_click": (f"/cx/unsubscribe/1/{KEY}", "POST", 404),
            "preferences": (f"/cx/preferences/1/2026-01-01/{KEY}", "GET", 404),
            "pixel": (f"/cx/open/1/{KEY}.gif", "GET", 200),
        }[purpose]
        return path, method, status

    def test_one_wrong_link_too_many(self):
        for purpose in ("one_click", "preferences", "pixel"):
            path, method, status = self.wrong(purpose)
            self.assertEqual(self.ask(path, method).status_code, status)
            [window] = [w for key, w in LIMIT.windows.items() if key[1] == purpose]
            window[1] = TRIES
            response = self.ask(path, method)
            self.assertEqual((response.status_code, response.content), (429, b""), purpose)
            self.assertTrue(0 < int(response.headers["Retry-After"]) <= 601)
            self.assertNotIn("Set-Cookie", response.headers)
            # whether there is such an act is not to be told by it
            other = path.replace("/1/", f"/{self.act.id}/")
            self.assertEqual(self.answer(self.ask(other, method))[:2], (429, b""))

    def test_right_links_work_whoever_else_is_behind_the_same_address(self):
        for purpose in ("one_click", "preferences", "pixel"):
            path, method, _status = self.wrong(purpose)
            self.ask(path, method)
        for window in LIMIT.windows.values():
            window[1] = TRIES * 10
        links = self.links()
        for _time in range(3):
            self.assertEqual(self.ask(links["preferences"]).status_code, 200)
            self.assertEqual(self.ask(links["pixel"]).status_code, 200)
            self.assertEqual(self.ask(links["one_click"], "POST").status_code, 200)
        self.assertEqual(self.said(), [("Offers", False)])

    def test_right_links_are_not_counted(self):
        for purpose, path in self.links().items():
            self.ask(path, "POST" if purpose == "one_click" else "GET")
        self.assertEqual(LIMIT.windows, {})

    def test_the_log_tells_no_key(self):
        log = logging.getLogger("werkzeug")
        for path in self.links().values():
            for asked in (f"POST {path} HTTP/1.1", f"GET {path}?x={path} HTTP/1.1"):
                # as Odoo's server writes a line for each request
                said = ("werkzeug", logging.INFO, "", 0, '"%s" %s %s', (asked, "200", "-"), None)
                record = logging.LogRecord(*said)
                self.assertTrue(log.filter(record))
                self.assertIn(f"/{self.act.id}/…", record.getMessage())
                self.assertNotIn(re.search(r"\w{64}", path)[0], record.getMessage())

    def test_other_lines_stay_as_they_are(self):
        for line in ('"GET /web/login HTTP/1.1" 200 -', "/cx/unsubscribe", 200, None):
            self.assertEqual(without_key(line), line)
        self.assertEqual(
            without_key(f'"GET /cx/preferences/5/2026-01-01/{KEY} HTTP/1.1"'),
            '"GET /cx/preferences/5/… HTTP/1.1"',
        )
