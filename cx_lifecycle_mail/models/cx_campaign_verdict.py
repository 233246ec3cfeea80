"""Whether an act may be done now: asked for a lot, and once more under lock before each mail."""

from odoo import api, models
from odoo.tools import SQL

from . import consent
from .cx_campaign_basis import adverts
from .cx_campaign_entry import refused
from .cx_campaign_move import goes_on, lineage
from .cx_campaign_step import MAILS

# what is no advertising is not what the cap is about
COUNTS = SQL(" AND o.campaign_id NOT IN (SELECT id FROM cx_campaign WHERE legal_basis = 'service')")
TWIN_DAYS = 30  # days within which a step goes to one address once, whoever shares it


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _happened_already(self):
        """SQL: what a step waits not to happen has happened to its parent's act ``b``."""
        return SQL(
            "CASE s.trigger WHEN 'not_opened' THEN t.trace_status IN ('open', 'reply')"
            " OR t.links_click_datetime IS NOT NULL"
            " WHEN 'not_clicked' THEN t.links_click_datetime IS NOT NULL"
            " WHEN 'not_replied' THEN t.trace_status = 'reply'"
            " WHEN 'activity_overdue' THEN b.outcome <> 'open' END"
        )

    @api.model
    def _capped(self, kinds, cap, days, now):
        """SQL: the customer of act ``a`` has had as many acts of these kinds as allowed.

        What is no advertising (of campaign ``g``, or another) does not wait, nobody waits for it.
        """
        return SQL(
            "(%(cap)s > 0 AND %(adverts)s"
            " AND (SELECT count(*) FROM cx_campaign_act o"
            " WHERE o.customer_id = a.customer_id AND o.id <> a.id AND o.kind IN %(kinds)s"
            " AND o.state IN ('sending', 'done', 'uncertain') %(counts)s"
            " AND o.done_at > %(now)s - %(days)s * interval '1 day') >= %(cap)s)",
            cap=cap, kinds=kinds, days=days, now=now, counts=COUNTS, adverts=adverts("g"),
        )  # fmt: skip

    @api.model
    def _yields(self, kinds, cap, now):
        """SQL: another act of the customer comes first, where only so many may be done."""
        return SQL(
            "(%(cap)s > 0 AND %(adverts)s AND EXISTS (SELECT FROM cx_campaign_act o"
            " JOIN cx_campaign h ON h.id = o.campaign_id"
            " WHERE o.customer_id = a.customer_id AND o.state IN ('waiting', 'claimed')"
            " AND o.due_at <= %(now)s AND o.kind IN %(kinds)s AND h.state = 'running'"
            " AND %(others)s"
            " AND (h.sequence, o.id) < (g.sequence, a.id)))",
            cap=cap, kinds=kinds, now=now, adverts=adverts("g"), others=adverts("h"),
        )  # fmt: skip

    @api.model
    def _act_checks(self, now, today):
        """Why an act is not done: ordered (reason, SQL over the tables of ``_verdicts``)."""
        mail = SQL("a.kind IN %s", MAILS)
        to, company = SQL("a.email"), SQL("a.company_id")
        return [
            ("moved", SQL("NOT %s OR %s", goes_on("s", "r"), self._done_before())),
            ("expired", SQL("a.expires_at <= %s", now)),
            ("happened", self._happened_already()),
            ("nobody", SQL("%s AND a.email IS NULL AND s.recipient = 'role'", mail)),
            ("no_address", SQL("%s AND a.email IS NULL", mail)),
            ("no_profiling", SQL("%s AND %s", mail, consent.unprofiled(SQL("a.person_id")))),
            ("blacklisted", SQL("%s AND %s", mail, consent.blocked(to))),
            ("suppressed", SQL("%s AND %s", mail,
                               consent.suppressed(to, SQL("g.topic_id"), company))),
            ("opted_out", SQL("%s AND %s", mail,
                              consent.opted_out(to, SQL("g.topic_id"), company, today))),
            ("no_consent", SQL("%s AND %s", mail, self._unconsented(to))),
            ("paused", SQL("%s AND %s", mail, consent.paused(to, company, today))),
            ("too_long_ago", SQL("%s AND %s", mail, self._too_long_ago(today))),
            ("refused_before", SQL("%s AND %s", mail, refused(to, now))),
            ("duplicate", SQL("%s AND %s", mail, self._twin(now))),
            ("no_content", SQL("%s AND a.mailing_id IS NULL", mail)),
        ]  # fmt: skip

    @api.model
    def _unconsented(self, to):
        """SQL: campaign ``g`` writes to who said yes only, and the address of ``a`` did not."""
        said = consent.said_yes(to, SQL("g.topic_id"), SQL("a.company_id"))
        return SQL("(g.legal_basis IS NOT DISTINCT FROM 'consent' AND NOT %s)", said)

    @api.model
    def _too_long_ago(self, today):
        """SQL: nothing was heard of the customer of act ``a`` for longer than its company allows.

        That is no matter of seconds: it is not asked again under lock.
        """
        since = SQL("(%s::date - cx_mine.cx_contact_months * interval '1 month')", today)
        return SQL(
            "(%s AND EXISTS (SELECT FROM res_company cx_mine WHERE cx_mine.id = a.company_id"
            " AND cx_mine.cx_contact_months > 0 AND %s))",
            adverts("g"),
            consent.silent(SQL("a.customer_id"), since),
        )

    @api.model
    def _done_before(self):
        """SQL: step ``s`` of act ``a`` was done by another version, while its run was moved.

        The move does not see what came about, and left, since its transaction began.
        """
        return SQL(
            "EXISTS (SELECT FROM cx_campaign_act o JOIN cx_campaign_step v ON v.id = o.step_id"
            " WHERE o.run_id = a.run_id AND o.id <> a.id AND %s = %s"
            " AND o.state IN ('sending', 'done', 'uncertain'))",
            lineage("v"),
            lineage("s"),
        )

    @api.model
    def _verdicts(self, ids, now, today):
        """SELECT of id, ``stop`` (why the run ends), ``skip`` (why the act is not done), ``wait``.

        All three are NULL for an act that may be done now; the first that is set counts.

        :param SQL ids: condition on ``a``
        :param now: naive UTC
        :param today: the day where the company is
        """
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self._act_checks(now, today)
        )
        asking = SQL(
            "WHEN a.kind = 'survey' AND %s THEN 'yields'"
            " WHEN a.kind = 'survey' AND %s THEN 'asked'",
            self._yields_asking(now),
            self._asked(now),
        )
        waits = SQL(" ").join(
            SQL("WHEN a.kind IN %(kinds)s AND (%(yields)s) THEN 'yields'"
                " WHEN a.kind IN %(kinds)s AND %(capped)s THEN 'capped'",
                kinds=kinds, yields=self._yields(kinds, cap, now),
                capped=self._capped(kinds, cap, days, now))
            for kinds, cap, days in (
                (MAILS, SQL("w.cx_mail_cap"), SQL("w.cx_mail_cap_days")),
                (("activity",), SQL("w.cx_call_cap"), SQL("w.cx_call_cap_days")),
            )
        )  # fmt: skip
        return SQL(
            """
            SELECT a.id,
                   CASE WHEN r.state <> 'running' THEN coalesce(r.reason, 'by_hand')
                        ELSE %(stop)s END AS stop,
                   CASE %(skip)s END AS skip,
                   CASE WHEN g.state <> 'running' THEN 'stands' %(asking)s %(waits)s END
                       AS wait
              FROM cx_campaign_act a
              JOIN cx_campaign_run r ON r.id = a.run_id
              JOIN cx_campaign g ON g.id = a.campaign_id
              JOIN res_company w ON w.id = a.company_id
              JOIN cx_campaign_step s ON s.id = a.step_id
              JOIN cx_customer c ON c.id = a.customer_id
         LEFT JOIN res_partner p ON p.id = c.partner_id
         LEFT JOIN cx_campaign_act b ON b.run_id = a.run_id AND b.step_id = s.parent_id
         LEFT JOIN mailing_trace t ON t.id = b.trace_id
             WHERE %(ids)s
            """,
            stop=self.env["cx.campaign.run"]._stopping(today),
            skip=whens,
            asking=asking,
            waits=waits,
            ids=ids,
        )

    @api.model
    def _may_leave(self, act_id, now, today):
        """SQL: nothing that was committed meanwhile keeps act ``a``, asked for a moment ago, here.

        The lot was asked for everything. This asks what other transactions can have changed since
        then without taking the act out of the worker's hands, by the same conditions; it names
        few tables, for it is asked for each mail.
        """
        to, company = SQL("a.email"), SQL("a.company_id")
        # of the contact's address: here it is the address the mail goes to
        elsewhere = (
            "no_contact", "no_profiling", "blacklisted", "suppressed", "opted_out", "no_consent",
            "paused", "open_deal",
        )  # fmt: skip
        return SQL(
            """
            SELECT a.id FROM cx_campaign_act a
              JOIN cx_campaign_run r ON r.id = a.run_id AND r.state = 'running'
              JOIN cx_campaign g ON g.id = a.campaign_id AND g.state = 'running'
              JOIN cx_campaign_step s ON s.id = a.step_id AND %(goes_on)s
              JOIN cx_customer c ON c.id = a.customer_id AND c.active
              JOIN res_company w ON w.id = a.company_id
              JOIN res_partner k ON k.id = a.person_id AND k.active AND k.email_normalized = a.email
               AND k.cx_no_profiling_since IS NULL
             WHERE a.id = %(id)s AND a.expires_at > %(now)s AND %(stop)s IS NULL AND NOT (
                   %(blocked)s OR %(suppressed)s OR %(opted_out)s OR %(unconsented)s OR %(paused)s
                   OR %(twin)s OR %(capped)s OR a.kind = 'survey' AND %(asked)s)
            """,
            id=act_id,
            now=now,
            goes_on=goes_on("s", "r"),
            stop=self.env["cx.campaign.run"]._stopping(today, but=elsewhere),
            blocked=consent.blocked(to),
            suppressed=consent.suppressed(to, SQL("g.topic_id"), company),
            opted_out=consent.opted_out(to, SQL("g.topic_id"), company, today),
            unconsented=self._unconsented(to),
            paused=consent.paused(to, company, today),
            twin=self._twin(now),
            capped=self._capped(MAILS, SQL("w.cx_mail_cap"), SQL("w.cx_mail_cap_days"), now),
            asked=self._asked(now),
        )

    @api.model
    def _twin(self, now):
        """SQL: step ``s`` of act ``a`` went to its address not long ago, for another customer."""
        return SQL(
            "EXISTS (SELECT %s AND o.done_at > %s - %s * interval '1 day')",
            self._for_another(),
            now,
            TWIN_DAYS,
        )

    @api.model
    def _for_another(self):
        """SQL from FROM on: acts ``o`` of step ``s`` that went to the address of ``a``, for others.

        In whichever version: in another one, it is the same step still.
        """
        return SQL(
            "FROM cx_campaign_act o JOIN cx_campaign_step v ON v.id = o.step_id"
            " WHERE o.email = a.email AND o.id <> a.id AND o.customer_id <> a.customer_id"
            " AND o.campaign_id = a.campaign_id AND %s = %s"
            " AND o.state IN ('sending', 'done', 'uncertain')",
            lineage("v"),
            lineage("s"),
        )

    @api.model
    def _recipient(self):
        """SELECT of whom a mail of step ``s`` goes to for customer ``c``, with one address."""
        return SQL(
            """
            SELECT k.id, k.email_normalized, k.lang, k.id <> c.partner_id AS beneath,
                   NULL::date AS since
              FROM res_partner k
             WHERE s.recipient = 'customer' AND (k.id = c.partner_id
                   OR k.parent_id = c.partner_id AND k.type = 'contact')
               AND k.active AND k.email_normalized IS NOT NULL
         UNION ALL
            SELECT k.id, k.email_normalized, k.lang, true, t.since
              FROM cx_seat t JOIN res_partner k ON k.id = t.partner_id
             WHERE s.recipient = 'role' AND t.role_id = s.role_id
               AND t.account_id = c.partner_id AND t.company_id = c.company_id
               AND k.active AND k.email_normalized IS NOT NULL
          ORDER BY beneath, since DESC NULLS LAST, id LIMIT 1
            """
        )

    @api.model
    def _addressed(self, ids):
        """UPDATE that finds out to whom some acts of mails go: the person, its one address."""
        return SQL(
            """
            UPDATE cx_campaign_act SET person_id = found.person_id, email = found.email
              FROM (
                SELECT a.id, q.id AS person_id, q.email_normalized AS email
                  FROM cx_campaign_act a JOIN cx_campaign_step s ON s.id = a.step_id
                  JOIN cx_customer c ON c.id = a.customer_id
     LEFT JOIN LATERAL (%s) AS q ON true
                 WHERE a.id = ANY(%s)) AS found
             WHERE cx_campaign_act.id = found.id
            """,
            self._recipient(),
            list(ids),
        )
