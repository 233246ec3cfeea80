"""What every test of the lifecycle needs: a company that sells, and a way to buy from it."""

import itertools
from datetime import date, timedelta

from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.scopes import ids_scope

TODAY = date.today()


def ago(days):
    """The day so many days before today."""
    return TODAY - timedelta(days=days)


class LifecycleCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.policy = cls.env["cx.policy"]._of(cls.company)
        cls.accept(cls.company)
        cls.product = cls.env["product.product"].create(
            {"name": "Thing", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        cls.Customer = cls.env["cx.customer"]
        cls.Source = cls.env["cx.purchase.source"]

    @classmethod
    def accept(cls, company):
        """Let the reps of a company see its stages, as an administrator does at the end."""
        cls.env["cx.first.run"]._of(company)._accept()

    @classmethod
    def partner(cls, name="Ada", **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def quotation(cls, partner, amount=100.0, company=None, **values):
        return partner.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "order_line": [
                    (0, 0, {"product_id": cls.product.id, "price_unit": amount, "tax_ids": False})
                ],
                **values,
            }
        )

    @classmethod
    def order(cls, partner, day=TODAY, amount=100.0, company=None, **values):
        """A confirmed order of that day."""
        order = cls.quotation(partner, amount, company, **values)
        order.write({"state": "sale", "date_order": f"{day} 12:00:00"})
        return order

    @classmethod
    def buy(cls, partner, *days, amount=100.0, company=None):
        """Confirmed orders so many days ago each; the customer they make."""
        for number in days:
            cls.order(partner, ago(number), amount, company)
        return cls.of(partner, company)

    @classmethod
    def of(cls, partner, company=None):
        """The customer a partner is."""
        return cls.Customer.with_context(active_test=False).search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def refresh(cls, partners, on=None, company=None, **options):
        """Evaluate some partners as the night would."""
        cls.Customer._refresh(company or cls.company, ids_scope(partners.ids), on, **options)

    @classmethod
    def night(cls, as_of=None):
        """A whole night, as of a day; the run that tells what it did."""
        run = cls.env["cx.run"].create(
            {"company_id": cls.company.id, "kind": "night", "as_of": as_of}
        )
        run._night(cls.env["cx.policy"]._of(cls.company))
        return run

    @classmethod
    def rule(cls, policy=None, **values):
        """Write rules into a policy, published or not, as if they had always been so."""
        policy = policy or cls.policy
        state, policy.state = policy.state, "draft"
        policy.write(values)
        policy.state = state

    def draft(self, user=None, **values):
        """A draft as an administrator (``self.admin``, or another) begins it, with changes."""
        action = self.policy.with_user(user or self.admin).action_new_version()
        draft = self.env["cx.policy"].with_user(user or self.admin).browse(action["res_id"])
        if values:
            draft.write(values)
        return draft

    def publish(self, draft, announce=False):
        """Publish a draft and look at everybody, as the background job does."""
        # what the installation asked for would be done along with it
        self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
        run = draft.sudo()._publish(announce)
        run._pass()
        self.policy = self.env["cx.policy"]._of(draft.company_id)
        return run

    def setUp(self):
        super().setUp()
        # commits are not for tests; one test of the night runs the real job
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_, **__: 100.0)

    def stages(self, customer):
        """The customer's history as (stage code, first day, day left) from old to new."""
        return [
            (e.stage_id.code, e.entered_on, e.left_on)
            for e in customer.episode_ids.sorted(lambda e: (e.entered_on, e.id))
        ]

    def assertStage(self, customer, code, reason=None):
        self.assertEqual(customer.stage_id.code, code)
        if reason:
            self.assertEqual(customer.reason, reason)

    def assertLedger(self, customers):
        """Every customer's history is without gap or overlap, and ends in the present stage."""
        for customer in customers:
            episodes = customer.episode_ids.sorted(lambda e: (e.entered_on, e.id))
            for before, after in itertools.pairwise(episodes):
                self.assertEqual(before.left_on, after.entered_on)
                self.assertEqual(after.previous_stage_id, before.stage_id)
            self.assertFalse(episodes[-1].left_on)
            self.assertEqual(episodes[-1].stage_id, customer.stage_id)

    def rows(self, query, *values):
        self.env.flush_all()
        return self.env.execute_query(SQL(query, *values))
