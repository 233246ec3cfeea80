"""Personal coupons in mails, where the loyalty app is installed."""

from model.test_campaign_mail import DORMANT, MailCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user


class TestCoupons(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Come back",
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "rule_ids": [Command.clear()],
                "reward_ids": [
                    Command.create(
                        {"reward_type": "discount", "discount": 10, "required_points": 3}
                    )
                ],
            }
        )

    def gift(self, **values):
        """A campaign whose mail names a coupon."""
        campaign = self.campaign(steps=[], exclusive=False)
        step = self.step(
            campaign, kind="mail", name="Gift", coupon_program=str(self.program.id), **values
        )
        self.content(step, "Yours", body="<p>Your code: {{ coupon.code }}</p>")
        return campaign

    def cards(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.program.id)])

    def test_each_customer_gets_a_code_that_can_be_redeemed(self):
        other = self.buy(self.partner("Bob", email="bob@example.com"), *DORMANT)
        self.gift()._launch()
        self.work()
        cards = self.cards()
        self.assertEqual(cards.partner_id, self.contact | other.partner_id)
        self.assertEqual(set(cards.mapped("points")), {3}, "what the reward asks for")
        for card in cards:
            [taken] = [
                line
                for line in self.taken()
                if line["recipient"] == card.partner_id.email_normalized
            ]
            self.assertIn(card.code, taken["body"])
            order = self.env["sale.order"].create({"partner_id": card.partner_id.id})
            self.assertNotIn("error", order._try_apply_code(card.code) or {})

    def test_whoever_has_one_that_is_good_gets_the_same(self):
        for _time in range(2):
            self.gift()._launch()
            self.work()
        self.assertEqual(len(self.cards()), 1)
        self.cards().points = 0  # redeemed
        self.gift()._launch()
        self.work()
        self.assertEqual(len(self.cards()), 2)

    def test_a_program_that_ended_sets_the_mail_aside_with_the_reason(self):
        campaign = self.gift()
        campaign._launch()
        self.program.active = False
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, self.people()), ("waiting", []))
        self.assertIn("Personal Coupon", act.error)
        self.assertFalse(self.cards())

    def test_nobody_gives_what_they_may_not_give(self):
        marketer = new_test_user(self.env, "gift_marketer", "cx_lifecycle.group_marketer")
        marketer.write(
            {"company_ids": [Command.link(self.company.id)], "company_id": self.company.id}
        )
        self.assertFalse(self.env["loyalty.card"].with_user(marketer).has_access("create"))
        campaign = self.gift()
        content = campaign.step_ids.mailing_ids
        with self.assertRaises(UserError):
            content.with_user(marketer).body_html = "<p>{{ coupon.code }}!</p>"
