"""What is another company's stays there: by each path that reads, writes, groups or exports."""

from contextlib import contextmanager

from security.calls import arguments, methods
from security.world import SECRET, TwoCompanies, bound, columns, links

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tools import SQL, mute_logger

# what makes another row of the same
FRESH = {
    "cx.touchpoint": {"source_id": False, "res_id": False},
    "cx.seat": {"stance": "1", "partner_id": False, "name": "Bob"},
}
# rows that can be made like that: what follows would mean little if none could
BY_HAND = {
    "cx.need.argument", "cx.need.evidence", "cx.seat", "cx.spending", "cx.topic", "cx.touchpoint",
}  # fmt: skip
# what the other company's rows may be named by
POINTERS = ("res.company", "res.partner", "crm.lead", "sale.order")


class Undone(Exception):
    """Not an error: what was tried is rolled back."""


class FenceCase(TwoCompanies):
    @contextmanager
    def refused(self, what):
        """Nothing is done, shown or broken inside: it ends with a refusal that tells no secret."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                yield
                self.env.flush_all()
                raise Undone
        except Undone:
            self.fail(f"{what}: done")
        except UserError as error:
            self.assertNotIn(SECRET, str(error), what)
        finally:
            self.env.clear()

    def attempt(self, call):
        """What a call answers, or (None) that it was refused; nothing of it stays."""
        answer = None
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                answer = repr(call())
                self.env.flush_all()
                raise Undone
        except Undone:
            return answer
        except Exception as error:  # noqa: BLE001  what a refusal looks like is for others to test
            return str(error)
        finally:
            self.env.clear()

    def written(self):
        """All that the tables hold of the other company."""
        self.env.flush_all()
        return {
            name: self.env.execute_query(
                SQL("SELECT * FROM %s WHERE id = %s", SQL.identifier(self.env[name]._table),
                    self.theirs[name])
            )
            for name in bound(self.env)
        }  # fmt: skip


class TestCompanies(FenceCase):
    # ---------------------------------------------------------------- reading
    def test_a_row_of_each_table_is_there(self):
        for name in bound(self.env):
            self.assertTrue(self.their(name).exists(), name)
            self.assertNotEqual(self.theirs[name], self.mine[name])

    def looks(self, Model, row):
        """Name and result of each way to look at a row; nothing seen is falsy."""
        here = [("id", "=", row.id)]
        # numbers alone are no secret: Odoo gives back those it was asked for
        told = (links(Model) or columns(Model))[0].name
        yield "search", lambda: Model.search(here)
        yield "count", lambda: Model.search_count(here)
        yield "search_read", lambda: Model.search_read(here, [told])
        yield "web_search_read", lambda: Model.web_search_read(here, {told: {}})["records"]
        yield "read", lambda: row.read([told])
        yield "web_read", lambda: row.web_read({told: {}})
        yield "value", lambda: row[told]
        yield "export", lambda: row.export_data([told])["datas"]
        name = Model._fields.get(Model._rec_name)
        if name and name.store:
            yield "name", lambda: row.display_name
            yield "name_search", lambda: SECRET in repr(Model.name_search(SECRET))
        for field in [*links(Model), *(f for f in columns(Model) if f.type in ("char", "date"))]:
            group = f"{field.name}:month" if field.type == "date" else field.name
            # as lists and pivots ask
            yield (
                f"grouped by {group}",
                lambda group=group: (
                    SECRET in repr(Model.formatted_read_group([], [group]))
                    or Model.formatted_read_group(here, [group], ["__count"])
                ),
            )

    def test_nobody_sees_a_row(self):
        for name in bound(self.env):
            for role, user in self.users.items():
                Model = self.env[name].with_user(user).with_context(active_test=False)
                row = Model.browse(self.theirs[name])
                for way, look in self.looks(Model, row):
                    with self.subTest(model=name, role=role, way=way):
                        try:
                            self.assertFalse(look())
                        except AccessError as error:
                            self.assertNotIn(SECRET, str(error))

    def test_nor_by_asking_for_the_company(self):
        both = (self.company | self.other).ids
        for name in bound(self.env):
            for user in self.users.values():
                Model = self.env[name].with_user(user).with_context(allowed_company_ids=both)
                with self.assertRaises(AccessError):
                    Model.search([("id", "=", self.theirs[name])])

    def test_nor_by_conditions_on_what_points_there(self):
        """A contact of all companies is no key to what another company knows of it."""
        self.secret.company_id = False
        contacts = self.env["res.partner"]
        for role, user in self.users.items():
            seen = contacts.with_user(user).fields_get()
            for name, field in contacts._fields.items():
                ours = (field.comodel_name or "").startswith("cx.") and name in seen
                if not ours or not field._description_searchable:
                    continue
                whose = [("id", "=", self.theirs[field.comodel_name])]
                found = contacts.with_user(user).search([(name, "any", whose)])
                with self.subTest(role=role, field=name):
                    self.assertNotIn(self.secret, found)

    # ---------------------------------------------------------------- writing
    def test_nobody_changes_a_row(self):
        for name in bound(self.env):
            first = next(field.name for field in columns(self.env[name]) if not field.compute)
            for role, user in self.users.items():
                row = self.their(name, user)
                for what, act in (
                    ("write", lambda: row.write({first: False})),  # noqa: B023
                    ("unlink", row.unlink),
                    ("copy", row.copy),
                ):
                    with self.refused(f"{role} {name} {what}"):
                        act()

    def test_no_row_is_moved_there(self):
        """Odoo asks the rules before a row is written, not after, and of no record pointed to."""
        names = bound(self.env)
        for name in names:
            for role, user in self.users.items():
                row = self.env[name].with_user(user).browse(self.mine[name])
                for field in links(self.env[name], *POINTERS, *names):
                    theirs = self.theirs[field.comodel_name]
                    if theirs and row.sudo()[field.name].id != theirs:
                        with self.subTest(model=name, role=role, field=field.name):
                            self.assertNotLed(row, field, theirs)

    def assertNotLed(self, row, field, theirs):
        """Writing is refused, or what was written is not what was asked for."""

        def move():
            row.write({field.name: theirs})
            row.invalidate_recordset()
            return row.sudo()[field.name].id == theirs

        self.assertNotEqual(self.attempt(move), "True")

    def test_no_row_is_made_there(self):
        names = bound(self.env)
        for name in names:
            values = self.env[name].browse(self.mine[name]).copy_data()[0] | FRESH.get(name, {})
            for role, user in self.users.items():
                Model = self.env[name].with_user(user)
                if not Model.has_access("create"):
                    continue
                made = self.attempt(lambda: Model.create(values).ids)  # noqa: B023
                self.assertIn(name in BY_HAND, (False, made.startswith("[")), f"{name}: {made}")
                for field in links(Model, *POINTERS, *names):
                    if theirs := self.theirs[field.comodel_name]:
                        with self.subTest(model=name, role=role, field=field.name):
                            there = {**values, field.name: theirs}
                            led = lambda: Model.create(there).sudo()[field.name].id == theirs  # noqa: B023, E731
                            self.assertNotEqual(self.attempt(led), "True")

    # ---------------------------------------------------------------- calling
    # methods and dialogs that are given the numbers of another company's rows
    def test_no_method_tells_or_changes_anything(self):
        before = self.written()
        for name, method, function in methods(self.env):
            Model = self.env[name]
            values = arguments(function, self.theirs)
            args = [] if getattr(function, "_api_model", False) else None
            if args is None:
                if name not in self.theirs.ids:
                    continue
                args = [[self.theirs[name]]]
            for role, user in self.users.items():
                with self.subTest(model=name, method=method, role=role):
                    call = lambda: call_kw(Model.with_user(user), method, args, values)  # noqa: B023, E731
                    self.assertNotIn(SECRET, self.attempt(call) or "")
        self.assertEqual(self.written(), before)

    def test_no_dialog_opens_on_them(self):
        names = {*bound(self.env), "res.company", "res.partner"}
        for name, Model in self.env.items():
            if not (name.startswith("cx.") and Model._transient):
                continue
            for field in Model._fields.values():
                kind = field.type in ("many2one", "many2many") and field.store
                if not kind or field.comodel_name not in names:
                    continue
                theirs = self.theirs[field.comodel_name]
                value = [(6, 0, [theirs])] if field.type == "many2many" else theirs
                for role, user in self.users.items():
                    Dialog = Model.with_user(user)
                    with self.subTest(dialog=name, field=field.name, role=role):
                        for call in (
                            lambda: Dialog.create({field.name: value}).read(),  # noqa: B023
                            lambda: self.pressed(Dialog, {field.name: value}),  # noqa: B023
                        ):
                            self.assertNotIn(SECRET, self.attempt(call) or "")

    def pressed(self, Dialog, values):
        """What all buttons of a dialog answer."""
        said = []
        for _name, method, function in methods(self.env):
            if _name == Dialog._name and not getattr(function, "_api_model", False):
                dialog = Dialog.create(values)
                dialog.invalidate_recordset()
                said.append(getattr(dialog, method)(**arguments(function, self.theirs)))
        return said

    def test_the_audience_of_a_form_is_of_the_own_company(self):
        campaign = self.campaign(entry="in_stage", stage="new")
        marketer = campaign.with_user(self.users["marketer"])
        self.assertIn("lines", marketer.audience_now({"domain": "[('id', '!=', 0)]"}))
        said = marketer.audience_now({"company_id": self.other.id})
        self.assertEqual(list(said), ["problem"])
        self.assertNotIn(SECRET, said["problem"])
