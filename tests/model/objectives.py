"""What tests of objectives need: customers with a history made by hand, and objectives on it."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.tests import new_test_user

REP = "sales_team.group_sale_salesman"


class ObjectiveCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = {s.code: s for s in cls.env["cx.stage"].search([])}
        cls.marketer = new_test_user(
            cls.env, "goal_marketer", "cx_lifecycle.group_marketer", name="Mara"
        )
        cls.rep = new_test_user(cls.env, "goal_rep", REP, name="Ruth")
        cls.other = new_test_user(cls.env, "goal_other", REP, name="Remy")

    @classmethod
    def lived(cls, *stays, worth=10.0, company=None, silent=(), **values):
        """A customer who entered stages so many days ago: ("new", 40), ("active", 10)."""
        company = company or cls.company
        partner = cls.env["res.partner"].create({"name": "Somebody", **values})
        last, since = stays[-1]
        customer = cls.Customer.create(
            {
                "partner_id": partner.id, "company_id": company.id,
                "currency_id": company.currency_id.id, "stage_id": cls.stage[last].id,
                "stage_since": ago(since),
            }
        )  # fmt: skip
        before = None
        ends = [days for _code, days in stays[1:]] + [None]
        for place, ((code, days), end) in enumerate(zip(stays, ends, strict=True)):
            cls.env["cx.episode"].create(
                {
                    "customer_id": customer.id, "company_id": company.id,
                    "currency_id": company.currency_id.id, "stage_id": cls.stage[code].id,
                    "previous_stage_id": before and cls.stage[before].id, "entered_on": ago(days),
                    "left_on": end is not None and ago(end), "reason": "purchase",
                    "worth": worth, "silent": place in silent,
                }
            )  # fmt: skip
            before = code
        return customer

    def objective(self, measure="new", user=None, **values):
        """An objective as a marketer makes it, from 59 days ago to 40 days ahead: a hundred."""
        return (
            self.env["cx.objective"]
            .with_user(user or self.marketer)
            .create(
                {
                    "measure": measure, "target": 10, "date_from": ago(59),
                    "date_to": TODAY + timedelta(days=40), **values,
                }
            )
        )  # fmt: skip

    def assertListed(self, objective, heads=None):
        """The list is as long as the number; what it is is checked too when given."""
        action = objective.action_actual()
        length = objective.env[action["res_model"]].search_count(action["domain"])
        self.assertEqual(length, objective.actual_heads, objective.name)
        if heads is not None:
            self.assertEqual(objective.actual_heads, heads, objective.name)
