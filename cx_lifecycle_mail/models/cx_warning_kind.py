"""A sign that only campaigns can tell: somebody who opened mails opens them no longer."""

from odoo import fields, models
from odoo.tools import SQL

# A mail is called unopened so many days after it was sent.
PATIENCE = 3


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    signal = fields.Selection(
        selection_add=[("mails_unopened", "Mails are no longer opened")],
        ondelete={"mails_unopened": "cascade"},
    )

    def _spells_mails_unopened(self, company, scope, today):
        """The last campaign mails were not opened, by somebody who opened one before them."""
        zone = company.partner_id.tz or "UTC"
        return self._observed(
            SQL(
                """
                WITH mail AS MATERIALIZED (
                    SELECT c.id AS customer_id, m.id, m.sent_datetime AS sent,
                           (m.sent_datetime AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                               AS sent_on,
                           (coalesce(m.open_datetime, CASE WHEN m.trace_status
                                IN ('open', 'reply') THEN m.sent_datetime END)
                            AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS opened_on
                      FROM mailing_trace m
                      JOIN mailing_mailing g ON g.id = m.mass_mailing_id
                      JOIN cx_campaign_step s ON s.id = g.cx_step_id
                      JOIN cx_campaign a ON a.id = s.campaign_id AND a.company_id = %(company)s
                      JOIN res_partner p ON p.id = m.res_id AND m.model = 'res.partner'
                      JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
                                        AND c.company_id = a.company_id
                     WHERE m.trace_status IN ('sent', 'open', 'reply')
                       AND m.sent_datetime IS NOT NULL AND m.is_test_trace IS NOT TRUE
                       AND %(those)s),
                seen AS (
                    -- only what was known on a day counts for it: a mail opened later was
                    -- unopened then
                    SELECT *, sent_on + %(patience)s AS told_on, min(opened_on) OVER last AS first,
                           count(*) OVER last AS many, min(sent_on) OVER last AS first_sent,
                           min(opened_on) OVER earlier AS before,
                           max(opened_on) OVER earlier AS opened_before
                      FROM mail
                    WINDOW last AS (PARTITION BY customer_id ORDER BY sent, id
                                    ROWS BETWEEN %(number)s - 1 PRECEDING AND CURRENT ROW),
                           earlier AS (PARTITION BY customer_id ORDER BY sent, id
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND %(number)s PRECEDING))
                SELECT DISTINCT ON (customer_id, day) customer_id, day, holds, facts
                  FROM (
                    SELECT customer_id, sent, id, told_on AS day,
                           first <= told_on IS NOT TRUE AND many = %(number)s
                               AND before <= told_on IS TRUE
                               AND first_sent >= sent_on - %(within)s AS holds,
                           jsonb_build_object('number', %(number)s, 'last', sent_on, 'opened',
                               CASE WHEN opened_before <= told_on THEN opened_before
                                    ELSE before END) AS facts
                      FROM seen
                     UNION ALL
                    SELECT customer_id, sent, id, opened_on, false, NULL
                      FROM mail WHERE opened_on IS NOT NULL) AS told
                 WHERE day <= %(today)s
              ORDER BY customer_id, day, holds, sent DESC, id DESC
                """,
                zone=zone,
                company=company.id,
                those=scope(SQL("c.partner_id")),
                number=self.number,
                within=self.within_days,
                patience=PATIENCE,
                today=today,
            )
        )

    def _changed_mails_unopened(self, company, since, _today):
        """Whose mails were sent or opened since, or are called unopened meanwhile."""
        return SQL(
            "SELECT p.commercial_partner_id FROM mailing_trace m JOIN res_partner p"
            " ON p.id = m.res_id AND m.model = 'res.partner' JOIN cx_customer c"
            " ON c.partner_id = p.commercial_partner_id AND c.company_id = %s"
            " WHERE m.write_date >= %s::timestamp - %s * interval '1 day'",
            company.id,
            since,
            PATIENCE + 1,
        )


class CxWarning(models.Model):
    _inherit = "cx.warning"

    def _words_mails_unopened(self, facts):
        return self.env._(
            "the last %(number)s not opened, one before on %(day)s",
            number=facts["number"],
            day=self._day(fields.Date.to_date(facts["opened"])),
        )
