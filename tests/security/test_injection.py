"""What people define as data stays data: conditions, paths and models of sources."""

import time

from model.campaigns import CampaignCase

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

DEEP = "[" * 10_000 + "]" * 10_000
# what is no condition, whoever writes it
NONSENSE = (
    "__import__('os').system('true')",
    "[('id', '=', ref('base.user_admin'))]",
    "[('user_id', '=', user.id)]",
    "[('id', '=', uid)]",
    "[('create_date', '>', time.strftime('%Y'))]",
    "[('id', '=', (lambda: 1)())]",
    "[x for x in ().__class__.__base__.__subclasses__()]",
    "[('name.__class__', '=', 1)]",
    "[('id', 'in', [1]), *[('id', '=', 2)]]",
    "{'id': 1}",
    "'id'",
    "3",
    "[('id', '=', 1)",
    "[('id; DROP TABLE res_partner', '=', 1)]",
    "[('id\"', '=', 1)]",
    "[('id', '= 1; --', 1)]",
    "[('id', 'any', 'x')]",
    "[('no_such_field', '=', 1)]",
    "['&', '&', '&']",
    "[('id', '=', 'x')]",
    "[('create_date', '>', 'x')]",
    "f'{1}'",
    "[" + "'|'," * 100_000 + "]",
    "[('name', '=', '" + "x" * 1_000_000,
    DEEP,
    "[('id', '=', " + "-" * 10_000 + "1)]",
    "(" * 5_000 + ")" * 5_000,
)
# what tells of the machine, of users, or what the writer may not read
FORBIDDEN = (
    "ir.config_parameter", "res.users", "res.users.apikeys", "res.users.log", "ir.attachment",
    "ir.mail_server", "ir.logging", "ir.cron", "ir.model.fields", "base.language.install",
    "res.config.settings", "res.device", "bus.bus", "mail.mail", "cx.touchpoint",
    "account.payment", "payment.token", "no.such.model", "res_partner; drop table res_partner",
    'res.partner"', "base", "mail.thread", "",
)  # fmt: skip


class InjectionCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "inject_admin", "cx_lifecycle.group_admin")
        cls.marketer = new_test_user(cls.env, "inject_marketer", "cx_lifecycle.group_marketer")

    def counts(self):
        self.env.flush_all()
        return [
            self.env[name].sudo().with_context(active_test=False).search_count([])
            for name in (
                "cx.purchase.source", "cx.touchpoint.source", "cx.campaign", "cx.campaign.step",
                "cx.policy.rule", "cx.policy.segment", "cx.warning.kind", "utm.campaign",
            )
        ]  # fmt: skip

    def assertRefused(self, act, what, error=UserError):
        before, began = self.counts(), time.thread_time()
        with (
            self.subTest(str(what)[:80]),
            mute_logger("odoo.sql_db"),
            self.assertRaises(error),
            self.env.cr.savepoint(),
        ):
            act()
            self.env.flush_all()
        self.assertLess(time.thread_time() - began, 1)
        self.env.invalidate_all()
        self.assertEqual(self.counts(), before)

    def purchase_source(self, **values):
        return (
            self.env["cx.purchase.source"]
            .with_user(self.admin)
            .create(
                {
                    "name": "Own", "model": "crm.lead", "date_path": "date_closed",
                    "amount_path": "expected_revenue", "company_id": self.company.id, **values,
                }
            )
        )  # fmt: skip

    def touchpoint_source(self, **values):
        return (
            self.env["cx.touchpoint.source"]
            .with_user(self.admin)
            .create(
                {
                    "name": "Own", "model": "crm.lead", "company_id": self.company.id,
                    "channel_id": self.env.ref("cx_lifecycle.channel_event").id,
                    "interaction_id": self.env.ref("cx_lifecycle.interaction_asks").id,
                    **values,
                }
            )
        )  # fmt: skip


class TestConditions(InjectionCase):
    def places(self):
        """(name, function that writes a condition) of each place where people write one."""
        self.admin.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        draft = self.policy.with_user(self.admin).action_new_version()["res_id"]
        draft = self.env["cx.policy"].with_user(self.admin).browse(draft)
        stage = self.stage("active")
        campaign = self.campaign().with_user(self.marketer)
        kind = self.env.ref("cx_lifecycle.warning_complaint", raise_if_not_found=False)
        yield "purchases", lambda text: self.purchase_source(domain=text)
        yield "touchpoints", lambda text: self.touchpoint_source(domain=text)
        yield "customers of a policy", lambda text: draft.write({"customer_domain": text})
        yield (
            "segment",
            lambda text: draft.write(
                {"segment_ids": [Command.create({"name": "S", "domain": text})]}
            ),
        )
        yield (
            "rule",
            lambda text: draft.write(
                {"rule_ids": [Command.create({"name": "R", "stage_id": stage.id, "domain": text})]}
            ),
        )
        yield "campaign", lambda text: campaign.write({"domain": text})
        yield (
            "new campaign",
            lambda text: campaign.create({"name": "C", "entry": "manual", "domain": text}),
        )
        yield "step", lambda text: campaign.step_ids.write({"domain": text})
        if kind:
            yield "warning sign", lambda text: kind.with_user(self.marketer).write({"domain": text})

    def test_nonsense_is_refused_at_once(self):
        for place, write in self.places():
            for text in NONSENSE:
                self.assertRefused(lambda: write(text), (place, text), ValidationError)  # noqa: B023

    def test_protected_fields_are_no_oracle(self):
        """A condition on what its writer may not read would answer yes or no by its number."""
        secrets = (
            "[('user_ids.password', '=like', '$pbkdf2%')]",
            "[('user_ids.api_key_ids.key', '=like', 'a%')]",
            "[('user_ids.totp_secret', '!=', False)]",
            "[('partner_id.user_ids.totp_secret', '!=', False)]",
            "[('signup_type', '!=', False)]",
            "[('create_uid.totp_secret', '!=', False)]",
            "[('message_ids.mail_server_id.smtp_pass', '=like', 'a%')]",
            "[('message_ids.mail_ids.body_html', 'ilike', 'a')]",
        )
        for place, write in self.places():
            for text in secrets:
                self.assertRefused(lambda: write(text), (place, text), ValidationError)  # noqa: B023

    def test_nobody_of_another_company_takes_part(self):
        """A condition that names a contact of theirs: nobody in the preview, nobody at night."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.partner("Theirs", company_id=other.id)
        self.order(theirs, company=other)
        mine = self.buy(self.partner("Mine"), 3)
        campaign = self.campaign(entry="in_stage", stage="new")
        marketer = campaign.with_user(self.marketer)
        for shared in (False, True):
            if shared:  # a contact of all companies is a customer of each by itself
                theirs.company_id = False
            marketer.domain = f"[('id', 'in', {[theirs.id, mine.partner_id.id]})]"
            counts = {line["code"]: line["count"] for line in marketer.audience_now({})["lines"]}
            self.assertEqual(counts["enter"], 1)
        campaign._launch()
        self.work()
        self.assertEqual(campaign.run_ids.customer_id, mine)

    def test_what_clients_ask_for_too(self):
        """The same of conditions that are sent and not kept."""
        rep = new_test_user(self.env, "inject_rep", "sales_team.group_sale_salesman")
        asks = {
            "cx.portfolio": "figures", "cx.journey.map": "figures", "cx.listening": "figures",
            "cx.customer": "stage_counts",
        }  # fmt: skip
        for model, method in asks.items():
            for domain in (
                [("partner_id.user_ids.password", "=like", "a%")],
                [("partner_id.user_ids.totp_secret", "!=", False)],
                [("create_uid.totp_secret", "!=", False)],
                [("id; --", "=", 1)],
                [("id", "= 1; --", 1)],
                "x", 3, {"a": 1}, [[]], [None], ["&"], [("id", "=")],
            ):  # fmt: skip
                ask = getattr(self.env[model].with_user(rep), method)
                self.assertRefused(lambda: ask(domain=domain), (model, domain))  # noqa: B023


class TestSources(InjectionCase):
    def test_models_that_tell_of_no_customer(self):
        for model in FORBIDDEN:
            own = {"model": model, "partner_path": "create_uid.partner_id"}
            paths = {"date_path": "create_date", "amount_path": "id"}
            self.assertRefused(lambda: self.purchase_source(**own, **paths), model)  # noqa: B023
            self.assertRefused(lambda: self.touchpoint_source(**own), model)  # noqa: B023

    def test_the_secret_of_the_database_is_out_of_reach(self):
        """It signs every link of the server: one letter after the other could be asked for."""
        self.assertRefused(
            lambda: self.purchase_source(
                model="ir.config_parameter", partner_path="create_uid.partner_id",
                date_path="create_date", amount_path="id",
                domain="[('key', '=', 'database.secret'), ('value', '=like', 'a%')]",
            ).action_check(),
            "secret",
        )  # fmt: skip

    def test_paths_over_what_the_writer_may_not_read(self):
        """What a source adds up is shown to every rep."""
        self.patch(self.env["crm.lead"]._fields["expected_revenue"], "groups", "base.group_system")
        self.assertRefused(self.purchase_source, "field of others")
        self.assertRefused(
            lambda: self.touchpoint_source(satisfaction_path="expected_revenue"), "field of others"
        )

    def test_products_over_lines_the_writer_may_not_read(self):
        self.admin.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        orders = {
            "model": "sale.order", "date_path": "date_order", "amount_path": "amount_untaxed",
            "product_path": "order_line.product_id", "sign": "-1",
        }  # fmt: skip
        self.assertTrue(self.purchase_source(**orders))
        self.patch(self.env["sale.order.line"]._fields["product_id"], "groups", "base.group_system")
        self.assertRefused(lambda: self.purchase_source(**orders), "field of others")

    def test_paths_over_models_the_writer_may_not_read(self):
        for path in ("payment_id.amount", "statement_line_id.amount"):
            self.assertRefused(
                lambda: self.purchase_source(
                    model="account.move.line",
                    date_path="date",
                    amount_path=path,  # noqa: B023
                ),
                path,
            )

    def test_what_people_wrote_each_other_is_no_condition(self):
        """Sources count all messages, also of conversations that their writer may not read."""
        messages = {
            "model": "mail.message", "partner_path": "author_id", "date_path": "date",
            "amount_path": "res_id",
        }  # fmt: skip
        for domain in (
            "[('body', 'ilike', 'dismiss')]",
            "[('child_ids.subject', 'ilike', 'dismiss')]",
            "[('child_ids', 'any', [('body', 'ilike', 'dismiss')])]",
            "['!', ('author_id.message_ids.preview', 'ilike', 'dismiss')]",
        ):
            self.assertRefused(lambda: self.purchase_source(**messages, domain=domain), domain)  # noqa: B023
        leads = "[('message_ids.body', 'ilike', 'dismiss')]"
        self.assertRefused(lambda: self.touchpoint_source(domain=leads), leads)

    def test_nobody_points_what_is_shipped_elsewhere(self):
        shipped = self.env.ref("cx_lifecycle.source_sale_order").with_user(self.admin)
        for values in (
            {"model": "res.users", "date_path": "create_date", "amount_path": "id"},
            {"amount_path": "id; DROP TABLE res_partner"},
            {"partner_path": "company_id.password"},
            {"partner_path": "x\""},
            {"date_path": "order_line.create_date"},
            {"amount_path": "amount_to_invoice.x"},
            {"currency_path": "currency_id.rate_ids"},
            {"product_path": "order_line.order_id"},
            {"domain": "[('partner_id.user_ids.password', '!=', False)]"},
        ):  # fmt: skip
            self.assertRefused(lambda: shipped.write(values), values)  # noqa: B023
        shipped.name = "Orders"
        self.assertEqual(shipped.model, "sale.order")

    def test_by_file_too(self):
        before = self.counts()
        sources = self.env["cx.purchase.source"].with_user(self.admin)
        fields = ["name", "model", "partner_path", "date_path", "amount_path", "company_id/.id"]
        for model in FORBIDDEN:
            row = ["x", model, "create_uid.partner_id", "create_date", "id", str(self.company.id)]
            self.assertFalse(sources.load(fields, [row])["ids"], model)
        self.assertEqual(self.counts(), before)
