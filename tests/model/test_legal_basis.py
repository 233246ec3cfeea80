"""On which legal basis a campaign writes, and who may not be written to on it."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from model.campaigns import SinkCase
from model.common import TODAY

from odoo import fields
from odoo.exceptions import ValidationError

ADA, BOB = "ada@example.com", "bob@example.com"


class BasisCase(SinkCase):
    """Ada bought long ago, Bob never did; everybody is let in by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topic = cls.env["cx.topic"].create({"name": "Offers of spring"})
        cls.ada = cls.partner("Ada", email=ADA)
        cls.bob = cls.partner("Bob", email=BOB)
        cls.buy(cls.ada, 340, 280, 220, 160)
        cls.refresh(cls.bob)

    def writing(self, basis, **values):
        """A launched campaign with one mail, which nobody has entered yet."""
        campaign = self.campaign(
            **{"entry": "manual", "topic_id": self.topic.id, "exclusive": False, **values},
            steps=[{"kind": "mail", "name": "Mail"}],
            legal_basis=basis,
            email_from="shop@example.com",
        )
        self.env["mailing.mailing"].create(
            {"cx_step_id": campaign.step_ids.id, "subject": "Hello",
             "body_arch": "<p>Hello</p>", "body_html": "<p>Hello</p>"}
        )  # fmt: skip
        campaign._launch()
        return campaign

    def enter(self, campaign, *people):
        ids = [person.id for person in people or (self.ada, self.bob)]
        return campaign.enter(ids, key=str(self.env["cx.campaign.run"].search_count([])))

    def say(self, answer, email=ADA, **values):
        said = {
            "email": email, "purpose": "topic", "topic_id": self.topic.id, "answer": answer,
            "origin": "page", "at": fields.Datetime.now(),
        }  # fmt: skip
        return self.env["cx.consent"]._note([{**said, **values}])

    def agree(self, email=ADA, **values):
        entry = {
            "email": email, "topic_id": self.topic.id, "at": "2026-01-02 10:00:00",
            "wording": "Send me your offers", "proof": "Form 7",
        }  # fmt: skip
        self.env["cx.consent.entry"].create({**entry, **values}).action_save()

    def under_lock(self, act):
        """Whether a mail that is in the hands of a worker may still leave."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET state = 'claimed', claim = 'me' WHERE id = %s", (act.id,)
        )
        self.env.invalidate_all(flush=False)
        return self.Act._allow(act.id, "me", self.company.id)

    def addressed(self, campaign):
        """The one act of a campaign, ready to leave."""
        act = campaign.run_ids.act_ids
        self.Act._journaled(self.Act._addressed(act.ids))
        return act


class TestBasis(BasisCase):
    def test_own_customers_have_bought(self):
        campaign = self.writing("customer")
        done = self.enter(campaign)
        self.assertEqual((done["entered"], done["excluded"]), (1, {"not_customer": 1}))
        self.work()
        self.assertEqual(self.people(), [ADA])

    def test_no_basis_and_the_others_ask_nobody_for_a_purchase(self):
        for basis in (False, "professional", "service"):
            self.assertEqual(self.enter(self.writing(basis))["entered"], 2, basis)

    def test_whose_purchases_went_leaves_and_gets_nothing_meanwhile(self):
        campaign = self.writing("customer")
        self.enter(campaign, self.ada)
        act = self.addressed(campaign)
        self.env.cr.execute(
            "UPDATE cx_customer SET last_purchase_on = NULL WHERE id = %s", (act.customer_id.id,)
        )
        self.assertFalse(self.under_lock(act))
        self.Run._settle_runs(self.company, self.ada.ids)
        self.assertEqual(campaign.run_ids.reason, "not_customer")

    def test_a_yes_is_about_a_topic(self):
        with self.assertRaisesRegex(ValidationError, "Topic"):
            self.campaign(legal_basis="consent", topic_id=False)
        campaign = self.campaign(legal_basis="consent", topic_id=self.topic.id)
        with self.assertRaisesRegex(ValidationError, "Topic"):
            campaign.topic_id = False

    def test_only_who_said_yes(self):
        self.agree()
        self.say("yes", BOB, topic_id=self.env["cx.topic"].create({"name": "Other"}).id)
        done = self.enter(self.writing("consent"))
        self.assertEqual((done["entered"], done["excluded"]), (1, {"no_consent": 1}))
        self.work()
        self.assertEqual(self.people(), [ADA])

    def said_yes(self):
        self.env.flush_all()
        campaign = self.writing("consent", company_id=self.company.id)
        return self.enter(campaign, self.ada)["entered"] == 1

    def test_the_last_word_counts(self):
        self.assertFalse(self.said_yes())
        days = iter(range(100))
        at = lambda: TODAY - timedelta(days=100 - next(days))  # noqa: E731
        for answer, counts in (
            ({"answer": "yes"}, True),
            ({"answer": "no"}, False),
            ({"answer": "yes", "origin": "person"}, False),  # somebody says so, without evidence
            ({"answer": "yes", "origin": "file", "proof": "Form 1"}, True),
            ({"answer": "no", "purpose": "pause", "topic_id": False}, True),
            ({"answer": "no", "purpose": "messages", "topic_id": False}, False),
            ({"answer": "yes", "purpose": "messages", "topic_id": False}, False),
            ({"answer": "yes"}, True),
        ):
            self.say(**{"at": at(), **answer})
            self.assertEqual(self.said_yes(), counts, answer)

    def test_not_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.say("yes", company_id=other.id)
        self.assertFalse(self.said_yes())

    def test_taken_back_it_ends_at_once_and_nothing_leaves(self):
        self.agree()
        campaign = self.writing("consent")
        self.enter(campaign, self.ada)
        act = self.addressed(campaign)
        self.say("no")
        self.assertFalse(self.under_lock(act))
        self.env["cx.topic.optout"]._opt_out(ADA, self.topic, self.company, "page")
        self.assertEqual(campaign.run_ids.reason, "opted_out")
        self.assertEqual(act.state, "skipped")

    def test_what_the_last_look_missed_the_lot_finds(self):
        self.agree()
        campaign = self.writing("consent")
        self.enter(campaign, self.ada)
        self.say("no")
        self.work()
        self.assertEqual((campaign.run_ids.reason, self.people()), ("no_consent", []))

    def test_nothing_keeps_a_yes_from_leaving(self):
        self.agree()
        campaign = self.writing("consent")
        self.enter(campaign, self.ada)
        self.assertTrue(self.under_lock(self.addressed(campaign)))

    def test_figures_add_up(self):
        self.agree()
        campaign = self.writing("consent", entry="in_stage", stage_id=self.stage("dormant").id)
        self.buy(self.partner("Cy", email="cy@example.com"), 340, 280, 220, 160)
        figures = campaign._audience("both")
        self.assertEqual(figures["excluded"]["no_consent"], 1)
        self.assertEqual(figures["audience"], figures["enter"] + sum(figures["excluded"].values()))


class TestLaunch(BasisCase):
    def findings(self, basis, **values):
        """(level, field) of what the checklist says about the basis of a draft."""
        campaign = self.campaign(
            steps=[{"kind": "mail", "name": "Mail"}], topic_id=self.topic.id, **values
        )
        campaign.legal_basis = basis
        return [(check.level, check.field) for check in campaign._check_legal()]

    def test_missing(self):
        self.assertEqual(self.findings(False), [("block", "Legal Basis")])
        campaign = self.campaign()
        self.assertFalse([*campaign._check_legal()], "a call needs none")

    def test_what_ran_before_is_only_asked(self):
        draft = self.writing(False)._begin_draft()
        self.assertEqual([check.level for check in draft._check_legal()], ["ask"])

    def test_customers_who_never_bought(self):
        self.assertEqual(self.findings("customer", stage="prospect"), [("block", "Legal Basis")])
        self.assertEqual(self.findings("customer"), [])

    def test_nobody_said_yes(self):
        self.assertEqual(self.findings("consent"), [("ask", "Topic")])
        self.agree()
        self.assertEqual(self.findings("consent"), [])

    def test_a_topic_that_others_write_about_without_a_yes(self):
        self.agree()
        self.writing("customer")
        self.assertEqual(self.findings("consent"), [("ask", "Topic")])

    def test_professional_addresses_of_persons(self):
        self.env["cx.customer"].search([]).partner_id.is_company = False
        self.assertEqual(self.findings("professional"), [("ask", "Legal Basis")])
        self.env["cx.customer"].search([]).partner_id.is_company = True
        self.assertEqual(self.findings("professional"), [])

    def test_the_dialog_shows_it(self):
        campaign = self.campaign(steps=[{"kind": "mail", "name": "Mail"}])
        audience = {"enter": 1, "audience": 1, "excluded": {}, "held_out": 0}
        fields_named = [check.field for check in campaign._launch_checks(audience)]
        self.assertIn("Legal Basis", fields_named)


class TestTooLongAgo(BasisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cx_contact_months = 36
        cls.old = cls.partner("Old", email="old@example.com")
        cls.customer = cls.buy(cls.old, 40)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '40 months' WHERE id = %s",
            (cls.old.id,),
        )
        cls.env.cr.execute(
            "UPDATE cx_customer SET last_purchase_on = %s WHERE id = %s",
            (TODAY - relativedelta(months=37), cls.customer.id),
        )
        cls.env.invalidate_all()

    def held(self, basis="customer"):
        return "too_long_ago" in self.enter(self.writing(basis), self.old)["excluded"]

    def touch(self, **values):
        return self.env["cx.touchpoint"].sudo().create(
            {
                "customer_id": self.customer.id, "at": fields.Datetime.now(),
                "channel_id": self.env.ref("cx_lifecycle.channel_phone").id,
                "interaction_id": self.env["cx.interaction"].search(
                    [("begun_by", "=", "customer"), ("code", "!=", "reads_newsletter")], limit=1
                ).id,
                "step_id": self.env["cx.journey.step"].search([], limit=1).id,
                "begun_by": "customer", **values,
            }
        )  # fmt: skip

    def test_silent_for_three_years(self):
        self.assertTrue(self.held())

    def test_what_is_no_advertising_and_the_setting(self):
        self.assertFalse(self.held("service"))
        self.company.cx_contact_months = 38
        self.assertFalse(self.held())
        self.company.cx_contact_months = 0
        self.assertFalse(self.held())

    def test_signs_of_life(self):
        reads = self.env.ref("cx_lifecycle.interaction_reads_newsletter")
        for no_sign in ({"begun_by": "company"}, {"interaction_id": reads.id},
                        {"at": fields.Datetime.now() - relativedelta(months=37)}):  # fmt: skip
            self.touch(**no_sign)
            self.assertTrue(self.held(), no_sign)
        self.touch()
        self.assertFalse(self.held())

    def test_a_click_is_one_an_opened_mail_is_none(self):
        campaign = self.writing("service")
        self.enter(campaign, self.old)
        self.work()
        trace = campaign.run_ids.act_ids.trace_id
        trace.set_opened()
        self.assertTrue(self.held())
        trace.set_clicked()
        self.assertFalse(self.held())

    def test_a_new_contact(self):
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = now() WHERE id = %s", (self.old.id,)
        )
        self.assertFalse(self.held())

    def test_in_a_long_campaign(self):
        self.company.cx_contact_months = 38
        campaign = self.writing("customer")
        self.enter(campaign, self.old)
        self.company.cx_contact_months = 36
        self.work()
        self.assertEqual(self.acts(campaign), [("Mail", "skipped", "too_long_ago")])


class TestProfiling(BasisCase):
    def object(self, person):
        person.sudo().cx_no_profiling_since = TODAY
        self.env.flush_all()

    def test_who_objected_does_not_enter(self):
        self.object(self.bob)
        done = self.enter(self.writing("service"))
        self.assertEqual((done["entered"], done["excluded"]), (1, {"no_profiling": 1}))

    def test_it_ends_at_once(self):
        campaign = self.writing("service")
        self.enter(campaign, self.ada)
        act = self.addressed(campaign)
        self.object(self.ada)
        self.assertFalse(self.under_lock(act))
        self.ada._cx_stop_profiling()
        self.assertEqual(campaign.run_ids.reason, "no_profiling")

    def test_somebody_at_a_company(self):
        """The company stays in, and that person is not written to."""
        firm = self.partner("Firm")
        bea = self.partner("Bea", parent_id=firm.id, email="bea@example.com")
        self.buy(firm, 340, 280, 220, 160)
        campaign = self.writing("service")
        self.enter(campaign, firm)
        self.object(bea)
        self.assertEqual(self.enter(self.writing("service"), firm)["excluded"], {"no_profiling": 1})
        bea._cx_stop_profiling()
        self.work()
        self.assertEqual(self.acts(campaign), [("Mail", "skipped", "no_profiling")])
        self.assertEqual(self.people(), [])


class TestSuppression(BasisCase):
    def keep(self, *emails, company=None):
        self.env["cx.suppression"]._keep(emails, company)

    def test_nobody_can_read_it(self):
        self.keep(ADA, None, "")
        row = self.env["cx.suppression"].search([])
        self.assertRegex(row.digest, r"^[0-9a-f]{64}$")
        self.keep(ADA)
        self.assertEqual(len(self.env["cx.suppression"].search([])), 1)

    def test_another_secret_is_another_number(self):
        self.keep(ADA)
        first = self.env["cx.suppression"].search([]).digest
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("cx_lifecycle_mail.suppression_salt", "other")
        self.keep(ADA)
        self.assertEqual(len(set(self.env["cx.suppression"].search([]).mapped("digest"))), 2)
        self.env["cx.suppression"].init()
        self.assertEqual(
            parameters.get_param("cx_lifecycle_mail.suppression_salt"), "other", "never made anew"
        )
        self.assertTrue(first)

    def test_imported_again_it_is_not_written_to(self):
        self.keep(ADA)
        again = self.partner("Ada again", email="Ada <ADA@example.com>")
        self.buy(again, 340, 280, 220, 160)
        done = self.enter(self.writing("customer"), again)
        self.assertEqual((done["entered"], done["excluded"]), (0, {"suppressed": 1}))

    def test_under_lock_too(self):
        campaign = self.writing("customer")
        self.enter(campaign, self.ada)
        act = self.addressed(campaign)
        self.keep(ADA)
        self.assertFalse(self.under_lock(act))
        self.work()
        self.assertEqual(campaign.run_ids.reason, "suppressed")

    def test_of_one_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.keep(ADA, company=other)
        self.assertEqual(self.enter(self.writing("customer"), self.ada)["entered"], 1)
        self.keep(ADA, company=self.company)
        self.assertEqual(self.enter(self.writing("customer"), self.ada)["entered"], 0)

    def test_a_new_yes_with_evidence_lets_its_topic_through(self):
        self.keep(ADA)
        self.say("yes", origin="person")
        self.assertEqual(self.enter(self.writing("customer"), self.ada)["entered"], 0)
        self.agree()
        other = self.env["cx.topic"].create({"name": "Other"})
        blocked = self.enter(self.writing("customer", topic_id=other.id), self.ada)
        self.assertEqual(blocked["entered"], 0)
        self.say("yes", origin="file", proof="Form 8")
        self.assertEqual(self.enter(self.writing("customer"), self.ada)["entered"], 1)
