"""Touchpoints read of documents: the shipped sources, what changes, and what the feed costs."""

from datetime import datetime, timedelta
from unittest.mock import patch

from model.common import LifecycleCase, ago

from odoo.tools import mute_logger

NOW = datetime.now().replace(microsecond=0)
WHEN = NOW - timedelta(days=3)


class TouchpointCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Touchpoint = cls.env["cx.touchpoint"]
        cls.Sources = cls.env["cx.touchpoint.source"]
        cls.ada = cls.partner("Ada", email="ada@example.com")
        cls.refresh(cls.ada)
        cls.customer = cls.of(cls.ada)

    @classmethod
    def source(cls, name, addon="cx_lifecycle"):
        return cls.env.ref(f"{addon}.touchpoint_source_{name}")

    def feed(self, source):
        """Read a source to the end, as the night does."""
        self.env.flush_all()
        self.assertTrue(source._feed())
        self.assertFalse(source.error)
        return self.Touchpoint.search([("source_id", "=", source.id)])

    def read(self, name, *records, addon="cx_lifecycle"):
        """The touchpoints that a shipped source makes of some records, in their order."""
        source = self.source(name, addon)
        by_record = {touchpoint.res_id: touchpoint for touchpoint in self.feed(source)}
        found = [by_record.get(record.id) for record in records]
        for touchpoint in filter(None, found):
            self.assertEqual(touchpoint.company_id, self.company)
            self.assertEqual(touchpoint.channel_id, source.channel_id)
            self.assertEqual(touchpoint.interaction_id, source.interaction_id)
            self.assertEqual(touchpoint.step_id, source.interaction_id.step_id)
            self.assertEqual(touchpoint.begun_by, source.interaction_id.begun_by)
        return found[0] if len(found) == 1 else found

    def message(self, record, **values):
        return self.env["mail.message"].create(
            {
                "model": record._name, "res_id": record.id, "date": WHEN,
                "record_company_id": self.company.id, **values,
            }
        )  # fmt: skip

    def assertMet(self, touchpoint, person, at=WHEN):
        self.assertTrue(touchpoint)
        self.assertEqual(touchpoint.person_id, person)
        self.assertEqual(touchpoint.customer_id, self.of(person))
        self.assertEqual(touchpoint.at, at)


class TestShippedSources(TouchpointCase):
    def test_each_source_can_be_used(self):
        sources = self.Sources.search([])
        self.assertGreater(len(sources), 25)
        for source in sources.filtered("installed"):
            with self.subTest(source.name):
                source._check_definition()
                self.feed(source)
                self.assertTrue(source.fed_at)
        waiting = sources.filtered(lambda s: not s.installed).mapped("model")
        self.assertEqual(set(waiting), {"helpdesk.ticket", "website.track", "rating.rating"}
                         - set(self.env))  # fmt: skip

    def test_quotations_and_orders(self):
        order = self.quotation(self.ada)
        sent = self.message(order, subtype_id=self.env.ref("sale.mt_order_sent").id)
        draft = self.message(order)
        found, none = self.read("quotation", sent, draft)
        self.assertMet(found, self.ada)
        self.assertEqual(found.interaction_id.code, "receives_quotation")
        self.assertEqual(found.begun_by, "company")
        self.assertFalse(none)
        self.assertEqual(found.action_open_record()["res_model"], "sale.order")
        self.assertEqual(found.action_open_record()["res_id"], order.id)
        bought = self.order(self.ada, ago(4))
        found, none = self.read("order", bought, order)
        self.assertMet(found, self.ada, bought.date_order)
        self.assertEqual((found.step_id.code, found.begun_by), ("purchase", "customer"))
        self.assertFalse(none)
        self.assertEqual(found.action_open_record()["res_id"], bought.id)

    def test_invoices_and_credit_notes(self):
        sale, refund = (
            self.env["account.move"].create(
                {
                    "move_type": kind, "partner_id": self.ada.id, "invoice_date": ago(9),
                    "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 5, "tax_ids": False})],
                }
            )
            for kind in ("out_invoice", "out_refund")
        )  # fmt: skip
        self.assertFalse(self.read("invoice", sale))
        (sale | refund).action_post()
        noon = datetime.combine(ago(9), datetime.min.time()) + timedelta(hours=12)
        found, none = self.read("invoice", sale, refund)
        self.assertMet(found, self.ada, noon)
        self.assertFalse(none)
        self.assertEqual(self.read("refund", refund).interaction_id.code, "is_refunded")

    def test_opportunities(self):
        website = self.env.ref("utm.utm_medium_website")
        leads = self.env["crm.lead"].create(
            [
                {"name": "W", "partner_id": self.ada.id, "medium_id": website.id, "user_id": False},
                {"name": "O", "partner_id": self.ada.id},
                {"name": "Nobody's"},
            ]
        )
        leads[0].write({"user_id": self.env.uid, "date_open": NOW + timedelta(hours=6)})
        web, other, nobody = self.read("lead_website", *leads)
        self.assertMet(web, self.ada, leads[0].create_date)
        hours = (leads[0].date_open - leads[0].create_date).total_seconds() / 3600
        self.assertAlmostEqual(web.delay_hours, hours, 3)
        self.assertFalse(other or nobody)
        web, other, nobody = self.read("lead", *leads)
        self.assertMet(other, self.ada, leads[1].create_date)
        self.assertFalse(web or nobody)

    def test_mails(self):
        incoming = self.message(self.ada, message_type="email", author_id=self.ada.id)
        ours = self.message(self.ada, message_type="email", author_id=self.env.user.partner_id.id)
        found, none = self.read("mail_in", incoming, ours)
        self.assertMet(found, self.ada)
        self.assertFalse(none)
        self.assertEqual(found.action_open_record()["res_model"], "res.partner")
        outgoing = self.message(self.ada, message_type="comment")
        sent, failed = self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": outgoing.id, "res_partner_id": partner.id,
                    "notification_type": "email", "notification_status": status,
                }
                for partner, status in ((self.ada, "sent"), (self.partner("Bob"), "exception"))
            ]
        )  # fmt: skip
        found, none = self.read("mail_out", sent, failed)
        self.assertMet(found, self.ada)
        self.assertFalse(none)
        self.assertEqual(found.action_open_record()["res_id"], self.ada.id)

    def test_activities_done(self):
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": self.ada.id})
        call = self.env.ref("mail.mail_activity_data_call")
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        to_do = self.env.ref("mail.mail_activity_data_todo")
        order = self.quotation(self.ada)
        cases = {
            "call_res_partner": (self.ada, call), "call_crm_lead": (lead, call),
            "call_sale_order": (order, call), "meeting_res_partner": (self.ada, meeting),
            "meeting_crm_lead": (lead, meeting), "meeting_sale_order": (order, meeting),
        }  # fmt: skip
        for name, (record, kind) in cases.items():
            with self.subTest(name):
                done = self.message(record, mail_activity_type_id=kind.id)
                alone = self.message(record, mail_activity_type_id=to_do.id)
                found, none = self.read(name, done, alone)
                self.assertMet(found, self.ada)
                self.assertFalse(none)
                self.assertEqual(self.source(name).count, 1)

    def test_deliveries_and_returns(self):
        kind = self.env["stock.picking.type"].search([("code", "=", "outgoing")], limit=1)
        stock = kind.default_location_src_id
        customers = self.env.ref("stock.stock_location_customers")
        there, back, planned = self.env["stock.picking"].create(
            [
                {
                    "partner_id": self.ada.id, "picking_type_id": kind.id,
                    "location_id": since.id, "location_dest_id": to.id,
                }
                for since, to in ((stock, customers), (customers, stock), (stock, customers))
            ]
        )  # fmt: skip
        (there | back | planned).flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_picking SET state = 'done', date_done = %s WHERE id = ANY(%s)",
            [WHEN, [there.id, back.id]],
        )
        found, *none = self.read("delivery", there, back, planned)
        self.assertMet(found, self.ada)
        self.assertEqual(none, [None, None])
        found, *none = self.read("return", back, there, planned)
        self.assertMet(found, self.ada)
        self.assertEqual(none, [None, None])

    def test_point_of_sale(self):
        config = self.env["pos.config"].create({"name": "Shop"})
        session = self.env["pos.session"].create({"config_id": config.id, "user_id": self.env.uid})
        sale, refund = self.env["pos.order"].create(
            [
                {
                    "session_id": session.id, "company_id": self.company.id,
                    "partner_id": self.ada.id, "amount_tax": 0, "amount_total": amount,
                    "amount_paid": amount, "amount_return": 0, "state": "paid",
                    "is_refund": amount < 0, "date_order": WHEN,
                }
                for amount in (35, -35)
            ]
        )  # fmt: skip
        found, none = self.read("pos_order", sale, refund)
        self.assertMet(found, self.ada)
        self.assertEqual(found.channel_id.code, "shop")
        self.assertFalse(none)
        self.assertMet(self.read("pos_refund", refund), self.ada)

    def test_mailings(self):
        mailing = self.env["mailing.mailing"].create({"subject": "News", "name": "News"})
        common = {"trace_type": "mail", "mass_mailing_id": mailing.id, "email": "a@example.com"}
        people = {"model": "res.partner", "res_id": self.ada.id}
        read, unread, other = self.env["mailing.trace"].create(
            [
                {**common, **people, "open_datetime": WHEN, "links_click_datetime": NOW},
                {**common, **people},
                {**common, "model": "crm.lead", "res_id": self.ada.id, "open_datetime": WHEN},
            ]
        )
        found, *none = self.read("opened", read, unread, other, addon="cx_lifecycle_mail")
        self.assertMet(found, self.ada)
        self.assertEqual(none, [None, None])
        found, none = self.read("clicked", read, unread, addon="cx_lifecycle_mail")
        self.assertMet(found, self.ada, NOW)
        self.assertFalse(none)

    def test_surveys(self):
        plain = self.env.ref("cx_lifecycle_mail.survey_hot")
        scored = self.env["survey.survey"].create(
            {"title": "Scored", "scoring_type": "scoring_without_answers"}
        )
        common = {"partner_id": self.ada.id, "state": "done", "end_datetime": WHEN}
        answer, score, trial = self.env["survey.user_input"].create(
            [
                {**common, "survey_id": plain.id},
                {**common, "survey_id": scored.id},
                {**common, "survey_id": plain.id, "test_entry": True},
            ]
        )
        score.flush_recordset()
        self.env.cr.execute(
            "UPDATE survey_user_input SET scoring_percentage = 85 WHERE id = %s", [score.id]
        )
        found, *none = self.read("survey", answer, score, trial, addon="cx_lifecycle_mail")
        self.assertMet(found, self.ada)
        self.assertFalse(found.rated)
        self.assertEqual(none, [None, None])
        found = self.read("survey_scored", score, addon="cx_lifecycle_mail")
        self.assertTrue(found.rated)
        self.assertEqual(found.satisfaction, 8.5)


class TestFeed(TouchpointCase):
    def setUp(self):
        super().setUp()
        self.orders = self.source("order")

    def night(self):
        """The touchpoints of orders after another pass over what changed."""
        return self.feed(self.orders)

    def values(self, touchpoints):
        return touchpoints.read(["customer_id", "person_id", "at", "write_date", "source_id"])

    def test_once_whatever_how_often_it_is_read(self):
        order = self.order(self.ada, ago(4))
        first = self.night()
        self.assertTrue(self.orders.whole)
        self.env.cr.execute("UPDATE cx_touchpoint SET write_date = '2020-01-01'")
        first.invalidate_recordset()
        values = self.values(first)
        self.assertEqual(self.values(self.night()), values, "an unchanged row is not written")
        self.assertFalse(self.orders.whole)
        self.orders.action_read_again()
        self.assertFalse(self.orders.fed_at)
        self.assertEqual(self.values(self.night()), values)
        self.assertEqual(first.filtered(lambda t: t.res_id == order.id).at, order.date_order)
        self.assertEqual(self.orders.count, len(first))

    def test_what_changes_follows(self):
        order = self.order(self.ada, ago(4))
        self.night()
        bob = self.partner("Bob")
        self.refresh(bob)
        order.write({"partner_id": bob.id, "date_order": WHEN})
        [touchpoint] = self.night().filtered(lambda t: t.res_id == order.id)
        self.assertMet(touchpoint, bob)
        count = self.orders.count
        order.write({"state": "cancel"})
        self.assertFalse(self.night().filtered(lambda t: t.res_id == order.id))
        self.assertEqual(self.orders.count, count - 1)

    def test_what_was_deleted_goes_within_a_month(self):
        order = self.order(self.ada, ago(4))
        last = self.order(self.ada, ago(3))
        self.night()
        (order | last).write({"state": "draft"})
        gone = (order | last).ids
        (order | last).unlink()
        self.assertTrue(self.night().filtered(lambda t: t.res_id in gone))
        self.orders.whole_at = NOW - timedelta(days=40)
        self.assertFalse(self.night().filtered(lambda t: t.res_id in gone))
        self.assertTrue(self.orders.whole)

    def test_only_what_was_written_is_read(self):
        self.env.cr.execute("UPDATE cx_customer SET create_date = '2020-01-01'")
        old, new = self.order(self.ada, ago(4)), self.order(self.ada, ago(3))
        self.night()
        (old | new).flush_recordset()
        self.env.cr.execute("UPDATE sale_order SET write_date = '2020-01-01', date_order = %s"
                            " WHERE id = %s", [WHEN, old.id])  # fmt: skip
        self.env.cr.execute("UPDATE sale_order SET date_order = %s WHERE id = %s", [WHEN, new.id])
        (old | new).invalidate_recordset()
        at = {t.res_id: t.at for t in self.night()}
        self.assertEqual(at[new.id], WHEN)
        self.assertNotEqual(at[old.id], WHEN)

    def test_the_past_of_new_customers(self):
        """Who is no customer has no touchpoints; who becomes one has had them all along."""
        person = self.partner("Eve", supplier_rank=1)
        order = self.order(self.ada, ago(9))
        self.env.cr.execute("DELETE FROM cx_customer WHERE partner_id = %s", [person.id])
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET partner_id = %s, write_date = '2020-01-01' WHERE id = %s",
            [person.id, order.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.night().filtered(lambda t: t.res_id == order.id))
        self.night()
        self.refresh(person)
        if not self.of(person):
            self.Customer.create({"partner_id": person.id, "company_id": self.company.id,
                                  "currency_id": self.company.currency_id.id})  # fmt: skip
        [touchpoint] = self.night().filtered(lambda t: t.res_id == order.id)
        self.assertMet(touchpoint, person, order.date_order)

    def test_an_interrupted_pass_goes_on(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_, **__: 0)
        orders = [self.order(self.ada, ago(number)) for number in range(1, 4)]
        module = "odoo.addons.cx_lifecycle.models.cx_touchpoint_feed.LOT"
        with patch(module, 1):
            self.assertFalse(self.orders._feed())
            self.assertTrue(self.orders.began_at)
            passes = 0
            while not self.orders._feed():
                passes += 1
                self.assertLess(passes, 1000)
        self.assertGreaterEqual(passes, 1)
        self.assertFalse(self.orders.began_at)
        found = self.Touchpoint.search([("source_id", "=", self.orders.id)]).mapped("res_id")
        self.assertLessEqual({order.id for order in orders}, set(found))

    def test_as_many_queries_for_many(self):
        self.night()
        counts = []
        for number in (2, 40):
            for _index in range(number):
                self.order(self.ada, ago(4))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.orders._feed()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["cx.policy"]._of(other)
        ours = self.order(self.ada, ago(4))
        theirs = self.order(self.ada, ago(4), company=other)
        self.refresh(self.ada, company=other)
        by_order = {t.res_id: t for t in self.night()}
        self.assertEqual(by_order[ours.id].company_id, self.company)
        self.assertEqual(by_order[theirs.id].company_id, other)
        self.assertEqual(by_order[theirs.id].customer_id, self.of(self.ada, other))
        self.orders.company_id = other
        self.assertEqual(self.night().company_id, other)

    def test_a_document_of_no_company(self):
        """It belongs to the first company that the person is a customer of."""
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": self.ada.id})
        lead.flush_recordset()
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", [lead.id])
        self.assertMet(self.read("lead", lead), self.ada, lead.create_date)

    def test_contacts_belong_to_their_customer(self):
        person = self.partner("Pat", parent_id=self.ada.id)
        order = self.order(person, ago(4))
        [touchpoint] = self.night().filtered(lambda t: t.res_id == order.id)
        self.assertEqual(touchpoint.person_id, person)
        self.assertEqual(touchpoint.customer_id, self.customer)

    def test_records_without_a_last_change_are_read_again_for_days(self):
        source = self.source("mail_out")
        message = self.message(self.ada, message_type="comment")
        self.feed(source)
        notification = self.env["mail.notification"].create(
            {"mail_message_id": message.id, "res_partner_id": self.ada.id,
             "notification_type": "email", "notification_status": "ready"}
        )  # fmt: skip
        self.assertFalse(self.feed(source).filtered(lambda t: t.res_id == notification.id))
        notification.notification_status = "sent"
        self.assertTrue(self.feed(source).filtered(lambda t: t.res_id == notification.id))

    def test_a_source_that_cannot_be_read_says_why(self):
        self.env["cx.run"].search([]).state = "done"
        self.orders.flush_recordset()
        self.env.cr.execute(
            "UPDATE cx_touchpoint_source SET date_path = 'no_field' WHERE id = %s",
            [self.orders.id],
        )
        self.orders.invalidate_recordset()
        self.Sources._cron_feed()
        self.assertIn("no_field", self.orders.error)
        self.assertFalse(self.orders.fed_at)
        self.orders.date_path = "date_order"
        self.assertFalse(self.orders.error)

    def test_one_that_fails_stops_no_other(self):
        self.env["cx.run"].search([]).state = "done"
        kind, broken = type(self.Sources), self.orders.id
        really = kind._write_touchpoints

        def fails(source, *args, **options):
            if source.id == broken:
                raise ZeroDivisionError("no such thing")
            return really(source, *args, **options)

        self.patch(kind, "_write_touchpoints", fails)
        logger = "odoo.addons.cx_lifecycle.models.cx_touchpoint_feed"
        self.env.flush_all()
        with self.enter_registry_test_mode(), mute_logger(logger):
            self.env.ref("cx_lifecycle.cron_touchpoints").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("no such thing", self.orders.error)
        self.assertFalse(self.orders.fed_at)
        # those before are rolled back too, for nothing is committed here
        later = self.Sources.search([("id", ">", broken)]).filtered("installed")
        self.assertGreater(len(later), 10)
        self.assertTrue(all(later.mapped("fed_at")))

    def test_when_too_much_changed_all_is_read(self):
        self.night()
        orders = [self.order(self.ada, ago(number)) for number in (3, 4)]
        with patch("odoo.addons.cx_lifecycle.models.cx_touchpoint_feed.MANY", 1):
            found = self.night()
        self.assertTrue(self.orders.whole)
        self.assertLessEqual({order.id for order in orders}, set(found.mapped("res_id")))

    def test_nothing_is_read_before_customers_are_known(self):
        self.env["cx.run"]._request("rebuild", self.company)
        self.Sources._cron_feed()
        self.assertFalse(self.orders.fed_at)
        self.env["cx.run"].search([]).state = "done"
        self.Sources._cron_feed()
        self.assertTrue(self.orders.fed_at)

    def test_the_night_finds_changes_by_index(self):
        self.night()
        [(found,)] = self.rows(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'mail_message'"
            " AND indexdef LIKE '%%brin (write_date)%%'"
        )
        self.feed(self.source("mail_in"))
        [(after,)] = self.rows(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'mail_message'"
            " AND indexdef LIKE '%%brin (write_date)%%'"
        )
        self.assertEqual((found, after), (0, 1))
