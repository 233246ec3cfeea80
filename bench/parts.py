"""What is measured; each part runs in a process of its own, on the database it is given."""

import statistics

from lxml import etree

from odoo import Command
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.engine import formula, rhythm
from odoo.addons.cx_lifecycle.models.cx_customer import formula_sql

from bench import floor, generate
from bench.measure import Meter, execute, median, memory, milliseconds, odoo

ROUNDS = 3  # nights of which the median counts
ORDERS = 10  # confirmed one after the other, of which the median counts
READS = 20
CALLS = 5  # planned for each rep
# what a night writes on a customer
STORED = (
    "stage_id", "stage_since", "reason", "first_purchase_on", "last_purchase_on",
    "purchase_count", "gap_log_sum", "gap_log_square_sum", "usual_interval",
    "next_purchase_on", "next_purchase_from", "next_purchase_to", "dormant_on", "lost_on",
    "average_purchase", "value_12m", "review_on", "write_date",
)  # fmt: skip


def hire(database, customers):
    """The reps of so many customers; before, for PostgreSQL plans its checks of foreign keys once
    per connection, and would plan those of all customers for a table of a few contacts.
    """
    with odoo(database) as env:
        generate.reps(env, "rep", max(customers // generate.PER_REP, 1))
        env.cr.commit()
    execute(database, "ANALYZE")


def fill(database, customers, orders):
    with odoo(database) as env:
        orders = generate.fill(env, customers, orders)
    execute(database, "VACUUM ANALYZE")
    return orders


def rebuild(database):
    """The pass over everybody on a base without any customer yet, and what it takes by hand."""
    with odoo(database) as env:
        floor.tables(env)
        on = env["cx.customer"]._today(env.company)
        meter = Meter(env)
        with meter:
            floor.aggregate(env, floor.rules(env, on))
        result = {"aggregation": meter.cost}
        env.cr.rollback()

        run = env["cx.run"].create({"company_id": env.company.id, "kind": "rebuild"})
        env.cr.commit()
        before = memory(reset=True)
        with meter:
            run._pass()
        result |= {"addon": meter.cost, "memory": memory() - before, "examined": run.examined}

        with meter:
            floor.rebuild(env, floor.rules(env, on))
        result |= {"floor": meter.cost, "differences": floor.differences(env)}
        env.cr.execute("SELECT count(*) FROM cx_episode")
        [result["episodes"]] = env.cr.fetchone()
    execute(database, "VACUUM ANALYZE")
    return result


def publish(database):
    """Publishing other limits, the same by hand, and the simulation that told it before."""
    with odoo(database) as env:
        env["cx.run"].search([("state", "!=", "done")]).state = "done"
        company, policies = env.company, env["cx.policy"]
        on = env["cx.customer"]._today(company)
        draft = policies._of(company)._draft_from(chance_limit=0.3, rarity_one_in=4.0)
        env.cr.commit()
        meter, costs = Meter(env), []
        for _number in range(ROUNDS + 1):
            with meter:
                answer = draft.simulate({"lost_limit": 0.12})
                env.cr.commit()
            costs.append(meter.cost)
        told = draft.simulate()["moving"]
        floor.tables(env, filled=True)
        before = memory(reset=True)
        with meter:
            run = draft._publish()
            run._pass()
        result = {
            "simulation": _middle(costs[1:]), "simulated": answer["moving"], "told": told,
            "addon": meter.cost, "memory": memory() - before, "changed": run.changed,
        }  # fmt: skip
        known = floor.rules(env, on)
        with meter:
            floor.publish(env, known)
        result |= {"floor": meter.cost, "differences": floor.differences(env)}
    execute(database, "VACUUM ANALYZE")
    return result


def night(database, due):
    """Nights with so many customers due, half of them with reason, and the same rows by hand."""
    addon, bare, changed = [], [], []
    with odoo(database) as env:
        company, policy = env.company, env["cx.policy"]._of(env.company)
        company.cx_calls_per_day = 0  # planning calls is another part
        for number in range(ROUNDS):
            _come_due(env, number * due, due)
            floor.tables(env, filled=True)
            meter = Meter(env)
            run = env["cx.run"].create({"company_id": company.id, "kind": "night"})
            with meter:
                run._night(policy)
            addon.append(meter.cost)
            changed.append(run.changed)
            if run.examined != due:
                raise AssertionError(f"{run.examined} customers looked at, {due} expected")
            _by_hand(env, meter)
            bare.append(meter.cost)
    return {"addon": median(addon), "floor": median(bare), "changed": changed}


def _come_due(env, first, due):
    """Move the purchases of half of them to the past, and let the day of all have come."""
    chosen = "SELECT id FROM res_partner WHERE ref ~ '^B' AND substr(ref, 2)::int"
    last = first + due
    env.cr.execute(
        "UPDATE sale_order SET date_order = date_order - interval '400 days'"
        f" WHERE partner_id IN ({chosen} > {first} AND substr(ref, 2)::int <= {last}"
        " AND substr(ref, 2)::int % 2 = 0)"
    )
    env.cr.execute(
        "UPDATE cx_customer SET review_on = current_date"
        f" WHERE partner_id IN ({chosen} > {first} AND substr(ref, 2)::int <= {last})"
    )
    env.cr.commit()


def _by_hand(env, meter):
    """The UPDATE and the INSERT that leave the floor's tables as the night left the addon's."""
    for name in ("customer", "episode"):
        env.cr.execute(
            f"CREATE TEMPORARY TABLE bench_{name} ON COMMIT DROP AS"
            f" SELECT * FROM cx_{name} EXCEPT SELECT * FROM floor_cx_{name}"
        )
        env.cr.execute(f"ANALYZE bench_{name}")
    changes = ", ".join(f"{name} = b.{name}" for name in STORED)
    with meter:
        env.cr.execute(
            f"UPDATE floor_cx_customer f SET {changes} FROM bench_customer b WHERE b.id = f.id"
        )
        env.cr.execute(
            "UPDATE floor_cx_episode f SET left_on = b.left_on FROM bench_episode b"
            " WHERE b.id = f.id"
        )
        env.cr.execute(
            "INSERT INTO floor_cx_episode SELECT * FROM bench_episode b"
            " WHERE NOT EXISTS (SELECT FROM floor_cx_episode f WHERE f.id = b.id)"
        )
        env.cr.commit()


def event(database):
    """Confirming an order with the addon's hook and without it: {past orders: (with, without)}."""
    result = {}
    with odoo(database, tracking_disable=True) as env:
        product = env["product.product"].create({"name": "Bench", "type": "service"})
        meter = Meter(env)
        for past in generate.EVENT_PURCHASES:
            partner = env["res.partner"].search([("ref", "=", f"E{past}")])
            both = []
            for quiet in (False, True):
                costs = []
                for _number in range(ORDERS + 1):
                    order = env["sale.order"].create(
                        {
                            "partner_id": partner.id,
                            "order_line": [Command.create({"product_id": product.id})],
                        }
                    )
                    env.cr.commit()
                    env.invalidate_all()
                    with meter:
                        order.with_context(cx_no_refresh=quiet).action_confirm()
                        env.cr.commit()
                    costs.append(meter.cost)
                both.append(_middle(costs[1:]))  # the first one fills caches
            result[past] = both
    return result


def _middle(costs):
    """Milliseconds, processor milliseconds and queries: the medians."""
    return {
        "ms": milliseconds(costs),
        "cpu_ms": 1000 * statistics.median(cost.main for cost in costs),
        "queries": sorted({cost.queries for cost in costs}),
    }


def read(database):
    """Reading the contact's form, and a list of customers with all that its widgets show."""
    form = {n: {} for n in ("cx_why", "cx_rhythm", "cx_stage_durations", "cx_stage_since")}
    listed = {"partner_id": {"fields": {"display_name": {}}}, "stage_id": {}, "value_12m": {}}
    widgets = {"why_data": {}, "rhythm_data": {}}
    result = {}
    with odoo(database) as superuser:
        env = superuser(user=superuser.ref("base.user_admin"))
        customers = env["cx.customer"].search([("purchase_count", ">", 0)], limit=80 * READS)
        partners = customers[:: len(customers) // READS].partner_id
        meter = Meter(env)

        def reads(name, sets, fields):
            costs = []
            for records in [sets[0], *sets]:
                env.invalidate_all()
                with meter:
                    records.web_read(fields)
                costs.append(meter.cost)
            result[name] = _middle(costs[1:])

        pages = [customers[start : start + 80] for start in range(0, len(customers), 80)]
        reads("form", list(partners), form)
        reads("form without", list(partners), {"display_name": {}})
        reads("list of 80", pages, listed | widgets)
        reads("list of 80 without", pages, listed)
        reads("list of 1", [page[0] for page in pages], listed | widgets)
    return result


# --------------------------------------------------------------- a rep's list
def reps_list(database):
    """The list that a rep opens in the morning, as the client asks for it, and bare SQL for it."""
    result = {}
    with odoo(database) as superuser:
        rep = superuser["res.users"].search([("login", "=", "rep0")])
        _acquaint(superuser, rep)
        env = superuser(user=rep, context={"lang": "en_US", "tz": "UTC"})
        customers = env["cx.customer"]
        fields = _shown(customers, "cx_lifecycle.view_quiet_list")
        late = _late(rep)
        asked = {
            "order": "warning_strength desc, value_at_risk desc, id",
            "limit": 80,
            "count_limit": 10001,
        }
        meter = Meter(env)

        def measured(name, ask):
            costs = []
            for _number in range(READS + 1):
                env.invalidate_all()
                env.transaction.clear()
                with meter:
                    answer = ask()
                costs.append(meter.cost)
            result[name] = _middle(costs[1:])
            return answer

        page = measured("list", lambda: customers.web_search_read(late, fields, **asked))
        bare = _bare_list(env, rep)
        first = measured("bare", lambda: env.execute_query(bare))
        result["length"], result["rows"] = page["length"], len(page["records"])
        result["same"] = [row["id"] for row in page["records"]] == [row[0] for row in first]
        plain = {name: sub for name, sub in fields.items() if customers._fields[name].store}
        measured("stored columns only", lambda: customers.web_search_read(late, plain, **asked))
        sums = ["__count", "value_at_risk:sum", "value_12m:sum"]
        measured(
            "groups with sums",
            lambda: customers.web_read_group(late, ["stage_id"], sums, limit=80, offset=0),
        )
        result["customers"] = customers.search_count([("user_id", "=", rep.id)])
    return result


def _late(rep):
    """The domain of the filters that the list opens with."""
    return [
        ("user_id", "=", rep.id),
        "|", ("alert", "=", "late"),
        "&", ("stage_id.code", "=", "dormant"), ("stage_since", ">", "today -90d"),
        ("hold_until", "=", False),
        "|", ("snooze_until", "=", False), ("snooze_until", "<=", "today"),
    ]  # fmt: skip


def _shown(model, view):
    """What the client asks for to fill a list: every field in it."""
    arch = model.get_view(model.env.ref(view).id, "list")["arch"]
    names = etree.fromstring(arch).xpath("/list/field/@name")
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].type == "many2one" else {}
        for name in names
    }


def _acquaint(env, rep):
    """People with roles, needs and quotations of the customers whom the rep sees first."""
    partners = env["cx.customer"].search(
        _late(rep), order="warning_strength desc, value_at_risk desc, id", limit=80
    ).partner_id  # fmt: skip
    people = env["res.partner"].create(
        [
            {"name": f"{word} {n}", "parent_id": partner.id, "phone": f"+33 1 {n}"}
            for n, partner in enumerate(partners)
            for word in ("Ann", "Bob")
        ]
    )
    roles = env["cx.buyer.role"].search([])
    needs = env["cx.need"].search([])
    env["cx.seat"].create(
        [
            {"partner_id": person.id, "account_id": person.parent_id.id,
             "role_id": roles[n % len(roles)].id}
            for n, person in enumerate(people)
        ]
    )  # fmt: skip
    env["cx.need.evidence"].create(
        [
            {"partner_id": person.id, "need_id": needs[n % len(needs)].id}
            for n, person in enumerate(people)
        ]
    )
    quoted = env["sale.order"].with_context(cx_no_refresh=True)
    quoted.create([{"partner_id": partner.id, "user_id": rep.id} for partner in partners[::3]])
    env.cr.commit()


def _bare_list(env, rep):
    """The same rows, their number and the value at risk in one SELECT, as written by hand."""
    on = env["cx.customer"]._today(env.company)
    policy = env["cx.policy"].sudo()._of(env.company)
    row, stages = formula.Columns(), env["cx.stage"]._ids_by_code()
    return SQL(
        "SELECT id, count(*) OVER (), round((average_purchase * %s)::numeric, 2) AS risk"
        " FROM (%s) AS curve ORDER BY risk DESC, id LIMIT 80",
        SQL(rhythm.missing(row, formula.Term("silence")).text),
        formula_sql(
            rhythm.CURVE,
            SQL(
                "SELECT c.id, average_purchase, (purchase_count - 1)::float8 AS x,"
                " (last_purchase_on - first_purchase_on)::float8 AS tx, gap_log_sum::float8 AS sl,"
                " gap_log_square_sum::float8 AS sq, (%(on)s - last_purchase_on)::float8 AS silence"
                " FROM cx_customer c JOIN res_partner p ON p.id = c.partner_id"
                " WHERE p.user_id = %(rep)s AND c.company_id = %(company)s AND c.active"
                " AND (c.stage_id = ANY(%(stages)s) AND c.next_purchase_on < %(on)s"
                " OR c.stage_id = %(dormant)s AND c.stage_since > %(on)s - 90)"
                " AND c.hold_until IS NULL AND coalesce(c.snooze_until, %(on)s) <= %(on)s",
                on=on,
                rep=rep.id,
                company=env.company.id,
                stages=[stages["new"], stages["active"]],
                dormant=stages["dormant"],
            ),
            policy._constants(),
        ),
    )


# -------------------------------------------------------------- planned calls
def calls(database, due):
    """Planning the calls of reps with five customers each who are due, and nobody else."""
    with odoo(database, tracking_disable=True) as env:
        customers, on = env["cx.customer"], env["cx.customer"]._today(env.company)
        meter = Meter(env)
        with meter:
            chosen, waiting = customers._calls_due(env.company, on)
        result = {"first": meter.cost, "waiting": _in_all(chosen) + waiting}
        _call_these(env, due)
        env.company.cx_calls_per_day = CALLS
        env.cr.commit()
    execute(database, "VACUUM ANALYZE")
    with odoo(database, tracking_disable=True) as env:
        customers, meter = env["cx.customer"], Meter(env)
        looks = []
        for _number in range(READS):
            with meter:
                chosen, _waiting = customers._calls_due(env.company, on)
            looks.append(meter.cost)
        result |= {"due": _in_all(chosen), "look": median(looks[1:])}
        plans = []
        for _number in range(ROUNDS):
            env.invalidate_all()
            before = _messages(env)
            with meter:
                customers._plan_calls(chosen, env.company, on)
                env.flush_all()
            plans.append(meter.cost)
            result |= {"planned": _in_all(chosen), "messages": _messages(env) - before}
            env.cr.rollback()  # so that nothing is sent
        result["plan"] = median(plans)
    return result


def _in_all(chosen):
    """How many calls are planned in all."""
    return sum(map(len, chosen.values()))


def _call_these(env, due):
    """So many customers are late, of one rep for each five of them; nobody else is."""
    callers = generate.reps(env, "caller", due // CALLS)
    stages = env["cx.stage"]._ids_by_code()
    env.cr.execute(
        "UPDATE cx_customer SET next_purchase_to = current_date + 100 WHERE stage_id = ANY(%s)"
        " AND next_purchase_to <= current_date",
        [[stages["new"], stages["active"]]],
    )
    env.cr.execute(
        "UPDATE cx_customer SET stage_since = stage_since - 100 WHERE stage_id = %s"
        " AND stage_since > current_date - 100",
        [stages["dormant"]],
    )
    env.cr.execute(
        SQL(
            "WITH those AS (SELECT c.id, c.partner_id, row_number() OVER (ORDER BY c.id) AS n"
            " FROM cx_customer c WHERE stage_id = %s ORDER BY c.id LIMIT %s),"
            " owned AS (UPDATE res_partner p SET user_id = %s FROM those t"
            " WHERE p.id = t.partner_id)"
            " UPDATE cx_customer c SET next_purchase_to = current_date - 1, hold_until = NULL"
            " FROM those t WHERE c.id = t.id",
            stages["active"],
            due,
            SQL(generate.one_of(callers, "t.n")),
        )
    )
    env.invalidate_all()


def _messages(env):
    env.cr.execute("SELECT count(*) FROM mail_message WHERE message_type = 'user_notification'")
    return env.cr.fetchone()[0]
