"""Making back-tests, in the background: day by day, each committed, with what was known then."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Date
from odoo.tools import SQL

from ..engine import quality
from .cx_backtest_line import COUNTS, LEADS, LOST, SHARES
from .cx_policy_backtest import NUMBERS

# Back-tests of a company whose customers are kept, so that the numbers open their lists.
KEPT = 2


class CxBacktest(models.Model):
    _inherit = "cx.backtest"

    # ----------------------------------------------------------------- asking
    @api.model
    def _request(self, policy, cuts=None, horizon=None):
        """Ask for a back-test of a version, soon; the record that will tell.

        :param cuts: past days to judge; the usual ones when empty
        :raise ValidationError: when nothing can be learned from these days
        """
        on = self.env["cx.customer"]._today(policy.company_id)
        usual = policy._usual_horizon()
        horizon = usual if horizon is None else horizon
        cuts = sorted(set(cuts or policy._usual_cuts(on, horizon)))
        policy._check_cuts(cuts or [Date.subtract(on, days=max(horizon, 0))], horizon, on)
        if not cuts:
            raise ValidationError(
                self.env._(
                    "Latest Date: the company's past is too short for the usual dates. Choose "
                    "dates of your own."
                )
            )
        # sudo: who may ask was checked before; back-tests are written by the machine
        test = self.sudo().create(
            {
                "company_id": policy.company_id.id,
                "policy_id": policy.id,
                "user_id": self.env.uid,
                "on": on,
                "horizon": horizon,
                "cuts": [Date.to_string(cut) for cut in cuts],
                "usual": horizon == usual and cuts == policy._usual_cuts(on, usual),
            }
        )
        # sudo: starting the job is the administrators' right, reading jobs is not
        self.env.ref("cx_lifecycle.cron_backtest").sudo()._trigger()
        return test.with_env(self.env)

    @api.model
    def _cron_monthly(self):
        """Ask for a back-test of every policy in force whose company has past enough."""
        for policy in self.env["cx.policy"].search(
            [("state", "=", "published"), ("company_id.active", "=", True)]
        ):
            on = self.env["cx.customer"]._today(policy.company_id)
            waiting = [("policy_id", "=", policy.id), ("state", "!=", "done")]
            if policy._usual_cuts(on, policy._usual_horizon()) and not self.search(waiting):
                self._request(policy)

    # ---------------------------------------------------------------- working
    @api.model
    def _cron_backtest(self):
        """Go on with the back-tests that were asked for."""
        for test in self.search([("state", "!=", "done")], order="id"):
            if not test._guarded():
                return

    def _go_on(self):
        """Judge the days that are left; False when time is up."""
        self.ensure_one()
        runs = self.env["cx.run"]
        self.state = "running"
        days = runs._stage_days(self.company_id)
        if not self.numbers:
            self._survey(days)
        left = self._left()
        self._commit(remaining=len(left))
        while left:
            runs._retried(lambda cut=left[0]: self._judge(cut, days))
            left = self._left()
            if not self._commit(1, len(left)):
                return False
        self._conclude()
        self.env.cr.execute("DROP TABLE IF EXISTS cx_day, cx_past")
        self._commit(remaining=0)
        return True

    def _left(self):
        """The days that are not judged yet."""
        judged = self.line_ids.mapped("cut")
        cuts = [Date.to_date(cut) for cut in self.cuts]
        return [cut for cut in cuts if cut not in judged]

    def _survey(self, days):
        """What needs no curve: how many there are to judge, and what fixed numbers would do."""
        found = {}
        for cut in self._left():
            silences = self._silences(days, cut)
            try:
                self.policy_id._check_enough(cut, sum(number for *_silence, number in silences))
            except UserError:
                if not self.usual:
                    raise
                continue  # the usual days were chosen by an estimate
            found[cut] = quality.tally(silences, NUMBERS)
        if not found:
            raise UserError(self.env._("Too few customers bought before the dates to judge by."))
        first_cut = min(found)
        self.write(
            {
                "cuts": [Date.to_string(cut) for cut in sorted(found)],
                "numbers": {
                    Date.to_string(cut): [[number, *counts] for number, counts in tally.items()]
                    for cut, tally in found.items()
                },
                "best_number": quality.best(_accuracies(found.values())) or NUMBERS[0],
                "seasonal": self.policy_id._has_seasons(*self._past(days, first_cut), first_cut),
            }
        )

    def _make_lines(self, made):
        lines = self.env["cx.backtest.line"]
        order = [setting for setting, _label in lines._fields["setting"].selection]
        lines._make(
            [
                {"backtest_id": self.id, "sequence": order.index(vals["setting"]), **vals}
                for vals in made
            ]
        )
        self.invalidate_recordset(["line_ids", "summary_ids"])

    # -------------------------------------------------------------- concluding
    def _conclude(self):
        """The means over all days, the proposal, and whether the policy drifted."""
        by_setting = self.line_ids.sorted("cut").grouped("setting")
        self._make_lines([_summary(setting, lines) for setting, lines in by_setting.items()])
        present = self.summary_ids.filtered(lambda line: line.setting == "present")
        self.write(
            {
                "state": "done",
                "progress": 100,
                "problem": False,
                "proposal": self._propose(by_setting),
                "balanced_accuracy": present.balanced_accuracy,
                "listed": True,
            }
        )
        self._forget_cases()
        self._watch()

    def _propose(self, by_setting):
        """What :func:`quality.propose` found, as codes and figures."""
        table = {
            setting: [line._counts().balanced_accuracy for line in lines]
            for setting, lines in by_setting.items()
            if not setting.startswith("fixed")
        }
        fixed = [
            {number: quality.Counts(*counts) for number, *counts in self.numbers[cut]}
            for cut in self.cuts
        ]
        found = quality.propose({**table, **_accuracies(fixed)}, "present")
        if found is None:
            return False
        names = (
            "setting", "chosen", "judged", "present_chosen", "present_judged", "fixed",
            "fixed_chosen", "fixed_judged", "hindsight", "ahead", "better", "fixed_does",
        )  # fmt: skip
        return {name: getattr(found, name) for name in names}

    def _forget_cases(self):
        """Keep the customers of the last back-tests of the company only."""
        done = [("company_id", "=", self.company_id.id), ("listed", "=", True)]
        old = self.search(done, order="id desc", offset=KEPT)
        old.listed = False
        self.env.cr.execute(
            SQL("DELETE FROM cx_backtest_case WHERE backtest_id = ANY(%s)", old.ids)
        )
        self.env["cx.backtest.case"].invalidate_model()

    def _watch(self):
        """Compare with the back-test before; tell a person when the policy tells less well."""
        comparable = [
            ("company_id", "=", self.company_id.id), ("state", "=", "done"),
            ("usual", "=", True), ("problem", "=", False), ("id", "<", self.id),
            ("policy_id.state", "!=", "draft"),
        ]  # fmt: skip
        policy = self.policy_id
        if not self.usual or policy.state == "draft":
            return
        self.previous_id = self.search(comparable, order="id desc", limit=1)
        # 0 stands for unknown: even calling nobody reaches a half
        now, before = self.balanced_accuracy or None, self.previous_id.balanced_accuracy or None
        if quality.drifted(now, before):
            self.drift = True
            note = self._drift_sentence()
            policy.message_post(body=note)
            policy._ask(policy.user_id, self.env._("The back-test has become worse"), note)


def _accuracies(tallies):
    """{number of days: balanced accuracy on each day}, from what :func:`quality.tally` found."""
    tallies = list(tallies)
    return {number: [tally[number].balanced_accuracy for tally in tallies] for number in tallies[0]}


def _summary(setting, lines):
    """All days of one setting together: customers added up, with the shares of their sums.

    Balanced accuracy and leads are means over the days, so that each day says as much.
    """
    added = ("judged", "called_dormant", *COUNTS, *LOST)
    known = [line._counts() for line in lines]
    silent = lines.filtered(lambda line: line.right + line.late)
    return {
        "setting": setting,
        **{name: sum(lines.mapped(name)) for name in added},
        **{name: getattr(quality.total(known), name) for name in SHARES},
        "balanced_accuracy": quality.mean(counts.balanced_accuracy for counts in known),
        **{f"lead_{days}": quality.mean(silent.mapped(f"lead_{days}")) for days in LEADS},
    }
