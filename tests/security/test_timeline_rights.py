"""Who sees which part of a customer's timeline, and who nothing at all."""

from model.common import ago
from model.test_timeline import SELLER, TimelineCase

from odoo.exceptions import AccessError
from odoo.tests import new_test_user


class TestRights(TimelineCase):
    def test_reps_see_what_their_customers_did_and_others_do_not(self):
        self.buy(self.firm, 3)
        self.assertTrue(self.items())
        leader = new_test_user(self.env, "timeline_lead", f"{SELLER}_all_leads")
        self.assertTrue(self.items(user=leader))
        with self.assertRaisesRegex(AccessError, "Somebody else follows"):
            self.timeline(user=self.colleague)
        with self.assertRaisesRegex(AccessError, "Somebody else follows"):
            self.timeline(self.ann, user=self.colleague)
        for group in ("base.group_user", "base.group_portal", "base.group_public"):
            user = new_test_user(self.env, f"timeline_{group[11:]}", group)
            with self.assertRaises(AccessError):
                self.timeline(user=user)
            with self.assertRaises(AccessError):
                self.timeline(user.partner_id, user=user)

    def test_who_may_not_read_the_contact(self):
        self.buy(self.firm, 3)
        self.env["ir.rule"].create(
            {
                "name": "Not Ann", "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.ann.id)],
            }
        )  # fmt: skip
        self.write(self.firm, "to the firm")
        self.env["mail.message"].create(
            {"model": "res.partner", "res_id": self.ann.id, "body": "secret",
             "message_type": "comment", "author_id": self.colleague.partner_id.id}
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.timeline(self.ann)
        self.assertEqual([i["text"] for i in self.items(kinds=["message"])], ["to the firm"])

    def test_messages_obey_the_rules_for_messages(self):
        self.buy(self.firm, 3)
        messages = [self.write(self.firm, f"Number {n}", days=n + 1) for n in range(9)]
        hidden = messages[2:6]
        self.env["ir.rule"].create(
            {
                "name": "Some are secret",
                "model_id": self.env["ir.model"]._get_id("mail.message"),
                "domain_force": [("id", "not in", [message.id for message in hidden])],
            }
        )
        found, _number = self.pages(2, kinds=["message"])
        self.assertEqual([i["id"] for i in found],
                         [m.id for m in messages if m not in hidden])  # fmt: skip

    def test_activities_obey_the_rules_for_activities(self):
        self.buy(self.firm, 3)
        theirs, mine = self.plan(self.firm, 1, user=self.colleague), self.plan(self.firm, 2)
        self.assertEqual([-i["id"] for i in self.items(kinds=["activity"])], [mine.id, theirs.id])
        # Odoo asks for the right to write on the contact, for what is planned for others
        self.env["ir.rule"].create(
            {
                "name": "Read only", "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.firm.id)], "perm_read": False,
            }
        )  # fmt: skip
        self.assertEqual([-i["id"] for i in self.items(kinds=["activity"])], [mine.id])

    def test_nothing_until_the_stages_are_accepted(self):
        self.buy(self.firm, 3)
        self.write(self.firm)
        marketer = new_test_user(self.env, "timeline_marketer", "cx_lifecycle.group_marketer")
        first = self.env["cx.first.run"]._of(self.company)
        first._take_back()
        for user in (self.rep, marketer):
            self.assertEqual(self.timeline(user=user), {"items": [], "more": False, "kinds": []})
        first._accept()
        self.assertTrue(self.items())

    def test_who_is_no_customer_has_no_history(self):
        supplier = self.partner("Supplier")
        self.write(supplier)
        self.assertEqual(self.items(supplier), [])

    def test_each_company_sees_its_own_purchases_and_stages(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.accept(other)
        self.rep.company_ids |= other
        self.buy(self.firm, 30, 20)
        self.buy(self.firm, 10, amount=70, company=other)
        self.write(self.firm, days=5)
        here, there = self.firm, self.firm.with_company(other)
        days = [i["on"] for i in self.items(here, kinds=["purchase"])]
        self.assertEqual(days, [ago(20).isoformat(), ago(30).isoformat()])
        [bought] = self.items(there, kinds=["purchase"])
        self.assertEqual((bought["on"], bought["amount"]), (ago(10).isoformat(), 70))
        stages = self.env["cx.episode"].browse(i["id"] for i in self.items(there, kinds=["stage"]))
        self.assertTrue(stages)
        self.assertEqual(stages.company_id, other)
        self.assertEqual(len(self.items(there, kinds=["message"])), 1)
