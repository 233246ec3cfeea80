"""A marketer resumes a campaign with a choice, imports one from a file, begins from a template."""

from datetime import timedelta

from browser.common import MarketerCase

from odoo import fields
from odoo.tests import tagged


class CampaignTours(MarketerCase):
    def paused(self):
        """Paused ten days ago; three mails were due since, and two steps failed before."""
        campaign = self.draft("Tour campaign", entry="manual")
        mail = self.step(campaign, name="Mail", kind="mail")
        wait = self.step(campaign, name="Wait", kind="wait")
        now = fields.Datetime.now()
        campaign = campaign.sudo()
        campaign.write({"state": "running", "launched_at": now - timedelta(days=20)})
        campaign._pause_itself("The tour paused it")
        campaign.paused_at = now - timedelta(days=10)
        long_ago = now - timedelta(days=12)
        for number, customer in enumerate((self.alpha, self.beta, self.gamma)):
            of = {"campaign_id": campaign.id, "customer_id": customer.id,
                  "company_id": campaign.company_id.id}  # fmt: skip
            run = self.env["cx.campaign.run"].create(
                {**of, "entry_key": "request:tour", "arm": "treated", "state": "running",
                 "entered_at": long_ago, "ends_on": fields.Date.today() + timedelta(days=60)}
            )  # fmt: skip
            due = now - timedelta(days=3)
            acts = self.env["cx.campaign.act"].create(
                [
                    {**of, "run_id": run.id, "step_id": step.id, "kind": step.kind,
                     "state": state, "not_before": due, "due_at": due,
                     "expires_at": due + timedelta(days=7), **values}
                    for step, state, values in (
                        (mail, "waiting", {}),
                        (wait, "failed", {"error": f"ValueError: No person {number}",
                                          "reason": "error", "done_at": due}),
                    )[: 2 if number else 1]
                ]
            )  # fmt: skip
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE cx_campaign_act SET create_date = %s WHERE id = ANY(%s)",
                (long_ago, acts.ids),
            )
        return campaign


@tagged("post_install", "-at_install")
class TestCampaignLife(CampaignTours):
    browser_size = "1400x900"

    def test_resume_with_a_choice(self):
        campaign = self.paused()
        self.tour("cx_campaign_resume")
        self.assertEqual(campaign.state, "running")
        mails = campaign.run_ids.act_ids.filtered(lambda act: act.kind == "mail")
        ahead = {(act.due_at.date() - fields.Date.today()).days for act in mails}
        self.assertEqual(ahead, {7})
        waits = campaign.run_ids.act_ids - mails
        self.assertEqual(set(waits.mapped("state")), {"waiting"})

    def test_what_needs_attention(self):
        self.paused()
        well = self.env["cx.campaign"].create({"name": "Does well", "entry": "manual"})
        well.sudo().write({"state": "running", "launched_at": fields.Datetime.now()})
        self.tour("cx_campaign_attention")

    def test_import_a_file(self):
        self.tour("cx_campaign_import")
        campaign = self.env["cx.campaign"].search([("name", "=", "From afar")])
        self.assertEqual((campaign.state, campaign.user_id), ("draft", self.marketer))
        self.assertEqual(campaign.topic_id.name, "News of the tour")

    def test_begin_from_a_template(self):
        self.tour("cx_campaign_gallery")
        self.assertTrue(self.env["cx.campaign"].search([("preset", "=", "wake_dormant")]))
