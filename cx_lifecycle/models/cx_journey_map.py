"""Where customers meet the company and how it goes: channels by steps, one question, one answer."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .cx_improvement import OPEN
from .cx_policy_domain import asked

WORST = 3  # comments shown at a cell
# What can be asked for by itself: the second costs as much as the first.
BLOCKS = ("contacts", "left")
# Of so many customers the touchpoints are quicker found by index.
FEW = 20_000
# Customers whom the reader may see, archived ones too.
VISIBLE = ("customer_id", "any", [("active", "in", [True, False])])


@dataclass(frozen=True)
class Frame:
    """Which touchpoints are asked for, and when."""

    company: models.BaseModel
    domain: list  # as the client said
    since: date
    until: date
    today: date  # where the company is
    begins: datetime  # in UTC, as the others
    ends: datetime  # the first moment after the period
    middle: datetime  # where its second half begins
    share: float  # of the days, what the second half lasts; 0 when there are no halves
    ids: tuple | None = None  # of the customers, when the reader sees a few of them only
    is_whole: bool = False  # nothing but company and days is asked

    @property
    def condition(self):
        """The whole question, as a list's domain."""
        return [
            ("company_id", "=", self.company.id),
            ("at", ">=", fields.Datetime.to_string(self.begins)),
            ("at", "<", fields.Datetime.to_string(self.ends)),
            *self.domain,
        ]


class CxJourneyMap(models.AbstractModel):
    """Figures of the journey map; its SQL and its cells are in the files beside this one."""

    _name = "cx.journey.map"
    _description = "Journey Map"

    @api.model
    @api.readonly
    def figures(self, domain=None, since=None, until=None, customer_id=None, blocks=None):
        """The journey of customers of the current company, as far as the caller may see it.

        :param domain: which touchpoints, a condition on ``cx.touchpoint``; all when empty. What
            is asked of the customer goes through ``customer_id``
        :param since: the period's first day, by the company's clock; by default that of the month
            eleven months before its end
        :param until: its last day, today by default
        :param customer_id: one customer's journey alone
        :param blocks: names from :data:`BLOCKS`, all when None; without ``contacts`` cells say
            ``open`` and ``left`` only, without ``left`` they do not say these
        :return: the days, ``cols`` (steps), ``rows`` (channels that were used), ``cells``
            ``{"row|col": cell}`` and the totals ``row_totals``, ``col_totals`` and ``total``, the
            emotion ``curve``, and the ``limits`` of good and fair; see docs/journey.md
        :raise AccessError: touchpoints, or this customer, are not the caller's to see
        :raise UserError: the condition is none, the days are no period, or a block is unknown
        """
        frame = self._frame(domain, since, until, customer_id)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # the statements are wide, not deep
        blocks = self.env["cx.portfolio"]._named_blocks(blocks, BLOCKS)
        sums = self._sums(frame, blocks)
        steps = self._heads("cx.journey.step", {step for step, _channel in sums}, all_active=True)
        channels = self._heads("cx.channel", {channel for _step, channel in sums})
        company = frame.company
        return {
            "since": fields.Date.to_string(frame.since),
            "until": fields.Date.to_string(frame.until),
            "today": fields.Date.to_string(frame.today),
            "company": company.name,
            "limits": {
                "good": company.cx_satisfaction_good,
                "fair": company.cx_satisfaction_fair,
            },
            "cols": [self._col(step) for step in steps],
            "rows": [self._row(channel) for channel in channels],
            "row_title": self.env._("Channel"),
            "col_title": self.env._("Step"),
            **self._cells(frame, steps, channels, sums, blocks),
        }

    @api.model
    @api.readonly
    def comments(
        self, domain=None, since=None, until=None, channel_id=None, step_id=None, customer_id=None
    ):
        """What those who were satisfied least said, the worst first; three at most.

        :param channel_id, step_id: those of a cell; empty: of all
        :return: ``[{id, at, customer, interaction, satisfaction, note}]``, of the touchpoints
            that the caller may read; the others as for :meth:`figures`
        """
        frame = self._frame(domain, since, until, customer_id)
        asked = [("rated", "=", True), ("note", "!=", False)]
        for name, value in (("channel_id", channel_id), ("step_id", step_id)):
            if value:
                asked.append((name, "=", value))
        found = self.env["cx.touchpoint"].search(
            [*frame.condition, *asked], limit=WORST, order="satisfaction, at DESC, id DESC"
        )
        return [
            {
                "id": touchpoint.id,
                "at": fields.Datetime.to_string(touchpoint.at),
                "customer": touchpoint.partner_id.display_name,
                "interaction": touchpoint.interaction_id.name,
                "satisfaction": touchpoint.satisfaction,
                "note": touchpoint.note,
            }
            for touchpoint in found
        ]

    @api.model
    @api.readonly
    def improvements(self, channel_id=None, step_id=None):
        """What is planned or under way to mend a cell of the current company's map.

        :param channel_id, step_id: those of the cell; empty: of all
        :return: ``[{id, name, owner, since, state}]``, none for who may not read improvements
        """
        improvements = self.env["cx.improvement"]
        if not improvements.has_access("read"):
            return []
        meant = Domain("company_id", "=", self.env.company.id) & Domain("state", "in", OPEN)
        if channel_id:
            meant &= Domain("channel_id", "in", (channel_id, False))
        if step_id:
            of_step = Domain("interaction_id", "=", False) | Domain(
                "interaction_id.step_id", "=", step_id
            )
            meant &= Domain("step_id", "=", step_id) | (Domain("step_id", "=", False) & of_step)
        states = dict(improvements._fields["state"]._description_selection(self.env))
        return [
            {
                "id": improvement.id,
                "name": improvement.name,
                "owner": improvement.user_id.name or "",
                "since": fields.Date.to_string(improvement.date_from),
                "state": states[improvement.state],
            }
            for improvement in improvements.search(meant)
        ]

    # ------------------------------------------------------------- questions
    @api.model
    def _frame(self, domain, since, until, customer_id):
        """What was asked for, checked."""
        # nobody else gets an answer, not even of zeros
        self.env["cx.touchpoint"].check_access("read")
        domain = self._checked(domain)
        if customer_id:
            self.env["cx.customer"].browse(customer_id).check_access("read")
            domain = [("customer_id", "=", customer_id), *domain]
        company = self.env.company
        sees_all = self._sees_all()
        is_whole = sees_all and not domain
        ids = None if sees_all else self._few(company)
        if ids is not None:
            domain = [*domain, VISIBLE]
        since, until, today = self.env["cx.portfolio"]._period(company, since, until)
        start = self.env["cx.touchpoint"]._start
        after = fields.Date.add(min(until, today), days=1)
        days = (after - since).days
        half = days // 2
        return Frame(
            company, domain, since, until, today,
            begins=start(company, since),
            ends=start(company, after),
            middle=start(company, fields.Date.add(since, days=half)),
            share=(days - half) / days if half else 0.0,
            ids=ids,
            is_whole=is_whole,
        )  # fmt: skip

    @api.model
    def _sees_all(self):
        """Whether the reader's rules ask for the company only, and hide no customer."""
        rules = self.env["ir.rule"]._compute_domain("cx.touchpoint", "read")
        return {condition.field_expr for condition in rules.iter_conditions()} <= {"company_id"}

    @api.model
    def _few(self, company):
        """Ids of the customers whom the reader may see, unless they are too many."""
        customers = self.env["cx.customer"].with_context(active_test=False)
        query = customers._search([("company_id", "=", company.id)], limit=FEW + 1)
        ids = tuple(query.get_result_ids())
        return ids if len(ids) <= FEW else None

    @api.model
    def _checked(self, domain):
        """A condition on touchpoints as a list; refused when it is none."""
        try:
            return asked(self.env["cx.touchpoint"], domain)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "Filter: %(filter)s is no condition on touchpoints (%(error)s). Remove it, "
                    "and choose another.",
                    filter=domain, error=error,
                )
            ) from error  # fmt: skip

    # ----------------------------------------------------------------- heads
    @api.model
    def _heads(self, model, used, all_active=False):
        """Words of the catalogue in their order: the used, archived or not, and perhaps others."""
        words = self.env[model].with_context(active_test=False).search([])  # pylint: disable=no-search-all
        return words.filtered(lambda word: word.id in used or (all_active and word.active))

    def _head(self, word):
        label = word.name
        if not word.active:
            label = self.env._("%s (archived)", label)
        return {"key": str(word.id), "label": label, "code": word.code}

    def _row(self, channel):
        return self._head(channel) | {
            "nature": channel.nature,
            "ownership": channel.ownership,
        }

    def _col(self, step):
        phases = dict(step._fields["phase"]._description_selection(self.env))
        return self._head(step) | {
            "band": phases[step.phase],
            "phase": step.phase,
            "moment": self._moment(step.moment),
            "help": step.description or "",
        }

    def _moment(self, code):
        """A moment of truth, told in two lines."""
        if not code:
            return None
        helps = {
            "zmot": self.env._(
                "Zero moment of truth: people look for what could meet their need, and hear what "
                "others say of it.\nBe found, and be spoken well of."
            ),
            "fmot": self.env._(
                "First moment of truth: the offer is before them, and they decide for one.\n"
                "Answer fast, and make choosing easy."
            ),
            "smot": self.env._(
                "Second moment of truth: the first use keeps the promise, or breaks it.\n"
                "Help with the beginning, and ask how it went."
            ),
            "tmot": self.env._(
                "Third moment of truth: they tell others, the unhappy more than the happy.\n"
                "Ask for their word, and mend first what went wrong."
            ),
        }
        return {"code": code, "label": code.upper(), "help": helps[code]}

    @api.model
    def _of_cell(self, frame, channel=None, step=None):
        """The question, of one cell alone."""
        return replace(
            frame,
            domain=[
                *([("channel_id", "=", channel)] if channel else []),
                *([("step_id", "=", step)] if step else []),
                *frame.domain,
            ],
        )
