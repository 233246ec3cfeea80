"""What the engine of the forecast has to know, asked of the database by the machine's own rules.

Nothing is written. What the machine asks when an act is due is asked here for everybody at once,
as of now; ``engine/forecast.py`` lets time pass.
"""

from collections import defaultdict
from datetime import timedelta
from functools import cache

from odoo import fields
from odoo.tools import SQL

from ..engine import forecast, plan
from .cx_campaign_act import OPEN
from .cx_campaign_asking import others_asked
from .cx_campaign_entry import address
from .cx_campaign_step import MAILS
from .cx_campaign_verdict import COUNTS, TWIN_DAYS

# what time decides: the engine does
TIMED = {"moved", "expired", "happened", "duplicate", "no_content"}


class Ahead:
    """The days to come, from the point of view of one campaign.

    :param until: the first day (date) that is not looked at
    :param reaction: as in ``engine.forecast.Future``
    :param buys_on: moment at which everybody buys, if anybody does
    """

    def __init__(self, campaign, until, reaction="", buys_on=None):
        self.campaign, self.env = campaign, campaign.env
        self.company, self.reaction, self.buys_on = campaign.company_id, reaction, buys_on
        self.now = fields.Datetime.now()
        self.acts = self.env["cx.campaign.act"].with_company(self.company)
        self.customers = self.env["cx.customer"].with_context(active_test=False)
        self.today = self.customers._today(self.company)
        self.zone = plan.zone(self.company.partner_id.tz or "UTC")
        # most customers ask for the same days
        self.day, self.midnight = cache(self._day), cache(self._midnight)
        self.until = self.midnight(until)
        company = self.company
        allowed = self.acts._allowing(company, self.now, self.until)
        self.rules = forecast.Rules(
            caps={
                "mail": (company.cx_mail_cap, company.cx_mail_cap_days),
                "activity": (company.cx_call_cap, company.cx_call_cap_days),
            },
            allowed=lambda *when: allowed(company.id, *when),
            day=self.day,
            twin=timedelta(days=TWIN_DAYS),
            rest=timedelta(days=company.cx_survey_gap_days),
        )
        self.version = max(campaign.version_number, 1)  # by which who enters goes
        self.campaigns = {}  # id: (record, engine campaign, its steps)
        self._learn(campaign)

    def _day(self, moment):
        """The day where the company is."""
        return plan.local(moment, self.zone).date()

    def _midnight(self, day):
        """When a day begins where the company is."""
        return plan.begins(day, self.zone)

    def _learn(self, campaign):
        known = forecast.Campaign(
            campaign.id, campaign.sequence, campaign._is_service(), campaign.stop_reply,
            campaign.stop_purchase,
        )  # fmt: skip
        steps = {}
        # of former versions too: who takes part in one goes on in it
        records = self.env["cx.campaign.step"].search(
            [("campaign_id", "=", campaign.id)], order="sequence, id"
        )
        for step in records:
            steps[step.id] = forecast.Step(
                step.id, known, step.kind, step.trigger,
                timedelta(**{step.delay_unit: step.delay or 0}),
                timedelta(days=step.validity),
                int(step.weekday) if step.weekday else None,
                int(step.hour) if step.hour else None,
                bool(step.date_field_id), step.activity_days, step._key(),
                step.last_version if step.past else None,
            )  # fmt: skip
        for step in records:
            if step.parent_id.id in steps:
                steps[step.parent_id.id].follows.append(steps[step.id])
        self.campaigns[campaign.id] = (campaign, known, steps)

    # ------------------------------------------------------------------ living
    def live(self, entering):
        """What becomes of some customers.

        :param entering: {customer id: moment at which it enters the campaign, None if it does not}
        :return: ([engine Act], {(customer id, step id): Facts})
        """
        ids = list(entering)
        about = self._about(ids)
        runs, made = self._running(ids, about)
        entered = []
        for customer_id, moment in entering.items():
            if moment is not None:
                run = forecast.Run(customer_id, self.campaigns[self.campaign.id][1], self.version)
                self._plan_stops(run, about[customer_id], moment)
                entered.append((run, moment))
        facts = self._facts([*runs.values(), *(run for run, _moment in entered)], about)
        future = forecast.Future(
            self.rules, facts, self._past(ids), self.until, self.reaction, self._asked(ids, runs)
        )
        for run in runs.values():
            future.follow(run)
        for act in self._waiting(runs):
            future.wait(act)
        for run_id, step_ids in made.items():
            runs[run_id].made.update(step_ids)
        for run, moment in entered:
            steps = self.campaigns[run.campaign.id][2].values()
            future.enter(run, steps, moment)
        return future.live(), facts

    def _about(self, ids):
        """{customer id: (contact id, salesperson id, day on which silence alone moves it)}."""
        stages = self.env["cx.stage"]._ids_by_code()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.partner_id, p.user_id, CASE
                       WHEN c.stage_id IN %(bought)s THEN c.dormant_on
                       WHEN c.stage_id = %(dormant)s THEN c.lost_on END AS leaves_on,
                       c.lost_on, c.hold_until, c.stage_id
                  FROM cx_customer c LEFT JOIN res_partner p ON p.id = c.partner_id
                 WHERE c.id = ANY(%(ids)s)
                """,
                bought=(stages["new"], stages["active"]), dormant=stages["dormant"], ids=ids,
            )
        )  # fmt: skip
        return {
            customer_id: (partner_id, user_id, None if held else (leaves_on, lost_on, stage_id))
            for customer_id, partner_id, user_id, leaves_on, lost_on, held, stage_id in rows
        }

    def _plan_stops(self, run, about, entered=None, ends_on=None, stop=None):
        """When a participation ends by the passage of time, in the machine's order."""
        campaign = self.campaigns[run.campaign.id][0]
        if entered is not None:
            ends_on = self.day(entered) + timedelta(days=campaign.max_days)
        leaves_on = self._leaves(campaign, about[2], entered) if about[2] else None
        over_on = campaign.end_on and campaign.end_on + timedelta(days=1)
        if stop:
            run.stops.append((self.now, stop))
        if campaign.stop_purchase and self.buys_on:
            run.stops.append((self.buys_on, "bought"))
        for day, reason in (
            (campaign.stop_stage and leaves_on, "stage_left"),
            (over_on, "campaign_over"),
            (ends_on, "too_long"),
        ):
            if day:
                run.stops.append((max(self.midnight(day), self.now), reason))

    def _leaves(self, campaign, moves, entered):
        """The day on which silence moves somebody out of the stage of entry."""
        leaves_on, lost_on, stage_id = moves
        if entered and campaign.stage_id and campaign.stage_id.id != stage_id:
            # by then it has been moved there, and may be moved on
            return lost_on if campaign.stage_id.code == "dormant" else None
        return min(filter(None, (leaves_on, lost_on)), default=None)

    # ------------------------------------------------------- who takes part already
    def _running(self, ids, about):
        """Participations under way, here and in other campaigns that run; the steps they had."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, r.customer_id, r.campaign_id, r.version_number, r.ends_on,
                       %(stop)s AS stop,
                       (SELECT array_agg(a.step_id) FROM cx_campaign_act a WHERE a.run_id = r.id)
                  FROM cx_campaign_run r JOIN cx_campaign g ON g.id = r.campaign_id
                  JOIN cx_customer c ON c.id = r.customer_id
             LEFT JOIN res_partner p ON p.id = c.partner_id
                 WHERE r.customer_id = ANY(%(ids)s) AND r.state = 'running' AND r.arm = 'treated'
                   AND (g.state = 'running' OR g.id = %(campaign)s) ORDER BY r.id
                """,
                stop=self.env["cx.campaign.run"]._stopping(self.today),
                ids=ids,
                campaign=self.campaign.id,
            )
        )
        runs, made = {}, {}
        for run_id, customer_id, campaign_id, version, ends_on, stop, step_ids in rows:
            if campaign_id not in self.campaigns:
                self._learn(self.campaign.browse(campaign_id))
            runs[run_id] = run = forecast.Run(customer_id, self.campaigns[campaign_id][1], version)
            self._plan_stops(run, about[customer_id], None, ends_on, stop)
            made[run_id] = step_ids or ()
        return runs, made

    def _waiting(self, runs):
        """The acts that wait already, and whether what they wait not to happen has happened."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, a.run_id, a.step_id, a.not_before, greatest(a.due_at, %(now)s),
                       a.expires_at, a.reason, %(happened)s AS happened
                  FROM cx_campaign_act a JOIN cx_campaign_step s ON s.id = a.step_id
             LEFT JOIN cx_campaign_act b ON b.run_id = a.run_id AND b.step_id = s.parent_id
             LEFT JOIN mailing_trace t ON t.id = b.trace_id
                 WHERE a.run_id = ANY(%(runs)s) AND a.state IN %(open)s ORDER BY a.id
                """,
                now=self.now, happened=self.acts._happened_already(), runs=list(runs), open=OPEN,
            )
        ) if runs else ()  # fmt: skip
        for act_id, run_id, step_id, not_before, due, expires, reason, happened in rows:
            run = runs[run_id]
            step = self.campaigns[run.campaign.id][2].get(step_id)
            if step:
                known = forecast.HAPPENED[step.trigger] if happened else ()
                act = forecast.Act(run, step, not_before, due, expires, act_id, None, reason)
                act.happened.update(known)
                yield act

    def _past(self, ids):
        """What caps count of the past: {(customer id, "mail" or "activity"): [moments]}."""
        past = defaultdict(list)
        days = max((days for most, days in self.rules.caps.values() if most), default=0)
        if not days:
            return past
        rows = self.env.execute_query(
            SQL(
                "SELECT o.customer_id, o.kind, o.done_at FROM cx_campaign_act o"
                " WHERE o.customer_id = ANY(%s) AND o.kind IN ('mail', 'survey', 'activity')"
                " AND o.state IN ('sending', 'done', 'uncertain') AND o.done_at > %s%s",
                ids,
                self.now - timedelta(days=days),
                COUNTS,
            )
        )
        for customer_id, kind, at in rows:
            past[customer_id, "mail" if kind in MAILS else kind].append(at)
        return past

    def _asked(self, ids, runs):
        """Which surveys customers were invited to: {customer id: [(moment, Run or None)]}."""
        asked = defaultdict(list)
        if not self.rules.rest:
            return asked
        since = self.now - self.rules.rest
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.customer_id, o.done_at, o.run_id FROM cx_campaign_act o
                 WHERE o.customer_id = ANY(%(ids)s) AND o.kind = 'survey' AND o.done_at > %(since)s
                   AND o.state IN ('sending', 'done', 'uncertain')
                 UNION ALL
                SELECT c.id, other.at, NULL FROM cx_customer c
                  JOIN res_partner p ON p.id = c.partner_id
            CROSS JOIN LATERAL (%(others)s) AS other (at) WHERE c.id = ANY(%(ids)s)
                """,
                ids=ids,
                since=since,
                others=others_asked(SQL("c.id"), SQL("p.id"), address("p"), SQL("%s", since)),
            )
        )
        for customer_id, at, run_id in rows:
            asked[customer_id].append((at, runs.get(run_id)))
        return asked

    # ------------------------------------------------------------------- facts
    def _facts(self, runs, about):
        """{(customer id, step id): Facts}, a few queries for each step."""
        facts = {}
        for campaign_id, (_campaign, _known, steps) in self.campaigns.items():
            inside = [run for run in runs if run.campaign.id == campaign_id]
            whose = {
                step_id: {run.customer for run in inside if forecast.goes_on(step, run)}
                for step_id, step in steps.items()
            }
            records = self.env["cx.campaign.step"].browse([i for i, ids in whose.items() if ids])
            ids = set().union(*whose.values())
            mails = self._mails(records, list(ids))
            contacts = {about[i][0] for i in ids} | {row[0] for row in mails.values() if row[0]}
            rows = [{"id": c, "company_id": self.company.id, "partner_id": c} for c in contacts]
            zones = self.acts._zone_names(rows, self.company)
            for step in records:
                for customer_id, known in self._facts_of(step, whose[step.id], about, mails, zones):
                    facts[customer_id, step.id] = known
        return facts

    def _facts_of(self, step, ids, about, mails, zones):
        customers = self.customers.browse(ids)
        partners = self.env["res.partner"].browse([about[i][0] for i in ids])
        holding = step._holding(partners)
        dates = step._dates_of(customers) if step.date_field_id else {}
        users = {about[i][1] for i in ids} if step.kind == "activity" else ()
        # sudo: who acts, whoever asks
        salespeople = {user: step.env["res.users"].sudo().browse(user or ()) for user in users}
        acting = {user: step._assignee(record).id for user, record in salespeople.items()}
        langs, begins = {}, {}
        for customer_id in ids:
            partner_id, user_id, _moves = about[customer_id]
            person_id, lang, email, skip, heard = mails.get(
                (customer_id, step.id), (None, None, None, None, None)
            )
            if step.kind in MAILS and lang not in langs:
                langs[lang] = step._content(lang).id
            day, zone = dates.get(customer_id), zones[partner_id]
            if day and (day, zone) not in begins:
                begins[day, zone] = plan.begins(day, plan.zone(zone))
            yield customer_id, forecast.Facts(
                zone=zones.get(person_id) or zone,
                email=email, skip=skip, heard=heard,
                content=langs.get(lang) or None,
                begins=begins.get((day, zone)),
                holds=partner_id in holding,
                assigned=acting.get(user_id) or None,
                person=person_id,
            )  # fmt: skip

    def _mails(self, steps, ids):
        """{(customer id, step id): person, language, address, why not, until when it was heard}."""
        steps = steps.filtered(lambda step: step.kind in MAILS)
        if not steps:
            return {}
        checks = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self.acts._act_checks(self.now, self.today)
            if reason not in TIMED
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.customer_id, a.step_id, a.person_id, a.lang, a.email,
                       CASE %(checks)s END AS skip,
                       (SELECT max(o.done_at) %(another)s)
                           + %(twin)s * interval '1 day' AS heard
                  FROM (SELECT 0 AS id, c.id AS customer_id, s.id AS step_id, s.campaign_id,
                               s.kind, c.company_id, q.id AS person_id,
                               q.email_normalized AS email, q.lang
                          FROM cx_customer c JOIN cx_campaign_step s ON s.id = ANY(%(steps)s)
                     LEFT JOIN LATERAL (%(recipient)s) AS q ON true
                         WHERE c.id = ANY(%(ids)s) OFFSET 0) AS a
                  JOIN cx_campaign g ON g.id = a.campaign_id
                  JOIN cx_campaign_step s ON s.id = a.step_id
                """,
                checks=checks,
                another=self.acts._for_another(),
                twin=TWIN_DAYS,
                steps=steps.ids,
                recipient=self.acts._recipient(),
                ids=ids,
            )
        )
        return {(customer_id, step_id): row for customer_id, step_id, *row in rows}
