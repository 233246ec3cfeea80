"""What the portfolio is worth and where it moves: one question, one answer, one SQL per block."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from .cx_policy_domain import asked

# Every block is made by the method of its name.
BLOCKS = ("tiles", "balance", "flows", "retention", "forecast", "at_risk")
MOST_YEARS = 10
FIRST_DAY = date(1000, 1, 1)  # far enough from where the calendar begins
# Of so many customers the stays are quicker found by index.
FEW = 20_000
# Whoever was archived since was a customer then, and in the lists is one still.
EVEN_ARCHIVED = ("active", "in", [True, False])


@dataclass(frozen=True)
class Frame:
    """Whose figures are asked for, and of which days."""

    company: models.BaseModel
    domain: list  # which customers, as the client said
    since: date
    until: date
    today: date  # where the company is
    ids: tuple | None = None  # of the customers, when they are few: found once for all blocks

    @property
    def before(self):
        """The day when which ended the period began."""
        return fields.Date.subtract(self.since, days=1)

    @property
    def last(self):
        """The last day of the period that there is anything to tell of."""
        return min(self.until, self.today)

    @property
    def now(self):
        """Whether the period lasts until today, so that what is stored is its end."""
        return self.until >= self.today


class Move(NamedTuple):
    """Stays that began in a month with the same change of stage."""

    month: date  # its first day
    before: int | None  # stage id
    after: int | None
    movement: str | None
    number: int
    worth: float


@dataclass(frozen=True)
class Ledger:
    """What the ledger says of a period, read once for all blocks."""

    moves: list
    standing: dict  # stage id: how many at the end
    values: dict  # stage id: what they bought in twelve months

    def before(self, stage):
        """How many stood in a stage before the period: those at its end, less what changed."""
        came = sum(move.number for move in self.moves if move.after == stage)
        left = sum(move.number for move in self.moves if move.before == stage)
        return self.standing.get(stage, 0) - came + left


class CxPortfolio(models.AbstractModel):
    """Figures of a company's customers over a period, with the reader's rights.

    The past is counted as it was, with those who were archived since. Each figure says which
    list it counts.
    """

    _name = "cx.portfolio"
    _description = "Portfolio"

    @api.model
    @api.readonly
    def figures(self, domain=None, since=None, until=None, blocks=None):
        """Figures of the current company's customers over a period.

        :param list domain: which customers, by what they are now; all when empty
        :param since: first day, date or ISO text; when empty, of the month eleven before the last
        :param until: last day, included; today when empty
        :param blocks: which of :data:`BLOCKS`; all when empty
        :return: dict with the company, the period, the number of those who buy before it and at
            its end (``living``), and each block, see docs/portfolio.md
        :raise UserError: when a block is unknown, the domain is none, or the days are no period
        """
        # nobody else gets an answer, not even of zeros
        self.env["cx.customer"].check_access("read")
        frame = self._frame(domain, since, until)
        names = self._named_blocks(blocks)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # the statements are wide, not deep
        frame = replace(frame, ids=self._few(frame))
        ledger = self._ledger(frame)
        living = self.env["cx.episode"]._stage_ids()["living"]
        result = {
            "since": fields.Date.to_string(frame.since),
            "until": fields.Date.to_string(frame.until),
            "today": fields.Date.to_string(frame.today),
            "currency_id": frame.company.currency_id.id,
            "company": frame.company.name,
            "living": {
                "since": sum(ledger.before(stage) for stage in living),
                "until": sum(ledger.standing.get(stage, 0) for stage in living),
            },
        }
        return result | {name: getattr(self, f"_{name}")(frame, ledger) for name in names}

    # ------------------------------------------------------------- questions
    @api.model
    def _frame(self, domain, since, until):
        """What was asked for, checked."""
        company = self.env.company
        return Frame(company, self._checked(domain), *self._period(company, since, until))

    @api.model
    def _period(self, company, since, until):
        """First day, last day, and today where the company is; refused when they are no period."""
        today = self.env["cx.customer"]._today(company)
        to_day = self.env["cx.customer"]._to_day
        until = max(to_day(until) if until else today, FIRST_DAY)
        first = fields.Date.start_of(until, "month")
        since = to_day(since) if since else fields.Date.subtract(first, months=11)
        if since > until:
            raise UserError(
                self.env._(
                    "Period: it begins on %(since)s, after its end on %(until)s. Exchange them.",
                    since=format_date(self.env, since), until=format_date(self.env, until),
                )
            )  # fmt: skip
        since = min(since, today)  # where the reader is, tomorrow may have begun
        if since < fields.Date.subtract(until, years=MOST_YEARS):
            raise UserError(
                self.env._("Period: more than %s years. Choose a shorter one.", MOST_YEARS)
            )
        return since, until, today

    @api.model
    def _checked(self, domain):
        """A condition on customers as a list; refused when it is none."""
        try:
            return asked(self.env["cx.customer"], domain)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Filter: %(filter)s is no condition on customers (%(error)s). Remove it, and "
                    "choose another.",
                    filter=domain, error=error,
                )
            ) from error  # fmt: skip

    @api.model
    def _named_blocks(self, blocks, known=BLOCKS):
        blocks = known if blocks is None else blocks
        if not isinstance(blocks, list | tuple):
            blocks = str(blocks)
        if isinstance(blocks, str) or (unknown := [name for name in blocks if name not in known]):
            raise UserError(
                self.env._(
                    "Blocks: %(unknown)s is none. Choose among %(known)s.",
                    unknown=blocks if isinstance(blocks, str) else unknown[0],
                    known=", ".join(known),
                )
            )
        return list(dict.fromkeys(blocks))

    @api.model
    def _targets(self, domain, since, until):
        """Numbers aimed at by the end of a period, by stage code; others may know some."""
        return {}

    # -------------------------------------------------------------------- SQL
    def _customers(self, frame, *conditions):
        """Query of the customers asked for, with the reader's rights; archived ones too."""
        customers = self.env["cx.customer"].with_context(active_test=False)
        ours = Domain("company_id", "=", frame.company.id)
        if frame.ids is not None:
            ours &= Domain("id", "in", frame.ids)
        return customers._search(Domain.AND([ours, Domain(frame.domain), *map(Domain, conditions)]))

    def _few(self, frame):
        """Ids of the customers asked for, found once; None when they are too many."""
        query = self._customers(frame)
        query.limit = FEW + 1
        ids = tuple(query.get_result_ids())
        return ids if len(ids) <= FEW else None

    def _stays(self, frame, *columns):
        """SELECT of columns of the stays of the customers asked for, with the reader's rights."""
        episodes = self.env["cx.episode"]
        query = episodes._search([("company_id", "=", frame.company.id)])
        if frame.ids is not None:
            whose = episodes._field_to_sql(query.table, "customer_id", query)
            query.add_where(SQL("%s = ANY(%s)", whose, list(frame.ids)))
        elif frame.domain:
            query.add_where(
                SQL(
                    "%s IN %s",
                    episodes._field_to_sql(query.table, "customer_id", query),
                    self._customers(frame).subselect(),
                )
            )
        return query.select(
            *(
                SQL(
                    "%s AS %s",
                    episodes._field_to_sql(query.table, name, query),
                    SQL.identifier(name),
                )
                for name in columns
            )
        )

    def _covers(self, day):
        """SQL of whether a stay covers the end of a day."""
        return SQL("(entered_on <= %(day)s AND (left_on IS NULL OR left_on > %(day)s))", day=day)

    def _ledger(self, frame):
        """What the ledger says of the period: who moved, and who stood where at its end."""
        if frame.now:
            rows = self.env.execute_query(self._standing_now(frame))
        else:
            rows = self.env.execute_query(self._standing_then(frame))
        standing = {stage: number for stage, number, _value in rows}
        values = {stage: value for stage, _number, value in rows}
        return Ledger(self._moves(frame), standing, values)

    def _moves(self, frame):
        """The stays that began in the period, added up by month and by what they meant.

        Stays that nothing followed count as a move to nowhere on the day they ended.
        """
        meant = self.env["cx.episode"]._field_to_sql("began", "movement")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', day::timestamp)::date, previous_stage_id, stage_id,
                       %(meant)s, sum(number)::int, coalesce(sum(worth), 0)::float8
                  FROM (SELECT entered_on AS day, previous_stage_id, stage_id, silent,
                               count(*) AS number, sum(worth) AS worth
                          FROM (%(began)s) AS e
                         WHERE entered_on BETWEEN %(since)s AND %(last)s
                         GROUP BY 1, 2, 3, 4) AS began
                 GROUP BY 1, 2, 3, 4
                 UNION ALL
                SELECT date_trunc('month', left_on::timestamp)::date, stage_id, NULL::int,
                       CASE WHEN stage_id = ANY(%(living)s) THEN 'withdrawn' END,
                       count(*)::int, coalesce(sum(worth), 0)::float8
                  FROM (%(ended)s) AS e
                 WHERE ended AND left_on BETWEEN %(since)s AND %(last)s
                 GROUP BY 1, 2, 3, 4
                """,
                meant=meant,
                began=self._stays(
                    frame, "entered_on", "previous_stage_id", "stage_id", "silent", "worth"
                ),
                ended=self._stays(frame, "left_on", "stage_id", "ended", "worth"),
                living=self.env["cx.episode"]._stage_ids()["living"],
                since=frame.since,
                last=frame.last,
            )
        )
        return [Move(*row) for row in rows]

    # ----------------------------------------------------------------- lists
    def _customer_list(self, frame, name, *conditions):
        """A list of customers of the question, archived ones too, and of more conditions."""
        ours = ("company_id", "=", frame.company.id)
        domain = [ours, EVEN_ARCHIVED, *conditions, *frame.domain]
        return {"model": "cx.customer", "domain": domain, "name": name}

    def _episode_list(self, frame, name, *conditions):
        """A list of stays of the customers of the question."""
        whose = [("customer_id", "any", frame.domain)] if frame.domain else []
        domain = [("company_id", "=", frame.company.id), *conditions, *whose]
        return {"model": "cx.episode", "domain": domain, "name": name}

    # ----------------------------------------------------------------- words
    def _money(self, frame, value):
        return frame.company.currency_id.round(float(value or 0.0))

    def _number(self, number, signed=False):
        """A number in the reader's language, whole; with its sign when it is a change."""
        text = formatLang(self.env, number, digits=0)
        return f"+{text}" if signed and number > 0 else text

    def _amount(self, frame, value, signed=False):
        """Money in the reader's language, in whole units."""
        currency = frame.company.currency_id
        text = formatLang(self.env, value, currency_obj=currency, rounding_unit="units")
        return f"+{text}" if signed and value > 0 else text

    def _month_label(self, day):
        return format_date(self.env, day, date_format="MMM yyyy")
