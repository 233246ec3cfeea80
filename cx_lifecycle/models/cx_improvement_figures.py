"""What was before an improvement, and what came after: satisfaction, and who bought again."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine import means, proportion
from ..engine.means import Sample
from .timebox import AT_WORK, time_box

_logger = logging.getLogger(__name__)

LONGEST = 365  # days before and after that are looked at
WATCHED = 730  # days after the start in which it is measured anew each night


class CxImprovement(models.Model):
    _inherit = "cx.improvement"

    figures = fields.Json(
        readonly=True,
        copy=False,
        help="Days, answers, means and purchases before and after, and their differences.",
    )
    measured_on = fields.Date(readonly=True, copy=False)
    text = fields.Text("Before and After", compute="_compute_text")

    # ------------------------------------------------------------------ words
    @api.depends("figures", "target")
    @api.depends_context("lang")
    def _compute_text(self):
        for improvement in self:
            improvement.text = "\n".join(improvement._sentences())

    def _sentences(self):
        if not self.figures:
            return [self.env._("Nothing is measured yet.")]
        found = self.figures
        return [
            self.env._(
                "%(days)s days before %(start)s against %(days)s days from it.",
                days=found["days"],
                start=format_date(self.env, fields.Date.to_date(found["start"])),
            ),
            self._satisfaction_words(found),
            self._repurchase_words(found),
            self.env._(
                "This compares before with after, without a comparison group: the season and "
                "whatever else changed count too, so it shows what went along, not what the "
                "improvement caused."
            ),
        ]

    def _satisfaction_words(self, found):
        before, after = found["before"], found["after"]
        if not before["rated"] or not after["rated"]:
            return self.env._(
                "Satisfaction: %(before)s answers before, %(after)s after: too few to compare.",
                before=before["rated"], after=after["rated"],
            )  # fmt: skip
        return self.env._(
            "Satisfaction: %(mean)s before (%(number)s answers), %(then)s after (%(later)s). "
            "%(verdict)s",
            mean=self._digits(before["mean"]), number=before["rated"],
            then=self._digits(after["mean"]), later=after["rated"],
            verdict=" ".join(
                [self._verdict(found["satisfaction"], 1), *self._target_words(after["mean"])]
            ),
        )  # fmt: skip

    def _target_words(self, mean):
        """Whether the mean after it is what was aimed at; nothing without a target."""
        if not self.target:
            return []
        target = self._digits(self.target)
        if mean >= self.target:
            return [self.env._("The target of %s is reached.", target)]
        return [self.env._("The target of %s is not reached.", target)]

    def _repurchase_words(self, found):
        before, after = found["before"], found["after"]
        if not before["due"] or not after["due"]:
            return self.env._(
                "Bought again within their usual interval: too few whose interval is over "
                "(%(before)s before, %(after)s after).",
                before=before["due"], after=after["due"],
            )  # fmt: skip
        return self.env._(
            "Bought again within their usual interval: %(share)s %% of %(number)s customers "
            "before, %(then)s %% of %(later)s after. %(verdict)s",
            share=round(100 * before["back"] / before["due"]), number=before["due"],
            then=round(100 * after["back"] / after["due"]), later=after["due"],
            verdict=self._verdict(found["repurchase"], 100),
        )  # fmt: skip

    def _verdict(self, difference, scale):
        """A difference with its interval, and whether chance explains it."""
        if not difference:
            return self.env._("Too few to say more.")
        value, low, high = (scale * number for number in difference)
        digits = 1 if scale == 1 else 0
        numbers = {
            name: ("+" if number > 0 else "") + self._digits(number, digits)
            for name, number in (("value", value), ("low", low), ("high", high))
        }
        if low > 0:
            return self.env._("Higher by %(value)s (%(low)s to %(high)s).", **numbers)
        if high < 0:
            return self.env._("Lower by %(value)s (%(low)s to %(high)s).", **numbers)
        return self.env._(
            "No difference shown: %(value)s (%(low)s to %(high)s) may be chance.", **numbers
        )

    def _digits(self, value, digits=1):
        return self.env["ir.qweb.field.float"].value_to_html(value, {"precision": digits})

    # -------------------------------------------------------------- measuring
    def action_measure(self):
        """Measure before and after, now."""
        self.check_access("write")
        for improvement in self:
            if not improvement._days():
                raise UserError(
                    self.env._("Start: nothing has come after it yet. Measure later, or move it.")
                )
        # sudo: purchases are read as the machine does; only counts are kept
        self.sudo()._measure()

    @api.model
    def _measure_running(self):
        """Measure anew what has begun and can still change."""
        today = fields.Date.context_today(self)
        recent = [
            ("state", "in", ("running", "done")), ("date_from", "<", today),
            ("date_from", ">=", fields.Date.subtract(today, days=WATCHED)),
        ]  # fmt: skip
        for improvement in self.search(recent):  # there are a few
            try:
                with time_box(self.env.cr, AT_WORK):
                    improvement._measure()
            except Exception:  # whatever it is, the others go on
                _logger.exception("Improvement %s not measured", improvement.id)

    def _days(self):
        """How many days have come after the start, as many as are looked at before it."""
        today = self.env["cx.customer"]._today(self.company_id)
        end = min(self.date_to or today, today)
        return min((end - self.date_from).days + 1, LONGEST) if end >= self.date_from else 0

    def _measure(self):
        for improvement in self:  # each one statement
            if days := improvement._days():
                improvement.write(
                    {
                        "figures": improvement._compared(days),
                        "measured_on": self.env["cx.customer"]._today(improvement.company_id),
                    }
                )

    def _compared(self, days):
        sides = {"before": {}, "after": {}}
        samples = {}
        for side, rated, total, squares, due, back in self.env.execute_query(self._sides(days)):
            samples[side] = Sample(rated, total, squares)
            sides[side] = {"rated": rated, "mean": samples[side].mean, "due": due, "back": back}
        empty = {"rated": 0, "mean": None, "due": 0, "back": 0}
        before, after = (sides[side] or empty for side in ("before", "after"))
        return {
            "days": days,
            "start": fields.Date.to_string(self.date_from),
            "before": before,
            "after": after,
            "satisfaction": means.difference(
                samples.get("after", Sample()), samples.get("before", Sample())
            ),
            "repurchase": proportion.difference(
                after["back"], after["due"], before["back"], before["due"]
            ),
        }

    def _window(self, side, days):
        """First day and the day after the last one of a side."""
        start = self.date_from
        if side == "before":
            return fields.Date.subtract(start, days=days), start
        return start, fields.Date.add(start, days=days)

    def _between(self, first, end):
        """Domain of the touchpoints of some days by the company's clock, the last one left out."""
        start = self.env["cx.touchpoint"]._start
        first, end = (
            fields.Datetime.to_string(start(self.company_id, day)) for day in (first, end)
        )
        return Domain("at", ">=", first) & Domain("at", "<", end)

    def _sides(self, days):
        """SELECT by side: ratings and their sums; customers whose interval is over; who bought."""
        first, middle = self._window("before", days)
        _middle, end = self._window("after", days)
        touchpoints = self.env["cx.touchpoint"]._search(
            self._touchpoints() & self._between(first, end)
        )
        column = {
            name: self.env["cx.touchpoint"]._field_to_sql("cx_touchpoint", name, touchpoints)
            for name in ("customer_id", "at", "rated", "satisfaction")
        }
        had = touchpoints.select(
            *(SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in column.items())
        )
        those = touchpoints.subselect(column["customer_id"])

        def scope(partner):
            return SQL(
                "%s IN (SELECT partner_id FROM cx_customer WHERE id IN %s)", partner, those
            )  # fmt: skip

        return SQL(
            """
            WITH had AS MATERIALIZED (
                SELECT *, CASE WHEN at < %(middle)s THEN 'before' ELSE 'after' END AS side
                  FROM (%(had)s) AS h),
            bought AS MATERIALIZED (
                SELECT partner_id, day FROM (%(days)s) AS d WHERE amount > 0),
            first AS (
                SELECT h.side, h.customer_id,
                       (min(h.at) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                  FROM had h GROUP BY 1, 2),
            back AS (
                SELECT f.side, f.customer_id, bool_or(b.day IS NOT NULL) AS back
                  FROM (SELECT f.*, c.partner_id, f.day + ceil(coalesce(
                               nullif(c.usual_interval, 0), %(median)s))::int AS until
                          FROM first f JOIN cx_customer c ON c.id = f.customer_id) AS f
             LEFT JOIN bought b ON b.partner_id = f.partner_id
                   AND b.day > f.day AND b.day <= f.until
                -- the side before is seen for as long as the other one: more of those who
                -- seldom buy would be in it otherwise, and what they bought afterwards
                 WHERE f.until <= %(on)s - CASE side WHEN 'before' THEN %(shift)s ELSE 0 END
                 GROUP BY 1, 2)
            SELECT side, count(*) FILTER (WHERE rated)::int,
                   coalesce(sum(satisfaction) FILTER (WHERE rated), 0)::float8,
                   coalesce(sum(satisfaction ^ 2) FILTER (WHERE rated), 0)::float8,
                   (SELECT count(*)::int FROM back WHERE back.side = had.side),
                   (SELECT count(*)::int FROM back WHERE back.side = had.side AND back)
              FROM had GROUP BY side
            """,
            had=had,
            days=self.env["cx.purchase.source"]._days(self.company_id, scope),
            middle=self.env["cx.touchpoint"]._start(self.company_id, middle),
            zone=self.company_id.partner_id.tz or "UTC",
            shift=days,
            median=self.env["cx.policy"]._of(self.company_id).median_gap,
            on=self.env["cx.customer"]._today(self.company_id),
        )

    def action_touchpoints(self):
        """List the touchpoints of a side, by ``cx_side`` in the context."""
        self.ensure_one()
        days = (self.figures or {}).get("days") or self._days() or LONGEST
        first, end = self._window(self.env.context.get("cx_side", "after"), days)
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_touchpoints")
        domain = list(self._touchpoints() & self._between(first, end))
        return {**action, "name": self.name, "path": False, "domain": domain, "context": {}}
