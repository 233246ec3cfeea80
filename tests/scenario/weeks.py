"""Random shops and campaigns, and a machine that lives through some weeks, moment by moment."""

import random
from datetime import datetime, timedelta

from model.campaigns import SinkCase
from model.clock import Clock

from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models.scopes import ids_scope
from odoo.addons.cx_lifecycle_mail.engine import plan
from odoo.addons.cx_lifecycle_mail.models.cx_campaign_step import MAILS

# a Thursday; clocks change in America on the 14th, in Europe on the 28th
START = datetime(2032, 3, 4, 9)
ZONES = ("Europe/Paris", "Asia/Tokyo", "America/New_York", "Australia/Sydney", False)
CITIES = ("Lyon", "Lille", "Nice")


class WeeksCase(SinkCase):
    """``self.shop(seed)`` makes a company's customers and campaigns, ``self.live()`` the weeks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.config_parameter"].set_param("cx_lifecycle_mail.gap_hours", 0)
        cls.leader = new_test_user(cls.env, "weeks_lead", "sales_team.group_sale_salesman")
        cls.reps = [
            new_test_user(cls.env, f"weeks_{n}", "sales_team.group_sale_salesman", tz="UTC")
            for n in range(2)
        ]
        cls.env["crm.team"].create(
            {"name": "Weeks", "user_id": cls.leader.id, "member_ids": [(6, 0, cls.reps[0].ids)]}
        )
        cls.roles = cls.env["cx.buyer.role"].search([], limit=2)

    def setUp(self):
        super().setUp()
        self.clock = Clock(self.env, START)
        self.clock.__enter__()
        self.addCleanup(self.clock.__exit__)

    # -------------------------------------------------------------------- shop
    def shop(self, seed, people=40):
        self.dice = random.Random(seed)
        dice = self.dice
        calendar = self.env["resource.calendar"].create({"name": "Weekdays", "tz": "Europe/Paris"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday", "calendar_id": calendar.id, "resource_id": False,
                "date_from": "2032-03-18 00:00:00", "date_to": "2032-03-19 22:59:59",
            }
        )  # fmt: skip
        self.company.partner_id.tz = dice.choice(("Europe/Paris", "America/New_York"))
        self.company.write(
            {
                "cx_mail_cap": dice.choice((0, 1, 1, 2)), "cx_mail_cap_days": dice.choice((3, 7)),
                "cx_call_cap": dice.choice((0, 1, 1, 2)), "cx_call_cap_days": dice.choice((3, 7)),
                "cx_quiet_from": dice.choice((0, 20, 18.5)), "cx_quiet_to": dice.choice((0, 8)),
                "cx_calendar_id": dice.choice((False, calendar.id)), "cx_holdout_share": 0.05,
                "cx_survey_gap_days": seed % 3 * 5,
            }
        )  # fmt: skip
        self.partners = self.env["res.partner"].create(
            [self._contact(number) for number in range(people)]
        )
        self._past()
        self.others = [self._campaign(f"Other {n}") for n in range(dice.choice((0, 1, 2, 2)))]
        self._unwilling()

    def _contact(self, number):
        dice = self.dice
        return {
            "name": f"Person {number}",
            "email": dice.choice((f"p{number}@example.com",) * 8 + ("same@example.com", False)),
            "tz": dice.choice(ZONES), "lang": dice.choice(("en_US", "fr_FR")),
            "user_id": dice.choice([rep.id for rep in self.reps] + [False]),
            "city": dice.choice(CITIES),
            "country_id": self.env.ref(dice.choice(("base.fr", "base.jp"))).id,
        }  # fmt: skip

    def _past(self):
        """Purchases, every month, until so many days ago."""
        dice, values = self.dice, []
        for partner in self.partners:
            last, gap = dice.choice((3, 20, 45, 60, 80, 100, 200)), dice.choice((20, 30, 45))
            for number in range(dice.choice((1, 2, 5, 6))):
                day = START - timedelta(days=last + number * gap + number % 3)
                line = {"product_id": self.product.id, "price_unit": 10, "tax_ids": False}
                values.append(
                    {"partner_id": partner.id, "company_id": self.company.id, "state": "sale",
                     "date_order": day, "order_line": [(0, 0, line)]}
                )  # fmt: skip
        self.env["sale.order"].with_context(cx_no_refresh=True).create(values)
        # the first night learns the rhythm, and moves days; what follows goes by it
        for rebuilt in (True, False):
            self.Customer._refresh(self.company, ids_scope(self.partners.ids), rebuilt=rebuilt)
            self._night()
        people = self.env["res.partner"].create(
            [{"name": f"Holder {n}", "email": f"holder{n}@example.com"} for n in range(3)]
        )
        for partner in dice.sample(list(self.partners), len(self.partners) // 3):
            self.env["cx.seat"].create(
                {
                    "account_id": partner.id, "role_id": dice.choice(self.roles.ids),
                    "partner_id": dice.choice(people.ids), "company_id": self.company.id,
                }
            )  # fmt: skip

    def _unwilling(self):
        """Some who do not want to hear of it, of some topic, for ever or for a while."""
        dice = self.dice
        topic = self.env["cx.topic"].search([], limit=1)
        for partner in dice.sample(list(self.partners.filtered("email")), 6):
            what = dice.choice(("block", "topic", "pause", "keep_out"))
            if what == "block":
                self.env["mail.blacklist"]._add(partner.email)
            elif what == "keep_out":
                self.of(partner).sudo().no_campaigns_until = START.date() + timedelta(days=90)
            else:
                self.env["cx.topic.optout"].create(
                    {
                        "email": partner.email_normalized, "company_id": self.company.id,
                        "topic_id": topic.id if what == "topic" else False,
                        "until": False if what == "topic" else "2032-09-01",
                    }
                )  # fmt: skip

    # --------------------------------------------------------------- campaigns
    def _campaign(self, name, **values):
        dice = self.dice
        topic = self.env["cx.topic"].search([], limit=1)
        values = {
            "name": name, "members": "both", "sequence": dice.choice((5, 10, 20)),
            "exclusive": dice.random() < 0.1,
            "legal_basis": "service" if dice.random() < 0.15 else "customer",
            "holdout_share": dice.choice((0, 0.2)), "max_days": dice.choice((10, 30, 90)),
            "stop_stage": dice.random() < 0.5, "stop_deal": dice.random() < 0.3,
            "topic_id": dice.choice((False, topic.id)), "email_from": "shop@example.com",
            "end_on": dice.choice((False,) * 8 + (START.date() + timedelta(days=24),)),
            "domain": dice.choice(("[]",) * 3 + ("[('city', '!=', 'Nice')]",)),
            **dice.choice(
                ({"entry": "becomes", "stage": "dormant"}, {"entry": "becomes", "stage": "active"},
                 {"entry": "in_stage", "stage": "dormant", "stage_days": 10},
                 {"entry": "going_quiet", "quiet_days": 9})
            ), **values,
        }  # fmt: skip
        campaign = self.campaign(steps=[], **values)
        self._steps(campaign)
        return campaign

    def _steps(self, campaign):
        dice, made = self.dice, []
        for number in range(dice.choice((3, 4, 5, 6))):
            parent = dice.choice(made) if made and dice.random() < 0.8 else None
            step = self.step(campaign, parent, **self._step(number, parent))
            made.append(step)
            if step.kind == "mail" and number % 3 == 1:  # some mails ask for an opinion
                survey = self.env.ref("cx_lifecycle_mail.survey_hot")
                step.write({"kind": "survey", "survey_id": survey.id})
            if step.kind in MAILS:
                for lang in dice.choice((("en_US", "fr_FR"), ("en_US",))):
                    self.env["mailing.mailing"].create(
                        {"cx_step_id": step.id, "cx_lang": lang, "subject": f"Mail {number}",
                         "body_arch": "<p>Hello</p>", "body_html": "<p>Hello</p>"}
                    )  # fmt: skip

    def _step(self, number, parent):
        dice = self.dice
        kind = dice.choice(("mail",) * 10 + ("activity",) * 8 + ("wait", "tag") * 2 + ("stop",))
        values = {
            "name": f"Step {number}", "kind": kind, "sequence": dice.choice((10, 20)),
            "delay": dice.choice((0, 0, 1, 2, 5, 9)), "validity": dice.choice((1, 3, 7, 7, 20)),
            "delay_unit": dice.choice(("hours", "days", "days")),
        }  # fmt: skip
        if dice.random() < 0.2:
            values["weekday"] = str(dice.randrange(7))
        if dice.random() < 0.3:
            values["hour"] = str(dice.choice((9, 9, 10, 10, 15, 15, 17, 2, 22)))
        if dice.random() < 0.2:
            values["domain"] = "[('city', '=', 'Lyon')]"
        if dice.random() < 0.15:
            field = dice.choice(("dormant_on", "last_purchase_on", "next_purchase_on"))
            values["date_field_id"] = self.env["ir.model.fields"]._get("cx.customer", field).id
            values["date_days"] = dice.choice((-3, 0, 10, 60))
        if parent:
            triggers = ["done", "done", "ended", "else"]
            if parent.kind in MAILS:
                triggers += ["not_opened", "not_clicked", "not_replied", "opened"]
            elif parent.kind == "activity":
                triggers += ["activity_overdue", "activity_overdue", "activity_done"]
            values["trigger"] = dice.choice(triggers)
        values |= {
            "mail": lambda: dice.choice(
                ({}, {}, {}, {}, {"recipient": "role", "role_id": dice.choice(self.roles.ids)})),
            "activity": lambda: {
                "assignee": dice.choice(("salesperson", "leader", "user")),
                "assignee_id": dice.choice((False, self.caller.id)),
                "activity_days": dice.choice((0, 3)),
            },
            "tag": lambda: {"tag_ids": self.env["res.partner.category"].create({"name": "T"}).ids},
        }.get(kind, dict)()  # fmt: skip
        return values

    # -------------------------------------------------------------------- life
    def live(self, until):
        """Each moment at which something is due, and each midnight of the company."""
        self._now()
        while True:
            self.env.cr.execute(
                "SELECT min(a.due_at) FROM cx_campaign_act a JOIN cx_campaign g"
                " ON g.id = a.campaign_id WHERE a.state = 'waiting' AND g.state = 'running'"
            )
            [due] = self.env.cr.fetchone()
            zone = plan.zone(self.company.partner_id.tz)
            tomorrow = plan.local(self.clock.now, zone).date() + timedelta(days=1)
            midnight = plan.begins(tomorrow, zone)
            moment = min(filter(None, (due, midnight)))
            if moment > until:
                return
            self.clock.to(max(moment, self.clock.now))
            if moment == midnight:
                self._night()
            self._now()

    def _night(self):
        run = self.env["cx.run"].create({"company_id": self.company.id, "kind": "night"})
        run._night(self.env["cx.policy"]._of(self.company))
        self.assertFalse(run.errors)

    def _now(self):
        """All that the jobs do at this moment."""
        for _round in range(6):
            self.work()
            self.env.flush_all()
            if not any(self.Act._count_due((kind,)) for kind in (*MAILS, "activity", "tag", "wait",
                                                                  "stop")):  # fmt: skip
                return
        self.fail("there is always something left to do")
