"""Who objected to profiling: nothing is worked out, at once and by nobody, until taken back."""

from datetime import timedelta

from model.common import TODAY, ago
from model.test_touchpoint_hand import HandCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from odoo.addons.cx_lifecycle.models.res_partner_profiling import EMPTY
from odoo.addons.cx_lifecycle.models.scopes import everybody, ids_scope

NOTHING = ("stage_id", "stage_since", "reason", "last_purchase_on", "next_purchase_on",
           "dormant_on", "lost_on", "worth", "value_12m", "purchase_count", "need_id", "need_ids",
           "satisfaction_on", "hold_until", "hold_reason", "snooze_until", "review_on")  # fmt: skip


class TestNoProfiling(HandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.buy(cls.ada, 300, 200, 100)
        cls.need = cls.env["cx.need"].search([], limit=1)
        cls.firm = cls.partner("Firm", is_company=True)
        cls.bea = cls.partner("Bea", parent_id=cls.firm.id)
        cls.carl = cls.partner("Carl", parent_id=cls.firm.id)
        cls.buyer = cls.buy(cls.firm, 90, 60, 30)

    def object(self, person=None, user=None, **said):
        person = (person or self.ada).with_user(user or self.rep)
        person._cx_object(**{"wording": "Leave me in peace", "proof": "Letter 7", **said})

    def evidence(self, person, user=None):
        return self.env["cx.need.evidence"].with_user(user or self.rep).create(
            {"partner_id": person.id, "need_id": self.need.id, "note": "Said so"}
        )  # fmt: skip

    def assertNoProfile(self, customer):
        customer.invalidate_recordset()
        for name in NOTHING:
            self.assertFalse(customer[name], name)
        self.assertTrue(all(episode.left_on for episode in customer.episode_ids))
        self.assertFalse(customer.env["cx.warning"].search(
            [("customer_id", "=", customer.id), ("ended_on", "=", False)]
        ))  # fmt: skip

    def full(self):
        """Ada, with all that can be known of her."""
        self.evidence(self.ada)
        for _ in range(3):
            self.log(satisfaction=2, note="Too late")
        kind = self.env["cx.warning.kind"].search([], limit=1)
        self.env["cx.warning"].sudo().create(
            {
                "kind_id": kind.id, "customer_id": self.customer.id, "began_on": ago(5),
                "company_id": self.company.id,
            }
        )  # fmt: skip
        self.customer.with_user(self.rep).hold("active", TODAY + timedelta(days=9), "Talking")
        self.customer.with_user(self.rep).snooze(TODAY + timedelta(days=9), "talking", "Later")
        self.customer.invalidate_recordset()
        for name in ("stage_id", "need_id", "satisfaction_on", "hold_until", "snooze_until",
                     "preferred_channel_id", "worth"):  # fmt: skip
            self.assertTrue(self.customer[name], name)

    # --------------------------------------------------------------- a customer
    def test_all_of_it_ends_at_once(self):
        self.full()
        stays = len(self.customer.episode_ids)
        self.object()
        self.assertNoProfile(self.customer)
        self.assertFalse(self.customer.preferred_channel_id)
        self.assertEqual(len(self.customer.episode_ids), stays, "the past stays, as counts")
        last = self.customer.episode_ids.sorted(lambda e: (e.entered_on, e.id))[-1]
        self.assertEqual((last.left_on, last.ended), (TODAY, True))
        touchpoints = self.env["cx.touchpoint"].search([("customer_id", "=", self.customer.id)])
        self.assertEqual(len(touchpoints), 3)
        self.assertFalse(touchpoints.person_id)
        self.assertEqual(self.ada.cx_no_profiling_since, TODAY)

    def test_what_the_dialog_does_equals_what_an_evaluation_finds(self):
        """Else the first night would write each of these rows again."""
        self.full()
        self.object()
        names = [name for name in EMPTY if name != "due"]
        [before] = self.customer.read(names)
        self.refresh(self.ada)
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.read(names), [before])

    def test_no_later_evaluation_brings_it_back(self):
        self.full()
        self.object()
        past = self.stages(self.customer)
        self.buy(self.ada, 1)
        self.quotation(self.ada)
        self.assertNoProfile(self.customer)
        self.night()
        self.assertNoProfile(self.customer)
        for kind in ("evaluate", "rebuild"):
            self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
            self.env["cx.run"]._request(kind, self.company)._pass()
            self.assertNoProfile(self.customer)
            self.assertEqual(self.stages(self.customer), past, kind)
        self.env["cx.customer"]._rate(self.customer.ids)
        self.env["cx.customer"]._met_again(self.customer.ids)
        self.assertNoProfile(self.customer)
        self.assertFalse(self.customer.preferred_channel_id)

    def test_a_rebuilt_past_is_left_as_it_is(self):
        """A rebuild drops the reconstructed history of others, to make it anew."""
        self.customer.episode_ids.sudo().write({"rebuilt": True})
        self.object()
        stays = len(self.customer.episode_ids)
        self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        self.customer.invalidate_recordset()
        self.assertEqual(len(self.customer.episode_ids), stays)

    def test_a_new_contact_never_becomes_a_customer(self):
        new = self.partner("New")
        self.object(new)
        self.buy(new, 200, 100)
        self.night()
        self.assertFalse(self.of(new))

    def test_rules_of_the_company_find_nobody(self):
        lost = self.env.ref("cx_lifecycle.stage_lost")
        self.rule(rule_ids=[(0, 0, {
            "name": "All", "model": "res.partner", "domain": "[('name', '=', 'Ada')]",
            "stage_id": lost.id,
        })])  # fmt: skip
        self.refresh(self.ada)
        self.assertStage(self.customer, "lost", "rule")
        self.object()
        run = self.night()
        self.assertNoProfile(self.customer)
        self.assertFalse(self.customer.due, run)

    def test_signs_are_not_looked_for(self):
        kind = self.env["cx.warning.kind"].search([("basis", "=", "fact")], limit=1) or self.env[
            "cx.warning.kind"
        ].create({"name": "K", "code": "k_all", "basis": "fact", "domain": "[]"})
        kind._keep(self.company, everybody)
        signs = self.env["cx.warning"].search([("kind_id", "=", kind.id)])
        self.assertIn(self.customer, signs.customer_id)
        self.object()
        kind._keep(self.company, everybody, anew=True)
        standing = self.env["cx.warning"].search(
            [("kind_id", "=", kind.id), ("ended_on", "=", False)]
        )
        self.assertNotIn(self.customer, standing.customer_id)
        self.assertIn(self.buyer, standing.customer_id)

    def test_nothing_is_written_by_hand(self):
        self.object()
        customer = self.customer.with_user(self.rep)
        ahead = TODAY + timedelta(days=9)
        for act in (
            lambda: customer.hold("active", ahead, "Talking"),
            lambda: customer.declare_lost("Gone"),
            lambda: customer.snooze(ahead, "talking"),
            lambda: self.evidence(self.ada),
            lambda: self.log(note="Called"),
        ):
            with self.assertRaisesRegex(ValidationError, "Ada objected to profiling"):
                act()

    # ----------------------------------------------------- a person at a company
    def test_a_person_at_a_company(self):
        self.evidence(self.bea)
        kept = self.evidence(self.carl)
        seat = self.env["cx.seat"].create(
            {
                "partner_id": self.bea.id, "account_id": self.firm.id, "stance": "-1",
                "note": "Hates us", "role_id": self.env["cx.buyer.role"].search([], limit=1).id,
            }
        )  # fmt: skip
        of_bea, of_carl = self.log(self.bea), self.log(self.carl)
        self.object(self.bea)
        self.env.invalidate_all()
        self.assertStage(self.buyer, "active")
        self.assertEqual(self.env["cx.need.evidence"].search(
            [("commercial_partner_id", "=", self.firm.id)]
        ), kept)  # fmt: skip
        self.assertEqual((seat.stance, seat.note, seat.partner_id), ("0", False, self.bea))
        self.assertEqual((of_bea.person_id.id, of_carl.person_id), (False, self.carl))
        for act in (
            lambda: self.evidence(self.bea),
            lambda: self.log(self.bea),
            lambda: seat.with_user(self.rep).write({"stance": "1"}),
            lambda: kept.with_user(self.rep).write({"partner_id": self.bea.id}),
        ):
            with self.assertRaisesRegex(ValidationError, "Bea objected to profiling"):
                act()
        self.log(self.firm)
        self.log(self.carl)

    def test_documents_are_read_without_the_name(self):
        source = self.env["cx.touchpoint.source"].search([("model", "=", "sale.order")], limit=1)
        of_bea = self.order(self.bea, ago(3))
        of_ada = self.order(self.ada, ago(3))
        self.object(self.bea)
        self.object(self.ada)
        source._write_touchpoints(ids_scope((of_bea | of_ada).ids))
        read = self.env["cx.touchpoint"].search(
            [("source_id", "=", source.id), ("res_id", "in", (of_bea | of_ada).ids)]
        )
        self.assertEqual(read.mapped("res_id"), of_bea.ids)
        self.assertEqual((read.customer_id, read.person_id.id), (self.buyer, False))

    # ------------------------------------------------------------------ who may
    def test_who_may_note_it_and_take_it_back(self):
        outsider = new_test_user(self.env, "np_user", "base.group_user")
        with self.assertRaises(AccessError):
            self.ada.with_user(outsider)._cx_object("No", "Letter")
        for user in (self.rep, self.marketer, self.admin):
            with self.assertRaises(AccessError):
                self.ada.with_user(user).write({"cx_no_profiling_since": TODAY})
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(user).create(
                    {"name": "X", "cx_no_profiling_since": TODAY}
                )
        self.object()
        with self.assertRaises(UserError):
            self.object()
        with self.assertRaises(AccessError):
            self.ada.with_user(self.rep).action_cx_no_profiling()
        with self.assertRaises(AccessError):
            self.ada.with_user(self.rep)._cx_object_no_more("Yes", "Letter 8")
        with self.assertRaises(ValidationError):
            self.ada.with_user(self.marketer)._cx_object_no_more("Yes", " ")
        self.assertTrue(self.ada.cx_no_profiling_since)
        self.assertFalse(self.ada.copy().cx_no_profiling_since)

    def test_words_are_asked_for_and_kept(self):
        with self.assertRaises(ValidationError):
            self.object(wording=" ")
        with self.assertRaises(ValidationError):
            self.object(on=TODAY + timedelta(days=1))
        action = self.ada.with_user(self.rep).action_cx_no_profiling()
        dialog = Form(self.env["cx.no.profiling"].with_user(self.rep).with_context(
            action["context"]
        ))  # fmt: skip
        dialog.wording, dialog.proof, dialog.said_on = "Stop it", "Call 5", ago(3)
        dialog.save().action_apply()
        self.assertEqual(self.ada.cx_no_profiling_since, ago(3))
        [said] = self.env["cx.consent"].search([("partner_id", "=", self.ada.id)])
        self.assertEqual(
            (said.purpose, said.answer, said.wording, said.proof, said.user_id, said.at.date()),
            ("profiling", "no", "Stop it", "Call 5", self.rep, ago(3)),
        )
        note = self.ada.message_ids[:1]
        self.assertIn("profiling", note.body)
        self.assertNotIn("Stop it", note.body, "the words stand in the journal only")

    def test_taken_back(self):
        self.full()
        self.object()
        self.ada.with_user(self.marketer)._cx_object_no_more("Do again", "Letter 9")
        self.customer.invalidate_recordset()
        self.assertFalse(self.ada.cx_no_profiling_since)
        self.assertStage(
            self.customer, "dormant" if self.customer.dormant_on <= TODAY else "active"
        )
        self.assertEqual(self.customer.last_purchase_on, ago(100))
        self.assertTrue(self.customer.satisfaction_on)
        self.assertFalse(self.customer.need_ids, "what colleagues had noted does not come back")
        [open_stay] = self.customer.episode_ids.filtered(lambda stay: not stay.left_on)
        self.assertEqual(
            (open_stay.stage_id, open_stay.entered_on), (self.customer.stage_id, TODAY)
        )
        rows = self.env["cx.consent"].search([("partner_id", "=", self.ada.id)])
        self.assertEqual(rows.mapped("answer"), ["yes", "no"])
        self.evidence(self.ada)

    def test_in_every_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["cx.policy"]._of(elsewhere)
        self.buy(self.ada, 50, 20, company=elsewhere)
        there = self.of(self.ada, elsewhere)
        self.assertTrue(there.stage_id)
        self.object()
        self.assertNoProfile(there)

    def test_merged_contacts_keep_the_objection(self):
        twin = self.partner("Ada Twin")
        self.object(twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref(
            "base.user_admin"
        ))  # fmt: skip
        wizard.create({})._merge((self.ada | twin).ids, self.ada)
        self.ada.invalidate_recordset()
        self.assertEqual(self.ada.cx_no_profiling_since, TODAY)
        self.assertNoProfile(self.of(self.ada))

    def test_the_form_says_so(self):
        self.object()
        form = self.env["res.partner"].with_user(self.rep).get_view(view_type="form")["arch"]
        self.assertIn("cx_no_profiling_since", form)
        self.assertFalse(self.ada.with_user(self.rep).cx_stage_id)
        self.assertFalse(self.ada.with_user(self.rep).cx_why)
