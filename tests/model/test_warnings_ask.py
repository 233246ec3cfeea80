"""Bad scores: who is asked, once; dismissing; and where signs are shown."""

from datetime import timedelta

from model.common import TODAY, ago
from model.warnings_case import WarningCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger


class TestAsking(WarningCase):
    def setUp(self):
        super().setUp()
        self.score = self.kind("bad_score")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.score.with_context(lang="fr_FR").name = "Mauvaise note"
        self.rep = new_test_user(
            self.env, "ask_rep", "sales_team.group_sale_salesman", lang="fr_FR"
        )
        self.ada = self.customer(user_id=self.rep.id)
        self.read(self.score)

    def activities(self, customer):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", customer.partner_id.ids)]
        )

    def rate(self, customer, score=2, days=0):
        self.met(customer, "rates", days, hours=-12, satisfaction=score)
        return self.Warning._look_soon()

    def sign(self, customer):
        return self.Warning.search(
            [("kind_id", "=", self.score.id), ("customer_id", "=", customer.id)], limit=1
        )

    def test_the_salesperson_is_asked_once_in_the_own_language(self):
        self.assertEqual(self.rate(self.ada), 1)
        activity = self.activities(self.ada)
        self.assertEqual(
            (activity.user_id, activity.date_deadline, activity.automated), (self.rep, TODAY, True)
        )
        self.assertIn("Mauvaise note", activity.summary)
        self.assertIn("2", activity.summary)
        self.assertEqual(self.sign(self.ada).activity_id, activity)
        self.assertEqual(self.rate(self.ada, 1), 0)
        self.look(self.score)
        self.assertEqual(self.activities(self.ada), activity)

    def test_good_scores_and_unknown_ones_ask_nobody(self):
        self.assertEqual(self.rate(self.ada, 5), 0)
        self.assertEqual(self.rate(self.ada, None), 0)
        self.assertEqual(self.rate(self.ada, 0), 1)

    def test_nobody_can_be_asked_and_why(self):
        nobodys, archived, lost = (self.customer(name) for name in ("Nobody", "Gone", "Lost"))
        lost.declare_lost("closed")
        for customer in (nobodys, archived, lost):
            self.met(customer, "rates", 0, hours=-12, satisfaction=2)
        self.met(self.ada, "rates", 20, satisfaction=2)
        archived.partner_id.active = False
        self.env.flush_all()
        self.assertEqual(self.Warning._look_soon(), 4)
        self.assertEqual(
            [self.sign(c).unasked for c in (nobodys, archived, lost, self.ada)],
            ["no_salesperson", "archived", "lost", "known"],
        )
        self.assertFalse(self.activities(nobodys | archived | lost | self.ada))

    def test_otherwise_somebody_of_the_company_is_asked(self):
        marketer = new_test_user(self.env, "ask_marketer", "cx_lifecycle.group_marketer")
        self.score.responsible_id = marketer
        nobodys = self.customer("Nobody")
        self.rate(nobodys)
        self.assertEqual(self.activities(nobodys).user_id, marketer)
        self.assertFalse(self.sign(nobodys).unasked)

    def test_before_the_company_has_accepted_nobody_is_asked(self):
        self.env["cx.first.run"]._of(self.company).accepted_at = False
        self.rate(self.ada)
        self.assertFalse(self.activities(self.ada))
        self.accept(self.company)
        self.look(self.score)
        self.assertTrue(self.activities(self.ada))

    def test_the_activity_ends_with_the_sign(self):
        self.rate(self.ada)
        self.sign(self.ada).until_on = TODAY
        self.Kind._close_due()
        self.assertFalse(self.activities(self.ada))
        # in the language of who was asked
        self.assertIn("le signal d’alerte est terminé", self.ada.partner_id.message_ids[:1].body)

    def test_the_activity_ends_when_what_showed_it_is_gone(self):
        self.rate(self.ada)
        self.env["cx.touchpoint"].search([("customer_id", "=", self.ada.id)]).unlink()
        self.look(self.score)
        self.assertFalse(self.activities(self.ada))

    def test_what_was_done_stays_done(self):
        self.rate(self.ada)
        self.activities(self.ada)._action_done(feedback="Called")
        messages = self.ada.partner_id.message_ids
        self.sign(self.ada).dismiss("Sorted out")
        self.assertEqual(self.ada.partner_id.message_ids, messages)
        self.assertEqual(self.rate(self.ada, 1), 0)
        self.assertFalse(self.activities(self.ada))

    @mute_logger("odoo.addons.cx_lifecycle.models.cx_warning_look")
    def test_nobody_can_be_asked_because_something_breaks(self):
        def breaks(*_args):
            raise UserError("No activities")

        plan = type(self.Warning)._plan_for
        self.patch(type(self.Warning), "_plan_for", breaks)
        self.assertEqual(self.rate(self.ada), 1)
        self.assertTrue(self.standing(self.score, self.ada))
        self.assertIn("No activities", self.score.error)
        self.patch(type(self.Warning), "_plan_for", plan)
        self.look(self.score)
        self.assertTrue(self.activities(self.ada))

    @mute_logger("odoo.addons.cx_lifecycle.models.cx_warning_look")
    def test_what_cannot_be_ended_stops_no_look(self):
        def breaks(_signs):
            raise UserError("No notes")

        self.read(self.kind("claim_open"))
        self.patch(self.env.cr, "rollback", lambda: None)
        self.patch(type(self.Warning), "_settle", breaks)
        self.met(self.ada, "complains", 2)
        self.Kind._cron_look()
        self.assertTrue(self.standing(self.kind("claim_open"), self.ada))

    def test_many_changes_are_left_to_the_night(self):
        self.patch(type(self.score), "_changed_ids", lambda *_, **__: [1] * 5001)
        self.assertEqual(self.rate(self.ada), 0)
        self.assertFalse(self.sign(self.ada))

    def test_a_kind_that_fails_is_told_and_stops_no_other(self):
        self.kind("claim_open")
        self.read(self.kind("claim_open"))
        self.score.user_id = new_test_user(
            self.env, "ask_other", "cx_lifecycle.group_marketer",
            company_id=self.env["res.company"].create({"name": "Other"}).id,
            company_ids=[(6, 0, self.env["res.company"].search([], limit=1, order="id desc").ids)],
        )  # fmt: skip
        self.met(self.ada, "complains", 0, hours=-12, satisfaction=2)
        self.assertEqual(self.Warning._look_soon(), 1)
        self.assertIn("ask_other", self.score.error)


class TestDismissing(WarningCase):
    def setUp(self):
        super().setUp()
        self.claim = self.kind("claim_open")
        self.rep = new_test_user(self.env, "dis_rep", "sales_team.group_sale_salesman")
        self.ada = self.customer(user_id=self.rep.id)
        self.met(self.ada, "complains", 20)
        self.read(self.claim)
        self.sign = self.standing(self.claim, self.ada)

    def dismiss(self, **values):
        action = self.sign.with_user(self.rep).action_dismiss()
        dialog = self.env[action["res_model"]].with_user(self.rep)
        dialog.with_context(**action["context"]).create(
            {"reason": "Sorted out", **values}
        ).action_apply()

    def test_it_is_not_opened_again_for_the_same_cause(self):
        self.dismiss()
        self.assertFalse(self.sign.standing)
        self.assertEqual((self.sign.closed_by_id, self.sign.closed_reason),
                         (self.rep, "Sorted out"))  # fmt: skip
        self.met(self.ada, "complains", 3)
        self.look(self.claim)
        self.read(self.claim)
        self.assertFalse(self.standing(self.claim, self.ada))
        self.assertEqual(self.spells(self.claim, self.ada), [(ago(20), None)])
        # another one after it was over is another cause
        self.met(self.ada, "is_refunded", 2)
        self.met(self.ada, "complains", 1)
        self.look(self.claim)
        self.assertEqual(self.standing(self.claim, self.ada).began_on, ago(1))

    def test_until_a_day(self):
        self.dismiss(until=TODAY + timedelta(days=5))
        self.assertFalse(self.standing(self.claim, self.ada))
        self.sign.closed_until = TODAY
        self.assertTrue(self.sign.standing)
        self.assertTrue(self.standing(self.claim, self.ada))
        self.assertEqual(self.ada.warning_kind_id, self.claim)

    def test_taken_back(self):
        self.dismiss()
        self.sign.with_user(self.rep).action_restore()
        self.assertTrue(self.sign.standing)
        self.assertFalse(self.sign.closed_by_id)

    def test_refused(self):
        sign = self.sign.with_user(self.rep)
        for arguments in ((" ",), ("Because", TODAY), ("Because", "soon")):
            with self.assertRaises(UserError):
                sign.dismiss(*arguments)
        other = new_test_user(self.env, "dis_other", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.sign.with_user(other).dismiss("Not mine")
        with self.assertRaises(AccessError):
            self.sign.with_user(other).action_restore()
        for act in (lambda: sign.write({"closed_reason": "x"}), sign.unlink):
            with self.assertRaises(AccessError):
                act()


class TestShown(WarningCase):
    def setUp(self):
        super().setUp()
        self.claim, self.score = self.kind("claim_open"), self.kind("bad_score")
        self.ada, self.bob = self.customer(), self.customer("Bob")
        self.met(self.ada, "complains", 20)
        self.met(self.ada, "rates", 10, satisfaction=3)
        self.met(self.bob, "complains", 5)
        self.read(self.claim)
        self.read(self.score)

    def strong(self, kind, strength):
        self.env["cx.warning"].search([("kind_id", "=", kind.id)]).strength = strength
        self.env.flush_all()

    def test_the_strongest_first(self):
        self.strong(self.score, 2.5)
        self.strong(self.claim, 0.8)
        self.assertEqual([sign["code"] for sign in self.ada.warnings_data],
                         ["bad_score", "claim_open"])  # fmt: skip
        self.assertIn("3 of 10", self.ada.warnings_data[0]["words"])
        self.assertEqual(self.ada.partner_id.cx_warnings, self.ada.warnings_data)
        self.assertEqual((self.ada.warning_kind_id, self.ada.warning_strength), (self.score, 2.5))
        # what does not precede leaving moves nobody up
        self.assertEqual((self.bob.warning_kind_id, self.bob.warning_strength), (self.claim, 0))
        eve = self.customer("Eve")
        ids = (self.ada | self.bob | eve).ids
        found = self.Customer.search([("id", "in", ids)], order="warning_strength desc, id desc")
        self.assertEqual(found.ids, [self.ada.id, eve.id, self.bob.id])
        self.assertFalse(eve.warnings_data)

    def test_filter_and_groups_agree(self):
        here = [("id", "in", (self.ada | self.bob).ids)]
        warned = self.Customer.search([*here, ("warning_ids.standing", "=", True)])
        self.assertEqual(warned, self.ada | self.bob)
        self.strong(self.score, 2.5)
        groups = self.Customer.formatted_read_group(here, ["warning_kind_id"], ["__count"])
        self.assertEqual(
            {group["warning_kind_id"][0]: group["__count"] for group in groups},
            {self.claim.id: 1, self.score.id: 1},
        )
        for sign in self.Warning.search([("customer_id", "=", self.ada.id)]):
            sign.dismiss("Fine")
        warned = self.Customer.search([*here, ("warning_ids.standing", "=", True)])
        self.assertEqual(warned, self.bob)

    def test_kinds_that_are_switched_off_are_not_shown(self):
        self.claim.active = False
        self.assertFalse(self.bob.warnings_data)
        self.assertFalse(self.Customer.search([("id", "=", self.bob.id),
                                               ("warning_strength", ">", 0)]))  # fmt: skip

    def test_in_the_timeline(self):
        self.claim.lasts_days = 10
        self.read(self.claim)
        items = self.ada.partner_id.cx_timeline(["warning"])["items"]
        self.assertEqual([item["title"] for item in items], ["Bad Score", "Claim Open"])
        self.assertEqual(items[1]["on"], ago(20).isoformat())
        self.assertEqual([mark["code"] for mark in items[1]["marks"]], ["over"])
        self.standing(self.score, self.ada).dismiss("Fine")
        items = self.ada.partner_id.cx_timeline(["warning"])["items"]
        self.assertEqual([mark["code"] for mark in items[0]["marks"]], ["dismissed"])

    def test_reps_see_their_own(self):
        rep = new_test_user(self.env, "shown_rep", "sales_team.group_sale_salesman")
        self.ada.partner_id.user_id = rep
        other = new_test_user(self.env, "shown_other", "sales_team.group_sale_salesman")
        self.bob.partner_id.user_id = other
        signs = self.Warning.with_user(rep).search([("kind_id", "=", self.claim.id)])
        self.assertEqual(signs.customer_id, self.ada)
        with self.assertRaises(AccessError):
            self.claim.with_user(rep).lasts_days = 3
