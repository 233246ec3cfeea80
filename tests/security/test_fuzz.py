"""Definitions of any kind: a readable record, or a refusal that says what to do."""

import base64
import json
from datetime import date

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from security.test_injection import FORBIDDEN, NONSENSE, InjectionCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger

# texts that mean something somewhere, and any other; no column takes a zero byte, nor half a pair
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
conditions = st.one_of(
    st.sampled_from([*NONSENSE[:22], "[]", "[('id', '!=', 0)]", "[('name', 'ilike', 'a')]"]),
    anything,
)
paths = st.one_of(
    st.sampled_from([
        "partner_id", "user_id.partner_id", "create_date", "date_closed", "expected_revenue", "id",
        "tag_ids", "order_line.price_unit", "partner_id.name", "res_id(sale.order).partner_id",
        "res_id(", "x.y.z", ".", "..", "partner_id.", "__class__", "currency_id", "company_id",
    ]),
    anything,
)  # fmt: skip
models = st.one_of(
    st.sampled_from([*FORBIDDEN, "sale.order", "crm.lead", "mail.message"]), anything
)
numbers = st.one_of(
    st.integers(-3, 400), st.sampled_from([0, 10**6, 2**31 - 1, -(2**31)]),
    st.floats(-5, 5, allow_nan=False),
)  # fmt: skip
few = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def some(**values):
    """Some of these values, each of its kind."""
    return st.fixed_dictionaries({}, optional=values)


class TestFuzz(InjectionCase):
    def same(self, act, *readable):
        """What a definition leads to: a record that can be read, or nothing at all."""
        before = self.counts()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                record = act()
                self.env.flush_all()
                record.invalidate_recordset()
                record.read([*readable, "display_name"])
                raise Undone
        except UserError as error:
            self.assertTrue(str(error).strip())
        except psycopg2.IntegrityError as error:
            # what the table refuses, the server tells as a refusal of its own
            table = error.diag.table_name
            models = (Model for Model in self.env.values() if Model._table == table)
            told = next(models, self.env["base"])._sql_error_to_message(error)
            self.assertTrue(told)
            self.assertNotIn("violates", told)
        except Undone:
            pass
        self.env.clear()
        self.assertEqual(self.counts(), before)

    def field_values(self, model, *names):
        """Some values for the fields of a model, of their kind and beyond it."""
        kinds = {}
        for name in filter(self.env[model]._fields.__contains__, names):
            field = self.env[model]._fields[name]
            if field.type == "selection":
                kinds[name] = st.sampled_from([*field.get_values(self.env), False])
            elif field.type in ("integer", "float"):
                kinds[name] = numbers if field.type == "float" else numbers.map(int)
            elif field.type == "boolean":
                kinds[name] = st.booleans()
            elif field.type == "date":
                kinds[name] = st.one_of(
                    st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.just(False)
                )
            elif field.type == "many2one":
                some_ids = self.env[field.comodel_name].search([], limit=3).ids
                kinds[name] = st.sampled_from([*some_ids, False, 2**31 - 1])
            else:
                kinds[name] = conditions if name.endswith("domain") else anything
        return some(**kinds)

    def test_sources(self):
        values = some(
            model=models, partner_path=paths, date_path=paths, amount_path=paths,
            currency_path=paths, invoice_path=paths, margin_path=paths, product_path=paths,
            domain=conditions, sign=st.sampled_from(["1", "-1"]),
        )  # fmt: skip

        @few
        @given(values)
        def check(drawn):
            self.same(lambda: self.purchase_source(**drawn), "model", "domain")

        check()

    def test_touchpoint_sources(self):
        values = some(
            model=models, partner_path=paths, date_path=paths, company_path=paths, end_path=paths,
            satisfaction_path=paths, satisfaction_low=numbers, satisfaction_high=numbers,
            domain=conditions,
        )  # fmt: skip

        @few
        @given(values)
        def check(drawn):
            self.same(lambda: self.touchpoint_source(**drawn), "model", "domain")

        check()

    def test_policies(self):
        limits = (
            "mode", "rarity_one_in", "chance_limit", "lost_limit", "dormant_after", "lost_after",
            "dormant_multiple", "lost_multiple", "floor_days", "ceiling_days", "history_days",
        )  # fmt: skip
        draft = self.policy.with_user(self.admin).action_new_version()["res_id"]
        policy = self.env["cx.policy"].with_user(self.admin).browse(draft)
        parts = some(
            rule_ids=self.field_values("cx.policy.rule", "name", "stage_id", "model", "domain"),
            segment_ids=self.field_values("cx.policy.segment", "name", "domain", *limits),
            closure_ids=self.field_values("cx.policy.closure", "name", "date_from", "date_to"),
        )

        @few
        @given(self.field_values("cx.policy", "name", "customer_domain", *limits), parts)
        def check(drawn, made):
            lines = {name: [Command.create({"name": "P", **part})] for name, part in made.items()}
            self.same(lambda: policy.write({**drawn, **lines}) and policy, *limits)

        check()

    def test_warning_kinds(self):
        kinds = self.env["cx.warning.kind"]
        names = [
            name for name in
            ("basis", "domain", "number", "within_days", "lasts_days", "threshold", "signal",
             "fact_model", "active", "user_id", "responsible_id", "company_id")
            if name in kinds._fields
        ]  # fmt: skip

        @few
        @given(self.field_values("cx.warning.kind", *names))
        def check(drawn):
            self.same(
                lambda: kinds.with_user(self.marketer).create(
                    {"name": "W", "code": "fuzz", "company_id": self.company.id, **drawn}
                ),
                "basis",
            )

        check()

    def test_campaigns(self):
        campaigns = self.env["cx.campaign"].with_user(self.marketer)
        names = (
            "name", "entry", "stage_id", "stage_days", "quiet_by", "quiet_days", "date_days",
            "domain", "members", "cooldown_days", "max_days", "holdout_share", "topic_id",
            "end_on", "sender", "email_from", "date_field_id", "company_id",
        )  # fmt: skip

        @few
        @given(self.field_values("cx.campaign", *names))
        def check(drawn):
            self.same(lambda: campaigns.create({"name": "F", "entry": "manual", **drawn}), "entry")

        check()

    def test_steps(self):
        campaign = self.campaign(entry="manual").with_user(self.marketer)
        names = (
            "name", "kind", "trigger", "parent_id", "delay", "delay_unit", "validity", "domain",
            "recipient", "role_id", "survey_id", "activity_type_id", "assignee", "assignee_id",
            "tag_change", "action_id", "date_field_id", "date_days", "activity_days",
        )  # fmt: skip
        texts = st.one_of(
            st.sampled_from([
                "{{ object.name }}", "{{ object.sudo() }}", "{{", "}}", "{{ if need = x }}",
                "{{ user.password }}", '<t t-out="object.env"/>', "<t t-foreach='x'/>",
                "{{ object.partner_id.user_ids.password }}", "<p>{{ else }}</p>", "<a href='{{'>",
            ]),
            anything,
        )  # fmt: skip

        @few
        @given(self.field_values("cx.campaign.step", *names), texts, texts)
        def check(drawn, subject, body):
            def make():
                step = self.env["cx.campaign.step"].with_user(self.marketer).create(
                    {"campaign_id": campaign.id, "name": "S", "kind": "mail", **drawn}
                )  # fmt: skip
                self.env["mailing.mailing"].with_user(self.marketer).create(
                    {"cx_step_id": step.id, "cx_lang": "en_US", "subject": subject,
                     "body_html": body}
                )  # fmt: skip
                return step

            self.same(make, "kind", "when_text")

        check()

    def test_files(self):
        told = json.loads(self.campaign().with_user(self.marketer)._file())
        leaves = st.one_of(st.none(), st.booleans(), numbers, anything, conditions)
        values = st.recursive(
            leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner,
            max_size=3), max_leaves=6,
        )  # fmt: skip

        def changed(tree, where, value):
            """A file with one place written over."""
            if isinstance(tree, dict) and tree:
                key = sorted(tree)[where % len(tree)]
                return {**tree, key: changed(tree[key], where // 7, value)} if where > 9 else {
                    **tree, key: value}  # fmt: skip
            if isinstance(tree, list) and tree:
                return [changed(tree[0], where // 7, value), *tree[1:]]
            return value

        @few
        @given(st.integers(0, 5000), values)
        def check(where, value):
            text = json.dumps(changed(told, where, value))
            self.same(lambda: self.imported(text.encode()), "display_name")

        check()
        for text in (b"", b"{", b"[]", b"\xff", b"null", b"{}", b"[" * 5000, b"1" * 5000):
            self.same(lambda: self.imported(text), "display_name")  # noqa: B023

    def imported(self, data):
        wizard = self.env["cx.campaign.import"].with_user(self.marketer)
        dialog = wizard.create({"data": base64.b64encode(data), "filename": "c.json"})
        dialog.read(["problem", "summary"])
        dialog.action_import()
        return dialog


class Undone(Exception):
    """Not an error: what was made is rolled back."""
