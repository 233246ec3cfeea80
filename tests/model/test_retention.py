"""What is old goes by itself: texts and names, every month, in lots, and the counts stay."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from model.test_erase import ADDRESS, NAME, EraseCase

from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_retention

LATER = date(2031, 3, 5)


class TestRetention(EraseCase):
    def purge(self, day=LATER):
        self.env.flush_all()
        with freeze_time(day):
            self.env["cx.retention"]._purge()
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["cx.purge"].search(
            [("kind", "=", "retention"), ("company_id", "=", self.company.id)]
        )

    def old(self):
        """A customer who was created, and bought last, five years before the day of the purge."""
        person = self.known(parent_id=self.firm.id)
        for table, column in (
            ("cx_customer", "create_date"), ("cx_touchpoint", "at"),
        ):  # fmt: skip
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = '2026-01-01'", SQL.identifier(table), SQL.identifier(column)
                )
            )
        self.env.cr.execute("UPDATE cx_customer SET last_purchase_on = '2026-01-01'")
        self.env.cr.execute(
            "UPDATE cx_customer SET stage_id = %s", [self.env.ref("cx_lifecycle.stage_lost").id]
        )
        self.env.invalidate_all()
        return person

    def test_texts_and_names_go_and_counts_stay(self):
        person = self.old()
        before = self.figures()
        [purge] = self.purge()
        found = {table for table, _column in self.found(NAME, ADDRESS)}
        self.assertEqual(found, {"cx_consent"}, "the proof of what was said is kept")
        links = {model for model, _name in self.links(person)}
        self.assertEqual(links, {"cx.consent", "cx.channel.preference"})
        self.assertEqual(self.figures(), before)
        self.assertEqual((purge.state, purge.before), ("done", date(2028, 3, 5)))
        self.assertGreaterEqual(purge.customers, 2)
        for kind in ("texts", "touchpoints", "evidence", "seats"):
            self.assertGreater(purge.counts[kind], 0, kind)
            self.assertIn(str(purge.counts[kind]), purge.words)

    def test_who_is_still_with_us_stays(self):
        stays = {
            "bought": "UPDATE cx_customer SET last_purchase_on = '2028-03-05' WHERE id = %s",
            "wrote": "UPDATE cx_touchpoint SET at = '2028-03-05' WHERE begun_by = 'customer'"
                     " AND customer_id = %s",
            "is new": "UPDATE cx_customer SET create_date = '2028-03-05' WHERE id = %s",
            "has a deal": "UPDATE cx_customer SET stage_id = (SELECT id FROM cx_stage"
                          " WHERE code = 'prospect') WHERE id = %s",
        }  # fmt: skip
        self.old()
        for reason, query in stays.items():
            with self.subTest(reason), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(query, [self.buyer.id])
                self.env.invalidate_all()
                self.purge()
                self.assertIn(("cx_touchpoint", "note"), self.found(NAME))
                savepoint.rollback()
                self.env.invalidate_all()
        self.purge()
        self.assertNotIn(("cx_touchpoint", "note"), self.found(NAME))

    def test_what_the_company_began_keeps_nobody(self):
        self.old()
        self.env.cr.execute(
            "UPDATE cx_touchpoint SET at = '2031-01-01', begun_by = 'company'"
            " WHERE customer_id = %s",
            [self.buyer.id],
        )
        self.purge()
        self.assertNotIn(("cx_touchpoint", "note"), self.found(NAME))

    def test_the_period_is_the_companys(self):
        self.old()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere", "cx_keep_months": 24})
        self.env["cx.policy"]._of(elsewhere)
        self.buy(self.firm, 40, company=elsewhere)
        there = self.of(self.firm, elsewhere)
        self.env.cr.execute(
            "UPDATE cx_customer SET last_purchase_on = '2026-01-01', create_date = '2026-01-01',"
            " hold_reason = 'Zanzibar' WHERE id = %s",
            [there.id],
        )
        self.company.cx_keep_months = 0
        self.assertFalse(self.purge())
        self.assertIn(("cx_touchpoint", "note"), self.found(NAME))
        self.assertFalse(self.found("Zanzibar"), "of the other company")
        self.company.cx_keep_months = 120
        [purge] = self.purge()
        self.assertEqual(purge.customers, 0)
        for months in (-1, 241):
            with self.assertRaises(ValidationError):
                self.company.cx_keep_months = months

    def test_interrupted_it_goes_on(self):
        self.old()
        left = []
        with (
            patch.object(cx_retention, "LOT", 1),
            patch.object(type(self.env["ir.cron"]), "_commit_progress",
                         lambda _self, *_args, **_options: left.append(1) or 0.0),
        ):  # fmt: skip
            [purge] = self.purge()
            self.assertEqual((purge.state, purge.customers), ("running", 1))
            first = purge.last_customer_id
            [purge] = self.purge()
            self.assertEqual(purge.customers, 2)
            self.assertGreater(purge.last_customer_id, first)
        [purge] = self.purge()
        self.assertEqual(purge.state, "done")
        self.assertNotIn(("cx_touchpoint", "note"), self.found(NAME))
        counted = purge.counts
        self.assertEqual(self.purge(), purge, "not twice in a month")
        self.assertEqual(purge.counts, counted)
        again = self.purge(date(2031, 4, 5)) - purge
        self.assertEqual(sum(again.counts.values()), 0, "once emptied, nothing is left to empty")

    def test_the_job(self):
        cron = self.env.ref("cx_lifecycle.cron_retention")
        self.assertEqual((cron.interval_type, cron.model_id.model), ("months", "cx.retention"))
        self.assertEqual(cron.code, "model._purge()")
