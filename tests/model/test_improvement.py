"""Improvement actions: before and after, counted by hand; their owners; who may do what."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

START = 40  # days ago; 41 days are looked at on each side


class ImprovementCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "mend_marketer", "cx_lifecycle.group_marketer")
        cls.phone = cls.env.ref("cx_lifecycle.channel_phone")
        cls.complains = cls.env.ref("cx_lifecycle.interaction_complains")
        cls.Improvement = cls.env["cx.improvement"].with_user(cls.marketer)

    @classmethod
    def improvement(cls, **values):
        return cls.Improvement.create(
            {
                "name": "Call back within a day", "channel_id": cls.phone.id,
                "interaction_id": cls.complains.id, "date_from": ago(START), "state": "running",
                **values,
            }
        )  # fmt: skip

    @classmethod
    def complains_on(cls, customer, days, satisfaction=None, channel="phone"):
        values = {} if satisfaction is None else {"satisfaction": satisfaction}
        return cls.env["cx.touchpoint"].log(
            customer.partner_id.id, channel, "complains", at=f"{ago(days)} 12:00:00", **values
        )


class TestBeforeAndAfter(ImprovementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # each usually buys every ten days: the median of nobody else counts much after ten gaps
        days = range(200, 90, -10)
        cls.policy.median_gap = 10
        names = ("back", "gone", "later", "soon")
        cls.back, cls.gone, cls.later, cls.soon = (
            cls.buy(cls.partner(name), *days, *extra)
            for name, extra in zip(names, ((55,), (), (25,), ()), strict=True)
        )
        for customer in (cls.back, cls.gone, cls.later, cls.soon):
            customer.flush_recordset()
        cls.env.cr.execute("UPDATE cx_customer SET usual_interval = 10")
        cls.env.invalidate_all()
        # before: who came on its last days is not seen long enough, as after; the second one of
        # the same customer counts as an answer, not as a customer
        cls.complains_on(cls.back, 60, 2)
        cls.complains_on(cls.back, 50, 4)
        cls.complains_on(cls.gone, 45, 3)
        cls.complains_on(cls.gone, START + 42, 9)  # too early
        cls.complains_on(cls.gone, 44, 9, channel="email")  # another cell
        # after; the interval of the last one is not over
        cls.complains_on(cls.later, 30, 8)
        cls.complains_on(cls.gone, START, 6)
        cls.complains_on(cls.soon, 3)

    def test_counted_by_hand(self):
        improvement = self.improvement()
        improvement.action_measure()
        found = improvement.figures
        self.assertEqual(found["days"], START + 1)
        self.assertEqual(
            found["before"], {"rated": 3, "mean": 3.0, "due": 1, "back": 1}
        )  # fmt: skip
        self.assertEqual(found["after"], {"rated": 2, "mean": 7.0, "due": 2, "back": 1})
        value, low, high = found["satisfaction"]
        self.assertEqual(value, 4.0)
        self.assertTrue(low < 4 < high)
        self.assertEqual(found["repurchase"][0], -0.5)
        self.assertEqual(improvement.measured_on, TODAY)
        self.assertIn("Satisfaction: 3.0 before (3 answers), 7.0 after (2).", improvement.text)
        improvement.target = 7
        self.assertIn("The target of 7.0 is reached", improvement.text)
        improvement.target = 7.5
        self.assertIn("The target of 7.5 is not reached", improvement.text)
        self.assertIn("100 % of 1 customers before, 50 % of 2 after", improvement.text)
        self.assertIn("No difference shown", improvement.text)
        self.assertIn("without a comparison group", improvement.text)

    def test_both_sides_are_seen_for_as_long(self):
        """Who seldom buys cannot be in the side after yet, so must not be in the one before."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cx_customer SET usual_interval = 60 WHERE id = %s", [self.back.id]
        )
        self.env.invalidate_all()
        improvement = self.improvement()
        improvement.action_measure()
        self.assertEqual(improvement.figures["before"]["due"], 0)

    def test_days_are_the_companys(self):
        self.company.partner_id.tz = "Pacific/Auckland"  # ahead of UTC
        self.env["cx.touchpoint"].log(
            self.gone.partner_id.id, "phone", "complains", at=f"{ago(START + 1)} 20:00:00",
            satisfaction=7,
        )  # fmt: skip
        improvement = self.improvement(date_to=ago(START))
        improvement.action_measure()
        self.assertEqual(improvement.figures["before"]["rated"], 0)
        self.assertEqual(improvement.figures["after"]["mean"], 7.0)
        action = improvement.with_context(cx_side="after").action_touchpoints()
        listed = self.env["cx.touchpoint"].search(action["domain"])
        self.assertEqual(listed.mapped("satisfaction"), [7.0])

    def test_an_end_makes_both_sides_shorter(self):
        improvement = self.improvement(date_to=ago(START - 9))
        improvement.action_measure()
        self.assertEqual(improvement.figures["days"], 10)
        self.assertEqual(improvement.figures["before"]["rated"], 2)
        self.assertEqual(improvement.figures["after"]["rated"], 1)

    def test_its_numbers_open_their_lists(self):
        improvement = self.improvement()
        improvement.action_measure()
        for side, number in (("before", 3), ("after", 3)):
            action = improvement.with_context(cx_side=side).action_touchpoints()
            self.assertEqual(self.env["cx.touchpoint"].search_count(action["domain"]), number)

    def test_measured_by_night_as_long_as_it_can_change(self):
        running, planned, old = (
            self.improvement(**values)
            for values in ({}, {"state": "planned"}, {"date_from": ago(900)})
        )
        self.env["cx.improvement"]._measure_running()
        self.assertEqual(running.measured_on, TODAY)
        self.assertFalse(planned.measured_on)
        self.assertFalse(old.measured_on)

    @mute_logger("odoo.addons.cx_lifecycle.models.cx_improvement_figures")
    def test_one_that_breaks_stops_no_other(self):
        broken, whole = self.improvement(name="Broken"), self.improvement()
        measure = type(whole)._measure

        def breaks(improvements):
            measure(improvements)
            if broken in improvements:
                raise ValueError("Broken")

        self.patch(type(whole), "_measure", breaks)
        commits = []
        self.patch(type(self.env["ir.cron"]), "_commit_progress",
                   lambda *_, **__: commits.append(whole.measured_on) or 100)  # fmt: skip
        self.env["cx.evidence.run"]._cron_measure()
        self.assertEqual(whole.measured_on, TODAY)
        self.assertFalse(broken.measured_on)
        self.assertEqual(commits[0], TODAY, "what breaks afterwards does not undo it")

    def test_figures_of_other_touchpoints_are_none(self):
        improvement = self.improvement()
        improvement.action_measure()
        improvement.expected = "Fewer complaints"
        self.assertTrue(improvement.figures)
        improvement.date_from = ago(START - 5)
        self.assertFalse(improvement.figures)
        self.assertFalse(improvement.measured_on)
        self.assertEqual(improvement.text, "Nothing is measured yet.")

    def test_nobody_writes_the_figures(self):
        improvement = self.improvement()
        for values in ({"figures": {"days": 1}}, {"measured_on": TODAY}):
            with self.assertRaisesRegex(UserError, "only measuring"):
                improvement.write(values)
            with self.assertRaisesRegex(UserError, "only measuring"):
                self.improvement(**values)
        forged = self.Improvement.with_context(default_figures={"days": 1}).create(
            {"name": "Forged", "channel_id": self.phone.id}
        )
        self.assertFalse(forged.figures)

    def test_nothing_yet(self):
        coming = self.improvement(date_from=TODAY + timedelta(3), state="planned")
        self.assertEqual(coming.text, "Nothing is measured yet.")
        with self.assertRaisesRegex(UserError, "Start"):
            coming.action_measure()
        empty = self.improvement(interaction_id=self.env.ref("cx_lifecycle.interaction_asks").id)
        empty.action_measure()
        self.assertIn("0 answers before, 0 after", empty.text)
        self.assertIn("too few whose interval is over", empty.text)

    def test_another_company_counts_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        improvement = self.env["cx.improvement"].create(
            {"name": "Theirs", "company_id": other.id, "user_id": False,
             "channel_id": self.phone.id, "date_from": ago(START)}
        )  # fmt: skip
        improvement._measure()
        self.assertEqual(improvement.figures["before"]["rated"], 0)
        self.assertFalse(self.Improvement.search([("name", "=", "Theirs")]))


class TestOwners(ImprovementCase):
    def test_the_owner_is_asked(self):
        improvement = self.improvement(user_id=self.marketer.id, state="planned")
        activity = improvement.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (self.marketer, ago(START)))
        other = new_test_user(self.env, "mend_other", "cx_lifecycle.group_marketer")
        improvement.user_id = other
        self.assertEqual(improvement.activity_ids.user_id, other)
        improvement.state = "done"
        self.assertFalse(improvement.activity_ids)
        self.assertFalse(self.improvement(user_id=False).activity_ids)

    @mute_logger("odoo.sql_db")
    def test_what_cannot_be(self):
        with self.assertRaisesRegex(ValidationError, "Touchpoints"):
            self.improvement(channel_id=False, interaction_id=False)
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.improvement(date_to=ago(START + 1))
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.improvement(target=11)

    def test_reps_read(self):
        rep = new_test_user(self.env, "mend_rep", "sales_team.group_sale_salesman")
        improvement = self.improvement().with_user(rep)
        self.assertIn("Nothing", improvement.text)
        with self.assertRaises(AccessError):
            improvement.action_measure()
        with self.assertRaises(AccessError):
            improvement.state = "done"
