"""The rules in versions: who changes what, what differs, what is kept, and two at once."""

from model.common import LifecycleCase

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user


class TestVersions(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "version_admin", "cx_lifecycle.group_admin")
        cls.colleague = new_test_user(
            cls.env, "version_other", "cx_lifecycle.group_admin", name="Carla"
        )
        cls.dormant = cls.env.ref("cx_lifecycle.stage_dormant")

    def wizard(self, draft):
        return (
            self.env["cx.publish"]
            .with_user(draft.env.user)
            .browse(draft.action_publish()["res_id"])
        )

    def test_from_draft_to_published_to_retired_and_restored(self):
        first = self.policy
        draft = self.draft(mode="fixed", dormant_after=90)
        self.assertEqual((draft.state, draft.version), ("draft", first.version + 1))
        self.assertEqual(draft.user_id, self.admin)
        self.wizard(draft).action_publish()
        self.assertEqual((draft.state, first.state), ("published", "retired"))
        self.assertTrue(draft.published_at and first.retired_at)
        self.assertEqual(self.env["cx.policy"]._of(self.company), draft)
        restored = self.env["cx.policy"].browse(
            first.with_user(self.colleague).action_restore()["res_id"]
        )
        self.assertEqual((restored.state, restored.mode), ("draft", "rhythm"))
        self.assertEqual(restored.based_on_id, draft)
        self.assertEqual(restored.user_id, self.colleague)

    def test_only_drafts_are_changed(self):
        draft = self.draft(
            rule_ids=[Command.create({"name": "R", "stage_id": self.dormant.id, "silence_days": 9})]
        )
        self.wizard(draft).action_publish()
        for act in (
            lambda: draft.write({"floor_days": 3}),
            lambda: draft.rule_ids.write({"silence_days": 3}),
            draft.rule_ids.unlink,
            lambda: self.env["cx.policy.rule"].with_user(self.admin).create(
                {"policy_id": draft.id, "name": "New", "stage_id": self.dormant.id,
                 "silence_days": 1}),
            draft.unlink,
        ):  # fmt: skip
            with self.assertRaises(UserError), self.env.cr.savepoint():
                act()
        draft.rule_ids.name = "Renamed"  # names explain, they decide nothing
        self.assertEqual(draft.floor_days, 7)

    def test_nobody_publishes_by_hand(self):
        draft = self.draft()
        for values in ({"state": "published"}, {"theta": [0] * 9}, {"user_id": self.admin.id},
                       {"version": 1}, {"tonight": True}):  # fmt: skip
            with self.assertRaises(UserError), self.env.cr.savepoint():
                draft.write(values)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["cx.policy"].with_user(self.admin).create({"name": "X", "state": "published"})

    def test_what_differs_is_told_in_words(self):
        vip = {"name": "VIP", "domain": "[('ref', '=', 'VIP')]", "mode": "fixed"}
        draft = self.draft(
            chance_limit=0.33,
            season_clock=True,
            segment_ids=[Command.create(vip)],
            closure_ids=[
                Command.create(
                    {"name": "August", "date_from": "2026-08-01", "date_to": "2026-08-31"}
                )
            ],
        )
        difference = draft._difference(self.policy)
        self.assertEqual(
            [(label, before) for label, before, _after in difference][:2],
            [("Dormant Below a Chance of", "50 %"), ("Season Clock", "No")],
        )
        self.assertEqual(difference[0][2], "33 %")
        self.assertIn("a fixed number of days", difference[2][2])
        self.assertIn("Aug 1, 2026", difference[3][2])
        self.assertFalse(self.draft()._difference(self.policy))
        evil = self.draft(prospect_domain="[('name', '=', '<script>x</script>')]")
        self.assertNotIn("<script>", evil.difference)

    def test_two_people_change_a_draft(self):
        draft = self.draft(floor_days=10)
        seen = draft.edition
        theirs = draft.with_user(self.colleague)
        theirs.write({"floor_days": 20, "edition": seen})
        with self.assertRaisesRegex(UserError, self.colleague.name), self.env.cr.savepoint():
            draft.write({"floor_days": 30, "edition": seen})
        self.assertEqual(draft.floor_days, 20)
        draft.write({"floor_days": 30, "edition": draft.edition})
        self.assertEqual(draft.floor_days, 30)

    def test_a_draft_changed_behind_the_dialog_is_not_published(self):
        draft = self.draft(floor_days=10)
        wizard = self.wizard(draft)
        draft.with_user(self.colleague).floor_days = 20
        with self.assertRaisesRegex(UserError, self.colleague.name), self.env.cr.savepoint():
            wizard.action_publish()
        self.assertEqual(draft.state, "draft")

    def test_a_draft_of_an_older_version_is_asked_about(self):
        older, newer = self.draft(floor_days=10), self.draft(floor_days=12)
        self.assertFalse(self.wizard(older).warning)
        self.wizard(newer).action_publish()
        warning = self.wizard(older).warning
        self.assertIn(f"Version {newer.version} was published after", warning)

    def test_published_tonight(self):
        draft = self.draft(mode="fixed", dormant_after=20, lost_after=900)
        customer = self.buy(self.partner(), 90, 60, 30)
        wizard = self.wizard(draft)
        wizard.when = "tonight"
        wizard.action_publish()
        self.assertEqual((draft.state, draft.tonight), ("draft", True))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.floor_days = 3
        draft.action_withdraw()
        draft.floor_days = 3
        wizard = self.wizard(draft)
        wizard.when = "tonight"
        wizard.action_publish()
        self.assertStage(customer, "active")
        self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
        self.night()
        self.assertEqual((draft.state, draft.tonight), ("published", False))
        self.env["cx.run"].search([("state", "=", "waiting")])._pass()
        self.assertStage(customer, "dormant")

    def test_moves_are_silent_unless_a_person_says_so(self):
        customer = self.buy(self.partner(), 90, 60, 30)
        self.publish(self.draft(mode="fixed", dormant_after=20, lost_after=900))
        self.assertTrue(customer.episode_ids.sorted("id")[-1].silent)
        other = self.buy(self.partner("Bea"), 90, 60, 30)
        self.assertStage(other, "dormant")
        self.publish(self.draft(mode="fixed", dormant_after=100, lost_after=900), announce=True)
        self.assertStage(other, "active")
        self.assertFalse(other.episode_ids.sorted("id")[-1].silent)

    def test_contradictions_are_refused_and_named(self):
        draft = self.draft()
        for values, words in (
            ({"floor_days": 50, "ceiling_days": 40}, "Never Dormant Before"),
            ({"mode": "fixed", "dormant_after": 400, "lost_after": 300}, "Dormant After"),
            ({"mode": "multiple", "dormant_multiple": 9, "lost_multiple": 3}, "Intervals"),
            ({"lost_limit": 0.8}, "Lost Below"),
            ({"intervals": 0}, "Usual Intervals Ahead"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                draft.write(values)
            # while typing they are told, and nothing is simulated
            problems = draft.simulate(values)["problems"]
            self.assertEqual(len(problems), 1, problems)
            self.assertRegex(problems[0], words)

    def test_only_administrators(self):
        draft = self.draft()
        marketer = new_test_user(self.env, "version_marketer", "cx_lifecycle.group_marketer")
        for act in ("action_publish", "action_new_version", "action_restore", "simulate",
                    "action_withdraw"):  # fmt: skip
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(draft.with_user(marketer), act)()

    def test_versions_of_another_company_are_their_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["cx.policy"]._of(other)
        self.assertEqual(theirs.version, 1)
        self.assertFalse(
            self.env["cx.policy"].with_user(self.admin).search([("company_id", "=", other.id)])
        )
        self.wizard(self.draft(floor_days=9)).action_publish()
        self.assertEqual(theirs.state, "published")
