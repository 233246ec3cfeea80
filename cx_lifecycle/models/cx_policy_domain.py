"""Conditions that people write into a policy: read, checked, and run with the author's rights."""

import ast

import psycopg2

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

# Figures of a customer that the rules themselves decide, where a rule would chase its tail, and
# those that a purchase changes: a condition would see them as they were before it.
DECIDED = {
    "first_purchase_on", "last_purchase_on", "purchase_count", "usual_interval", "value_12m",
    "value_review_on", "gap_log_sum", "gap_log_square_sum", "moved_by_rules", "episode_ids",
    "stage_id", "stage_since", "reason", "rule_id", "segment_id", "alert", "due", "review_on",
    "dormant_on", "lost_on", "next_purchase_on", "next_purchase_from", "next_purchase_to",
}  # fmt: skip
# Of a contact's fields of ours, those that no rule decides.
SAID = {
    "cx_satisfaction_last", "cx_satisfaction_on", "cx_satisfaction_mean", "cx_satisfaction_trend",
}  # fmt: skip
UNREADABLE = (ValueError, SyntaxError, TypeError, RecursionError, MemoryError)


def parsed(text):
    """The condition in a text field; everybody when it is empty."""
    return Domain(ast.literal_eval(text or "[]"))


def as_author(policy, model):
    """The model as the policy's author sees it: rights and company are theirs, not the night's.

    :raise UserError: when the author may not work for the company any more
    """
    author, company = policy.user_id, policy.company_id
    seen = seen_by(author, company, model)
    if seen is None:
        raise UserError(
            policy.env._(
                "The conditions of policy %(policy)s run with the rights of %(author)s, who may "
                "no longer work for %(company)s. Publish a new version of it.",
                policy=policy.display_name,
                author=author.sudo().name,  # sudo: a name, for the message
                company=company.name,
            )
        )  # fmt: skip
    return seen


def seen_by(author, company, model):
    """The model as an author sees it in one company; None where the author may not work there.

    :param author: a user; empty: the machine
    """
    author = author or author.browse(SUPERUSER_ID)
    # sudo: to look up the author's companies, whoever asks
    if author.id != SUPERUSER_ID and company not in author.sudo().company_ids:
        return None
    # nothing of whoever sets off the event: neither language nor time zone
    context = {"allowed_company_ids": company.ids, "active_test": False}
    return author.env(user=author.id, context=context)[model]


def asked(Model, domain):
    """A condition that a client sent, as a list.

    :raise ValueError: it is none for this model
    """
    try:
        Model._search(Domain(domain or []))
        return list(domain or [])
    except (AccessError, psycopg2.Error):
        raise
    except Exception as error:
        raise ValueError(error) from error


def check(record, name, model, decided=False):
    """Refuse a condition that cannot be read, or that looks at what its author may not see.

    :param decided: refuse conditions on what the rules themselves decide, too
    """
    label = record._fields[name]._description_string(record.env)
    try:
        domain = parsed(record[name])
        Model = record.env[model]
        if record.env.uid != SUPERUSER_ID:
            Model = Model.sudo(False)  # constraints run as superuser: this asks for the writer
        domain.validate(Model)
        query = Model._search(domain).select()  # fields of others are refused here
        with record.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            record.env.cr.execute(SQL("SELECT FROM (%s) AS q LIMIT 0", query))
    except AccessError as error:
        raise ValidationError(
            record.env._(
                "%(label)s: the condition looks at something you may not see: %(error)s",
                label=label, error=error,
            )
        ) from error  # fmt: skip
    except psycopg2.Error as error:
        raise ValidationError(
            record.env._(
                "%(label)s: the condition compares with a value that does not fit: %(error)s",
                label=label, error=str(error).splitlines()[0],
            )
        ) from error  # fmt: skip
    except UNREADABLE as error:
        raise ValidationError(
            record.env._(
                "%(label)s: the condition cannot be read: %(error)s", label=label, error=error
            )
        ) from error
    if decided and (field := decided_field(domain, Model)):
        raise ValidationError(
            record.env._(
                "%(label)s: %(field)s is decided by these very rules, or changes with a purchase. "
                "Choose another field, or the numbers beside the condition.",
                label=label, field=field,
            )
        )  # fmt: skip
    return domain


def decided_field(domain, Model):
    """The first field of a condition that the rules themselves decide, or None."""

    def is_decided(model, step):
        ours = model._name == "cx.customer" and step in DECIDED
        of_ours = model._name == "res.partner" and step.startswith("cx_")
        return ours or (of_ours and step not in SAID)

    return first_field(domain, Model, is_decided)


def first_field(domain, Model, is_meant):
    """The first field that a condition looks at, on any path, of those meant; or None.

    :param is_meant: function of a model and a field's name
    """
    for condition in domain.iter_conditions():
        model = Model
        for step in condition.field_expr.split("."):
            if is_meant(model, step):
                return step
            field = model._fields.get(step)
            model = model.env[field.comodel_name] if field and field.relational else model
        if isinstance(condition.value, Domain) and (
            found := first_field(condition.value, model, is_meant)
        ):
            return found
    return None
