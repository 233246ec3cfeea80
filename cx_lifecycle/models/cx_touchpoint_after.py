"""What came of a touchpoint: an answer in time or late, and whether the customer left after it."""

import pytz

from odoo import api, fields, models
from odoo.fields import Date, Domain
from odoo.tools import SQL

ANSWERS = [("in_time", "Within Target"), ("late", "Late"), ("untargeted", "No Target")]
AFTER = [("left", "Left"), ("stayed", "Stayed"), ("open", "Too Early to Say")]
LEFT = ("dormant", "lost")  # movements of those who leave
# Of one company: until when the usual interval of each customer is over since a contact, and
# the moments after which, and before which, a contact was followed by leaving.
OVER = """
    SELECT c.id AS customer_id, %(over)s AS over_before
      FROM cx_customer c WHERE c.company_id = %(company)s AND %(which)s
"""
LEAVING = """
    SELECT c.id AS customer_id, %(since)s AS since, %(before)s AS before
      FROM (%(stays)s) AS e JOIN cx_customer c ON c.id = e.customer_id
"""


class CxTouchpoint(models.Model):
    _inherit = "cx.touchpoint"

    answer = fields.Selection(
        ANSWERS,
        compute="_compute_answer",
        search="_search_answer",
        help="Whether the answer or the end came within the target of the kind. Empty where the "
        "delay is unknown.",
    )
    left_after = fields.Selection(
        AFTER,
        "Afterwards",
        compute="_compute_left_after",
        search="_search_left_after",
        help="Whether the customer went dormant or was lost within one usual interval after this "
        "day. Too early: the interval is not over.",
    )

    # ----------------------------------------------------------------- answers
    @api.model
    def _kinds(self):
        """Owners and targets, those of one company before those of all."""
        # sudo: targets are no secret, and what the reader may see must not change them
        kinds = self.env["cx.touchpoint.kind"].sudo()
        order = "company_id NULLS LAST, id"
        return kinds.search([], order=order)  # pylint: disable=no-search-all

    @api.model
    def _targets(self, company):
        """{(channel id, interaction id): hours} of a company, where there is a target."""
        targets = {}
        for kind in self._kinds():
            if kind.company_id in (company, kind.company_id.browse()):
                targets.setdefault((kind.channel_id.id, kind.interaction_id.id), kind.target_hours)
        return {key: hours for key, hours in targets.items() if hours}

    @api.model
    def _target_to_sql(self, alias, query=None):
        """SQL of the hours within which the answer should come; NULL where there is no target."""
        kinds = self._kinds()
        if not any(kinds.mapped("target_hours")):
            return SQL("NULL::float8")
        name = {
            field: self._field_to_sql(alias, field, query)
            for field in ("channel_id", "interaction_id", "company_id")
        }
        cases = [
            SQL(
                "WHEN %s = %s AND %s = %s%s THEN %s",
                name["channel_id"], kind.channel_id.id,
                name["interaction_id"], kind.interaction_id.id,
                SQL(" AND %s = %s", name["company_id"], kind.company_id.id)
                if kind.company_id else SQL(),
                SQL("%s::float8", kind.target_hours or None),
            )
            for kind in kinds
        ]  # fmt: skip
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _search_answer(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            delay = model._field_to_sql(alias, "delay_hours", query)
            target = model._target_to_sql(alias, query)
            conditions = {
                "in_time": SQL("(%s IS NOT NULL AND %s <= %s)", delay, delay, target),
                "late": SQL("(%s IS NOT NULL AND %s > %s)", delay, delay, target),
                "untargeted": SQL("(%s IS NOT NULL AND %s IS NULL)", delay, target),
                False: SQL("%s IS NULL", delay),
            }
            return self._any_of(conditions, value)

        return Domain.custom(to_sql=to_sql)

    @api.depends("delay_hours", "channel_id", "interaction_id")
    def _compute_answer(self):
        self._compute_by_search("answer", ANSWERS)

    # -------------------------------------------------------------- afterwards
    @api.model
    def _start_to_sql(self, company, day):
        """SQL of the moment, in UTC, when a day begins where the company is."""
        zone = company.partner_id.tz or "UTC"
        return SQL("(%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, zone)

    @api.model
    def _start(self, company, day):
        """The same in Python: the moment, in UTC and naive, when a day begins."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        midnight = zone.localize(fields.Datetime.to_datetime(day))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _interval_to_sql(self, company):
        """SQL of whole days that a customer ``c`` usually takes; the company's, of who has none."""
        usual = self.env["cx.customer"]._field_to_sql("c", "usual_interval")
        others = self.env["cx.policy"]._of(company).median_gap
        return SQL("greatest(round(coalesce(nullif(%s, 0), %s)), 1)::int", usual, others)

    @api.model
    def _over(self, company, ids=None):
        """SELECT of customer_id and over_before: contacts before have had their interval.

        :param ids: of some customers; all of the company when None
        """
        today = self.env["cx.customer"]._today(company)
        days = self._interval_to_sql(company)
        over = self._start_to_sql(company, SQL("%s::date - %s", today, days))
        which = SQL("true") if ids is None else SQL("c.id = ANY(%s)", list(ids))
        return SQL(OVER, over=over, company=company.id, which=which)

    @api.model
    def _leaving(self, company, since=None):
        """SELECT of customer_id, since and before: contacts between were followed by leaving.

        :param since: the first day of a contact that matters
        """
        gone = Domain("movement", "in", LEFT) & Domain("company_id", "=", company.id)
        if since:
            gone &= Domain("entered_on", ">", Date.to_string(since))
        episodes = self.env["cx.episode"]
        stays = episodes._search(gone)
        days = self._interval_to_sql(company)
        return SQL(
            LEAVING,
            since=self._start_to_sql(company, SQL("e.entered_on - %s", days)),
            before=self._start_to_sql(company, SQL("e.entered_on")),
            stays=stays.select(
                *(SQL("%s AS %s", episodes._field_to_sql(stays.table, name, stays),
                      SQL.identifier(name)) for name in ("customer_id", "entered_on"))
            ),
        )  # fmt: skip

    def _search_left_after(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value) - {False}

        def to_sql(model, alias, query):
            names = {
                name: model._field_to_sql(alias, name, query)
                for name in ("customer_id", "company_id", "at")
            }
            # each company has its own day and its own usual interval
            parts = [self._after_to_sql(company, wanted, names) for company in self.env.companies]
            return SQL("(%s)", SQL(" OR ").join(parts)) if wanted else SQL("false")

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _after_to_sql(self, company, wanted, names):
        over = SQL(
            "EXISTS (SELECT FROM (%(over)s) AS o"
            " WHERE o.customer_id = %(customer_id)s AND %(at)s < o.over_before)",
            over=self._over(company), **names,
        )  # fmt: skip
        left = SQL(
            "EXISTS (SELECT FROM (%(leaving)s) AS l WHERE l.customer_id = %(customer_id)s"
            " AND %(at)s >= l.since AND %(at)s < l.before)",
            leaving=self._leaving(company), **names,
        )  # fmt: skip
        conditions = {
            "left": SQL("(%s AND %s)", over, left),
            "stayed": SQL("(%s AND NOT %s)", over, left),
            "open": SQL("NOT %s", over),
        }
        if {"left", "stayed"} <= wanted:  # their difference does not matter
            conditions |= {"left": over, "stayed": over}
        return SQL(
            "(%s = %s AND %s)", names["company_id"], company.id, self._any_of(conditions, wanted)
        )

    @api.depends("at", "customer_id")
    @api.depends_context("allowed_company_ids")
    def _compute_left_after(self):
        self._compute_by_search("left_after", AFTER)

    # -------------------------------------------------------------------- both
    @api.model
    def _any_of(self, conditions, value):
        parts = [conditions[word] for word in value if word in conditions]
        return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("false")

    def _compute_by_search(self, name, words):
        """What a search says of some records, so that lists and figures cannot differ."""
        self[name] = False
        known = self.filtered("id")
        for word, _label in words if known.ids else ():
            found = self.search([("id", "in", known.ids), (name, "=", word)], order="id")
            (known & found)[name] = word
