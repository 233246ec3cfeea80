"""The ledger of episodes: complete, rebuilt from the past, and never rewritten."""

from datetime import date, timedelta
from unittest.mock import patch

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import UserError

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import STORED


class TestLedger(LifecycleCase):
    def rebuild(self):
        self.env["cx.run"].search([]).state = "done"
        self.env["cx.run"]._request("rebuild", self.company)
        run = self.env["cx.run"].search([("state", "=", "waiting")])
        run._pass()
        return run

    def silently(self, partner, *days):
        """Orders that nobody notices, as they stand in a database before the installation."""
        for number in days:
            self.order(partner.with_context(cx_no_refresh=True), ago(number))

    def worths(self, customer):
        """What each stay meant, and what was expected in a year as it began, old to new."""
        episodes = customer.episode_ids.sorted(lambda e: (e.entered_on, e.id))
        return [(e.movement, e.currency_id, e.worth) for e in episodes]

    def test_past_is_rebuilt_and_marked(self):
        partner = self.partner()
        self.silently(partner, 1000, 990, 980, 970, 20, 10)
        self.rebuild()
        customer = self.of(partner)
        self.assertStage(customer, "active")
        history = self.stages(customer)
        self.assertEqual([code for code, *_ in history],
                         ["new", "active", "dormant", "lost", "active"])  # fmt: skip
        self.assertEqual(history[0][1], ago(1000))
        self.assertEqual(history[1][1], ago(990))
        self.assertEqual(history[4][1], ago(20))
        self.assertTrue(all(customer.episode_ids.mapped("rebuilt")))
        self.assertEqual(customer.stage_since, ago(20))
        self.assertLedger(customer)

    def test_rebuilt_equals_lived_through(self):
        """A customer followed night by night has the history that a rebuild gives."""
        lived, rebuilt = self.partner("Lived"), self.partner("Rebuilt")
        days = [700, 690, 640, 630, 300, 290, 250]
        amounts = dict(zip(days, [100, 33.33, 250, 10, 99.99, 500, 1], strict=True))
        for number in range(700, -1, -1):
            day = ago(number)
            if number in days:
                self.order(lived.with_context(cx_no_refresh=True), day, amounts[number])
            customer = self.of(lived)
            if number in days or (customer.review_on and customer.review_on <= day):
                self.refresh(lived, on=day)
        for number in days:
            self.order(rebuilt.with_context(cx_no_refresh=True), ago(number), amounts[number])
        self.refresh(rebuilt, rebuilt=True)
        self.assertEqual(self.stages(self.of(lived)), self.stages(self.of(rebuilt)))
        self.assertEqual(self.worths(self.of(lived)), self.worths(self.of(rebuilt)))
        self.assertEqual(self.of(lived).worth, self.worths(self.of(lived))[-1][2])
        self.assertGreaterEqual(len(self.stages(self.of(lived))), 6)
        self.assertTrue(all(self.of(rebuilt).episode_ids.mapped("rebuilt")))
        self.assertFalse(any(self.of(lived).episode_ids.mapped("rebuilt")))
        for name in (
            "gap_log_sum",
            "usual_interval",
            "dormant_on",
            "lost_on",
            "stage_since",
            "worth",
        ):
            self.assertEqual(self.of(lived)[name], self.of(rebuilt)[name])

    def test_few_and_many_customers_get_the_same_figures(self):
        """For a few customers the formula is computed here, for many in the database."""
        histories = ([3], [900], [30, 20, 10], [900, 870, 20], list(range(700, 90, -31)), [-5])
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(6)])
        for partner, days in zip(partners, histories, strict=True):
            self.silently(partner, *days)
        names = [name for name in STORED if name not in ("error_on", "hold_user_id")]
        results = []
        for few in (0, 100):
            with patch("odoo.addons.cx_lifecycle.models.scopes.FEW", few):
                self.env.cr.execute("DELETE FROM cx_customer")
                self.refresh(partners)
                results.append([self.of(p).read(names) for p in partners])
        for one, other in zip(*results, strict=True):
            self.assertEqual([r | {"id": 0} for r in one], [r | {"id": 0} for r in other])
        self.assertEqual(sum(map(len, results[0])), 6)

    def test_second_rebuild_changes_nothing(self):
        partner = self.partner()
        self.silently(partner, 1000, 990, 980, 20, 10)
        self.rebuild()
        before = self.stages(self.of(partner))
        run = self.rebuild()
        self.assertEqual(self.stages(self.of(partner)), before)
        self.assertEqual(run.state, "done")

    def test_what_was_lived_through_survives_a_rebuild(self):
        partner = self.partner()
        customer = self.buy(partner, 0)
        kept = self.stages(customer)
        self.assertFalse(any(customer.episode_ids.mapped("rebuilt")))
        self.silently(partner, 1000)
        self.rebuild()
        self.assertEqual(customer.purchase_count, 2)
        self.assertEqual(self.stages(customer)[: len(kept) - 1], kept[:-1])
        self.assertLedger(customer)

    def test_a_new_policy_re_evaluates_everybody(self):
        customer = self.buy(self.partner(), 30, 20, 10)
        before = self.stages(customer)
        draft = self.policy._draft_from(floor_days=5, rarity_one_in=1.2, chance_limit=0.99)
        run = self.publish(draft)
        self.assertEqual(run.kind, "evaluate")
        self.assertStage(customer, "dormant")
        moved = customer.episode_ids.sorted("id")[-1]
        self.assertTrue(moved.silent, "nothing starts from this")
        self.assertEqual((moved.entered_on, moved.policy_id), (TODAY, draft))
        self.assertEqual(self.stages(customer)[:-2], before[:-1], "what was lived stays")
        self.assertLedger(customer)

    def test_as_of_a_day(self):
        partner = self.partner()
        self.silently(partner, 600, 590, 580, 5)
        self.refresh(partner, on=ago(570))
        customer = self.of(partner)
        self.assertStage(customer, "active")
        self.assertEqual(customer.purchase_count, 3)
        self.assertEqual(customer.review_on, min(customer.dormant_on, ago(5)))

    def test_history_cannot_be_deleted_or_written_by_hand(self):
        customer = self.buy(self.partner(), 3)
        with self.assertRaisesRegex(UserError, "kept"):
            customer.episode_ids.unlink()

    def test_figures_at_entry_are_kept(self):
        customer = self.buy(self.partner(), 900, 870, 840)
        self.refresh(customer.partner_id, on=ago(860))
        self.refresh(customer.partner_id)
        lost = customer.episode_ids.filtered(lambda e: not e.left_on)
        self.assertEqual(lost.figures["purchases"], 3)
        self.assertEqual(lost.figures["last"], ago(840).isoformat())
        self.assertEqual(lost.figures["silence"], (lost.entered_on - ago(840)).days)
        self.assertGreater(lost.figures["usual"], 10)

    def test_leap_days_leave_the_twelve_months(self):
        partner = self.partner()
        self.order(partner.with_context(cx_no_refresh=True), date(2024, 2, 29))
        for day, value in ((date(2025, 2, 27), 100), (date(2025, 3, 1), 0)):
            self.refresh(partner, on=day)
            self.assertEqual(self.of(partner).value_12m, value)
            self.assertGreater(self.of(partner).review_on or TODAY + timedelta(1), day)
