"""Rules of the company's own, segments and clocks: whom they fit, and with whose rights."""

from datetime import date, datetime, timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger


class PolicyCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "ruling", "cx_lifecycle.group_admin")
        cls.stage = {stage.code: stage for stage in cls.env["cx.stage"].search([])}
        cls.claim = cls.env["res.partner.category"].create({"name": "Open claim"})

    def own_rule(self, code="lost", **values):
        """A command that creates a rule: those with an open claim are lost, by default."""
        return Command.create(
            {
                "name": "Claim",
                "stage_id": self.stage[code].id,
                "domain": f"[('category_id', 'in', [{self.claim.id}])]",
                **values,
            }
        )


class TestOwnRules(PolicyCase):
    def seen(self):
        """All documents have been looked at: what the next night sees is due by itself."""
        self.policy.scanned_at = datetime.now() + timedelta(hours=1)

    def test_the_first_rule_that_fits_decides_and_is_named(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 65, 61)
        bea = self.buy(self.partner("Bea", category_id=self.claim.ids), 70, 65, 5)
        cleo = self.buy(self.partner("Cleo", category_id=self.claim.ids), *range(70, 0, -3))
        run = self.publish(
            self.draft(
                rule_ids=[
                    self.own_rule(silence_days=60),
                    self.own_rule("dormant", name="Many", min_purchases=10),
                ]
            )
        )
        self.assertEqual(run.errors, 0)
        self.assertStage(ada, "lost", "rule")
        self.assertStage(bea, "active")
        self.assertStage(cleo, "dormant", "rule")
        self.assertEqual(ada.rule_id.name, "Claim")
        episode = ada.episode_ids.sorted("id")[-1]
        self.assertEqual((episode.rule_id, episode.policy_id), (ada.rule_id, self.policy))
        self.assertEqual(episode.figures["silence"], 61)
        self.assertIn("rule “Claim” decides: Lost", ada.why()["sentence"])
        self.assertNotIn("Becomes", ada.why()["sentence"])
        self.assertLedger(ada | bea | cleo)

    def test_silence_ripens_and_conditions_change_overnight(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 65, 59)
        bea = self.buy(self.partner("Bea"), 100, 90, 80)
        self.publish(self.draft(rule_ids=[self.own_rule(silence_days=60)]))
        self.assertStage(ada, "active" if ada.dormant_on > TODAY else "dormant")
        self.night(date.fromordinal(TODAY.toordinal() + 1))
        self.assertStage(ada, "lost", "rule")
        # a claim is opened behind the back of every hook
        self.env.cr.execute(
            "INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id)"
            " VALUES (%s, %s)", [bea.partner_id.id, self.claim.id],
        )  # fmt: skip
        self.env.invalidate_all()
        self.night(date.fromordinal(TODAY.toordinal() + 1))
        self.assertStage(bea, "lost", "rule")
        self.seen()
        examined = self.night(date.fromordinal(TODAY.toordinal() + 1)).examined
        self.assertEqual(examined, 0, "nothing changed, nobody is looked at")

    def test_only_a_purchase_leads_back(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        self.publish(self.draft(rule_ids=[self.own_rule("dormant")]))
        self.assertStage(ada, "dormant", "rule")
        ada.partner_id.category_id = False
        self.night()
        self.refresh(ada.partner_id)
        self.assertStage(ada, "dormant", "rule")
        self.assertEqual(ada.rule_id.name, "Claim")
        self.buy(ada.partner_id, 0)
        self.assertStage(ada, "active", "purchase")
        self.assertFalse(ada.rule_id)
        self.assertLedger(ada)

    def test_silence_goes_further_than_a_rule_that_fits_no_more(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        self.publish(self.draft(rule_ids=[self.own_rule("dormant")]))
        ada.partner_id.category_id = False
        self.night(ada.lost_on)
        self.assertStage(ada, "lost", "long_silence")

    def test_a_person_is_above_every_rule(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        ada.hold(self.stage["active"], ago(-30), "We talk")
        self.publish(self.draft(rule_ids=[self.own_rule()]))
        self.assertStage(ada, "active", "hold")
        self.seen()
        self.assertEqual(self.night().examined, 0, "a held customer is not looked at each night")
        ada.release_hold()
        self.assertStage(ada, "lost", "rule")

    def test_prospects_are_those_who_never_bought(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 10)
        bea = self.partner("Bea", category_id=self.claim.ids)
        self.publish(self.draft(rule_ids=[self.own_rule("prospect")]))
        self.assertStage(ada, "new")
        self.assertStage(self.of(bea), "prospect", "rule")
        bea.category_id = False
        self.night()
        self.assertStage(self.of(bea), "suspect")

    def test_a_rule_on_value(self):
        poor = self.buy(self.partner("Poor"), 30, amount=10)
        rich = self.buy(self.partner("Rich"), 30, amount=1000)
        rule = self.own_rule("dormant", domain="[]", silence_days=20, max_value=100)
        self.publish(self.draft(rule_ids=[rule]))
        self.assertStage(poor, "dormant", "rule")
        self.assertStage(rich, "new")

    def test_bad_rules_are_refused_with_the_remedy(self):
        draft = self.draft()
        for values, words in (
            ({"domain": "[]"}, "would fit everybody"),
            ({"domain": "[('nope', '=', 1)]"}, "Condition"),
            ({"domain": "__import__('os')"}, "Condition"),
            ({"domain": "[('cx_stage_id', '=', 1)]"}, "cx_stage_id is decided by these very rules"),
            ({"model": "cx.customer", "domain": "[('dormant_on', '<', 'today')]"}, "dormant_on"),
            ({"silence_days": -1}, "below 0"),
            ({"min_purchases": 5, "max_purchases": 2}, "nobody"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                draft.write({"rule_ids": [self.own_rule(**values)]})
        for code in ("new", "active"):
            with (
                self.assertRaisesRegex(ValidationError, "only a purchase"),
                self.env.cr.savepoint(),
            ):
                draft.write({"rule_ids": [self.own_rule(code)]})
        self.assertFalse(draft.rule_ids)

    def test_a_field_of_others_is_refused(self):
        draft = self.draft()
        field = self.env["res.partner"]._fields["ref"]
        self.patch(field, "groups", "base.group_system")
        with self.assertRaisesRegex(ValidationError, "may not see"), self.env.cr.savepoint():
            draft.write({"prospect_domain": "[('ref', '=', 'x')]"})
        self.assertIn("may not see", draft.simulate({"prospect_domain": "[('ref', '=', 'x')]"})[
            "problems"][0])  # fmt: skip

    def test_nights_see_no_more_than_the_author(self):
        """A rule on contacts that its author may not see fits none of them."""
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        bea = self.buy(self.partner("Bea", category_id=self.claim.ids), 70, 40, 10)
        self.env["ir.rule"].create(
            {
                "name": "Ada is secret",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "groups": [Command.link(self.env.ref("cx_lifecycle.group_admin").id)],
                "domain_force": f"[('id', '!=', {ada.partner_id.id})]",
            }
        )
        self.publish(self.draft(rule_ids=[self.own_rule()]))
        self.assertStage(bea, "lost", "rule")
        self.assertStage(ada, "active")
        self.night()
        self.refresh(ada.partner_id)
        self.assertStage(ada, "active")

    def test_an_author_who_left_the_company_is_named(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        self.publish(self.draft(rule_ids=[self.own_rule()]))
        self.admin.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaisesRegex(UserError, "Publish a new version"):
            self.refresh(ada.partner_id)


class TestSegments(PolicyCase):
    def test_the_first_segment_that_fits_gives_the_limits(self):
        vip = {"name": "VIP", "domain": "[('ref', '=', 'VIP')]", "mode": "fixed",
               "dormant_after": 200, "lost_after": 900}  # fmt: skip
        wide = {"name": "All companies", "domain": "[('is_company', '=', True)]", "mode": "fixed",
                "dormant_after": 10, "lost_after": 20}  # fmt: skip
        segments = [Command.create(vip), Command.create(wide)]
        self.publish(self.draft(segment_ids=segments, history_days=0))
        ada = self.buy(self.partner("Ada", ref="VIP", is_company=True), 130, 100, 70)
        bea = self.buy(self.partner("Bea", is_company=True), 130, 100, 15)
        cleo = self.buy(self.partner("Cleo"), 130, 100, 70)
        self.assertEqual(ada.segment_id.name, "VIP")
        self.assertEqual(ada.dormant_on, ago(70 - 200))
        self.assertEqual(bea.dormant_on, ago(15 - 10))
        self.assertFalse(cleo.segment_id)
        self.assertIn("at least 200 days", str(ada.why()["lines"]))
        # who changes the segment is looked at in the night
        ada.partner_id.ref = False
        self.night()
        self.assertEqual(ada.segment_id.name, "All companies")
        self.assertStage(ada, "lost")
        self.assertEqual(
            set(ada.chance_of_purchase(30)), set(ada.ids), "segments serve predictions too"
        )

    def test_a_segment_with_50_repeat_buyers_has_its_own_rhythm(self):
        partners = self.env["res.partner"].create(
            [{"name": f"S{n}", "ref": "slow" if n < 50 else "few"} for n in range(59)]
        )
        for number, partner in enumerate(partners.with_context(cx_no_refresh=True)):
            gap = 90 if partner.ref == "slow" else 20
            for turn in range(4):
                self.order(partner, ago(number + gap * turn))
        self.refresh(partners)
        slow, few = ({"name": ref, "domain": f"[('ref', '=', '{ref}')]"} for ref in ("slow", "few"))
        draft = self.draft(segment_ids=[Command.create(slow), Command.create(few)])
        own, poor = draft.segment_ids
        self.assertEqual((own.learned_from, own.buyers, own.median_gap), ("segment", 50, 90))
        self.assertNotEqual(own.theta, draft.theta)
        self.assertEqual(poor.buyers, 9)
        self.assertEqual((poor.learned_from, poor.theta), (draft.learned_from, draft.theta))

    def test_bad_segments_are_refused(self):
        draft = self.draft()
        for domain, words in (
            ("[]", "would take everybody"),
            ("[('nope', '=', 1)]", "cannot be read"),
            ("[('cx_stage_id', '=', 1)]", "decided by these very rules"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                draft.write({"segment_ids": [Command.create({"name": "X", "domain": domain})]})

    def test_an_order_costs_no_look_at_all_members(self):
        """The condition of a segment is asked for the buyer only, however many belong to it."""
        self.publish(
            self.draft(
                segment_ids=[Command.create({"name": "Wide", "domain": "[('active', '=', True)]"})]
            )
        )
        ada = self.buy(self.partner("Ada"), 30)
        statements = []
        execute = type(self.env.cr).execute

        def listen(cr, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", listen)
        self.buy(ada.partner_id, 0)
        asked = [s for s in statements if "CASE WHEN s.partner_id IN" in s]
        self.assertTrue(asked)
        for statement in asked:
            inner = statement.split("CASE WHEN s.partner_id IN")[1].split("THEN")[0]
            self.assertIn("ANY(", inner)


class TestClock(PolicyCase):
    def test_days_of_a_closure_do_not_count(self):
        plain = self.buy(self.partner("Ada"), 120, 90, 60)
        self.publish(self.draft(mode="fixed", dormant_after=100))
        before = plain.dormant_on
        closed = {"name": "Works", "date_from": ago(40), "date_to": ago(21), "yearly": False}
        self.publish(self.draft(closure_ids=[Command.create(closed)]))
        plain.invalidate_recordset()
        self.assertEqual((plain.dormant_on - before).days, 20)
        why = plain.why()
        self.assertEqual((why["params"]["silence"], why["params"]["counted"]), (60, 40))
        self.assertIn("Of these days 40 count", why["sentence"])
        # the event and the night count alike
        stored = plain.read(["gap_log_sum", "usual_interval", "dormant_on", "next_purchase_on"])
        self.refresh(plain.partner_id)
        plain.invalidate_recordset()
        self.assertEqual(
            plain.read(["gap_log_sum", "usual_interval", "dormant_on", "next_purchase_on"]), stored
        )

    def test_past_and_present_are_told_alike(self):
        """The rebuilt history under a clock changes stage on the days that the night would."""
        closed = {"name": "August", "date_from": "2020-08-01", "date_to": "2020-08-31"}
        self.publish(self.draft(closure_ids=[Command.create(closed)]))
        partner = self.partner("Ada").with_context(cx_no_refresh=True)
        for number in (900, 870, 840, 200, 170):
            self.order(partner, ago(number))
        self.refresh(partner)
        customer = self.of(partner)
        self.assertLedger(customer)
        moved = {code: entered for code, entered, _left in self.stages(customer)[:4]}
        lived = self.partner("Bea").with_context(cx_no_refresh=True)
        for number in (900, 870, 840):
            self.order(lived, ago(number))
        self.refresh(lived, ago(839))
        self.assertEqual(self.of(lived).dormant_on, moved["dormant"])

    def test_seasons_need_two_years_and_are_said_to(self):
        draft = self.draft(season_clock=True)
        self.assertFalse(draft.season_weights)
        self.assertTrue(any("two full years" in note for note in draft.simulate()["notes"]))

    def test_a_season_is_learned(self):
        partners = self.env["res.partner"].create([{"name": f"T{n}"} for n in range(20)])
        months = [n for n in range(1, 40) if (TODAY.month - n) % 12 in (5, 6, 7)]
        for partner in partners.with_context(cx_no_refresh=True):
            for n in months:
                for day in (3, 12, 20):
                    self.order(partner, date(TODAY.year + (TODAY.month - n - 1) // 12,
                                             (TODAY.month - n - 1) % 12 + 1, day))  # fmt: skip
        self.refresh(partners)
        draft = self.draft(season_clock=True)
        self.assertEqual(len(draft.season_weights), 12)
        self.assertGreater(draft.season_weights[5], 2 * draft.season_weights[11])
        self.assertTrue(draft.clock_key)
        run = self.publish(draft)
        self.assertEqual(run.errors, 0)
        self.assertLedger(self.of(partners[0]))

    def test_impossible_closures(self):
        draft = self.draft()
        for first, last in (("2026-08-31", "2026-08-01"), ("2026-01-01", "2026-12-20")):
            closure = {"name": "X", "date_from": first, "date_to": last}
            with self.assertRaisesRegex(ValidationError, "Last Day"), self.env.cr.savepoint():
                draft.write({"closure_ids": [Command.create(closure)]})


class TestRefit(PolicyCase):
    def sell(self, gap, refs, turns=12, offset=0):
        partners = self.env["res.partner"].create([{"name": f"{r}"} for r in refs])
        for number, partner in enumerate(partners.with_context(cx_no_refresh=True)):
            for turn in range(turns):
                self.order(partner, ago(offset + number % 7 + gap * turn))
        self.refresh(partners)
        return partners

    def refit(self):
        self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
        self.env["cx.policy"].sudo()._cron_refit()
        run = self.env["cx.run"].search(
            [("state", "=", "waiting"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(run.kind, "refit")
        run._pass()
        return run

    def test_a_small_change_is_taken_over(self):
        self.sell(30, range(20))
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        version, theta = self.policy.version, self.policy.theta
        self.sell(30, range(4))
        self.refit()
        self.assertEqual(self.policy.version, version)
        self.assertEqual(self.env["cx.policy"]._of(self.company), self.policy)
        self.assertNotEqual(self.policy.theta, theta)
        self.assertFalse(self.env["cx.policy"].search([("refit", "=", True)]))
        self.assertIn("Refit: usual interval", self.policy.message_ids[0].body)

    def test_what_would_move_many_waits_for_a_person(self):
        partners = self.sell(30, range(20), offset=60)
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        self.policy.user_id = self.admin
        # as if fitted to customers who come back after years
        self.policy.write({"median_gap": 700, "fitted_for": False})
        self.refresh(partners)
        stages = {c.id: c.stage_id for c in map(self.of, partners)}
        self.refit()
        self.assertEqual({c.id: c.stage_id for c in map(self.of, partners)}, stages)
        self.assertEqual(self.policy.median_gap, 700)
        waiting = self.env["cx.policy"].search([("refit", "=", True)])
        self.assertEqual((waiting.state, waiting.median_gap), ("draft", 30))
        self.assertEqual(waiting.activity_ids.user_id, self.admin)
        self.assertIn("so it was not applied", waiting.message_ids[0].body)
        self.refit()
        self.assertEqual(len(self.env["cx.policy"].search([("refit", "=", True)])), 1, "one waits")
        waiting = self.env["cx.policy"].search([("refit", "=", True)])
        self.publish(waiting.with_user(self.admin))
        self.assertEqual(self.policy.median_gap, 30)
        self.assertFalse(waiting.activity_ids)


class TestReview(PolicyCase):
    """What a reading by fresh eyes found."""

    def test_a_part_stays_with_its_version(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["cx.policy"]._of(other)
        draft = self.draft(rule_ids=[self.own_rule()])
        for target in (theirs, self.policy):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                draft.rule_ids.write({"policy_id": target.id})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.write({"company_id": other.id})

    def test_a_published_version_is_tried_with_the_rights_of_who_tries(self):
        """The built-in policy is the system's: nobody looks through its eyes."""
        ada = self.buy(self.partner("Ada", ref="secret"), 70, 40, 10)
        self.env["ir.rule"].create(
            {
                "name": "Ada is secret",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "groups": [Command.link(self.env.ref("cx_lifecycle.group_admin").id)],
                "domain_force": f"[('id', '!=', {ada.partner_id.id})]",
            }
        )
        rule = [0, "virtual_1", {"name": "Spy", "stage_id": self.stage["lost"].id,
                                 "domain": "[('ref', '=', 'secret')]"}]  # fmt: skip
        answer = self.policy.with_user(self.admin).simulate({"rule_ids": [rule]})
        self.assertEqual((answer["problems"], answer["moving"]), ([], 0))
        self.assertEqual(self.policy.simulate({"rule_ids": [rule]})["moving"], 1)

    def test_simulations_are_made_by_the_machine(self):
        values = {"policy_id": self.policy.id, "on": TODAY, "state": "running"}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["cx.simulation"].with_user(self.admin).create(values)

    def test_a_simulation_that_fails_stops_no_other(self):
        Simulation = self.env["cx.simulation"]
        bad, good = Simulation.create(
            [{"policy_id": self.policy.id, "on": TODAY, "state": "running", "changes": changes}
             for changes in ({"prospect_domain": "[('id', '=', 'abc')]"}, {})]
        )  # fmt: skip
        with mute_logger("odoo.addons.cx_lifecycle.wizard.cx_simulation", "odoo.sql_db"):
            Simulation._cron_simulate()
        self.assertEqual((bad.state, good.state, good.problem), ("done", "done", False))
        self.assertTrue(bad.problem)

    def test_values_that_do_not_fit_are_refused(self):
        draft = self.draft()
        for values in (
            {"prospect_domain": "[('id', '=', 'abc')]"},
            {"rule_ids": [self.own_rule(domain="[('id', '=', 'abc')]")]},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                draft.write(values)

    def test_lines_not_filled_in_are_named(self):
        draft = self.draft()
        for values, words in (
            ({"rule_ids": [[0, "virtual_1", {"name": "X"}]]}, "Stage: fill this in"),
            ({"closure_ids": [[0, "virtual_1", {"name": "X"}]]}, "First Day: fill this in"),
            ({"mode": "bogus"}, "Mode: choose one"),
            ({"segment_ids": [[0, "virtual_1", {"domain": "[('ref', '=', 'x')]"}]]}, "Segment"),
        ):
            with self.subTest(words):
                self.assertIn(words, "\n".join(draft.simulate(values)["problems"]))

    def test_closures_do_not_cover_the_year_together(self):
        draft = self.draft()
        halves = [
            Command.create({"name": n, "date_from": f"2026-{a}", "date_to": f"2026-{b}"})
            for n, a, b in (("A", "01-01", "07-01"), ("B", "07-01", "12-31"))
        ]
        with self.assertRaisesRegex(ValidationError, "Closures"):
            draft.write({"closure_ids": halves})

    def test_the_order_on_the_screen_is_the_order_that_counts(self):
        self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        draft = self.draft(
            rule_ids=[
                self.own_rule("lost", name="A", sequence=1),
                self.own_rule("dormant", name="B", sequence=2),
            ]
        )
        first, second = draft.rule_ids
        turned = [[1, first.id, {"sequence": 2}], [1, second.id, {"sequence": 1}]]
        before = [h["to"] for h in draft.simulate({"rule_ids": turned})["headlines"]]
        draft.write({"rule_ids": turned})
        after = [h["to"] for h in draft.simulate()["headlines"]]
        self.assertEqual(before, after)
        self.assertEqual(after, [self.stage["dormant"].id])

    def test_what_rules_did_outlasts_versions(self):
        ada = self.buy(self.partner("Ada", category_id=self.claim.ids), 70, 40, 10)
        self.publish(self.draft(rule_ids=[self.own_rule("dormant")]))
        ada.partner_id.category_id = False
        self.night()
        self.assertStage(ada, "dormant", "rule")
        same = self.draft(history_days=366)
        self.assertEqual(same.simulate()["moving"], 0)
        self.publish(same)
        self.assertStage(ada, "dormant", "rule")

    def test_moves_of_the_rules_and_of_the_customer_are_told_apart(self):
        """Who would have fallen silent anyway today did so; the others were moved."""
        self.policy.history_from = ago(2000)
        anyway = self.buy(self.partner("Anyway"), 130, 100, 70)
        day = anyway.dormant_on
        moved = self.buy(self.partner("Moved"), 90, 60, 30)
        self.env.cr.execute(
            "UPDATE cx_customer SET dormant_on = %s, stage_id = %s WHERE id = %s",
            [TODAY, self.stage["active"].id, anyway.id],
        )
        self.env.cr.execute(
            "UPDATE cx_episode SET left_on = NULL WHERE customer_id = %s AND stage_id = %s",
            [anyway.id, self.stage["active"].id],
        )
        self.assertTrue(day)
        self.env.invalidate_all()
        draft = self.draft(mode="fixed", dormant_after=20, lost_after=900)
        draft.sudo()._publish(announce=False)
        # an event comes before the pass
        self.quotation(moved.partner_id)
        last = moved.episode_ids.sorted("id")[-1]
        self.assertEqual(
            (last.stage_id.code, last.silent, last.entered_on), ("dormant", True, TODAY)
        )
        self.env["cx.run"].search([("state", "!=", "done")])._pass()
        last = anyway.episode_ids.sorted("id")[-1]
        self.assertStage(anyway, "dormant")
        self.assertFalse(last.silent)
        self.policy = self.env["cx.policy"]._of(self.company)
        self.assertFalse(self.policy.pending_moves)
        bought = self.buy(self.partner("Later"), 90, 60, 0)
        self.night(date.fromordinal(TODAY.toordinal() + 20))
        self.assertFalse(bought.episode_ids.sorted("id")[-1].silent)

    def test_sales_behind_our_back_are_seen_in_spite_of_a_publication(self):
        ada = self.buy(self.partner("Ada"), 90, 60, 30)
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        self.env.cr.execute(
            "UPDATE cx_customer SET counted_at = now() - interval '8 hours' WHERE id = %s", [ada.id]
        )
        self.policy.scanned_at = datetime.now() - timedelta(hours=12)
        order = self.order(ada.partner_id.with_context(cx_no_refresh=True), ago(1))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET write_date = now() - interval '5 hours' WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        ada.snooze(ago(-9), "talking")
        self.publish(self.draft(history_days=366))
        self.night()
        self.assertEqual(ada.last_purchase_on, ago(1))

    def test_a_refit_that_waits_leaves_a_publication_alone(self):
        ada = self.buy(self.partner("Ada"), 90, 60, 40)
        self.env["cx.run"].search([("state", "!=", "done")]).state = "done"
        draft = self.draft(mode="fixed", dormant_after=30, lost_after=900)
        self.env["cx.run"]._request("refit", self.company)
        run = draft.sudo()._publish()
        self.patch(type(self.policy), "_refit", lambda *_: (False, False))
        run._pass()
        self.assertStage(ada, "dormant")

    def test_one_version_tonight(self):
        older, newer = self.draft(floor_days=9), self.draft(floor_days=10)
        for draft in (older, newer):
            draft.sudo().tonight = True
        self.publish(newer)
        self.assertFalse(older.tonight)

    def test_drafts_follow_what_is_learned(self):
        draft = self.draft(floor_days=9)
        partners = self.env["res.partner"].create([{"name": f"L{n}"} for n in range(9)])
        for number, partner in enumerate(partners.with_context(cx_no_refresh=True)):
            for turn in range(6):
                self.order(partner, ago(number + 33 * turn))
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        self.assertEqual(self.policy.median_gap, 33)
        self.assertEqual((draft.median_gap, draft.theta), (33, self.policy.theta))
