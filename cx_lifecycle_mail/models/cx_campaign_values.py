"""What the placeholders and conditions of a content are for each act of a lot.

All is read as the campaign's author would read it, and written in the content's language; the
number of queries does not depend on how many acts there are.
"""

from odoo.exceptions import AccessError
from odoo.tools import format_amount, format_date, format_datetime
from odoo.tools.misc import get_lang

from .cx_campaign_words import ALIASES, RECORDS

# of a path to words that are the same for a whole lot, the rest differs from act to act
MADE = {"survey.link": "_survey_links", "coupon.code": "_coupon_codes"}


class Lot:
    """Some acts of one step and what is said to them in one language.

    :param prepared: a :class:`.mailing_prepared.Prepared`
    :param made: ``{path: {act id: text}}`` of what would be made for each act, when nothing is to
    :param reader: the environment of somebody who looks on, and must be able to read it all too
    :raise Exception: whatever goes wrong in reading or making things for all of them
    """

    def __init__(self, step, acts, lang, prepared, made=None, reader=None):
        author = step.campaign_id._as_author("cx.customer").with_context(lang=lang)
        self.lang = lang
        self.company = author.env["res.company"].browse(step.campaign_id.company_id.id)
        self.customers = _by_id(author.browse(acts.customer_id.ids))
        self.people = _by_id(author.env["res.partner"].browse(acts.person_id.ids))
        variables = prepared.variables
        self.paths = [(path, *ALIASES.get(path, path).split(".")) for path in variables]
        self.made = made or {
            path: getattr(step, MADE[path])(acts) for path in variables if path in MADE
        }
        self.facts = {fact if isinstance(fact, str) else fact[0] for fact in prepared.facts}
        self.hidden = {}
        self._look(acts, reader)
        self.roles = self._roles(author.env) if "role" in self.facts else {}

    def values(self, act):
        """``{path: text}`` for one act.

        :raise AccessError: when the author may not read what concerns it
        """
        values = {}
        for path, root, *names in self.paths:
            if root in RECORDS:
                values[path] = self._follow(act, self._record(act, root), names)
            elif path in self.made:
                values[path] = self.made[path][act.id]
        return values

    def about(self, act):
        """``{fact: its values}`` for one act, in lower case.

        :raise AccessError: as above
        """
        customer = self._seen(self.customers[act.customer_id.id])
        known = {}
        for fact in self.facts:
            if fact == "need":
                known[fact] = set(customer.need_ids.mapped("code"))
            elif fact == "stage":
                known[fact] = {customer.stage_id.code}
            elif fact == "role":
                known[fact] = self.roles.get((customer.partner_id.id, act.person_id.id), ())
            elif fact == "language":
                known[fact] = {self.lang.lower(), self.lang.lower().split("_")[0]}
        return known

    def _record(self, act, root):
        customer = self.customers[act.customer_id.id]
        if root == "object":
            return customer
        if root == "customer":
            return customer.partner_id
        if root == "person":
            return self.people[act.person_id.id]
        if root == "salesperson":
            user = customer.user_id
            return user.partner_id if user.active else user.browse().partner_id
        return self.company

    def _follow(self, act, record, names):
        for name in names[:-1]:
            record = self._seen(record)[name]
        value = self._seen(record)[names[-1]]
        if not value:
            return ""
        return WRITTEN[record._fields[names[-1]].type](self, act, record, names[-1], value)

    # ----------------------------------------------------------------- rights
    def _look(self, acts, reader):
        """Find out which records that lie on the paths the author, or a reader, may not read.

        Odoo asks when it reads from the database only; its cache is everybody's.
        """
        ways = {("object",)}
        for _path, root, *names in self.paths:
            if root in RECORDS:
                ways.update((root, *names[:length]) for length in range(len(names) + 1))
        reached = {}
        for way in sorted(ways, key=len):
            *before, name = way
            if before:
                field = reached[tuple(before)]._fields[name]
                if field.type != "many2one":
                    continue
                records = reached[tuple(before)].mapped(name)
            else:
                found = [self._record(act, name) for act in acts]
                records = found[0].union(*found)
            reached[way] = readable = records._filtered_access("read")
            hidden = self.hidden.setdefault(records._name, {})
            hidden.update(dict.fromkeys((records - readable).ids, records.env.user))
            if reader:
                unread = readable - readable.with_env(reader)._filtered_access("read")
                hidden.update(dict.fromkeys(unread.ids, reader.user))

    def _seen(self, record):
        if user := self.hidden.get(record._name, {}).get(record.id):
            raise AccessError(
                record.env._(
                    "%(user)s may not read the record %(id)s of %(model)s.",
                    user=user.sudo().name,  # sudo: a name, for the message
                    id=record.id, model=record._description,
                )
            )  # fmt: skip
        return record

    def _roles(self, env):
        """The codes of the roles that people hold for customers in general."""
        partners = [customer.partner_id.id for customer in self.customers.values()]
        roles = {}
        for seat in env["cx.seat"].search(
            [
                ("account_id", "in", partners),
                ("partner_id", "in", list(self.people)),
                ("company_id", "=", self.company.id),
            ]
        ):
            key = (seat.account_id.id, seat.partner_id.id)
            roles.setdefault(key, set()).add(seat.role_id.code)
        return roles

    # ---------------------------------------------------------------- writing
    def _text(self, _act, _record, _name, value):
        return value

    def _date(self, _act, record, _name, value):
        return format_date(record.env, value, lang_code=self.lang)

    def _datetime(self, act, record, _name, value):
        tz = self.customers[act.customer_id.id].partner_id.tz
        return format_datetime(record.env, value, tz=tz, lang_code=self.lang)

    def _number(self, _act, record, name, value):
        field = record._fields[name]
        digits = 0 if field.type == "integer" else (field.get_digits(record.env) or (16, 2))[1]
        lang = record.env["res.lang"].browse(get_lang(record.env, self.lang).id)
        return lang.format(f"%.{digits}f", value, grouping=True)

    def _money(self, _act, record, name, value):
        currency = record[record._fields[name].get_currency_field(record)]
        return format_amount(record.env, value, currency, self.lang)

    def _choice(self, _act, record, name, value):
        return dict(record._fields[name]._description_selection(record.env)).get(value, "")

    def _name(self, _act, _record, _name, value):
        return self._seen(value).display_name or ""


WRITTEN = {
    "char": Lot._text,
    "text": Lot._text,
    "date": Lot._date,
    "datetime": Lot._datetime,
    "integer": Lot._number,
    "float": Lot._number,
    "monetary": Lot._money,
    "selection": Lot._choice,
    "many2one": Lot._name,
}


def _by_id(records):
    return {record.id: record for record in records}
