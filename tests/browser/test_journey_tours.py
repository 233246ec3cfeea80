"""Where does it hurt: the journey map, from a red cell to what people said and who they are."""

from datetime import timedelta

from browser.common import TourCase
from browser.test_portfolio import PortfolioCase

from odoo import fields
from odoo.tests import tagged

MAP = "/odoo/journey-map"


class Complaints(TourCase):
    """Three customers complained by phone twice each, one of them left afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cx.touchpoint.source"].search([]).active = False
        cls.env["cx.touchpoint"].search([]).unlink()
        # Epsilon left 25 days after these, and usually buys every 36; that is over by now
        gone = cls.epsilon.episode_ids.filtered(lambda stay: stay.movement == "dormant")
        first = (fields.Date.today() - gone[:1].entered_on).days + 25
        for customer, days in ((cls.epsilon, first), (cls.alpha, 120), (cls.gamma, 120)):
            for number in range(2):
                cls.touch(customer, days + number, "complains", satisfaction=2)
        cls.touch(cls.delta, 100, "buys", "shop", satisfaction=9)

    @classmethod
    def touch(cls, customer, days, interaction, channel="phone", **values):
        cls.env["cx.touchpoint"].create(
            {
                "customer_id": customer.id,
                "channel_id": cls.env.ref(f"cx_lifecycle.channel_{channel}").id,
                "interaction_id": cls.env.ref(f"cx_lifecycle.interaction_{interaction}").id,
                "at": fields.Datetime.now() - timedelta(days=days),
                "note": "Nobody called back",
                **values,
            }
        )


class JourneyCase(Complaints, PortfolioCase):
    """What the tours of the map need."""


@tagged("post_install", "-at_install")
class TestJourney(JourneyCase):
    browser_size = "1400x900"

    def test_where_does_it_hurt(self):
        self.tour("cx_journey_hurts", url=MAP)

    def test_where_does_it_hurt_in_french(self):
        self.in_french(self.marketer)
        self.tour("cx_journey_hurts_fr", url=MAP)

    def test_the_journey_of_one_customer(self):
        self.tour(
            "cx_journey_of_one", login="tour_rep",
            url=f"/odoo/res.partner/{self.epsilon.partner_id.id}",
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestJourneyOnPhone(JourneyCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_rep_reads_and_opens(self):
        self.tour("cx_journey_phone", login="tour_rep", url=MAP)
