"""Opportunities by the hundred: Odoo writes them one by one, we look once."""

from unittest.mock import patch

from model.common import LifecycleCase

from odoo.tests import new_test_user

MASS = "crm.lead2opportunity.partner.mass"


class TestLeadsInLots(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "lots", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.team"].create(
            {"name": "Lots", "use_leads": True, "assignment_max": 100, "company_id": False}
        )
        cls.env["crm.team.member"].create(
            {"user_id": cls.seller.id, "crm_team_id": cls.team.id, "assignment_max": 500}
        )
        cls.env["crm.team"].search([("id", "!=", cls.team.id)]).active = False
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Fair {number}", "type": "lead", "user_id": False, "team_id": False,
                    "partner_id": cls.partner(f"Guest {number}").id,
                }
                for number in range(12)
            ]
        )  # fmt: skip
        cls.env.cr.flush()

    def looks(self, work):
        """The customers looked at each time, while some work is done and flushed."""
        looked = []
        original = type(self.Customer)._refresh

        def spy(model, company, scope, *args, **options):
            looked.append(company)
            return original(model, company, scope, *args, **options)

        with patch.object(type(self.Customer), "_refresh", spy):
            work()
            self.env.cr.flush()
        return looked

    def stages(self):
        # as a new request would see them
        self.env.invalidate_all()
        return [self.of(partner).stage_id.code for partner in self.leads.partner_id]

    def convert(self):
        lot = self.env[MASS].with_context(active_model="crm.lead", active_ids=self.leads.ids)
        wizard = lot.create(
            {"deduplicate": False, "user_ids": self.seller.ids, "force_assignment": True}
        )
        wizard.action_mass_convert()

    def test_a_mass_conversion_makes_prospects_by_one_look(self):
        self.assertEqual(set(self.stages()), {"suspect"})
        companies = self.env["cx.policy"].search([("state", "=", "published")]).company_id
        looked = self.looks(self.convert)
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})
        self.assertEqual(set(self.stages()), {"prospect"})
        # of leads that belong to no company all companies see something
        self.assertLessEqual(len(looked), 1 + len(companies))

    def test_an_assignment_makes_prospects_by_one_look(self):
        companies = self.env["cx.policy"].search([("state", "=", "published")]).company_id
        looked = self.looks(lambda: self.team._action_assign_leads(force_quota=True))
        self.assertEqual(self.leads.user_id, self.seller)
        self.assertEqual(set(self.stages()), {"prospect"})
        self.assertLessEqual(len(looked), 1 + len(companies))

    def test_one_by_one_the_customer_is_looked_at_at_once(self):
        self.leads[0].convert_opportunity(self.leads[0].partner_id)
        self.assertEqual(self.of(self.leads[0].partner_id).stage_id.code, "prospect")

    def test_what_is_rolled_back_is_forgotten(self):
        lot = self.leads.with_context(cx_refresh_at_commit=True)
        lot.convert_opportunity(lot[0].partner_id)
        self.assertTrue(self.env.cr.precommit.data["cx_lifecycle.customers"])
        self.env.cr.clear()
        self.assertEqual(self.looks(lambda: None), [])

    def test_a_contact_deleted_meanwhile_stops_nothing(self):
        gone, kept = self.partner("Gone"), self.leads[0]
        self.Customer.with_context(cx_refresh_at_commit=True)._refresh_partners(
            gone | kept.partner_id, self.company, "crm.lead"
        )
        gone.unlink()
        self.assertEqual(self.looks(lambda: None), [self.company])

    def test_one_that_fails_leaves_the_others_of_its_lot(self):
        """Each of the others is what it should be, and whoever failed is told of tomorrow."""
        bad = self.leads[3].partner_id
        original = type(self.Customer)._write_verdict

        def breaks(model, company, policy, scope, *args, **options):
            done = original(model, company, policy, scope, *args, **options)
            if self.of(bad).stage_id.code == "prospect":
                raise ZeroDivisionError("verdict")
            return done

        with (
            patch.object(type(self.Customer), "_write_verdict", breaks),
            self.assertLogs("odoo.addons.cx_lifecycle", "ERROR"),
        ):
            self.convert()
            self.env.cr.flush()
        stages = dict(zip(self.leads.partner_id, self.stages(), strict=True))
        self.assertEqual(stages.pop(bad), "suspect")
        self.assertEqual(set(stages.values()), {"prospect"})
        self.assertIn("verdict", self.of(bad).error)

    def test_a_lead_that_changes_company_by_its_team_is_a_prospect_there(self):
        there = self.env["res.company"].create({"name": "There"})
        self.env["cx.policy"]._of(there)
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "user_id": False, "team_id": False,
             "company_id": False, "partner_id": self.partner("Moved").id}
        )  # fmt: skip
        self.env.cr.flush()
        self.assertEqual(self.of(lead.partner_id).stage_id.code, "prospect")
        lead.team_id = self.env["crm.team"].create({"name": "Theirs", "company_id": there.id})
        self.env.cr.flush()
        self.assertEqual(lead.company_id, there)
        self.assertEqual(self.of(lead.partner_id).stage_id.code, "suspect")
        self.assertEqual(self.of(lead.partner_id, there).stage_id.code, "prospect")

    def test_what_a_lock_left_the_night_makes_good(self):
        lead = self.leads[0].with_context(cx_no_refresh=True)  # as when a lot held the customer
        lead.convert_opportunity(lead.partner_id)
        self.assertEqual(self.of(lead.partner_id).stage_id.code, "suspect")
        self.night()
        self.assertEqual(self.of(lead.partner_id).stage_id.code, "prospect")
