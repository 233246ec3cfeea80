"""A company in which no screen is empty."""

import math
from unittest.mock import patch

from browser.axe import AxeCase
from browser.common import TourCase
from browser.test_campaign_life import CampaignTours
from browser.test_evidence_tours import EvidenceCase
from browser.test_forecast_tours import ForecastTour
from browser.test_journey_tours import Complaints
from browser.test_listening_tours import ListeningCase
from browser.test_rep_jobs import JobCase
from browser.test_result_tours import ResultCase

from odoo import Command, fields

from odoo.addons.cx_lifecycle.models import cx_policy_backtest


class EverythingCase(
    AxeCase, ForecastTour, ResultCase, ListeningCase, CampaignTours, Complaints, EvidenceCase,
    JobCase, TourCase,
):  # fmt: skip
    """The customers of the tours, with all that the tours give them, and what is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        campaigns = cls.env["cx.campaign"]
        cls.launched = campaigns.search([("launched_at", "!=", False)])
        cls.running = campaigns.create(
            {"name": "Running", "entry": "manual", "email_from": "care@example.com",
             "holdout_share": 0.0}
        )  # fmt: skip
        wait = cls.step(cls.running, name="Breath", kind="wait", delay=9)
        cls.step(cls.running, name="Again", kind="wait", parent_id=wait.id, trigger="done")
        cls.running._launch()
        cls.running.enter(cls.alpha.partner_id.ids)
        cls.a_person_known()
        cls.a_deal()
        cls.a_back_test()
        cls.money_and_plans()
        cls.env.flush_all()

    @classmethod
    def a_person_known(cls):
        """The firm complained, was warned about, and says how it wants to be reached."""
        phone = cls.env.ref("cx_lifecycle.channel_phone")
        for days, score in ((200, 8), (150, 9), (3, 3)):
            cls.touch(cls.zeta, days, "rates", satisfaction=score)
        cls.env["cx.channel.preference"]._say(cls.firm, phone, None, "person")
        sign = cls.env["cx.warning.kind"].search([("code", "=", "claim_open")])
        cls.warning = cls.env["cx.warning"].create(
            {"kind_id": sign.id, "customer_id": cls.zeta.id, "company_id": cls.env.company.id,
             "began_on": fields.Date.today(), "strength": 2.4}
        )  # fmt: skip
        cls.firm.message_post(body="The parcel came late", message_type="comment")

    @classmethod
    def a_deal(cls):
        seats = [
            Command.create({"role_id": cls.buyer.id, "partner_id": cls.paul.id, "stance": "1"})
        ]
        stage = cls.env.ref("crm.stage_lead2")
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Spring deal", "type": "opportunity", "partner_id": cls.firm.id,
             "user_id": cls.rep.id, "stage_id": stage.id, "cx_seat_ids": seats}
        )  # fmt: skip
        stage.write({"cx_role_ids": cls.decider.ids, "cx_role_rule": "block"})

    @classmethod
    def a_back_test(cls):
        policy = cls.env["cx.policy"]._of(cls.env.company)
        cuts = [fields.Date.subtract(fields.Date.today(), days=days) for days in (150, 110)]
        cls.classPatch(cx_policy_backtest, "FEWEST", 1)
        cls.backtest = cls.env["cx.backtest"]._request(policy, cuts, 60)
        with patch.object(type(cls.backtest), "_commit", lambda *_, **__: math.inf):
            cls.backtest._go_on()
        policy.with_user(cls.env.ref("base.user_admin")).action_new_version()
        cls.policy = policy
        cls.draft_policy = cls.env["cx.policy"].search([("state", "=", "draft")])
        cls.draft_policy.write({"mode": "fixed", "dormant_after": 40})

    @classmethod
    def money_and_plans(cls):
        begin, end = fields.Date.subtract(cls.today, days=350), fields.Date.add(cls.today, days=30)
        for measure, user in (("new", cls.rep), ("kept", cls.env["res.users"])):
            cls.env["cx.objective"].create(
                {"measure": measure, "target": 3, "budget": 500, "user_id": user.id,
                 "date_from": begin, "date_to": end}
            )  # fmt: skip
        cls.env["cx.spending"].create({"note": "Fair", "amount": 800, "purpose": "new"})
        cls.improvement = cls.env["cx.improvement"].create(
            {"name": "Call back", "interaction_id": cls.complains.id, "target": 8,
             "date_from": fields.Date.subtract(cls.today, days=60)}
        )  # fmt: skip
