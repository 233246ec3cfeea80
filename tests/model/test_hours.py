"""Quiet hours, sending days and public holidays, where the customer is."""

from datetime import date, datetime, timedelta

from model.common import LifecycleCase

from odoo.tests import new_test_user

# a Wednesday; Paris is two hours ahead, New York four behind, Tokyo nine ahead
NOON = datetime(2027, 7, 14, 12)
DAY = timedelta(days=1)


def utc(text):
    return datetime.fromisoformat(text)


class HoursCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.new_company("Shop")
        cls.ada = cls.partner("Ada", tz="Europe/Paris")

    @classmethod
    def new_company(cls, name, **values):
        company = cls.env["res.company"].create({"name": name, "cx_calendar_id": False, **values})
        company.partner_id.tz = "Europe/Paris"
        return company

    def row(self, partner=None, when=NOON, weekday=False, hour=False, company=None):
        return {
            "id": 1,
            "company_id": (company or self.shop).id,
            "partner_id": partner and partner.id,
            "weekday": weekday,
            "hour": hour,
            "not_before": when,
        }

    def allowed(self, partner=None, when=NOON, now=NOON, **step):
        row = self.row(self.ada if partner is None else partner, when, **step)
        return self.env["cx.campaign.act"]._allowed_at([row], now)[1]

    def assertAllowed(self, expected, *args, **kwargs):
        self.assertEqual(self.allowed(*args, **kwargs), utc(expected))


class TestZones(HoursCase):
    """Quiet from 20:00 to 8:00: when the night ends shows the zone that was taken."""

    PARIS, TOKYO, NEW_YORK, NOWHERE = "06:00", "23:00", "12:00", "08:00"

    def night_ends(self, partner):
        """At what time in UTC, of any that is asked at and has to wait."""
        asked = [datetime(2027, 7, 1, hour) for hour in range(24)]
        found = {moment: self.allowed(partner, moment, moment) for moment in asked}
        (ends,) = {f"{at:%H:%M}" for moment, at in found.items() if at != moment}
        return ends

    def country(self, code):
        return self.env["res.country"].search([("code", "=", code)]).id

    def test_the_contact_knows_best(self):
        partner = self.partner(tz="Asia/Tokyo", country_id=self.country("JP"))
        self.assertEqual(self.night_ends(partner), self.TOKYO)
        alias = self.partner(tz="Japan", country_id=self.country("FR"))
        self.assertEqual(self.night_ends(alias), self.TOKYO)

    def test_the_zone_of_whoever_entered_it_is_not_its_own(self):
        partner = self.partner(tz="Europe/Paris", country_id=self.country("JP"))
        self.assertEqual(self.night_ends(partner), self.TOKYO)

    def test_else_the_country(self):
        partner = self.partner(tz=False, country_id=self.country("JP"))
        self.assertEqual(self.night_ends(partner), self.TOKYO)

    def test_the_first_zone_of_a_large_country(self):
        partner = self.partner(tz=False, country_id=self.country("US"))
        self.assertEqual(self.night_ends(partner), self.NEW_YORK)

    def test_else_the_company(self):
        self.assertEqual(self.night_ends(self.partner(tz=False)), self.PARIS)
        # no zone is known for Kosovo's code
        kosovo = self.partner(tz=False, country_id=self.country("XK"))
        self.assertTrue(kosovo.country_id)
        self.assertEqual(self.night_ends(kosovo), self.PARIS)

    def test_else_utc(self):
        self.shop.partner_id.tz = False
        self.assertEqual(self.night_ends(self.partner(tz=False)), self.NOWHERE)

    def test_a_zone_that_no_longer_exists_is_utc(self):
        partner = self.partner()
        self.rows(
            "UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id = %s RETURNING id", partner.id
        )
        partner.invalidate_recordset()
        self.assertEqual(self.night_ends(partner), self.NOWHERE)

    def test_contacts_archived_deleted_or_never_there(self):
        partner = self.partner(tz="Asia/Tokyo", active=False)
        self.assertEqual(self.night_ends(partner), self.TOKYO)
        gone = self.partner(tz="Asia/Tokyo")
        gone.unlink()
        self.assertEqual(self.night_ends(gone), self.PARIS)
        self.assertEqual(self.night_ends(self.env["res.partner"]), self.PARIS)


class TestHours(HoursCase):
    def test_planned_for_its_weekday_and_hour(self):
        self.assertAllowed("2027-07-15 08:00", hour="10")
        self.assertAllowed("2027-07-19 06:00", weekday="0")
        self.assertAllowed("2027-07-19 08:00", weekday="0", hour="10")
        # midnight is an hour, too, where it is not quiet
        self.shop.write({"cx_quiet_from": 1, "cx_quiet_to": 8})
        self.assertAllowed("2027-07-14 22:00", hour="0")

    def test_due_now(self):
        self.assertAllowed("2027-07-14 12:00")
        self.assertAllowed("2027-07-14 12:00", when=NOON - DAY)
        self.assertAllowed("2027-07-14 12:00", hour="14")
        self.assertAllowed("2027-07-15 12:00", when=NOON + DAY)

    def test_nobody_is_woken_by_a_late_worker(self):
        # planned for 10:00 on Wednesday; the worker comes at three in the night to Friday
        late = {"when": utc("2027-07-14 07:00"), "weekday": "2", "hour": "10"}
        self.assertAllowed("2027-07-16 06:00", now=utc("2027-07-16 01:00"), **late)
        # by day it does not wait for another Wednesday
        self.assertAllowed("2027-07-16 09:30", now=utc("2027-07-16 09:30"), **late)

    def test_never(self):
        self.assertIsNone(self.allowed(hour="3"))
        self.shop.cx_calendar_id = self.env["resource.calendar"].create(
            {"name": "Nobody works", "company_id": self.shop.id, "attendance_ids": [(5, 0, 0)]}
        )
        self.assertIsNone(self.allowed())

    def test_each_company_has_its_own_hours(self):
        other = self.new_company("Night shop", cx_quiet_from=6, cx_quiet_to=21)
        rows = [{**self.row(self.ada, company=company), "id": company.id}
                for company in (self.shop, other)]  # fmt: skip
        self.assertEqual(
            self.env["cx.campaign.act"]._allowed_at(rows, NOON),
            {self.shop.id: NOON, other.id: utc("2027-07-14 19:00")},
        )

    def test_no_rows(self):
        self.assertEqual(self.env["cx.campaign.act"]._allowed_at([], NOON), {})


class TestDays(HoursCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.new_calendar("Shop hours", company_id=cls.shop.id)
        cls.shop.cx_calendar_id = cls.calendar

    @classmethod
    def new_calendar(cls, name, days=range(5), weeks=(False,), **values):
        """A calendar with a morning, a break and an afternoon on each of these weekdays."""
        parts = (("morning", 9, 12), ("lunch", 12, 13), ("afternoon", 13, 18))
        lines = [
            (0, 0, {
                "name": part, "day_period": part, "hour_from": begins, "hour_to": ends,
                "dayofweek": str(day), "week_type": week,
            })
            for week in weeks for day in days for part, begins, ends in parts
        ]  # fmt: skip
        return cls.env["resource.calendar"].create(
            {"name": name, "tz": "Europe/Paris", "attendance_ids": [(5, 0, 0), *lines], **values}
        )

    def close(self, since, until, company=None, **values):
        """A public holiday, by the clock of Paris in summer."""
        company = company or self.shop
        leave = self.env["resource.calendar.leaves"].with_company(company).create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "date_from": utc(since) - timedelta(hours=2),
                "date_to": utc(until) - timedelta(hours=2),
                **values,
            }
        )  # fmt: skip
        # computed when it is looked at, with the company of whoever looks
        self.assertEqual(leave.company_id, leave.calendar_id.company_id or company)
        return leave

    def close_wednesday(self, **values):
        return self.close("2027-07-14 00:00", "2027-07-14 23:59:59", **values)

    OPEN, CLOSED = "2027-07-14 12:00", "2027-07-15 06:00"

    def test_days_without_working_hours(self):
        saturday = utc("2027-07-17 10:00")
        self.assertAllowed("2027-07-19 06:00", when=saturday, now=saturday)
        self.assertAllowed("2027-07-19 06:00", when=NOON, now=saturday)
        self.assertIsNone(self.allowed(weekday="6"))
        self.shop.cx_calendar_id = False
        self.assertAllowed("2027-07-17 10:00", when=saturday, now=saturday)

    def test_a_weekday_by_the_customer_s_calendar(self):
        # Saturday noon in Auckland is Saturday midnight in UTC, and still Friday in Honolulu
        midnight = utc("2027-07-17 00:00")
        for zone, expected in (
            ("Pacific/Auckland", "2027-07-18 20:00"),
            ("Pacific/Honolulu", "2027-07-17 00:00"),
        ):
            self.assertAllowed(expected, self.partner(tz=zone), midnight, midnight)

    def test_two_weeks(self):
        week = self.env["resource.calendar.attendance"].get_week_type(date(2027, 7, 14))
        calendar = self.new_calendar(
            "Every other week", weeks=(str(1 - week),), two_weeks_calendar=True
        )
        # the title of a week is no working time
        title = {"name": "Week", "dayofweek": "0", "week_type": str(week), "sequence": 0}
        calendar.attendance_ids = [(0, 0, {**title, "display_type": "line_section"})]
        self.shop.cx_calendar_id = calendar
        self.assertAllowed("2027-07-19 06:00")
        self.assertAllowed("2027-08-02 06:00", when=NOON + 10 * DAY)

    def test_flexible_hours_are_on_any_day(self):
        saturday = utc("2027-07-17 10:00")
        self.calendar.schedule_type = "flexible"
        self.assertAllowed("2027-07-17 10:00", when=saturday, now=saturday)
        self.close("2027-07-17 00:00", "2027-07-17 23:59:59")
        self.assertAllowed("2027-07-18 06:00", when=saturday, now=saturday)

    def test_a_public_holiday(self):
        self.assertAllowed(self.OPEN)
        self.close_wednesday()
        self.assertAllowed(self.CLOSED)
        self.assertAllowed("2027-07-21 08:00", weekday="2", hour="10")

    def test_a_public_holiday_long_after_and_long_before(self):
        self.close("2027-07-19 00:00", "2027-07-19 23:59:59")
        self.assertAllowed("2027-07-26 08:00", weekday="0", hour="10")
        # what would have been on a closed day is planned for the next one, not late
        self.close("2027-07-07 00:00", "2027-07-07 23:59:59")
        planned = {"when": utc("2027-07-07 07:00"), "weekday": "2", "hour": "10"}
        self.assertAllowed("2027-07-14 08:00", now=utc("2027-07-12 12:00"), **planned)

    def test_a_public_holiday_of_a_shop_open_until_midnight(self):
        self.calendar.attendance_ids.filtered(lambda line: line.hour_to == 18).hour_to = 24
        self.close_wednesday()
        self.assertAllowed(self.CLOSED)

    def test_a_public_holiday_of_the_whole_company(self):
        self.close_wednesday(calendar_id=False)
        self.assertAllowed(self.CLOSED)

    def test_it_is_the_same_date_everywhere(self):
        self.close_wednesday()
        # the evening before, the day itself, and the morning after, each where the customer is
        for zone, when, expected in (
            ("Pacific/Honolulu", "2027-07-14 05:00", "2027-07-14 05:00"),  # Tuesday, 19:00
            ("Pacific/Honolulu", "2027-07-14 10:00", "2027-07-15 18:00"),  # Wednesday, 0:00
            ("Pacific/Honolulu", "2027-07-15 05:00", "2027-07-15 18:00"),  # Wednesday, 19:00
            ("Pacific/Auckland", "2027-07-13 07:00", "2027-07-13 07:00"),  # Tuesday, 19:00
            ("Pacific/Auckland", "2027-07-13 20:00", "2027-07-14 20:00"),  # Wednesday, 8:00
            ("Pacific/Auckland", "2027-07-14 20:00", "2027-07-14 20:00"),  # Thursday, 8:00
        ):
            with self.subTest(zone=zone, when=when):
                self.assertAllowed(expected, self.partner(tz=zone), utc(when), utc(when))

    def test_what_closes_nobody(self):
        other = self.new_company("Other shop")
        resource = self.env["resource.resource"].create(
            {"name": "Bob", "calendar_id": self.calendar.id, "company_id": self.shop.id}
        )
        self.close_wednesday(resource_id=resource.id)
        self.close_wednesday(time_type="other")
        factory = self.new_calendar("Factory", company_id=self.shop.id)
        other.cx_calendar_id = factory
        self.close_wednesday(calendar_id=factory.id)
        self.close_wednesday(calendar_id=False, company=other)
        self.assertAllowed(self.OPEN)
        # nor when both are asked about at once
        rows = [self.row(self.ada), {**self.row(self.ada, company=other), "id": 2}]
        allowed = self.env["cx.campaign.act"]._allowed_at(rows, NOON)
        self.assertEqual(allowed, {1: utc(self.OPEN), 2: utc(self.CLOSED)})
        # of a calendar that companies share, each has its own public holidays
        self.calendar.company_id = False
        self.close_wednesday(company=other)
        self.assertAllowed(self.OPEN)
        self.close_wednesday()
        self.assertAllowed(self.CLOSED)

    def test_another_company_s_calendar_with_its_public_holidays(self):
        other = self.new_company("Other shop", cx_calendar_id=self.calendar.id)
        self.assertAllowed(self.OPEN, company=other)
        self.close_wednesday()
        self.assertAllowed(self.CLOSED, company=other)

    def test_its_own_public_holidays_with_another_company_s_calendar(self):
        other = self.new_company("Other shop", cx_calendar_id=self.calendar.id)
        self.close_wednesday(calendar_id=False, company=other)
        self.assertAllowed(self.CLOSED, company=other)
        self.assertAllowed(self.OPEN)

    def test_half_a_day_off_does_not_close_the_day(self):
        self.close("2027-07-14 09:00", "2027-07-14 12:00")
        self.assertAllowed(self.OPEN)
        # both halves do, whatever is left of the break
        self.close("2027-07-14 13:00", "2027-07-14 18:00")
        self.assertAllowed(self.CLOSED)

    def test_a_closed_season(self):
        self.close("2027-07-14 00:00", "2027-08-15 23:59:59")
        self.assertAllowed("2027-08-16 06:00")

    def test_who_asks_does_not_matter(self):
        self.close_wednesday()
        partner = self.partner(tz="Asia/Tokyo", company_id=self.shop.id)
        stranger = new_test_user(self.env, "hours_stranger", "base.group_user")
        self.assertNotIn(self.shop, stranger.company_ids)
        self.assertFalse(partner.with_user(stranger).has_access("read"))
        self.env.invalidate_all()
        acts = self.env["cx.campaign.act"].with_user(stranger)
        self.assertEqual(acts._allowed_at([self.row(partner)], NOON)[1], utc("2027-07-14 23:00"))

    def test_many_cost_as_few_queries_as_one(self):
        self.close_wednesday()
        other = self.new_company("Other shop", cx_calendar_id=self.new_calendar("Other").id)
        countries = self.env["res.country"].search([], limit=100).ids
        zones = ("Asia/Tokyo", False, "America/New_York", False, "Europe/Paris")
        partners = self.env["res.partner"].create(
            [
                {"name": "Ada", "tz": zones[n % 5], "country_id": countries[n // 2]}
                for n in range(200)
            ]
        )
        rows = [
            {
                **self.row(partner, NOON + (n % 7) * DAY, str(n % 5), str(10 + n % 4)),
                "id": n,
                "company_id": (self.shop, other)[n % 2].id,
            }
            for n, partner in enumerate(partners)
        ]
        self.env.flush_all()
        counts = [self.queries(rows[:number]) for number in (4, 50, 200)]
        self.assertEqual(len(set(counts)), 1, counts)
        self.assertLessEqual(counts[0], 8)

    def queries(self, rows):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        allowed = self.env["cx.campaign.act"]._allowed_at(rows, NOON)
        self.assertEqual(len(allowed), len(rows))
        self.assertTrue(all(allowed.values()))
        return self.env.cr.sql_log_count - before
