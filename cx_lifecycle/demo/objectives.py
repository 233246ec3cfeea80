"""Objectives and spending for the demonstration, of sizes that its history suggests."""

from datetime import timedelta

from odoo import fields

from ..engine.objective import following

SPENT = (
    ("Spring letter to the dormant", "woken", 30, 480.0),
    ("Vouchers for who comes back", "woken", 12, 260.0),
    ("Stand at the fair", "new", 45, 1900.0),
)


def write(env):
    """Objectives of this quarter, each a little more than the quarter before, and spending."""
    today = env["cx.customer"]._today(env.company)
    since, until = (edge(today, "quarter") for edge in (fields.Date.start_of, fields.Date.end_of))
    before = fields.Date.subtract(since, months=3)
    rep = env["res.users"].search([("login", "=", "rep")], limit=1)
    goals = [
        {"measure": "woken", "budget": 1000.0},
        {"measure": "woken", "user_id": rep.id},
        {"measure": "dormant"},
    ]
    for goal in goals:
        past = env["cx.objective"].create(
            {**goal, "target": 1, "date_from": before, "date_to": since - timedelta(days=1)}
        )
        better = 0.95 if past.direction == "most" else 1.05
        past.target = max(1, round(past.actual * better))
        first, last = following(past.date_from, past.date_to)
        past.copy({"date_from": first, "date_to": last})
    env["cx.objective"].create(
        {
            "measure": "stage",
            "stage_id": env["cx.stage"]._named("active").id,
            "target": max(1, round(1.1 * env["cx.customer"].stage_counts()["active"])),
            "date_from": since,
            "date_to": until,
        }
    )
    env["cx.spending"].create(
        [
            {
                "note": note,
                "purpose": purpose,
                "amount": amount,
                "date": today - timedelta(days=days),
            }
            for note, purpose, days, amount in SPENT
        ]
    )
