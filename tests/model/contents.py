"""What tests of contents and letters need: a campaign with a step, and acts ready to be sent."""

from model.common import TODAY, LifecycleCase

from odoo import fields
from odoo.tests import new_test_user

LINKS = {
    "one_click": "https://shop.example/u/{}",
    "preferences": "https://shop.example/p/{}",
    "pixel": "https://shop.example/o/{}.gif",
}


class ContentCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.marketer = new_test_user(
            cls.env, "content_marketer", "cx_lifecycle.group_marketer", email="marie@shop.example"
        )
        cls.rep = new_test_user(
            cls.env, "content_rep", "sales_team.group_sale_salesman", email="rita@shop.example"
        )
        cls.rep.partner_id.write({"name": "Rita Rep", "phone": "+32 2 123"})
        cls.campaign = (
            cls.env["cx.campaign"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "Wake up",
                    "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id,
                    "email_from": '"The Shop" <hello@shop.example>',
                }
            )
        )
        cls.Act = cls.env["cx.campaign.act"]
        cls.step = cls.new_step()
        cls.numbers = iter(range(1000))

    def setUp(self):
        super().setUp()

        # signed links are made elsewhere
        def links(acts, act_id, email):
            return {name: url.format(act_id) for name, url in LINKS.items()}

        act = type(self.env["cx.campaign.act"])
        if hasattr(act, "_links"):
            self.patch(act, "_links", links)
        else:
            act._links = links
            self.addCleanup(delattr, act, "_links")

    def all_languages(self, step):
        """The contents of a step in each installed language, as they begin."""
        for code, _name in self.env["res.lang"].get_installed():
            step.env["mailing.mailing"].create({"cx_step_id": step.id, "cx_lang": code})
        return step.mailing_ids

    @classmethod
    def new_step(cls, **values):
        return cls.env["cx.campaign.step"].create(
            {"campaign_id": cls.campaign.id, "name": "First letter", **values}
        )

    @classmethod
    def content(cls, body="<p>Hello</p>", lang="en_US", step=None, user=None, **values):
        """A content, as the marketer (or another user) writes it."""
        return (
            cls.env["mailing.mailing"]
            .with_user(user or cls.marketer)
            .create(
                {
                    "cx_step_id": (step or cls.step).id,
                    "cx_lang": lang,
                    "subject": "News",
                    "body_html": body,
                    **values,
                }
            )
        )

    @classmethod
    def customer(cls, name="Ada", days=10, **values):
        """A customer with an address who bought so many days ago."""
        values = {"email": f"{name.lower()}@home.example", "user_id": cls.rep.id, **values}
        return cls.buy(cls.partner(name, **values), days)

    @classmethod
    def act(cls, customer, mailing, person=None, email=None):
        """An act ready to become a letter: recipient, address, content and trace are known."""
        person = person or customer.partner_id
        now = fields.Datetime.now()
        shared = {"campaign_id": cls.campaign.id, "company_id": customer.company_id.id}
        run = cls.env["cx.campaign.run"].create(
            {
                **shared,
                "customer_id": customer.id,
                "entry_key": f"request:{next(cls.numbers)}",
                "arm": "treated",
                "state": "running",
                "entered_at": now,
                "ends_on": TODAY,
            }
        )
        email = email or person.email_normalized
        trace = cls.env["mailing.trace"].create(
            {
                "model": "res.partner",
                "res_id": person.id,
                "email": email,
                "mass_mailing_id": mailing.id,
            }
        )
        return cls.env["cx.campaign.act"].create(
            {
                **shared,
                "run_id": run.id,
                "step_id": mailing.cx_step_id.id,
                "customer_id": customer.id,
                "kind": mailing.cx_step_id.kind,
                "state": "claimed",
                "not_before": now,
                "due_at": now,
                "expires_at": now,
                "person_id": person.id,
                "email": email,
                "mailing_id": mailing.id,
                "trace_id": trace.id,
                "message_id": f"<act.{next(cls.numbers)}@shop.example>",
            }
        )

    def letter(self, body, customer=None, **values):
        """The letter of one customer from a body, or why there is none."""
        act = self.act(customer or self.customer(), self.content(body, **values))
        return act._letters()[act.id]

    def codes(self, html):
        return self.env["link.tracker.code"].search([("link_id.mass_mailing_id", "!=", False)])
