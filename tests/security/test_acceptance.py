"""Until an administrator has accepted the stages, reps see none: by no path."""

import ast

from model.common import LifecycleCase, ago

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

SELLER = "sales_team.group_sale_salesman"
LEADER = "sales_team.group_sale_salesman_all_leads"
# what administrators press, one after the other
STEPS = (
    "action_open", "action_check_sources", "action_sources_right", "action_read_history",
    "action_policy", "action_customers", "action_examples", "action_accept", "action_take_back",
)  # fmt: skip


class AcceptanceCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env["cx.first.run"]._of(cls.company)
        cls.first._take_back()
        export = "base.group_allow_export"
        cls.rep = new_test_user(cls.env, "accept_rep", f"{SELLER},{export}")
        cls.leader = new_test_user(cls.env, "accept_leader", f"{LEADER},{export}")
        cls.marketer = new_test_user(
            cls.env, "accept_marketer", f"{LEADER},cx_lifecycle.group_marketer"
        )
        cls.admin = new_test_user(cls.env, "accept_admin", f"{LEADER},cx_lifecycle.group_admin")
        cls.ada = cls.partner("Ada", user_id=cls.rep.id)
        cls.customer = cls.buy(cls.ada, *range(100, 400, 30))
        # a marketer has said something against a stage, while looking at the proposals
        cls.customer.with_user(cls.marketer).snooze("2099-01-01", "other")
        cls.env.flush_all()

    def contacts(self, user):
        return self.env["res.partner"].with_user(user)


class TestHidden(AcceptanceCase):
    """Each way to a stage, for a rep and for who sees all leads, before and after."""

    def looks(self, user):
        """Name and result of each look at the stage of Ada; nothing seen is falsy."""
        customer, contacts = self.customer.with_user(user), self.contacts(user)
        here = [("partner_id", "=", self.ada.id)]
        ada = [("id", "=", self.ada.id)]
        customers, episodes = self.Customer.with_user(user), self.env["cx.episode"].with_user(user)
        yield "search", lambda: customers.search(here)
        yield "count", lambda: customers.search_count(here)
        yield "group", lambda: customers._read_group(here, ["stage_id"], ["__count"])
        yield "web group", lambda: customers.formatted_read_group(here, ["stage_id"], ["__count"])
        yield "name search", lambda: customers.name_search("Ada")
        yield "read", lambda: customer.read(["stage_id", "reason"])
        yield "export", lambda: customer.export_data(["stage_id/name"])["datas"]
        yield "why", customer.why
        yield "chance", lambda: customer.chance_of_purchase(30)
        yield (
            "evidence",
            lambda: customer.action_purchases(self.env.ref("cx_lifecycle.source_sale_order").id),
        )
        yield "history", lambda: episodes.search(here)
        yield "history by stage", lambda: episodes._read_group(here, ["stage_id"], ["__count"])
        yield "episode", lambda: self.customer.episode_ids[0].with_user(user).read(["stage_id"])
        said = self.env["cx.objection"].with_user(user)
        yield "objections", lambda: said.search(here)
        yield "stage on a day", lambda: customer.stage_on(ago(1))
        yield "counts", lambda: customers.stage_counts(domain=here)["dormant"]
        yield "contact found", lambda: contacts.search([*ada, ("cx_stage_id.code", "!=", False)])
        yield (
            "by pointer",
            lambda: contacts.search([*ada, ("cx_customer_id.stage_id", "!=", False)]),
        )
        yield "by alert", lambda: contacts.search([*ada, ("cx_alert", "=", "quiet")])
        yield "by date", lambda: contacts.search([*ada, ("cx_dormant_on", "!=", False)])
        yield (
            "contacts grouped",
            lambda: [stage for [stage] in contacts._read_group(ada, ["cx_stage_id"]) if stage],
        )
        yield (
            "orders grouped",
            lambda: [
                stage
                for [stage] in self.env["sale.order"]
                .with_user(user)
                ._read_group(here, ["partner_id.cx_stage_id"])
                if stage
            ],
        )
        yield "timeline", lambda: self.ada.with_user(user).cx_timeline()["items"]
        yield (
            "contact's history",
            lambda: self.ada.with_user(user).action_cx_episodes()["domain"][0][2],
        )

    def seen(self, user):
        """The looks by which a user sees anything of Ada's stage."""
        found = set()
        for name, look in self.looks(user):
            self.env.invalidate_all()
            try:
                if look():
                    found.add(name)
            except AccessError:
                continue
        # every field of the contact, whatever is added later
        self.env.invalidate_all()
        contact = self.ada.with_user(user)
        names = [name for name in contact._fields if name.startswith("cx_")]
        [values] = contact.read(names)
        return found | {name for name in names if values[name]}

    def test_nothing_is_seen_before(self):
        for user in (self.rep, self.leader):
            self.assertFalse(self.seen(user), user.login)

    def test_everything_is_seen_once_accepted(self):
        self.first._accept()
        everything = {name for name, _look in self.looks(self.rep)}
        for user in (self.rep, self.leader):
            seen = self.seen(user)
            self.assertFalse(everything - seen, user.login)
            self.assertIn("cx_stage_id", seen)
            self.assertIn("cx_why", seen)

    def test_nothing_is_seen_after_it_was_taken_back(self):
        self.first._accept()
        self.first._take_back()
        for user in (self.rep, self.leader):
            self.assertFalse(self.seen(user), user.login)

    def test_marketers_and_administrators_look_first(self):
        for user in (self.marketer, self.admin):
            customer = self.customer.with_user(user)
            self.assertEqual(self.Customer.with_user(user).search([("id", "=", customer.id)]),
                             customer)  # fmt: skip
            self.assertEqual(customer.why()["stage"], "dormant")
            self.assertTrue(customer.episode_ids)

    def test_another_company_waits_for_its_own_administrator(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rep.company_ids |= other
        there = self.buy(self.ada, 3, company=other)
        self.first._accept()
        both = self.Customer.with_user(self.rep).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(both.search([("partner_id", "=", self.ada.id)]), self.customer)
        contact = self.ada.with_user(self.rep)
        self.assertTrue(contact.cx_stage_id)
        self.assertFalse(contact.with_company(other).cx_stage_id)
        self.env["cx.first.run"]._of(other)._accept()
        self.assertEqual(contact.with_company(other).cx_stage_id, there.stage_id)

    def test_reps_judge_nothing(self):
        customer = self.customer.with_user(self.rep)
        stage = self.env.ref("cx_lifecycle.stage_active")
        for act in (
            lambda: customer.hold(stage, "2099-01-01", "I know better"),
            lambda: customer.declare_lost("I know better"),
            lambda: customer.snooze("2099-01-01", "other"),
            lambda: self.env["cx.contest"].with_user(self.rep).create(
                {"customer_ids": [Command.link(customer.id)], "reason": "x", "verdict": "lost"}
            ).action_apply(),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                act()

    def test_a_verdict_leaves_no_note_for_reps_to_read(self):
        notes = len(self.ada.message_ids)
        self.customer.with_user(self.marketer).declare_lost("Closes the shop")
        self.assertStage(self.customer, "lost", "declared")
        self.assertEqual(len(self.ada.message_ids), notes)
        action = self.customer.with_user(self.marketer).action_plan()
        self.assertNotIn("default_summary", action["context"])
        self.first._accept()
        self.customer.with_user(self.marketer).withdraw_loss()
        self.assertEqual(len(self.ada.message_ids), notes + 1)
        action = self.customer.with_user(self.marketer).action_plan()
        self.assertIn("default_summary", action["context"])

    def test_filters_of_mailings_find_nobody(self):
        domains = [
            ast.literal_eval(found.mailing_domain)
            for found in self.env["mailing.filter"].search([])
            if "cx_stage_id" in found.mailing_domain
        ]
        self.assertTrue(domains)
        for accepted in (False, True):
            if accepted:
                self.first._accept()
            found = [self.ada in self.contacts(self.marketer).search(d) for d in domains]
            self.assertEqual(any(found), accepted)

    def test_what_happens_meanwhile_shows_nothing(self):
        bea, blank = self.partner("Bea", user_id=self.rep.id), self.partner("Bea again")
        self.buy(bea, 3)
        self.buy(blank, 5)
        self.refresh(bea | self.ada)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((bea | blank).ids, bea)
        self.env.invalidate_all()
        self.assertFalse((bea | self.ada).with_user(self.rep).cx_stage_id)
        self.first._accept()
        self.assertEqual(bea.with_user(self.rep).cx_stage_id.code, "active")


class TestWhoMayGoThroughTheSteps(AcceptanceCase):
    def test_only_administrators(self):
        for user in (self.rep, self.leader, self.marketer):
            for name in STEPS:
                with self.assertRaises(AccessError, msg=f"{user.login}: {name}"):
                    getattr(self.first.with_user(user), name)()
            with self.assertRaises(AccessError):
                self.first.with_user(user).read(["missing"])
            with self.assertRaises(AccessError):
                self.env.ref("cx_lifecycle.action_first_steps").with_user(user).run()

    def test_nobody_forges_who_accepted(self):
        for user in (self.marketer, self.admin):
            with self.assertRaises(AccessError):
                self.first.with_user(user).write({"accepted_at": "2020-01-01 00:00:00"})
            with self.assertRaises(AccessError):
                self.env["cx.first.run"].with_user(user).create({"company_id": self.company.id})
            with self.assertRaises(AccessError):
                self.first.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.company.with_user(user).write(
                    {"cx_first_run_ids": [Command.create({"accepted_at": "2020-01-01 00:00:00"})]}
                )

    def test_only_of_the_current_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["cx.first.run"]._of(other)
        with self.assertRaises(AccessError):
            theirs.with_user(self.admin).action_accept()
        self.admin.company_ids |= other
        both = theirs.with_user(self.admin).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        with self.assertRaises(AccessError):
            both.action_sources_right()
        theirs.with_user(self.admin).with_company(other).action_sources_right()
        self.assertEqual(theirs.sources_user_id, self.admin)

    def test_who_only_sells_gets_no_numbers_of_the_company(self):
        stage = self.env.ref("cx_lifecycle.stage_dormant")
        with self.assertRaises(AccessError):
            stage.with_user(self.rep).read(["customer_count"])
        self.assertTrue(stage.with_user(self.marketer).customer_count)
