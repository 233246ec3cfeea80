"""The month that ended, by mail, to who asked for it: the figures of the portfolio."""

import logging

from odoo import api, fields, models

from .cx_portfolio_balance import LEFT, MOVES

_logger = logging.getLogger(__name__)


class CxSummary(models.AbstractModel):
    """What each recipient may see of the portfolio, in the recipient's language."""

    _name = "cx.summary"
    _description = "Monthly Summary"

    # -------------------------------------------------------------------- cron
    @api.model
    def _cron_send(self):
        """Send each company's summary of last month, once its own month is over."""
        tomorrow = fields.Date.add(fields.Date.today(), days=1)  # it is, where days begin first
        month = fields.Date.start_of(tomorrow, "month")
        companies = self.env["res.company"].search(
            ["|", ("cx_summary_month", "=", False), ("cx_summary_month", "<", month)]
        )
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            self._send(company)
            if not progress(1):
                break

    @api.model
    def _send(self, company):
        """One mail to each recipient, unless last month's were made already."""
        month = fields.Date.start_of(self.env["cx.customer"]._today(company), "month")
        if company.cx_summary_month and company.cx_summary_month >= month:
            return
        # in the transaction of the mails: they are made once
        company.cx_summary_month = month
        if not self._is_ready(company):
            return
        until = fields.Date.subtract(month, days=1)
        for user in company.cx_summary_user_ids:
            if not self._may_get(company, user):
                _logger.info("User %s gets no summary of company %s", user.id, company.id)
                continue
            try:
                with self.env.cr.savepoint():
                    self.env["mail.mail"].create(
                        self._for(company, user)._mail(fields.Date.start_of(until, "month"), until)
                    )
            except Exception:  # one recipient's trouble is not the others'
                _logger.exception("No summary of company %s for user %s", company.id, user.id)

    @api.model
    def _is_ready(self, company):
        """Whether there are stages to sum up, and they are accepted."""
        published = [("company_id", "=", company.id), ("state", "=", "published")]
        return self.env["cx.first.run"]._accepted(company) and self.env["cx.policy"].search_count(
            published, limit=1
        )

    @api.model
    def _may_get(self, company, user):
        """Whether somebody still works for the company, and sees customers."""
        return (
            user.active
            and user.email
            and company in user.company_ids
            and self.env["cx.customer"].with_user(user).has_access("read")
        )

    @api.model
    def _for(self, company, user):
        """As the recipient sees it."""
        return self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=company.ids
        )

    # -------------------------------------------------------------------- mail
    @api.model
    def _mail(self, since, until):
        """Values of the mail of a period, to the user of the environment."""
        user, company = self.env.user, self.env.company
        values = self._values(since, until)
        return {
            "subject": self.env._(
                "%(company)s: customers in %(month)s", company=company.name, month=values["period"]
            ),
            "body_html": self.env["ir.qweb"]._render("cx_lifecycle.summary_mail", values),
            "email_from": company.email_formatted or user.email_formatted,
            "email_to": user.email_formatted,
            "author_id": company.partner_id.id,
            "auto_delete": True,
            "state": "outgoing",
            "headers": {"X-Auto-Response-Suppress": "OOF"},  # no absence notices
        }

    @api.model
    def _values(self, since, until):
        """What the mail says, in words: the figures of the portfolio, and nothing else."""
        portfolio = self.env["cx.portfolio"]
        figures = portfolio.figures(None, since, until, ["tiles", "balance", "forecast"])
        frame = portfolio._frame(None, since, until)
        number, amount = portfolio._number, portfolio._amount
        total = figures["balance"]["total"]
        names = dict(self.env["cx.episode"]._fields["movement"]._description_selection(self.env))
        rows = [(names[name], total["moves"][name], -1 if name in LEFT else 1)
                for name in MOVES if name != "rules" or total["moves"][name]["listed"]]  # fmt: skip
        rows.append((self.env._("Balance"), total["net"], 1))
        past = figures["forecast"]["past"]
        return {
            "company": figures["company"],
            "period": portfolio._period_words(frame),
            "url": f"{self.get_base_url()}/odoo/lifecycle-portfolio?since={since}&until={until}",
            "sentence": figures["balance"]["sentence"],
            "moves": [
                {
                    "name": name,
                    "customers": number(sign * move["customers"], signed=True),
                    "worth": amount(frame, sign * move["worth"], signed=True),
                }
                for name, move, sign in rows
            ],
            "tiles": [
                {
                    "name": tile["name"],
                    "customers": number(tile["customers"]),
                    "change": number(tile["change"], signed=True),
                    "target": tile["target_text"],
                }
                for tile in figures["tiles"]
            ],
            "forecast": [figures["forecast"]["sentence"], *([past["sentence"]] if past else [])],
        }
