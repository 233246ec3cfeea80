"""What sources have in common: documents of any model, named as data and read by set queries."""

import ast
import re

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from . import cx_policy_domain as domains

# What tells of the machine, of users and of their doings is neither a purchase nor a meeting with a
# customer, whoever asks; nor are touchpoints themselves.
REFUSED = (
    "ir.", "bus.", "base.", "res.users", "res.device", "res.config", "auth", "cx.touchpoint",
    "payment.", "discuss.", "mail.mail", "mail.tracking",
)  # fmt: skip
# Sources are read by the machine, all messages too: what is in them is for those who may read each.
CORRESPONDENCE = {"body", "subject", "preview", "attachment_ids", "tracking_value_ids"}
# A step of a path over a reference, whose model only the document knows: res_id(sale.order)
REFERENCE = re.compile(r"(\w+)\(([\w.]+)\)")
DOT = re.compile(r"\.(?![^(]*\))")


def steps_of(path):
    """The steps of a dotted path as (field, model that a reference leads to, or None)."""
    found = []
    for step in DOT.split(path):
        reference = REFERENCE.fullmatch(step)
        found.append(reference.groups() if reference else (step, None))
    return found


def is_private(model, name):
    """Whether a field tells what people wrote each other."""
    return model._name == "mail.message" and name in CORRESPONDENCE


class CxSource(models.AbstractModel):
    """Documents of a model, as an administrator names them: paths, a domain, a company.

    A path goes over many2one fields; where a field holds the number of a record of a model that
    another field names, the path says for which model: ``res_id(sale.order).partner_id``, empty
    for documents about others.
    """

    _name = "cx.source"
    _description = "Source"

    model_id = fields.Many2one(
        "ir.model",
        "Documents",
        compute="_compute_model_id",
        inverse="_inverse_model_id",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="The kind of documents that count.",
    )
    installed = fields.Boolean(
        compute="_compute_model_id", help="Whether the documents' app is installed."
    )

    @api.depends("model")
    def _compute_model_id(self):
        for source in self:
            source.installed = bool(source.model) and source.model in self.env
            source.model_id = source.installed and self.env["ir.model"]._get_id(source.model)

    def _inverse_model_id(self):
        for source in self:
            if source.model_id:
                source.model = source.model_id.model

    @api.onchange("model_id")
    def _onchange_model_id(self):
        for source in self:
            source.model = source.model_id.model

    # ------------------------------------------------------------ definition
    @api.constrains("model")
    def _check_model_known(self):
        for source in self:
            if not source.installed and not self.env.context.get("install_mode"):
                raise ValidationError(
                    self.env._(
                        "Documents: there is no model %(model)s here. Install its app first, or "
                        "correct the name.",
                        model=source.model,
                    )
                )

    def _check_keeps_documents(self):
        if not self.env[self.model]._auto or self.env[self.model]._transient:
            raise ValidationError(
                self.env._("%(model)s keeps no documents: choose another model.", model=self.model)
            )

    def _check_path(self, name, types, comodel):
        """Refuse a path that leads nowhere, or to a field of another kind."""
        label = self._fields[name]._description_string(self.env)
        model, steps = self.env[self.model], steps_of(self[name])
        for position, (step, referred) in enumerate(steps, 1):
            field = model._fields.get(step)
            if not field:
                raise ValidationError(
                    self.env._(
                        "%(label)s: %(model)s has no field %(field)s. Correct the path %(path)s.",
                        label=label,
                        model=model._name,
                        field=step,
                        path=self[name],
                    )
                )
            last = position == len(steps)
            target = self._target(field, referred)
            if not last and target is not None and field.store:
                model = target
                continue
            if target is not None:
                fits = "many2one" in types and (not comodel or target._name == comodel)
            else:
                fits = field.type in types and not comodel
            if not last or not fits:
                raise ValidationError(
                    self.env._(
                        "%(label)s: %(path)s cannot be used, because %(field)s of %(model)s is "
                        "not the right kind of field. Choose one of kind %(kind)s.",
                        label=label,
                        path=self[name],
                        field=step,
                        model=model._name,
                        kind=comodel or " / ".join(types),
                    )
                )
            if not (field.store or field.related):
                raise ValidationError(
                    self.env._(
                        "%(label)s: %(field)s of %(model)s is not stored in the database. "
                        "Choose a stored field.",
                        label=label,
                        field=step,
                        model=model._name,
                    )
                )

    def _target(self, field, referred):
        """The model that a step of a path leads to, or None where it leads to none."""
        if referred:
            known = field.type == "many2one_reference" and referred in self.env
            return self.env[referred] if known else None
        return self.env[field.comodel_name] if field.type == "many2one" else None

    def _check_domain(self):
        """Refuse a condition that cannot be read."""
        domains.check(self.with_user(SUPERUSER_ID), "domain", self.model)

    def _check_rights(self, paths):
        """Refuse what its writer may not see: the machine reads it, and everybody the figures."""
        self._check_model_allowed()
        for name in paths:
            if self[name]:
                self._check_readable(name)
        domain = domains.check(self, "domain", self.model)
        if field := domains.first_field(domain, self.env[self.model], is_private):
            raise ValidationError(
                self.env._(
                    "Domain: what people wrote each other is no condition (%s). Choose by type, "
                    "subtype or document instead.",
                    field,
                )
            )

    def _writers(self, model):
        """A model as whoever writes the source sees it."""
        # sudo: constraints run as superuser
        return model if self.env.uid == SUPERUSER_ID else model.sudo(False)

    def _check_model_allowed(self):
        """Nobody may read through a source what is none of theirs, or what tells of no customer."""
        if self.model.startswith(REFUSED):
            raise ValidationError(
                self.env._(
                    "Documents: %s tells of nothing that happened with a customer. Choose another "
                    "model.",
                    self.model,
                )
            )
        if not self._writers(self.env[self.model]).has_access("read"):
            raise ValidationError(
                self.env._(
                    "Documents: you may not read %s yourself, so no source of yours may.",
                    self.model,
                )
            )

    def _check_readable(self, name):
        """Refuse a path over fields that the writer of the source may not read."""
        model = self.env[self.model]
        for step, referred in steps_of(self[name]):
            field = model._fields[step]
            self._check_field_readable(name, field)
            model = self._target(field, referred)

    def _check_field_readable(self, name, field):
        """:param name: of the path that goes over the field"""
        model = self._writers(self.env[field.model_name])
        try:
            model.check_access("read")
            model._check_field_access(field, "read")
        except AccessError as error:
            label = self._fields[name]._description_string(self.env)
            raise ValidationError(
                self.env._(
                    "%(label)s: you may not read %(field)s of %(model)s yourself.",
                    label=label,
                    field=field.name,
                    model=model._name,
                )
            ) from error

    def _parsed_domain(self):
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _company_field(self):
        """The documents' own company field, or False."""
        field = self.env[self.model]._fields.get("company_id")
        return bool(field) and field.store and field.comodel_name == "res.company"

    # -------------------------------------------------------------------- SQL
    def _walk(self, path):
        """The (model, field, model referred to) of each step of a path."""
        # sudo: administrators define sources for all
        model = self.env[self.model].sudo()
        for step, referred in steps_of(path):
            field = model._fields[step]
            yield model, field, referred
            model = self._target(field, referred)

    def _path_to_sql(self, query, path):
        """SQL of a dotted path from the documents' table, adding the joins to the query."""
        alias = query.table
        *steps, (model, last, referred) = self._walk(path)
        for step_model, field, target in steps:
            if target:
                alias = self._join_reference(query, step_model, alias, field, target)
            else:
                _model, alias = field.join(step_model, alias, query)
        value = model._field_to_sql(alias, last.name, query)
        if not referred:
            return value
        about = model._field_to_sql(alias, last.model_field, query)
        return SQL("CASE WHEN %s = %s THEN %s END", about, referred, value)

    def _join_reference(self, query, model, alias, field, referred):
        """Join the records of one model that a reference leads to; the alias of their table."""
        table = self.env[referred]._table
        joined = query.make_alias(alias, f"{field.name}_{table}")
        query.add_join(
            "LEFT JOIN",
            joined,
            table,
            SQL(
                "%s = %s AND %s = %s",
                model._field_to_sql(alias, field.name, query),
                SQL.identifier(joined, "id"),
                model._field_to_sql(alias, field.model_field, query),
                referred,
            ),
        )
        return joined

    def _query(self, company, domain):
        """Query of the source's documents that belong to a company; of all when it is empty."""
        # sudo: administrators define sources for all
        Model = self.env[self.model].sudo().with_company(company)
        if company and self._company_field():
            domain &= Domain("company_id", "=", company.id)
        return Model, Model._search(domain, active_test=False, bypass_access=True)
