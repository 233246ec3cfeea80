"""The rules: numbers that make no sense are refused, and the curve learns from the past."""

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.engine import rhythm


class TestPolicy(LifecycleCase):
    def test_numbers_out_of_range_are_named_and_refused(self):
        draft = self.policy._draft_from()
        before = draft.read()
        for values, word in (
            ({"rarity_one_in": 0}, "Silence Is Rare"),
            ({"rarity_one_in": 1000}, "Silence Is Rare"),
            ({"chance_limit": 0}, "Dormant Below"),
            ({"chance_limit": 50}, "Dormant Below"),
            ({"lost_limit": -0.1}, "Lost Below"),
            ({"lost_limit": 0.8}, "Lost Below"),
            ({"floor_days": 0}, "Never Dormant Before"),
            ({"history_days": -1}, "History Before"),
            ({"customer_domain": "[('nope', '=', 1)]"}, "Possible Customers"),
            ({"prospect_domain": "open('x')"}, "Also Prospects"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, word),
                self.env.cr.savepoint(),
            ):
                draft.write(values)
        draft.invalidate_recordset()
        self.assertEqual(draft.read(), before)

    def test_learning_from_the_past(self):
        for number in range(12):
            partner = self.partner(f"P{number}").with_context(cx_no_refresh=True)
            for day in range(600 - number, 40, -40):
                self.order(partner, ago(day))
        self.env.flush_all()
        self.policy._learn(self.Source._days(self.company), TODAY)
        self.assertEqual(self.policy.median_gap, 40)
        self.assertEqual(self.policy.fitted_on, TODAY)
        self.assertEqual(self.policy.history_from, ago(600))
        self.assertGreater(self.policy.fitted_silences, 150)
        self.assertNotEqual(tuple(self.policy.theta), rhythm.DEFAULT_THETA)
        learned = self.policy.theta
        self.policy._learn(self.Source._days(self.company), TODAY)
        self.assertEqual(self.policy.theta, learned, "the same past teaches the same")

    def test_a_company_without_a_past_keeps_the_built_in_curve(self):
        other = self.env["res.company"].create({"name": "Fresh"})
        policy = self.env["cx.policy"]._of(other)
        policy._learn(self.Source._days(other), TODAY)
        self.assertEqual(policy.median_gap, rhythm.DEFAULT_GAP)
        for learned, assumed in zip(policy.theta, rhythm.DEFAULT_THETA, strict=True):
            self.assertAlmostEqual(learned, assumed, 3)
        self.assertFalse(policy.history_from)

    def test_one_policy_per_company(self):
        self.assertEqual(self.env["cx.policy"]._of(self.company), self.policy)

    def test_only_administrators_change_it(self):
        marketer = new_test_user(self.env, "marketer_policy", "cx_lifecycle.group_marketer")
        with self.assertRaises(UserError):
            self.policy.with_user(marketer).floor_days = 3
