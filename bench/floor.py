"""The least that the same work costs: bare SQL for it, written plainly, as one would by hand.

It reads the same orders and writes the same rows into tables of the same shape, with the
same indexes, defaults and foreign keys. It knows one company, one currency and one source,
no holds, no prospects, no lots and no second run, and takes the rules as constants.
"""

import re

from odoo.tools import SQL

from odoo.addons.cx_lifecycle.engine import rhythm
from odoo.addons.cx_lifecycle.models.cx_customer import formula_sql

TABLES = ("res_partner", "cx_customer", "cx_episode")
DAYS = """
    SELECT p.commercial_partner_id AS partner_id, o.date_order::date AS day,
           sum(o.amount_untaxed) AS amount
      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
     WHERE o.state = 'sale' AND o.company_id = %(company)s GROUP BY 1, 2
"""
GAPS = """
    SELECT *, ln((day - lag(day) OVER (PARTITION BY partner_id ORDER BY day))::float8) AS ln_gap
      FROM bench_day WHERE amount > 0 AND day <= %(on)s
"""
STATISTICS = """
    SELECT partner_id, count(*)::int AS purchases, (count(*) - 1)::float8 AS x,
           (max(day) - min(day))::float8 AS tx, coalesce(sum(ln_gap), 0) AS sl,
           coalesce(sum(ln_gap * ln_gap), 0) AS sq, min(day) AS first_on, max(day) AS last_on,
           coalesce(sum(amount) FILTER (WHERE day > %(year_ago)s), 0) AS value_12m,
           min(day) FILTER (WHERE day > %(year_ago)s) AS drop_on, avg(amount) AS average_purchase
      FROM bench_gap GROUP BY partner_id
"""
VERDICT = """
    SELECT *, CASE WHEN lost_on <= %(on)s THEN 'long_silence'
                   WHEN dormant_on <= %(on)s THEN 'silence'
                   WHEN purchases = 1 THEN 'first_purchase' ELSE 'purchase' END AS reason
      FROM (SELECT *, last_on + dormant_days::int AS dormant_on,
                   greatest(last_on + lost_days::int, %(history)s) AS lost_on
              FROM (SELECT partner_id, purchases, tx, sl, sq, first_on, last_on, average_purchase,
                           value_12m, drop_on, usual, yearly, expected_days, expected_from_days,
                           overdue_days,
                           CASE WHEN drop_on IS NOT NULL THEN greatest(
                               (drop_on + interval '1 year')::date, %(on)s + 1) END AS falls_on,
                           nullif(dormant_days, %(never)s) AS dormant_days,
                           nullif(lost_days, %(never)s) AS lost_days
                      FROM (%(scores)s) s) d) v
"""
CUSTOMERS = """
    INSERT INTO floor_cx_customer (
           partner_id, company_id, currency_id, active, stage_id, stage_since, reason,
           first_purchase_on, last_purchase_on, purchase_count, gap_log_sum, gap_log_square_sum,
           usual_interval, next_purchase_on, next_purchase_from, next_purchase_to,
           dormant_on, lost_on, average_purchase, worth, value_12m, value_review_on, review_on,
           due, create_date, write_date, create_uid, write_uid)
    SELECT partner_id, %(company)s, %(currency)s, true,
           CASE v.reason WHEN 'long_silence' THEN %(lost)s WHEN 'silence' THEN %(dormant)s
                       WHEN 'purchase' THEN %(active)s ELSE %(new)s END,
           e.entered_on, v.reason, first_on, last_on, purchases, sl, sq,
           CASE WHEN purchases > 1 THEN v.usual END, last_on + expected_days::int,
           last_on + expected_from_days::int, last_on + overdue_days::int, dormant_on, lost_on,
           v.average_purchase, round((v.average_purchase * v.yearly)::numeric, 2), value_12m,
           falls_on,
           least(CASE WHEN dormant_on > %(on)s THEN dormant_on END,
                 CASE WHEN lost_on > %(on)s THEN lost_on END, falls_on),
           false, now(), now(), 1, 1
      FROM bench_verdict v LEFT JOIN bench_stay e USING (partner_id) WHERE e.left_on IS NULL
"""
POINTERS = """
    UPDATE floor_res_partner p SET cx_customer_id = jsonb_build_object(%(company)s::text, c.id)
      FROM floor_cx_customer c WHERE c.partner_id = p.id
"""
PURCHASES = """
    SELECT partner_id, day, (row_number() OVER w - 1)::float8 AS x,
           (day - first_value(day) OVER w)::float8 AS tx, coalesce(sum(ln_gap) OVER w, 0) AS sl,
           coalesce(sum(ln_gap * ln_gap) OVER w, 0) AS sq,
           avg(amount) OVER w AS average_purchase,
           (coalesce(lead(day) OVER w - 1, %(on)s) - day)::float8 AS until, %(columns)s
      FROM bench_gap WINDOW w AS (PARTITION BY partner_id ORDER BY day)
"""
STAYS = """
    SELECT *, lead(entered_on) OVER (PARTITION BY partner_id ORDER BY entered_on, turn) AS left_on
      FROM (SELECT *, lag(stage_id) OVER (PARTITION BY partner_id ORDER BY entered_on, turn) AS came
              FROM (SELECT partner_id, day AS entered_on, 1 AS turn, x, usual, day AS last,
                           average_purchase, yearly,
                           CASE x WHEN 0 THEN 'first_purchase' ELSE 'purchase' END AS reason,
                           CASE x WHEN 0 THEN %(new)s ELSE %(active)s END AS stage_id
                      FROM bench_purchase
                     UNION ALL
                    SELECT partner_id, day + dormant_days::int, 2, x, usual, day,
                           average_purchase, yearly, 'silence', %(dormant)s
                      FROM bench_silent WHERE dormant_days <= until
                     UNION ALL
                    SELECT partner_id, lost_on, 3, x, usual, day, average_purchase, yearly,
                           'long_silence', %(lost)s
                      FROM (SELECT *, greatest(day + lost_days::int, %(history)s) AS lost_on
                              FROM bench_silent WHERE lost_days <= until) l
                     WHERE lost_on - day <= until) e) s
     WHERE came IS DISTINCT FROM stage_id
"""
EPISODES = """
    INSERT INTO floor_cx_episode (customer_id, company_id, currency_id, policy_id, stage_id,
           previous_stage_id, entered_on, left_on, reason, figures, worth, rebuilt, silent,
           create_date)
    SELECT c.id, %(company)s, %(currency)s, %(policy)s, s.stage_id, came, entered_on, left_on,
           s.reason, jsonb_strip_nulls(jsonb_build_object(
               'purchases', x + 1, 'last', last, 'silence', entered_on - last,
               'usual', CASE WHEN x > 0 THEN round(usual::numeric, 1) END)),
           round((s.average_purchase * yearly)::numeric, 2), true, false, now()
      FROM bench_stay s JOIN floor_cx_customer c USING (partner_id)
"""
STAGE = """
    CASE v.reason WHEN 'long_silence' THEN %(lost)s WHEN 'silence' THEN %(dormant)s
                  WHEN 'purchase' THEN %(active)s ELSE %(new)s END
"""
MOVES = f"""
    UPDATE floor_cx_customer c
       SET stage_id = {STAGE}, reason = v.reason,
           stage_since = CASE WHEN c.stage_id = {STAGE} THEN c.stage_since ELSE %(on)s END,
           next_purchase_to = last_on + overdue_days::int,
           dormant_on = v.dormant_on, lost_on = v.lost_on,
           review_on = least(CASE WHEN v.dormant_on > %(on)s THEN v.dormant_on END,
                             CASE WHEN v.lost_on > %(on)s THEN v.lost_on END, falls_on),
           write_date = now()
      FROM bench_verdict v
     WHERE v.partner_id = c.partner_id
       AND (c.reason, c.next_purchase_to, c.dormant_on, c.lost_on) IS DISTINCT FROM
           (v.reason, last_on + overdue_days::int, v.dormant_on, v.lost_on)
"""
LEAVE = """
    UPDATE floor_cx_episode e SET left_on = %(on)s FROM floor_cx_customer c
     WHERE e.customer_id = c.id AND e.left_on IS NULL AND e.stage_id <> c.stage_id
"""
ENTER = """
    INSERT INTO floor_cx_episode (customer_id, company_id, currency_id, policy_id, stage_id,
           previous_stage_id, entered_on, reason, figures, worth, rebuilt, silent, create_date)
    SELECT c.id, %(company)s, %(currency)s, %(policy)s, c.stage_id, e.stage_id, %(on)s, c.reason,
           jsonb_strip_nulls(jsonb_build_object(
               'purchases', c.purchase_count, 'last', c.last_purchase_on,
               'usual', round(c.usual_interval::numeric, 1),
               'silence', %(on)s - c.last_purchase_on, 'value', c.value_12m)),
           c.worth, false, true, now()
      FROM floor_cx_customer c
      JOIN LATERAL (SELECT stage_id, left_on FROM floor_cx_episode l WHERE l.customer_id = c.id
                  ORDER BY entered_on DESC, id DESC LIMIT 1) AS e ON e.left_on = %(on)s
     WHERE e.stage_id <> c.stage_id
"""
# What must be the same in the addon's tables and in the floor's, as text.
WRITTEN = """
    SELECT (partner_id, stage_id, stage_since, reason, first_purchase_on, last_purchase_on,
            purchase_count, next_purchase_on, next_purchase_from, next_purchase_to, dormant_on,
            lost_on, review_on, round(average_purchase, 2), worth, round(value_12m, 2),
            round(usual_interval, 6))::text AS written
      FROM {prefix}cx_customer WHERE purchase_count > 0
     UNION ALL
    SELECT (c.partner_id, e.stage_id, e.previous_stage_id, e.entered_on, e.left_on, e.reason,
            e.worth)::text
      FROM {prefix}cx_episode e JOIN {prefix}cx_customer c ON c.id = e.customer_id
     WHERE purchase_count > 0
"""


def tables(env, filled=False, names=TABLES):
    """Make the tables that the floor writes: empty but for the partners, or filled."""
    for name in names:
        copy = f"floor_{name}"
        env.cr.execute(f"DROP TABLE IF EXISTS {copy} CASCADE")
        env.cr.execute(f"CREATE TABLE {copy} (LIKE {name} INCLUDING ALL)")
        if filled or name == "res_partner":
            env.cr.execute(f"INSERT INTO {copy} SELECT * FROM {name}")
        if not filled and name == "res_partner":
            env.cr.execute(f"UPDATE {copy} SET cx_customer_id = NULL")
    for name in names:
        env.cr.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass", (name,),
        )  # fmt: skip
        ours = "|".join(names)
        for (definition,) in env.cr.fetchall():
            to_copies = re.sub(rf"REFERENCES ({ours})\(", r"REFERENCES floor_\1(", definition)
            env.cr.execute(f"ALTER TABLE floor_{name} ADD {to_copies}")
    if filled:
        env.cr.execute("ANALYZE " + ", ".join(f"floor_{name}" for name in names))
    env.cr.commit()


def rules(env, on):
    """What the statements are given: the day, the stages and the policy's numbers."""
    company, policy = env.company, env["cx.policy"]._of(env.company)
    return {
        **env["cx.stage"]._ids_by_code(),
        "on": on,
        "year_ago": on.replace(year=on.year - 1) if (on.month, on.day) != (2, 29) else on,
        "company": company.id,
        "currency": company.currency_id.id,
        "never": rhythm.NEVER,
        "policy": policy.id,
        "columns": SQL(", ").join(
            SQL("%s::float8 AS %s", float(value), SQL.identifier(name))
            for name, value in policy._numbers().items()
        ),
        "history": SQL("%s::date + %s", policy.history_from, policy.history_days),
    }


def _table(env, name, select, known):
    env.cr.execute(SQL(f"CREATE TEMPORARY TABLE {name} AS {select}", **known))
    env.cr.execute(f"ANALYZE {name}")


def aggregate(env, known):
    """The purchases per customer and day, and the statistics of each customer."""
    for name in ("day", "gap", "statistics"):
        env.cr.execute(f"DROP TABLE IF EXISTS bench_{name}")
    _table(env, "bench_day", DAYS, known)
    _table(env, "bench_gap", GAPS, known)
    _table(env, "bench_statistics", STATISTICS, known)


LEVELS = rhythm.CURVE + rhythm.EXPECTED


def score(env, known):
    """Stage and days of change of each customer."""
    env.cr.execute("DROP TABLE IF EXISTS bench_verdict")
    source = SQL(
        "SELECT s.*, %s::float8 AS until, %s FROM bench_statistics s",
        rhythm.NEVER,
        known["columns"],
    )
    scores = formula_sql(LEVELS + rhythm.CHANGES, source)
    _table(env, "bench_verdict", VERDICT, known | {"scores": scores})


def publish(env, known):
    """Aggregate, score, update the customers that changed, close and open episodes."""
    aggregate(env, known)
    score(env, known)
    for statement in (MOVES, LEAVE, ENTER):
        env.cr.execute(SQL(statement, **known))
    env.cr.commit()


def rebuild(env, known):
    """Aggregate, score, and write customers, pointers and episodes."""
    aggregate(env, known)
    score(env, known)
    levels = LEVELS
    curve = formula_sql(levels, SQL(PURCHASES, **known))
    _table(env, "bench_purchase", "%(curve)s", {"curve": curve})
    silent = formula_sql(
        rhythm.CHANGES, SQL("SELECT * FROM bench_purchase WHERE until >= overdue_days")
    )
    _table(env, "bench_silent", "%(silent)s", {"silent": silent})
    _table(env, "bench_stay", STAYS, known)
    env.cr.execute(SQL(CUSTOMERS, **known))
    env.cr.execute("ANALYZE floor_cx_customer")
    env.cr.execute(SQL(POINTERS, **known))
    env.cr.execute(SQL(EPISODES, **known))
    env.cr.commit()


def differences(env):
    """Rows that the addon wrote and the floor did not, or the reverse."""
    addon, bare = (WRITTEN.format(prefix=prefix) for prefix in ("", "floor_"))
    env.cr.execute(
        "SELECT count(*), min(written) FROM ("
        f"(({addon}) EXCEPT ALL ({bare})) UNION ALL (({bare}) EXCEPT ALL ({addon}))) AS d"
    )
    return env.cr.fetchone()
