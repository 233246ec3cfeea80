"""What was reached: one statement for all objectives.

All of it is searched with the reader's rights. So marketers, and whoever sees all customers,
read the whole; a salesperson reads the whole of the own objectives, and of those of a team or
the company the part of the own customers, which is then not compared with the target.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import objective as engine
from .cx_policy_domain import UNREADABLE

STATES = [
    ("waiting", "Not Begun"),
    ("on_track", "On Track"),
    ("behind", "Behind"),
    ("reached", "Reached"),
    ("missed", "Missed"),
    ("part", "Your Part"),  # of a target of all
]
WHOLE = ("cx_lifecycle.group_marketer", "sales_team.group_sale_salesman_all_leads")


class CxObjective(models.Model):
    _inherit = "cx.objective"

    actual = fields.Float(
        digits=(16, 0), compute="_compute_figures", aggregator="sum",
        help="What was reached up to today, or to the end of the period.",
    )  # fmt: skip
    actual_heads = fields.Integer(
        "Customers Counted", compute="_compute_figures", aggregator=None,
        help="So many rows has the list behind the number.",
    )  # fmt: skip
    known = fields.Boolean(compute="_compute_figures", help="Whether there is a figure to show.")
    partial = fields.Boolean(
        compute="_compute_partial",
        help="You see the part of your own customers; the target is of all.",
    )  # fmt: skip
    problem = fields.Char(compute="_compute_figures", help="Why it cannot be counted.")
    progress = fields.Float(
        compute="_compute_figures", aggregator=None,
        help="In percent of the target.",
    )  # fmt: skip
    expected_now = fields.Float(
        "Expected by Now", digits=(16, 0), compute="_compute_figures",
        aggregator=None, help="On a straight line from the start to the target.",
    )  # fmt: skip
    forecast = fields.Float(
        digits=(16, 0), compute="_compute_figures", aggregator=None,
        help="On the last day, at the pace so far.",
    )  # fmt: skip
    compared = fields.Boolean(
        compute="_compute_figures",
        help="Whether the figure can be compared with the target.",
    )  # fmt: skip
    foreseen = fields.Boolean(compute="_compute_figures", help="Whether there is a forecast.")
    state = fields.Selection(STATES, "Standing", compute="_compute_figures", search="_search_state")

    # ---------------------------------------------------------------- figures
    @api.depends(
        "measure", "stage_id", "unit", "date_from", "date_to", "target", "direction",
        "company_id", "team_id.crm_team_member_ids.active", "user_id", "segment", "author_id",
        "closed", "closing",
    )  # fmt: skip
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_figures(self):
        days = {c: self.env["cx.customer"]._today(c) for c in self.company_id}
        counted = self._counted(days)
        for objective in self:
            found = counted.get(objective, {})
            problem = found.get("problem", False)
            heads, money = found.get("now", (None, None))
            actual = money if objective.unit == "money" else heads
            standing = objective._standing(days, actual, found.get("start"))
            part = "part" if objective.partial and actual is not None else False
            objective.update(
                {
                    "problem": problem,
                    "known": actual is not None,
                    "actual": actual or 0.0,
                    "actual_heads": heads or 0,
                    "compared": standing.progress is not None,
                    "progress": 100 * (standing.progress or 0.0),
                    "foreseen": standing.forecast is not None,
                    "expected_now": standing.expected or 0.0,
                    "forecast": standing.forecast or 0.0,
                    "state": standing.state or part,
                }
            )

    def _standing(self, days, actual, before):
        """What the figures mean; nothing is said where they are a part, or where some lack."""
        if not (self.date_from and self.date_to and self.target > 0 and self.company_id):
            return engine.Standing(None, None, None, None)
        level = self.measure == "stage"
        goal = engine.Goal(
            self.target, self.date_from, self.date_to,
            most=self.direction == "most",
            counted=not level and self.measure != "net",
            heads=self.unit == "heads",
        )  # fmt: skip
        start = (before[0] if before else None) if level else 0.0
        return engine.standing(goal, days[self.company_id], None if self.partial else actual, start)

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_partial(self):
        whole = self._sees_all()
        for objective in self:
            objective.partial = not whole and objective.user_id != self.env.user

    @api.model
    def _sees_all(self):
        """Whether the reader sees all customers of the company."""
        return self.env.su or any(self.env.user.has_group(group) for group in WHOLE)

    def _counted(self, days, closing=False):
        """Heads and money of each objective, now and, of a stage, before the period.

        :param days: today of each company
        :param closing: the period has just ended, and what is stored is still of its last day
        :return: ``{objective: {"now": (heads, money or None), "start": ..., "problem": text}}``
        """
        result, parts, places = {}, [], []
        for objective in self:
            today = days.get(objective.company_id)
            if not objective._countable(today):
                continue
            found = result[objective] = {}
            try:
                queries = objective._queries(today, closing)
            except (UserError, *UNREADABLE) as error:
                found["problem"] = str(error)
                continue
            for name, query in queries:
                parts.append(SQL("SELECT %s AS place, * FROM (%s) AS part", len(places), query))
                places.append((found, name))
        if parts:
            self.env.cr.execute("SET LOCAL jit = off")  # many small counts, each soon done
            rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
            for place, heads, money in rows:
                found, name = places[place]
                more, worth = found.get(name, (0, 0.0))
                found[name] = (heads + more, None if money is None else float(money) + worth)
        return result

    def _countable(self, today):
        """Whether there is something to count: complete, begun, and as it was saved.

        A condition that is being typed is nobody's yet: it must not run with the rights of the
        author of the one before.
        """
        if not (today and self.date_from and self.date_to and self.measure):
            return False
        if self.measure == "stage" and not self.stage_id:
            return False
        typed = self.segment != self._origin.segment
        return self.date_from <= today and not (typed and (self._origin or self._typed()))

    def _typed(self):
        try:
            return self._segmented()
        except UNREADABLE:
            return True

    def _queries(self, today, closing=False):
        """What is counted: (``now`` or, for a stage, ``start``; SELECT of heads and money)."""
        if self.measure != "stage":
            moves = [("now", self._sums(self._moves(today), self._moved))]
            if self.measure == "net":
                moves.append(("now", self._sums(self._endings(today), self._ended)))
            return moves
        now = self._stays(min(today, self.date_to))
        if self.unit == "money":  # what a stage was worth on a past day was kept, or is not known
            if today <= self.date_to or closing:
                return [("now", self._sums(now, self._bought))]
            if not self.closed or self.partial:  # what was kept is of all customers
                return []
            closing = self.sudo().closing  # sudo: of those who see all of them, as asked above
            kept = lambda *_: (SQL("count(*)"), SQL("%s::numeric", closing))  # noqa: E731
            return [("now", self._sums(now, kept))]
        heads = lambda *_: (SQL("count(*)"), SQL("NULL::numeric"))  # noqa: E731
        before = self._stays(self.date_from - timedelta(days=1))
        return [("now", self._sums(now, heads)), ("start", self._sums(before, heads))]

    def _sums(self, domain, sums):
        """SELECT of heads and money of the stays in a domain, with the reader's rights."""
        stays = self.env["cx.episode"]
        query = stays._search(domain)
        heads, money = sums(stays, query)
        return query.select(SQL("%s AS heads", heads), SQL("%s AS money", money))

    def _bought(self, stays, query):
        """How many, and what they bought in twelve months."""
        customer = query.left_join(query.table, "customer_id", "cx_customer", "id", "customer")
        value = self.env["cx.customer"]._field_to_sql(customer, "value_12m", query)
        return SQL("count(*)"), SQL("coalesce(sum(%s), 0)", value)

    def _moved(self, stays, query):
        """How many moves, and what was expected of them in a year; those who left count less."""
        sign = SQL("1")
        if self.measure == "net":
            stage = stays._field_to_sql(query.table, "stage_id", query)
            living = stays._stage_ids()["living"]
            sign = SQL("CASE WHEN %s = ANY(%s) THEN 1 ELSE -1 END", stage, living)
        worth = stays._field_to_sql(query.table, "worth", query)
        return (
            SQL("coalesce(sum(%s), 0)", sign),
            SQL("coalesce(sum(%s * %s), 0)", sign, worth),
        )

    def _ended(self, stays, query):
        """Who left without another stage, and what was expected of them: less than nothing."""
        worth = stays._field_to_sql(query.table, "worth", query)
        return SQL("-count(*)"), SQL("-coalesce(sum(%s), 0)", worth)

    # ------------------------------------------------------------ who counts
    def _narrowed(self):
        """Domain on stays: of customers of the team, the salesperson and the segment."""
        ours = Domain("company_id", "=", self.company_id.id)
        customers = self._sellers()
        if self._segmented():
            customers &= Domain("partner_id", "in", self._contacts())
        if customers.is_true():
            return ours
        found = self.env["cx.customer"].with_context(active_test=False)._search(customers)
        return ours & Domain("customer_id", "in", found)

    def _stays(self, day):
        """Domain of the stays in the stage that cover the end of a day."""
        return (
            self._narrowed() & Domain("stage_id", "=", self.stage_id.id) & Domain("as_of", "=", day)
        )

    def _moves(self, today):
        """Domain of the moves of the period, up to today."""
        return (
            self._narrowed()
            & Domain("entered_on", ">=", self.date_from)
            & Domain("entered_on", "<=", min(today, self.date_to))
            & self._measured(self.measure)
        )

    def _endings(self, today):
        """Domain of the stays of those who live that nothing followed, by the day they ended."""
        living = self.env["cx.episode"]._stage_ids()["living"]
        return (
            self._narrowed()
            & Domain("ended", "=", True)
            & Domain("stage_id", "in", living)
            & Domain("left_on", ">=", self.date_from)
            & Domain("left_on", "<=", min(today, self.date_to))
        )

    @api.model
    def _purposes(self):
        """What money may be spent on: (code, name in the reader's language)."""
        return self._fields["purpose"]._description_selection(self.env)

    @api.model
    def _measured(self, measure):
        """Domain of the stays that a measure counts; silent moves only for the balance."""
        ids = self.env["cx.stage"]._ids_by_code()
        came = lambda *codes: Domain("stage_id", "in", [ids[code] for code in codes])  # noqa: E731
        left = lambda *codes: Domain(  # noqa: E731
            "previous_stage_id", "in", [ids[code] for code in codes]
        )
        lived = Domain("silent", "=", False)
        return {
            "new": Domain("movement", "=", "new"),
            "kept": lived & left("new") & came("active"),
            "woken": Domain("movement", "=", "won_back") & left("dormant"),
            "won_back": Domain("movement", "=", "won_back") & left("lost"),
            "dormant": Domain("movement", "=", "dormant"),
            # whoever is given up, after a time of silence or at once
            "lost": lived & left("new", "active", "dormant") & came("lost"),
            "net": Domain("movement", "!=", False),
        }[measure]
