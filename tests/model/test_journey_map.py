"""The journey map: each figure against its list, whose touchpoints count, and what is not known."""

from datetime import datetime, time, timedelta

import pytz
from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models import cx_journey_map

SINCE = ago(200)


class MapCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Map = cls.env["cx.journey.map"]
        cls.Touchpoint = cls.env["cx.touchpoint"]
        cls.env["cx.touchpoint.source"].search([]).active = False
        cls.ada = cls.customer("Ada")

    @classmethod
    def customer(cls, name, **values):
        partner = cls.partner(name, **values)
        cls.refresh(partner)
        return cls.of(partner)

    @classmethod
    def word(cls, kind, code):
        return cls.env.ref(f"cx_lifecycle.{kind}_{code}")

    @classmethod
    def touch(cls, customer=None, days=10, channel="phone", interaction="complains", **values):
        """A contact by hand; ``at`` counts before ``days``. ``delay`` is in hours."""
        delay = values.pop("delay", None)
        touchpoint = cls.Touchpoint.create(
            {
                "customer_id": (customer or cls.ada).id,
                "channel_id": cls.word("channel", channel).id,
                "interaction_id": cls.word("interaction", interaction).id,
                "at": values.pop("at", datetime.combine(ago(days), time(12))),
                **values,
            }
        )
        if delay is not None:
            cls.env.cr.execute(
                "UPDATE cx_touchpoint SET delay_hours = %s WHERE id = %s", (delay, touchpoint.id)
            )
            touchpoint.invalidate_recordset()
        return touchpoint

    def stay(self, customer, stage, days, before="active", **values):
        """A stay that began so many days ago; it ends the one before, of today there is none."""
        self.env.cr.execute(
            "DELETE FROM cx_episode WHERE customer_id = %s AND entered_on > %s",
            (customer.id, ago(days)),
        )
        self.env.cr.execute(
            "UPDATE cx_episode SET left_on = %s WHERE customer_id = %s AND left_on IS NULL",
            (ago(days), customer.id),
        )
        self.env["cx.episode"].invalidate_model()
        return self.env["cx.episode"].create(
            {
                "customer_id": customer.id, "company_id": customer.company_id.id,
                "stage_id": self.word("stage", stage).id,
                "previous_stage_id": self.word("stage", before).id,
                "entered_on": ago(days), "reason": "silence", **values,
            }
        )  # fmt: skip

    def figures(self, domain=None, since=SINCE, until=None, user=None, **values):
        journey = self.Map.with_user(user) if user else self.Map
        figures = journey.figures(domain, since and str(since), until and str(until), **values)
        self.assertListed(figures, user)
        return figures

    def cells(self, figures):
        totals = (*figures["row_totals"].values(), *figures["col_totals"].values())
        return [*figures["cells"].values(), *totals, figures["total"]]

    def assertListed(self, figures, user=None):
        """Every number has a list of as many rows, and every mean is that of its list."""
        for cell in self.cells(figures):
            for name, wanted in cell["lists"].items():
                model = self.env[wanted["model"]].with_user(user or self.env.user)
                self.assertEqual(model.search_count(wanted["domain"]), cell[name], name)
            for mean, field, name in (
                ("satisfaction", "satisfaction", "rated"),
                ("delay", "delay_hours", "answered"),
            ):
                model = self.env["cx.touchpoint"].with_user(user or self.env.user)
                values = model.search(cell["lists"][name]["domain"]).mapped(field)
                if cell[mean] is None:
                    self.assertFalse(values)
                else:
                    self.assertAlmostEqual(cell[mean], sum(values) / len(values))

    def cell(self, figures, channel="phone", step="after_sales"):
        channel, step = self.word("channel", channel), self.word("step", step)
        return figures["cells"].get(f"{channel.id}|{step.id}")


class TestFigures(MapCase):
    def test_nothing_yet(self):
        figures = self.figures()
        self.assertEqual(figures["rows"], [])
        self.assertEqual(figures["cells"], {})
        codes = [col["code"] for col in figures["cols"]]
        self.assertEqual(
            codes, ["search", "selection", "purchase", "use", "after_sales", "renewal"]
        )
        self.assertEqual(figures["total"]["volume"], 0)
        self.assertIsNone(figures["total"]["satisfaction"])
        self.assertIsNone(figures["total"]["left_share"])

    def test_bands_and_moments(self):
        cols = {col["code"]: col for col in self.figures()["cols"]}
        self.assertEqual(
            [col["phase"] for col in cols.values()], ["before", "before", "during", *3 * ["after"]]
        )
        self.assertEqual(cols["search"]["band"], "Before")
        moments = {code: col["moment"] and col["moment"]["label"] for code, col in cols.items()}
        self.assertEqual(
            moments,
            {"search": "ZMOT", "selection": "FMOT", "purchase": None, "use": "SMOT",
             "after_sales": None, "renewal": "TMOT"},
        )  # fmt: skip
        for col in cols.values():
            if col["moment"]:
                self.assertEqual(len(col["moment"]["help"].splitlines()), 2)

    def test_volume_and_totals(self):
        self.touch()
        self.touch(days=20)
        self.touch(channel="email")
        self.touch(interaction="buys")
        self.touch(days=300)
        figures = self.figures()
        self.assertEqual(self.cell(figures)["volume"], 2)
        self.assertEqual(self.cell(figures, "email")["volume"], 1)
        self.assertEqual(self.cell(figures, step="purchase")["volume"], 1)
        self.assertIsNone(self.cell(figures, "email", "purchase"))
        self.assertEqual(figures["total"]["volume"], 4)
        self.assertEqual({row["code"] for row in figures["rows"]}, {"phone", "email"})
        phone = figures["row_totals"][str(self.word("channel", "phone").id)]
        self.assertEqual(phone["volume"], 3)

    def test_unknown_satisfaction_is_not_zero(self):
        self.touch()
        self.assertIsNone(self.cell(self.figures())["satisfaction"])
        self.touch(satisfaction=0)
        self.touch(satisfaction=8)
        cell = self.cell(self.figures())
        self.assertEqual((cell["volume"], cell["rated"]), (3, 2))
        self.assertEqual(cell["satisfaction"], 4)
        self.assertTrue(cell["few"])
        for _number in range(3):
            self.touch(satisfaction=4)
        self.assertFalse(self.cell(self.figures())["few"])

    def test_curve_is_the_mean_of_each_step(self):
        self.touch(satisfaction=2)
        self.touch(channel="email", satisfaction=5)
        self.touch(interaction="buys", satisfaction=9)
        figures = self.figures()
        codes = {col["key"]: col["code"] for col in figures["cols"]}
        curve = {codes[point["key"]]: (point["satisfaction"], point["rated"])
                 for point in figures["curve"]}  # fmt: skip
        self.assertEqual(curve["after_sales"], (3.5, 2))
        self.assertEqual(curve["purchase"], (9, 1))
        self.assertEqual(curve["use"], (None, 0))
        self.assertEqual([point["key"] for point in figures["curve"]],
                         [col["key"] for col in figures["cols"]])  # fmt: skip

    def test_limits_are_the_companys(self):
        self.touch(satisfaction=6.96)
        self.assertEqual(self.cell(self.figures())["tone"], "good")
        self.company.cx_satisfaction_good = 8
        self.assertEqual(self.cell(self.figures())["tone"], "fair")
        self.company.write({"cx_satisfaction_good": 9, "cx_satisfaction_fair": 8})
        self.assertEqual(self.cell(self.figures())["tone"], "bad")
        self.assertEqual(self.figures()["limits"], {"good": 9, "fair": 8})
        for good, fair in ((11, 5), (7, -1), (4, 5)):
            with self.assertRaisesRegex(ValidationError, "Good From"):
                self.company.write({"cx_satisfaction_good": good, "cx_satisfaction_fair": fair})
                self.env.flush_all()

    def test_trends(self):
        for score in (2, 3, 2, 3, 2, 3):
            self.touch(days=150, satisfaction=score)
        for score in (8, 9, 8, 9):
            self.touch(days=20, satisfaction=score)
        self.assertIsNone(self.cell(self.figures())["trend"], "four answers say nothing")
        self.touch(days=20, satisfaction=8)
        cell = self.cell(self.figures())
        self.assertEqual((cell["trend"], cell["volume_trend"]), ("up", "same"))
        for _number in range(30):
            self.touch(days=20)
        self.assertEqual(self.cell(self.figures())["volume_trend"], "up")

    def test_delays_against_targets(self):
        phone, complains = self.word("channel", "phone"), self.word("interaction", "complains")
        kinds = self.env["cx.touchpoint.kind"]
        common = {"channel_id": phone.id, "interaction_id": complains.id}
        kinds.create({**common, "target_hours": 100})
        kinds.create({**common, "target_hours": 4, "company_id": self.company.id})
        self.touch()
        for delay in (0, 2, 10):
            self.touch(delay=delay)
        self.touch(channel="email", delay=7)
        figures = self.figures()
        cell = self.cell(figures)
        self.assertEqual((cell["answered"], cell["delay"]), (3, 4))
        self.assertEqual((cell["targeted"], cell["target"]), (3, 4))
        self.assertEqual(cell["in_time"], 2)
        self.assertAlmostEqual(cell["in_time_share"], 2 / 3)
        email = self.cell(figures, "email")
        self.assertEqual((email["delay"], email["target"], email["in_time_share"]), (7, None, None))
        total = figures["total"]
        self.assertEqual((total["answered"], total["targeted"]), (4, 3))
        answers = self.Touchpoint.search([("answer", "!=", False)], order="id").mapped("answer")
        self.assertEqual(answers, ["in_time", "in_time", "late", "untargeted"])

    def test_archived_words_count(self):
        self.touch()
        self.word("channel", "phone").active = False
        self.word("step", "after_sales").active = False
        self.word("step", "search").active = False
        figures = self.figures()
        self.assertEqual(self.cell(figures)["volume"], 1)
        self.assertEqual(figures["rows"][0]["label"], "Phone (archived)")
        codes = [col["code"] for col in figures["cols"]]
        self.assertIn("after_sales", codes)
        self.assertNotIn("search", codes)


class TestLeft(MapCase):
    def setUp(self):
        super().setUp()
        self.policy.median_gap = 30
        self.ada.usual_interval = 20

    def leaves(self, customer, days, stage="dormant", **values):
        self.stay(customer, "active", days + 100, before="new")
        return self.stay(customer, stage, days, **values)

    def after(self, **values):
        touchpoint = self.touch(**values)
        return touchpoint.left_after

    def test_left_within_one_usual_interval(self):
        self.leaves(self.ada, 50)
        self.assertEqual(self.after(days=71), "stayed", "a day before the interval")
        self.assertEqual(self.after(days=70), "left")
        self.assertEqual(self.after(days=51), "left")
        self.assertEqual(self.after(days=50), "stayed", "left in the night before")
        self.assertEqual(self.after(days=21), "stayed")
        self.assertEqual(self.after(days=20), "open", "today may still tell")
        cell = self.cell(self.figures())
        self.assertEqual((cell["volume"], cell["followed"], cell["left"]), (6, 5, 2))
        self.assertEqual(cell["left_share"], 2 / 5)

    def test_interval_not_over_is_not_counted_even_of_who_left(self):
        self.leaves(self.ada, 5)
        self.assertEqual(self.after(days=15), "open")
        self.assertEqual(self.after(days=22), "left")

    def test_lost_counts_and_other_moves_do_not(self):
        lost, rules, back = (self.customer(name) for name in ("Lost", "Rules", "Back"))
        (lost | rules | back).usual_interval = 20
        self.leaves(lost, 50, "lost")
        self.leaves(rules, 50, silent=True)
        self.stay(back, "dormant", 90, before="prospect")
        self.stay(back, "lost", 50, before="dormant")
        words = [self.after(customer=customer, days=60) for customer in (lost, rules, back)]
        self.assertEqual(words, ["left", "stayed", "stayed"])
        self.assertEqual(self.cell(self.figures())["left"], 1)

    def test_without_an_interval_the_companys_counts(self):
        self.ada.usual_interval = 0
        self.leaves(self.ada, 50)
        self.assertEqual(self.after(days=80), "left")
        self.assertEqual(self.after(days=81), "stayed")
        self.assertEqual(self.after(days=30), "open")
        self.figures()

    def test_left_twice_counts_once(self):
        self.ada.usual_interval = 60
        self.leaves(self.ada, 90)
        self.stay(self.ada, "active", 80, before="dormant")
        self.stay(self.ada, "dormant", 70)
        self.touch(days=100)
        self.assertEqual(self.cell(self.figures())["left"], 1)

    def test_leaving_after_the_period_counts(self):
        self.leaves(self.ada, 50)
        self.touch(days=60)
        cell = self.cell(self.figures(until=ago(55)))
        self.assertEqual((cell["followed"], cell["left"]), (1, 1))

    def test_blocks_together_are_the_whole(self):
        self.leaves(self.ada, 50)
        for days in (60, 60, 100, 5):
            self.touch(days=days, satisfaction=7)
        whole = self.cell(self.figures())
        parts = [self.cell(self.Map.figures(None, str(SINCE), blocks=[name]))
                 for name in ("contacts", "left")]  # fmt: skip
        self.assertEqual({**parts[0], **parts[1]},
                         {name: value for name, value in whole.items()
                          if name not in ("followed", "left_share")})  # fmt: skip
        self.assertEqual((whole["open"], whole["left"], whole["left_share"]), (1, 2, 2 / 3))
        with self.assertRaisesRegex(UserError, "Blocks"):
            self.Map.figures(blocks=["weather"])


class TestWhose(MapCase):
    def test_edges_of_the_period_are_the_companys_days(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        zone = pytz.timezone("Pacific/Auckland")
        first = zone.localize(datetime.combine(ago(30), time())).astimezone(pytz.utc)
        first = first.replace(tzinfo=None)
        last = zone.localize(datetime.combine(ago(9), time())).astimezone(pytz.utc)
        last = last.replace(tzinfo=None)
        second = timedelta(seconds=1)
        for moment in (first - second, first, last - second, last):
            self.touch(at=moment)
        figures = self.figures(since=ago(30), until=ago(10))
        self.assertEqual(figures["total"]["volume"], 2)

    def test_default_period(self):
        figures = self.figures(since=None)
        self.assertEqual(figures["since"], str((TODAY.replace(day=1) - timedelta(days=330))
                                               .replace(day=1)))  # fmt: skip
        self.assertEqual(figures["until"], figures["today"])
        with self.assertRaisesRegex(UserError, "Period"):
            self.Map.figures(None, "2026-02-01", "2026-01-01")

    def test_conditions_on_customers_and_touchpoints(self):
        ben = self.customer("Ben")
        self.touch()
        self.touch(ben)
        self.touch(ben, channel="email")
        domain = [("customer_id.partner_id.name", "=", "Ben")]
        self.assertEqual(self.figures(domain)["total"]["volume"], 2)
        stage = [("customer_id.stage_id", "=", ben.stage_id.id)]
        self.assertEqual(self.figures(stage)["total"]["volume"], 3)
        self.assertEqual(self.figures([("channel_id.code", "=", "email")])["total"]["volume"], 1)
        self.assertEqual(self.figures(customer_id=ben.id)["total"]["volume"], 2)
        self.assertEqual(self.figures([("partner_id", "=", ben.partner_id.id)])["total"]["volume"],
                         2)  # fmt: skip
        with self.assertRaisesRegex(UserError, "Filter"):
            self.Map.figures([("nothing", "=", 1)])

    def test_a_rep_sees_the_own_customers(self):
        rep = new_test_user(self.env, "map_rep", "sales_team.group_sale_salesman")
        other = new_test_user(self.env, "map_other", "sales_team.group_sale_salesman")
        mine = self.customer("Mine", user_id=rep.id)
        theirs = self.customer("Theirs", user_id=other.id)
        for customer in (mine, theirs, self.ada):
            self.leave(customer)
            self.touch(customer, days=60, satisfaction=3, note="Too late", delay=2)
        figures = self.figures(user=rep)
        self.assertEqual((figures["total"]["volume"], figures["total"]["left"]), (2, 2))
        marketer = new_test_user(self.env, "map_marketer", "cx_lifecycle.group_marketer")
        self.assertEqual(self.figures(user=marketer)["total"]["left"], 3)
        with self.assertRaises(AccessError):
            self.Map.with_user(rep).figures(customer_id=theirs.id)
        said = self.Map.with_user(rep).comments(since=str(SINCE))
        self.assertEqual({comment["customer"] for comment in said}, {"Mine", "Ada"})
        for group in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, group, group)
            with self.assertRaises(AccessError):
                self.Map.with_user(user).figures()
            with self.assertRaises(AccessError):
                self.Map.with_user(user).comments()

    def test_a_rep_of_many_customers(self):
        rep = new_test_user(self.env, "map_many", "sales_team.group_sale_salesman")
        other = new_test_user(self.env, "map_others", "sales_team.group_sale_salesman")
        for name, user in (("Mine", rep), ("Archived", rep), ("Theirs", other)):
            customer = self.customer(name, user_id=user.id)
            self.leave(customer)
            self.touch(customer, days=60)
            self.touch(customer, days=1)
            customer.partner_id.active = name != "Archived"
        few = self.figures(user=rep)["total"]
        self.assertEqual((few["volume"], few["open"], few["left"]), (4, 2, 2))
        self.patch(cx_journey_map, "FEW", 1)
        many = self.figures(user=rep)["total"]
        self.assertEqual((many["volume"], many["open"], many["left"]), (4, 2, 2))
        searched = self.figures([("channel_id.code", "=", "phone")])["total"]
        self.assertEqual((searched["volume"], searched["open"], searched["left"]), (6, 3, 3))

    def leave(self, customer):
        customer.usual_interval = 20
        self.stay(customer, "active", 150, before="new")
        self.stay(customer, "dormant", 50)

    def test_another_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.partner("Cleo")
        self.refresh(partner, company=other)
        cleo = self.of(partner, other)
        self.touch(cleo)
        self.touch()
        self.env.user.company_ids |= other
        self.assertEqual(self.figures()["total"]["volume"], 1)
        elsewhere = self.Map.with_company(other).figures(None, str(SINCE))
        self.assertEqual(elsewhere["total"]["volume"], 1)
        self.assertEqual(elsewhere["company"], "Elsewhere")

    def test_the_worst_comments(self):
        for score, note in ((9, "Fine"), (1, "Broken"), (4, "Late"), (0, None), (2, "Rude")):
            self.touch(satisfaction=score, note=note)
        self.touch(note="Not rated")
        self.touch(channel="email", satisfaction=0, note="By mail")
        phone, step = self.word("channel", "phone"), self.word("step", "after_sales")
        said = self.Map.comments(
            since=str(SINCE), channel_id=phone.id, step_id=step.id, customer_id=self.ada.id
        )
        self.assertEqual([comment["note"] for comment in said], ["Broken", "Rude", "Late"])
        self.assertEqual(said[0]["satisfaction"], 1)
        self.assertEqual(said[0]["customer"], "Ada")

    def test_what_is_done_to_mend_a_cell(self):
        phone, step = self.word("channel", "phone"), self.word("step", "after_sales")
        complains = self.env.ref("cx_lifecycle.interaction_complains")
        cells = {
            "Call back": {"channel_id": phone.id, "interaction_id": complains.id},
            "Whole step": {"step_id": step.id},
            "Other channel": {"channel_id": self.word("channel", "email").id},
            "Dropped": {"channel_id": phone.id, "state": "dropped"},
            "Another step": {"interaction_id": self.env.ref("cx_lifecycle.interaction_buys").id},
        }
        for name, values in cells.items():
            self.env["cx.improvement"].create({"name": name, **values})
        told = lambda **cell: {one["name"] for one in self.Map.improvements(**cell)}  # noqa: E731
        self.assertEqual(told(channel_id=phone.id, step_id=step.id), {"Call back", "Whole step"})
        self.assertEqual(told(step_id=step.id), {"Call back", "Whole step", "Other channel"})
        self.assertEqual(told(), set(cells) - {"Dropped"})
        self.assertEqual(self.Map.improvements(phone.id, step.id)[0]["owner"], self.env.user.name)

    def test_statements_do_not_grow_with_cells(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Map.figures(None, str(SINCE))
            return self.env.cr.sql_log_count - before

        self.touch()
        count()
        few = count()
        for channel in ("email", "shop", "website"):
            for interaction in ("complains", "buys", "asks"):
                self.touch(channel=channel, interaction=interaction)
        self.assertEqual(count(), few)
        self.assertLess(few, 25)
