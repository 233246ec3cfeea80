"""The timeline: what stands in it, in which order, page by page, at what cost."""

import base64
import json
from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from lxml import etree
from model.common import TODAY, LifecycleCase, ago

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.timeline import Cursor, Stream

KINDS = ["purchase", "stage", "activity", "message"]
SELLER = "sales_team.group_sale_salesman"


class TimelineCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "timeline_rep", SELLER, name="Rita", tz="UTC")
        cls.colleague = new_test_user(cls.env, "timeline_other", SELLER, name="Otto")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.ann = cls.partner("Ann", parent_id=cls.firm.id)
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    def timeline(self, partner=None, user=None, **arguments):
        self.env.flush_all()
        self.env.invalidate_all()
        return (partner or self.firm).with_user(user or self.rep).cx_timeline(**arguments)

    def items(self, *args, **arguments):
        return self.timeline(*args, **arguments)["items"]

    def write(self, partner, body="Hello", days=0, at=None, **values):
        """A comment on a contact, so many days ago."""
        message = partner.with_user(self.rep).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment", **values
        )
        message.sudo().date = at or fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return message.sudo()

    def history(self, *days, partner=None, amount=100):
        """Orders so many days ago each, and the stages that the past would have given."""
        for number in days:
            self.order((partner or self.firm).with_context(cx_no_refresh=True), ago(number), amount)
        self.refresh(self.firm)
        return self.of(self.firm)

    def plan(self, partner, days, summary="Ask", user=None):
        return partner.activity_schedule(
            "mail.mail_activity_data_call",
            TODAY + timedelta(days=days),
            summary,
            user_id=(user or self.rep).id,
        )

    def pages(self, limit, **arguments):
        """All items, a page at a time, and the number of pages."""
        found, after, number = [], None, 0
        while number == 0 or after:
            answer = self.timeline(after=after, limit=limit, **arguments)
            self.assertLessEqual(len(answer["items"]), limit)
            found += answer["items"]
            after, number = answer["more"], number + 1
        return found, number


def names(items):
    return [(item["kind"], item["id"]) for item in items]


class TestContents(TimelineCase):
    def test_everything_in_one_stream_newest_first(self):
        self.history(60, 30, 30, partner=self.ann, amount=1234.5)
        self.write(self.firm, "Good morning", days=40)
        self.write(self.ann, "And good night", days=10, subject="Thanks")
        done = self.plan(self.firm, 0, "Greet")
        done.with_user(self.rep).action_feedback("All is well")
        self.plan(self.firm, 5)
        items = self.items()
        self.assertEqual(
            [(item["kind"], item["title"]) for item in items],
            [
                ("activity", "Ask"),
                ("activity", "Done: Call"),
                ("message", "Thanks"),
                ("stage", "From New to Active"),
                ("purchase", "Purchase of $\xa02,469.00"),
                ("message", "Message"),
                ("stage", "First stage: New"),
                ("purchase", "Purchase of $\xa01,234.50"),
            ],
        )
        planned, done, thanks, moved, bought, hello, *_rest = items
        self.assertEqual(planned["on"], (TODAY + timedelta(days=5)).isoformat())
        self.assertTrue(planned["planned"])
        self.assertEqual((planned["by"], planned["marks"], planned["icon"]),
                         ("Rita", [], self.call.icon))  # fmt: skip
        self.assertIn("All is well", done["text"])
        self.assertEqual((thanks["by"], thanks["contact"]), ("Rita", "Ann"))
        self.assertEqual((hello["text"], hello["contact"]), ("Good morning", ""))
        self.assertEqual(fields.Datetime.to_datetime(hello["at"]).date(), ago(40))
        self.assertEqual((moved["text"], moved["on"], moved["stage"]),
                         ("Purchase", ago(30).isoformat(), "active"))  # fmt: skip
        self.assertEqual((bought["amount"], bought["documents"], bought["text"]),
                         (2469, 2, "2 documents"))  # fmt: skip
        self.assertEqual(bought["currency_id"], self.company.currency_id.id)

    def test_an_answer_is_ready_for_json(self):
        self.buy(self.firm, 60, 30)
        self.write(self.firm)
        self.plan(self.firm, 1)
        answer = self.timeline()
        self.assertEqual(json.loads(json.dumps(answer))["items"][0]["title"], "Ask")
        # what people noted, and what the addon of campaigns adds
        self.assertEqual(
            [kind["code"] for kind in answer["kinds"]],
            [*KINDS, "touchpoint", "warning", "campaign"],
        )
        self.assertEqual(answer["kinds"][0]["label"], "Purchases")
        self.assertTrue(all(kind["icon"].startswith("fa-") for kind in answer["kinds"]))
        self.assertIs(answer["more"], False)

    def test_a_purchase_is_a_day_with_a_positive_net_amount(self):
        self.order(self.firm, ago(9), 50)
        self.order(self.firm, ago(8), 0)
        self.order(self.firm, ago(7), 80)
        self.order(self.firm, ago(7), -80)
        self.order(self.firm, TODAY + timedelta(days=3), 70)
        [bought] = self.items(kinds=["purchase"])
        self.assertEqual((bought["on"], bought["amount"]), (ago(9).isoformat(), 50))
        self.assertEqual(bought["text"], "1 document")

    def test_the_number_of_documents_is_the_length_of_the_list(self):
        """Also where two sources count, of which a click opens one."""
        leads = self.Source.create(
            {
                "name": "Won", "model": "crm.lead", "date_path": "date_closed",
                "amount_path": "expected_revenue", "domain": "[('type', '=', 'opportunity')]",
            }
        )  # fmt: skip
        self.assertTrue(leads.installed)
        for _number in range(3):
            self.order(self.firm, ago(5), 10)
        self.env["crm.lead"].create(
            [
                {"name": "Deal", "type": "opportunity", "partner_id": self.firm.id,
                 "expected_revenue": 100, "date_closed": f"{ago(5)} 12:00:00"}
                for _number in range(2)
            ]
        )  # fmt: skip
        [bought] = self.items(kinds=["purchase"])
        self.assertEqual((bought["amount"], bought["documents"]), (230, 3))
        opens = bought["open"]
        records = self.env[opens["model"]].browse(opens["ids"])
        action = getattr(records, opens["method"])(*opens["args"])
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 3)

    def test_the_reasons_of_stages(self):
        customer = self.history(*range(900, 600, -30))
        items = self.items(kinds=["stage"])
        self.assertEqual([item["stage"] for item in items], ["lost", "dormant", "active", "new"])
        lost, dormant, active, new = items
        episodes = customer.episode_ids.sorted(lambda e: (e.entered_on, e.id), reverse=True)
        self.assertEqual([item["id"] for item in items], episodes.ids)
        figures = episodes[1].figures
        self.assertEqual(
            dormant["text"],
            f"Silence: silent {figures['silence']} d, usual {round(figures['usual'])}",
        )
        self.assertTrue(lost["text"].startswith("Long silence: silent"))
        self.assertEqual((active["text"], new["text"]), ("Purchase", "First purchase"))
        self.assertEqual([mark["code"] for mark in new["marks"]], ["rebuilt"])
        customer.with_user(self.rep).hold("active", TODAY + timedelta(days=9), "They wrote")
        held = self.items(kinds=["stage"])[0]
        self.assertEqual((held["title"], held["text"], held["marks"]),
                         ("From Lost to Active", "Held by a person", []))  # fmt: skip
        opens = held["open"]
        action = self.env[opens["model"]].browse(opens["ids"]).action_cx_episodes()
        self.assertEqual(opens["method"], "action_cx_episodes")
        found = self.env["cx.episode"].search(action["domain"])
        self.assertIn(customer.episode_ids[0], found)

    def test_own_rules_and_silent_moves_say_so(self):
        customer = self.history(3)
        rule = self.env["cx.policy.rule"].new({"name": "Big fish"})
        episode = customer.episode_ids[0]
        episode.silent = True
        with patch.object(type(episode), "rule_id", rule):
            self.assertEqual(episode._reason_words(),
                             "Your company's rule “Big fish” decides: New.")  # fmt: skip
        [item] = self.items(kinds=["stage"])
        self.assertIn("silent", [mark["code"] for mark in item["marks"]])

    def test_one_purchase_only_says_so(self):
        self.history(900)
        dormant = self.items(kinds=["stage"])[1]
        self.assertRegex(dormant["text"], r"^Silence: bought once, \d+ d ago$")

    def test_messages_are_what_people_wrote(self):
        self.buy(self.firm, 3)
        self.firm.message_post(body="by the machine", message_type="notification")
        self.firm._message_log(body="logged")
        self.firm.message_post(body="note", message_type="comment", subtype_xmlid="mail.mt_note")
        self.firm.message_post(body="in", message_type="email", email_from="eve@example.com",
                               author_id=False, subtype_xmlid="mail.mt_comment")  # fmt: skip
        elsewhere = self.partner("Elsewhere")
        elsewhere.message_post(body="not ours", message_type="comment")
        items = self.items(kinds=["message"])
        self.assertEqual([(i["title"], i["text"], i["by"]) for i in items],
                         [("Email", "in", "eve@example.com"),
                          ("Note", "note", self.env.user.name)])  # fmt: skip

    def test_a_long_message_is_cut_a_short_one_is_not(self):
        self.buy(self.firm, 3)
        # a message_post would escape this: what came by email is not
        message = self.write(self.firm)
        for body, expected in (
            ("<p>One</p><p>two  <b>three</b></p>", "One two three"),
            ("<p>" + "x" * 140 + "</p>", "x" * 140),
            ("<p>" + "x" * 141 + "</p>", "x" * 139 + "…"),
            ("<p>" + "word " * 20_000 + "</p>", ("word " * 28)[:139].rstrip() + "…"),
            ("<p>1 &lt; 2</p>", "1 < 2"),
            (False, ""),
        ):
            message.body = body
            [item] = self.items(kinds=["message"])
            self.assertEqual(item["text"], expected)

    def test_planned_activities_stand_above_all_that_was(self):
        self.history(0)
        late, soon, later = (self.plan(self.firm, days) for days in (-20, 0, 20))
        self.write(self.firm)
        items = self.items()
        self.assertEqual([-i["id"] for i in items[:3]], [later.id, *sorted((soon.id, late.id))])
        self.assertEqual([i["kind"] for i in items[3:]], ["stage", "purchase", "message"])
        marks = {-i["id"]: [mark["code"] for mark in i["marks"]] for i in items[:3]}
        self.assertEqual(marks, {late.id: ["overdue"], soon.id: [], later.id: []})
        self.assertEqual(items[0]["open"]["res_id"], later.id)

    def test_a_click_opens_a_message_in_its_form(self):
        self.buy(self.firm, 3)
        message = self.write(self.firm)
        [item] = self.items(kinds=["message"])
        self.assertEqual((item["open"]["res_model"], item["open"]["res_id"]),
                         ("mail.message", message.id))  # fmt: skip
        [[view_id, kind]] = item["open"]["views"]
        views = self.env["mail.message"].with_user(self.rep).get_view(view_id, kind)
        self.assertIn("body", views["arch"])

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "=", "cx_lifecycle")])._update_translations(
            ["fr_FR"]
        )
        self.history(900, 870, 840, amount=1234.5)
        firm = self.firm.with_context(lang="fr_FR")
        lost, *_others = self.items(firm, kinds=["stage"])
        self.assertRegex(lost["title"], "Dormant.*Perdu")
        self.assertNotIn("usual", lost["text"])
        self.assertRegex(lost["text"], r"\d+\sj")
        bought = self.items(firm, kinds=["purchase"])[0]
        self.assertIn("1\xa0234,50", bought["title"])

    def test_a_contact_shows_its_companys_stream(self):
        self.buy(self.firm, 30, 3)
        self.write(self.firm)
        self.assertEqual(self.items(self.ann), self.items(self.firm))
        self.assertTrue(self.items(self.ann))

    def test_archived_contacts_keep_their_history(self):
        self.order(self.ann, ago(30))
        self.write(self.ann)
        self.ann.active = False
        self.assertEqual({i["kind"] for i in self.items()}, {"purchase", "stage", "message"})
        self.firm.active = False
        self.assertEqual({i["kind"] for i in self.items()}, {"purchase", "stage", "message"})


class TestOrder(TimelineCase):
    def test_a_day_ends_where_the_reader_is(self):
        """On the last evening of a month in Auckland it is still morning in Brussels."""
        day = ago(40)
        self.order(self.firm, day)
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
            firm = self.firm.with_context(tz=zone)
            local = pytz.timezone(zone)
            end = local.localize(datetime.combine(day + timedelta(days=1), datetime.min.time()))
            end = end.astimezone(pytz.utc).replace(tzinfo=None)
            before = self.write(self.firm, "before", at=end - timedelta(seconds=1))
            after = self.write(self.firm, "after", at=end)
            ids = [i["id"] for i in self.items(firm, kinds=["message", "purchase"])]
            self.assertEqual(ids, [after.id, (day - datetime(1970, 1, 1).date()).days, before.id])
            (before | after).unlink()

    def test_pages_have_no_gaps_and_nothing_twice(self):
        self.history(*range(120, 20, -7))
        for number in range(12):
            self.write(self.firm if number % 2 else self.ann, f"Number {number}", days=number * 9)
        # many at the very same moment, among them of two kinds
        moment = datetime.combine(ago(50), datetime.min.time())
        for _number in range(7):
            self.write(self.firm, at=moment)
        for number in range(6):
            self.plan(self.firm, -number)
        for _number in range(3):
            self.plan(self.firm, 0).with_user(self.rep).action_feedback()
        self.env["mail.message"].search(
            [("mail_activity_type_id", "!=", False), ("res_id", "=", self.firm.id)]
        ).date = moment
        everything = self.items(limit=100)
        self.assertGreater(len(everything), 40)
        self.assertEqual(len(set(names(everything))), len(everything))
        for limit in (1, 2, 7, 20, len(everything)):
            found, number = self.pages(limit)
            self.assertEqual(names(found), names(everything), limit)
            self.assertEqual(number, -(-len(everything) // limit))
        found, _number = self.pages(4, kinds=["message", "activity"])
        self.assertEqual(
            names(found),
            [name for name in names(everything) if name[0] in ("message", "activity")],
        )

    def test_what_is_written_meanwhile_shifts_no_page(self):
        self.buy(self.firm, 3)
        for number in range(10):
            self.write(self.firm, days=number + 1)
        everything = names(self.items())
        first = self.timeline(limit=5)
        self.write(self.firm, "new")
        second = self.timeline(after=first["more"])
        self.assertEqual(names(first["items"] + second["items"]), everything)

    def test_kinds(self):
        self.buy(self.firm, 30, 3)
        self.write(self.firm)
        for kinds in (["purchase"], ["stage", "message"], ("message",)):
            answer = self.timeline(kinds=kinds)
            self.assertEqual({i["kind"] for i in answer["items"]}, set(kinds))
            self.assertEqual(len(answer["kinds"]), len(KINDS) + 3, "filters offer all kinds")
        for kinds in (None, False, []):
            self.assertEqual({i["kind"] for i in self.items(kinds=kinds)},
                             {"purchase", "stage", "message"})  # fmt: skip

    def test_no_source_counts(self):
        self.buy(self.firm, 3)
        self.Source.search([]).active = False
        self.assertEqual(self.items(kinds=["purchase"]), [])

    def test_bad_input_is_told(self):
        self.buy(self.firm, 3)
        for kinds in (["purchases"], "purchases", [["purchase"]], {"purchase": 1}, 5, [None]):
            with self.assertRaisesRegex(UserError, "It has: purchase, stage", msg=kinds):
                self.timeline(kinds=kinds)
        for limit in (0, -1, "20", None, True, 2.5, [1]):
            with self.assertRaisesRegex(UserError, "whole number from 1 to 100", msg=limit):
                self.timeline(limit=limit)

        def coded(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()

        now = datetime.now().isoformat()
        for after in (
            "x", "é", "\ud800", 5, ["a"], {"at": 1}, coded(5), coded([]), coded([now, "stage"]),
            coded([now, "stage", "1"]), coded([now, "stage", True]), coded([now, "stage", 2**70]),
            coded([now, 5, 1]), coded([now + "+02:00", "stage", 1]), coded(["soon", "stage", 1]),
            coded([5, "stage", 1]), base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        ):  # fmt: skip
            with self.assertRaisesRegex(UserError, "load it again", msg=after):
                self.timeline(after=after)
        self.assertTrue(self.items(limit=10**6), "more than 100 are given as 100")
        with self.assertRaises(ValueError):
            (self.firm | self.ann).cx_timeline()

    def test_a_cursor_is_only_a_place(self):
        """Whatever it says, it opens nothing and goes into no statement as text."""
        self.buy(self.firm, 3)
        odd = str(Cursor(datetime.now(), "'; DROP TABLE res_partner; --\x00", -5))
        self.assertEqual(Cursor.parse(odd).id, -5)
        self.assertTrue(self.timeline(after=odd)["items"] is not None)


class TestCost(TimelineCase):
    def queries(self, **arguments):
        """The number of queries of a page, with what Odoo keeps for all users already there."""
        self.timeline(**arguments)
        self.env.flush_all()
        self.env.invalidate_all()
        firm = self.firm.with_user(self.rep)
        before = self.env.cr.sql_log_count
        answer = firm.cx_timeline(**arguments)
        return self.env.cr.sql_log_count - before, answer["items"]

    def sell(self, number):
        """Very many orders, by SQL, over the last two years."""
        order = self.order(self.firm, ago(800))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_order SELECT (jsonb_populate_record(o, jsonb_build_object("
                " 'id', nextval('sale_order_id_seq'), 'amount_untaxed', 10,"
                " 'date_order', date_order + n %% 700 * interval '1 day'))).*"
                " FROM sale_order o, generate_series(1, %s) AS n WHERE id = %s",
                number,
                order.id,
            )
        )
        self.refresh(self.firm)

    def test_purchases_cost_the_same_however_many(self):
        self.sell(5000)
        counts = []
        for limit in (1, 20, 100):
            count, items = self.queries(kinds=["purchase"], limit=limit)
            self.assertEqual(len(items), limit)
            counts.append(count)
        self.assertEqual(len(set(counts)), 1, counts)
        self.assertLessEqual(counts[0], 14, counts)

    def test_a_page_of_everything_costs_the_same_however_long(self):
        moment = datetime.combine(ago(50), datetime.min.time())

        def fill(number):
            self.history(*range(60, 60 - number, -1))
            for n in range(number):
                for contact in (self.firm, self.ann):
                    self.write(contact, at=moment - timedelta(hours=n))
                    self.plan(contact, n)
                    self.plan(contact, n).with_user(self.rep).action_feedback()

        fill(2)
        few, items = self.queries(limit=100)
        self.assertEqual({i["kind"] for i in items}, set(KINDS))
        fill(15)
        many, items = self.queries(limit=100)
        self.assertGreater(len(items), 70)
        self.assertEqual(many, few)
        self.assertLessEqual(few, 27)

    def test_the_form_reads_nothing_more(self):
        """The tab asks for its rows itself, when it is opened."""
        form = self.env.ref("base.view_partner_form").id
        arch = self.env["res.partner"].with_user(self.rep).get_view(form, "form")["arch"]
        self.assertTrue(etree.fromstring(arch).xpath("//page//widget[@name='cx_timeline']"))
        self.assertNotIn("cx_timeline", self.env["res.partner"]._fields)


class TestExtension(TimelineCase):
    """Another addon adds its own kind, as docs/api.md tells it."""

    def setUp(self):
        super().setUp()
        before = type(self.Customer)._timeline_streams

        def select(customer, frame):
            partners = customer.env["res.partner"]
            query = partners._search([("id", "in", frame.contact_ids)], active_test=False)
            return query.select(
                SQL("%s AS at", partners._field_to_sql(query.table, "create_date", query)),
                SQL.identifier(query.table, "id"),
                SQL("jsonb_build_object('ref', %s) AS facts",
                    partners._field_to_sql(query.table, "ref", query)),
            )  # fmt: skip

        def words(customer, _frame, rows):
            contacts = customer.env["res.partner"].browse(row.id for row in rows)
            return {
                contact.id: {"title": f"{contact.name} was met", "text": row.facts["ref"]}
                for contact, row in zip(contacts, rows, strict=True)
            }

        def streams(customer):
            return {
                **before(customer),
                "meeting": Stream(
                    "Meetings", "fa-handshake-o",
                    lambda frame: select(customer, frame),
                    lambda frame, rows: words(customer, frame, rows),
                ),
            }  # fmt: skip

        self.patch(type(self.Customer), "_timeline_streams", streams)

    def test_a_kind_of_another_addon(self):
        self.buy(self.firm, 3)
        self.ann.ref = "none"
        answer = self.timeline()
        self.assertEqual(
            answer["kinds"][-1], {"code": "meeting", "label": "Meetings", "icon": "fa-handshake-o"}
        )
        met = [item for item in answer["items"] if item["kind"] == "meeting"]
        self.assertEqual([(item["title"], item["text"]) for item in met],
                         [("Ann was met", "none"), ("Firm was met", None)])  # fmt: skip
        self.assertTrue(all(item["at"] for item in met))
        found, _number = self.pages(1)
        self.assertEqual(names(found), names(answer["items"]))
        self.assertEqual(names(self.items(kinds=["meeting"])), names(met))

    def test_what_it_does_not_word_is_left_out(self):
        self.history(3)
        before = type(self.Customer)._timeline_streams

        def streams(customer):
            kinds = before(customer)
            meeting = kinds["meeting"]
            hidden = Stream(meeting.label, meeting.icon, meeting.select, lambda *_: {})
            return {**kinds, "meeting": hidden}

        self.patch(type(self.Customer), "_timeline_streams", streams)
        found, _number = self.pages(1)
        self.assertEqual([i["kind"] for i in found], ["stage", "purchase"])
