"""The dry run tells what then happens: per customer and step, when and why not."""

from datetime import timedelta

from scenario.weeks import START, WeeksCase

from odoo.addons.cx_lifecycle_mail.engine import plan

WEEKS = 5
ENTERING = ("enter", "held_out")


class TestForecast(WeeksCase):
    def told(self, lines):
        """{(customer, step): (state, reason, moment)} of a dry run."""
        return {
            (line.customer_id, line.step_id): self.what(line.state, line.reason, line.at)
            for line in lines if line.what == "act"
        }  # fmt: skip

    def came(self, campaign):
        """The same, of what the machine did."""
        return {
            (act.customer_id, act.step_id): self.what(act.state, act.reason, act.done_at)
            for act in campaign.run_ids.act_ids
        }

    def what(self, state, reason, at):
        return ("waiting", None, None) if state == "waiting" else (state, reason or None, at)

    def opened(self, seed):
        """A campaign in a shop that lived for some days; a draft, or on its way already."""
        self.shop(seed)
        for campaign in self.others:
            campaign._launch()
        self.live(START + timedelta(days=self.dice.choice((1, 4, 8))))
        campaign = self._campaign("Mine")
        if self.dice.random() < 0.4:
            campaign._launch()
            self.live(self.clock.now + timedelta(days=3))
        return campaign

    def assertTold(self, campaign):
        """What a dry run tells of the coming weeks is what the machine then does."""
        forecast = self.env["cx.campaign.forecast"]._begin(campaign, WEEKS)
        self.told_at, self.known = self.clock.now, campaign.run_ids
        if campaign.state == "draft":
            campaign._launch()
        self.zone = plan.zone(self.company.partner_id.tz)
        last = plan.begins(forecast.until + timedelta(days=1), self.zone)
        self.live(last - timedelta(seconds=1))
        lines = forecast.line_ids
        today = plan.local(self.told_at, self.zone).date()
        told = {(line.customer_id, line.day) for line in lines if line.what in ENTERING}
        came = {
            (run.customer_id, plan.local(run.entered_at, self.zone).date())
            for run in campaign.run_ids - self.known
        }  # fmt: skip
        at_once = lambda entries: {(who, day) for who, day in entries if day == today}  # noqa: E731
        self.assertEqual(at_once(told), at_once(came))
        # whoever is kept out today is taken as kept out; it may end before the weeks do
        kept = {line.customer_id for line in lines if line.what == "excluded"}
        self.assertFalse({who for who, _day in came - told} - kept)
        if not self.others:  # which may keep them out on the day
            self.assertFalse(told - came)
        surprising = {who for who, _day in told ^ came}
        self.assertReconciled(campaign)
        acts, done = self.told(lines), self.came(campaign)
        self.maxDiff = None
        self.assertEqual(
            {key: what for key, what in acts.items() if key[0] not in surprising},
            {
                key: what for key, what in done.items()
                # what was over before is not told
                if key[0] not in surprising and (key in acts or not what[2]
                                                 or what[2] > self.told_at)
            },
        )  # fmt: skip

    def test_two_versions(self):
        """Who was inside goes on by the version before, who enters goes by the new one."""
        self.shop(10)
        self.others = []
        campaign = self._campaign("Mine", entry="going_quiet", quiet_days=20, end_on=False,
                                  exclusive=False, max_days=90, domain="[]")  # fmt: skip
        first = campaign.step_ids.filtered(lambda step: not step.parent_id)[0]
        first.write({"kind": "mail", "trigger": "entry", "delay": 0, "weekday": False})
        self.step(campaign, first, kind="wait", name="Long", delay=9, trigger="ended")
        campaign._launch()
        self.live(START + timedelta(days=5))
        draft = campaign._begin_draft()
        draft.step_ids.filtered(lambda step: step.name == "Long").delay = 3
        self.step(draft, draft.step_ids[0], kind="wait", name="New", trigger="ended")
        campaign._publish(draft)
        self.assertTrue(campaign.run_ids.filtered(lambda run: run.state == "running"))
        self.assertTold(campaign)
        versions = campaign.run_ids.mapped("version_number")
        self.assertEqual(set(versions), {1, 2})


def add(seed):
    def test(self):
        self.assertTold(self.opened(seed))

    setattr(TestForecast, f"test_weeks_of_shop_{seed}", test)


# together they know each entry, caps, conditions, roles, dates, ends and clocks that change
for seed in (9, 10, 12, 18, 20, 24, 35, 36, 37, 39):
    add(seed)
