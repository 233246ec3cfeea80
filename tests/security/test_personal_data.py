"""Everything known of a person in one file, for those only who hand it out."""

import json

from model.test_touchpoint_hand import HandCase

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged


class TestPersonalData(HandCase):
    def told(self, person, user=None):
        user = user or self.admin
        return json.loads(person.with_user(user).with_company(self.company)._cx_personal_data())

    def test_everything_that_points_to_the_person(self):
        self.buy(self.ada, 300, 200, 100)
        self.log(note="Too late", satisfaction=0)
        self.log(note="Who knows")
        self.env["cx.channel.preference"].say(self.ada.id, "phone")
        self.env["cx.topic.optout"].create(
            {"email": "ADA@example.com", "topic_id": self.env["cx.topic"].create({"name": "T"}).id}
        )
        other = self.partner("Bob", email="bob@example.com")
        self.refresh(other)
        self.log(other, user=self.admin, note="Bob's own affair")
        told = self.told(self.ada)
        self.assertEqual(told["person"]["Name"], "Ada")
        records = told["records"]
        by_note = {row["Note"]: row for row in records["Touchpoint"]}
        self.assertEqual(set(by_note), {"Too late", "Who knows"})
        self.assertEqual(by_note["Too late"]["Satisfaction"], 0.0)
        self.assertNotIn("Satisfaction", by_note["Who knows"])
        self.assertEqual(records["Preferred Channel"][0]["Channel"], "Phone")
        self.assertEqual(records["Opt-Out of a Topic"][0]["Email"], "ada@example.com")
        self.assertEqual(len(records["Customer"]), 1)
        self.assertGreaterEqual(len(records["Lifecycle Episode"]), 1)
        self.assertNotIn("Bob", json.dumps(told))
        self.assertEqual(told["left_out"], [])

    def test_what_they_said_of_their_data(self):
        """Also what was said for the address, when nobody knew who spoke; not what others said."""
        bob = self.partner("Bob", email="ada@example.com")
        said = {"purpose": "profiling", "answer": "no"}
        self.env["cx.consent"]._note(
            [
                {**said, "partner_id": self.ada.id, "wording": "Hers"},
                {**said, "email": "ada@example.com", "wording": "Somebody's there"},
                {**said, "partner_id": bob.id, "email": "ada@example.com", "wording": "His"},
                {**said, "email": "eve@example.com", "wording": "Eve's"},
            ]
        )
        told = self.told(self.ada)
        rows = told["records"]["Consent or Objection"]
        self.assertEqual([row["Wording"] for row in rows], ["Hers", "Somebody's there"])
        self.ada.with_user(self.rep)._cx_object("Leave me")
        told = self.told(self.ada)
        self.assertIn("Leave me", json.dumps(told["records"]["Consent or Objection"]))
        self.assertTrue(told["person"]["Objected to Profiling On"])

    def test_who_shares_the_address_is_somebody_else(self):
        bob = self.partner("Bob", email="ada@example.com")
        campaign = self.env["cx.campaign"].create({"name": "C", "entry": "manual"})
        step = self.env["cx.campaign.step"].create(
            {"campaign_id": campaign.id, "name": "S", "kind": "wait"}
        )
        self.refresh(bob | self.ada)
        for person in (bob, self.ada):
            run = self.env["cx.campaign.run"].sudo().create(
                {
                    "campaign_id": campaign.id, "customer_id": self.of(person).id,
                    "company_id": self.company.id, "entry_key": "x", "arm": "treated",
                    "state": "running", "entered_at": "2026-01-01", "ends_on": "2026-02-01",
                }
            )  # fmt: skip
            self.env["cx.campaign.act"].sudo().create(
                {
                    "run_id": run.id, "step_id": step.id, "campaign_id": campaign.id,
                    "customer_id": run.customer_id.id, "company_id": self.company.id,
                    "person_id": person.id, "email": "ada@example.com", "kind": "wait",
                    "state": "done", "not_before": "2026-01-01", "due_at": "2026-01-01",
                    "expires_at": "2026-01-01",
                }
            )  # fmt: skip
        told = self.told(self.ada)
        self.assertNotIn("Bob", json.dumps(told))
        label = self.env["ir.model"]._get("cx.campaign.act").name
        self.assertEqual(len(told["records"][label]), 1)

    def test_what_may_not_be_read_is_named(self):
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "survey.user_input")])
        rights.active = False
        left_out = ["Survey User Input", "Survey User Input Line"]
        self.assertEqual(self.told(self.ada)["left_out"], left_out)

    def test_a_person_at_a_company_is_not_the_company(self):
        self.buy(self.ada, 300, 200, 100)
        bea = self.partner("Bea", parent_id=self.ada.id)
        self.log(bea, note="Hers")
        self.log(self.ada, note="His")
        told = self.told(bea)
        self.assertEqual([row["Note"] for row in told["records"]["Touchpoint"]], ["Hers"])
        self.assertNotIn("Customer", told["records"])

    def test_for_administrators_only(self):
        for user in (self.rep, self.marketer):
            with self.assertRaises(AccessError):
                self.told(self.ada, user)
            with self.assertRaises(AccessError):
                self.ada.with_user(user).action_cx_personal_data()
        action = self.ada.with_user(self.admin).action_cx_personal_data()
        self.assertEqual(action["url"], f"/cx_lifecycle/person/{self.ada.id}/file")

    def test_not_of_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.partner("Hidden", company_id=elsewhere.id)
        with self.assertRaises(AccessError):
            self.told(hidden)


@tagged("post_install", "-at_install")
class TestFile(HttpCase):
    def test_the_file(self):
        person = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        path = f"/cx_lifecycle/person/{person.id}/file"
        self.assertIn("/web/login", self.url_open(path).url)
        for group, status in (("group_marketer", 404), ("group_admin", 200)):
            new_test_user(self.env, group, f"cx_lifecycle.{group}", password=f"{group}-secret")
            self.authenticate(group, f"{group}-secret")
            response = self.url_open(path)
            self.assertEqual(response.status_code, status)
        self.assertEqual(response.json()["person"]["Name"], "Ada")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open("/cx_lifecycle/person/999999999/file").status_code, 404)
