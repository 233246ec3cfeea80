"""What tests of campaigns need besides: a campaign, its steps, and the machine's rounds."""

import tempfile
from datetime import timedelta
from pathlib import Path

from faults.sink import Sink
from model.common import LifecycleCase

from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle_mail.models.journal import prepare


class CampaignCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = set()  # those that the connection knows
        cls.Campaign = cls.env["cx.campaign"]
        cls.Run = cls.env["cx.campaign.run"]
        cls.Act = cls.env["cx.campaign.act"]
        # allowed at any hour, as often as a test likes; tests of pressure set what they test
        cls.company.write(
            {
                "cx_mail_cap": 0,
                "cx_call_cap": 0,
                "cx_survey_gap_days": 0,
                "cx_quiet_from": 0,
                "cx_quiet_to": 0,
            }
        )
        cls.caller = new_test_user(
            cls.env, "camp_caller", "sales_team.group_sale_salesman_all_leads"
        )
        cls.call_type = cls.env.ref("mail.mail_activity_data_call")

    def setUp(self):
        super().setUp()
        cr, known = self.env.cr, self.plans

        def here(acts, query, plans=()):
            """In tests, all transactions are one."""
            acts.env.flush_all()
            with cr.savepoint():
                prepare(cr, plans, known)
                cr.execute(query)
                rows = cr.fetchall() if cr.description else []
            acts.env.invalidate_all(flush=False)
            return rows

        self.patch(type(self.Act), "_journaled", here)

    @classmethod
    def stage(cls, code):
        return cls.env.ref(f"cx_lifecycle.stage_{code}")

    @classmethod
    def campaign(cls, entry="becomes", stage="dormant", steps=None, **values):
        """A campaign in draft; by default with one call of the same person for everybody."""
        campaign = cls.Campaign.create(
            {
                "name": "Wake up",
                "company_id": cls.company.id,
                "entry": entry,
                "stage_id": cls.stage(stage).id if entry in ("becomes", "in_stage") else False,
                "holdout_share": 0,
                "members": "both",
                "cooldown_days": 0,
                **values,
            }
        )
        for step in steps if steps is not None else [{}]:
            cls.step(campaign, **step)
        return campaign

    @classmethod
    def step(cls, campaign, parent=None, **values):
        kind = values.get("kind", "activity")
        if kind == "activity":
            values.setdefault("activity_type_id", cls.call_type.id)
            values.setdefault("assignee_id", cls.caller.id)
        return cls.env["cx.campaign.step"].create(
            {
                "campaign_id": campaign.id,
                "parent_id": parent and parent.id,
                "name": values.pop("name", kind.title()),
                "kind": kind,
                "trigger": "done" if parent else "entry",
                **values,
            }
        )

    def launched(self, *args, **values):
        campaign = self.campaign(*args, **values)
        campaign._launch()
        return campaign

    def work(self):
        """Everything the machine does now."""
        self.Campaign._cron_campaigns()
        self.Act._cron_deliver()

    def later(self, **ahead):
        """So much later (days=3): what was planned and done lies that much further back."""
        ahead = timedelta(**ahead)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET not_before = not_before - %(ahead)s,"
            " due_at = due_at - %(ahead)s, expires_at = expires_at - %(ahead)s,"
            " done_at = done_at - %(ahead)s",
            {"ahead": ahead},
        )
        self.env.cr.execute(
            "UPDATE mail_activity SET date_deadline = date_deadline - %s"
            " WHERE cx_act_id IS NOT NULL",
            (ahead.days,),
        )
        self.env.invalidate_all(flush=False)
        self.work()

    def acts(self, campaign):
        """(step, state, reason) of a campaign's acts."""
        return [
            (act.step_id.name, act.state, act.reason)
            for act in campaign.run_ids.act_ids.sorted("id")
        ]

    def assertReconciled(self, campaign):
        """Nobody gets lost: entered = treated + held out; acts are open, done, or not with why."""
        runs = campaign.run_ids
        self.assertEqual(len(runs), len(runs.filtered(lambda r: r.arm in ("treated", "held_out"))))
        for run in runs:
            self.assertEqual(bool(run.reason), run.state != "running", run)
            if run.arm == "held_out":
                self.assertFalse(run.act_ids)
        for act in runs.act_ids:
            if act.state in ("skipped", "failed", "refused", "uncertain"):
                self.assertTrue(act.reason, act)
            if act.run_id.state != "running":
                self.assertNotIn(act.state, ("waiting", "claimed"), act)


class SinkCase(CampaignCase):
    """A mail server on the loopback, the only one there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.sink = cls.enterClassContext(Sink(Path(folder) / "journal"))
        servers = cls.env["ir.mail_server"]
        servers.search([]).active = False
        cls.server = servers.create(
            {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": cls.sink.port}
        )

    def setUp(self):
        super().setUp()
        self.patch(type(self.server), "_disable_send", classmethod(lambda cls: False))
        self.addCleanup(self.sink.rules.clear)
        self.before = len(self.sink.taken())

    def taken(self):
        """What the server took in this test."""
        return self.sink.taken()[self.before :]

    def people(self):
        return sorted(entry["recipient"] for entry in self.taken())
