"""Adding up touchpoints by step and channel: one reading of the map's index, one of leaving."""

from dataclasses import dataclass, fields

from odoo import api, models
from odoo.tools import SQL

# Halves are kept apart, for the trends; all else is a sum, so that totals are sums of these.
SUMS = """
    SELECT t.step_id, t.channel_id, t.at >= %(middle)s AS later,
           count(*), count(t.satisfaction),
           coalesce(sum(t.satisfaction), 0), coalesce(sum(t.satisfaction * t.satisfaction), 0),
           count(t.delay_hours), coalesce(sum(t.delay_hours), 0),
           count(%(target)s) FILTER (WHERE t.delay_hours IS NOT NULL),
           coalesce(sum(%(target)s) FILTER (WHERE t.delay_hours IS NOT NULL), 0),
           count(*) FILTER (WHERE t.delay_hours <= %(target)s),
           count(*) FILTER (WHERE t.at < o.over_before)
      FROM (%(touchpoints)s) AS t LEFT JOIN (%(over)s) AS o USING (customer_id)
     GROUP BY t.step_id, t.channel_id, later
"""
# Few leave: their contacts are looked up one customer at a time.
LEFT = """
    WITH leaving AS MATERIALIZED (%(leaving)s)
    SELECT step_id, channel_id, count(*)
      FROM (SELECT DISTINCT t.id, t.step_id, t.channel_id
              FROM leaving AS l
              JOIN (%(over)s) AS o USING (customer_id)
              JOIN (%(touchpoints)s) AS t
                ON t.customer_id = l.customer_id AND t.at >= l.since AND t.at < l.before
             WHERE t.at < o.over_before) AS left_after
     GROUP BY step_id, channel_id
"""
COLUMNS = ("step_id", "channel_id", "company_id", "interaction_id", "customer_id", "at",
           "satisfaction", "delay_hours")  # fmt: skip


@dataclass
class Sums:
    """What the touchpoints of a cell add up to; sums of cells are their totals."""

    volume: int = 0
    rated: int = 0
    total: float = 0.0  # of the satisfaction
    squares: float = 0.0
    answered: int = 0
    hours: float = 0.0
    targeted: int = 0
    target: float = 0.0  # hours, added up
    in_time: int = 0
    followed: int = 0  # the usual interval after them is over
    left: int = 0  # the customer left within it
    # the same of the second half of the period
    later: int = 0
    later_rated: int = 0
    later_total: float = 0.0
    later_squares: float = 0.0

    def __add__(self, other):
        return Sums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


class CxJourneyMap(models.AbstractModel):
    _inherit = "cx.journey.map"

    @api.model
    def _sums(self, frame):
        """{(step id, channel id): Sums} of the touchpoints asked for, with the reader's rights."""
        touchpoints = self.env["cx.touchpoint"]
        rows = self.env.execute_query(
            SQL(
                SUMS,
                middle=frame.middle,
                target=touchpoints._target_to_sql("t"),
                touchpoints=self._touchpoints(frame, *COLUMNS),
                over=touchpoints._over(frame.company),
            )
        )
        sums = {}
        for step, channel, later, *numbers in rows:
            found = Sums(*numbers)
            if later:
                found.later, found.later_rated = found.volume, found.rated
                found.later_total, found.later_squares = found.total, found.squares
            sums[step, channel] = sums.get((step, channel), Sums()) + found
        for step, channel, number in self._left(frame):
            sums[step, channel].left = number
        return sums

    @api.model
    def _left(self, frame):
        touchpoints = self.env["cx.touchpoint"]
        return self.env.execute_query(
            SQL(
                LEFT,
                leaving=touchpoints._leaving(frame.company, frame.since),
                over=touchpoints._over(frame.company),
                touchpoints=self._touchpoints(
                    frame, "id", "customer_id", "at", "step_id", "channel_id"
                ),
            )
        )

    @api.model
    def _touchpoints(self, frame, *columns):
        """SELECT of columns of the touchpoints asked for, with the reader's rights."""
        touchpoints = self.env["cx.touchpoint"]
        query = touchpoints._search(frame.condition)
        return query.select(
            *(
                SQL(
                    "%s AS %s",
                    touchpoints._field_to_sql(query.table, name, query),
                    SQL.identifier(name),
                )
                for name in columns
            )
        )
