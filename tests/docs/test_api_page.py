"""The page for other programs: its examples run, its headings and tables are the code's."""

import inspect
import json
import re
import shlex
import urllib.error
import urllib.request
from datetime import date, datetime, timedelta

import odoorpc
from docs.pages import blocks, pages
from model.campaigns import CampaignCase
from model.common import TODAY, ago

from odoo import models
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

API = "docs/api.md"
SAID_TODAY = date(2027, 1, 15)  # what the page calls today
HEADING = re.compile(r"^`(\w+)\((.*)\)`(?: of `([\w.]+)`)?")
HOST = "127.0.0.1"
# Odoo warns at every call that this endpoint ends with Odoo 20
DEPRECATED = "odoo.addons.rpc.controllers.jsonrpc"
# public because Odoo or the web client calls them so, not for other programs
OF_ODOO = {"default_get", "get_empty_list_help", "mail_allowed_qweb_expressions", "copy",
           "copy_data", "set_opened", "set_clicked", "set_replied", "set_bounced",
           "send_mail_test"}  # fmt: skip


def our_modules(cls):
    return cls.__module__.startswith("odoo.addons.cx_lifecycle")


def is_program_method(model, name):
    """Whether programs may call it: public, ours, no override of what is Odoo's own."""
    owners = [c for c in type(model).__mro__ if name in vars(c)]
    if not owners or not our_modules(owners[0]):
        return False
    method = vars(owners[0])[name]
    if not inspect.isfunction(method) or getattr(method, "_api_private", False):
        return False
    return all(our_modules(owner) for owner in owners) and name not in dir(models.BaseModel)


class ApiPage(HttpCase, CampaignCase):
    """The people and records that the page speaks of, under numbers of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada = new_test_user(
            cls.env, "ada@shop.example",
            "sales_team.group_sale_salesman,cx_lifecycle.group_marketer,cx_lifecycle.group_admin",
        )  # fmt: skip
        people = [cls.partner(name, user_id=cls.ada.id) for name in ("One", "Two")]
        for person in people:
            for number in range(400, 70, -30):
                cls.order(person.with_context(cx_no_refresh=True), ago(number))
            cls.refresh(person)
        cls.people = people
        cls.customers = [cls.of(person) for person in people]

    def records(self):
        """{number on the page: id here}."""
        campaign = self.launched("manual")
        interaction = self.env.ref("cx_lifecycle.interaction_complains")
        channel = self.env.ref("cx_lifecycle.channel_phone")
        self.env["cx.touchpoint"].log(self.people[0].id, channel.id, interaction.id, satisfaction=1)
        kind = self.env.ref("cx_lifecycle.warning_bad_score")
        self.env.flush_all()
        kind._look()
        policies = self.env["cx.policy"].with_user(self.ada)
        draft = self.policy.with_user(self.ada).action_new_version()["res_id"]
        one, two = self.customers
        return {
            42: one.id, 43: two.id, 71: one.partner_id.id, 72: two.partner_id.id,
            31: campaign.id, 61: self.ada.id, 81: channel.id, 82: interaction.step_id.id,
            91: one.warning_ids.filtered(lambda sign: sign.kind_id == kind).id,
            11: draft, 12: policies.browse(draft).simulate({})["id"],
            25: self.env.ref("cx_lifecycle.role_decider").id,
            26: self.env.ref("cx_lifecycle.need_comfort").id,
        }  # fmt: skip

    def setUp(self):
        super().setUp()
        self.numbers = self.records()
        self.key = (
            self.env["res.users.apikeys"]
            .with_user(self.ada)
            ._generate("rpc", "docs", datetime.now() + timedelta(hours=1))
        )
        self.enterContext(mute_logger(DEPRECATED))
        self.env.flush_all()
        self.env.invalidate_all()
        self.enterContext(self.allow_requests(all_requests=True))

    def here(self, text):
        """An example with the numbers, the days and the server of this test."""
        moved = re.sub(
            r"\d{4}-\d\d-\d\d",
            lambda day: str(date.fromisoformat(day[0]) + (TODAY - SAID_TODAY)), text,
        )  # fmt: skip
        return re.sub(
            r"(?<![\w.:-])(\d\d)(?![\w.:-])",
            lambda number: str(self.numbers.get(int(number[1]), number[1])), moved,
        )  # fmt: skip

    def post(self, path, headers, body):
        request = urllib.request.Request(
            f"http://{HOST}:{self.http_port()}{path}", data=body.encode(), headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            self.fail(f"{path} {body}: {error.code} {error.read().decode()[:400]}")

    def undone(self):
        """A place to come back to: what an example did is of no concern to the next one."""
        savepoint = self.env.cr.savepoint(flush=False)
        self.addCleanup(self.env.invalidate_all)
        return savepoint


@tagged("post_install", "-at_install")
class TestExamples(ApiPage):
    def headers(self):
        return {
            "Authorization": f"bearer {self.key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": self.env.cr.dbname,
        }

    def test_posts(self):
        """Every example of /json/2 is answered, with what the page promises of its kind."""
        found = blocks("http")
        self.assertGreater(len(found), 25)
        for block in found:
            with self.subTest(block=str(block)), self.undone() as savepoint:
                head, _empty, body = block.text.partition("\n\n")
                verb, path = head.split()
                self.assertEqual(verb, "POST")
                model, method = path.removeprefix("/json/2/").split("/")
                name, _args, of = HEADING.match(block.heading).groups()
                self.assertEqual((model, method), (of or "cx.customer", name))
                json.loads(body)  # as it stands on the page, too
                answer = self.post(path, self.headers(), self.here(body))
                self.check_keys(block, answer)
                savepoint.close(rollback=True)

    def check_keys(self, block, answer):
        """What stands behind *Result: a dictionary* is what comes."""
        keys = {
            "why": {"customer_id", "sentence", "short", "code", "stage", "alert", "params",
                    "lines", "policy", "decided_on", "evidence", "held"},
            "stage_counts": {"suspect", "prospect", "new", "active", "dormant", "lost"},
            "objection_figures": {"since", "until", "calls", "contested", "by_reason",
                                  "false_alarm_share", "bought_after"},
            "cx_timeline": {"items", "more", "kinds"},
            "enter": {"entered", "held_out", "already", "excluded"},
            "steps_board": {"steps", "entering", "is_draft", "can_edit", "can_move"},
            "win_rates": {"deals", "needed", "enough", "roles"},
            "guide": {"needs", "can_record", "can_edit"},
        }  # fmt: skip
        name = HEADING.match(block.heading)[1]
        if name in keys:
            self.assertEqual(set(answer), keys[name], f"{block} tells other keys")
        text = "\n".join(t for _l, t in pages()[API].prose)
        for key in keys.get(name, ()):
            self.assertIn(key, text)

    def test_curl(self):
        """The commands for a shell: the same address, headers and body."""
        count = 0
        for block in blocks("sh"):
            for command in re.split(r"\n\n", block.text):
                words = shlex.split(command.replace("\\\n", " "))
                if words[:1] != ["curl"]:
                    continue
                count += 1
                url = words[1].removeprefix("https://shop.example")
                options = dict.fromkeys([])
                headers, body = {}, None
                for option, value in zip(words[2::2], words[3::2], strict=True):
                    if option == "-H":
                        headers.update([value.split(": ", 1)])
                    else:
                        self.assertEqual(option, "-d")
                        body = value
                self.assertFalse(options)
                self.assertEqual(headers["X-Odoo-Database"], "shop")
                headers["X-Odoo-Database"] = self.env.cr.dbname
                headers["Authorization"] = headers["Authorization"].replace("$KEY", self.key)
                with self.subTest(url=url), self.undone() as savepoint:
                    self.assertTrue(self.post(url, headers, self.here(body)))
                    savepoint.close(rollback=True)
        self.assertGreaterEqual(count, 2)

    def test_odoorpc(self):
        """The Python examples, one after the other, in one session."""
        session = {}
        found = [b for b in blocks("python") if b.page == API and not b.file]
        found = [b for b in found if "env[" not in b.text or "odoo.env[" in b.text]
        self.assertGreater(len(found), 8)
        for block in found:
            code = self.here(block.text)
            if "import odoorpc" in code:
                server = 'odoorpc.ODOO("shop.example", protocol="jsonrpc+ssl", port=443)'
                login = 'odoo.login("shop", "ada@shop.example", "her password or API key")'
                for line in (server, login):
                    self.assertIn(line, code)
                code = code.replace(server, f'odoorpc.ODOO("{HOST}", port={self.http_port()})')
                code = code.replace('"shop"', f'"{self.env.cr.dbname}"')
                code = code.replace("her password or API key", self.key)
            try:
                exec(compile(code, str(block), "exec"), session)
            except odoorpc.error.RPCError as error:
                self.fail(f"{block}: {error}")
        self.assertEqual(session["one"].stage_id.name, "Dormant")
        kinds = self.env["cx.objection"].search([("customer_id", "=", session["one"].id)])
        self.assertEqual(
            kinds.sorted("id").mapped("kind"), ["hold", "hold", "declared_lost", "not_now"]
        )

    def test_statuses_of_errors(self):
        """The table of errors."""
        told = dict(re.findall(r"^\| (.*?) \|.*\| (\d{3}) \|$", "\n".join(
            text for _line, text in pages()[API].prose), re.MULTILINE))  # fmt: skip
        stranger = new_test_user(self.env, "docs_stranger", "base.group_portal")
        foreign = (
            self.env["res.users.apikeys"]
            .with_user(stranger)
            ._generate("rpc", "docs", datetime.now() + timedelta(hours=1))
        )
        mine, nobody = self.customers[0].ids, [2**31 - 1]
        asked = (
            ("`AccessError`", foreign, {"ids": mine, "day": str(TODAY)}),
            ("`UserError`, and its kind `ValidationError`", self.key, {"ids": mine, "day": "soon"}),
            ("`MissingError`", self.key, {"ids": nobody, "day": str(TODAY)}),
            ("unknown or missing arguments", self.key, {"ids": mine}),
            ("unknown or missing arguments", self.key, {"ids": mine, "when": str(TODAY)}),
            ("key unknown or expired", "nonsense", {"ids": mine, "day": str(TODAY)}),
        )
        self.assertEqual(set(told), {name for name, _key, _body in asked})
        for name, key, body in asked:
            request = urllib.request.Request(
                f"http://{HOST}:{self.http_port()}/json/2/cx.customer/stage_on",
                data=json.dumps(body).encode(),
                headers=self.headers() | {"Authorization": f"bearer {key}"},
            )
            with self.subTest(name), self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=60)
            self.assertEqual(str(caught.exception.code), told[name], name)


class TestHeadings(CampaignCase):
    """What the page says there is, is there; what is there, the page says."""

    def listed(self):
        """{(model, method): arguments as written} of the headings."""
        found = {}
        for heading in pages()[API].headings:
            if match := HEADING.match(heading):
                found[match[3] or "cx.customer", match[1]] = match[2]
        return found

    def test_methods_have_these_arguments(self):
        listed = self.listed()
        self.assertGreater(len(listed), 25)
        for (model, name), said in listed.items():
            self.assertIn(model, self.env)
            signature = inspect.signature(getattr(type(self.env[model]), name))
            args = [str(p) for p in signature.parameters.values()][1:]
            self.assertEqual(said, ", ".join(args), f"{model}.{name}")

    def test_every_method_for_programs_is_listed(self):
        listed = set(self.listed())
        missing = []
        for model_name in self.env:
            model = self.env[model_name]
            if model._transient and not model_name.startswith("cx.simulation"):
                continue
            for name in dir(type(model)):
                if name.startswith(("_", "action_")) or name in OF_ODOO:
                    continue
                if is_program_method(model, name) and (model_name, name) not in listed:
                    missing.append(f"{model_name}.{name}")
        self.assertFalse(missing, "not in docs/api.md")

    def test_fields_exist(self):
        """Every field in the tables of fields, and all of our own of contacts."""
        model, seen = None, {}
        for line, text in pages()[API].prose:
            if not text.startswith("|"):
                model = None
                continue
            cells = [cell.strip() for cell in text.strip("|").split("|")]
            if named := re.match(r"`([a-z_]+(?:\.[a-z_]+)+)`", cells[0]):
                model = named[1]
            elif cells[0].startswith("contact (`res.partner`)"):
                model = "res.partner"
            elif model:
                for name in re.findall(r"`(\w+)`", cells[0]):
                    self.assertIn(name, self.env[model]._fields, f"{API}:{line}: {model}")
                    seen.setdefault(model, set()).add(name)
        self.assertGreaterEqual(len(seen), 6)
        known = {name for names in seen.values() for name in names}
        ours = {name for name in self.env["res.partner"]._fields if name.startswith("cx_")}
        told = {name.removeprefix("cx_") for name in known}
        missing = {name for name in ours if name.removeprefix("cx_") not in told}
        self.assertFalse(missing, "fields of contacts that docs/api.md does not tell")
