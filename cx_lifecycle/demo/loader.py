"""Writing purchases as confirmed orders, fast enough for tens of thousands of them.

One partner and one order are made by Odoo itself; the others are copies of their rows
with another name, day and amount. So whatever addons are installed, the rows are such
as Odoo writes them, without the minutes that a hundred thousand records would take.
"""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import SQL

FIRST = """
    Ada Adrien Alice Amina Arthur Basile Camille Carmen Cécile Chloé Clara Clément Diane
    Elena Elias Emma Ethan Fatou Félix Florence Gabriel Hana Hugo Ines Iris Jade Jonas
    Jules Karim Lea Lena Léo Lina Louis Lucie Malik Manon Marie Mathis Max Mia Milo
    Naima Nathan Nina Noé Olga Oscar Paul Pauline Rosa Sacha Samuel Sofia Théo Tom
    Victor Yara Zoé
""".split()
LAST = """
    Adams Aubert Baker Bernard Blanc Bonnet Brown Carter Chevalier Clark Colin Cooper
    Dubois Durand Evans Fabre Fischer Fontaine Garcia Gauthier Girard Green Harris Henry
    Hill Jackson King Lambert Laurent Lefèvre Leroy Lopez Marchand Martin Mercier Meyer
    Moore Moreau Morel Nguyen Parker Petit Picard Renaud Rey Robin Rossi Roux Scott
    Simon Smith Thomas Turner Vidal Walker Weber White Wright Young
""".split()
TRADES = """
    Atelier Books Café Clinic Consulting Garage Hotel Interiors Market School Sounds
    Studio
""".split()
REPS = [("rep", "Ruth Salesrep"), ("rep2", "Remy Vendeur"), ("rep3", "Rosa Dealer")]
COMPANY_EVERY = 100
CONTACTS = 2


def person_name(number):
    """A name that depends on the number alone, different for the first few thousand."""
    return f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"


def company_name(number):
    """The same for a company."""
    return f"{LAST[number % len(LAST)]} {TRADES[number // len(LAST) % len(TRADES)]}"


def load(env, purchases, shift=timedelta(0), demo=False):
    """Write purchases as confirmed orders of customers whose reference is the CSV's id.

    :param purchases: list of ``purchases_csv.Purchase``
    :param shift: added to every day
    :param demo: spread customers over three sales reps, and make some of them companies
    :return: number of customers and of orders written
    """
    company = env.company
    if demo and not company.email:
        company.email = "shop@example.com"
    if "sale.order" not in env["cx.purchase.source"]._counting(company).mapped("model"):
        raise UserError(env._("Orders do not count as purchases here: switch their source on."))
    env = env(context={**env.context, "tracking_disable": True, "cx_no_refresh": True})
    reps = _reps(env) if demo else env["res.users"]
    buyers = _customers(env, sorted({p.customer for p in purchases}), reps, demo)
    rows = [
        (buyers[p.customer][number % len(buyers[p.customer])], p.day + shift, p.amount)
        for number, p in enumerate(purchases)
    ]
    _orders(env, rows)
    return len(buyers), len(rows)


def _reps(env):
    """Three sales reps and a marketer to log in as; password and login are the same."""
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].with_context(no_reset_password=True)
    made = users.create(
        [
            {"name": name, "login": login, "password": login, "group_ids": [Command.link(group.id)]}
            for login, name in REPS
        ]
    )
    users.create(
        {
            "name": "Mara Marketer",
            "login": "marketer",
            "password": "marketer",
            "group_ids": [Command.link(env.ref("cx_lifecycle.group_marketer").id)],
        }
    )
    return made


def _customers(env, ids, reps, demo):
    """The partners that buy for each customer id: its contacts, or itself; made when missing."""
    Partner = env["res.partner"]
    known = {
        p.ref: p
        for p in Partner.with_context(active_test=False).search(
            [("ref", "in", ids), ("parent_id", "=", False)]
        )
    }
    missing = [customer for customer in ids if customer not in known]
    numbers = {customer: number for number, customer in enumerate(missing)}
    companies = [c for c in missing if demo and numbers[c] % COMPANY_EVERY == 7]
    people = [c for c in missing if c not in set(companies)]
    created = dict(zip(people, _people(env, people, numbers, reps), strict=True))
    buyers = {customer: [partner.id] for customer, partner in known.items()}
    buyers.update({customer: [partner_id] for customer, partner_id in created.items()})
    for customer in companies:
        number = numbers[customer]
        company = Partner.create(
            {
                "name": company_name(number),
                "is_company": True,
                "ref": customer,
                "user_id": reps[number % len(reps)].id,
                "child_ids": [
                    Command.create(
                        {
                            "name": person_name(number * 31 + place),
                            "email": f"contact{place}.{customer}@example.com",
                            "user_id": reps[number % len(reps)].id,
                        }
                    )
                    for place in range(CONTACTS)
                ],
            }
        )
        buyers[customer] = company.child_ids.ids
    return buyers


def _people(env, ids, numbers, reps):
    """Copies of one partner's row, with another name, reference, e-mail and salesperson."""
    if not ids:
        return []
    first = env["res.partner"].create(
        {"name": person_name(numbers[ids[0]]), "ref": ids[0], "email": f"{ids[0]}@example.com"}
    )
    values = [
        (
            customer,
            person_name(numbers[customer]),
            f"{customer}@example.com".lower(),
            reps[numbers[customer] % len(reps)].id if reps else None,
        )
        for customer in ids
    ]
    if reps:
        first.user_id = reps[numbers[ids[0]] % len(reps)]
    made = _copy_rows(
        env,
        first,
        {
            "ref": "v.ref", "name": "v.name", "complete_name": "v.name", "email": "v.email",
            "email_normalized": "v.email", "user_id": "v.user_id",
            "commercial_partner_id": "v.new_id",
        },
        SQL(
            "SELECT nextval('res_partner_id_seq') AS new_id, *"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[])"
            " AS u(ref, name, email, user_id)",
            *(list(column) for column in zip(*values[1:], strict=True)),
        )
        if values[1:]
        else None,
    )  # fmt: skip
    return [first.id, *made]


def _first_order(env, partner_id, day, amount):
    """A confirmed order as Odoo makes it, of one line without taxes."""
    product = env["product.product"].create(
        {"name": env._("Purchase"), "type": "service", "taxes_id": False, "invoice_policy": "order"}
    )
    line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": amount}
    order = env["sale.order"].create(
        {"partner_id": partner_id, "order_line": [Command.create(line)]}
    )
    order.order_line.tax_ids = False
    order.write({"state": "sale", "date_order": f"{day} 12:00:00"})
    env.flush_all()
    return order


def _orders(env, rows):
    """Copies of one confirmed order and its line, with another customer, day and amount."""
    order = _first_order(env, *rows[0])
    rest = rows[1:]
    if not rest:
        return
    source = SQL(
        "SELECT nextval('sale_order_id_seq') AS new_id, u.*, p.user_id"
        " FROM unnest(%s::int[], %s::date[], %s::numeric[]) AS u(partner_id, day, amount)"
        " JOIN res_partner p ON p.id = u.partner_id",
        *(list(column) for column in zip(*rest, strict=True)),
    )
    price = dict.fromkeys(("amount_untaxed", "amount_total", "amount_to_invoice"), "v.amount")
    made = _copy_rows(
        env,
        order,
        {
            **price, "name": "'CSV' || v.new_id", "partner_id": "v.partner_id",
            "partner_invoice_id": "v.partner_id", "partner_shipping_id": "v.partner_id",
            "date_order": "v.day + interval '12 hours'", "user_id": "v.user_id",
        },
        source,
    )  # fmt: skip
    line = order.order_line
    prices = (
        "price_unit", "price_subtotal", "price_total", "price_reduce_taxexcl",
        "price_reduce_taxinc", "untaxed_amount_to_invoice", "technical_price_unit",
        "amount_to_invoice",
    )  # fmt: skip
    _copy_rows(
        env,
        line,
        {
            **dict.fromkeys(prices, "v.amount_untaxed"),
            "order_id": "v.id",
            "order_partner_id": "v.partner_id",
            "salesman_id": "v.user_id",
        },
        SQL(
            "SELECT nextval('sale_order_line_id_seq') AS new_id, id, partner_id, user_id,"
            " amount_untaxed FROM sale_order WHERE id = ANY(%s)",
            made,
        ),
    )
    env.invalidate_all(flush=False)


def _copy_rows(env, record, changes, values):
    """Insert a copy of a record's row for each row ``v`` of a SELECT, some columns changed.

    :param changes: column to SQL text over ``v``; columns that do not exist are skipped
    :param values: a SELECT with the id of the copy in ``new_id``, or None
    :return: ids of the copies, in the order of the SELECT
    """
    if values is None:
        return []
    env.flush_all()
    columns = [
        row[0]
        for row in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND table_schema = current_schema AND column_name <> 'id'",
                record._table,
            )
        )
    ]
    changed = {"id": "v.new_id", **{name: c for name, c in changes.items() if name in columns}}
    made = [
        row[0]
        for row in env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM (%s) AS v, %s AS p WHERE p.id = %s"
                " RETURNING id",
                SQL.identifier(record._table),
                SQL(", ").join(map(SQL.identifier, ["id", *columns])),
                SQL(", ").join(
                    SQL(changed[name]) if name in changed else SQL.identifier("p", name)
                    for name in ["id", *columns]
                ),
                values,
                SQL.identifier(record._table),
                record.id,
            )
        )
    ]
    # thousands of rows at once: the planner would take the table for what it was before
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(record._table)))
    return made
