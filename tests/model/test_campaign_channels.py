"""A mail for those who write, a call for those who prefer to talk."""

from model.campaigns import CampaignCase

from odoo.exceptions import UserError

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains


class TestTwoWays(CampaignCase):
    def test_each_is_reached_as_preferred(self):
        people = {
            name: self.partner(name, email=f"{name}@example.com", phone=phone)
            for name, phone in (
                ("talks", "+33123456789"), ("mute", False), ("writes", "+33123456789"),
                ("unknown", "+33123456789"),
            )
        }  # fmt: skip
        say = self.env["cx.channel.preference"].say
        say(people["talks"].id, "phone")
        say(people["mute"].id, "phone")
        say(people["writes"].id, "email")
        campaign = self.campaign(steps=[])
        mail = self.step(campaign, kind="mail", domain="[('email', '!=', False)]")
        mail.action_call_instead()
        call = campaign.step_ids - mail
        self.assertEqual(call.kind, "activity")
        self.assertEqual((call.trigger, call.delay, call.parent_id),
                         (mail.trigger, mail.delay, mail.parent_id))  # fmt: skip
        partners = self.env["res.partner"].browse([person.id for person in people.values()])
        self.refresh(partners)
        reached = {
            step.kind: set(partners.filtered_domain(self.parsed(step)).mapped("name"))
            for step in campaign.step_ids
        }
        searched = {
            step.kind: set(
                partners.search([("id", "in", partners.ids), *self.parsed(step)]).mapped("name")
            )
            for step in campaign.step_ids
        }
        expected = {"mail": {"mute", "writes", "unknown"}, "activity": {"talks"}}
        self.assertEqual(searched, expected)
        self.assertEqual(reached, expected)

    def parsed(self, step):
        return domains.parsed(step.domain)

    def test_refusals(self):
        campaign = self.campaign(steps=[])
        mail = self.step(campaign, kind="mail")
        mail.action_call_instead()
        with self.assertRaisesRegex(UserError, "already"):
            mail.action_call_instead()
        with self.assertRaisesRegex(UserError, "is no mail"):
            (campaign.step_ids - mail).action_call_instead()
        launched = self.launched()
        with self.assertRaisesRegex(UserError, "was launched"):
            launched.step_ids[0].action_call_instead()
