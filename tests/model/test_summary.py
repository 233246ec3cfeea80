"""The monthly summary: the figures of the screen, once a month, to who asked for it."""

from datetime import date, timedelta

from freezegun import freeze_time
from lxml import html
from model.common import TODAY, LifecycleCase, ago
from model.test_portfolio import LIVES

from odoo.tests import new_test_user
from odoo.tools import mute_logger

BLOCKS = ["tiles", "balance", "forecast"]
FIRST = TODAY.replace(day=1)  # of the month that is not over
UNTIL = FIRST - timedelta(days=1)
SINCE = UNTIL.replace(day=1)


class SummaryCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(
            cls.env, "sum_boss", "cx_lifecycle.group_marketer", email="boss@example.com"
        )
        cls.rep = new_test_user(
            cls.env, "sum_rep", "sales_team.group_sale_salesman", email="rep@example.com"
        )
        partners = cls.env["res.partner"].create(
            [{"name": name, "user_id": cls.boss.id} for name in LIVES]
        )
        partners[:2].user_id = cls.rep
        for partner, days in zip(partners, LIVES.values(), strict=True):
            for number in days:
                cls.order(partner.with_context(cx_no_refresh=True), ago(number))
        cls.refresh(partners, rebuilt=True)
        cls.company.cx_summary_user_ids = cls.boss
        cls.Summary = cls.env["cx.summary"]

    def setUp(self):
        super().setUp()
        self.seen = self.mails()

    def mails(self):
        return self.env["mail.mail"].search([])

    def sent(self):
        """What the job sends now."""
        before = self.mails()
        self.Summary._cron_send()
        return self.mails() - before

    def figures(self, user=None):
        portfolio = self.env["cx.portfolio"].with_user(user or self.boss)
        return portfolio.figures(None, SINCE, UNTIL, BLOCKS)

    def tables(self, mail):
        """{first cell of a line: the others} of the movements, and of the stages."""
        page = html.fromstring(mail.body_html)
        return [
            {
                line[0].text_content().strip(): [cell.text_content().strip() for cell in line[1:]]
                for line in table.xpath(".//tbody/tr")
            }
            for table in page.xpath("//table")
        ]


class TestSummary(SummaryCase):
    def test_the_figures_of_the_screen(self):
        [mail] = self.sent()
        moves, stages = self.tables(mail)
        figures = self.figures()
        total = figures["balance"]["total"]
        names = {"New": ("new", 1), "Won Back": ("won_back", 1), "Gone Dormant": ("dormant", -1),
                 "Lost": ("lost", -1), "Withdrawn": ("withdrawn", -1)}  # fmt: skip
        expected = {name: (sign, total["moves"][code]) for name, (code, sign) in names.items()}
        expected["Balance"] = (1, total["net"])
        self.assertEqual(set(moves), set(expected), "nothing of new rules: none moved anybody")
        for name, (sign, move) in expected.items():
            for said, number in zip(moves[name], (move["customers"], move["worth"]), strict=True):
                self.assertEqual(self.number(said), round(sign * number), name)
                self.assertEqual("+" in said, sign * number > 0)
        self.assertTrue(any(move["customers"] for _sign, move in expected.values()))
        self.assertEqual(
            {name: list(map(self.number, cells)) for name, cells in stages.items()},
            {tile["name"]: [tile["customers"], tile["change"]] for tile in figures["tiles"]},
        )
        text = html.fromstring(mail.body_html).text_content()
        self.assertIn(figures["balance"]["sentence"], text)
        self.assertIn(figures["forecast"]["sentence"], text)

    @staticmethod
    def number(said):
        return round(float("".join(c for c in said if c in "-0123456789.")))

    def test_a_target_is_said(self):
        self.patch(type(self.env["cx.portfolio"]), "_targets", lambda *_of: {"active": 12})
        [mail] = self.sent()
        _moves, stages = self.tables(mail)
        self.assertRegex(stages["Active"][2], r"^\d+ of 12$")
        self.assertEqual(stages["Lost"][2], "")

    def test_what_new_rules_moved_is_a_line_of_its_own(self):
        stays = self.env["cx.episode"].search([("movement", "=", "new")])
        stays[0].write({"silent": True, "entered_on": SINCE})
        [mail] = self.sent()
        moves, _stages = self.tables(mail)
        self.assertEqual(moves["By New Rules"][0], "+1")

    def test_the_link_opens_the_same_month(self):
        [mail] = self.sent()
        [link] = html.fromstring(mail.body_html).xpath("//a/@href")
        self.assertTrue(link.endswith(f"/odoo/lifecycle-portfolio?since={SINCE}&until={UNTIL}"))
        self.assertTrue(link.startswith(self.env.user.get_base_url()))
        self.assertEqual(mail.email_to, self.boss.email_formatted)
        self.assertIn(self.company.name, mail.subject)

    def test_each_gets_what_each_may_see(self):
        self.company.cx_summary_user_ids = self.boss | self.rep
        of = {mail.email_to: self.tables(mail)[1] for mail in self.sent()}
        for user in (self.boss, self.rep):
            said = of[user.email_formatted]
            tiles = self.figures(user)["tiles"]
            for tile in tiles:
                self.assertEqual(self.number(said[tile["name"]][0]), tile["customers"])
        self.assertNotEqual(*of.values())

    def test_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.lang = "fr_FR"
        self.env.ref("cx_lifecycle.summary_mail").update_field_translations(
            "arch_db", {"fr_FR": {"Who came and who left": "Qui est venu, qui est parti"}}
        )
        self.env.ref("cx_lifecycle.stage_lost").update_field_translations(
            "name", {"fr_FR": "Perdu"}
        )
        self.company.cx_summary_user_ids = self.boss | self.rep
        of = {mail.email_to: mail.body_html for mail in self.sent()}
        for user, words, others in (
            (self.rep, ("Qui est venu", "Perdu"), ("Who came", "Active<")),
            (self.boss, ("Who came", "Active<"), ("Qui est venu", "Perdu")),
        ):
            for word in words:
                self.assertIn(word, of[user.email_formatted])
            for word in others:
                self.assertNotIn(word, of[user.email_formatted])

    def test_names_are_no_markup(self):
        self.company.name = "<b>Us</b> & Co"
        self.env.ref("cx_lifecycle.stage_lost").name = "<script>alert(1)</script>"
        [mail] = self.sent()
        self.assertNotIn("<script", mail.body_html)
        self.assertNotIn("<b>Us", mail.body_html)
        self.assertIn("<script>alert(1)</script>", self.tables(mail)[1])


class TestWhen(SummaryCase):
    def test_once_a_month(self):
        self.assertEqual(len(self.sent()), 1)
        self.assertFalse(self.sent())
        with freeze_time(date(TODAY.year + (TODAY.month == 12), TODAY.month % 12 + 1, 3)):
            self.assertEqual(len(self.sent()), 1)
            self.assertFalse(self.sent())

    def test_whoever_is_added_gets_the_next_one(self):
        self.company.cx_summary_user_ids = False
        self.assertFalse(self.sent())
        self.company.cx_summary_user_ids = self.boss
        self.assertFalse(self.sent())

    def test_when_the_month_of_the_company_is_over(self):
        self.company.cx_summary_month = FIRST
        following = date(TODAY.year + (TODAY.month == 12), TODAY.month % 12 + 1, 1)
        for zone, sends in (("America/Los_Angeles", 0), ("Asia/Tokyo", 1)):
            self.company.partner_id.tz = zone
            with freeze_time(f"{following} 01:00:00"):
                self.assertEqual(len(self.sent()), sends, zone)

    def test_nothing_before_the_stages_are_accepted_or_without_rules(self):
        self.env["cx.first.run"]._of(self.company)._take_back()
        self.assertFalse(self.sent())
        self.accept(self.company)
        self.company.cx_summary_month = False
        self.policy.sudo().write({"state": "retired"})
        self.assertFalse(self.sent())

    def test_who_left_or_sees_no_customers_gets_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        gone = new_test_user(
            self.env, "sum_gone", "cx_lifecycle.group_marketer", email="gone@example.com",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        clerk = new_test_user(self.env, "sum_clerk", "base.group_user", email="c@example.com")
        silent = new_test_user(self.env, "sum_silent", "cx_lifecycle.group_marketer", email=False)
        self.company.cx_summary_user_ids = gone | clerk | silent | self.boss
        self.assertEqual(self.sent().mapped("email_to"), [self.boss.email_formatted])

    def test_a_mail_that_fails_does_not_stop_the_others(self):
        mails, boss = type(self.Summary)._mail, self.boss

        def failing(summary, *days):
            if summary.env.user == boss:
                raise ValueError("broken")
            return mails(summary, *days)

        self.patch(type(self.Summary), "_mail", failing)
        self.company.cx_summary_user_ids = self.boss | self.rep
        with mute_logger("odoo.addons.cx_lifecycle.models.cx_summary"):
            self.assertEqual(self.sent().mapped("email_to"), [self.rep.email_formatted])

    def test_the_recipients_are_a_setting(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.cx_summary_user_ids, self.boss)
        settings.cx_summary_user_ids = self.rep
        settings.execute()
        self.assertEqual(self.company.cx_summary_user_ids, self.rep)
