"""Trade presets: they make drafts, say what they do, and do it once."""

from model.common import LifecycleCase

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models.cx_policy_limits import LIMITS

ADMIN = "sales_team.group_sale_salesman_all_leads,cx_lifecycle.group_admin"


class TestPresets(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "preset_admin", ADMIN)
        cls.presets = cls.env["cx.preset"].with_user(cls.user).search([])
        cls.orders = cls.env.ref("cx_lifecycle.source_sale_order")
        cls.invoices = cls.env.ref("cx_lifecycle.source_account_move")

    def preset(self, name):
        return self.env.ref(f"cx_lifecycle.preset_{name}").with_user(self.user)

    def dialog(self, name):
        return self.env["cx.preset.apply"].with_user(self.user).browse(
            self.preset(name).action_apply()["res_id"]
        )  # fmt: skip

    def apply(self, name, **values):
        """Press the button in the dialog; the draft that opens."""
        dialog = self.dialog(name)
        dialog.write(values)
        return self.env["cx.policy"].with_user(self.user).browse(dialog.action_apply()["res_id"])

    def test_each_makes_a_draft_that_could_be_published(self):
        self.assertEqual(len(self.presets), 4)
        published = self.env["cx.policy"]._of(self.company)
        before = {name: published[name] for name in LIMITS}
        for preset in self.presets:
            with self.subTest(preset.name):
                self.assertEqual(len(preset.stage_ids.stage_id), 6)
                draft = preset._draft(self.company)
                self.assertEqual((draft.state, draft.company_id), ("draft", self.company))
                self.assertEqual(draft.name, preset.name)
                self.assertEqual(draft.user_id, self.user)
                self.assertFalse(draft._problems())
                for name, value in preset.limits.items():
                    self.assertEqual(draft[name], value, name)
                self.assertEqual(draft.median_gap, published.median_gap)
                self.assertEqual(draft.simulate()["state"], "done")
        self.assertEqual(self.env["cx.policy"]._of(self.company), published)
        self.assertEqual({name: published[name] for name in LIMITS}, before)

    def test_a_preset_does_not_mix_with_the_one_before(self):
        self.rule(chance_limit=0.33, floor_days=60, ceiling_days=730)
        draft = self.apply("shop")
        self.assertEqual((draft.chance_limit, draft.floor_days, draft.ceiling_days), (0.5, 14, 0))

    def test_twice_is_once(self):
        draft = self.apply("donors")
        words = self.env["cx.stage"].search([]).mapped("description")
        self.assertEqual(self.apply("donors"), draft)
        self.assertEqual(self.env["cx.stage"].search([]).mapped("description"), words)
        draft.floor_days = 90
        again = self.apply("donors")
        self.assertNotEqual(again, draft, "what somebody has changed is left alone")
        self.assertEqual((draft.floor_days, again.floor_days), (90, 60))

    def test_it_says_what_it_will_do(self):
        dialog = self.dialog("services")
        self.assertIn("Always Dormant After", dialog.difference)
        self.assertIn("400", dialog.difference)
        self.assertEqual(dialog.source_id, self.invoices)
        self.assertIn(self.invoices.name, dialog.source_text)
        self.assertIn("Dormant: Has missed a renewal.", dialog.words_text)
        self.assertFalse(self.env["cx.policy"].search([("state", "=", "draft")]))
        self.assertTrue(self.orders.active, "nothing is done before it is confirmed")

    def test_what_is_so_already_is_not_proposed(self):
        dialog = self.dialog("shop")
        self.assertFalse(dialog.source_id)
        self.assertFalse(dialog.source_text)
        self.assertFalse(dialog.words_text)

    def test_sources_are_switched_only_on_confirmation(self):
        self.assertFalse(self.dialog("services").switch_source, "there is no invoice to count")
        self.apply("services", switch_source=False)
        self.assertTrue(self.orders.active)
        self.env["cx.run"].search([]).state = "done"
        self.apply("services", switch_source=True)
        self.assertEqual((self.orders.active, self.invoices.active), (False, True))
        run = self.env["cx.run"].search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual((run.kind, run.state), ("rebuild", "waiting"))
        run.state = "done"
        self.apply("services", switch_source=True)
        self.assertEqual(run.state, "done", "what counts already is not rebuilt")
        self.apply("donors", switch_source=True)
        self.assertTrue(self.invoices.active, "donors: what counts stays")

    def test_words_are_copied_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        line = self.env.ref("cx_lifecycle.preset_donors_lost")
        line.with_context(lang="fr_FR").description = "Un don est improbable."
        lost = self.env.ref("cx_lifecycle.stage_lost")
        self.apply("donors", copy_words=False)
        self.assertNotIn("gift", lost.description)
        draft = self.apply("donors")
        self.assertIn("gift", lost.with_context(lang="en_US").description)
        self.assertEqual(lost.with_context(lang="fr_FR").description, "Un don est improbable.")
        self.assertEqual(lost.name, "Lost")
        self.assertEqual(draft.with_context(lang="en_US").name, "Donors")
        self.apply("shop")
        self.assertNotIn("gift", lost.description)

    def test_a_preset_may_rename_stages(self):
        new = self.env.ref("cx_lifecycle.stage_new")
        self.env.ref("cx_lifecycle.preset_donors_new").name = "First Gift"
        self.assertIn("First Gift: ", self.dialog("donors").words_text)
        self.apply("donors")
        self.assertEqual((new.name, new.code), ("First Gift", "new"))

    def test_bad_values_are_refused_by_the_policys_checks(self):
        for limits, words in (
            ({"floor_days": 0}, "Never Dormant Before"),
            ({"chance_limit": 1.5}, "Dormant Below a Chance of"),
            ({"floor_days": 100, "ceiling_days": 50}, "Always Dormant After"),
            ({"chance_limit": 0.05}, "Lost Below a Chance of"),
            ({"mode": "guess"}, "guess"),
            ({"user_id": 1}, "user_id"),
            (["floor_days"], "no limit called"),
        ):
            with self.subTest(limits), self.assertRaisesRegex(ValidationError, words):
                self.env["cx.preset"].create(
                    {"name": "Bad", "description": "Bad", "limits": limits}
                )

    def test_only_administrators_apply(self):
        marketer = new_test_user(self.env, "preset_marketer", "cx_lifecycle.group_marketer")
        preset = self.preset("shop").with_user(marketer)
        self.assertTrue(preset.description)
        with self.assertRaises(AccessError):
            preset.action_apply()

    def test_no_draft_for_a_company_of_others(self):
        other = self.env["res.company"].create({"name": "Other"})
        own = {"preset_id": self.preset("shop").id}
        dialogs = self.env["cx.preset.apply"].with_user(self.user)
        with self.assertRaises(AccessError):
            dialogs.create({**own, "company_id": other.id})
        dialog = dialogs.create(own)
        dialog.sudo().company_id = other  # as if somebody had found a way
        with self.assertRaises(AccessError):
            dialog.action_apply()
        self.assertFalse(self.env["cx.policy"].search([("preset_id", "!=", False)]))
