"""Over the network: whoever has no right is refused, by every method, and never by a crash."""

import datetime
import json
import urllib.error
import urllib.request

from security.calls import arguments, methods
from security.test_access import ALLOWED, OPERATIONS
from security.world import SECRET, TwoCompanies

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
# fields of a contact that are there for everybody lead to lists, too
OF_CONTACTS = {("res.partner", "action_cx_journey_map"), ("res.partner", "action_cx_touchpoints")}
REFUSALS = ("odoo.exceptions.AccessError", "odoo.exceptions.AccessDenied")


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
        self.enterContext(self.allow_requests(all_requests=True))
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

    def calls(self):
        """(model, method, args, values) for every method: of a row, of none, of one that is not."""
        for model, method, function in methods(self.env):
            values = arguments(function, self.mine)
            if getattr(function, "_api_model", False):
                yield model, method, [], values
            elif model in self.mine.ids:
                for ids in ([self.mine[model]], [], [2**31 - 1]):
                    yield model, method, [ids], values
            elif model.startswith("cx."):
                yield model, method, [[]], values

    def test_no_outsider_calls_a_method(self):
        for role in ("portal", "user"):
            self.authenticate(f"fence_{role}", f"fence_{role}")
            for model, method, args, values in self.calls():
                if (model, method) in OPEN | LEADING:
                    continue
                result, error = self.call(model, method, args, values)
                if role == "user" and (model, method) in OF_CONTACTS:
                    continue
                with self.subTest(role=role, model=model, method=method, args=args):
                    if model.startswith("cx."):
                        self.assertIn(error, REFUSALS, result)
                    else:
                        # Odoo's own: of no record at all there is nothing to refuse
                        self.assertTrue(error or not result, result)

    def test_what_is_open_tells_nothing(self):
        self.authenticate("fence_portal", "fence_portal")
        for model, method, args, values in self.calls():
            if (model, method) in OPEN | LEADING:
                result, _error = self.call(model, method, args, values)
                for secret in ("My Company", "Ada", SECRET):
                    self.assertNotIn(secret, json.dumps(result))

    def test_without_a_session_there_is_no_call(self):
        self.authenticate(None, None)
        for model, method, args, values in self.calls():
            result, error = self.call(model, method, args, values)
            self.assertEqual((result, error), (None, "odoo.http.SessionExpiredException"))

    def test_operations_of_every_model(self):
        """Those of ``ALLOWED``, really asked for: reading, writing, making, deleting."""
        roles = {**self.users, **self.outsiders}
        for role in ("portal", "user", "rep", "marketer", "admin"):
            login = roles[role].login
            self.authenticate(login, login)
            for model, allowed in ALLOWED.items():
                for operation in OPERATIONS:
                    if operation[0] in allowed.get(role, ""):
                        continue
                    args = {
                        "read": [[self.number(model)], ["display_name"]],
                        "write": [[self.number(model)], {}],
                        "create": [[{}]],
                        "unlink": [[self.number(model)]],
                    }[operation]
                    result, error = self.call(model, operation, args, {})
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertIsNone(result)
                        self.assertTrue(error.startswith("odoo.exceptions."), error)

    def number(self, model):
        return self.mine[model] if model in self.mine.ids else 1

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
        for model, method, args, values in self.calls():
            if (model, method) in OPEN | LEADING or not model.startswith("cx."):
                continue
            ids = {"ids": args[0]} if args else {}
            for sent in ({**ids, **values}, {**ids, "nonsense": [None]}):
                status, said = self.post(key, model, method, sent)
                with self.subTest(model=model, method=method, sent=sent):
                    self.assertIn(status, (403, 422), said[:300])
            self.assertEqual(self.post("wrong", model, method, ids)[0], 401)
