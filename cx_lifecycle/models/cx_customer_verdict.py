"""What a customer's new values are: one SELECT, from purchases to stage and dates."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import rhythm
from . import cx_policy_domain as domains

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


def _choice(number, values):
    """SQL of the value of which ``number``, from 1, is the place; NULL for 0."""
    if not values:
        return SQL("NULL::int")
    cases = SQL(" ").join(
        SQL("WHEN %s THEN %s::int", i, value or None) for i, value in enumerate(values, 1)
    )
    return SQL("CASE %s %s END", SQL(number), cases)


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _verdict(self, company, policy, scope, on, statistics):
        """SELECT with the customer's new values, for everybody in the scope.

        :param statistics: SELECT of :meth:`_statistics` or :meth:`_stored_statistics`
        While a publication or refit is being carried out, a move that the rules before would not
        have made is one of the rules: it begins today, and is marked.
        """
        staged = SQL(
            "SELECT *, %s AND stage_id IS DISTINCT FROM old_stage_id AND customer_id IS NOT NULL"
            " AND CASE reason WHEN 'silence' THEN old_dormant_on <= %s IS NOT TRUE"
            " WHEN 'long_silence' THEN old_lost_on <= %s IS NOT TRUE"
            " WHEN 'declared' THEN false WHEN 'hold' THEN false"
            " ELSE bought_again IS NOT TRUE END AS by_rules FROM (%s) AS s",
            bool(policy.pending_moves), on, on,
            self._staged(company, policy, scope, on, statistics),
        )  # fmt: skip
        return SQL(
            """
            SELECT partner_id, customer_id, partner_active, pointed, stage_id, reason,
                   CASE WHEN objected THEN NULL WHEN stage_id = old_stage_id THEN old_since
                        WHEN by_rules THEN greatest(old_since, %(on)s)
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
                   average_purchase, worth, value_12m, value_review_on, segment_id, rule_id,
                   CASE WHEN stage_id = old_stage_id THEN old_by_rules ELSE by_rules END
                       AS moved_by_rules,
                   least(CASE WHEN dormant_on > %(on)s THEN dormant_on END,
                         CASE WHEN lost_on > %(on)s THEN lost_on END,
                         CASE WHEN held THEN hold_until + 1 END,
                         value_review_on) AS review_on,
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

    def _staged(self, company, policy, scope, on, statistics):
        """SELECT of everybody in the scope with rule, reason and stage: what decides, in order.

        A person's hold, a declared loss, the company's own rules, silence, purchases, and what
        is known besides. Holds and declared losses count until the customer buys again, and so
        does a dormancy or loss by a rule that fits no more.
        """
        candidates = self._candidates(company, policy, scope, on, statistics)
        rules = policy.rule_ids._in_order()
        stages = self.env["cx.stage"]._ids_by_code()
        stage = SQL(" ").join(
            SQL("WHEN %s THEN %s", reason, stages[code]) for reason, code in STAGE_OF.items()
        )
        decided = SQL(
            """
            SELECT *, hold_until >= %(on)s AND bought_again IS NOT TRUE AND NOT objected
                       AS held,
                   CASE WHEN objected THEN NULL -- to profiling: nothing is decided
                        WHEN declared_lost_on IS NOT NULL AND NOT coalesce(
                            bought_again AND last_on >= declared_lost_on, false) THEN 'declared'
                        WHEN own_rule > 0 THEN 'rule'
                        WHEN lost_on <= %(on)s THEN 'long_silence'
                        WHEN kept_code = 'lost' THEN 'kept'
                        WHEN dormant_on <= %(on)s THEN 'silence'
                        WHEN kept_code = 'dormant' THEN 'kept'
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
            SELECT *, CASE WHEN held THEN 'hold' WHEN rule = 'kept' THEN 'rule' ELSE rule END
                       AS reason,
                   CASE WHEN held THEN hold_stage_id WHEN rule = 'kept' THEN old_stage_id
                        WHEN rule = 'rule' THEN %(own_stage)s ELSE CASE rule %(stage)s END
                    END AS stage_id,
                   CASE WHEN held THEN NULL WHEN rule = 'kept' THEN old_rule_id
                        WHEN rule = 'rule' THEN %(own_rule)s END AS rule_id,
                   %(segment)s AS segment_id
              FROM (%(decided)s) AS decided
             WHERE customer_id IS NOT NULL OR rule IS NOT NULL
            """,
            stage=stage,
            own_stage=_choice("own_rule", [rule.stage_id.id for rule in rules]),
            own_rule=_choice("own_rule", [rule._origin.id for rule in rules]),
            segment=_choice(
                "segment", [part._origin.id for part in policy.segment_ids._in_order()]
            ),
            decided=decided,
        )

    def _candidates(self, company, policy, scope, on, statistics):
        """SELECT of everybody in the scope: what is stored, what was bought, what is expected."""
        return SQL(
            """
            SELECT p.id AS partner_id, p.active AS partner_active, c.id AS customer_id,
                   p.cx_no_profiling_since IS NOT NULL AS objected,
                   (p.cx_customer_id -> %(key)s::text) IS NOT NULL AS pointed,
                   c.stage_id AS old_stage_id, c.stage_since AS old_since,
                   c.hold_stage_id, c.hold_until, c.hold_reason, c.hold_user_id,
                   c.declared_lost_on, c.declared_lost_reason,
                   c.dormant_on AS old_dormant_on, c.lost_on AS old_lost_on,
                   c.moved_by_rules AS old_by_rules, c.rule_id AS old_rule_id,
                   %(kept)s AS kept_code, %(own_rule)s AS own_rule,
                   s.last_on > coalesce(c.last_purchase_on, '-infinity') AS bought_again,
                   p.id IN (%(prospects)s) AS prospect, p.id IN (%(suspects)s) AS suspect,
                   s.purchases, s.first_on, s.last_on, s.sl, s.sq, s.usual, s.segment,
                   s.average_purchase, round((s.average_purchase * s.yearly)::numeric, 2) AS worth,
                   coalesce(s.value_12m, 0) AS value_12m,
                   s.value_review_on,
                   %(expected)s AS next_purchase_on, %(expected_from)s AS next_purchase_from,
                   %(overdue)s AS next_purchase_to, %(dormant)s AS dormant_on,
                   %(lost)s AS lost_on
              FROM res_partner p
         LEFT JOIN cx_customer c ON c.partner_id = p.id AND c.company_id = %(company)s
         LEFT JOIN (%(scores)s) AS s
                ON s.partner_id = p.id AND p.cx_no_profiling_since IS NULL
             WHERE %(scope)s AND (p.commercial_partner_id = p.id OR c.id IS NOT NULL)
            OFFSET 0 -- or the look for prospects is copied wherever it is mentioned
            """,
            prospects=self._prospects(company, policy, scope),
            suspects=self._suspects(company, policy, scope),
            company=company.id,
            key=str(company.id),
            scores=self._scores(policy, statistics, scope),
            scope=scope(SQL("p.id")),
            kept=self._kept(policy),
            own_rule=self._own_rule(
                policy, scope, on, SQL("p.id"), SQL("c.id"), SQL("s.last_on"),
                SQL("s.purchases"), SQL("s.value_12m"),
            ),
            **self._days_of_change(policy),
        )  # fmt: skip

    def _days_of_change(self, policy):
        """SQL of the days that the scores ``s`` lead to, by silence alone; NULL for never."""
        last_on = SQL("s.last_on")
        after = {
            name: policy._day_after(last_on, SQL("s.%s", SQL.identifier(f"{name}_days")))
            for name in ("expected", "expected_from", "overdue", "dormant", "lost")
        }
        # nobody is lost before the company's purchases span so many days
        after["lost"] = SQL(
            "greatest(%s, CASE WHEN s.lost_days < %s AND s.purchases > 0"
            " THEN least(%s, s.first_on) + %s END)",
            after["lost"], rhythm.NEVER, policy.history_from or None, policy.history_days,
        )  # fmt: skip
        return after

    def _kept(self, policy):
        """SQL of the stage code by a rule of this policy that lasts until the next purchase."""
        if not policy.rule_ids:
            return SQL("NULL::text")
        stages = self.env["cx.stage"]._ids_by_code()
        return SQL(
            "CASE WHEN (SELECT lineage FROM cx_policy_rule r WHERE r.id = c.rule_id) = ANY(%s)"
            " AND s.last_on > coalesce(c.last_purchase_on,"
            " '-infinity') IS NOT TRUE THEN CASE c.stage_id WHEN %s THEN 'dormant'"
            " WHEN %s THEN 'lost' END END",
            policy.rule_ids.mapped("lineage"), stages["dormant"], stages["lost"],
        )  # fmt: skip

    def _own_rule(self, policy, scope, on, *columns):
        """SQL of the number, from 1, of the first rule of the company's own that fits; 0: none."""
        if not policy.rule_ids:
            return SQL("0")
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", rule._fits(on, scope, *columns), number)
            for number, rule in enumerate(policy.rule_ids._in_order(), 1)
        )
        return SQL("CASE %s ELSE 0 END", cases)

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
            qualified = domains.parsed(policy.prospect_domain)
            found.append(self._commercial_among(policy, scope, qualified))
        return SQL(" UNION ").join(found)

    def _suspects(self, company, policy, scope):
        """SELECT of commercial partners that may become customers."""
        domain = (
            domains.parsed(policy.customer_domain)
            # no company of ours is a customer of another
            & Domain("id", "not in", SQL("(SELECT partner_id FROM res_company)"))
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, company.id])
        )
        return self._commercial_among(policy, scope, domain)

    def _commercial_among(self, policy, scope, domain):
        """SELECT of the commercial partners, in the scope, of contacts in a policy's condition."""
        query = domains.as_author(policy, "res.partner")._search(domain)
        partner = SQL.identifier(query.table, "commercial_partner_id")
        query.add_where(scope(partner))
        return query.select(partner)

    def _commercial_of(self, model, scope, domain):
        """SELECT of the commercial partners, in the scope, that some documents lead to."""
        # sudo: open opportunities and quotations qualify, whoever may see them
        Model = self.env[model].sudo()
        query = Model._search(domain, active_test=False, bypass_access=True)
        comodel, alias = Model._fields["partner_id"].join(Model, query.table, query)
        partner = comodel._field_to_sql(alias, "commercial_partner_id", query)
        query.add_where(scope(partner))
        return query.select(partner)
