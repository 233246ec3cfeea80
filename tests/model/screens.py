"""What the tests of campaigns' screens need: a draft with three steps, and people in it."""

from model.common import LifecycleCase, ago

from odoo import fields
from odoo.tests import new_test_user


class CampaignScreensCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "screens_marketer", "cx_lifecycle.group_marketer")
        cls.rep = new_test_user(cls.env, "screens_rep", "sales_team.group_sale_salesman")
        cls.other = new_test_user(cls.env, "screens_other", "sales_team.group_sale_salesman")
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.campaign = cls.env["cx.campaign"].with_user(cls.marketer).create(
            {
                "name": "Wake",
                "entry": "becomes",
                "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id,
                "email_from": "care@example.com",
                "legal_basis": "customer",
            }
        )  # fmt: skip
        cls.first = cls.step("Call", activity_type_id=cls.call.id, assignee_id=cls.rep.id)
        cls.second = cls.after(cls.first, "Wait", kind="wait")
        cls.third = cls.after(cls.second, "Again", kind="wait", delay=3)

    @classmethod
    def step(cls, name, **values):
        # superuser rights: a test may add to what was launched already
        steps = cls.env["cx.campaign.step"].with_user(cls.marketer).sudo()
        return steps.create(
            {"campaign_id": cls.campaign.id, "name": name, "kind": "activity", **values}
        )

    @classmethod
    def after(cls, parent, name, **values):
        return cls.step(name, parent_id=parent.id, **{"trigger": "done", **values})

    @classmethod
    def mail(cls, name="Mail", body="<p>Hello</p>", languages=("en_US", "fr_FR"), **values):
        """A step that sends, written in some languages."""
        step = cls.step(name, **{"kind": "mail", **values})
        for lang in languages:
            cls.env["mailing.mailing"].create(
                {
                    "subject": f"{name} {lang}", "cx_step_id": step.id, "cx_lang": lang,
                    "body_arch": body, "body_html": body,
                    "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                }
            )  # fmt: skip
        return step

    def running(self, campaign=None):
        """As if it had been launched, without the machine."""
        campaign = campaign or self.campaign
        campaign.sudo().write({"state": "running", "launched_at": fields.Datetime.now()})
        return campaign

    def participant(self, user=None, arm="treated", **values):
        partner = self.partner("Somebody", user_id=(user or self.rep).id)
        customer = self.buy(partner, 3)
        return self.env["cx.campaign.run"].create(
            {
                "campaign_id": self.campaign.id, "customer_id": customer.id, "arm": arm,
                "company_id": self.company.id, "entry_key": f"request:{customer.id}",
                "state": "running", "entered_at": fields.Datetime.now(), "ends_on": ago(-90),
                **values,
            }
        )  # fmt: skip

    def act(self, run, step, state="waiting", **values):
        now = fields.Datetime.now()
        return self.env["cx.campaign.act"].create(
            {
                "run_id": run.id, "step_id": step.id, "campaign_id": run.campaign_id.id,
                "customer_id": run.customer_id.id, "company_id": run.company_id.id,
                "kind": step.kind, "state": state, "not_before": now, "due_at": now,
                "expires_at": fields.Datetime.add(now, days=7), **values,
            }
        )  # fmt: skip

    def rows(self, action, user):
        """How many rows the list of an action has for a user."""
        model = self.env[action["res_model"]].with_user(user)
        return model.search_count(action["domain"])

    def mine(self, record):
        return record.with_user(self.marketer)
