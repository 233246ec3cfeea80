"""Whose customers an objective counts, and with whose rights."""

from model.common import TODAY, ago
from model.objectives import ObjectiveCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user


class TestWhose(ObjectiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lived(("new", 5), user_id=cls.rep.id, city="Namur")
        cls.lived(("new", 5), user_id=cls.rep.id, city="Liège")
        cls.lived(("new", 5), user_id=cls.other.id, city="Namur")
        cls.lived(("new", 5))
        cls.team = cls.env["crm.team"].create({"name": "South", "member_ids": [cls.rep.id]})

    def test_of_a_salesperson(self):
        objective = self.objective(user_id=self.rep.id)
        self.assertListed(objective, 2)
        mine = objective.with_user(self.rep)
        self.assertListed(mine, 2)
        self.assertFalse(mine.partial)
        self.assertEqual(
            (mine.state, mine.progress), (objective.state, objective.progress), "the same for both"
        )
        with self.assertRaises(AccessError):
            objective.with_user(self.other).read(["name"])

    def test_of_a_team(self):
        objective = self.objective(team_id=self.team.id)
        self.assertListed(objective, 2)
        objective.with_user(self.rep).read(["name"])
        with self.assertRaises(AccessError):
            objective.with_user(self.other).read(["name"])
        self.team.sudo().member_ids = [(4, self.other.id)]
        self.env.invalidate_all()
        self.assertListed(objective, 3)
        with self.assertRaisesRegex(ValidationError, "Salesperson: Mara is not in South"):
            objective.user_id = self.marketer

    def test_a_rep_reads_the_own_part_of_the_companys(self):
        objective = self.objective(target=4)
        self.assertEqual((objective.actual, objective.progress), (4, 100))
        part = objective.with_user(self.rep)
        self.assertTrue(part.partial)
        self.assertListed(part, 3)  # the own ones, and nobody's
        self.assertFalse(part.compared or part.foreseen)
        self.assertEqual(part.state, "part")
        self.assertIn("3 by your own customers", part.text)
        leader = new_test_user(self.env, "goal_lead", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(objective.with_user(leader).state, "reached")

    def test_reps_only_read(self):
        objective = self.objective(user_id=self.rep.id)
        for act in (
            lambda: objective.with_user(self.rep).write({"target": 1}),
            lambda: objective.with_user(self.rep).action_next(),
            lambda: objective.with_user(self.rep).unlink(),
            lambda: self.objective(user=self.rep),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_reps_see_nothing_before_stages_are_accepted(self):
        objective = self.objective(user_id=self.rep.id)
        self.env["cx.first.run"]._of(self.company)._take_back()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            objective.with_user(self.rep).read(["actual"])
        self.assertEqual(objective.actual, 2)

    # ---------------------------------------------------------------- segment
    def test_a_segment(self):
        objective = self.objective(segment="[('city', '=', 'Namur')]")
        self.assertListed(objective, 2)
        objective.user_id = self.rep
        self.assertListed(objective, 1)
        self.assertListed(objective.with_user(self.rep), 1)

    def hidden(self):
        """A marketer from whom all contacts of Namur are hidden."""
        group = self.env["res.groups"].create({"name": "Not Namur"})
        self.env["ir.rule"].create(
            {
                "name": "Not Namur", "groups": [(4, group.id)],
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": "[('city', '!=', 'Namur')]",
            }
        )  # fmt: skip
        user = new_test_user(self.env, "goal_hidden", "cx_lifecycle.group_marketer")
        user.write({"group_ids": [(4, group.id)]})
        # what other groups open would be open
        self.env["ir.rule"].search(
            [("model_id.model", "=", "res.partner"), ("groups", "!=", False)]
        ).filtered(lambda rule: group not in rule.groups).active = False
        return user

    def test_a_form_cannot_lend_another_authors_rights(self):
        """What a form says of the author counts for nothing while it is typed."""
        author = self.hidden()
        self.lived(("new", 10), city="Namur")
        objective = self.objective(user=author, segment="[('city', '=', 'Namur')]")
        self.assertEqual(objective.actual_heads, 0)
        asked = {"author_id": {}, "actual_heads": {}}
        answer = objective.with_user(author).onchange({"author_id": 1}, ["author_id"], asked)
        self.assertFalse(answer["value"].get("actual_heads"))

    def test_a_segment_sees_what_its_author_sees(self):
        author = self.hidden()
        named = "[('name', '=', 'Somebody')]"
        objective = self.objective(user=author, segment=named)
        self.assertEqual(objective.author_id, author)
        for reader in (author, self.marketer, self.env.ref("base.user_admin")):
            self.assertListed(objective.with_user(reader), 2)
        theirs = objective.with_user(self.marketer)
        theirs.target = 3
        self.assertEqual(objective.author_id, author, "only the condition is its author's")
        theirs.segment = named
        self.assertEqual(objective.author_id, self.marketer)
        self.assertListed(theirs, 4)

    def test_nobody_lends_a_condition_anothers_rights(self):
        author = self.hidden()
        admin = self.env.ref("base.user_admin")
        objective = self.objective(user=author)
        for act in (
            lambda: objective.write({"author_id": admin.id}),
            lambda: objective.write({"closed": True, "closing": 9}),
            lambda: self.objective(user=author, author_id=admin.id),
        ):
            with self.assertRaisesRegex(AccessError, "Author"):
                act()
        made = self.objective(user=author).with_context(default_author_id=admin.id)
        self.assertEqual(made.copy().author_id, author)
        made = self.env["cx.objective"].with_user(author).with_context(default_author_id=admin.id)
        made = made.create({"target": 1, "date_from": ago(9), "date_to": TODAY})
        self.assertEqual(made.author_id, author)

    def test_a_condition_being_typed_is_not_run_as_somebody_else(self):
        author = self.hidden()
        objective = self.objective(segment="[('name', '=', 'Somebody')]")
        self.assertEqual(objective.author_id, self.marketer)
        with Form(objective.with_user(author)) as form:
            form.segment = "[('city', '=', 'Namur')]"
            self.assertFalse(form.known)
            self.assertEqual(form.actual_heads, 0)
        self.assertEqual(objective.author_id, author)
        self.assertEqual(objective.actual, 0)

    def test_an_author_who_left(self):
        gone = new_test_user(self.env, "goal_gone", "cx_lifecycle.group_marketer", name="Gone")
        objective = self.objective(user=gone, segment="[('city', '=', 'Namur')]")
        plain = self.objective(user=gone)
        gone.active = False
        self.env.invalidate_all()
        both = (objective | plain).with_user(self.marketer)
        self.assertEqual(both.mapped("known"), [False, True])
        self.assertIn("Gone, who may no longer work", both[0].problem)
        with self.assertRaisesRegex(UserError, "no longer"):
            both[0].action_actual()
        both[0].segment = "[('city', '=', 'Namur')]"
        self.assertListed(both[0], 2)

    def test_conditions_are_checked(self):
        for segment, word in (
            ("[('nonsense', '=', 1)]", "nonsense"),
            ("[(", "cannot be read"),
            ("[('id', '=', 'x')]", "does not fit"),
            ("[('user_ids.password', '!=', False)]", "Only Customers"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                self.objective(segment=segment)
