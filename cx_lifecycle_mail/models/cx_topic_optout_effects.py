"""What follows at once when somebody says no or comes back: runs end, contacts get a note."""

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL, format_date


class CxTopicOptout(models.Model):
    _inherit = "cx.topic.optout"

    @api.model
    def _settle(self, emails, company=None):
        """End at once the participations that the no of these addresses ends.

        :param company: in all companies when None
        """
        emails = [email for email in emails if email]
        if not emails:
            return
        for model in ("cx.campaign.run", "cx.customer", "res.partner"):
            self.env[model].flush_model()
        # when none of them takes part, this one query is all that it costs
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.company_id, array_agg(DISTINCT c.partner_id)
                  FROM res_partner p JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
                  JOIN cx_campaign_run r ON r.customer_id = c.id AND r.state = 'running'
                 WHERE p.email_normalized = ANY(%s) AND %s
              GROUP BY r.company_id
                """,
                emails,
                SQL("r.company_id = %s", company.id) if company else SQL("true"),
            )
        )
        for company_id, partner_ids in rows:
            # the machine's runs: whoever unsubscribes is often nobody that is logged in
            runs = self.env["cx.campaign.run"].with_user(SUPERUSER_ID).with_company(company_id)
            runs._settle_runs(runs.env.company, partner_ids)

    # ------------------------------------------------------------------ notes
    def _note(self, back):
        """Tell it on the contacts with these addresses; all rows are of one company.

        :param bool back: whether it is taken back
        """
        if not self:
            return
        speaker = self._speaker(self.company_id)
        told = {}
        for (email, source, reason), said in self.grouped(
            lambda optout: (optout.email, optout.source, optout.reason)
        ).items():
            lines = told.setdefault(email, [])
            lines += [optout.with_env(speaker)._sentence(back) for optout in said]
            lines += [] if back else self._circumstances(speaker, source, reason)
        self._log(told, self.company_id, self.env.user if back else self.user_id[:1])

    def _sentence(self, back):
        """What one row says, in the language of this environment."""
        of = {"email": self.email, "topic": self.topic_id.name}
        if back and not self.topic_id:
            return self.env._("%(email)s wants messages again: the pause is over", **of)
        if back:
            return self.env._("%(email)s wants messages about %(topic)s again", **of)
        of["day"] = format_date(self.env, self.until)
        if not self.topic_id:
            return self.env._("%(email)s wants no messages until %(day)s", **of)
        if self.until:
            return self.env._("%(email)s wants nothing about %(topic)s until %(day)s", **of)
        return self.env._("%(email)s wants no more messages about %(topic)s", **of)

    @api.model
    def _note_of_block(self, email, company, source=None, reason=None, back=False):
        """Tell the same of the block list; what is told, for the entry's own history."""
        speaker = self._speaker(company)
        if back:
            lines = [speaker._("%s wants messages again", email)]
        else:
            lines = [speaker._("%s wants no more messages at all", email)]
            lines += self._circumstances(speaker, source, reason)
        self._log({email: lines}, company)
        return self._body(lines)

    @api.model
    def _circumstances(self, speaker, source, reason):
        """The lines below: how it was said and to which company, and why."""
        how = dict(self._fields["source"]._description_selection(speaker))[source]
        lines = [f"{how} · {speaker.company.name}"]
        return [*lines, speaker._("Reason: %s", reason)] if reason else lines

    @api.model
    def _speaker(self, company):
        """The environment of notes: for colleagues, in their company's language."""
        # sudo: the company's language, whoever says no
        lang = company.sudo().partner_id.lang or self.env.lang
        return self.with_company(company).with_context(lang=lang).env

    @api.model
    def _body(self, lines):
        """One paragraph; what people wrote is text in it."""
        return Markup("<p>%s</p>") % Markup("<br/>").join(lines)

    @api.model
    def _log(self, told, company, author=None):
        """Internal notes on the contacts of a company: ``{address: lines}``; nobody is notified."""
        # the machine's: who says no may see no contact
        contacts = self.env["res.partner"].with_user(SUPERUSER_ID).search(
            [("email_normalized", "in", list(told)), ("company_id", "in", (False, company.id))]
        )  # fmt: skip
        if contacts:
            contacts._message_log_batch(
                {contact.id: self._body(told[contact.email_normalized]) for contact in contacts},
                author_id=(author and author.partner_id.id) or None,
            )._cx_mark()
