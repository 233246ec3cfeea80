"""Values that nobody may set: by create, write, import, copy, defaults, mass edit or commands."""

from security.test_companies import FenceCase

from odoo.exceptions import AccessError
from odoo.tests import new_test_user


class TestContentOfOthers(FenceCase):
    """A mailing becomes the content of a step by a marketer, of a draft of the own company."""

    def mailing(self, user, text="Hello"):
        return (
            self.env["mailing.mailing"]
            .with_user(user)
            .create({"subject": text, "body_html": f"<p>{text}</p>", "cx_lang": "en_US",
                     "mailing_model_id": self.env["ir.model"]._get_id("res.partner")})
        )  # fmt: skip

    def test_not_of_another_company(self):
        theirs = self.their("cx.campaign")
        theirs.launched_at = False
        mailing = self.mailing(self.users["marketer"])
        with self.refused("another company"):
            mailing.cx_step_id = self.theirs["cx.campaign.step"]

    def test_not_by_whoever_is_no_marketer(self):
        sender = new_test_user(self.env, "fence_sender", "mass_mailing.group_mass_mailing_user")
        campaign = self.campaign(steps=[{"kind": "mail"}])
        mailing = self.mailing(sender)
        with self.refused("no marketer"):
            mailing.cx_step_id = campaign.step_ids
        mailing.with_user(self.users["marketer"]).cx_step_id = campaign.step_ids
        self.assertEqual(campaign.step_ids.mailing_ids, mailing)

    def test_not_of_a_launched_campaign(self):
        campaign = self.campaign(steps=[{"kind": "mail"}])
        mailing = self.mailing(self.users["marketer"])
        campaign.launched_at = "2026-01-01 00:00:00"
        with self.refused("launched"):
            mailing.cx_step_id = campaign.step_ids


class TestFirstSteps(FenceCase):
    def test_nobody_confirms_sources_by_checking_none(self):
        first = self.env["cx.first.run"]._of(self.company)
        first.sources_at = False
        sources = self.env["cx.purchase.source"]
        sources.search([]).check_on = "2026-01-01 00:00:00"
        portal = new_test_user(self.env, "fence_portal", "base.group_portal")
        for user in (portal, self.users["rep"], self.users["marketer"]):
            with self.assertRaises(AccessError):
                sources.with_user(user).action_check()
        self.assertFalse(first.sources_at)
