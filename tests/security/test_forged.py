"""Values that nobody may set: by create, write, import, copy, defaults, mass edit or commands."""

from security.test_companies import FenceCase

from odoo import Command
from odoo.exceptions import AccessError, UserError
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


class TestMachineFields(FenceCase):
    """What buttons and the machine write is no value: not by any way that values come in."""

    FORGED = {
        "state": "running", "user_id": 1, "launched_at": "2026-01-01 00:00:00",
        "launched_on": "2026-01-01", "version_number": 7, "amount_cap": 1.0,
        "last_entry": {"audience": 5}, "audience": {"enter": 9, "held_out": 0},
        "audience_at": "2026-01-01 00:00:00", "measured_at": "2026-01-01 00:00:00",
    }  # fmt: skip

    def test_of_a_campaign(self):
        campaign = self.campaign().with_user(self.users["marketer"])
        for name, value in self.FORGED.items():
            own = {"name": "C", "entry": "manual"}
            with self.refused(f"write {name}"):
                campaign.write({name: value})
            with self.refused(f"create {name}"):
                campaign.create({**own, name: value})
            with self.refused(f"copy {name}"):
                campaign.copy({name: value})
            for made in (
                campaign.with_context(**{f"default_{name}": value}).create(own),
                campaign.with_context(**{f"default_{name}": value}).copy(),
            ):
                self.assertNotEqual(made[name], made._fields[name].convert_to_record(
                    made._fields[name].convert_to_cache(value, made), made), name)  # fmt: skip
                self.assertEqual(made.user_id, self.users["marketer"])

    def test_of_a_campaign_by_file(self):
        campaigns = self.env["cx.campaign"].with_user(self.users["marketer"])
        for name, value in (
            ("state", "running"), ("launched_at", "2026-01-01 00:00:00"),
            ("user_id/.id", str(self.env.ref("base.user_root").id)), ("version_number", "3"),
        ):  # fmt: skip
            rows = [["Forged", "By hand only", value]]
            self.assertFalse(campaigns.load(["name", "entry", name], rows)["ids"], name)
        self.assertFalse(campaigns.search([("name", "=", "Forged")]))

    def test_by_commands_of_what_holds_them(self):
        campaign = self.campaign().with_user(self.users["marketer"])
        run, act = self.mine["cx.campaign.run"], self.mine["cx.campaign.act"]
        for values in (
            {"run_ids": [Command.create({"customer_id": self.mine["cx.customer"]})]},
            {"run_ids": [Command.update(run, {"arm": "held_out"})]},
            {"run_ids": [Command.link(run)]},
            {"run_ids": [Command.delete(run)]},
            {"step_ids": [Command.create({"name": "S", "kind": "wait", "last_version": 3})]},
            {"step_ids": [Command.update(campaign.step_ids.id, {"version_number": 9})]},
        ):
            with self.refused(values):
                campaign.write(values)
        self.assertTrue(self.env["cx.campaign.act"].browse(act).exists())

    def test_what_was_written_once_stays(self):
        """History, verdicts and the journal: nobody writes them anew, administrators included."""
        for name in ("cx.episode", "cx.objection", "cx.campaign.attempt", "cx.campaign.outcome",
                     "cx.campaign.run", "cx.campaign.act", "cx.customer"):  # fmt: skip
            row = self.env[name].with_user(self.users["admin"]).browse(self.mine[name])
            for what, act in (("write", lambda: row.write({})), ("unlink", row.unlink)):  # noqa: B023
                with self.refused(f"{name} {what}"):
                    act()
        attempt = self.env["cx.campaign.attempt"].browse(self.mine["cx.campaign.attempt"])
        with self.assertRaises(UserError):
            attempt.sudo().write({"outcome": "sent"})
