"""What campaigns did, in a customer's timeline."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

SELLER = "sales_team.group_sale_salesman"


class TestTimeline(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "acts_rep", SELLER, name="Rita", tz="UTC")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.ann = cls.partner("Ann", parent_id=cls.firm.id, email="ann@example.com")
        cls.customer = cls.buy(cls.firm, 340, 280, 220, 160)
        cls.work_of = cls.campaign(name="Wake up", steps=[])
        cls.part = cls.Run.create(
            {
                "campaign_id": cls.work_of.id, "customer_id": cls.customer.id,
                "company_id": cls.company.id, "entry_key": "request:x", "arm": "treated",
                "state": "running", "entered_at": fields.Datetime.now(),
                "ends_on": TODAY + timedelta(days=90),
            }
        )  # fmt: skip

    def act(self, name="Step", kind="mail", minutes=0, step=None, **values):
        step = step or self.step(self.work_of, kind=kind, name=name)
        now = fields.Datetime.now()
        return self.Act.create(
            {
                "run_id": self.part.id, "step_id": step.id, "campaign_id": self.work_of.id,
                "customer_id": self.customer.id, "company_id": self.company.id, "kind": step.kind,
                "state": "done", "not_before": now, "due_at": now, "expires_at": now,
                "done_at": now - timedelta(minutes=minutes), **values,
            }
        )  # fmt: skip

    def mailed(self, subject="We miss you", minutes=0, status="sent", **trace):
        """A mail that Ann got, and Odoo's records of it."""
        number = len(self.part.act_ids)
        act = self.act(subject, minutes=minutes, person_id=self.ann.id,
                       message_id=f"<{number}@example.com>")  # fmt: skip
        act.mailing_id = self.env["mailing.mailing"].create(
            {"subject": f"Raw: {subject}", "cx_step_id": act.step_id.id,
             "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        )  # fmt: skip
        act.trace_id = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": self.ann.id, "trace_status": status, **trace}
        )
        self.env["mail.message"].create(
            {"model": "res.partner", "res_id": self.ann.id, "message_type": "auto_comment",
             "subject": f"Ann, {subject}", "message_id": act.message_id}
        )  # fmt: skip
        return act

    def items(self, user=None, **arguments):
        self.env.flush_all()
        self.env.invalidate_all()
        firm = self.firm.with_user(user or self.rep)
        return firm.cx_timeline(**{"kinds": ["campaign"], **arguments})["items"]

    def test_a_mail_and_what_the_customer_did_with_it(self):
        now = fields.Datetime.now()
        self.mailed("sent", 4)
        self.mailed("opened", 3, "open")
        self.mailed("clicked", 2, "open", links_click_datetime=now)
        self.mailed("replied", 1, "reply")
        self.mailed("back", 0, "bounce")
        marks = [[mark["code"] for mark in item["marks"]] for item in self.items()]
        self.assertEqual(
            marks, [["bounced"], ["opened", "replied"], ["opened", "clicked"], ["opened"], []]
        )
        item = self.items()[-1]
        self.assertEqual(item["title"], "Ann, sent", "as it was sent")
        self.assertEqual((item["by"], item["contact"], item["text"]), ("Wake up", "Ann", ""))
        self.env["mail.message"].search([("message_id", "=like", "%@example.com>")]).unlink()
        self.assertEqual(self.items()[-1]["title"], "Raw: sent")

    def test_activities(self):
        step = self.step(self.work_of, name="Call", activity_summary="Ask how it goes")
        self.act(step=step, outcome="done")
        [item] = self.items()
        self.assertEqual(item["title"], "Planned: Ask how it goes")
        self.assertEqual([mark["label"] for mark in item["marks"]], ["Done"])

    def test_what_was_not_done_says_why(self):
        self.act("Hello", state="skipped", reason="bought", minutes=3)
        self.act("Call", kind="activity", state="skipped", reason="no_assignee", minutes=2)
        self.act("Hello again", state="refused", reason="refused", minutes=1)
        self.act("Last word", state="uncertain", reason="unknown_fate")
        self.assertEqual(
            [(item["title"], item["text"]) for item in self.items()],
            [
                ("Last word", "The mail server did not tell whether it took the message"),
                ("Not sent: Hello again", "The mail server refused it"),
                ("Not planned: Call", "Nobody to assign it to"),
                ("Not sent: Hello", "Bought again"),
            ],
        )
        self.assertEqual(self.items()[0]["marks"][0]["code"], "uncertain")

    def test_what_says_nothing_of_the_customer_is_left_out(self):
        self.act("Branch", state="skipped", reason="condition")
        self.act("Waits", state="waiting", done_at=False)
        self.act("Pause", kind="wait")
        self.assertEqual(self.items(), [])

    def test_a_click_tells_why(self):
        act = self.mailed()
        target = self.items()[0]["open"]
        self.assertEqual((target["model"], target["method"], target["ids"]),
                         ("cx.campaign.act", "action_why", act.ids))  # fmt: skip
        action = act.with_user(self.rep).action_why()
        self.assertEqual(self.env["cx.campaign.why"].browse(action["res_id"]).run_id, self.part)

    def test_beside_everything_else(self):
        self.mailed()
        kinds = {item["kind"] for item in self.items(kinds=None)}
        self.assertEqual(kinds, {"campaign", "purchase", "stage"})
        answer = self.firm.with_user(self.rep).cx_timeline()
        self.assertIn("campaign", [kind["code"] for kind in answer["kinds"]])

    def test_pages(self):
        acts = [self.mailed(minutes=number) for number in range(5)]
        first = self.firm.with_user(self.rep).cx_timeline(["campaign"], limit=3)
        rest = self.firm.with_user(self.rep).cx_timeline(["campaign"], first["more"], 3)
        found = [item["id"] for item in first["items"] + rest["items"]]
        self.assertEqual(found, [act.id for act in acts])
        self.assertFalse(rest["more"])

    def test_queries_do_not_grow_with_the_acts(self):
        counts = []
        for number in (1, 1, 12):  # the first time fills caches
            for _ in range(number):
                self.mailed(status="open")
            self.env.flush_all()
            self.env.invalidate_all()
            firm = self.firm.with_user(self.rep)
            before = self.env.cr.sql_log_count
            firm.cx_timeline(["campaign"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_whose_acts_one_may_read(self):
        self.mailed()
        other = new_test_user(self.env, "acts_other", SELLER)
        with self.assertRaises(AccessError):
            self.items(other)
        self.env["ir.rule"].create(
            {
                "name": "No acts", "model_id": self.env["ir.model"]._get_id("cx.campaign.act"),
                "domain_force": [("id", "=", 0)],
            }
        )  # fmt: skip
        self.assertEqual(self.items(), [])
