"""Where do we leak: the portfolio, from its sentence to the people behind each number."""

from browser.common import TourCase

from odoo.tests import new_test_user, tagged

PORTFOLIO = "/odoo/lifecycle-portfolio"


class PortfolioCase(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "cx_lifecycle.group_marketer,sales_team.group_sale_salesman_all_leads"
        cls.marketer = new_test_user(cls.env, "tour_marketer", groups, name="Tour Marketer")

    def tour(self, name, login="tour_marketer", url=PORTFOLIO):
        self.start_tour(url, name, login=login)


@tagged("post_install", "-at_install")
class TestPortfolio(PortfolioCase):
    browser_size = "1400x900"

    def test_where_do_we_leak(self):
        self.tour("cx_portfolio_leak")

    def test_where_do_we_leak_in_french(self):
        self.in_french(self.marketer)
        self.tour("cx_portfolio_leak_fr")

    def test_a_rep_sees_the_own_customers(self):
        self.tour("cx_portfolio_rep", login="tour_rep")

    def test_stage_changes_as_a_matrix(self):
        self.tour("cx_matrix_of_changes", url="/odoo/stage-changes")


@tagged("post_install", "-at_install")
class TestPortfolioOnPhone(PortfolioCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_read_and_open(self):
        self.tour("cx_portfolio_phone")
