"""Needs, buyer roles, opportunities and phone numbers for the demonstration."""

from datetime import timedelta

from odoo import Command

FUNCTIONS = ("Purchasing manager", "Technical director", "Office manager", "Chief executive")
NOTES = {
    "security": "asks for a longer guarantee",
    "pride": "wants to be the first in town",
    "novelty": "asks what is new every time",
    "comfort": "has no time to compare",
    "money": "asks for rebates",
    "sympathy": "talks about the fair for an hour",
}
# Who sits in the committee of the closed and open opportunities, in turn.
COMMITTEES = (
    ("user", "buyer", "decider"), ("user",), ("prescriber", "decider"), ("buyer", "payer"),
    ("user", "buyer", "payer", "decider"), ("buyer",),
)  # fmt: skip
CLOSED = 36
OPEN = 14


def write(env):
    """Give the companies of the demonstration people with roles and needs, and deals.

    Everything follows from the order of the records: two demonstrations are alike.
    """
    env = env(context={**env.context, "tracking_disable": True, "cx_no_refresh": True})
    partners = env["res.partner"].search(
        [("ref", "!=", False), ("user_id", "!=", False), ("parent_id", "=", False)], order="id"
    )
    for number, partner in enumerate(partners[:600]):
        if number % 3:
            partner.phone = f"+33 1 99 00 {number // 100:02} {number % 100:02}"
    companies = partners.filtered("is_company")
    for number, contact in enumerate(companies.child_ids):
        contact.function = FUNCTIONS[number % len(FUNCTIONS)]
        contact.phone = f"+33 6 39 98 {number // 100:02} {number % 100:02}"
    _needs(env, partners, companies)
    _deals(env, companies)


def _needs(env, partners, companies):
    """What reps heard from the companies and from every fourth customer."""
    today = env["cx.customer"]._today(env.company)
    needs = env["cx.need"].search([], limit=len(NOTES))
    env["cx.need.evidence"].create(
        [
            {
                "partner_id": (partner.child_ids[:1] or partner).id,
                "need_id": need.id,
                "weight": str(1 + (number + turn) % 3),
                "on": today - timedelta(days=number * 7 % 500),
                "user_id": partner.user_id.id,
                "note": NOTES[need.code],
            }
            for number, partner in enumerate((companies | partners[::4])[:300])
            for turn, need in enumerate((needs[number % 6], needs[(number * 5 + 2) % 6]))
        ]
    )


def _deals(env, companies):
    """Closed opportunities for the win rates, and open ones in all stages, with quotations."""
    if not companies:
        return
    today = env["cx.customer"]._today(env.company)
    roles = {role.code: role for role in env["cx.buyer.role"]._all()}
    stages = env["crm.stage"].search([("is_won", "=", False)], limit=10)
    leads = env["crm.lead"].create(
        [
            {
                "name": f"Project {number + 1}",
                "type": "opportunity",
                "partner_id": company.id,
                "user_id": company.user_id.id,
                "expected_revenue": 500.0 + 250 * (number * 7 % 13),
                "stage_id": stages[number // 3 % len(stages)].id,
                "cx_seat_ids": [
                    Command.create(
                        {
                            "partner_id": company.child_ids[place % len(company.child_ids)].id,
                            "role_id": roles[code].id,
                            "stance": str((number + place) % 3 - 1),
                            "since": today - timedelta(days=40),
                        }
                    )
                    for place, code in enumerate(COMMITTEES[number % len(COMMITTEES)])
                ],
            }
            for number in range(CLOSED + OPEN)
            for company in [companies[number % len(companies)]]
        ]
    )
    for number, lead in enumerate(leads[:CLOSED]):
        decided = "decider" in lead.cx_seat_ids.role_id.mapped("code")
        if number % 5 < (3 if decided else 1):
            lead.action_set_won()
        else:
            lead.action_set_lost()
    env["sale.order"].create(
        [
            {
                "partner_id": lead.partner_id.id,
                "opportunity_id": lead.id,
                "user_id": lead.user_id.id,
            }
            for lead in leads[CLOSED::2]
        ]
    )
