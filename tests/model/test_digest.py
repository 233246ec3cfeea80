"""What Odoo's digest mails say of customers: as the portfolio does, and as the reader may see."""

from datetime import datetime, timedelta

from model.common import LifecycleCase, ago

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

KPIS = ("kpi_cx_new", "kpi_cx_quiet", "kpi_cx_won_back", "kpi_cx_balance")
# days on which they buy; each moves in the last week, or in the one before
LIVES = {
    "Fresh": (3,),
    "Fresher": (0,),  # today: the next mail tells
    "Fresh yesterday": (1,),
    "Last week's": (10,),
    "Back": (800, 780, 760, 740, 5),
    "Regular": tuple(range(500, 0, -10)),
    "Quiet": tuple(range(385, 80, -30)),
}


class TestDigest(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(cls.env, "digest_boss", "cx_lifecycle.group_marketer")
        cls.rep = new_test_user(cls.env, "digest_rep", "sales_team.group_sale_salesman")
        cls.clerk = new_test_user(cls.env, "digest_clerk", "base.group_user")
        partners = cls.env["res.partner"].create([{"name": name} for name in LIVES])
        partners.user_id = cls.boss
        (partners[0] | partners[-1]).user_id = cls.rep
        for partner, days in zip(partners, LIVES.values(), strict=True):
            for number in days:
                cls.order(partner.with_context(cx_no_refresh=True), ago(number))
        cls.refresh(partners, rebuilt=True)
        # whose silence became too long two days ago
        cls.move(cls.of(partners[-1]), "dormant", ago(2))
        cls.digest = cls.env["digest.digest"].create(
            {"name": "Ours", "periodicity": "weekly", **dict.fromkeys(KPIS, True)}
        )

    @classmethod
    def move(cls, customer, movement, day):
        """Let a movement of the past have been on a day."""
        stay = customer.episode_ids.filtered(lambda stay: stay.movement == movement)
        (
            customer.episode_ids.filtered(lambda before: before.left_on == stay.entered_on)
        ).left_on = day
        stay.entered_on = day

    def said(self, user):
        """{KPI: values in the columns of the last day, week and month} of ours."""
        return {
            kpi["kpi_name"]: tuple(kpi[f"kpi_col{column}"]["value"] for column in (1, 2, 3))
            for kpi in self.digest._compute_kpis(self.company, user)
            if kpi["kpi_name"] in KPIS
        }

    def test_a_day_a_week_and_a_month(self):
        self.assertEqual(
            self.said(self.boss),
            {
                "kpi_cx_new": (1, 2, 3),
                "kpi_cx_quiet": (0, 1, 1),
                "kpi_cx_won_back": (0, 1, 1),
                "kpi_cx_balance": (1, 2, 3),
            },
        )

    def test_each_period_has_the_figures_of_the_portfolio(self):
        portfolio = self.env["cx.portfolio"].with_user(self.boss)
        found = self.said(self.boss)
        for column, days in enumerate((1, 7)):
            total = portfolio.figures([], ago(days), ago(1), ["balance"])["balance"]["total"]
            moves = total["moves"]
            expected = (
                moves["new"]["customers"],
                moves["dormant"]["customers"] + moves["lost"]["customers"],
                moves["won_back"]["customers"],
                total["net"]["customers"],
            )
            self.assertEqual(tuple(found[kpi][column] for kpi in KPIS), expected)

    def test_a_rep_gets_what_happened_to_the_reps_customers(self):
        self.said(self.boss)  # who is told first does not matter
        self.assertEqual(
            self.said(self.rep),
            {
                "kpi_cx_new": (0, 1, 1),
                "kpi_cx_quiet": (0, 1, 1),
                "kpi_cx_won_back": (0, 0, 0),
                "kpi_cx_balance": (0, 0, 0),
            },
        )

    def test_who_sees_no_stages_gets_none_of_it(self):
        self.assertFalse(self.said(self.clerk))
        with self.assertRaises(AccessError):
            self.digest.with_user(self.clerk).kpi_cx_new_value  # noqa: B018
        self.env["cx.first.run"]._of(self.company)._take_back()
        self.assertFalse(self.said(self.boss))

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.boss.company_ids |= other
        self.accept(other)
        now = datetime.now()
        for company, new in ((self.company, 2), (other, 0)):
            self.digest.company_id = company
            digest = self.digest.with_user(self.boss).with_context(
                start_datetime=now - timedelta(days=7), end_datetime=now,
                allowed_company_ids=[company.id],
            )  # fmt: skip
            self.assertEqual(digest.kpi_cx_new_value, new)

    def test_the_mail(self):
        before = self.env["mail.mail"].search([])
        self.digest._action_send_to_user(self.boss)
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.email_to, self.boss.email_formatted)
        for label in ("New Customers", "Customers Who Went Quiet", "Customers Who Came Back"):
            self.assertIn(label, mail.body_html)
        self.assertIn("/odoo/action-cx_lifecycle.action_quiet", mail.body_html)

    def test_the_digest_that_everybody_gets_says_who_went_quiet_and_came_back(self):
        usual = self.env.ref("digest.digest_digest_default")
        self.assertTrue(usual.kpi_cx_quiet and usual.kpi_cx_won_back)
        self.assertFalse(usual.kpi_cx_new or usual.kpi_cx_balance)
