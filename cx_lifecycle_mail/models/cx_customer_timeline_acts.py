"""What campaigns did, in a customer's timeline: mails, activities, and what was not done."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.timeline import Stream

from .cx_campaign_step import MAILS

# how a campaign branches says nothing of the customer
BRANCHING = ("condition", "happened", "step_removed")
NOT_DONE = ("refused", "skipped", "failed")


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _timeline_streams(self):
        return {
            **super()._timeline_streams(),
            "campaign": Stream(
                self.env._("Campaigns"), "fa-bullhorn",
                self._timeline_acts, self._timeline_act_words,
            ),
        }  # fmt: skip

    def _timeline_acts(self, _frame):
        """Mails and activities of campaigns that were done, or were not, when that was decided."""
        acts = self.env["cx.campaign.act"]
        domain = Domain("customer_id", "=", self.id) & Domain(
            "state", "in", ("done", "uncertain", *NOT_DONE)
        )
        domain &= Domain("kind", "in", (*MAILS, "activity")) & Domain("done_at", "!=", False)
        domain &= Domain("reason", "not in", BRANCHING)
        # read by `_timeline_act_words` with the reader's rights
        query = acts._search(domain, bypass_access=True)
        return query.select(
            SQL("%s AS at", acts._field_to_sql(query.table, "done_at", query)),
            SQL.identifier(query.table, "id"),
            SQL("NULL AS facts"),
        )

    def _timeline_act_words(self, _frame, rows):
        """What each was, of which campaign, and what became of it."""
        acts = self._timeline_readable("cx.campaign.act", [row.id for row in rows])
        people = self._timeline_people(acts.person_id.ids)
        reasons = dict(acts._fields["reason"]._description_selection(self.env))
        # sudo: contents of mails to this customer, and what it did with them
        all_sudo = acts.sudo()
        all_sudo.mailing_id.fetch(["subject"])
        all_sudo.trace_id.fetch(["trace_status", "links_click_datetime"])
        subjects = all_sudo._subjects()
        return {
            act.id: {
                "title": self._timeline_act_title(act, subjects),
                "text": "" if act.state == "done" else reasons.get(act.reason, ""),
                "by": act.campaign_id.name,
                "contact": people.get(act.person_id.id, ""),
                "icon": "fa-envelope-o" if act.kind in MAILS else "fa-check-square-o",
                "marks": self._timeline_act_marks(act),
                "open": self._timeline_open(act, "action_why"),
            }
            for act in all_sudo
        }

    def _timeline_act_title(self, act, subjects):
        step = act.step_id
        if act.kind in MAILS:
            title = subjects.get(act.message_id) or act.mailing_id.subject or step.name
            return self.env._("Not sent: %s", title) if act.state in NOT_DONE else title
        title = step.activity_summary or step.activity_type_id.name or step.name
        if act.state in NOT_DONE:
            return self.env._("Not planned: %s", title)
        return self.env._("Planned: %s", title)

    def _timeline_act_marks(self, act):
        """What the customer did with a mail, what became of an activity, or that it is not sure."""
        trace, marks = act.trace_id, []
        clicked, status = bool(trace.links_click_datetime), trace.trace_status
        if act.state == "uncertain":
            marks.append(("uncertain", self.env._("Uncertain")))
        if clicked or status in ("open", "reply"):
            marks.append(("opened", self.env._("Opened")))
        if clicked:
            marks.append(("clicked", self.env._("Clicked")))
        if status == "reply":
            marks.append(("replied", self.env._("Replied")))
        if status == "bounce":
            marks.append(("bounced", self.env._("Came Back")))
        if act.outcome == "done":
            marks.append(("activity_done", self.env._("Done")))
        if act.outcome == "cancelled":
            marks.append(("activity_cancelled", self.env._("Cancelled")))
        return [{"code": code, "label": label} for code, label in marks]


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def _subjects(self):
        """The subjects of mails as they were sent: ``{Message-ID: subject}``."""
        ids = [message_id for message_id in self.mapped("message_id") if message_id]
        notes = self.env["mail.message"].search_fetch(
            [("message_id", "in", ids)], ["message_id", "subject"]
        )
        return {note.message_id: note.subject for note in notes}
