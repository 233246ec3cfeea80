"""Contacts for the demonstration: how people came, asked, received, complained and answered."""

import random
from datetime import datetime, time, timedelta

SHOWN = 900  # customers who have a journey; the others only bought
YEARS = 3
QUIET_DAYS = 200  # whoever bought last so long ago may have had a reason
# Hours within which an answer should come.
TARGETS = (
    ("phone", "asks", 4),
    ("email", "asks", 24),
    ("phone", "complains", 24),
    ("email", "complains", 48),
)
# Of one purchase: channels, interaction, chance, days after it (from, to), satisfaction (mean).
COURSE = (
    (("website", "search_engine", "website"), "looks_for_information", 0.5, (-12, -3), None),
    (("brochure", "event", "showroom"), "compares", 0.15, (-10, -2), 7.5),
    (("phone", "email", "phone"), "asks", 0.3, (-8, -1), 7.0),
    (("carrier",), "receives", 0.7, (2, 6), 7.6),
    (("email",), "answers_survey", 0.3, (8, 15), 7.8),
    (("newsletter",), "reads_newsletter", 0.4, (15, 60), None),
    (("phone", "email", "after_sales"), "asks_for_help", 0.15, (10, 40), 6.2),
    (("social_network", "email"), "recommends", 0.06, (20, 50), 9.2),
)
COMPLAINT = 0.04  # of those who buy again, and
WORSE = 0.7  # of those who do not
NOTES = ("The parcel was open", "Waited for two weeks", "Nobody called back", "Wrong size again")


def write(env):
    """Give some customers a journey around their purchases; two demonstrations are alike."""
    dice = random.Random(19)
    env["cx.touchpoint.kind"].create(
        [
            {
                "channel_id": env["cx.channel"]._pick(channel, "Channel").id,
                "interaction_id": env["cx.interaction"]._pick(interaction, "Interaction").id,
                "target_hours": hours,
                "owner_id": env.ref("base.user_admin").id,
            }
            for channel, interaction, hours in TARGETS
        ]
    )
    today = env["cx.customer"]._today(env.company)
    begin = today - timedelta(days=365 * YEARS)
    customers = env["cx.customer"].search([("purchase_count", ">", 0)], order="id", limit=SHOWN)
    days = {}
    for order in env["sale.order"].search(
        [("partner_id", "in", customers.partner_id.ids), ("state", "=", "sale"),
         ("date_order", ">=", str(begin))],
        order="date_order",
    ):  # fmt: skip
        days.setdefault(order.partner_id, []).append(order.date_order.date())
    rows = []
    for customer in customers:
        bought = days.get(customer.partner_id, [])
        for number, day in enumerate(bought):
            gone = number == len(bought) - 1 and (today - day).days > QUIET_DAYS
            met = _course(dice, day) + _complaint(dice, day, WORSE if gone else COMPLAINT)
            who = {"customer_id": customer.id, "person_id": customer.partner_id.id}
            rows += [{**row, **who} for row in met]
    words = {
        model: {word.code: word.id for word in env[model].search([], limit=200)}
        for model in ("cx.channel", "cx.interaction")
    }
    env["cx.touchpoint"].create(
        [
            {
                **row,
                "channel_id": words["cx.channel"][row["channel_id"]],
                "interaction_id": words["cx.interaction"][row["interaction_id"]],
            }
            for row in rows
            if row["at"].date() < today
        ]
    )


def _course(dice, day):
    """What happens around a purchase, more or less."""
    return [
        _contact(
            dice, day, dice.choice(channels), interaction, days,
            None if mean is None or dice.random() < 0.4 else mean,
        )
        for channels, interaction, chance, days, mean in COURSE
        if dice.random() < chance
    ]  # fmt: skip


def _complaint(dice, day, chance):
    """A complaint in some cases, and in half of them money back."""
    if dice.random() >= chance:
        return []
    row = _contact(dice, day, dice.choice(("phone", "email")), "complains", (4, 60), 3.0)
    row["note"] = dice.choice(NOTES)
    if dice.random() < 0.5:
        return [row]
    return [row, _contact(dice, row["at"].date(), "salesperson", "is_refunded", (3, 9), 6.5)]


def _contact(dice, day, channel, interaction, days, mean):
    at = datetime.combine(day, time(dice.randint(8, 17), dice.randint(0, 59)))
    row = {
        "channel_id": channel,
        "interaction_id": interaction,
        "at": at + timedelta(days=dice.randint(*days)),
        "satisfaction": mean and max(0, min(10, round(dice.gauss(mean, 1.7)))),
    }
    if interaction in ("asks", "complains"):
        row["delay_hours"] = round(dice.expovariate(1 / 20), 1)
    return row
