"""Public links: nothing without the right signature, nothing by looking, nothing about others."""

import re
from datetime import timedelta
from unittest.mock import patch

import requests
from babel.dates import format_date
from model.test_consent import ADA, ConsentCase, ahead

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.cx_lifecycle_mail.controllers.limit import LIMIT
from odoo.addons.cx_lifecycle_mail.models.cx_campaign_links import SCOPES

SCRIPT = "<script>alert(1)</script>"


class LinkCase(HttpCase, ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls.partner("Bob", email="bob@example.com", lang=False)
        cls.bobs = cls.act_of(cls.buy(cls.bob, 10))
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.enterContext(self.allow_requests(all_requests=True))
        LIMIT.windows.clear()

    def links(self, act=None, days=0):
        """The paths of a mail sent so many days ago."""
        act = act or self.act
        issued = fields.Date.today() - timedelta(days=days)
        with patch.object(fields.Date, "today", lambda *_: issued):
            links = act._links(act.id, act.email)
        return {purpose: url.removeprefix(act.get_base_url()) for purpose, url in links.items()}

    def ask(self, path, method="GET", data=None, **headers):
        """A request by somebody without any cookie."""
        self.env.flush_all()
        response = requests.request(
            method, self.base_url() + path, data=data, headers=headers,
            allow_redirects=False, timeout=30,
        )  # fmt: skip
        self.env.invalidate_all()
        return response

    def answer(self, response):
        """What a stranger can tell two answers apart by."""
        hidden = {"Date", "Server", "Content-Length"}
        headers = {k: v for k, v in response.headers.items() if k not in hidden}
        return response.status_code, response.content, headers


@tagged("post_install", "-at_install")
class TestForged(LinkCase):
    def forged(self, purpose):
        """(what is wrong, path) of every link that must not open."""
        right, other = self.links()[purpose], self.links(self.bobs)[purpose]
        path, token, end = re.fullmatch(r"(.*/)(\w+)(\.gif)?", right).groups(default="")
        others_token = re.fullmatch(r".*/(\w+)(?:\.gif)?", other)[1]
        yield "cut", f"{path}{token[:-1]}{end}"
        yield "longer", f"{path}{token}0{end}"
        yield "changed", f"{path}{'0' if token[0] != '0' else '1'}{token[1:]}{end}"
        yield "not hexadecimal", f"{path}{'é' * 64}{end}"
        yield "of another act", f"{path}{others_token}{end}"
        yield "for another act", right.replace(f"/{self.act.id}/", f"/{self.bobs.id}/")
        for number in (0, 999_999_999, 2**31, 10**30, 10**4000):
            yield f"for act {number}", right.replace(f"/{self.act.id}/", f"/{number}/")
        for name, url in self.links().items():
            if name != purpose:
                stolen = re.fullmatch(r".*/(\w+)(?:\.gif)?", url)[1]
                yield f"made for {name}", f"{path}{stolen}{end}"

    def same_for_all(self, purpose, method, status):
        """Every wrong link gets one answer, and leaves nothing behind."""
        before = self.rows_of_ours()
        first, *others = [
            (wrong, self.answer(self.ask(path, method))) for wrong, path in self.forged(purpose)
        ]
        self.assertEqual(first[1][0], status)
        for wrong, answer in others:
            self.assertEqual(answer, first[1], wrong)
        self.assertEqual(self.rows_of_ours(), before)
        return first[1]

    def rows_of_ours(self):
        return [
            self.env[model].with_context(active_test=False).search_count([])
            for model in ("cx.topic.optout", "mail.blacklist", "mail.message", "mailing.trace")
        ]

    def test_unsubscribe(self):
        answer = self.same_for_all("one_click", "POST", 404)
        self.assertEqual(answer[1], b"")

    def test_preferences(self):
        self.same_for_all("preferences", "GET", 404)
        answer = self.same_for_all("preferences", "POST", 404)
        for secret in (b"@example.com", b"Ada", b"Bob", self.company.name.encode()):
            self.assertNotIn(secret, answer[1])

    def test_the_day_is_signed_too(self):
        path = self.links(days=400)["preferences"]
        for day in (fields.Date.to_string(fields.Date.today()), "today", "2099-01-01", "x' --"):
            younger = re.sub(r"/[\d-]+/(\w+)$", rf"/{day}/\1", path)
            self.assertEqual(self.ask(younger).status_code, 404, day)
        self.assertEqual(self.ask(path).status_code, 200)

    def test_pixel(self):
        answer = self.same_for_all("pixel", "GET", 200)
        self.assertEqual(answer, self.answer(self.ask(self.links()["pixel"])))
        self.assertEqual(answer[2]["Content-Type"], "image/gif")

    def test_an_address_that_changed_or_was_erased(self):
        wrong = self.answer(self.ask("/cx/unsubscribe/999999999/0", "POST"))
        link = self.links()["one_click"]
        for email in ("other@example.com", False):
            self.act.email = email
            self.assertEqual(self.answer(self.ask(link, "POST")), wrong)
        # nor does a link made for nobody open what belongs to nobody
        self.assertFalse(
            self.act._check_link(
                "one_click", self.act.id, self.act._signature("one_click", self.act.id, "")
            )
        )
        self.assertEqual(self.Optout.search_count([]), 0)

    def test_another_database(self):
        link = self.links()["one_click"]
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        self.assertEqual(self.ask(link, "POST").status_code, 404)

    def test_wrong_costs_what_unknown_costs(self):
        """Nobody can tell by the time whether there is such an act: the work is the same."""
        Act, token = self.env["cx.campaign.act"], "0" * 64

        def queries(act_id):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(Act._check_link("one_click", act_id, token))
            return self.env.cr.sql_log_count - before

        queries(self.act.id)
        numbers = {number: queries(number) for number in (self.act.id, 0, 999_999_999, 10**30)}
        self.bobs.email = False
        numbers["erased"] = queries(self.bobs.id)
        self.assertEqual(set(numbers.values()), {1}, numbers)

    def test_each_purpose_has_a_signature_of_its_own(self):
        signatures = {self.act._signature(purpose, 1, ADA, "") for purpose in SCOPES}
        self.assertEqual(len(signatures), 3)

    def test_links_cost_no_query(self):
        self.act._links(1, ADA)
        with self.assertQueryCount(0):
            links = self.act._links(2, ADA)
        self.assertEqual(len({url.split("/")[-1] for url in links.values()}), 3)

    def test_counting_through_the_numbers(self):
        before = self.rows_of_ours()
        answers = {
            self.answer(self.ask(f"/cx/unsubscribe/{number}/{'0' * 64}", "POST"))[:2]
            for number in range(self.act.id - 20, self.act.id + 20)
        }
        self.assertEqual(answers, {(404, b"")})
        self.assertEqual(self.rows_of_ours(), before)


@tagged("post_install", "-at_install")
class TestOneClick(LinkCase):
    def test_by_a_mail_program(self):
        """RFC 8058: a POST without cookie, no redirect; pressing it again changes nothing."""
        for _time in range(2):
            response = self.ask(
                self.links()["one_click"], "POST", {"List-Unsubscribe": "One-Click"}
            )
            self.assertEqual((response.status_code, response.content), (200, b""))
            self.assertNotIn("Set-Cookie", response.headers)
            self.assertNotIn("Location", response.headers)
        self.assertEqual(self.said(), [("Offers", False)])
        self.assertEqual(self.Optout.search([]).source, "one_click")
        self.assertEqual(self.settled, [(self.company, [self.ada.id])])
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", ADA)]))

    def test_a_campaign_without_topic_is_about_everything(self):
        self.campaign.topic_id = False
        for _time in range(2):
            self.assertEqual(self.ask(self.links()["one_click"], "POST").status_code, 200)
        entry = self.env["mail.blacklist"].search([("email", "=", ADA)])
        self.assertTrue(entry.active)
        self.assertEqual(self.said(), [])
        self.assertEqual(self.settled, [(self.company, [self.ada.id])])
        self.assertEqual(entry.message_ids[:1].author_id, self.env.ref("base.partner_root"))

    def test_what_was_pressed_is_in_the_journal_once(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ada.lang = "fr_FR"
        self.offers.with_context(lang="fr_FR").name = "Bons plans"
        for _time in range(2):
            self.ask(self.links()["one_click"], "POST")
        row = self.env["cx.consent"].search([("email", "=", ADA)])
        self.assertEqual((row.purpose, row.topic_id, row.answer), ("topic", self.offers, "no"))
        self.assertEqual((row.origin, row.partner_id), ("one_click", self.ada))
        self.assertIn("Bons plans", row.wording)
        self.assertFalse(row.user_id)

    def test_looking_is_not_pressing(self):
        link = self.links()["one_click"]
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            self.assertEqual(self.ask(link, method).status_code, 405, method)
        self.assertEqual(self.said(), [])

    def test_it_never_lets_in_again(self):
        self.no()
        token = self.links()["one_click"].rsplit("/", 1)[1]
        today = fields.Date.to_string(fields.Date.today())
        response = self.ask(
            f"/cx/preferences/{self.act.id}/{today}/{token}",
            "POST",
            {"shown": self.offers.id, "topic": self.offers.id},
        )
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.said(), [("Offers", False)])


@tagged("post_install", "-at_install")
class TestPage(LinkCase):
    def page(self, days=0, **headers):
        response = self.ask(self.links(days=days)["preferences"], **headers)
        self.assertEqual(response.status_code, 200)
        return response.text

    def save(self, days=0, **form):
        """Press the button with this in the form, besides what the page had shown."""
        shown = {"shown": (self.offers + self.news).ids, **form}
        response = self.ask(self.links(days=days)["preferences"], "POST", shown)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Set-Cookie", response.headers)
        return response.text

    def ticked(self, text):
        """The topics that the page shows, and whether they are ticked."""
        boxes = re.findall(r'<input type="checkbox" name="topic"([^>]*)>', text)
        return {int(re.search(r'value="(\d+)"', box)[1]): "checked" in box for box in boxes}

    def test_what_it_shows(self):
        self.no(topic=self.news)
        text = self.page()
        ticked = self.ticked(text)
        self.assertEqual((ticked[self.offers.id], ticked[self.news.id]), (True, False))
        self.assertNotIn(self.elsewhere.id, ticked)
        self.assertIn("a…@example.com", text)
        for secret in (ADA, ">Ada", "Elsewhere", self.other_company.name):
            self.assertNotIn(secret, text)

    def test_the_channel_they_prefer(self):
        said = lambda: self.env["cx.channel.preference"].search(  # noqa: E731
            [("person_id", "=", self.act.person_id.id)]
        )
        phone = self.env.ref("cx_lifecycle.channel_phone")
        website = self.env.ref("cx_lifecycle.channel_website")
        self.assertIn(f'<option value="{phone.id}"', self.page())
        self.assertNotIn(f'<option value="{website.id}"', self.page())
        self.save()
        self.assertFalse(said(), "what the form does not hold stays as it is")
        self.assertIn("Phone", self.save(channel=phone.id))
        self.assertEqual((said().channel_id, said().origin), (phone, "page"))
        self.assertRegex(self.page(), rf'<option value="{phone.id}" selected')
        for nonsense in (website.id, "x", "-1", 10**12, f"{phone.id};"):
            self.save(channel=nonsense)
            self.assertEqual(said().channel_id, phone)
        self.save(channel="0", days=400)
        self.assertFalse(said())

    def test_looking_changes_nothing(self):
        before = self.Optout.search_count([]), self.env["mail.message"].search_count([])
        link = self.links()["preferences"]
        for path in (link, f"{link}?nothing=1&pause=6&shown={self.offers.id}"):
            for method in ("GET", "HEAD"):
                response = self.ask(path, method, Purpose="prefetch")
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("Set-Cookie", response.headers)
        for method in ("PUT", "DELETE"):
            self.assertEqual(self.ask(link, method).status_code, 405)
        form = {"shown": self.offers.id, "nothing": "1", "pause": "6"}
        self.ask(link, "OPTIONS", form)
        self.ask(link, "GET", form)
        after = self.Optout.search_count([]), self.env["mail.message"].search_count([])
        self.assertEqual(after, before)
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", ADA)]))

    def test_saving(self):
        text = self.save(topic=self.news.id, pause="3", reason="  too\0 many\n of them ")
        self.assertIn("Saved", text)
        said = self.Optout.search([("email", "=", ADA), ("topic_id", "=", self.offers.id)])
        self.assertEqual((said.source, said.reason), ("page", "too many of them"))
        self.assertEqual(self.ticked(self.page())[self.offers.id], False)
        self.assertIn("as now", self.page())
        self.assertIn((self.company, [self.ada.id]), self.settled)

    def test_the_journal_has_what_stood_beside_each_choice(self):
        self.offers.description = "What costs less"
        for _time in range(2):
            self.save(topic=self.news.id, pause="3", nothing="1")
        self.save(topic=(self.offers + self.news).ids, nothing_shown="1", pause="0")
        rows = self.env["cx.consent"].search([("email", "=", ADA)], order="id")
        self.assertEqual(set(rows.mapped("origin")), {"page"})
        self.assertEqual(rows.partner_id, self.ada)
        self.assertEqual(
            {(row.purpose, row.answer, row.wording) for row in rows},
            {
                ("topic", "no", "What interests you: Offers What costs less"),
                ("topic", "yes", "What interests you: Offers What costs less"),
                ("pause", "no", "How often: A pause from all of it: 3 months"),
                ("pause", "yes", "How often: A pause from all of it: No pause"),
                ("messages", "no", "How often: No more messages at all"),
                ("messages", "yes", "How often: No more messages at all"),
            },
        )

    def test_a_topic_that_needs_a_yes(self):
        self.campaign.sudo().write({"legal_basis": "consent", "state": "running"})
        text = self.page()
        self.assertFalse(self.ticked(text)[self.offers.id])
        self.assertIn(f'name="unasked" value="{self.offers.id}"', text)
        self.save(topic=self.news.id, unasked=self.offers.id)
        self.assertFalse(self.env["cx.consent"].search([("email", "=", ADA)]))
        both = (self.offers + self.news).ids
        self.assertIn("too old for that", self.save(days=30, topic=both, unasked=self.offers.id))
        self.assertNotIn("too old for that", self.save(topic=both, unasked=self.offers.id))
        row = self.env["cx.consent"].search([("email", "=", ADA)])
        self.assertEqual((row.answer, row.wording), ("yes", "What interests you: Offers"))
        self.assertTrue(self.ticked(self.page())[self.offers.id])

    def test_all_or_nothing_by_a_young_link_only(self):
        self.save(nothing="1", topic=self.offers.id)
        blocked = [("email", "=", ADA)]
        self.assertTrue(self.env["mail.blacklist"].search(blocked))
        back = {"nothing_shown": "1", "pause": "0", "topic": (self.offers + self.news).ids}
        self.assertIn("too old for that", self.page(days=30))
        self.assertIn("too old for that", self.save(days=30, **back))
        self.assertTrue(self.env["mail.blacklist"].search(blocked))
        self.assertEqual(self.said(), [("News", False)])
        self.assertNotIn("too old for that", self.page(days=29))
        self.assertNotIn("too old for that", self.save(days=29, **back))
        self.assertFalse(self.env["mail.blacklist"].search(blocked))
        self.assertEqual(self.said(), [])

    def test_saying_no_works_for_ever(self):
        self.save(days=4000, topic=self.news.id)
        self.assertEqual(self.said(), [("Offers", False)])

    def test_an_empty_form_is_no_wish(self):
        self.no(topic=self.news)
        self.env["mail.blacklist"].create({"email": ADA})
        self.ask(self.links()["preferences"], "POST", {"List-Unsubscribe": "One-Click"})
        self.assertEqual(self.said(), [("News", False)])
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", ADA)]))

    def test_topics_of_others_and_nonsense_are_ignored(self):
        self.no(topic=self.elsewhere, company=self.other_company)
        self.save(
            shown=[self.elsewhere.id, self.offers.id, 999999999, 10**30, "x", "-1", "²"],
            topic=[self.elsewhere.id, self.offers.id, "'; --"],
            pause="99", act_id=self.bobs.id, email="bob@example.com", company_id="2",
        )  # fmt: skip
        self.assertEqual(self.said(), [("Elsewhere", False)])
        self.assertEqual(self.Optout.search_count([]), 1)
        self.save(shown=self.elsewhere.id)
        self.assertEqual(self.Optout.search_count([]), 1)

    def test_what_people_write_is_text(self):
        self.offers.name = f"Offers {SCRIPT}"
        self.assertNotIn(SCRIPT, self.page())
        text = self.save(reason=SCRIPT)
        self.assertNotIn(SCRIPT, text)
        self.assertNotIn(SCRIPT, self.notes())
        self.assertIn("&lt;script&gt;", self.notes())
        self.save(topic=self.offers.id)
        self.save(reason="x" * 5000)
        self.assertEqual(max(map(len, self.Optout.search([]).mapped("reason"))), 500)

    def test_no_way_to_elsewhere(self):
        link = self.links()["preferences"] + "?" + "&".join(
            f"{name}=https://evil.example.org" for name in ("url", "next", "redirect", "r")
        )  # fmt: skip
        for method in ("GET", "POST"):
            response = self.ask(link, method)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("Location", response.headers)
            self.assertNotIn("evil.example.org", response.text)

    def test_what_a_browser_may_do_with_it(self):
        headers = self.ask(self.links()["preferences"]).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        style = re.search(r'<link rel="stylesheet" href="([^"]+)"', self.page())[1]
        self.assertEqual(self.ask(style).headers["Content-Type"].split(";")[0], "text/css")

    def test_in_the_persons_language_or_the_browsers(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.offers.with_context(lang="fr_FR").name = "Promotions"
        self.pause(ahead(40))
        french = format_date(ahead(40), "long", locale="fr")
        self.assertIn('lang="en-US"', self.page())
        for text in (self.page(**{"Accept-Language": "fr-FR"}), self.french()):
            self.assertIn('lang="fr-FR"', text)
            self.assertIn("Promotions", text)
            self.assertIn(french, text)
        self.ada.lang = "en_US"
        self.assertIn('lang="en-US"', self.page(**{"Accept-Language": "fr-FR"}))
        # the language of somebody who left may be gone
        self.assertEqual(self.ask(self.links(self.bobs)["preferences"]).status_code, 200)

    def french(self):
        self.ada.lang = "fr_FR"
        return self.page()


@tagged("post_install", "-at_install")
class TestPixel(LinkCase):
    def trace(self):
        mailing = self.env["mailing.mailing"].create(
            {"subject": "Hello", "mailing_model_id": self.env.ref("base.model_res_partner").id}
        )
        self.act.trace_id = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id, "model": "res.partner", "res_id": self.ada.id,
                "trace_status": "sent", "email": ADA,
            }
        )  # fmt: skip
        return self.act.trace_id

    def test_it_tells_once_that_the_mail_was_opened(self):
        trace = self.trace()
        self.ask(self.links()["pixel"].replace(".gif", "0.gif"))
        for method in ("HEAD", "OPTIONS"):
            self.ask(self.links()["pixel"], method)
        self.assertEqual(trace.trace_status, "sent")
        response = self.ask(self.links()["pixel"])
        self.assertEqual(response.content[:6], b"GIF89a")
        self.assertEqual(trace.trace_status, "open")
        trace.write({"trace_status": "reply", "open_datetime": "2020-01-01 00:00:00"})
        self.ask(self.links()["pixel"])
        self.assertEqual(trace.trace_status, "reply")
        self.assertEqual(trace.open_datetime.year, 2020)

    def test_without_trace_it_is_a_picture_all_the_same(self):
        self.assertEqual(self.ask(self.links()["pixel"]).status_code, 200)
