"""What is looked at before a campaign may be launched: some of it blocks, some of it asks."""

from typing import NamedTuple

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import config, email_normalize

from .cx_campaign_step import MAILS

LEVELS = [("block", "Blocks"), ("ask", "Asks")]


class Check(NamedTuple):
    """One finding: how grave, of which field, what is wrong and how to put it right."""

    level: str
    field: str  # the label of the field, as the reader sees it
    text: str
    step: models.BaseModel  # empty: of the campaign itself


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _launch_checks(self, audience=None):
        """All that stands against a launch, what blocks first.

        :param audience: what ``_audience()`` answered; None when it could not be counted
        :return: a list of ``Check``
        """
        self.ensure_one()
        found = [*self._check_author(), *self._check_steps(), *self._check_sending()]
        found += [*self._check_legal(), *self._check_measure(), *self._check_pressure()]
        if audience is not None:
            found += self._check_usual(audience)
            if not self.draft_of_id:  # of what is not decided anew by another version
                found += [*self._check_audience(audience), *self._check_held_out()]
        return sorted(found, key=lambda check: check.level != "block")

    def _finding(self, level, name, text, step=None):
        step = step or self.env["cx.campaign.step"]
        record = step or self
        label = record._fields[name].get_description(self.env, ["string"])["string"]
        return Check(level, label, text, step)

    # ------------------------------------------------------------ the campaign
    def _check_author(self):
        if problem := self._author_problem():
            yield self._finding("block", "user_id", problem)
            return
        try:
            self._as_author("res.partner").check_access("read")
        except (AccessError, UserError) as error:
            yield self._finding("block", "user_id", str(error))

    def _author_problem(self):
        """Why nothing may happen with the author's rights any more; False when it may.

        :return: a sentence with the remedy, or False
        """
        self.ensure_one()
        author = self.user_id.sudo()  # sudo: whether the author still works here, and as what
        if author.id == SUPERUSER_ID:
            return False
        if not author.active:
            problem = self.env._("%s was archived.", author.name)
        elif self.company_id not in author.company_ids:
            problem = self.env._(
                "%(author)s does not work for %(company)s any more.",
                author=author.name, company=self.company_id.name,
            )  # fmt: skip
        elif not author.has_group("cx_lifecycle.group_marketer"):
            problem = self.env._("%s is no marketer any more.", author.name)
        elif unread := self._unreadable_dates():
            problem = self.env._(
                "%(author)s may not read %(date)s.", author=author.name, date=unread[0]
            )
        else:
            return False
        if self.launched_at:
            return self.env._(
                "%s Press Edit…, look at what it does, and publish it: that is done with your "
                "rights then.",
                problem,
            )
        return self.env._(
            "%s Write the audience again: it is looked at with your rights then.", problem
        )

    def _unreadable_dates(self):
        """Labels of the dates that the author may not read."""
        # sudo: labels, whoever looks
        dates = (self.date_field_id | self._steps_in_use().date_field_id).sudo()
        return [
            date.field_description
            for date in dates
            if not (model := self._as_author(date.model))._has_field_access(
                model._fields[date.name], "read"
            )
        ]

    def _check_audience(self, audience):
        if self.members == "present" and self.entry != "manual" and not audience.get("enter"):
            yield self._finding(
                "block", "members",
                self.env._("Nobody would enter now, and nobody could later. Choose others."),
            )  # fmt: skip

    def _check_measure(self):
        if self.end_on and self.end_on < fields.Date.context_today(self):
            yield self._finding(
                "block", "end_on", self.env._("This day is over. Choose a later one, or none.")
            )
        measured = self.holdout_share or self.company_id.cx_holdout_share
        if not measured and not self.draft_of_id:  # as at the launch
            yield self._finding(
                "ask", "holdout_share",
                self.env._("Nobody is held out: nobody will know what the campaign brings."),
            )  # fmt: skip

    # ---------------------------------------------------------------- the steps
    def _check_steps(self):
        if not self.step_ids:
            yield self._finding("block", "step_ids", self.env._("Add at least one step."))
        for step in self.step_ids:
            if step.trigger == "replied" and self.stop_reply:
                yield self._finding(
                    "block", "trigger",
                    self.env._(
                        "“Replies” ends the participation before step %s can follow. Untick it "
                        "under Stop When, or remove the step.", step.name,
                    ), step,
                )  # fmt: skip
            if step.kind in MAILS:
                yield from self._check_content(step)
            elif step.kind == "activity":
                yield from self._check_assignee(step)
            elif step.kind == "action" and not step.action_id.sudo().cx_released:  # sudo: a flag
                yield self._finding(
                    "block", "action_id",
                    self.env._("The action is not released any more. Ask an administrator."), step,
                )  # fmt: skip
            if step.kind == "survey" and not step.survey_id.sudo().active:  # sudo: a flag
                yield self._finding(
                    "block", "survey_id",
                    self.env._("The survey was archived. Choose another one."), step,
                )  # fmt: skip

    def _check_content(self, step):
        contents = step.mailing_ids
        if not contents:
            yield self._finding(
                "block", "mailing_ids",
                self.env._("Nothing is written yet. Write it in one language at least."), step,
            )  # fmt: skip
            return
        languages = dict(self.env["res.lang"].get_installed())
        for content in contents.filtered(lambda content: not content.cx_written):
            language = languages.get(content.cx_lang) or self.env._("any language")
            yield self._finding(
                "block", "mailing_ids",
                self.env._("The content for %s is empty. Write it, or remove it.", language), step,
            )  # fmt: skip
        written = contents.mapped("cx_lang")
        missing = [name for code, name in languages.items() if code not in written]
        if missing and False not in written:
            yield self._finding(
                "ask", "mailing_ids",
                self.env._(
                    "Not written in: %s. Who reads it gets another language.", ", ".join(missing)
                ), step,
            )  # fmt: skip

    def _check_assignee(self, step):
        person = step.assignee_id
        if person and not person.sudo().active:  # sudo: whether the person still works here
            yield self._finding(
                "block", "assignee_id",
                # sudo: a name, to say who
                self.env._("%s was archived. Choose somebody else.", person.sudo().name), step,
            )  # fmt: skip
        elif step.assignee == "user" and not person:
            yield self._finding(
                "block", "assignee_id", self.env._("Choose who always gets it."), step
            )
        elif not person:
            yield self._finding(
                "ask", "assignee_id",
                self.env._("Nobody is chosen for customers without salesperson: they get none."),
                step,
            )  # fmt: skip

    # -------------------------------------------------------------- the sending
    def _check_sending(self):
        if not any(step.kind in MAILS for step in self.step_ids):
            return
        if not email_normalize(self.email_from or ""):
            yield self._finding(
                "block", "email_from",
                self.env._("Enter an address: mails without a salesperson's leave from it."),
            )  # fmt: skip
        # sudo: whether there is a server at all, and the address of this one
        servers = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        if self.mail_server_id and not self.mail_server_id.sudo().active:  # sudo: a flag
            yield self._finding(
                "block", "mail_server_id", self.env._("It was archived. Choose another, or none.")
            )
        elif not servers and config["smtp_server"] in (False, "", "localhost"):
            yield self._finding(
                "ask", "mail_server_id",
                self.env._("No outgoing mail server is set up: is there one on this machine?"),
            )  # fmt: skip
        # sudo: the address of the database itself
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        if not base.startswith("https://"):
            yield self._finding(
                "ask", "mail_server_id",
                self.env._(
                    "The address of this database, %s, does not begin with https: mail programs "
                    "will not show their unsubscribe button.", base,
                ),
            )  # fmt: skip
