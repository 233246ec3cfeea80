"""A crash between two transactions loses nothing: an act ends together with what follows it."""

from datetime import timedelta

from model.campaigns import CampaignCase

from odoo import fields

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_deliver import BACKOFF

DORMANT = (340, 280, 220, 160)


class TestAtomic(CampaignCase):
    def setUp(self):
        super().setUp()
        self.buy(self.partner("Quiet"), *DORMANT)
        campaign = self.campaign(steps=[{"name": "Call", "delay": 1}])
        [call] = campaign.step_ids
        for trigger in ("ended", "else", "done"):
            self.step(campaign, call, name=trigger, kind="wait", trigger=trigger, delay=3)
        campaign._launch()
        self.Campaign._cron_campaigns()
        self.act = campaign.run_ids.act_ids.sudo()
        self.run = self.act.run_id
        self.seen = []
        journaled = type(self.Act)._journaled

        def watched(acts, *args):
            rows = journaled(acts, *args)
            # what a crash at this moment would leave behind
            self.seen.append(
                (self.act.state, set((self.run.act_ids - self.act).step_id.mapped("name")))
            )
            return rows

        self.patch(type(self.Act), "_journaled", watched)

    def assertTogether(self, state, *followers):
        """No transaction left it in a state without what follows."""
        left = [found for ended, found in self.seen if ended == state]
        self.assertTrue(left, f"it never was {state}")
        self.assertEqual(left, [set(followers)] * len(left))

    def test_not_done(self):
        self.Act._skip(self.act.ids, "expired")
        self.assertTogether("skipped", "ended")

    def test_its_condition_did_not_hold(self):
        self.Act._skip(self.act.ids, "condition")
        self.assertTogether("skipped", "ended", "else")

    def test_failed(self):
        for tried in range(len(BACKOFF)):
            self.assertEqual((self.act.tries, self.run.act_ids), (tried, self.act))
            self.act.state = "claimed"
            self.Act._fail(self.act.ids, "ValueError: poison")
        self.assertTogether("waiting")
        self.assertTogether("failed", "ended")

    def left_behind(self):
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        self.act.write({"state": "sending", "claim": "gone", "claimed_at": long_ago})
        self.Act._recover()

    def test_nobody_knows_whether_it_left(self):
        self.left_behind()
        self.assertTogether("uncertain", "ended")

    def test_it_was_opened_and_so_has_arrived(self):
        self.act.trace_id = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": self.act.partner_id.id, "trace_status": "open"}
        )
        self.left_behind()
        self.assertTogether("done", "ended", "done")
