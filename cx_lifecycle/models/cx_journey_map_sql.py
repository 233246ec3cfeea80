"""Adding up touchpoints by step and channel: one statement of all, two of what came after them."""

from collections import defaultdict
from dataclasses import dataclass, fields, replace

from odoo import api, models
from odoo.tools import SQL

# Read from the map's index alone. Each half of the period is read by itself, for the trends;
# all else is a sum, so that totals are sums of these. Kept small: it runs over millions of rows.
SUMS = """
    SELECT %(later)s, t.step_id, t.channel_id, t.interaction_id,
           count(*), count(t.satisfaction),
           sum(t.satisfaction), sum(t.satisfaction * t.satisfaction),
           count(t.delay_hours), sum(t.delay_hours),
           count(*) FILTER (WHERE t.delay_hours IS NOT NULL AND t.delay_hours <= %(target)s)
      FROM (%(touchpoints)s) AS t
     GROUP BY t.step_id, t.channel_id, t.interaction_id
"""
# The last contacts of each customer.
OPEN = """
    SELECT t.step_id, t.channel_id, count(*)
      FROM (%(over)s) AS o
      JOIN (%(touchpoints)s) AS t
        ON t.customer_id = o.customer_id AND t.at >= o.over_before
     GROUP BY t.step_id, t.channel_id
"""
# The same of everybody, looked up one customer at a time in the customers' index: the join costs
# more than all the rest, and PostgreSQL would choose it. With more conditions, it chooses well.
OPEN_OF_ALL = """
    SELECT t.step_id, t.channel_id, count(*)
      FROM (%(over)s) AS o
     CROSS JOIN LATERAL (
           SELECT step_id, channel_id FROM (%(touchpoints)s) AS one
            WHERE one.customer_id = o.customer_id AND one.at >= o.over_before
           OFFSET 0) AS t
     GROUP BY t.step_id, t.channel_id
"""
# Few leave: their contacts are looked up one customer at a time. What was followed by leaving
# twice within an interval counts once: a stretch begins where the one before it ends.
LEFT = """
    WITH leaving AS MATERIALIZED (
        SELECT customer_id, least(l.before, o.over_before) AS before,
               greatest(l.since, lag(l.before) OVER (
                   PARTITION BY customer_id ORDER BY l.before)) AS since
          FROM (%(leaving)s) AS l JOIN (%(over)s) AS o USING (customer_id))
    SELECT t.step_id, t.channel_id, count(*)
      FROM leaving AS l
      JOIN (%(touchpoints)s) AS t
        ON t.customer_id = l.customer_id AND t.at >= l.since AND t.at < l.before
     GROUP BY t.step_id, t.channel_id
"""
COLUMNS = ("step_id", "channel_id", "interaction_id", "company_id", "satisfaction", "delay_hours")
AFTERWARDS = ("customer_id", "at", "step_id", "channel_id")


@dataclass
class Sums:
    """What the touchpoints of a cell add up to; sums of cells are their totals."""

    volume: int = 0
    rated: int = 0
    total: float = 0.0  # of the satisfaction
    squares: float = 0.0
    answered: int = 0
    hours: float = 0.0
    in_time: int = 0
    targeted: int = 0
    target: float = 0.0  # hours, added up
    open: int = 0  # the usual interval after them is not over
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
    def _sums(self, frame, blocks):
        """{(step id, channel id): Sums} of the touchpoints asked for, with the reader's rights."""
        sums = defaultdict(Sums)
        if "contacts" in blocks:
            targets = self.env["cx.touchpoint"]._targets(frame.company)
            for later, step, channel, interaction, *numbers in self._contacts(frame):
                found = Sums(*(number or 0 for number in numbers))
                if hours := targets.get((channel, interaction)):
                    found.targeted, found.target = found.answered, found.answered * hours
                if later:
                    found.later, found.later_rated = found.volume, found.rated
                    found.later_total, found.later_squares = found.total, found.squares
                sums[step, channel] += found
        if "left" in blocks:
            for step, channel, number in self._still_open(frame):
                sums[step, channel].open = number
            for step, channel, number in self._left(frame):
                sums[step, channel].left = number
        return sums

    @api.model
    def _contacts(self, frame):
        halves = [(False, frame.begins, frame.middle), (True, frame.middle, frame.ends)]
        target = self.env["cx.touchpoint"]._target_to_sql("t")
        return self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    SUMS,
                    later=later,
                    target=target,
                    touchpoints=self._touchpoints(
                        replace(frame, begins=begins, ends=ends), *COLUMNS
                    ),
                )
                for later, begins, ends in halves
            )
        )

    @api.model
    def _still_open(self, frame):
        return self.env.execute_query(
            SQL(
                OPEN_OF_ALL if frame.is_whole else OPEN,
                over=self.env["cx.touchpoint"]._over(frame.company, frame.ids),
                touchpoints=self._touchpoints(frame, *AFTERWARDS),
            )
        )

    @api.model
    def _left(self, frame):
        touchpoints = self.env["cx.touchpoint"]
        return self.env.execute_query(
            SQL(
                LEFT,
                leaving=touchpoints._leaving(frame.company, frame.since),
                over=touchpoints._over(frame.company, frame.ids),
                touchpoints=self._touchpoints(frame, *AFTERWARDS),
            )
        )

    @api.model
    def _touchpoints(self, frame, *columns):
        """SELECT of columns of the touchpoints asked for, with the reader's rights."""
        touchpoints = self.env["cx.touchpoint"]
        query = touchpoints._search(frame.condition)
        if frame.ids is not None:
            whose = touchpoints._field_to_sql(query.table, "customer_id", query)
            query.add_where(SQL("%s = ANY(%s)", whose, list(frame.ids)))
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
