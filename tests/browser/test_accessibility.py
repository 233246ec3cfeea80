"""Nobody is kept out: axe-core finds nothing serious on any screen of ours."""

from browser.axe import PARTS, AxeCase, Screen, form
from browser.everything import EverythingCase
from model.test_consent import ConsentCase

from odoo import Command
from odoo.tests import tagged

LIST = (".o_data_row",)
GROUPS = (".o_group_header",)
CARDS = (".o_kanban_record:not(.o_kanban_ghost)",)


def ours(name):
    return f"cx_lifecycle.action_{name}"


def mails(name):
    return f"cx_lifecycle_mail.action_{name}"


def tab(name):
    return f".o_notebook .nav-link[name={name}]"


class Screens(EverythingCase):
    """The screens, by who works with them."""

    def of_a_customer(self):
        """The tabs of a customer, as a rep sees them."""
        customer = form(self.firm.with_user(self.rep))
        everything = (
            ".o_cx_why_line",
            ".o_cx_rhythm_dot",
            ".o_cx_warning",
            "[name=cx_satisfaction]",
        )
        screens = [
            Screen("customer", customer, everything),
            Screen("needs", customer, (".o_cx_needs_arguments li",), (".o_cx_need",)),
            Screen("committee", customer, (".o_cx_person",), (tab("cx_committee"),)),
            Screen(
                "who sits here",
                customer,
                (".o_cx_picker_proposed li",),
                (tab("cx_committee"), ".o_cx_seat_who"),
            ),
            Screen(
                "a person's seat",
                customer,
                (".o_cx_editor_note",),
                (tab("cx_committee"), ".o_cx_person"),
            ),
            Screen(
                "channels",
                customer,
                (".o_field_widget[name=cx_channel_preference_ids] .o_data_row",),
                (tab("cx_channels"),),
            ),
            Screen("timeline", customer, (".o_cx_timeline_item",), (tab("cx_timeline"),)),
        ]
        return [one._replace(within=PARTS) for one in screens]

    def the_reps(self, rows):
        """What a rep sees; `rows`: how its lists look on this screen."""
        dialog = self.zeta.with_user(self.rep)
        entry = {
            **form(self.env["cx.touchpoint.entry"]),
            "target": "new",
            "context": {"default_partner_id": self.firm.id},
        }
        return [
            Screen("going quiet", ours("quiet"), (".o_cx_why_button", ".o_cx_warning", *rows)),
            Screen("why", ours("quiet"), (".o_cx_why_popover tbody tr",), (".o_cx_why_button",)),
            *self.of_a_customer(),
            Screen("outcome", dialog.action_outcome(), (".modal .o_cx_chip",)),
            Screen("not now", dialog.action_snooze(), (".modal .o_field_widget",)),
            Screen("contest", dialog.action_contest(), (".modal .o_field_widget",)),
            Screen("touchpoint by hand", entry, (".modal .o_field_widget",)),
            Screen("a sign", {**form(self.warning), "target": "new"}, (".modal [name=words]",)),
            Screen(
                "a sign dismissed",
                self.warning.with_user(self.rep).action_dismiss(),
                (".modal .o_field_widget",),
            ),
            Screen("by stage", ours("customers"), CARDS),
            Screen("signs", ours("warnings"), (", ".join(LIST + GROUPS + CARDS),)),
            Screen(
                "a deal's committee",
                form(self.lead.with_user(self.rep)),
                (".o_cx_seat_required", ".o_cx_person"),
                within=PARTS,
            ),
            Screen("portfolio", ours("portfolio"), (".o_cx_tile_count", ".o_cx_at_risk tbody tr")),
            Screen(
                "journey", ours("journey_map"), (".o_cx_matrix_cell", ".o_cx_curve_step button")
            ),
            Screen("touchpoints", ours("touchpoints"), (", ".join(LIST + GROUPS + CARDS),)),
            Screen("listening", mails("listening"), (".o_cx_measure_bars li",)),
            Screen("objectives", ours("objectives"), rows),
        ]

    def of_a_portfolio(self):
        block = ".o_cx_block[data-block={}] button[data-mode={}]".format
        return [
            Screen(
                "portfolio", ours("portfolio"), (".o_cx_balance_chart canvas", ".o_cx_forecast td")
            ),
            Screen(
                "balance as a table",
                ours("portfolio"),
                (".o_cx_block[data-block=balance] td.o_cx_matrix_cell",),
                (block("balance", "table"),),
            ),
            Screen(
                "flows as bands",
                ours("portfolio"),
                (".o_cx_sankey_band",),
                (block("flows", "flow"),),
            ),
            Screen("stage changes", ours("episodes"), LIST, options={"viewType": "list"}),
            Screen(
                "changes as a matrix",
                ours("episodes"),
                (".o_cx_matrix_cell",),
                (".o_switch_view.o_cx_matrix",),
            ),
            Screen("stages as of a day", ours("as_of"), GROUPS),
            Screen(
                "journey", ours("journey_map"), (".o_cx_matrix_cell", ".o_cx_curve_step button")
            ),
            Screen(
                "how many",
                ours("journey_map"),
                (".o_cx_matrix_cell",),
                ("button[data-mode=volume]",),
            ),
            Screen(
                "who left after",
                ours("journey_map"),
                (".o_cx_matrix_sub",),
                ("button[data-mode=left]",),
            ),
            Screen("listening", mails("listening"), (".o_cx_measure_bars li",)),
            Screen("precedes leaving", ours("precedes_leaving"), LIST),
            Screen("makes loyal", ours("makes_loyal"), (".o_cx_evidence_point", *LIST)),
            Screen("improvements", ours("improvements"), LIST),
            Screen("an improvement", form(self.improvement), (".o_field_widget[name=text]",)),
            Screen("objectives", ours("objectives"), LIST),
            Screen(
                "an objective",
                form(self.env["cx.objective"].search([], limit=1)),
                (".o_field_widget",),
            ),
            Screen("spending", ours("spending"), LIST),
            Screen("costs", ours("costs"), LIST),
            Screen("back-tests", ours("backtests"), LIST),
            Screen("a back-test", form(self.backtest), LIST),
        ]

    def of_a_draft(self, draft):
        """The tabs of a campaign that was not launched yet."""
        step = draft.step_ids[:1]
        return [
            Screen("who", form(draft), (".o_cx_audience_line",)),
            Screen("steps", form(draft), (".o_cx_step_card",), (tab("steps"),)),
            Screen(
                "where a step goes",
                form(draft),
                (".o-dropdown--menu",),
                (tab("steps"), ".o_cx_step_move"),
            ),
            Screen("a step", {**form(step), "target": "new"}, (".modal .o_field_widget",)),
            Screen("stop when", form(draft), ("[name=stop_purchase]",), (tab("stop"),)),
            Screen("sender", form(draft), ("[name=sender]",), (tab("sender"),)),
        ]

    def of_campaigns(self):
        draft, running, launched = (
            one.with_user(self.marketer) for one in (self.campaign, self.running, self.launched)
        )
        paused = self.paused().with_user(self.marketer)
        edited = running.action_edit()
        step = self.campaign.step_ids[:1]
        return [
            Screen("campaigns", mails("campaigns"), LIST),
            Screen("campaigns as cards", mails("campaigns"), CARDS, options={"viewType": "kanban"}),
            *self.of_a_draft(draft),
            Screen("figures of steps", form(running), (".o_cx_step_figure",), (tab("steps"),)),
            Screen("result", form(launched), (".o_cx_result_verdict",), (tab("result"),)),
            Screen("paused", form(paused), (".alert-danger",)),
            Screen(
                "launch",
                draft.action_launch(),
                (".modal .o_cx_audience_line", ".modal .o_data_row"),
            ),
            Screen("resume", paused.action_ask_resume(), (".modal [name=preview]",)),
            Screen("try", draft.action_try(), (".modal .o_cx_try_step",)),
            Screen("a letter", draft.action_try(), (".modal iframe",), (".modal .o_cx_try_show",)),
            Screen("dry run", draft.action_dry_run(), (".o_cx_forecast_chart",)),
            Screen("last twelve months", draft.action_replay(), (".o_cx_replay_headline",)),
            Screen("why not", launched.action_why(), (".modal .o_field_widget",)),
            Screen(
                "why this contact",
                self.epsilon.partner_id.with_user(self.marketer).action_cx_why_campaigns(),
                (".modal [name=sentence]",),
            ),
            Screen("a draft of changes", edited, (".alert-info",)),
            Screen(
                "publish",
                self.running.draft_id.with_user(self.marketer).action_publish(),
                (".modal [name=plan]",),
            ),
            Screen("versions", running.action_versions(), LIST),
            Screen(
                "a version compared",
                running.version_ids[:1].action_compare(),
                (".modal .o_field_widget",),
            ),
            Screen("gallery", mails("campaign_presets"), CARDS),
            Screen("import", mails("campaign_import"), (".modal .o_field_widget",)),
            Screen("participants", mails("campaign_runs"), LIST),
            Screen("messages", mails("campaign_acts"), LIST),
            Screen(
                "a content",
                form(self.env["mailing.mailing"].search([("cx_step_id", "=", step.id)])),
                (".o_field_widget[name=subject]",),
                within=PARTS,
            ),
            Screen("topics", mails("topics")),
            Screen(
                "keep out",
                self.firm.with_user(self.marketer).action_cx_keep_out(),
                (".modal .o_field_widget",),
            ),
        ]

    def the_administrators(self):
        firm = self.firm.with_user(self.env.ref("base.user_admin"))
        return [
            Screen("policies", ours("policies"), LIST),
            Screen("a policy", form(self.policy), (".o_field_widget",)),
            Screen(
                "a draft",
                form(self.draft_policy),
                (".o_cx_simulation_matrix button", ".o_cx_simulation_examples li"),
            ),
            Screen(
                "own rules",
                form(self.draft_policy),
                (".o_cx_simulation_matrix",),
                (tab("own_rules"),),
            ),
            Screen(
                "closures", form(self.draft_policy), (".o_cx_simulation_matrix",), (tab("clock"),)
            ),
            Screen(
                "publish",
                self.draft_policy.with_user(self.env.ref("base.user_admin")).action_publish(),
                (".modal [name=summary]",),
            ),
            Screen("first steps", ours("first_steps"), (".o_form_view .card",)),
            Screen("examples", ours("examples"), (".o_cx_why_line", ".o_field_cx_rhythm")),
            Screen(
                "settings",
                ours("settings"),
                ("#cx_night", "#cx_sources"),
                within=('.app_settings_block[data-key="cx_lifecycle"]',),
            ),
            Screen("sources", ours("purchase_sources"), LIST),
            Screen("stages", ours("stages"), LIST),
            Screen("needs", ours("needs"), LIST),
            Screen("arguments", ours("need_arguments"), GROUPS),
            Screen("buyer roles", ours("buyer_roles"), LIST),
            Screen("seats", ours("seats"), LIST),
            Screen("needs heard", ours("need_evidence"), LIST),
            Screen("presets", ours("presets"), CARDS),
            Screen("nights", ours("runs")),
            Screen("objections", ours("objections")),
            Screen("consents", ours("consents")),
            Screen("purges", ours("purges")),
            Screen("touchpoint sources", ours("touchpoint_sources")),
            Screen("kinds of signs", ours("warning_kinds"), LIST),
            Screen(
                "a kind of sign",
                form(self.env["cx.warning.kind"].search([], limit=1)),
                (".o_field_widget",),
            ),
            Screen("owners and targets", ours("touchpoint_kinds")),
            Screen(
                "objects to profiling", firm.action_cx_no_profiling(), (".modal .o_field_widget",)
            ),
        ]


@tagged("post_install", "-at_install")
class TestAccessibility(Screens):
    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self.know()

    def test_of_reps(self):
        self.look(self.the_reps(LIST), "tour_rep")

    def test_of_reps_on_a_phone(self):
        self.browser_size, self.touch_enabled = "390x844", True
        self.look(self.the_reps(CARDS), "tour_rep")

    def test_of_marketers(self):
        self.look(self.of_a_portfolio() + self.of_campaigns(), "tour_marketer")

    def test_of_administrators(self):
        self.look(self.the_administrators(), "admin")


@tagged("post_install", "-at_install")
class TestNothingYet(AxeCase):
    """A company on its first day: no purchases, nobody in a stage, nothing accepted."""

    browser_size = "1366x768"

    def test_of_an_empty_company(self):
        company = self.env["res.company"].create({"name": "First Day"})
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        empty = (".o_view_nocontent, .o_nocontent_help",)
        lists = (
            *map(ours, ("quiet", "customers", "episodes", "touchpoints", "warnings", "objectives",
                        "improvements", "backtests", "runs", "consents", "purges",
                        "seats", "need_evidence")),
            *map(mails, ("campaigns", "campaign_runs", "campaign_acts")),
        )  # fmt: skip
        places = ("as_of", "costs", "portfolio", "journey_map", "precedes_leaving", "makes_loyal")
        self.look(
            [
                Screen("first steps", ours("first_steps"), (".o_form_view .card",)),
                *(Screen(f"empty {action}", action, empty) for action in lists),
                *(
                    Screen(f"empty {action}", action)
                    for action in (*map(ours, places), mails("listening"))
                ),
            ],
            "admin",
            start="/odoo",
        )


@tagged("post_install", "-at_install")
class TestPublicPages(AxeCase, ConsentCase):
    """What people see who follow a link of a mail."""

    def test_what_a_person_receives(self):
        act = self.act
        act.campaign_id.company_id.name = "Shop"
        path = act._links(act.id, act.email)["preferences"].removeprefix(act.get_base_url())
        self.look_at_pages(
            {
                "preferences": (path, None),
                "saved": (path, {"shown": self.news.id, "pause": "1"}),
                "preferences as they are now": (path, None),
                "not valid": (f"{path}0", None),
            }
        )
        self.assertTrue(self.said())
