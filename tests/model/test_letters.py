"""Letters: what each recipient is sent, from whom, and that one bad record spoils only its own."""

from email.utils import parseaddr

from lxml import html as lxml_html
from model.common import ago
from model.contents import ContentCase

from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import format_amount, format_date, mute_logger

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_letter import Letter

LETTER = """
<p>Dear <t t-out="object.partner_id.name">customer</t> {{ customer.city ||| out there }},</p>
<p>{{ if need = security }}</p><p>Warranty</p><p>{{ else }}</p><p>New</p><p>{{ end }}</p>
<p>{{ if role = decider }}You decide.{{ end }}{{ if stage = new }}Still here.{{ end }}</p>
<p>{{ salesperson.name }} {{ salesperson.phone ||| no phone }}</p>
<a class="btn" href="https://shop.example/new?x=1&amp;y=2">Look</a>
<a href="/contactus">Write</a> <a href="mailto:a@shop.example">Mail</a>
<a href="/unsubscribe_from_list">Unsubscribe</a>
"""


class TestLetter(ContentCase):
    def paragraphs(self, letter):
        page = lxml_html.fromstring(letter.html.strip())
        texts = (" ".join(p.text_content().split()) for p in page.iter("p"))
        return [text for text in texts if text]

    def links(self, letter):
        return lxml_html.fromstring(letter.html.strip()).xpath("//a/@href")

    def test_english_and_french_in_one_lot(self):
        self.company.partner_id.lang = "en_US"
        english = self.content(LETTER, subject="Hi {{ person.name }}")
        french = self.content(
            "<p>Bonjour {{ customer.name }}, {{ purchase.date }}, {{ object.stage_id }}</p>"
            "<p>{{ purchase.average }} {{ object.partner_id.country_id }}</p>",
            "fr_FR",
            subject="Salut {{ person.name }}",
        )
        self.env.ref("cx_lifecycle.stage_new").with_context(lang="fr_FR").name = "Tout neuf"
        self.env.ref("base.de").with_context(lang="fr_FR").name = "Allemagne"
        ada = self.customer("Ada", city="Namur")
        zoe = self.customer("Zoé", email="zoe@home.example",
                            country_id=self.env.ref("base.de").id)  # fmt: skip
        self.env["cx.need.evidence"].create(
            {
                "partner_id": ada.partner_id.id,
                "need_id": self.env.ref("cx_lifecycle.need_security").id,
                "weight": "3",
                "on": ago(1),
            }
        )
        acts = self.act(ada, english) + self.act(zoe, french)
        to_ada, to_zoe = acts._letters().values()
        self.assertEqual(to_ada.subject, "Hi Ada")
        self.assertEqual(
            self.paragraphs(to_ada),
            ["Dear Ada Namur,", "Warranty", "Still here.", "Rita Rep +32 2 123"],
        )
        self.assertEqual(to_zoe.subject, "Salut Zoé")
        day = format_date(self.env, ago(10), lang_code="fr_FR")
        self.assertEqual(self.paragraphs(to_zoe)[0], f"Bonjour Zoé, {day}, Tout neuf")
        amount = format_amount(self.env, 100.0, self.company.currency_id, "fr_FR")
        self.assertEqual(self.paragraphs(to_zoe)[1], " ".join(f"{amount} Allemagne".split()))
        self.assertIn("Warranty", to_ada.text)
        self.assertNotIn("<p>", to_ada.text)
        self.assertNotIn("{{", to_ada.html + to_ada.text + to_zoe.html + to_zoe.text)

    def test_roles_are_the_recipients_own(self):
        firm = self.partner("Firm", is_company=True, user_id=self.rep.id)
        self.buy(firm, 10)
        anna = self.partner("Anna", parent_id=firm.id, email="anna@firm.example")
        bert = self.partner("Bert", parent_id=firm.id, email="bert@firm.example")
        self.env["cx.seat"].create(
            {
                "partner_id": anna.id,
                "account_id": firm.id,
                "role_id": self.env.ref("cx_lifecycle.role_decider").id,
            }
        )
        content = self.content("<p>{{ person.name }}{{ if role = decider }}: decide{{ end }}</p>")
        acts = self.act(self.of(firm), content, anna)
        acts.run_id.state = "finished"  # one customer takes part once at a time
        acts.run_id.flush_recordset()
        acts += self.act(self.of(firm), content, bert)
        to_anna, to_bert = acts._letters().values()
        self.assertEqual(self.paragraphs(to_anna), ["Anna: decide"])
        self.assertEqual(self.paragraphs(to_bert), ["Bert"])

    def test_values_are_written_for_people(self):
        customer = self.customer("Ada", website="https://ada.example/?a=1&b=2", tz="Asia/Tokyo")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2026-03-01 20:00:00' WHERE id = %s",
            [customer.partner_id.id],
        )
        self.env.cr.execute(
            "UPDATE cx_customer SET usual_interval = 1234.5, purchase_count = 1200 WHERE id = %s",
            [customer.id],
        )
        self.env.invalidate_all()
        letter = self.letter(
            "<p>{{ object.usual_interval }}|{{ object.purchase_count }}|{{ customer.create_date }}|"
            "{{ object.reason }}|{{ customer.ref ||| none }}|{{ company.name }}</p>"
            '<a href="{{ customer.website }}">Yours</a>',
            customer,
        )
        interval, count, at, reason, ref, company = self.paragraphs(letter)[0].split("|")
        self.assertEqual((interval, count), ("1,234.5", "1,200"))
        self.assertIn("03/02/2026", at, "the day it was there")
        self.assertNotEqual(reason, customer.reason)
        self.assertEqual((ref, company), ("none", self.company.name))
        self.assertIn("https://ada.example/?a=1&b=2", self.links(letter))

    def test_text_of_people_is_text(self):
        letter = self.letter(
            "<p>{{ person.name }}</p>",
            self.customer(
                '<img src=x onerror="alert(1)"> {{ object.sudo() }}', email="x@home.example"
            ),
        )
        self.assertNotIn("<img src=x", letter.html)
        self.assertIn("{{ object.sudo() }}", letter.html)

    # --------------------------------------------------------------- addresses
    def test_the_salesperson_signs(self):
        letter = self.letter(LETTER)
        self.assertEqual(parseaddr(letter.email_from), ("Rita Rep", "rita@shop.example"))
        self.assertEqual(letter.author_id, self.rep.partner_id.id)
        self.assertEqual(parseaddr(letter.email_to), ("Ada", "ada@home.example"))
        self.assertEqual(letter.context["send_validated_to"], ["ada@home.example"])

    def test_who_signs_otherwise(self):
        fixed = ("The Shop", "hello@shop.example")
        content = self.content("<p>{{ salesperson.name ||| Us }}</p>")
        alone = self.customer("Alone", user_id=False)
        letter = self.act(alone, content)._letters().popitem()[1]
        self.assertEqual(parseaddr(letter.email_from), fixed)
        self.assertFalse(letter.author_id)
        self.assertEqual(self.paragraphs(letter), ["Us"])
        with_rep = self.act(self.customer("Bob"), content)
        self.campaign.sender = "fixed"
        self.assertEqual(parseaddr(with_rep._letters()[with_rep.id].email_from), fixed)
        self.campaign.sender = "salesperson"
        self.rep.partner_id.email = False
        self.assertEqual(parseaddr(with_rep._letters()[with_rep.id].email_from), fixed)
        self.rep.partner_id.email = "rita@shop.example"
        self.rep.active = False
        self.assertEqual(parseaddr(with_rep._letters()[with_rep.id].email_from), fixed)
        self.campaign.email_from = False
        self.assertRegex(with_rep._letters()[with_rep.id], "Fixed Address")

    def test_answers_reach_the_contacts_discussion(self):
        letter = self.letter(LETTER)
        self.assertEqual(letter.reply_to, letter.email_from, "without an alias: the salesperson")
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {
                "name": "in.example",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
                "default_from": "notify",
            }
        )
        letter = self.letter(LETTER, self.customer("Bob"), lang="fr_FR")
        self.assertEqual(parseaddr(letter.reply_to), ("Rita Rep", "catchall@in.example"))
        self.assertEqual(letter.context["domain_bounce_address"], "bounce@in.example")
        self.assertEqual(letter.context["domain_notifications_email"], "notify@in.example")
        self.assertEqual(letter.headers["Return-Path"], "bounce@in.example")

    def test_headers(self):
        act = self.act(self.customer(), self.content(LETTER))
        letter = act._letters()[act.id]
        self.assertEqual(
            letter.headers,
            {
                "List-Unsubscribe": f"<https://shop.example/u/{act.id}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "list",
                "X-Auto-Response-Suppress": "OOF",
                "X-Odoo-Objects": f"res.partner-{act.person_id.id}",
            },
        )
        self.assertEqual(letter.message_id, act.message_id)
        server = self.env["ir.mail_server"].create({"name": "s", "smtp_host": "localhost"})
        self.campaign.mail_server_id = server
        self.assertEqual(act._letters()[act.id].mail_server_id, server.id)

    def test_odoo_builds_the_message(self):
        letter = self.letter(
            LETTER, subject="Hi\u2028{{ person.name }}", preview="Come {{ person.city }}"
        )
        message = self.env["ir.mail_server"].with_context(**letter.context)._build_email__(
            email_from=letter.email_from, email_to=[letter.email_to], subject=letter.subject,
            body=letter.html, body_alternative=letter.text, subtype="html",
            subtype_alternative="plain", reply_to=letter.reply_to, headers=letter.headers,
        )  # fmt: skip
        self.assertEqual(message["Subject"], "Hi Ada")
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

    # ------------------------------------------------------------------- links
    def test_links_are_tracked_for_each_mail(self):
        content = self.content(LETTER)
        acts = self.act(self.customer("Ada"), content) + self.act(self.customer("Bob"), content)
        letters = acts._letters()
        trackers = self.env["link.tracker"].search([("mass_mailing_id", "=", content.id)])
        self.assertEqual(
            set(trackers.mapped("url")),
            {"https://shop.example/new?x=1&y=2", f"{content.get_base_url()}/contactus"},
        )
        self.assertEqual(trackers.campaign_id, self.campaign.utm_campaign_id)
        self.assertEqual(set(trackers.mapped("title")), set(trackers.mapped("url")), "not fetched")
        for act in acts:
            short = [f"{tracker.short_url}/m/{act.trace_id.id}" for tracker in trackers]
            links = self.links(letters[act.id])
            others = {"mailto:a@shop.example", f"https://shop.example/p/{act.id}"}
            self.assertEqual(set(links) - set(short), others)
            self.assertLessEqual(set(short), set(links))
            self.assertTrue(all(link in letters[act.id].text for link in short))
            self.assertIn(f'src="https://shop.example/o/{act.id}.gif"', letters[act.id].html)

    def test_links_are_shortened_once(self):
        content = self.content(LETTER)
        act = self.act(self.customer(), content)
        first = act._letters()[act.id]
        count = self.env["link.tracker"].search_count([])
        self.assertEqual(act._letters()[act.id].html, first.html)
        self.assertEqual(self.env["link.tracker"].search_count([]), count)
        content.body_html = LETTER.replace("new?", "newer?")
        self.assertIn("Look", act._letters()[act.id].html)
        self.assertEqual(self.env["link.tracker"].search_count([]), count + 1)

    def test_links_that_were_rolled_back_are_made_again(self):
        content = self.content(LETTER)
        act = self.act(self.customer(), content)
        savepoint = self.env.cr.savepoint()
        act._letters()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        codes = self.env["link.tracker.code"].search([])
        letter = act._letters()[act.id]
        made = self.env["link.tracker.code"].search([]) - codes
        self.assertEqual(len(made), 2)
        self.assertTrue(all(f"/r/{code.code}/m/" in letter.html for code in made))

    def test_a_click_is_the_recipients(self):
        act = self.act(self.customer(), self.content(LETTER))
        [link] = [link for link in self.links(act._letters()[act.id]) if "/r/" in link][:1]
        code, _m, trace = link.split("/")[-3:]
        self.env["link.tracker.click"].add_click(code, mailing_trace_id=int(trace))
        self.assertTrue(act.trace_id.links_click_datetime)

    def test_there_is_always_a_way_out(self):
        for body in (
            "<p>No link</p>",
            '<p>{{ if need = money }}<a href="{{ preferences.link }}">Out</a>{{ end }}</p>',
        ):
            letter = self.letter(
                body, self.customer(f"Ada{len(body)}"), lang="fr_FR" if "if" in body else "en_US"
            )
            [link] = self.links(letter)
            self.assertIn("https://shop.example/p/", link)
            self.assertIn(self.company.name, letter.text)
        letter = self.letter(
            '<a href="{{ unsubscribe.link }}">Out</a>', self.customer("Own"), step=self.new_step()
        )
        self.assertEqual(len(self.links(letter)), 1)
        self.assertNotIn(self.company.name, letter.text)

    def test_the_link_dialog_of_the_editor(self):
        """It takes no braces, but addresses that begin with a slash, and writes https:// itself."""
        for number, prefix in enumerate(("/", "#", "https://", "http://")):
            letter = self.letter(
                f'<a href="{prefix}{{{{%20preferences.link }}}}">Out</a>',
                self.customer(f"Ada{number}"), step=self.new_step(),
            )  # fmt: skip
            self.assertRegex(self.links(letter)[0], r"^https://shop.example/p/\d+$")

    def test_the_preview_is_hidden_and_not_in_the_text(self):
        letter = self.letter(LETTER, preview='Only "{{ person.name ||| you }}" & us')
        page = lxml_html.fromstring(letter.html.strip())
        hidden = page.xpath("//body/div[1]")[0]
        self.assertIn("display:none", hidden.get("style"))
        self.assertEqual(hidden.text_content(), 'Only "Ada" & us')
        self.assertNotIn("& us", letter.text)

    def test_empty_elements_have_an_end(self):
        letter = self.letter(
            '<table><tr><td style="a"></td><td>x<br/></td></tr></table><div></div>'
        )
        self.assertIn('<td style="a"></td>', letter.html)
        self.assertNotRegex(letter.html, r"<(td|div|a|p)(\s[^<>]*)?/>")

    # ----------------------------------------------------------------- surveys
    def test_everybody_has_a_survey_of_their_own(self):
        survey = self.env["survey.survey"].create(
            {
                "title": "How was it?",
                "access_mode": "token",
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": "Address?",
                            "question_type": "char_box",
                            "validation_email": True,
                            "save_as_email": True,
                        },
                    )
                ],
            }
        )
        step = self.new_step(kind="survey", survey_id=survey.id)
        contents = self.all_languages(step.with_user(self.marketer))
        content = contents.filtered(lambda m: m.cx_lang == "en_US")
        acts = self.act(self.customer("Ada"), content) + self.act(self.customer("Bob"), content)
        letters = acts._letters()
        answers = self.env["survey.user_input"].search([("survey_id", "=", survey.id)])
        self.assertEqual(answers.cx_act_id, acts)
        for answer in answers:
            act = answer.cx_act_id
            self.assertEqual((answer.partner_id, answer.email), (act.person_id, act.email))
            self.assertEqual(answer.user_input_line_ids.value_char_box, act.email)
            url = content.get_base_url() + answer.get_start_url()
            self.assertIn(url, self.links(letters[act.id]))
            self.assertIn(url, letters[act.id].text)
        again = acts._letters()
        self.assertEqual(again[acts[0].id].html, letters[acts[0].id].html, "tried again, the same")
        self.assertEqual(
            self.env["survey.user_input"].search([("survey_id", "=", survey.id)]), answers
        )
        survey.active = False
        new = self.act(self.customer("Cy"), content)
        self.assertRegex((new + acts)._letters()[new.id], "closed")
        self.assertIsInstance((new + acts)._letters()[acts[0].id], Letter)

    def test_who_was_asked_cannot_be_forged(self):
        survey = self.env["survey.survey"].create({"title": "x"})
        answer = self.env["survey.user_input"].create({"survey_id": survey.id})
        act = self.act(self.customer(), self.content())
        manager = new_test_user(
            self.env, "content_surveys", "survey.group_survey_manager,cx_lifecycle.group_rep"
        )
        with self.assertRaises(AccessError):
            answer.with_user(manager).cx_act_id = act

    # ------------------------------------------------------------------ rights
    def test_what_the_author_may_not_read_any_more_is_not_sent(self):
        act = self.act(self.customer(), self.content("<p>{{ customer.function }}</p>"))
        self.assertIsInstance(act._letters()[act.id], Letter)
        self.patch(self.env["res.partner"]._fields["function"], "groups", "base.group_system")
        self.assertRegex(act._letters()[act.id], "content_marketer.* may not read function")

    def test_an_author_without_the_company_sends_nothing(self):
        act = self.act(self.customer(), self.content("<p>{{ customer.name }}</p>"))
        other = self.env["res.company"].create({"name": "Other"})
        self.marketer.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertRegex(act._letters()[act.id], "no longer work for")

    def test_a_customer_the_author_may_not_see_is_left_out(self):
        content = self.content("<p>{{ object.partner_id.name }}</p>")
        acts = self.act(self.customer("Ada"), content) + self.act(self.customer("Bob"), content)
        self.env["ir.rule"].create(
            {
                "name": "Not Bob",
                "model_id": self.env["ir.model"]._get_id("cx.customer"),
                "domain_force": "[('partner_id.name', '!=', 'Bob')]",
            }
        )
        self.env.invalidate_all()
        to_ada, to_bob = acts._letters().values()
        self.assertEqual(self.paragraphs(to_ada), ["Ada"])
        self.assertIsInstance(to_bob, str)

    # ------------------------------------------------------------------ poison
    def test_one_bad_record_spoils_its_own_letter_only(self):
        content = self.content("<p>{{ person.name }} {{ customer.display_name }}</p>")
        acts = self.Act.concat(*(self.act(self.customer(f"C{n}"), content) for n in range(7)))
        poison = acts[4]
        compute = type(self.env["res.partner"])._compute_display_name

        def broken(partners):
            if partners & poison.person_id:
                self.env.cr.execute("SELECT 1/0")  # the transaction is aborted besides
            return compute(partners)

        self.patch(type(self.env["res.partner"]), "_compute_display_name", broken)
        with mute_logger("odoo.sql_db"):
            letters = acts._letters()
        self.assertEqual(set(letters), set(acts.ids))
        for act in acts - poison:
            self.assertEqual(
                self.paragraphs(letters[act.id])[0], f"{act.person_id.name} {act.person_id.name}"
            )
        self.assertIn("division by zero", letters[poison.id])

    def test_an_empty_subject_is_no_letter(self):
        content = self.content(subject="{{ person.city }}")
        acts = self.act(self.customer("Ada"), content) + self.act(
            self.customer("Bob", city="Ath"), content
        )
        to_ada, to_bob = acts._letters().values()
        self.assertRegex(to_ada, "^Subject")
        self.assertEqual(to_bob.subject, "Ath")

    def test_a_content_that_became_wrong_keeps_others_going(self):
        good, bad = self.content(), self.content("<p>x</p>", "fr_FR")
        acts = self.act(self.customer("Ada"), good) + self.act(self.customer("Bob"), bad)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_mailing SET body_html = '<t t-out=\"object.sudo()\"/>' WHERE id = %s",
            [bad.id],
        )
        self.env.invalidate_all()
        to_ada, to_bob = acts._letters().values()
        self.assertIsInstance(to_ada, Letter)
        self.assertRegex(to_bob, r"^Body: .*object\.sudo")

    # ------------------------------------------------------------------- speed
    def test_queries_do_not_depend_on_the_lot(self):
        survey = self.env["survey.survey"].create({"title": "How was it?"})
        step = self.new_step(kind="survey", survey_id=survey.id)
        content = self.content(
            LETTER
            + "{{ purchase.date }}{{ purchase.average }}{{ object.stage_id }}{{ survey.link }}"
            "{{ object.partner_id.country_id }}{{ person.parent_id.name }}{{ company.city }}",
            step=step,
        )
        country = self.env.ref("base.be").id

        def queries(size, name):
            acts = self.Act.concat(
                *(
                    self.act(self.customer(f"{name}{n}", country_id=country), content)
                    for n in range(size)
                )
            )
            content._cx_prepared()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            letters = acts._letters()
            self.env.flush_all()
            self.assertTrue(all(isinstance(letter, Letter) for letter in letters.values()))
            return self.env.cr.sql_log_count - before

        queries(2, "warm")
        self.assertEqual(queries(5, "few"), queries(40, "many"))
