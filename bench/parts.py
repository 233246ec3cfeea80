"""What is measured; each part runs in a process of its own, on the database it is given."""

import statistics

from odoo import Command

from bench import floor, generate
from bench.measure import Meter, execute, median, memory, milliseconds, odoo

ROUNDS = 3  # nights of which the median counts
ORDERS = 10  # confirmed one after the other, of which the median counts
READS = 20
# what a night writes on a customer
STORED = (
    "stage_id", "stage_since", "reason", "first_purchase_on", "last_purchase_on",
    "purchase_count", "gap_log_sum", "gap_log_square_sum", "usual_interval",
    "next_purchase_on", "next_purchase_from", "next_purchase_to", "dormant_on", "lost_on",
    "average_purchase", "value_12m", "review_on", "write_date",
)  # fmt: skip


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
