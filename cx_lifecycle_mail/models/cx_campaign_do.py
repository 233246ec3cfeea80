"""Acts that are no mails: activities, tags, server actions, waits and ends, each exactly once.

What is done and that it was done are one transaction.
"""

import logging
import uuid
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief

from .cx_campaign_step import MAILS

_logger = logging.getLogger(__name__)


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _others(self):
        """Kinds of steps that are no mails, those of other addons too."""
        return tuple(
            kind for kind in self._fields["kind"].get_values(self.env) if kind not in MAILS
        )

    @api.model
    def _do_due(self):
        """Do a lot of the acts that are due; how many were taken in hand."""
        token = uuid.uuid4().hex
        ids = self._claim(token, self._others())
        self._see()
        with self._in_hand(token):
            for company, acts in self.browse(ids).exists().grouped("company_id").items():
                going = self.browse(acts.with_company(company)._sort_out(acts.ids))
                self._see()
                for step, same in going.with_company(company).grouped("step_id").items():
                    same._do_together(step, token)
        return len(ids)

    def _do_together(self, step, token):
        """Do one step for many; when one of them fails, the others one by one."""
        try:
            with self.env.cr.savepoint():
                # whoever bought meanwhile is not in the worker's hands any more
                self.env.cr.execute(
                    SQL(
                        "SELECT id FROM cx_campaign_act WHERE id = ANY(%s) AND claim = %s"
                        " AND state = 'claimed' FOR UPDATE",
                        self.ids,
                        token,
                    )
                )
                acts = self.browse(row[0] for row in self.env.cr.fetchall())
                getattr(acts, f"_do_{step.kind}")(step)
                acts.filtered(lambda act: act.state == "claimed")._done()
        except psycopg2.OperationalError:
            self.env.cr.rollback()  # somebody changed one of them meanwhile: next time
            self.env.invalidate_all(flush=False)
        except Exception as error:
            if len(self) > 1:
                for act in self:
                    act._do_together(step, token)
                return
            expected = isinstance(error, UserError | ValueError)
            _logger.log(
                logging.INFO if expected else logging.ERROR,
                "Step %s failed for act %s",
                step.id,
                self.ids,
                exc_info=not expected,
            )
            self._see()
            self._fail(self.ids, brief(error))
        else:
            self.env["ir.cron"]._commit_progress(len(self))

    def _done(self, **values):
        """These acts were done now; what follows them begins."""
        # sudo: acts are written by the machine
        self.sudo().write(
            {
                "state": "done", "reason": False, "error": False, "claim": False,
                "done_at": fields.Datetime.now(), **values,
            }
        )  # fmt: skip
        self._ended()

    def _do_wait(self, step):
        """Nothing: what follows begins."""

    def _do_stop(self, step):
        self._done()
        self.run_id._stop("by_step")

    def _do_tag(self, step):
        contacts = step.campaign_id._as_author("res.partner").browse(self.partner_id.ids)
        change = fields.Command.link if step.tag_change == "add" else fields.Command.unlink
        contacts.write({"category_id": [change(tag.id) for tag in step.tag_ids]})

    def _do_action(self, step):
        # sudo: whether it is still released is asked of what its author may not read
        action = step.action_id.sudo()
        if not action.cx_released:
            raise ValueError(
                self.env._(
                    "%s was changed, and waits for an administrator to release it.", action.name
                )
            )
        for contact in self.partner_id:
            contacts = step.campaign_id._as_author("res.partner")
            contacts.env["ir.actions.server"].browse(action.id).with_context(
                active_model="res.partner", active_id=contact.id, active_ids=contact.ids
            ).run()

    # -------------------------------------------------------------- activities
    def _do_activity(self, step):
        today = self.env["cx.customer"]._today(self.company_id)
        whose = {act: act._assignee(step) for act in self}
        if nobody := self.filtered(lambda act: not whose[act]):
            # sudo: acts are written by the machine
            nobody.sudo().write({"state": "skipped", "reason": "no_assignee", "claim": False,
                                 "done_at": fields.Datetime.now()})  # fmt: skip
            nobody._ended()
        acts = self - nobody
        model_id = self.env["ir.model"]._get_id("res.partner")
        values = []
        for act in acts:
            worded = step.with_context(lang=whose[act].lang)
            values.append(
                {
                    "res_model_id": model_id,
                    "res_id": act.partner_id.id,
                    "activity_type_id": step.activity_type_id.id,
                    "summary": worded.activity_summary or worded.name,
                    "note": worded.activity_note,
                    "date_deadline": today + timedelta(days=step.activity_days),
                    "user_id": whose[act].id,
                    "automated": True,
                    "cx_act_id": act.id,
                }
            )
        # one summary instead of a mail for each; sudo: the machine plans for everybody
        activities = self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True, mail_create_nosubscribe=True
        ).create(values)  # fmt: skip
        for act, activity in zip(acts, activities, strict=True):
            act._done(activity_id=activity.id, outcome="open")
        for user, theirs in activities.grouped("user_id").items():
            step._tell(user, theirs)

    def _assignee(self, step):
        """Who is to act: an active user of the company, or nobody."""
        return step._assignee(self.partner_id.user_id)


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _assignee(self, salesperson):
        """Who acts for the customers of a salesperson: an active user of the company, or nobody."""
        user = {
            "salesperson": salesperson,
            "leader": salesperson.sale_team_id.user_id,
            "user": self.assignee_id,
        }[self.assignee] or self.assignee_id
        works = user.active and self.campaign_id.company_id in user.company_ids
        return user if works else user.browse()

    def _tell(self, user, activities):
        """One message about all activities planned at once, to the one who is to do them."""
        step = self.with_context(lang=user.lang, mail_notify_force_send=False)
        contacts = step.env["res.partner"].browse(activities.mapped("res_id"))
        step.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=step.env._(
                "%(campaign)s: %(number)s activities planned",
                campaign=step.campaign_id.name, number=len(activities),
            ),
            body=step.env["ir.qweb"]._render(
                "cx_lifecycle_mail.activity_summary",
                {"step": step, "contacts": contacts[:20], "more": max(len(contacts) - 20, 0)},
            ),
            email_layout_xmlid="mail.mail_notification_light",
        )  # fmt: skip
