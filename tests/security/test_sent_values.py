"""What clients send besides values: what stands in an unsaved form, in a context, in defaults."""

from model.common import LifecycleCase, ago
from security.test_acceptance import SELLER, AcceptanceCase
from security.test_companies import FenceCase
from security.world import SECRET

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

FIGURES = ("cx_value_12m", "cx_why", "cx_rhythm", "cx_stage_id", "cx_hold_reason")


class TestUnsavedForms(FenceCase):
    """Whose figures a contact shows goes by the saved link, not by what a client says of it."""

    def shown(self, values, context=None):
        contacts = self.env["res.partner"].with_user(self.users["rep"])
        spec = {name: {} for name in FIGURES}
        names = list(values) if context is None else []
        answer = contacts.with_context(**(context or {})).onchange(values, names, spec)
        return {name for name in FIGURES if answer["value"].get(name)}

    def test_of_others_by_a_number(self):
        theirs = self.theirs["cx.customer"]
        self.assertFalse(self.shown({"name": "X", "cx_customer_id": theirs}))
        self.assertFalse(self.shown({}, {"default_cx_customer_id": theirs}))


class TestSavedForms(LifecycleCase):
    def test_a_form_goes_on_showing_the_saved_link(self):
        rep = new_test_user(self.env, "saved_rep", SELLER)
        mine = self.buy(self.partner("Mine", user_id=rep.id), 100, 70, 40)
        other = self.buy(self.partner("Other"), 400, 300, 200)
        saved = mine.partner_id.with_user(rep)
        self.assertEqual(saved.cx_last_purchase_on, ago(40))
        spec = {name: {} for name in (*FIGURES, "cx_last_purchase_on")}
        said = saved.onchange({"name": "Y", "cx_customer_id": other.id}, ["name"], spec)
        self.assertFalse(set(spec) & set(said["value"]))


class TestDefaults(FenceCase):
    """Neither a context nor a person's own defaults set what only the machine writes."""

    def by_default(self, user, model, name, value):
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)
        return self.env[model].with_user(user).with_context(**{f"default_{name}": value})

    def test_activities_answer_to_no_act(self):
        user = new_test_user(self.env, "plain", f"base.group_user,{SELLER}")
        todo = self.env.ref("mail.mail_activity_data_todo")
        contact = self.partner("Of mine")
        values = {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": contact.id,
            "activity_type_id": todo.id, "user_id": user.id,
        }  # fmt: skip
        for name, value in (
            ("cx_act_id", self.theirs["cx.campaign.act"]),
            ("cx_customer_id", self.theirs["cx.customer"]),
        ):
            self.env["ir.default"].with_user(user).set("mail.activity", name, value, user_id=True)
        made = self.env["mail.activity"].with_user(user).create(values)
        self.assertFalse(made.sudo().cx_act_id or made.sudo().cx_customer_id)

    def test_policies_have_the_author_who_wrote_them(self):
        admin, boss = self.users["admin"], self.env.ref("base.user_admin")
        drafts = self.by_default(admin, "cx.policy", "user_id", boss.id)
        drafts = drafts.with_context(default_tonight=True, default_state="published")
        made = drafts.create({"name": "Mine"})
        self.assertEqual((made.user_id, made.tonight, made.state), (admin, False, "draft"))

    def test_purchases_are_no_evidence_by_default(self):
        contact = self.partner("Heard", user_id=self.users["rep"].id)
        pieces = self.env["cx.need.evidence"].with_user(self.users["rep"])
        own = {"partner_id": contact.id, "need_id": self.env["cx.need"].search([], limit=1).id}
        with self.assertRaises(UserError):
            pieces.with_context(default_source="range").create(own)
        made = pieces.with_context(default_figures={"days": 99}).create(own)
        self.assertFalse(made.figures)

    def test_rows_point_to_nobody_of_others_by_default(self):
        theirs = self.partner(SECRET, company_id=self.other.id)
        need = self.env["cx.need"].search([], limit=1)
        pieces = self.env["cx.need.evidence"].with_user(self.users["rep"])
        with self.refused("by the context"):
            pieces.with_context(default_partner_id=theirs.id).create({"need_id": need.id})
        with self.refused("by a person's own default"):
            self.env["ir.default"].with_user(self.users["rep"]).set(
                pieces._name, "partner_id", theirs.id, user_id=True
            )
            pieces.create({"need_id": need.id})


class TestErrors(FenceCase):
    """Errors name nothing of others."""

    def test_of_what_a_value_points_to(self):
        theirs = self.partner(SECRET, company_id=self.other.id)
        theirs.sudo().cx_no_profiling_since = "2026-01-02"
        pieces = self.env["cx.need.evidence"].with_user(self.users["rep"])
        need = self.env["cx.need"].search([], limit=1)
        with self.assertRaises(AccessError) as caught:
            pieces.create({"partner_id": theirs.id, "need_id": need.id})
        self.assertNotIn("2026", str(caught.exception))

    def test_of_a_topic(self):
        topic = self.env["cx.topic"].create({"name": "Shared"})
        self.their("cx.campaign").write({"name": SECRET, "topic_id": topic.id})
        with self.assertRaises(ValidationError) as caught:
            topic.with_user(self.users["marketer"]).company_id = self.company
        self.assertNotIn(SECRET, str(caught.exception))

    def test_why_is_no_oracle(self):
        questions = self.env["cx.campaign.why"].with_user(self.users["rep"])
        shared = self.partner("Shared by both")
        for _ in range(2):
            with self.assertRaisesRegex(AccessError, "Companies|companies|company"):
                questions.new({"partner_id": shared.id, "company_id": self.other.id})._answer()
            self.buy(shared, 100, 50, company=self.other)


class TestBeforeAcceptance(AcceptanceCase):
    def test_participations_tell_reps_no_stage(self):
        runs = self.env["cx.campaign.run"]
        campaign = self.env["cx.campaign"].create(
            {"name": "Early", "entry": "manual", "holdout_share": 0.0}
        )
        self.env.cr.execute(
            "INSERT INTO cx_campaign_run (campaign_id, company_id, customer_id, stage_id, arm,"
            " state, entry_key, ends_on, entered_at)"
            " VALUES (%s, %s, %s, %s, 'treated', 'running', 'x', '2099-01-01', now())",
            [campaign.id, self.company.id, self.customer.id, self.customer.stage_id.id],
        )
        for user in (self.rep, self.leader):
            self.assertFalse(runs.with_user(user).search([]))
        self.assertTrue(runs.with_user(self.marketer).search([]))
        self.first._accept()
        self.assertTrue(runs.with_user(self.rep).search([]))
