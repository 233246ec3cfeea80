"""Every public method of ours, wherever it is, with arguments that mean something."""

import inspect
from datetime import date, timedelta

# those of the framework, which the tables of rights are about
FRAMEWORK = {"create", "write", "unlink", "copy", "copy_data", "default_get", "ensure_one"}
UNTIL = (date.today() + timedelta(days=30)).isoformat()


def methods(env):
    """(model, name, function) of the methods that RPC may call and that we define."""
    for model in sorted(env.registry):
        cls = env.registry[model]
        ours = {
            name
            for base in cls.__mro__
            if getattr(base, "__module__", "").startswith("odoo.addons.cx_")
            for name, member in vars(base).items()
            if callable(member) and not name.startswith("_") and not inspect.isclass(member)
        }
        for name in sorted(ours - FRAMEWORK):
            function = getattr(cls, name)
            if not getattr(function, "_api_private", False):
                yield model, name, function


def arguments(function, rows):
    """What a client would pass: ids of these rows, and words that the methods know.

    :param rows: ``rows[model]`` is an id
    """
    known = {
        "days": 30, "day": date.today().isoformat(), "until": UNTIL, "reason": "other",
        "stage": "lost", "changes": {}, "code": "enter", "number": "sent", "what": "entered",
        "channel": "phone", "interaction": "complains", "taken": [], "help_message": "",
        "since": (date.today() - timedelta(days=90)).isoformat(), "name": "customers",
        "partner_id": rows["res.partner"], "partner_ids": [rows["res.partner"]],
        "customer_id": rows["cx.customer"], "step_id": rows["cx.campaign.step"],
        "parent_id": rows["cx.campaign.step"], "need_id": rows["cx.need"],
        "role_id": rows["cx.buyer.role"], "source_id": rows["cx.purchase.source"],
    }  # fmt: skip
    names = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self"
        and (parameter.default is parameter.empty or name.endswith(("_id", "_ids")))
        and parameter.kind is not parameter.VAR_POSITIONAL
    ]
    return {name: known[name] for name in names if name in known}
