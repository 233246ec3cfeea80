"""What every tour needs: customers who are late, on time or gone, of two reps."""

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user

LATE = range(55, 355, 30)  # ten purchases, one every 30 days, the last 55 days ago
ON_TIME = range(5, 305, 30)
DORMANT = range(100, 400, 30)
CAMPAIGNS = "/odoo/lifecycle-campaigns"


class TourCase(HttpCase):
    """Five customers of two reps, made by nothing but confirmed orders of the past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cx.first.run"]._of(cls.env.company)._accept()
        seller = "sales_team.group_sale_salesman"
        cls.rep = new_test_user(cls.env, "tour_rep", groups=seller, name="Tour Rep")
        other = new_test_user(cls.env, "tour_other", groups=seller, name="Tour Colleague")
        cls.product = cls.env["product.product"].create({"name": "Tour", "type": "service"})
        cls.alpha = cls.customer("Alpha Tours", cls.rep, LATE, 500, phone="+32229034900")
        cls.beta = cls.customer("Beta Tours", cls.rep, LATE, 100)
        cls.gamma = cls.customer("Gamma Tours", other, LATE, 900)
        cls.delta = cls.customer("Delta Tours", cls.rep, ON_TIME, 300)
        cls.epsilon = cls.customer("Epsilon Tours", cls.rep, DORMANT, 2)

    def unaccepted(self):
        """The first steps as they are once the background has read the past."""
        first = self.env["cx.first.run"]._of(self.env.company)
        first._take_back()
        first.sudo().write({"sources_at": False, "reviewed_at": False, "reviewed": 0})
        self.env["cx.purchase.source"].search([]).check_on = False
        with self.enter_registry_test_mode():
            self.env.ref("cx_lifecycle.cron_pass").method_direct_trigger()
        self.assertFalse(self.delta.partner_id.cx_stage_id)
        return first

    def assertAccepted(self, first):
        first.invalidate_recordset()
        admin = self.env.ref("base.user_admin")
        self.assertEqual(first.sources_user_id | first.accepted_user_id, admin)
        self.assertGreaterEqual(first.reviewed, 5)
        self.assertEqual(self.delta.partner_id.with_user(self.rep).cx_stage_id.code, "active")

    @classmethod
    def customer(cls, name, rep, days_ago, price, **values):
        """A contact that bought once on each of these days; its customer record."""
        partner = cls.env["res.partner"].create({"name": name, "user_id": rep.id, **values})
        now = fields.Datetime.now().replace(hour=12)
        line = {"product_id": cls.product.id, "product_uom_qty": 1, "price_unit": price}
        cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": rep.id,
                    "state": "sale",
                    "date_order": fields.Datetime.subtract(now, days=days),
                    "order_line": [Command.create(line)],
                }
                for days in days_ago
            ]
        )
        cls.env.flush_all()
        return partner.cx_customer_id

    def in_french(self, user):
        """A user who reads French, with the words of our addons."""
        self.env["res.lang"]._activate_lang("fr_FR")
        ours = self.env["ir.module.module"].search([("name", "=like", "cx_lifecycle%")])
        ours._update_translations(["fr_FR"])
        user.lang = "fr_FR"

    def eventful(self):
        """The address of a customer who wrote, and for whom a call is planned."""
        partner = self.epsilon.partner_id.with_user(self.rep)
        partner.message_post(body="The parcel came late", message_type="comment")
        partner.activity_schedule("mail.mail_activity_data_call", summary="Ask about spring")
        return f"/odoo/res.partner/{partner.id}"


class MarketerCase(TourCase):
    """Besides, a marketer, who makes campaigns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "tour_marketer", "cx_lifecycle.group_marketer", name="Tour Marketer",
            email="marie@example.com",
        )  # fmt: skip

    @classmethod
    def draft(cls, name, **values):
        """A campaign; unless said otherwise, for those of ours who are dormant."""
        return cls.env["cx.campaign"].with_user(cls.marketer).create(
            {
                "name": name, "entry": "in_stage", "members": "both", "holdout_share": 0,
                "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id,
                "domain": "[('name', 'like', 'Tours')]", "email_from": "care@example.com", **values,
            }
        )  # fmt: skip

    @classmethod
    def step(cls, campaign, **values):
        return cls.env["cx.campaign.step"].with_user(cls.marketer).create(
            {"campaign_id": campaign.id, **values}
        )  # fmt: skip

    def tour(self, name, url=CAMPAIGNS, login="tour_marketer"):
        self.start_tour(url, name, login=login)
        self.env.invalidate_all()
