"""What becomes of claimed acts before they are done: ended, dropped, postponed, or done now."""

import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains
from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief
from odoo.addons.cx_lifecycle.models.timebox import ON_SCREEN, time_box

from ..engine import plan
from .cx_campaign_grow import AFTER
from .cx_campaign_step import MAILS
from .cx_campaign_verdict import COUNTS

_logger = logging.getLogger(__name__)

TURN = 2  # minutes until an act that let another one go first is looked at again


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _sort_out(self, ids):
        """Of claimed acts of one company, those that may be done now; the others are dealt with.

        :return: their ids, in the order in which they are to be done
        """
        now = fields.Datetime.now()
        acts = self.browse(ids)
        today = self.env["cx.customer"]._today(acts.company_id)
        rows = self._journaled(
            SQL(
                "SELECT a.id, a.run_id, v.stop, v.skip, v.wait FROM (%s) AS v"
                " JOIN cx_campaign_act a ON a.id = v.id JOIN cx_campaign g ON g.id = a.campaign_id"
                " WHERE a.state = 'claimed' ORDER BY g.sequence, a.due_at, a.id",
                self._verdicts(SQL("a.id = ANY(%s)", list(ids)), now, today),
            )
        )
        ending, left = {}, []
        for act_id, run_id, stop, skip, wait in rows:
            if stop:
                ending.setdefault(stop, []).append(run_id)
            elif skip:
                self._skip([act_id], skip)
            elif wait:
                self._wait(act_id, wait, now)
            else:
                left.append(act_id)
        if ending:
            self._see()
        for reason, run_ids in ending.items():
            self.env["cx.campaign.run"].browse(run_ids)._stop(reason)
        if ending:
            self._see()  # what follows is written elsewhere, and must not wait for these rows
        acts = self.browse(left)._of_able_authors(now)
        acts = acts._overdue(now)._on_their_date(now)
        acts = acts._at_allowed_hours(now)
        return acts._where_condition_holds().ids

    def _of_able_authors(self, now):
        """Those whose campaign's author may still act; the others wait, the campaign is paused."""
        stand = self.campaign_id.filtered(lambda campaign: campaign._author_problem())
        unable = self.filtered(lambda act: act.campaign_id in stand)
        if unable:
            self._postpone(dict.fromkeys(unable.ids, now + timedelta(hours=1)))
        return self - unable

    def _by_step(self, judge):
        """What is found for the acts of each step; those of a step where it fails are set aside."""
        found = {}
        for step, acts in self.grouped("step_id").items():
            try:
                with time_box(self.env.cr, ON_SCREEN):
                    found |= judge(step, acts)
            except psycopg2.errors.QueryCanceled:
                _logger.info("Step %s takes too long to judge", step.id)
                self._fail(acts.ids, step.campaign_id._too_slow(ON_SCREEN))
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                _logger.info("Step %s cannot be judged", step.id, exc_info=True)
                self._fail(acts.ids, brief(error))
        return found

    @api.model
    def _skip(self, ids, reason):
        """Drop claimed acts, with the reason; what follows in any case begins."""
        triggers = AFTER["skipped"] + (["else"] if reason == "condition" else [])
        self._journaled(
            SQL(
                """
                WITH dropped AS (
                    UPDATE cx_campaign_act SET state = 'skipped', claim = NULL, done_at = %(now)s,
                           -- too late because it had to wait for its turn: that is the reason
                           reason = CASE WHEN %(reason)s = 'expired'
                                     AND reason IN ('capped', 'asked_lately')
                                    THEN reason ELSE %(reason)s END
                     WHERE id = ANY(%(ids)s) AND state IN ('waiting', 'claimed') RETURNING *)
                %(grow)s
                """,
                now=fields.Datetime.now(),
                reason=reason,
                ids=list(ids),
                grow=self._followers(SQL("dropped"), SQL("%s::text[]", triggers)),
            )
        )

    @api.model
    def _wait(self, act_id, wait, now):
        """Postpone a claimed act.

        :param str wait: capped (until the oldest that counts does no more), yields (another act
            of the customer comes first), asked (until the days between two surveys are over),
            stands (the campaign was paused)
        """
        until = SQL("due_at")
        if wait == "yields":
            until = SQL("%s", now + timedelta(minutes=TURN))
        elif wait == "asked":
            until = self._asked_until()
        elif wait == "capped":
            until = SQL(
                "coalesce((SELECT o.done_at + interval '1 day'"
                " * CASE WHEN a.kind = 'activity' THEN w.cx_call_cap_days"
                " ELSE w.cx_mail_cap_days END FROM cx_campaign_act o"
                " WHERE o.customer_id = a.customer_id AND o.id <> a.id"
                " AND (o.kind = 'activity') = (a.kind = 'activity')"
                " AND o.kind IN ('mail', 'survey', 'activity')"
                " AND o.state IN ('sending', 'done', 'uncertain')%s"
                " ORDER BY o.done_at DESC OFFSET greatest(CASE WHEN a.kind = 'activity'"
                " THEN w.cx_call_cap ELSE w.cx_mail_cap END, 1) - 1 LIMIT 1),"
                " a.due_at + interval '1 hour')",
                COUNTS,
            )
        self._journaled(
            SQL(
                "UPDATE cx_campaign_act a SET state = 'waiting', claim = NULL, reason = %s,"
                " due_at = least(%s, a.expires_at) FROM res_company w"
                " WHERE a.id = %s AND w.id = a.company_id AND a.state = 'claimed'",
                {"capped": "capped", "asked": "asked_lately"}.get(wait),
                until,
                act_id,
            )
        )

    @api.model
    def _postpone(self, moments, plan=False):
        """Wait until the moments (UTC) of ``{act id: moment}``.

        :param plan: the step itself is planned for then, so that its validity begins then
        """
        self._journaled(
            SQL(
                """
                UPDATE cx_campaign_act a SET state = 'waiting', claim = NULL, due_at = m.at,
                       not_before = CASE WHEN %(plan)s THEN m.at ELSE not_before END,
                       expires_at = CASE WHEN %(plan)s THEN m.at + s.validity * interval '1 day'
                                    ELSE expires_at END
                  FROM unnest(%(ids)s::int[], %(moments)s::timestamp[]) AS m(id, at),
                       cx_campaign_step s
                 WHERE a.id = m.id AND s.id = a.step_id AND a.state = 'claimed'
                """,
                plan=plan,
                ids=list(moments),
                moments=list(moments.values()),
            )
        )

    def _on_their_date(self, now):
        """Those whose step's date has come, where it has one; the others wait for it."""
        dated = self.filtered("step_id.date_field_id")
        if not dated:
            return self
        begins = dated._by_step(dated._their_dates)
        none = [act_id for act_id, at in begins.items() if at is None]
        later = {act_id: at for act_id, at in begins.items() if at and at > now}
        past = [
            act.id
            for act in dated
            if (at := begins.get(act.id)) and at + timedelta(days=act.step_id.validity) <= now
        ]
        if none:
            self._skip(none, "no_date")
        if past:
            self._skip(past, "expired")
        if later:
            self._postpone(later, plan=True)
        gone = {*none, *past, *later, *(act.id for act in dated if act.id not in begins)}
        return self.browse(i for i in self.ids if i not in gone)

    def _overdue(self, now):
        """Those that wait for no overdue activity, or whose activity still is: the others wait."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, (v.date_deadline + 1)::timestamp
                       + coalesce(s.delay, 0) * ('1 ' || s.delay_unit)::interval AS at
                  FROM cx_campaign_act a
                  JOIN cx_campaign_step s ON s.id = a.step_id AND s.trigger = 'activity_overdue'
                  JOIN cx_campaign_act b ON b.run_id = a.run_id AND b.step_id = s.parent_id
                  JOIN mail_activity v ON v.id = b.activity_id
                 WHERE a.id = ANY(%s)
                """,
                self.ids,
            )
        )
        later = {act_id: at for act_id, at in rows if at > now}  # somebody moved the deadline
        if later:
            self._postpone(later, plan=True)
        return self.browse(i for i in self.ids if i not in later)

    def _their_dates(self, step, acts):
        """When a step's date begins where each customer is: ``{act id: naive UTC, or None}``."""
        days = step._dates_of(acts.customer_id)
        rows = [
            {"id": act.id, "company_id": act.company_id.id, "partner_id": act.partner_id.id}
            for act in acts
        ]
        zones = self._zone_names(rows, acts.company_id)
        found = {act.id: days[act.customer_id.id] for act in acts}
        return {
            act_id: day and plan.begins(day, plan.zone(zones[act_id]))
            for act_id, day in found.items()
        }

    def _at_allowed_hours(self, now):
        """Those for whom this is an allowed moment; the others wait for the next one."""
        rows = [
            {
                "id": act.id,
                "company_id": act.company_id.id,
                "partner_id": act.person_id.id or act.partner_id.id,
                "weekday": act.step_id.weekday,
                "hour": act.step_id.hour,
                "not_before": act.not_before,
            }
            for act in self
            if act.kind in MAILS or act.step_id.weekday or act.step_id.hour
        ]
        moments = self._allowed_at(rows, now) if rows else {}
        if never := [act_id for act_id, at in moments.items() if at is None]:
            self._skip(never, "never_allowed")
        if later := {act_id: at for act_id, at in moments.items() if at and at > now}:
            self._postpone(later)
        return self.browse(i for i in self.ids if i not in {*never, *later})

    def _where_condition_holds(self):
        """Those whose step's condition holds for the contact, by the rights of the author."""
        holds = self._by_step(self._condition_holds)
        if failing := [act_id for act_id, held in holds.items() if not held]:
            self._skip(failing, "condition")
        return self.browse(i for i in self.ids if holds.get(i))

    def _condition_holds(self, step, acts):
        """``{act id: whether the step's condition holds for its contact}``."""
        holding = step._holding(acts.partner_id)
        return {act.id: act.partner_id.id in holding for act in acts}


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _holding(self, contacts):
        """The ids of those of some contacts for whom the step's condition holds."""
        condition = domains.parsed(self.domain)
        if condition.is_true():
            return set(contacts.ids)
        return set(
            self.campaign_id._as_author("res.partner")
            .search(condition & fields.Domain("id", "in", contacts.ids))
            .ids
        )

    def _dates_of(self, customers):
        """The step's date of some customers, as its author reads it: ``{id: date, or None}``."""
        field = self.date_field_id
        records = customers if field.model == "cx.customer" else customers.partner_id
        read = self.campaign_id._as_author(field.model).browse(records.ids).read([field.name])
        days = {row["id"]: fields.Date.to_date(row[field.name]) for row in read}
        later = timedelta(days=self.date_days)
        found = {}
        for customer in customers:
            day = days.get((customer if field.model == "cx.customer" else customer.partner_id).id)
            found[customer.id] = day + later if day else None
        return found
