"""Conditions that people write into a policy: read, checked, and run with the author's rights."""

import ast

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Figures of a customer that the rules themselves decide: a rule on them would chase its tail.
DECIDED = {
    "stage_id", "stage_since", "reason", "rule_id", "segment_id", "alert", "due", "review_on",
    "dormant_on", "lost_on", "next_purchase_on", "next_purchase_from", "next_purchase_to",
}  # fmt: skip
UNREADABLE = (ValueError, SyntaxError, TypeError, RecursionError, MemoryError)


def parsed(text):
    """The condition in a text field; everybody when it is empty."""
    return Domain(ast.literal_eval(text or "[]"))


def as_author(policy, model):
    """The model as the policy's author sees it: rights and company are theirs, not the night's.

    :raise UserError: when the author may not work for the company any more
    """
    author = policy.user_id or policy.env["res.users"].browse(SUPERUSER_ID)
    company = policy.company_id
    # sudo: to look up the author's companies, whoever asks
    if author.id != SUPERUSER_ID and company not in author.sudo().company_ids:
        raise UserError(
            policy.env._(
                "The conditions of policy %(policy)s run with the rights of %(author)s, who may "
                "no longer work for %(company)s. Publish a new version of it.",
                policy=policy.display_name,
                author=author.sudo().name,  # sudo: a name, for the message
                company=company.name,
            )
        )  # fmt: skip
    return (
        policy.env[model]
        .with_user(author)
        .with_context(allowed_company_ids=company.ids, active_test=False)
    )


def check(record, name, model):
    """Refuse a condition that cannot be read, or that looks at what its author may not see."""
    label = record._fields[name]._description_string(record.env)
    try:
        domain = parsed(record[name])
        Model = record.env[model]
        if record.env.uid != SUPERUSER_ID:
            Model = Model.sudo(False)  # constraints run as superuser: this asks for the writer
        domain.validate(Model)
        Model._search(domain).select()  # fields of others are refused here
    except AccessError as error:
        raise ValidationError(
            record.env._(
                "%(label)s: the condition looks at something you may not see: %(error)s",
                label=label, error=error,
            )
        ) from error  # fmt: skip
    except UNREADABLE as error:
        raise ValidationError(
            record.env._(
                "%(label)s: the condition cannot be read: %(error)s", label=label, error=error
            )
        ) from error
    return domain


def decided_field(domain):
    """The first field of a condition that the rules themselves decide, or None."""
    for condition in domain.iter_conditions():
        for step in condition.field_expr.split("."):
            if step in DECIDED or step.startswith("cx_"):
                return step
        if isinstance(condition.value, Domain) and (found := decided_field(condition.value)):
            return found
    return None
