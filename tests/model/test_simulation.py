"""The simulation tells what publishing then does: the same customers, the same stages."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model.common import LifecycleCase, ago

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.wizard import cx_simulation

HISTORIES = (
    [3], [45], [120], [400], [900], [30, 20, 10], [400, 300, 200], [700, 350, 5],
    [900, 870, 20], list(range(400, 60, -20)), list(range(700, 90, -31)), [8, 7, 6, 5],
    [500, 130], [1000, 990, 980, 970], [-5], [60, 30],
)  # fmt: skip
percents = st.integers(1, 99).map(lambda n: n / 100)
days = st.integers(1, 900)


@st.composite
def limits(draw):
    """Values of a policy that are possible, of every mode."""
    low, high = sorted(draw(st.tuples(percents, percents)))
    first, last = sorted(draw(st.tuples(days, days)))
    return {
        "mode": draw(st.sampled_from(["rhythm", "fixed", "multiple"])),
        "rarity_one_in": draw(st.floats(1.1, 20)),
        "chance_limit": high,
        "lost_limit": low,
        "dormant_after": first,
        "lost_after": last,
        "dormant_multiple": 1 + first / 200,
        "lost_multiple": 1 + last / 200,
        "floor_days": draw(st.integers(1, min(60, last))),
        "ceiling_days": draw(st.sampled_from([0, max(first, 90), max(first, 365)])),
        "history_days": draw(st.sampled_from([0, 365])),
    }


class TestSimulation(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "simulating", "cx_lifecycle.group_admin")
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"P{n}", "ref": "VIP" if n % 4 == 0 else False}
             for n in range(len(HISTORIES) + 3)]
        ).with_context(cx_no_refresh=True)  # fmt: skip
        for partner, history in zip(cls.partners, HISTORIES, strict=False):
            for number in history:
                cls.order(partner, ago(number), 10.0 * number + 20)
        cls.quotation(cls.partners[-1])
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.env["cx.run"]._request("rebuild", self.company)._pass()

    @contextlib.contextmanager
    def undone(self):
        """What is done inside is rolled back: the next example begins as this one did."""
        policy, savepoint = self.policy, self.env.cr.savepoint(flush=True)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.policy = policy

    def stages_now(self):
        self.Customer.invalidate_model()
        customers = self.Customer.search([("company_id", "=", self.company.id)])
        return {c.partner_id.id: c.stage_id.id or None for c in customers}

    def moves(self, answer):
        lines = self.env["cx.simulation.line"].search([("simulation_id", "=", answer["id"])])
        return {line.partner_id.id: line.to_stage_id.id or None for line in lines}

    def assertSimulationHolds(self, draft):
        """Publishing moves exactly those who were said to move, exactly to where."""
        before = self.stages_now()
        answer = draft.simulate()
        moves = self.moves(answer)
        self.assertEqual(answer["moving"], len(moves))
        self.assertEqual(answer["problems"], [])
        self.publish(draft)
        self.assertEqual(self.stages_now(), {**before, **moves})
        return answer

    def test_any_limits(self):
        moved = 0

        @settings(
            max_examples=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(limits())
        def check(values):
            nonlocal moved
            with self.undone():
                moved += self.assertSimulationHolds(self.draft(**values))["moving"]

        check()
        self.assertGreater(moved, 40)

    def test_only_a_purchase_leads_back(self):
        """Under any rules time alone moves customers one way: never back to active."""
        order = {"new": 0, "active": 0, "dormant": 1, "lost": 2}
        moved = 0

        @settings(
            max_examples=8,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(limits(), st.lists(st.integers(1, 1500), min_size=3, max_size=5))
        def check(values, days_ahead):
            nonlocal moved
            with self.undone():
                self.publish(self.draft(**values))
                bought = self.Customer.search([("purchase_count", ">", 0)])
                before = dict.fromkeys(bought, 0)
                for ahead in sorted(days_ahead):
                    self.refresh(bought.partner_id, ago(-ahead))
                    after = {c: order[c.stage_id.code] for c in bought}
                    for customer, far in after.items():
                        self.assertGreaterEqual(far, before[customer])
                        moved += far > before[customer]
                    before = after

        check()
        self.assertGreater(moved, 40)

    def test_segments_rules_and_who_is_a_suspect(self):
        lost = self.env.ref("cx_lifecycle.stage_lost")
        answer = self.assertSimulationHolds(
            self.draft(
                segment_ids=[
                    Command.create(
                        {"name": "VIP", "domain": "[('ref', '=', 'VIP')]", "mode": "fixed",
                         "dormant_after": 10, "lost_after": 2000}
                    )
                ],
                rule_ids=[
                    Command.create(
                        {"name": "Old", "stage_id": lost.id, "model": "cx.customer",
                         "domain": "[('snooze_until', '=', False)]", "min_purchases": 11,
                         "silence_days": 60}
                    )
                ],
                customer_domain="[('ref', '=', 'nobody')]",
            )
        )  # fmt: skip
        self.assertGreater(answer["moving"], 3)
        self.assertIn(False, [cell["to"] for cell in answer["cells"]], "suspects no more")

    def test_another_clock(self):
        august = {"name": "Closed", "date_from": ago(100), "date_to": ago(11), "yearly": False}
        answer = self.assertSimulationHolds(self.draft(closure_ids=[Command.create(august)]))
        self.assertGreater(answer["moving"], 0)

    def test_what_was_not_saved_is_simulated_and_not_saved(self):
        draft = self.draft()
        line = [0, "virtual_1", {"name": "New", "domain": "[('ref', '=', 'VIP')]", "mode": "fixed",
                                 "dormant_after": 2, "lost_after": 3, "floor_days": 1}]  # fmt: skip
        answer = draft.simulate({"mode": "fixed", "dormant_after": 2, "segment_ids": [line]})
        self.assertGreater(answer["moving"], 5)
        self.assertTrue(any("New" in note for note in answer["notes"]))
        self.assertEqual((draft.mode, len(draft.segment_ids)), ("rhythm", 0))
        self.assertFalse(self.env["cx.policy.segment"].search([("name", "=", "New")]))
        saved = self.draft(segment_ids=[line])
        gone = saved.simulate({"segment_ids": [[2, saved.segment_ids.id]]})
        self.assertEqual(gone["moving"], 0)
        changed = saved.simulate(
            {"segment_ids": [[1, saved.segment_ids.id, {"dormant_after": 1, "lost_after": 1}]]}
        )
        self.assertGreater(changed["moving"], 0)

    def test_every_number_opens_the_list_it_counts(self):
        answer = self.draft(mode="fixed", dormant_after=2, lost_after=40).simulate()
        simulation = self.env["cx.simulation"].with_user(self.admin).browse(answer["id"])
        off_diagonal = [cell for cell in answer["cells"] if cell["from"] != cell["to"]]
        self.assertGreater(len(off_diagonal), 1)
        for cell in [*off_diagonal, *answer["headlines"]]:
            action = simulation.action_lines(cell["from"], cell["to"])
            found = self.env[action["res_model"]].with_user(self.admin).search(action["domain"])
            self.assertEqual(len(found), cell["count"])
        customers = self.Customer.search([("company_id", "=", self.company.id)])
        self.assertEqual(answer["customers"], len(customers))
        self.assertEqual(sum(cell["count"] for cell in answer["cells"]), len(customers))
        self.assertLessEqual(len(answer["examples"]), 10)
        first = answer["examples"][0]
        self.assertNotEqual(first["before"]["dormant_on"], first["after"]["dormant_on"])

    def test_nobody_sees_anothers_simulation(self):
        answer = self.draft(mode="fixed", dormant_after=2).simulate()
        other = new_test_user(self.env, "simulating2", "cx_lifecycle.group_admin")
        for model in ("cx.simulation", "cx.simulation.line"):
            self.assertFalse(self.env[model].with_user(other).search([]))
        self.assertTrue(self.env["cx.simulation"].with_user(self.admin).browse(answer["id"]).state)

    def test_in_the_background_the_answer_is_the_same(self):
        draft = self.draft(mode="fixed", dormant_after=2, lost_after=40)
        at_once = draft.simulate()
        self.patch(cx_simulation, "IN_BACKGROUND", 1)
        self.patch(cx_simulation, "LOT", 3)
        waiting = draft.simulate()
        self.assertEqual(waiting["state"], "running")
        self.env["cx.simulation"].sudo()._cron_simulate()
        answer = self.env["cx.simulation"].with_user(self.admin).browse(waiting["id"]).answer()
        self.assertEqual(answer["state"], "done")

        def cells(found):
            return sorted((c["from"], c["to"], c["count"], c["value_text"]) for c in found["cells"])

        self.assertEqual(cells(answer), cells(at_once))

    def test_a_rule_that_decides_for_most_is_asked_about(self):
        lost = self.env.ref("cx_lifecycle.stage_lost")
        draft = self.draft(
            rule_ids=[Command.create({"name": "Wide", "stage_id": lost.id, "silence_days": 1})]
        )
        self.assertIn("Wide", "".join(draft._broad_rules()))

    def test_queries_do_not_grow_with_customers(self):
        draft = self.draft(mode="fixed", dormant_after=2, lost_after=40)
        draft.simulate()
        before = self.env.cr.sql_log_count
        draft.simulate()
        few = self.env.cr.sql_log_count - before
        partners = self.env["res.partner"].create([{"name": f"Q{n}"} for n in range(60)])
        for partner in partners.with_context(cx_no_refresh=True):
            self.order(partner, ago(30))
        self.refresh(partners)
        draft.simulate()
        before = self.env.cr.sql_log_count
        answer = draft.simulate()
        self.assertGreater(answer["moving"], 60)
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 12)
