"""A marketer sets an objective and looks who was counted; a rep reads the own ones."""

from browser.common import TourCase

from odoo import fields
from odoo.tests import new_test_user, tagged

OBJECTIVES = "/odoo/lifecycle-objectives"


class ObjectiveTours(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "tour_goals", "cx_lifecycle.group_marketer", name="Tour Marketer"
        )
        cls.today = fields.Date.context_today(cls.env.user)


@tagged("post_install", "-at_install")
class TestMarketersObjectives(ObjectiveTours):
    browser_size = "1400x900"

    def test_set_one_and_see_who_counts(self):
        self.start_tour(OBJECTIVES, "cx_objective", login="tour_goals")
        first, second = self.env["cx.objective"].search([], order="date_from")
        self.assertEqual((first.target, first.budget, first.author_id), (8, 900, self.marketer))
        self.assertFalse(first.own_name)
        self.assertEqual(fields.Date.add(first.date_to, days=1), second.date_from)

    def test_note_what_was_spent_and_what_one_cost(self):
        self.start_tour("/odoo/lifecycle-spending", "cx_spending", login="tour_goals")
        spending = self.env["cx.spending"].search([])
        self.assertEqual((spending.amount, spending.purpose), (800, "new"))
        self.start_tour("/odoo/lifecycle-costs", "cx_costs", login="tour_goals")


@tagged("post_install", "-at_install")
class TestRepsPhone(ObjectiveTours):
    browser_size = "390x844"
    touch_enabled = True

    def test_read_the_own_ones(self):
        colleague = self.gamma.partner_id.user_id
        for values in ({"user_id": self.rep.id}, {"user_id": colleague.id}, {}):
            self.env["cx.objective"].create(
                {
                    "measure": "new", "target": 3, **values,
                    "date_from": fields.Date.subtract(self.today, days=350),
                    "date_to": fields.Date.add(self.today, days=30),
                }
            )  # fmt: skip
        self.start_tour(OBJECTIVES, "cx_objective_phone", login="tour_rep")
