"""What other programs do with us over the network, as docs/api.md tells them."""

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta

import odoorpc
from model.common import TODAY, LifecycleCase, ago

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

HOST = "127.0.0.1"
CODES = ["suspect", "prospect", "new", "active", "dormant", "lost"]
UNTIL = (TODAY + timedelta(days=30)).isoformat()
SELLER = "sales_team.group_sale_salesman"
# Odoo warns at every call that this endpoint ends with Odoo 20
DEPRECATED = "odoo.addons.rpc.controllers.jsonrpc"


class ApiCase(HttpCase, LifecycleCase):
    """Two reps with a customer gone quiet each, and somebody from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "api_seller", SELLER)
        cls.other = new_test_user(cls.env, "api_colleague", SELLER)
        cls.portal = new_test_user(cls.env, "api_portal", "base.group_portal")
        cls.mine, cls.theirs = cls.quiet("Mine", cls.rep), cls.quiet("Theirs", cls.other)

    @classmethod
    def quiet(cls, name, rep):
        """A customer of a rep that bought monthly until 100 days ago."""
        partner = cls.partner(name, user_id=rep.id)
        for number in range(400, 70, -30):
            cls.order(partner.with_context(cx_no_refresh=True), ago(number))
        cls.refresh(partner)
        return cls.of(partner)

    def served(self):
        """While requests come in; they see what the test did, and the test then what they did."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.allow_requests(all_requests=True)


@tagged("post_install", "-at_install")
class TestOdooRpc(ApiCase):
    """By odoorpc, a client that knows nothing of us."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(DEPRECATED))
        self.enterContext(self.served())

    def client(self, user):
        odoo = odoorpc.ODOO(HOST, port=self.http_port())
        odoo.login(self.env.cr.dbname, user.login, user.login)
        return odoo

    def refused(self, error, call, *args):
        """Calling fails with this kind of error; what it says."""
        with self.assertRaises(odoorpc.error.RPCError) as caught:
            call(*args)
        self.assertEqual(caught.exception.info["data"]["name"], f"odoo.exceptions.{error}")
        return str(caught.exception)

    def test_a_rep_reads_the_own_customers(self):
        odoo = self.client(self.rep)
        domain = [("stage_id.code", "=", "dormant")]
        [row] = odoo.env["cx.customer"].search_read(
            domain, ["partner_id", "stage_id", "reason", "last_purchase_on", "dormant_on"]
        )
        self.assertEqual(row["id"], self.mine.id, "the colleague's is not there")
        self.assertEqual(row["partner_id"][1], "Mine")
        self.assertEqual(row["stage_id"], [self.mine.stage_id.id, "Dormant"])
        self.assertEqual((row["reason"], row["last_purchase_on"]),
                         ("silence", ago(100).isoformat()))  # fmt: skip
        self.assertEqual(row["dormant_on"], self.mine.dormant_on.isoformat())
        [contact] = odoo.env["res.partner"].search_read(
            [("cx_stage_id.code", "=", "dormant"), ("user_id", "=", self.rep.id)],
            ["name", "cx_stage_id", "cx_alert", "cx_next_purchase_on", "cx_why"],
        )
        self.assertEqual((contact["name"], contact["cx_alert"]), ("Mine", "quiet"))
        self.assertIn("11 purchases", contact["cx_why"]["sentence"])

    def test_a_rep_asks(self):
        customers = self.client(self.rep).env["cx.customer"]
        mine = customers.browse(self.mine.id)
        self.assertEqual(mine.stage_id.name, "Dormant")
        why = mine.why()
        self.assertEqual((why["code"], why["stage"]), ("silence", "dormant"))
        self.assertIn("Silent for 100 days", why["sentence"])
        key = str(self.mine.id)  # JSON knows no other keys
        month, year = mine.chance_of_purchase(30)[key], mine.chance_of_purchase(365)[key]
        self.assertTrue(0 < month < year < 1)
        self.assertIsNone(mine.chance_of_purchase(30, "2000-01-01")[key])
        self.assertEqual(mine.stage_on(TODAY.isoformat()), {key: "dormant"})
        self.assertEqual(mine.stage_on(ago(150).isoformat()), {key: "active"})
        self.assertEqual(mine.stage_on("2000-01-01"), {key: None})
        self.assertEqual(customers.stage_counts(), dict.fromkeys(CODES, 0) | {"dormant": 1})
        then = customers.stage_counts(ago(150).isoformat(), [("id", "=", self.mine.id)])
        self.assertEqual(then["active"], 1)
        figures = self.client(self.rep).env["cx.objection"].objection_figures(ago(365).isoformat())
        self.assertIsNone(figures["false_alarm_share"], "what was rebuilt is no call")

    def test_a_rep_reads_a_timeline_page_by_page(self):
        odoo = self.client(self.rep)
        contact = odoo.env["res.partner"].browse(self.mine.partner_id.id)
        page = contact.cx_timeline(["purchase"], None, 10)
        self.assertEqual([item["on"] for item in page["items"]],
                         [ago(day).isoformat() for day in range(100, 400, 30)])  # fmt: skip
        rest = contact.cx_timeline(["purchase"], page["more"], 10)
        self.assertEqual([item["on"] for item in rest["items"]], [ago(400).isoformat()])
        self.assertIs(rest["more"], False)
        self.refused("UserError", contact.cx_timeline, ["sale"])
        theirs = odoo.env["res.partner"].browse(self.theirs.partner_id.id)
        self.refused("AccessError", theirs.cx_timeline)

    def test_a_rep_decides(self):
        customers = self.client(self.rep).env["cx.customer"]
        mine = customers.browse(self.mine.id)

        def stage():
            return customers.read([self.mine.id], ["stage_id", "reason"])[0]["reason"]

        self.assertIs(mine.hold("active", UNTIL, "Ordered by phone"), True)
        self.assertEqual(stage(), "hold")
        self.assertIs(mine.release_hold(), True)
        self.assertEqual(stage(), "silence")
        self.assertIs(mine.declare_lost("Closed the shop"), True)
        self.assertEqual(stage(), "declared")
        self.assertIs(mine.withdraw_loss(), True)
        self.assertEqual(stage(), "silence")
        self.assertIs(mine.snooze(UNTIL, "seasonal", "in spring"), True)
        said = customers.env["cx.objection"].search_read([], ["kind"], order="id")
        self.assertEqual([row["kind"] for row in said], ["hold", "declared_lost", "not_now"])

    def test_mistakes_are_told_with_their_remedy(self):
        mine = self.client(self.rep).env["cx.customer"].browse(self.mine.id)
        told = self.refused("ValidationError", mine.hold, "asleep", UNTIL, "x")
        self.assertIn(", ".join(CODES), told)
        self.assertIn(
            "past", self.refused("ValidationError", mine.hold, "active", "2020-01-01", "x")
        )
        self.assertIn("why", self.refused("ValidationError", mine.hold, "active", UNTIL, " "))
        self.assertIn("year-month-day", self.refused("UserError", mine.stage_on, "tomorrow"))
        self.assertIn("above 0", self.refused("UserError", mine.chance_of_purchase, 0))

    def test_a_colleagues_customer_is_out_of_reach(self):
        customers = self.client(self.rep).env["cx.customer"]
        theirs = self.theirs.id
        for method, args in (
            ("read", [["stage_id"]]),
            ("why", []),
            ("chance_of_purchase", [30]),
            ("stage_on", [TODAY.isoformat()]),
            ("hold", ["active", UNTIL, "mine now"]),
            ("release_hold", []),
            ("declare_lost", ["gone"]),
            ("withdraw_loss", []),
            ("snooze", [UNTIL, "other"]),
        ):
            with self.subTest(method=method):
                self.refused("AccessError", getattr(customers, method), [theirs], *args)
        self.refused("AccessError", customers.write, [self.mine.id], {"stage_since": "2020-01-01"})
        self.refused("AccessError", customers.env["cx.objection"].create, {"kind": "hold"})

    def test_a_portal_user_sees_nothing(self):
        # a client that asks for the fields first is refused before it has a model
        odoo = self.client(self.portal)
        for model, method in (
            ("cx.customer", "search_read"),
            ("cx.customer", "stage_counts"),
            ("cx.episode", "search_read"),
            ("cx.objection", "search_read"),
        ):
            self.refused("AccessError", odoo.execute, model, method)
        ids = [self.mine.id]
        self.refused("AccessError", odoo.execute, "cx.customer", "why", ids)
        self.refused("AccessError", odoo.execute, "cx.customer", "hold", ids, "lost", UNTIL, "x")
        fields = odoo.execute("res.partner", "fields_get")
        self.assertFalse([name for name in fields if name.startswith("cx_")])


@tagged("post_install", "-at_install")
class TestJson2(ApiCase):
    """By the standard library, with an API key instead of a password."""

    def setUp(self):
        super().setUp()
        self.keys = {
            user: self.env["res.users.apikeys"].with_user(user)._generate(
                "rpc", "test", datetime.now() + timedelta(hours=1)
            )
            for user in (self.rep, self.portal)
        }  # fmt: skip
        self.enterContext(self.served())

    def post(self, user, model, method, **values):
        """The answer to a call; an HTTPError when it was refused."""
        request = urllib.request.Request(
            f"http://{HOST}:{self.http_port()}/json/2/{model}/{method}",
            data=json.dumps(values).encode(),
            headers={
                "Authorization": f"bearer {self.keys[user]}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def test_a_rep_asks_and_decides(self):
        [row] = self.post(
            self.rep, "cx.customer", "search_read",
            domain=[["stage_id.code", "=", "dormant"]], fields=["partner_id"],
        )  # fmt: skip
        ids, key = [row["id"]], str(row["id"])
        self.assertEqual(ids, self.mine.ids)
        told = self.post(self.rep, "cx.customer", "why", ids=ids, context={"lang": "fr_FR"})
        self.assertIn("Silencieux depuis 100", told["sentence"])
        day = TODAY.isoformat()
        self.assertEqual(self.post(self.rep, "cx.customer", "stage_on", ids=ids, day=day),
                         {key: "dormant"})  # fmt: skip
        self.assertEqual(self.post(self.rep, "cx.customer", "stage_counts")["dormant"], 1)
        page = self.post(self.rep, "res.partner", "cx_timeline",
                         ids=self.mine.partner_id.ids, kinds=["stage"], limit=1)  # fmt: skip
        self.assertEqual(page["items"][0]["stage"], "dormant")
        self.assertTrue(page["more"])
        self.assertTrue(self.post(
            self.rep, "cx.customer", "hold", ids=ids, stage="active", until=UNTIL, reason="Phoned"
        ))  # fmt: skip
        chance = self.post(self.rep, "cx.customer", "chance_of_purchase", ids=ids, days=30)
        self.assertGreater(chance[key], 0)
        said = self.post(self.rep, "cx.objection", "objection_figures", since=day)
        self.assertEqual(said["contested"], 0)

    def test_refusals(self):
        for user, status, values in (
            (self.rep, 403, {"ids": self.theirs.ids, "day": TODAY.isoformat()}),
            (self.rep, 422, {"ids": self.mine.ids, "day": "tomorrow"}),
            (self.rep, 422, {"ids": self.mine.ids}),
            (self.portal, 403, {"ids": self.mine.ids, "day": TODAY.isoformat()}),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.post(user, "cx.customer", "stage_on", **values)
            self.assertEqual(caught.exception.code, status)
        self.keys[self.rep] = "nonsense"
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.post(self.rep, "cx.customer", "stage_counts")
        self.assertEqual(caught.exception.code, 401)
