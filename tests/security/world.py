"""A company that others must not see: one row of each of our tables, and who looks from elsewhere.

The rows are made of the fields themselves, so that a table that comes later is there, too. They
are written by SQL: what may not be made by hand is there, as if the machine had made it.
"""

from datetime import date, datetime

from model.campaigns import CampaignCase

from odoo import models
from odoo.tests import new_test_user
from odoo.tools import SQL

SECRET = "Secretissimo"
TODAY = date.today()
GROUPS = {
    "rep": "sales_team.group_sale_salesman_all_leads",
    "marketer": "cx_lifecycle.group_marketer,sales_team.group_sale_salesman_all_leads",
    "admin": "cx_lifecycle.group_admin,sales_team.group_sale_salesman_all_leads",
}
# where the first value of a selection, or an empty field, is none that the table takes
TAKEN = {
    "cx.seat": {"lead_id": None, "order_id": None},
    "cx.objective": {"stage_id": None, "team_id": None, "user_id": None, "segment": "[]"},
    "cx.warning.kind": {"number": 1, "within_days": 1, "lasts_days": 1, "threshold": 1.0},
    "cx.policy.closure": {"month_from": 1, "month_to": 2},
}
VALUES = {
    "integer": 1, "float": 0.5, "monetary": 0.5,
    "boolean": False, "date": TODAY, "datetime": datetime(TODAY.year, 1, 1),
}  # fmt: skip


def stored(env):
    """Names of our models that have a table and keep it."""
    return sorted(
        name
        for name, Model in env.items()
        if name.startswith("cx.") and Model._auto and not (Model._abstract or Model._transient)
    )


def columns(Model):
    """The fields of a model that are columns and not the machine's bookkeeping."""
    return [
        field
        for field in Model._fields.values()
        if field.store and field.column_type and field.name not in {"id", *models.MAGIC_COLUMNS}
    ]


def links(Model, *comodels):
    """Columns that point to one of these models."""
    return [
        field for field in columns(Model)
        if field.type == "many2one" and (not comodels or field.comodel_name in comodels)
    ]  # fmt: skip


def bound(env):
    """Names of our tables whose rows are a company's: by themselves, or by what they belong to."""
    names = {name for name in stored(env) if links(env[name], "res.company")}
    while True:
        more = {
            name
            for name in stored(env)
            if name not in names and any(f.required for f in links(env[name], *names))
        }
        if not more:
            return sorted(names)
        names |= more


class Rows:
    """Makes one row of each table that is bound to companies, for one company."""

    def __init__(self, env, company, **known):
        self.env, self.company = env, company
        self.bound = set(bound(env))
        self.ids = {"res.company": company.id, "res.currency": company.currency_id.id, **known}
        self.being_made = set()

    def __getitem__(self, name):
        if name not in self.ids:
            self.being_made.add(name)
            self.ids[name] = self.make(name) if name in self.bound else self.any_of(name)
            self.being_made.discard(name)
        return self.ids[name]

    def any_of(self, name):
        return self.env[name].with_context(active_test=False).search([], limit=1).id or None

    def make(self, name):
        Model = self.env[name]
        values = {field.name: self.value(name, field) for field in columns(Model)}
        filled = {key: value for key, value in values.items() if value is not None}
        row = Model.browse()
        inserted = [
            Model._fields[key].convert_to_column_insert(value, row) for key, value in filled.items()
        ]
        [[number]] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(Model._table),
                SQL(", ").join(map(SQL.identifier, filled)),
                tuple(inserted),
            )
        )
        return number

    def value(self, name, field):
        if field.name in TAKEN.get(name, {}):
            return TAKEN[name][field.name]
        if field.type == "many2one":
            known = field.comodel_name in self.bound or field.comodel_name in self.ids
            ours = field.comodel_name not in self.being_made
            return self[field.comodel_name] if ours and (known or field.required) else None
        if field.type == "selection":
            return next(iter(field.get_values(self.env)), None)
        if field.type == "json":
            return {"name": self.company.name} if field.required else None
        if field.name.endswith("domain"):
            return "[]"
        if field.name == "model":
            return "sale.order"
        if field.name == "active":
            return True
        if field.type in ("char", "text", "html"):
            return self.company.name
        return VALUES.get(field.type)


class TwoCompanies(CampaignCase):
    """Users of one company, and another company of which there is one row of everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": SECRET})
        cls.users = {
            role: new_test_user(
                cls.env, f"fence_{role}", f"{groups},base.group_allow_export"
            )
            for role, groups in GROUPS.items()
        }  # fmt: skip
        cls.insider = new_test_user(
            cls.env, "insider", GROUPS["admin"], name=SECRET,
            company_id=cls.other.id, company_ids=[(6, 0, cls.other.ids)],
        )  # fmt: skip
        cls.accept(cls.other)
        # contacts may be shared; this one is not
        cls.secret = cls.partner(SECRET, company_id=cls.other.id, email=f"{SECRET}@example.com")
        cls.order(cls.secret, company=cls.other)
        known = {
            "res.partner": cls.secret.id,
            "res.users": cls.insider.id,
            "cx.customer": cls.of(cls.secret, cls.other).id,
            "cx.first.run": cls.env["cx.first.run"]._of(cls.other).id,
            "cx.policy": cls.env["cx.policy"]._of(cls.other).id,
        }
        cls.theirs = Rows(cls.env, cls.other, **known)
        cls.env.flush_all()
        for name in bound(cls.env):
            cls.theirs[name]
        cls.env.invalidate_all()

        cls.mine = Rows(cls.env, cls.company, **cls.known_here())
        for name in bound(cls.env):
            cls.mine[name]
        cls.env.invalidate_all()

    @classmethod
    def known_here(cls):
        ada = cls.partner("Ada", email="ada@example.com")
        cls.order(ada)
        return {
            "res.partner": ada.id,
            "res.users": cls.users["admin"].id,
            "cx.customer": cls.of(ada).id,
            "cx.first.run": cls.env["cx.first.run"]._of(cls.company).id,
            "cx.policy": cls.policy.id,
        }

    def their(self, name, user=None):
        """The row of the other company, as somebody sees it."""
        return self.env[name].with_user(user or self.env.user).browse(self.theirs[name])
