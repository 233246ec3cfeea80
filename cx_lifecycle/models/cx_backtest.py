"""Back-tests: what the rules would have called on past days, and whether it was right."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from .cx_policy_backtest import SEASON, SETTINGS, fixed

# Shares of the proposal that sentences mention.
FIGURES = ("chosen", "judged", "present_chosen", "present_judged", "fixed_chosen")


class CxBacktest(models.Model):
    """One look back: past days, the settings compared on them, and what is proposed."""

    _name = "cx.backtest"
    _inherit = "cx.job"
    _description = "Back-Test"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        "cx.policy", required=True, readonly=True, index=True, ondelete="cascade",
        help="The version of the rules that was tested.",
    )  # fmt: skip
    user_id = fields.Many2one("res.users", "Asked by", readonly=True, ondelete="set null")
    on = fields.Date("Made On", required=True, readonly=True)
    horizon = fields.Integer(
        "Horizon (Days)",
        readonly=True,
        help="Whoever buys within so many days after a date had not been lost on that date.",
    )
    cuts = fields.Json(readonly=True, help="The past days that are judged, oldest first.")
    usual = fields.Boolean(
        "Usual Dates",
        readonly=True,
        help="Dates and horizon were not chosen by hand: only such back-tests are compared with "
        "each other over time.",
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        default="waiting", required=True, readonly=True, index=True,
    )  # fmt: skip
    progress = fields.Integer(readonly=True, help="Percentage of the dates that are judged.")
    numbers = fields.Json(
        readonly=True, help="{date: [[days, right, false alarms, late, left alone], …]}"
    )
    best_number = fields.Integer(
        "Best Number of Days", readonly=True, help="The best fixed number, found in hindsight."
    )
    seasonal = fields.Boolean(
        "Seasons Known", readonly=True, help="Two whole years of purchases precede the first date."
    )
    proposal = fields.Json(
        "Found Best", readonly=True, help="What was found best, and how: codes and figures."
    )
    balanced_accuracy = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Of the policy as it is, the mean over all dates. 50% is guessing.",
    )
    drift = fields.Boolean(
        readonly=True,
        help="The policy tells who comes back clearly worse than in the previous back-test.",
    )
    previous_id = fields.Many2one("cx.backtest", "Compared With", readonly=True)
    listed = fields.Boolean(
        readonly=True, help="The customers counted can be listed; of older ones they are forgotten."
    )
    line_ids = fields.One2many(
        "cx.backtest.line", "backtest_id", "By Date", domain=[("cut", "!=", False)], readonly=True
    )
    summary_ids = fields.One2many(
        "cx.backtest.line", "backtest_id", "Settings", domain=[("cut", "=", False)], readonly=True
    )
    case_ids = fields.One2many("cx.backtest.case", "backtest_id", readonly=True)

    right = fields.Integer(compute="_compute_present")
    false_alarm = fields.Integer("False Alarms", compute="_compute_present")
    late = fields.Integer(compute="_compute_present")
    left_alone = fields.Integer("Rightly Left Alone", compute="_compute_present")
    dates = fields.Char(compute="_compute_words")
    proposal_text = fields.Text("Proposal", compute="_compute_words")
    drift_text = fields.Char(compute="_compute_words")
    better = fields.Boolean(compute="_compute_words")
    fixed_does = fields.Boolean(compute="_compute_words")

    @api.depends("on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for test in self:
            day = format_date(self.env, test.on, date_format="medium")
            test.display_name = self.env._("Back-test of %s", day)

    @api.depends("summary_ids")
    def _compute_present(self):
        for test in self:
            present = test.summary_ids.filtered(lambda line: line.setting == "present")
            for name in ("right", "false_alarm", "late", "left_alone"):
                test[name] = present[name]

    # ------------------------------------------------------------------ words
    @api.depends("cuts", "proposal", "best_number", "drift")
    @api.depends_context("lang")
    def _compute_words(self):
        for test in self:
            cuts = [format_date(self.env, cut, date_format="medium") for cut in test.cuts or []]
            test.dates = " · ".join(cuts)
            found = test.proposal or {}
            test.better = found.get("better", False)
            proposed = test.better and isinstance(found["setting"], int)
            test.fixed_does = found.get("fixed_does", False) and not proposed
            test.proposal_text = " ".join(test._sentences(found)) if found else False
            test.drift_text = test._drift_sentence()

    def _label(self, setting):
        """A setting in the reader's language; a number means so many fixed days."""
        if isinstance(setting, int):
            return self.env._("Fixed: %s days", setting)
        if setting == "fixed_best":
            return self.env._("Fixed: %s days (best number in hindsight)", self.best_number)
        if setting == "present":
            return self.env._("Version %s as it is", self.policy_id.version)
        names = self.env["cx.backtest.line"]._fields["setting"]._description_selection(self.env)
        return dict(names).get(setting, setting)

    def _sentences(self, found):
        """What the proposal says, in whole sentences."""
        figures = {name: self._percent(found[name]) for name in FIGURES}
        figures["setting"] = self._label(found["setting"])
        if not found["ahead"]:
            yield self.env._(
                "Keep the policy as it is: no other setting did clearly better "
                "(%(present_chosen)s%% balanced accuracy).",
                **figures,
            )
        elif not found["better"]:
            yield self.env._(
                "Keep the policy as it is. On the earlier dates “%(setting)s” did better "
                "(%(chosen)s%% against %(present_chosen)s%% balanced accuracy), but on the latest, "
                "which had no say in the choice, it did not (%(judged)s%% against "
                "%(present_judged)s%%).",
                **figures,
            )
        elif found["hindsight"]:
            yield self.env._(
                "“%(setting)s” did best: %(chosen)s%% balanced accuracy against "
                "%(present_chosen)s%% of the policy as it is. As there is only one date, it was "
                "chosen in hindsight: expect less.",
                **figures,
            )
        else:
            yield self.env._(
                "“%(setting)s” did best on the earlier dates: %(chosen)s%% balanced accuracy "
                "against %(present_chosen)s%% of the policy as it is. On the latest date, which "
                "had no say in the choice, it reached %(judged)s%% against %(present_judged)s%%.",
                **figures,
            )
        if found["fixed_does"] and not isinstance(found["setting"], int):
            yield self.env._(
                "A fixed number of %(days)s days would do as well (%(fixed_chosen)s%%), and is "
                "easier to explain.",
                days=found["fixed"], **figures,
            )  # fmt: skip

    def _percent(self, share):
        return formatLang(self.env, 100.0 * (share or 0.0), digits=1)

    def _drift_sentence(self):
        if not self.drift:
            return False
        return self.env._(
            "The policy tells less well who comes back: %(now)s%% balanced accuracy, after "
            "%(before)s%% on %(day)s. Have customers, products or sources changed? Look at the "
            "settings below.",
            now=self._percent(self.balanced_accuracy),
            before=self._percent(self.previous_id.balanced_accuracy),
            day=format_date(self.env, self.previous_id.on, date_format="medium"),
        )

    # ---------------------------------------------------------------- actions
    def action_run_again(self):
        """Look back again: from today if nobody chose the dates, else from the same dates."""
        self.ensure_one()
        self.env["cx.policy"].check_access("create")  # who may change the rules may test them
        self.check_access("read")
        cuts = None if self.usual else [fields.Date.to_date(cut) for cut in self.cuts]
        policy = self.policy_id
        if policy.state == "retired":
            policy = policy._of(self.company_id).with_env(self.env)
        again = self._request(policy, cuts, None if self.usual else self.horizon)
        return again._open()

    def action_try(self):
        """Begin a draft with the setting that did best, and open it; nothing is published."""
        self.ensure_one()
        found = self.proposal or {}
        if not found.get("better"):
            raise UserError(self.env._("There is nothing to try: the policy did best as it is."))
        return self._try(found["setting"])

    def action_try_fixed(self):
        """The same with the fixed number of days that does as well."""
        self.ensure_one()
        found = self.proposal or {}
        if not found.get("fixed_does"):
            raise UserError(self.env._("No fixed number of days did as well."))
        return self._try(found["fixed"])

    def _try(self, setting):
        policies = self.env["cx.policy"]
        policies.check_access("create")
        self.check_access("read")
        says = fixed(setting) if isinstance(setting, int) else (SETTINGS | SEASON)[setting]
        published = policies._of(self.company_id).with_env(self.env)
        draft = published._draft_of(says, self.env._("Back-test: %s", self._label(setting)))
        draft.message_post(
            body=self.env._(
                "Proposed by the back-test of %(day)s. The setting was judged without segments "
                "and closures, so they are left out here: add those you want to keep.",
                day=format_date(self.env, self.on, date_format="medium"),
            ),
            author_id=self.env.user.partner_id.id,
        )
        return draft._open()

    def action_cases(self):
        """List the customers judged under the policy as it is; the context may name an outcome."""
        self.ensure_one()
        return self._list_cases(False, self.env.context.get("cx_outcome"))

    def action_chart(self):
        """Compare all settings on all dates in a chart."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_backtest_lines")
        return {**action, "domain": [("backtest_id", "=", self.id), ("cut", "!=", False)]}

    def _list_cases(self, cut, outcome):
        self.check_access("read")
        if not self.listed:
            raise UserError(
                self.env._("The customers of older back-tests are not kept. Press Run Again.")
            )
        domain = [("backtest_id", "=", self.id)]
        domain += [("cut", "=", cut)] if cut else []
        domain += [("outcome", "=", outcome)] if outcome else []
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_backtest_cases")
        group = {} if outcome else {"search_default_group_outcome": 1}
        return {**action, "domain": domain, "context": group}

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.backtest",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda test: test.state == "running"):
            raise UserError(self.env._("This back-test is running. Wait until it is done."))
