"""When an act is allowed: the company's hours and days, where the customer is."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from functools import cache, partial

import pytz

from odoo import api, models

from ..engine import plan

# what a calendar with flexible hours has: a day is closed when its noon is
NOON = [(timedelta(hours=12), timedelta(hours=12))]
SECOND = timedelta(seconds=1)
ZONES_OF_COUNTRIES = {name for names in pytz.country_timezones.values() for name in names}


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _allowed_at(self, rows, now):
        """The earliest instant at which each act is allowed; many cost as few queries as one.

        :param rows: dicts of ``id``, ``company_id``, ``partner_id``, ``not_before`` in naive UTC,
            ``weekday`` and ``hour`` as the step has them
        :param now: naive UTC
        :return: {id: naive UTC, or None when no hour or day within 400 days allows it}
        """
        # sudo: settings that hold for every act, whoever may read companies
        companies = self.env["res.company"].sudo().browse({row["company_id"] for row in rows})
        zones = self._zone_names(rows, companies)
        moments = [now, *(row["not_before"] for row in rows)]
        allowed = self._allowing(companies, min(moments), max(moments))
        return {
            row["id"]: allowed(
                row["company_id"], zones[row["id"]], row["not_before"],
                *(int(row[part]) if row[part] else None for part in ("weekday", "hour")), now,
            )
            for row in rows
        }  # fmt: skip

    @api.model
    def _allowing(self, companies, since, until):
        """Function of company id, name of a zone, not_before, weekday, hour and now: the moment.

        :param since: naive UTC; nothing before it is asked, and nothing after ``until``
        """
        rules = self._hours_and_days(companies, since, until)

        # those who entered together are due together: most rows ask what was asked before
        @cache
        def earliest(company_id, zone, moment, weekday, hour):
            quiet, is_open = rules[company_id]
            return plan.earliest(moment, plan.zone(zone), weekday, hour, quiet, is_open)

        def allowed(company_id, zone, not_before, weekday, hour, now):
            there = partial(earliest, company_id, zone)
            return plan.allowed(there, not_before, weekday, hour, now)

        return allowed

    # ------------------------------------------------------------------- zones
    def _zone_names(self, rows, companies):
        """The customer's time zone: its own, its country's first, or its company's; {row id: name}.

        Odoo gives a contact the zone of whoever enters it: one that is not among those of its
        country is not its own.

        A contact that is gone counts as one without a zone.
        """
        # sudo: a zone and a country are needed, whosever customer it is
        contacts_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        contacts_sudo = contacts_sudo.search_fetch(
            [("id", "in", [row["partner_id"] for row in rows if row["partner_id"]])],
            ["tz", "country_id"],
            order="id",
        )
        names = {contact.id: _zone_of(contact.country_id, contact.tz) for contact in contacts_sudo}
        usual = {company.id: company.partner_id.tz for company in companies}
        return {row["id"]: names.get(row["partner_id"]) or usual[row["company_id"]] for row in rows}

    # ---------------------------------------------------------- hours and days
    def _hours_and_days(self, companies, since, until):
        """What each company allows, for ``plan.earliest``: {company id: (quiet, is_open)}."""
        hours = self._working_hours(companies.cx_calendar_id)
        closed = self._closed(companies, since, until + plan.HORIZON)
        return {
            company.id: (
                (company.cx_quiet_from, company.cx_quiet_to),
                self._is_open(company.cx_calendar_id, hours, closed[company])
                if company.cx_calendar_id
                else None,
            )
            for company in companies
        }

    def _working_hours(self, calendars):
        """{(calendar, weekday, week of two, or False): [(from, to)]}, as parts of the day."""
        attendances = calendars.env["resource.calendar.attendance"].search_fetch(
            [
                ("calendar_id", "in", calendars.ids),
                ("display_type", "=", False),
                ("day_period", "!=", "lunch"),
            ],
            ["calendar_id", "dayofweek", "week_type", "hour_from", "hour_to"],
        )
        hours = defaultdict(list)
        for attendance in attendances:
            calendar = attendance.calendar_id
            week = calendar.two_weeks_calendar and attendance.week_type
            hours[calendar, int(attendance.dayofweek), week].append(
                (timedelta(hours=attendance.hour_from), timedelta(hours=attendance.hour_to))
            )
        return hours

    def _closed(self, companies, since, until):
        """Public holidays of each company's calendar: {company: [(from, to)]}.

        They are read by the clock of the calendar, for which they were entered: the first of May
        is the first of May for a customer in Auckland, too.
        """
        calendars = companies.cx_calendar_id
        leaves = calendars.env["resource.calendar.leaves"].search_fetch(
            [
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                ("calendar_id", "in", [False, *calendars.ids]),
                # a day more to either side, for customers beyond the date line
                ("date_from", "<=", until + plan.DAY),
                ("date_to", ">=", since - plan.DAY),
            ],
            ["company_id", "calendar_id", "date_from", "date_to"],
        )
        closed = defaultdict(list)
        for company in companies.filtered("cx_calendar_id"):
            calendar = company.cx_calendar_id
            zone = plan.zone(calendar.tz)
            # a calendar of one company keeps its days off, whoever uses it; one that companies
            # share has days off of each. Empty is of all: <= means "empty or the same".
            owner = calendar.company_id or company
            for leave in leaves:
                whose = owner if leave.calendar_id else company
                if leave.calendar_id <= calendar and leave.company_id <= whose:
                    # 23:59:59 stands for the end of the day
                    span = leave.date_from, leave.date_to + SECOND
                    closed[company].append(tuple(plan.local(moment, zone) for moment in span))
        return closed

    def _is_open(self, calendar, hours, closed):
        """Whether a date has working time, and not all of it is closed; as a function of the date.

        Half a day off does not close the day.
        """
        week_of = self.env["resource.calendar.attendance"].get_week_type

        @cache
        def is_open(day):
            midnight = datetime.combine(day, time.min)
            week = calendar.two_weeks_calendar and str(week_of(day))
            periods = NOON if calendar.flexible_hours else hours[calendar, day.weekday(), week]
            return any(
                not any(
                    since <= midnight + begins and midnight + ends <= until
                    for since, until in closed
                )
                for begins, ends in periods
            )

        return is_open


def _zone_of(country, own):
    """The name of a contact's zone: its own, unless that is another country's; None if unknown.

    Of a country with several zones, the first that the zone database names.
    """
    zones = pytz.country_timezones.get(country.code or "", [])
    foreign = zones and own not in zones and own in ZONES_OF_COUNTRIES
    return zones[0] if zones and (foreign or not own) else own
