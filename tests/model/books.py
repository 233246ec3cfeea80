"""The books of campaigns, kept twice: what a test saw happen beside what the addon stored.

A test tells what it did (:meth:`Books.bought`, :meth:`Books.no`), moves the clock, and lets the
machine work. :meth:`Books.receive` holds each mail that the server took against that, and
:meth:`Books.check` asks the database for rows that contradict each other.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.header import decode_header, make_header
from zoneinfo import ZoneInfo

from odoo.addons.cx_lifecycle_mail.models.reasons import NOT_DONE, NOT_ENTERED, STOPPED

ENDS = [code for code, _label in NOT_ENTERED + STOPPED]
EXCLUDES = {code for code, _label in NOT_ENTERED}
SKIPS = [code for code, _label in NOT_ENTERED + STOPPED + NOT_DONE]
REFUSED_DAYS = 90
TWIN_DAYS = 30

# What must find no row, of the companies in %(companies)s. Customers that were merged bring two
# histories into one: those are in %(merged)s, and some rules of one history do not hold for them.
NEVER = {
    "a run ends with a reason and a time, and goes on without": """
        SELECT r.id FROM cx_campaign_run r
         WHERE (r.state = 'running') <> (r.reason IS NULL)
            OR (r.state = 'running') <> (r.ended_at IS NULL)
            OR (r.state = 'finished') <> (r.reason IS NOT DISTINCT FROM 'completed')
            OR r.ended_at < r.entered_at OR NOT r.reason = ANY(%(ends)s)
    """,
    "nothing is done for who is held out": """
        SELECT a.id FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id
         WHERE r.arm <> 'treated'
    """,
    "treated from the beginning": """
        SELECT r.id FROM cx_campaign_run r JOIN cx_campaign_step s
            ON s.campaign_id = r.campaign_id AND s.trigger = 'entry' AND s.active
           AND s.version_number <= r.version_number
           AND (s.past IS NOT TRUE OR s.last_version >= r.version_number)
         WHERE r.arm = 'treated' AND NOT EXISTS (SELECT FROM cx_campaign_act a
                                  WHERE a.run_id = r.id AND a.step_id = s.id)
    """,
    "nothing is left open of a run that ended": """
        SELECT a.id FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id
         WHERE r.state <> 'running' AND a.state IN ('waiting', 'claimed', 'sending')
    """,
    "nothing is in a worker's hands between two rounds": """
        SELECT id FROM cx_campaign_act WHERE state IN ('claimed', 'sending') OR
               state = 'waiting' AND claim IS NOT NULL
    """,
    "not done with a reason, done without": """
        SELECT id FROM cx_campaign_act
         WHERE state = 'done' AND reason IS NOT NULL
            OR state IN ('skipped', 'refused', 'failed', 'uncertain')
           AND NOT coalesce(reason = ANY(%(skips)s), false)
            OR (state = 'waiting') <> (done_at IS NULL)
    """,
    "an act is of its run": """
        SELECT a.id FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id
          JOIN cx_campaign g ON g.id = r.campaign_id JOIN cx_customer c ON c.id = r.customer_id
          JOIN cx_campaign_step s ON s.id = a.step_id
         WHERE (a.campaign_id, a.customer_id, a.company_id, a.kind)
            <> (r.campaign_id, r.customer_id, r.company_id, s.kind)
            OR s.campaign_id <> a.campaign_id
            OR g.company_id <> r.company_id OR c.company_id <> r.company_id
    """,
    "a step follows another one as it says": """
        SELECT a.id FROM cx_campaign_act a JOIN cx_campaign_step s ON s.id = a.step_id
     LEFT JOIN cx_campaign_act b ON b.run_id = a.run_id AND b.step_id = s.parent_id
     LEFT JOIN mailing_trace t ON t.id = b.trace_id
         WHERE s.parent_id IS NOT NULL AND (
               b.id IS NULL OR b.state IN ('waiting', 'claimed', 'sending')
            OR s.trigger IN ('done', 'not_opened', 'not_clicked', 'not_replied')
           AND b.state <> 'done'
            OR s.trigger = 'else' AND b.reason IS DISTINCT FROM 'condition'
            OR s.trigger = 'opened' AND t.open_datetime IS NULL
            OR s.trigger = 'activity_done' AND b.outcome IS DISTINCT FROM 'done'
            OR a.not_before < b.done_at AND s.trigger <> 'activity_overdue')
    """,
    "neither before its time nor after": """
        SELECT id FROM cx_campaign_act
         WHERE state = 'done' AND (done_at < not_before OR done_at >= expires_at)
    """,
    "a step once for a cause": """
        SELECT a.customer_id FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id
         WHERE a.state IN ('done', 'uncertain')
      GROUP BY a.customer_id, a.step_id, r.entry_key HAVING count(*) > 1
    """,
    "a stay is the customer's own, and enters once": """
        SELECT r.id FROM cx_campaign_run r JOIN cx_episode e ON e.id = r.episode_id
          JOIN cx_campaign g ON g.id = r.campaign_id
         WHERE e.customer_id <> r.customer_id
            OR g.entry = 'becomes' AND r.entry_key NOT LIKE 'request:%%'
           AND r.entry_key <> 'episode:' || e.id AND r.entry_key NOT LIKE '%%:merged:%%'
    """,
    "activities end with the run": """
        SELECT v.id FROM mail_activity v JOIN cx_campaign_act a ON a.id = v.cx_act_id
          JOIN cx_campaign_run r ON r.id = a.run_id WHERE v.active AND r.state <> 'running'
    """,
    "an activity is open as long as its act says": """
        SELECT a.id FROM cx_campaign_act a LEFT JOIN mail_activity v ON v.id = a.activity_id
         WHERE (a.kind = 'activity' AND a.state = 'done') <> (a.outcome IS NOT NULL)
            OR (a.outcome IS NOT DISTINCT FROM 'open') <> coalesce(v.active, false)
    """,
    "one campaign at a time": """
        SELECT r.customer_id FROM cx_campaign_run r JOIN cx_campaign g ON g.id = r.campaign_id
         WHERE r.state = 'running' AND g.exclusive AND r.arm = 'treated'
           AND r.customer_id <> ALL(%(merged)s)
      GROUP BY r.customer_id HAVING count(DISTINCT g.id) > 1
    """,
    "not again before the cool-down is over": """
        SELECT r.id FROM cx_campaign_run r JOIN cx_campaign g ON g.id = r.campaign_id
          JOIN cx_campaign_run b ON b.campaign_id = r.campaign_id
           AND b.customer_id = r.customer_id AND b.id < r.id
         WHERE r.customer_id <> ALL(%(merged)s)
           AND (b.ended_at IS NULL AND b.id <> r.id
             OR b.ended_at > r.entered_at - g.cooldown_days * interval '1 day')
    """,
    "calls are not more often than the company allows": """
        SELECT a.id FROM cx_campaign_act a JOIN res_company w ON w.id = a.company_id
         WHERE a.kind = 'activity' AND a.state = 'done' AND w.cx_call_cap > 0
           AND a.customer_id <> ALL(%(merged)s)
           AND (SELECT count(*) FROM cx_campaign_act o WHERE o.customer_id = a.customer_id
                   AND o.kind = 'activity' AND o.state = 'done' AND o.done_at <= a.done_at
                   AND o.done_at > a.done_at - w.cx_call_cap_days * interval '1 day'
               ) > w.cx_call_cap
    """,
    "every mail done was said so by a server, once": """
        SELECT a.id FROM cx_campaign_act a
     LEFT JOIN cx_campaign_attempt t ON t.act_id = a.id AND t.outcome IN ('sent', 'uncertain')
         WHERE a.kind IN ('mail', 'survey') AND a.state IN ('done', 'uncertain')
      GROUP BY a.id HAVING count(t.id) <> 1
    """,
    "every mail done is known to Odoo": """
        SELECT a.id FROM cx_campaign_act a LEFT JOIN mailing_trace t ON t.id = a.trace_id
         WHERE a.kind IN ('mail', 'survey') AND a.state = 'done'
           AND (t.id IS NULL OR t.message_id <> a.message_id OR t.email <> a.email
             OR t.trace_status NOT IN ('sent', 'open', 'reply', 'bounce'))
    """,
}


@dataclass(frozen=True)
class No:
    """What may not be sent, from when until when; empty parts say nothing."""

    why: str
    since: object
    until: object = None
    partner: int = 0
    email: str = ""
    topic: int = 0
    company: int = 0
    campaign: int = 0

    def forbids(self, mail):
        return (self.since <= mail.at and (self.until is None or mail.at < self.until)) and all(
            getattr(self, part) in (0, "", getattr(mail, part))
            for part in ("partner", "email", "topic", "company", "campaign")
        )


def read(header):
    """A header as people read it."""
    return str(make_header(decode_header(header)))


@dataclass
class Purchase:
    partner: int
    company: int
    at: object
    alive: bool = True


@dataclass(frozen=True)
class Mail:
    """One message that the server took, and the act that it belongs to."""

    at: object
    email: str
    act: int
    run: int
    step: int
    campaign: int
    topic: int
    company: int
    partner: int
    subject: str
    signer: str
    message_id: str = field(repr=False, default="")


class Books:
    def __init__(self, case, clock, companies):
        self.case, self.clock, self.env, self.companies = case, clock, case.env, companies
        self.seen = len(case.sink.taken())
        self.mails, self.nos, self.purchases = [], [], []
        self.merged = {}  # contact that is no more: the one it became part of
        self.moved = set()  # customers that were merged
        self.excluded = set()  # (campaign, reason) of all looks
        self.colleagues = set()  # addresses to which Odoo writes by itself
        self.zones = {}  # contact: the name of its time zone, where it is not the company's

    # ----------------------------------------------------------- what happened
    def bought(self, partner, company):
        """A purchase of today; what :meth:`returned` asks for."""
        purchase = Purchase(partner.commercial_partner_id.id, company.id, self.clock.now)
        self.purchases.append(purchase)
        return purchase

    def returned(self, purchase):
        """It is none any more."""
        purchase.alive = False

    def no(self, why, partner=None, days=None, email="", **records):
        """From now on, for so many days, nothing: to this contact, address, about this topic ..."""
        until = days and self.clock.now + timedelta(days=days)
        ids = {name: record.id for name, record in records.items()}
        who = partner.id if partner else 0
        self.nos.append(No(why, self.clock.now, until or None, who, email, **ids))

    def yes(self, why, partner=None, email="", campaign=None):
        """From now on again."""
        who = (why, partner.id if partner else 0, email, campaign.id if campaign else 0)
        self.nos = [
            replace(n, until=self.clock.now)
            if (n.why, n.partner, n.email, n.campaign) == who
            and (n.until is None or n.until > self.clock.now)
            else n
            for n in self.nos
        ]

    def merges(self, source, target):
        """One contact becomes part of another."""
        self.merged[source.id] = target.id

    def root(self, partner_id):
        while partner_id in self.merged:
            partner_id = self.merged[partner_id]
        return partner_id

    # ------------------------------------------------------------- what arrived
    def receive(self):
        """The mails that the server took since the last call: each may have left."""
        entries = self.case.sink.taken(self.seen)
        self.seen += len(entries)
        arrived = [
            self._belonging(entry) for entry in entries if entry["recipient"] not in self.colleagues
        ]
        for mail in arrived:
            self._may_leave(mail)
            self.mails.append(mail)
        return arrived

    def _belonging(self, entry):
        act = self.env["cx.campaign.act"].search([("message_id", "=", entry["message_id"])])
        self.case.assertEqual(len(act), 1, "each mail belongs to one act")
        self.case.assertIn(act.state, ("done", "uncertain"), entry["recipient"])
        self.case.assertEqual(entry["recipient"], act.email)
        self.case.assertEqual(act.done_at, self.clock.now)
        return Mail(
            self.clock.now, act.email, act.id, act.run_id.id, act.step_id.id, act.campaign_id.id,
            act.campaign_id.topic_id.id, act.company_id.id, act.partner_id.id,
            read(entry["headers"]["Subject"]), read(entry["headers"]["From"]), entry["message_id"],
        )  # fmt: skip

    def _may_leave(self, mail):
        case, partner, run = self.case, mail.partner, self.env["cx.campaign.run"].browse(mail.run)
        case.assertEqual([n.why for n in self.nos if n.forbids(mail)], [], mail)
        case.assertNotIn(mail.message_id, [m.message_id for m in self.mails], "sent twice")
        cause = [
            m for m in self.mails
            if m.step == mail.step and self.root(m.partner) == self.root(partner)
            and self.env["cx.campaign.run"].browse(m.run).entry_key == run.entry_key
        ]  # fmt: skip
        case.assertFalse(cause, f"a second time for one cause: {mail}")
        recent = mail.at - timedelta(days=TWIN_DAYS)
        twins = [
            m for m in self.mails
            if (m.step, m.email) == (mail.step, mail.email) and m.at > recent
            and self.root(m.partner) != self.root(partner)
        ]  # fmt: skip
        case.assertFalse(twins, f"twice to one address: {mail}")
        case.assertEqual(run.arm, "treated")
        self._may_leave_now(mail)
        if run.campaign_id.stop_purchase:
            self._no_purchase_since(run, mail)

    def _no_purchase_since(self, run, mail):
        """All orders of a day are one purchase."""
        mine = [
            p for p in self.purchases
            if self.root(p.partner) == self.root(mail.partner) and p.company == mail.company
        ]  # fmt: skip
        known = [p.at.date() for p in mine if p.at <= run.entered_at]
        later = [p for p in mine if p.alive and p.at > run.entered_at and p.at.date() not in known]
        self.case.assertFalse(later, f"bought after the entry: {mail}")

    def _is_service(self, mail):
        """What is no advertising is neither capped nor counted."""
        return self.env["cx.campaign"].browse(mail.campaign).legal_basis == "service"

    def _may_leave_now(self, mail):
        """The cap, and the hour where the customer is."""
        company = self.env["res.company"].browse(mail.company)
        if company.cx_mail_cap and not self._is_service(mail):
            since = mail.at - timedelta(days=company.cx_mail_cap_days)
            had = [
                m for m in self.mails
                if self.root(m.partner) == self.root(mail.partner)
                and m.company == mail.company and m.at > since and not self._is_service(m)
            ]  # fmt: skip
            self.case.assertLess(len(had), company.cx_mail_cap, f"over the cap: {mail}, {had}")
        zone = ZoneInfo(self.zones.get(mail.partner) or company.partner_id.tz or "UTC")
        there = mail.at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        hour = there.hour + there.minute / 60
        quiet, loud = company.cx_quiet_from, company.cx_quiet_to
        if quiet > loud:
            self.case.assertTrue(loud <= hour < quiet, f"at {there} where the customer is: {mail}")

    # ------------------------------------------------------------------ looking
    def look(self, campaigns, work):
        """Let the machine look who enters; what it says is what is there afterwards."""
        running = campaigns.filtered(lambda campaign: campaign.state == "running")
        before = {campaign.id: set(campaign.run_ids.ids) for campaign in campaigns}
        work()
        for campaign in campaigns:
            fresh = campaign.run_ids.filtered(lambda r, c=campaign: r.id not in before[c.id])
            looked = campaign in running and campaign.last_entry_at == self.clock.now
            if not looked:  # paused, or over
                self.case.assertFalse(fresh, campaign.name)
                continue
            self._sums_up(campaign, campaign.last_entry)
            self.case.assertEqual(campaign.last_entry["enter"], len(fresh), campaign.name)
            held_out = fresh.filtered(lambda run: run.arm == "held_out")
            self.case.assertEqual(campaign.last_entry["held_out"], len(held_out), campaign.name)
            self.excluded.update((campaign, reason) for reason in campaign.last_entry["excluded"])
            self.case.assertFalse(campaign.problem)

    def _sums_up(self, campaign, figures):
        excluded = figures["excluded"]
        self.case.assertLessEqual(set(excluded), EXCLUDES)
        self.case.assertEqual(
            figures["audience"], figures["enter"] + sum(excluded.values()), campaign.name
        )
        self.case.assertLessEqual(figures["held_out"], figures["enter"])

    def audiences(self, campaigns):
        """Counted without entering: the same sums."""
        for campaign in campaigns:
            self._sums_up(campaign, campaign._audience())

    # ----------------------------------------------------------------- the books
    def check(self, campaigns):
        """Nothing contradicts anything else."""
        self.env.flush_all()
        values = {"ends": ENDS, "skips": SKIPS, "merged": list(self.moved) or [0]}
        for rule, query in NEVER.items():
            self.env.cr.execute(query, values)
            self.case.assertEqual(self.env.cr.fetchall(), [], f"{self.clock.now}: {rule}")
        self._mails_are_acts()
        self._figures(campaigns)

    def _mails_are_acts(self):
        self.env.cr.execute(
            "SELECT message_id, state FROM cx_campaign_act WHERE kind IN ('mail', 'survey')"
            " AND state IN ('done', 'uncertain') AND company_id = ANY(%s)",
            [self.companies.ids],
        )
        acts = dict(self.env.cr.fetchall())
        sent = {mail.message_id for mail in self.mails}
        self.case.assertLessEqual(sent, set(acts), "every mail is an act")
        lost = {message_id for message_id, state in acts.items() if state == "done"} - sent
        self.case.assertFalse(lost, "every act done is a mail")

    def _figures(self, campaigns):
        """What a campaign shows is what there is, and it adds up."""
        campaigns.invalidate_recordset()
        self.env.cr.execute("SELECT campaign_id, arm, count(*) FROM cx_campaign_run GROUP BY 1, 2")
        runs = {(campaign, arm): count for campaign, arm, count in self.env.cr.fetchall()}
        self.env.cr.execute(
            "SELECT campaign_id, state, count(*) FROM cx_campaign_act GROUP BY 1, 2"
        )
        acts = {(campaign, state): count for campaign, state, count in self.env.cr.fetchall()}
        for campaign in campaigns:
            of = campaign.id
            treated, held_out = runs.get((of, "treated"), 0), runs.get((of, "held_out"), 0)
            self.case.assertEqual(campaign.run_count, treated + held_out, campaign.name)
            self.case.assertEqual(campaign.held_out_count, held_out, campaign.name)
            self.case.assertEqual(
                sum(count for (whose, _state), count in acts.items() if whose == of),
                campaign.done_count + campaign.waiting_count
                + campaign.not_done_count + campaign.uncertain_count,
                campaign.name,
            )  # fmt: skip
            self.case.assertEqual(campaign.done_count, acts.get((of, "done"), 0), campaign.name)

    # -------------------------------------------------------------------- table
    def ended(self, campaign):
        """How many participations ended, by reason."""
        return Counter(run.reason for run in campaign.run_ids if run.reason)

    def not_done(self, campaign):
        """How many acts were not done, by reason."""
        acts = campaign.run_ids.act_ids
        return Counter(act.reason for act in acts if act.state not in ("done", "waiting"))

    def table(self, campaigns):
        """What campaigns did, one paragraph each."""
        said = lambda counts: ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))  # noqa: E731
        return "\n".join(
            f"{campaign.name}, {campaign.company_id.name}\n"
            f"  entered  {campaign.run_count}, of these {campaign.held_out_count} held out\n"
            f"  done     {campaign.done_count}, of these mails"
            f" {sum(mail.campaign == campaign.id for mail in self.mails)}\n"
            f"  not done {said(self.not_done(campaign))}\n"
            f"  ended    {said(self.ended(campaign))}"
            for campaign in campaigns
        )
