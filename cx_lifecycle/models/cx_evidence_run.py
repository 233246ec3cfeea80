"""Measuring the company's past, in the background: day by day, each committed."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import association
from ..engine.association import Sums
from .notice import notice

MOST_DAYS = 12  # days looked at
YEARS = 3  # that these lie within
# A horizon is so many usual intervals: who buys for the last time just before it is called
# dormant within it.
INTERVALS = 2.0
SHORTEST, LONGEST = 30, 180
KEPT = 3  # measurings of a company that are remembered


class CxEvidenceRun(models.Model):
    """One measuring: the past days it looks at, and what was counted on those done so far."""

    _name = "cx.evidence.run"
    _inherit = "cx.job"
    _description = "Measuring of Evidence"
    _order = "id desc"
    _rec_name = "on"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    on = fields.Date("Made On", required=True, readonly=True)
    horizon = fields.Integer("Horizon (Days)", readonly=True)
    days = fields.Json(readonly=True, help="The past days that are looked at, oldest first.")
    counted = fields.Json(
        readonly=True, help="{day: [[question, subject, sums], …]}, until the measuring is done."
    )
    hits = fields.Json(readonly=True, help="{day: {question: how many left, or bought}}")
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        default="waiting", required=True, readonly=True, index=True,
    )  # fmt: skip

    # ----------------------------------------------------------------- asking
    @api.model
    def action_measure(self):
        """Measure the current company's past anew, soon."""
        if not self.env.user.has_group("cx_lifecycle.group_marketer"):
            raise UserError(self.env._("Only marketers measure anew. Ask one of them."))
        self._request(self.env.company)
        return notice(
            self.env._("It is measured in the background. Reload the page in a few minutes.")
        )

    @api.model
    def _cron_monthly(self):
        """Ask for a measuring of every company that has rules in force."""
        published = [("state", "=", "published"), ("company_id.active", "=", True)]
        for policy in self.env["cx.policy"].search(published):
            self._request(policy.company_id)

    @api.model
    def _request(self, company):
        """Ask for a measuring of a company, once."""
        # sudo: who may ask was checked before; measurings are written by the machine
        runs = self.sudo()
        if not runs.search([("company_id", "=", company.id), ("state", "!=", "done")]):
            on = self.env["cx.customer"]._today(company)
            runs.create({"company_id": company.id, "on": on})
        # sudo: starting the job is the marketers' right, reading jobs is not
        self.env.ref("cx_lifecycle.cron_evidence").sudo()._trigger()

    # ---------------------------------------------------------------- working
    @api.model
    def _cron_measure(self):
        """Measure improvements anew, and go on with the measurings that were asked for."""
        self.env["cx.improvement"]._measure_running()
        self._commit()  # what breaks below does not undo it
        for run in self.search([("state", "!=", "done")], order="id"):
            if not run._guarded():
                return

    def _go_on(self):
        """Count the days that are left, then conclude; False when time is up."""
        self.ensure_one()
        runs = self.env["cx.run"]
        purchases = runs._stage_days(self.company_id)
        if self.state == "waiting":
            self._begin(purchases)
        self._commit(remaining=len(self._left()) + 1)
        while left := self._left():
            runs._retried(lambda day=left[0]: self._count_day(day, purchases))
            if not self._commit(1, len(self._left()) + 1):
                return False
        self._conclude()
        self.env.cr.execute("DROP TABLE IF EXISTS cx_day, cx_panel, cx_exposed")
        self._commit(1, remaining=0)
        return True

    def _ended_by(self, problem):
        return {**super()._ended_by(problem), "counted": False}

    def _left(self):
        """The days that are not counted yet."""
        counted = self.counted or {}
        return [fields.Date.to_date(day) for day in self.days if day not in counted]

    def _begin(self, purchases):
        """Choose the days to look at.

        :raise UserError: when the past is too short
        """
        policy = self.env["cx.policy"]._of(self.company_id)
        horizon = round(min(max(INTERVALS * policy.median_gap, SHORTEST), LONGEST))
        oldest = fields.Date.subtract(self.on, years=YEARS)
        first = self.env.execute_query(
            SQL("SELECT min(day) FROM (%s) AS d WHERE amount > 0", purchases)
        )[0][0]
        days = [
            fields.Date.subtract(self.on, days=horizon * place) for place in range(MOST_DAYS, 0, -1)
        ]
        days = [
            day for day in days if first and day >= oldest and (day - first).days >= horizon
        ]  # fmt: skip
        if not days:
            raise UserError(
                self.env._(
                    "The company's past is too short: it takes purchases of at least %s days.",
                    2 * horizon,
                )
            )
        days = [fields.Date.to_string(day) for day in days]
        self.write(
            {"state": "running", "horizon": horizon, "days": days, "counted": False, "hits": False}
        )

    def _count_day(self, day, purchases):
        """Count one day: the sums of each question and subject, and how many were hit at all."""
        self._stage_panel(day, purchases)
        self._stage_exposures(day)
        key, rows, hits = fields.Date.to_string(day), [], {}
        for question in ("leave", "buy"):
            everybody, exposed = self._count_strata(question)
            hits[question] = sum(
                counts.hits for groups in everybody.values() for counts in groups.values()
            )
            for subject, strata in exposed.items():
                sums = association.add_up(
                    (everybody[stratum], groups) for stratum, groups in strata.items()
                )
                rows.append([question, list(subject), sums])
        self.write(
            {
                "counted": {**(self.counted or {}), key: rows},
                "hits": {**(self.hits or {}), key: hits},
            }
        )  # fmt: skip

    # -------------------------------------------------------------- concluding
    def _conclude(self):
        """Replace the company's evidence by what was counted."""
        by_subject = {}
        for rows in self.counted.values():
            for question, subject, sums in rows:
                by_subject.setdefault((question, tuple(subject)), []).append(Sums(*sums))
        by_subject = self._still_there(by_subject)
        found = {}
        for question in ("leave", "buy"):
            sums = {
                subject: association.total(days)
                for (asked, subject), days in by_subject.items()
                if asked == question
            }
            hits = sum(day[question] for day in self.hits.values())
            found |= {
                (question, subject): values for subject, values in self._judge(sums, hits).items()
            }
        self._replace(found)
        self.write({"state": "done", "problem": False, "counted": False})
        self._forget_old()

    def _still_there(self, by_subject):
        """Of what was counted by (question, subject), that on subjects not deleted meanwhile."""
        there = [
            set(self.env[model].browse({subject[place] for _q, subject in by_subject} - {None})
                .exists().ids) | {None}
            for place, model in enumerate(("cx.warning.kind", "cx.channel", "cx.interaction"))
        ]  # fmt: skip
        return {
            key: sums
            for key, sums in by_subject.items()
            if all(number in ids for number, ids in zip(key[1], there, strict=False))
        }

    def _judge(self, sums, hits):
        """Fields of the evidence on each subject of one question.

        :param hits: how many left, or bought, with it or without
        """
        results = {subject: association.compare(one) for subject, one in sums.items()}
        untold = {
            subject: association.untold(one, results[subject]) for subject, one in sums.items()
        }
        chances = {}
        # signs are few and were named before; touchpoints are whatever there is, so they are
        # judged as a family of their own
        for is_sign in (True, False):
            told = [one for one in sums if not untold[one] and bool(one[0]) == is_sign]
            adjusted = association.holm([results[one].p_value for one in told])
            chances |= dict(zip(told, adjusted, strict=True))
        return {
            subject: {
                "verdict": untold[subject]
                or association.verdict(results[subject], chances[subject]),
                **self._values(one, results[subject], chances.get(subject), hits),
            }
            for subject, one in sums.items()
        }

    def _values(self, sums, result, chance, hits):
        """Counts, and where something can be said, the figures."""
        counts = ("seen", "exposed", "hit_exposed", "others", "hit_others")
        values = {name: getattr(sums, name) for name in counts}
        if chance is not None:
            names = ("ratio", "low", "high", "rate_exposed", "rate_others")
            values |= {name: getattr(result, name) for name in names}
            values["chance"] = chance
            values["share"] = association.attributable(sums.hit_exposed, hits, result.ratio)
        return values

    def _replace(self, found):
        """Write what was found, keep the records of the same subjects, and drop the others."""
        evidence = self.env["cx.evidence"]
        theirs = evidence.search([("company_id", "=", self.company_id.id)])
        known = {one._key(): one for one in theirs}
        ratings = self._ratings()
        unsaid = dict.fromkeys(
            ("ratio", "low", "high", "rate_exposed", "rate_others", "chance", "share"), 0.0
        )
        made = []
        for key, figures in found.items():
            question, subject = key
            satisfaction, rated = ratings.get(subject[1:], (0.0, 0))
            values = {
                **unsaid, **figures, "measured_on": self.on, "horizon": self.horizon,
                "satisfaction": satisfaction, "rated": rated,
            }  # fmt: skip
            if key in known:
                known.pop(key).write(values)
            else:
                made.append(
                    {"company_id": self.company_id.id, "question": question,
                     **evidence._of_subject(subject), **values}
                )  # fmt: skip
        evidence.browse([one.id for one in known.values()]).unlink()
        evidence.create(made)
        evidence._mark_unsaid(self.company_id)
        evidence._tell_strength(self.company_id)

    def _ratings(self):
        """{(channel, interaction, unhappy): (mean satisfaction, ratings)} of the last year."""
        touchpoints = self.env["cx.touchpoint"]
        domain = [
            ("company_id", "=", self.company_id.id), ("rated", "=", True),
            ("at", ">=", touchpoints._start(
                self.company_id, fields.Date.subtract(self.on, years=1))),
        ]  # fmt: skip
        return {
            (channel.id, interaction.id, False): (mean, count)
            for channel, interaction, mean, count in touchpoints._read_group(
                domain, ["channel_id", "interaction_id"], ["satisfaction:avg", "__count"]
            )
        }

    def _forget_old(self):
        self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "done")], offset=KEPT
        ).unlink()
