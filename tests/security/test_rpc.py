"""Over the network: whoever has no right is refused, by every method, and never by a crash."""

import datetime
import json
import urllib.error
import urllib.request

from security.calls import arguments, methods
from security.test_access import ALLOWED
from security.world import TwoCompanies

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

OUTSIDERS = {
    "user": "base.group_user", "portal": "base.group_portal", "public": "base.group_public",
}  # fmt: skip
# what is Odoo's own, whoever calls: words for the top of an empty list, and which expressions of
# its template language are known
OPEN = {
    ("cx.customer", "get_empty_list_help"), ("cx.episode", "get_empty_list_help"),
    ("cx.customer", "mail_allowed_qweb_expressions"),
    # an empty answer to whoever may not read improvements, for the map's sake
    ("cx.journey.map", "improvements"),
}  # fmt: skip
# catalogues that every colleague may read lead to lists that ask for the right to see them
LEADING = {("cx.need", "action_arguments"), ("cx.stage", "action_customers")}
REFUSALS = (
    "odoo.exceptions.AccessError", "odoo.exceptions.AccessDenied", "odoo.exceptions.UserError",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestRpc(HttpCase, TwoCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = {
            role: new_test_user(cls.env, f"fence_{role}", group)
            for role, group in OUTSIDERS.items()
        }
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.http", "odoo.sql_db"))

    def call(self, model, method, args, values):
        """The answer to a call of the web client: (what it answers, the name of its error)."""
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json.dumps({"params": {"model": model, "method": method, "args": args,
                                   "kwargs": values}}),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        self.assertEqual(answer.status_code, 200)
        said = answer.json()
        error = said.get("error")
        return said.get("result"), error and error["data"]["name"]

    def calls(self, odd=False):
        """(model, method, args, values) of every method, with what it is meant for.

        :param odd: rather of no record, and of one that is not there
        """
        for model, method, function in methods(self.env):
            values = arguments(function, self.mine)
            if getattr(function, "_api_model", False):
                yield model, method, [], {} if odd else values
            elif odd:
                yield model, method, [[]], values
                yield model, method, [[2**31 - 1]], {}
            elif model in self.mine.ids:
                yield model, method, [[self.mine[model]]], values
            elif model.startswith("cx."):
                yield model, method, [[]], values

    def test_no_outsider_calls_a_method(self):
        self.authenticate("fence_portal", "fence_portal")
        for model, method, args, values in self.calls():
            result, error = self.call(model, method, args, values)
            with self.subTest(model=model, method=method, args=args):
                if (model, method) in OPEN | LEADING:
                    self.assertNotIn("My Company", json.dumps(result))
                elif model.startswith("cx.") or args:
                    self.assertIn(error, REFUSALS, result)

    def test_nor_with_odd_arguments(self):
        """Inside, without the network between: what would be a crash there is an error here."""
        for role, user in self.outsiders.items():
            for model, method, args, values in (*self.calls(), *self.calls(odd=True)):
                if not model.startswith("cx.") or (model, method) in OPEN | LEADING:
                    continue
                call = lambda: call_kw(self.env[model].with_user(user), method, args, values)  # noqa: B023, E731
                with self.subTest(role=role, model=model, method=method, args=args):
                    try:
                        self.fail(call())
                    except TypeError as error:
                        # too few arguments never reach the method
                        self.assertIn("required positional argument", str(error))
                    except UserError:
                        continue

    def test_without_a_session_there_is_no_call(self):
        self.authenticate(None, None)
        for model, method, args, values in [*self.calls()][::20]:
            result, error = self.call(model, method, args, values)
            self.assertEqual((result, error), (None, "odoo.http.SessionExpiredException"))

    def test_operations_of_every_model(self):
        for role in ("portal", "user"):
            self.authenticate(f"fence_{role}", f"fence_{role}")
            for model, rights in ALLOWED.items():
                self.refused(role, model, rights.get(role, ""))

    def refused(self, role, model, allowed):
        """What a role may not do with a model it is refused, in the forms that clients use."""
        number = self.mine[model] if model in self.mine.ids else 1
        for letter, operation, args in (
            ("r", "web_read", [[number], {"display_name": {}}]),
            ("r", "web_search_read", [[], {"display_name": {}}]),
            ("w", "write", [[number], {}]),
            ("c", "create", [[{}]]),
            ("u", "unlink", [[number]]),
        ):
            if letter not in allowed:
                result, error = self.call(model, operation, args, {})
                with self.subTest(role=role, model=model, operation=operation):
                    self.assertIsNone(result)
                    self.assertEqual(error, "odoo.exceptions.AccessError")

    # ------------------------------------------------------------------ /json/2
    def post(self, key, model, method, values):
        """The status of a call by another program, and what it was told."""
        request = urllib.request.Request(
            f"{self.base_url()}/json/2/{model}/{method}",
            json.dumps(values).encode(),
            {"Authorization": f"bearer {key}", "Content-Type": "application/json",
             "X-Odoo-Database": self.env.cr.dbname},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def test_other_programs_are_refused_too(self):
        soon = datetime.datetime.now() + datetime.timedelta(hours=1)
        keys = self.env["res.users.apikeys"].with_user(self.outsiders["portal"])
        key = keys._generate("rpc", "fence", soon)
        self.env.flush_all()
        self.enterContext(self.allow_requests(all_requests=True))
        for model, method, args, values in self.calls():
            if (model, method) in OPEN | LEADING or not model.startswith("cx."):
                continue
            ids = {"ids": args[0]} if args else {}
            with self.subTest(model=model, method=method):
                status, said = self.post(key, model, method, {**ids, **values})
                self.assertIn(status, (403, 422), said[:300])
        for sent in ({}, {"ids": ["x"]}, {"nonsense": [None]}):
            self.assertIn(self.post(key, "cx.customer", "why", sent)[0], (403, 422))
        self.assertEqual(self.post("wrong", "cx.customer", "why", {"ids": [1]})[0], 401)
