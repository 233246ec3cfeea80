"""What a customer's new values are: one SELECT, from purchases to stage and dates."""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import formula, rhythm
from .cx_customer import formula_sql

# What each rule means for the stage; a hold keeps the stage a person chose.
STAGE_OF = {
    "interested": "suspect",
    "qualified": "prospect",
    "first_purchase": "new",
    "purchase": "active",
    "silence": "dormant",
    "long_silence": "lost",
    "declared": "lost",
}
LEVELS = rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES
# What the verdict needs of statistics and curve, with its PostgreSQL type.
SCORES = {
    "partner_id": "int",
    "purchases": "int",
    "first_on": "date",
    "last_on": "date",
    "sl": "float8",
    "sq": "float8",
    "usual": "float8",
    "value_12m": "numeric",
    "value_drop_on": "date",
    "future_on": "date",
    "expected_days": "float8",
    "expected_from_days": "float8",
    "overdue_days": "float8",
    "dormant_days": "float8",
    "lost_days": "float8",
}


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _verdict(self, company, policy, scope, on, days):
        """SELECT with the customer's new values, for everybody in the scope."""
        staged = self._staged(self._candidates(company, policy, scope, on, days), on)
        return SQL(
            """
            SELECT partner_id, customer_id, partner_active, stage_id, reason,
                   CASE WHEN stage_id = old_stage_id THEN old_since
                        ELSE greatest(old_since, least(%(on)s, CASE reason
                            WHEN 'first_purchase' THEN first_on WHEN 'purchase' THEN last_on
                            WHEN 'silence' THEN dormant_on WHEN 'long_silence' THEN lost_on
                            WHEN 'declared' THEN declared_lost_on ELSE %(on)s END))
                   END AS stage_since,
                   first_on AS first_purchase_on, last_on AS last_purchase_on,
                   coalesce(purchases, 0) AS purchase_count,
                   coalesce(sl, 0) AS gap_log_sum, coalesce(sq, 0) AS gap_log_square_sum,
                   CASE WHEN purchases > 1 THEN usual END AS usual_interval,
                   next_purchase_on, next_purchase_from, next_purchase_to, dormant_on, lost_on,
                   value_12m,
                   least(CASE WHEN dormant_on > %(on)s THEN dormant_on END,
                         CASE WHEN lost_on > %(on)s THEN lost_on END,
                         CASE WHEN held THEN hold_until + 1 END,
                         value_drop_on, future_on) AS review_on,
                   CASE WHEN held THEN hold_stage_id END AS hold_stage_id,
                   CASE WHEN held THEN hold_until END AS hold_until,
                   CASE WHEN held THEN hold_reason END AS hold_reason,
                   CASE WHEN held THEN hold_user_id END AS hold_user_id,
                   CASE WHEN rule = 'declared' THEN declared_lost_on END AS declared_lost_on,
                   CASE WHEN rule = 'declared' THEN declared_lost_reason END
                       AS declared_lost_reason,
                   false AS due, NULL::varchar AS error, NULL::timestamp AS error_on
              FROM (%(staged)s) AS staged
            """,
            on=on,
            staged=staged,
        )

    def _staged(self, candidates, on):
        """SELECT of the candidates with rule, reason and stage: what decides, in this order.

        A person's hold, a declared loss, silence, purchases, and what is known besides. Holds
        and declared losses count until the customer buys again.
        """
        stages = self.env["cx.stage"]._ids_by_code()
        stage = SQL(" ").join(
            SQL("WHEN %s THEN %s", reason, stages[code]) for reason, code in STAGE_OF.items()
        )
        decided = SQL(
            """
            SELECT *, hold_until >= %(on)s AND bought_again IS NOT TRUE AS held,
                   CASE WHEN declared_lost_on IS NOT NULL AND NOT coalesce(
                            bought_again AND last_on >= declared_lost_on, false) THEN 'declared'
                        WHEN lost_on <= %(on)s THEN 'long_silence'
                        WHEN dormant_on <= %(on)s THEN 'silence'
                        WHEN purchases = 1 THEN 'first_purchase'
                        WHEN purchases > 1 THEN 'purchase'
                        WHEN prospect THEN 'qualified'
                        WHEN suspect THEN 'interested' END AS rule
              FROM (%(candidates)s) AS candidates
            """,
            on=on,
            candidates=candidates,
        )
        return SQL(
            """
            SELECT *, CASE WHEN held THEN 'hold' ELSE rule END AS reason,
                   CASE WHEN held THEN hold_stage_id ELSE CASE rule %(stage)s END END AS stage_id
              FROM (%(decided)s) AS decided
             WHERE customer_id IS NOT NULL OR rule IS NOT NULL
            """,
            stage=stage,
            decided=decided,
        )

    def _candidates(self, company, policy, scope, on, days):
        """SELECT of everybody in the scope: what is stored, what was bought, what is expected."""
        return SQL(
            """
            SELECT p.id AS partner_id, p.active AS partner_active, c.id AS customer_id,
                   c.stage_id AS old_stage_id, c.stage_since AS old_since,
                   c.hold_stage_id, c.hold_until, c.hold_reason, c.hold_user_id,
                   c.declared_lost_on, c.declared_lost_reason,
                   s.last_on > coalesce(c.last_purchase_on, '-infinity') AS bought_again,
                   p.id IN (%(prospects)s) AS prospect, p.id IN (%(suspects)s) AS suspect,
                   s.purchases, s.first_on, s.last_on, s.sl, s.sq, s.usual,
                   coalesce(s.value_12m, 0) AS value_12m, s.value_drop_on, s.future_on,
                   s.last_on + s.expected_days::int AS next_purchase_on,
                   s.last_on + s.expected_from_days::int AS next_purchase_from,
                   s.last_on + s.overdue_days::int AS next_purchase_to,
                   CASE WHEN s.dormant_days < %(never)s THEN s.last_on + s.dormant_days::int END
                       AS dormant_on,
                   CASE WHEN s.lost_days < %(never)s THEN greatest(
                       s.last_on + s.lost_days::int,
                       least(%(history_from)s, s.first_on) + %(history)s) END AS lost_on
              FROM res_partner p
         LEFT JOIN cx_customer c ON c.partner_id = p.id AND c.company_id = %(company)s
         LEFT JOIN (%(scores)s) AS s ON s.partner_id = p.id
             WHERE %(scope)s AND (p.commercial_partner_id = p.id OR c.id IS NOT NULL)
            OFFSET 0 -- or the look for prospects is copied wherever it is mentioned
            """,
            prospects=self._prospects(company, policy, scope),
            suspects=self._suspects(company, policy, scope),
            never=rhythm.NEVER,
            history_from=policy.history_from or None,
            history=policy.history_days,
            company=company.id,
            scores=self._scores(policy, on, days, scope.few),
            scope=scope(SQL("p.id")),
        )

    def _scores(self, policy, on, days, few):
        """SELECT of statistics, curve and days of change, per partner who ever bought.

        :param few: compute the formula here rather than in the database
        """
        statistics = SQL(
            """
            SELECT partner_id,
                   (count(*) FILTER (WHERE bought))::int AS purchases,
                   greatest(count(*) FILTER (WHERE bought) - 1, 0)::float8 AS x,
                   coalesce(max(day) FILTER (WHERE bought) - min(day) FILTER (WHERE bought), 0
                       )::float8 AS tx,
                   coalesce(sum(ln_gap) FILTER (WHERE bought), 0) AS sl,
                   coalesce(sum(ln_gap * ln_gap) FILTER (WHERE bought), 0) AS sq,
                   min(day) FILTER (WHERE bought) AS first_on,
                   max(day) FILTER (WHERE bought) AS last_on,
                   sum(amount) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s) AS value_12m,
                   greatest((min(day) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s)
                                 + interval '1 year')::date,
                            max(%(on)s + 1) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s)
                       ) AS value_drop_on,
                   min(day) FILTER (WHERE day > %(on)s) AS future_on
              FROM (%(gaps)s) AS gaps GROUP BY partner_id
            """,
            on=on,
            year_ago=fields.Date.subtract(on, years=1),
            gaps=self._gaps(on, days),
        )
        if few:
            return self._scores_of_few(policy, self.env.execute_query_dict(statistics))
        source = SQL(
            "SELECT statistics.*, %s::float8 AS until, %s FROM (%s) AS statistics",
            rhythm.NEVER, policy._columns(), statistics,
        )  # fmt: skip
        return formula_sql(LEVELS, source)

    def _scores_of_few(self, policy, statistics):
        """The same SELECT, from the formula on numbers."""
        rows = []
        for row in statistics:
            inputs = {name: row[name] for name in ("x", "tx", "sl", "sq")}
            curve = formula.compute(LEVELS, **inputs, **policy._numbers(), until=rhythm.NEVER)
            rows.append(vars(curve) | row)
        columns = [
            SQL("%s::%s[]", [row[name] for row in rows], SQL(kind)) for name, kind in SCORES.items()
        ]
        return SQL(
            "SELECT * FROM unnest(%s) AS s (%s)",
            SQL(", ").join(columns),
            SQL(", ").join(map(SQL.identifier, SCORES)),
        )

    def _gaps(self, on, days):
        """SELECT of days, whether the customer bought, and ln of the days since the time before."""
        return SQL(
            """
            SELECT partner_id, day, amount, bought, ln((day - lag(day) OVER (
                       PARTITION BY partner_id, bought ORDER BY day))::float8) AS ln_gap
              FROM (SELECT *, amount > 0 AND day <= %s AS bought FROM (%s) AS d) AS days
            """,
            on,
            days,
        )

    def _prospects(self, company, policy, scope):
        """SELECT of commercial partners that are qualified."""
        ours = Domain("company_id", "in", [False, company.id])
        opportunity = Domain("type", "=", "opportunity") & Domain("won_status", "=", "pending")
        leads = ours & opportunity & Domain("active", "=", True)
        quotations = ours & Domain("state", "in", ["draft", "sent"])
        found = [
            self._commercial_of("crm.lead", scope, leads),
            self._commercial_of("sale.order", scope, quotations),
        ]
        if policy.prospect_domain:
            found.append(
                self._commercial_of("res.partner", scope, policy._domain("prospect_domain"), None)
            )
        return SQL(" UNION ").join(found)

    def _suspects(self, company, policy, scope):
        """SELECT of commercial partners that may become customers."""
        domain = (
            policy._domain("customer_domain")
            # no company of ours is a customer of another
            & Domain("id", "not in", SQL("(SELECT partner_id FROM res_company)"))
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, company.id])
        )
        return self._commercial_of("res.partner", scope, domain, None)

    def _commercial_of(self, model, scope, domain, link="partner_id"):
        """SELECT of the commercial partners, in the scope, that some records lead to."""
        Model = self.env[model].sudo()  # sudo: the policy is the company's, not the user's
        query = Model._search(domain, active_test=False, bypass_access=True)
        alias, comodel = query.table, Model
        if link:
            comodel, alias = Model._fields[link].join(Model, alias, query)
        partner = comodel._field_to_sql(alias, "commercial_partner_id", query)
        query.add_where(scope(partner))
        return query.select(partner)
