"""Two workers, real commits: nobody waits, nobody is done twice, nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from model.common import TODAY
from scenario.live import buy, environment

from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_customer_refresh


@pytest.fixture
def customers(registry):
    """Six customers, all due."""
    with registry.cursor() as cr:
        env = environment(cr)
        partners = env["res.partner"].create([{"name": f"P{n}"} for n in range(6)])
        for partner in partners:
            buy(env, partner, 30, 20)
        found = env["cx.customer"].search([("partner_id", "in", partners.ids)])
        env.flush_all()
        cr.execute("UPDATE cx_customer SET due = false")
        cr.execute("UPDATE cx_customer SET due = true WHERE id = ANY(%s)", [found.ids])
    return found.ids


def due(registry, ids):
    with registry.cursor() as cr:
        cr.execute("SELECT id FROM cx_customer WHERE due AND id = ANY(%s) ORDER BY id", [ids])
        return [row[0] for row in cr.fetchall()]


def night(registry):
    with registry.cursor() as cr:
        env = environment(cr)
        run = env["cx.run"].create({"company_id": env.company.id, "kind": "night"})
        run._due(env.company, TODAY)
        return run.examined


def test_rows_another_worker_holds_are_left_to_it(registry, customers):
    with registry.cursor() as other:
        other.execute("SELECT id FROM cx_customer WHERE id = %s FOR UPDATE", [customers[2]])
        assert night(registry) == 5
        other.rollback()
    assert due(registry, customers) == [customers[2]]
    assert night(registry) == 1
    assert not due(registry, customers)


def test_two_nights_at_once_share_the_work(registry, customers):
    barrier = Barrier(2)

    def work():
        barrier.wait(10)
        return night(registry)

    with ThreadPoolExecutor(2) as pool:
        done = [job.result(60) for job in (pool.submit(work), pool.submit(work))]
    assert sum(done) >= len(customers)
    assert not due(registry, customers)
    with registry.cursor() as cr:
        cr.execute(
            "SELECT customer_id FROM cx_episode WHERE left_on IS NULL"
            " GROUP BY customer_id HAVING count(*) > 1"
        )
        assert not cr.fetchall(), "nobody is in two stages"


def test_a_lot_is_repeated_when_somebody_sells_meanwhile(registry, customers):
    """A pass over everybody meets an order confirmed in the middle of a lot."""
    with registry.cursor() as cr:
        env = environment(cr)
        env["cx.run"].search([]).state = "done"
        run = env["cx.run"].create({"company_id": env.company.id, "kind": "evaluate"})
        cr.commit()
        tries = []
        honest = type(env["cx.customer"])._refresh

        def disturbed(self, company, scope, *args, **kwargs):
            tries.append(1)
            if len(tries) == 1:
                with registry.cursor() as other:
                    other.execute(
                        SQL("UPDATE cx_customer SET snooze_note = 'x' WHERE id = %s", customers[0])
                    )
            return honest(self, company, scope, *args, **kwargs)

        cr.execute("UPDATE cx_customer SET value_12m = value_12m + 1")
        cr.commit()
        cr.execute("SELECT 1")  # the snapshot is older than what the other one does
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(env["cx.customer"]), "_refresh", disturbed)
            assert run._pass()
        assert len(tries) >= 2
        assert run.state == "done"
        cr.execute("SELECT snooze_note FROM cx_customer WHERE id = %s", [customers[0]])
        assert cr.fetchone()[0] == "x"


def test_a_seller_does_not_wait_for_a_pass(registry, customers, monkeypatch):
    """The sale goes on where a lot of thousands holds the customer; the night sees it."""
    monkeypatch.setattr(cx_customer_refresh, "PATIENCE", 50)
    with registry.cursor() as other:
        other.execute("SELECT id FROM cx_customer WHERE id = %s FOR UPDATE", [customers[0]])
        with registry.cursor() as cr:
            env = environment(cr)
            customer = env["cx.customer"].browse(customers[0])
            before = customer.purchase_count
            began = time.monotonic()
            buy(env, customer.partner_id, 1)
            assert time.monotonic() - began < 5
            cr.execute("SHOW lock_timeout")
            assert cr.fetchone() == ("0",), "what comes after waits as ever"
        other.rollback()
    with registry.cursor() as cr:
        env = environment(cr)
        customer = env["cx.customer"].browse(customers[0])
        assert customer.purchase_count == before
        env["cx.run"]._cron_night()
        assert customer.purchase_count == before + 1
