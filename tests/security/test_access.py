"""Who may do what: every group × every model × every operation, and no hole."""

from model.common import TODAY, LifecycleCase

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

OPERATIONS = ("read", "write", "create", "unlink")
# what each role may do; nothing else, and other people nothing at all
ALLOWED = {
    "cx.stage": {"user": "r", "rep": "r", "marketer": "r", "admin": "rw"},
    "cx.purchase.source": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.policy": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.policy.segment": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.policy.rule": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.policy.closure": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.clock": {"admin": "r"},
    "cx.simulation": {"admin": "r"},
    "cx.simulation.line": {"admin": "r"},
    "cx.publish": {"admin": "rw"},
    "cx.customer": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.episode": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.objection": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.consent": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.no.profiling": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.purge": {"admin": "r"},
    "cx.erase": {"admin": "rwcu"},
    "cx.run": {"admin": "r"},
    "cx.need": {"user": "r", "rep": "r", "marketer": "r", "admin": "rw"},
    "cx.need.argument": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.need.evidence": {"rep": "rwcu", "marketer": "r", "admin": "r"},
    "cx.customer.need": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.buyer.role": {"user": "r", "rep": "r", "marketer": "r", "admin": "rw"},
    "cx.seat": {"rep": "rwcu", "marketer": "r", "admin": "r"},
    "cx.outcome": {"rep": "rwcu"},
    "cx.backtest": {"marketer": "r", "admin": "ru"},
    "cx.backtest.line": {"marketer": "r", "admin": "r"},
    "cx.backtest.case": {"marketer": "r", "admin": "r"},
    "cx.backtest.start": {"admin": "rwcu"},
    "cx.contest": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.snooze": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.outlook": {"marketer": "r", "admin": "r"},
    "cx.first.run": {"admin": "r"},
    "cx.preset": {"marketer": "r", "admin": "r"},
    "cx.preset.stage": {"marketer": "r", "admin": "r"},
    "cx.preset.apply": {"admin": "rwcu"},
    "cx.objective": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.spending": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.cost": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.costs": {"marketer": "rwc", "admin": "rwc"},
    "cx.costs.line": {"marketer": "r", "admin": "r"},
    "cx.journey.step": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.channel": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.interaction": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.channel.preference": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.touchpoint.kind": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.touchpoint": {"rep": "rcu", "marketer": "rcu", "admin": "rcu"},
    "cx.touchpoint.source": {"rep": "r", "marketer": "r", "admin": "rwcu"},
    "cx.touchpoint.entry": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.warning.kind": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.warning": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.warning.dismiss": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.evidence": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.evidence.run": {"marketer": "r", "admin": "r"},
    "cx.improvement": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    # campaigns
    "cx.topic": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.consent.entry": {"marketer": "rwc", "admin": "rwc"},
    "cx.suppression": {"admin": "r"},
    "cx.topic.optout": {"rep": "rc", "marketer": "rcu", "admin": "rcu"},
    "cx.campaign": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.campaign.step": {"rep": "r", "marketer": "rwcu", "admin": "rwcu"},
    "cx.campaign.run": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.campaign.act": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.campaign.outcome": {"marketer": "r", "admin": "r"},
    "cx.campaign.attempt": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.campaign.try": {"marketer": "rwc", "admin": "rwc"},
    "cx.campaign.forecast": {"marketer": "rw", "admin": "rw"},
    "cx.campaign.forecast.line": {"marketer": "r", "admin": "r"},
    "cx.campaign.replay": {"marketer": "r", "admin": "r"},
    "cx.campaign.replay.line": {"marketer": "r", "admin": "r"},
    "cx.campaign.change": {"marketer": "rwc", "admin": "rwc"},
    "cx.campaign.import": {"marketer": "rwc", "admin": "rwc"},
    "cx.campaign.finding": {"marketer": "r", "admin": "r"},
    "cx.campaign.launch": {"marketer": "rw", "admin": "rw"},
    "cx.campaign.version": {"marketer": "r", "admin": "r"},
    "cx.campaign.publish": {"marketer": "rw", "admin": "rw"},
    "cx.campaign.step.remove": {"marketer": "rwc", "admin": "rwc"},
    "cx.campaign.preset": {"marketer": "r", "admin": "r"},
    "cx.campaign.preset.step": {"marketer": "r", "admin": "r"},
    "cx.answer": {"rep": "r", "marketer": "r", "admin": "r"},
    "cx.campaign.why": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.campaign.why.line": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.campaign.exclude": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
    "cx.campaign.enter": {"rep": "rwcu", "marketer": "rwcu", "admin": "rwcu"},
}
GROUPS = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "user": "base.group_user",
    "rep": "sales_team.group_sale_salesman",
    "marketer": "cx_lifecycle.group_marketer",
    "admin": "cx_lifecycle.group_admin",
}
# public methods of ours that RPC may call, and who may
METHODS = {
    "chance_of_purchase", "why", "hold", "release_hold", "declare_lost", "withdraw_loss",
    "snooze", "stage_on", "stage_counts", "objection_figures", "action_open_partner",
    "action_contest", "action_snooze", "action_plan", "action_purchases", "action_purchase_day",
    "action_email", "action_check", "action_count_instead", "action_run_now", "action_apply",
    "figures", "simulate", "answer", "action_lines", "action_publish", "action_objections",
    "action_withdraw", "action_new_version", "action_restore", "action_show",
    "action_backtests", "action_cases", "action_chart", "action_run", "action_run_again",
    "action_try", "action_try_fixed", "action_open", "action_check_sources",
    "action_sources_right", "action_read_history", "action_policy", "action_examples",
    "action_arguments", "guide", "suggest", "win_rates", "action_outcome", "action_reached",
    "action_no_answer", "action_do", "action_not_now", "default_get",
    "action_accept", "action_take_back", "action_customers", "get_empty_list_help",
    "action_next", "action_actual", "action_spent",
    "action_mend", "log", "say", "improvements", "action_call_instead", "action_cx_personal_data",
    "action_open_record", "action_touchpoints",
    "action_read_again", "action_save",
    "action_warnings", "dismiss", "action_dismiss",
    "action_cx_consents", "action_erase",
    # of campaigns: the lists and dialogs of their screens, and what marketers alone may do
    "result", "action_result", "action_measure",
    "action_participants", "action_acts", "audience_now", "action_audience_line", "action_add_step",
    "action_add_after", "action_add_content", "action_remove", "action_launch",
    "action_ask_pause", "action_ask_resume", "action_ask_finish", "action_pause", "action_resume",
    "action_finish", "action_fix", "action_show_done", "enter", "mail_allowed_qweb_expressions",
    "action_use", "copy",
    "action_why", "action_stop", "action_send_again", "action_settle", "action_now",
    "action_dry_run", "action_replay", "action_again", "action_send_to_me",
    "action_retry", "keep_out_of_campaigns", "let_into_campaigns", "action_keep_out",
    "action_let_in", "steps_board", "action_step_list", "action_move",
    "action_edit", "action_open_original", "action_discard", "action_versions", "action_compare",
    "action_errors", "action_campaigns", "action_figures", "action_export",
    "action_import",
}  # fmt: skip


class TestAccess(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"role_{role}", group) for role, group in GROUPS.items()
        }

    def ours(self):
        return [
            name for name in self.env if name.startswith("cx.") and not self.env[name]._abstract
        ]

    def test_every_model_is_in_the_table(self):
        self.assertEqual(set(self.ours()), set(ALLOWED))

    def test_access_matrix(self):
        for model, roles in ALLOWED.items():
            for role, user in self.users.items():
                for operation in OPERATIONS:
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            operation[0] in roles.get(role, ""),
                        )

    def test_every_public_method_is_in_the_table(self):
        for model in self.ours():
            own = {
                name
                for cls in type(self.env[model]).__mro__
                if getattr(cls, "__module__", "").startswith("odoo.addons.cx_")
                for name, member in vars(cls).items()
                if callable(member) and not name.startswith("_")
            }
            known = METHODS | {"create", "write", "unlink", "ensure_one", "init"}
            self.assertFalse(own - known, f"{model}: say who may call these")

    def test_every_stored_model_is_bound_to_companies(self):
        for model in self.ours():
            if self.env[model]._transient or "company_id" not in self.env[model]._fields:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model), ("groups", "=", False)]
            )
            self.assertTrue(any("company_ids" in rule.domain_force for rule in rules), model)

    def test_dialogs_are_their_owners(self):
        for model in self.ours():
            if not self.env[model]._transient:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model), ("groups", "=", False)]
            )
            with self.subTest(model=model):
                # otherwise whoever has the role reads, and presses, what others have open
                self.assertTrue(any("create_uid" in rule.domain_force for rule in rules))

    def test_what_each_role_finds_under_configuration(self):
        objections, policies, top = (
            self.env.ref(f"cx_lifecycle.menu_{name}").id
            for name in ("objections", "policies", "config")
        )
        for role, seen in {
            "rep": set(), "marketer": {objections, top}, "admin": {objections, policies, top},
        }.items():  # fmt: skip
            menus = self.env["ir.ui.menu"].with_user(self.users[role])._visible_menu_ids()
            self.assertEqual(menus & {objections, policies, top}, seen, role)

    def test_reps_see_their_customers_and_nobodys(self):
        rep, other = self.users["rep"], new_test_user(
            self.env, "role_rep2", "sales_team.group_sale_salesman"
        )  # fmt: skip
        mine = self.buy(self.partner("Mine", user_id=rep.id), 3)
        free = self.buy(self.partner("Free"), 3)
        theirs = self.buy(self.partner("Theirs", user_id=other.id), 3)
        everybody = mine | free | theirs
        ids = [("id", "in", everybody.ids)]
        self.assertEqual(self.Customer.with_user(rep).search(ids), mine | free)
        self.assertEqual(
            self.env["cx.episode"].with_user(rep).search([("customer_id", "in", everybody.ids)]),
            (mine | free).episode_ids,
        )
        for role in ("marketer", "admin"):
            self.assertEqual(self.Customer.with_user(self.users[role]).search(ids), everybody)
        leader = new_test_user(self.env, "role_lead", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(self.Customer.with_user(leader).search(ids), everybody)

    def test_no_forged_stage_by_any_path(self):
        rep = self.users["rep"]
        customer = self.buy(self.partner("Mine", user_id=rep.id), 3).with_user(rep)
        lost = self.env.ref("cx_lifecycle.stage_lost")
        for act in (
            lambda: customer.write({"stage_id": lost.id}),
            lambda: self.Customer.with_user(rep).create({"company_id": self.company.id}),
            customer.copy,
            customer.unlink,
            lambda: customer.episode_ids[:1].write({"entered_on": TODAY}),
            lambda: customer.partner_id.write({"cx_stage_id": lost.id}),
            lambda: self.Customer.with_user(rep).load(["id", "stage_id/id"],
                                                      [["x", "cx_lifecycle.stage_lost"]]),
        ):  # fmt: skip
            try:
                result = act()
            except AccessError:
                continue
            if isinstance(result, dict):  # an import tells its errors
                self.assertFalse(result["ids"])
        customer.invalidate_recordset()
        self.assertStage(customer.sudo(), "new")
        self.assertEqual(len(self.Customer.search([("partner_id.name", "=", "Mine")])), 1)

    def test_the_pointer_to_the_customer_cannot_be_bent(self):
        """Whoever could write it would read any customer's figures through the contact."""
        rep = self.users["rep"]
        secret = self.buy(self.partner("Secret", user_id=self.users["admin"].id), 3)
        mine = self.partner("Mine", user_id=rep.id)
        for user in (rep, self.users["admin"]):
            with self.assertRaises(AccessError):
                mine.with_user(user).write({"cx_customer_id": secret.id})
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(user).create(
                    {"name": "Trick", "cx_customer_id": secret.id}
                )

    def test_who_has_no_role_sees_no_field_of_ours(self):
        for role in ("portal", "user"):
            fields = self.env["res.partner"].with_user(self.users[role]).fields_get()
            self.assertFalse([name for name in fields if name.startswith("cx_")], role)
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(self.users[role]).search(
                    [("cx_stage_id.code", "=", "lost")]
                )

    def test_purchase_evidence_stays_within_the_users_rights(self):
        rep = self.users["rep"]
        partner = self.partner("Mine", user_id=rep.id)
        other = new_test_user(self.env, "role_rep3", "sales_team.group_sale_salesman")
        self.order(partner, TODAY, user_id=other.id)
        customer = self.of(partner).with_user(rep)
        action = customer.action_purchases(self.env.ref("cx_lifecycle.source_sale_order").id)
        self.assertFalse(
            self.env["sale.order"].with_user(rep).search(action["domain"]),
            "the list itself is filtered by the rights on orders",
        )
