"""A shop whose customers leave and buy by known causes, written straight into the tables."""

import random
from datetime import timedelta

from model.common import LifecycleCase, ago

from odoo.tools import SQL

GAP, HORIZON, DAYS = (
    40,
    80,
    12,
)  # days: the median interval, the horizon, and how many are looked at
LOOKED_AT = [ago(HORIZON * place) for place in range(DAYS, 0, -1)]


class ShopCase(LifecycleCase):
    """Customers with purchases, stays, signs and touchpoints; `life` tells the causes."""

    people = 700
    seed = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draw = random.Random(cls.seed)
        cls.policy.median_gap = GAP
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(cls.people)]
        )
        cls.refresh(cls.partners)
        cls.ids = dict(
            cls.env["cx.customer"]
            .search([("partner_id", "in", cls.partners.ids)])
            .mapped(lambda customer: (customer.partner_id.id, customer.id))
        )
        cls.stages = cls.env["cx.stage"]._ids_by_code()
        cls.signs = {code: cls.sign(code) for code in ("cause", "silent", "rare")}
        cls.purchases, cls.stays, cls.spells, cls.touchpoints = [], [], [], []
        for partner in cls.partners.ids:
            cls.life(partner, cls.ids[partner])
        cls.write()

    @classmethod
    def sign(cls, code):
        """A kind of sign; by SQL, so that nobody begins to look for it."""
        cls.env.cr.execute(
            "INSERT INTO cx_warning_kind (code, name, active, sequence, basis, fact_model, domain,"
            " number, within_days, lasts_days, threshold) VALUES (%s, %s, true, 99, 'fact',"
            " 'cx.customer', '[]', 1, 1, 1, 1) RETURNING id",
            [code, f'{{"en_US": "{code}"}}'],
        )
        return cls.env["cx.warning.kind"].browse(cls.env.cr.fetchone()[0])

    @classmethod
    def life(cls, partner, customer):
        """One customer's past; others override it."""
        draw = cls.draw
        bought, end = LOOKED_AT[0] - timedelta(draw.randrange(1, 2 * GAP)), None
        days = [bought - timedelta(draw.randrange(20, 60)), bought]
        for day in LOOKED_AT:
            while days[-1] <= day:  # the last of these is the next purchase after the day
                days.append(days[-1] + timedelta(round(draw.uniform(0.3, 1.7) * GAP) + 1))
            silence = (day - days[-2]).days / GAP
            has = cls.happens(customer, day, silence)
            # silence makes leaving likelier by itself, so that what goes with it looks guilty
            risk = (0.03 + 0.1 * silence) * (2.5 if "cause" in has else 1.0)
            risk *= 2.0 if "unhappy" in has else 1.0
            if draw.random() < risk:
                end = day + timedelta(draw.randrange(1, HORIZON + 1))
                break
            if "bonus" in has and draw.random() < 0.6:
                days[-1] = min(days[-1], day + timedelta(draw.randrange(1, 10)))
        cls.purchases += [(partner, day) for day in days if day <= (end or ago(0))]
        cls.stays.append((customer, days[0], end))

    @classmethod
    def happens(cls, customer, day, silence):
        """What a customer has when a day is looked at: names of signs and touchpoints."""
        draw, has = cls.draw, set()
        chances = {"cause": 0.12, "silent": 0.03 + 0.3 * silence, "rare": 0.002}
        for code, chance in chances.items():
            if draw.random() < chance:
                has.add(code)
                cls.spells.append((code, customer, day - timedelta(3), day + timedelta(2)))
        for name, chance in (("bonus", 0.2), ("nothing", 0.2)):
            if draw.random() < chance:
                has.add(name)
                score = draw.randrange(7, 11)
                cls.touchpoints.append((name, customer, day - timedelta(draw.randrange(9)), score))
        if draw.random() < 0.2:
            score = draw.choice((2, 3, 4, 8))
            has |= {"unhappy"} if score < 5 else set()
            cls.touchpoints.append(("complaint", customer, day - timedelta(2), score))
        return has

    # ----------------------------------------------------------------- tables
    @classmethod
    def write(cls):
        cr, company = cls.env.cr, cls.company
        cls.env.flush_all()
        customers = list(cls.ids.values())
        cr.execute("DELETE FROM cx_episode WHERE customer_id = ANY(%s)", [customers])
        living, dormant = cls.stages["active"], cls.stages["dormant"]
        rows = []
        for customer, first, end in cls.stays:
            rows.append((customer, company.id, living, None, first, end, "purchase"))
            if end:
                rows.append((customer, company.id, dormant, living, end, None, "silence"))
        cr.execute_values(
            "INSERT INTO cx_episode (customer_id, company_id, stage_id, previous_stage_id,"
            " entered_on, left_on, reason) VALUES %s",
            rows,
        )
        cr.execute(
            "UPDATE cx_customer c SET stage_id = e.stage_id, usual_interval = %s FROM cx_episode e"
            " WHERE e.customer_id = c.id AND e.left_on IS NULL AND c.id = ANY(%s)",
            [GAP, customers],
        )
        cr.execute_values(
            "INSERT INTO cx_warning (kind_id, customer_id, company_id, began_on, ended_on)"
            " VALUES %s",
            [
                (cls.signs[code].id, customer, company.id, began, ended)
                for code, customer, began, ended in cls.spells
            ],
        )
        channel = cls.env.ref("cx_lifecycle.channel_phone")
        cls.kinds = {
            "bonus": cls.env.ref("cx_lifecycle.interaction_asks"),
            "nothing": cls.env.ref("cx_lifecycle.interaction_tries"),
            "complaint": cls.env.ref("cx_lifecycle.interaction_complains"),
        }
        cr.execute_values(
            "INSERT INTO cx_touchpoint (customer_id, company_id, at, channel_id, interaction_id,"
            " step_id, begun_by, rated, satisfaction) VALUES %s",
            [
                (customer, company.id, f"{day} 09:00:00", channel.id, cls.kinds[name].id,
                 cls.kinds[name].step_id.id, "customer", True, score)
                for name, customer, day, score in cls.touchpoints
            ],
        )  # fmt: skip
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        test = self

        def stage(self, company):
            cr = self.env.cr
            cr.execute("DROP TABLE IF EXISTS cx_day")
            cr.execute("CREATE TEMPORARY TABLE cx_day (partner_id int, day date, amount numeric)")
            if company == test.company:
                # not by the numbers themselves: each run would be another shop
                first = min(test.ids)
                rows = [
                    (partner, day, 50 + (partner - first) % 7) for partner, day in test.purchases
                ]
                cr.execute_values("INSERT INTO cx_day VALUES %s", rows)
            return SQL("SELECT partner_id, day, amount FROM cx_day")

        self.patch(type(self.env["cx.run"]), "_stage_days", stage)

    def measure(self, company=None):
        """A measuring from beginning to end."""
        Run = self.env["cx.evidence.run"]
        Run._request(company or self.company)
        run = Run.search([("state", "=", "waiting")], limit=1)
        self.assertTrue(run._go_on())
        return run

    def evidence(self, question, sign=None, touchpoint=None, unhappy=False):
        domain = [("company_id", "=", self.company.id), ("question", "=", question)]
        if sign:
            domain.append(("kind_id", "=", self.signs[sign].id))
        else:
            interaction = self.kinds[touchpoint].id
            domain += [("interaction_id", "=", interaction), ("unhappy", "=", unhappy)]
        return self.env["cx.evidence"].search(domain)
