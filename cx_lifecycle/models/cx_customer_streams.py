"""What a customer's timeline is made of: purchases, stages, activities and messages."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount
from odoo.tools.mail import html_to_inner_content

from .timeline import Stream

PREVIEW = 140
# what is read of a message to make its preview: more is nobody's first 140 letters
READ = 20_000
# what people wrote, and not what Odoo noted by itself
WRITTEN = ("email", "email_outgoing", "comment")


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _timeline_streams(self):
        return {
            **super()._timeline_streams(),
            "purchase": Stream(
                self.env._("Purchases"), "fa-shopping-cart",
                self._timeline_purchases, self._timeline_purchase_words,
            ),
            "stage": Stream(
                self.env._("Stage Changes"), "fa-exchange",
                self._timeline_stages, self._timeline_stage_words,
            ),
            "activity": Stream(
                self.env._("Activities"), "fa-check-square-o",
                self._timeline_activities, self._timeline_activity_words,
            ),
            "message": Stream(
                self.env._("Messages"), "fa-envelope-o",
                self._timeline_messages, self._timeline_message_words,
            ),
        }  # fmt: skip

    # -------------------------------------------------------------- purchases
    def _timeline_purchases(self, frame):
        """The days on which the customer bought, numbered by the days since 1970."""
        sources = self.env["cx.purchase.source"]._counting(self.company_id)
        if not sources:
            return SQL("SELECT NULL::timestamp AS at, 0 AS id, NULL::jsonb AS facts WHERE false")
        return SQL(
            """
            SELECT %(at)s AS at, day - date '1970-01-01' AS id,
                   jsonb_build_object('on', day, 'amount', round(sum(amount), %(digits)s),
                                      'documents', max(documents)) AS facts
              FROM (SELECT day, source_id, sum(amount) AS amount, count(*) AS documents
                      FROM (%(judged)s) AS document
                     WHERE counted
                     GROUP BY day, source_id) AS part
             GROUP BY day
            """,
            at=frame.end(SQL("day")),
            digits=self.company_id.currency_id.decimal_places,
            judged=self._judged(sources, self.company_id, self.partner_id.ids, frame.today),
        )

    def _timeline_purchase_words(self, _frame, rows):
        """Each day's net amount, and as many documents as ``action_purchase_day`` opens."""
        currency = self.currency_id
        result = {}
        for row in rows:
            day, amount, documents = (row.facts[key] for key in ("on", "amount", "documents"))
            money = format_amount(self.env, amount, currency)
            result[row.id] = {
                "on": day,
                "title": self.env._("Purchase of %s", money),
                "text": self.env._("1 document")
                if documents == 1
                else self.env._("%s documents", documents),
                "amount": amount,
                "currency_id": currency.id,
                "documents": documents,
                "open": self._timeline_open(self, "action_purchase_day", day),
            }
        return result

    def _timeline_open(self, records, method, *args):
        """A method of some records that returns what to open."""
        return {
            "model": records._name,
            "method": method,
            "ids": records.ids,
            "args": list(args),
        }

    # ----------------------------------------------------------------- stages
    def _timeline_stages(self, frame):
        episodes = self.env["cx.episode"]
        # read by `_timeline_stage_words` with the reader's rights
        query = episodes._search([("customer_id", "=", self.id)], bypass_access=True)
        return query.select(
            SQL("%s AS at", frame.end(episodes._field_to_sql(query.table, "entered_on", query))),
            SQL.identifier(query.table, "id"),
            SQL("NULL AS facts"),
        )

    def _timeline_stage_words(self, _frame, rows):
        """Each move from stage to stage with its reason; what was rebuilt is marked."""
        episodes = self.env["cx.episode"].search_fetch([("id", "in", [row.id for row in rows])])
        # all names at once, those of before and of after
        (episodes.stage_id | episodes.previous_stage_id).fetch(["name", "code"])
        result = {}
        for episode in episodes:
            marks = []
            if episode.rebuilt:
                label = self.env._("Rebuilt from past purchases")
                marks.append({"code": "rebuilt", "label": label})
            if episode.silent:
                label = self.env._("The rules changed, not the customer")
                marks.append({"code": "silent", "label": label})
            result[episode.id] = {
                "on": episode.entered_on.isoformat(),
                "title": episode._move_words(),
                "text": episode._reason_words(),
                "marks": marks,
                "stage": episode.stage_id.code,
                "open": self._timeline_open(self.partner_id, "action_cx_episodes"),
            }
        return result

    # --------------------------------------------------- activities, messages
    def _timeline_activities(self, frame):
        """Those done, which are messages, and those planned, numbered below zero.

        What is planned stands above all that was: by its day or, when that has passed, by today.
        """
        activities = self.env["mail.activity"]
        domain = Domain("res_model", "=", "res.partner") & Domain("active", "=", True)
        domain &= Domain("res_id", "in", frame.contact_ids)
        # read by `_timeline_activity_words` with the reader's rights
        query = activities._search(domain, bypass_access=True)
        deadline = activities._field_to_sql(query.table, "date_deadline", query)
        day = SQL("greatest(%s, %s::date) + 1", deadline, frame.today)
        planned = query.select(
            SQL("%s AS at", frame.midnight(day)),
            SQL("-%s AS id", SQL.identifier(query.table, "id")),
            SQL("NULL AS facts"),
        )
        done = self._timeline_written(frame, Domain("mail_activity_type_id", "!=", False))
        return SQL("%s UNION ALL %s", planned, done)

    def _timeline_messages(self, frame):
        domain = Domain("mail_activity_type_id", "=", False)
        return self._timeline_written(frame, domain & Domain("message_type", "in", WRITTEN))

    def _timeline_written(self, frame, domain):
        """SELECT of messages of a kind on the customer's contacts."""
        messages = self.env["mail.message"]
        domain &= Domain("model", "=", "res.partner") & Domain("date", "!=", False)
        domain &= Domain("res_id", "in", frame.contact_ids)
        # those of a page are read with the reader's rights: asking them of all of them
        # would cost the more the longer the history
        query = messages._search(domain, bypass_access=True)
        return query.select(
            SQL("%s AS at", messages._field_to_sql(query.table, "date", query)),
            SQL.identifier(query.table, "id"),
            SQL("NULL AS facts"),
        )

    def _timeline_activity_words(self, frame, rows):
        done = self._timeline_readable("mail.message", [row.id for row in rows if row.id > 0])
        planned = self._timeline_readable("mail.activity", [-row.id for row in rows if row.id < 0])
        people = self._timeline_people([*done.mapped("res_id"), *planned.mapped("res_id")])
        result = {message.id: self._timeline_done(message, people) for message in done}
        for activity in planned:
            title = activity.summary or activity.activity_type_id.name or ""
            late = activity.date_deadline < frame.today
            result[-activity.id] = {
                "on": activity.date_deadline.isoformat(),
                "planned": True,
                "title": title,
                "text": self._timeline_preview(activity.note),
                "by": activity.user_id.sudo().name or "",  # sudo: a colleague's name, nothing else
                "contact": people.get(activity.res_id, ""),
                "icon": activity.activity_type_id.icon or "fa-clock-o",
                "marks": [{"code": "overdue", "label": self.env._("Overdue")}] if late else [],
                "open": self._timeline_dialog(
                    activity, title, "mail.mail_activity_view_form_popup"
                ),
            }
        return result

    def _timeline_done(self, message, people):
        kind = message.mail_activity_type_id
        return {
            **self._timeline_message(message, people),
            "title": self.env._("Done: %s", kind.name),
            "icon": kind.icon or "fa-check",
        }

    def _timeline_message_words(self, _frame, rows):
        messages = self._timeline_readable("mail.message", [row.id for row in rows])
        people = self._timeline_people(messages.mapped("res_id"))
        return {message.id: self._timeline_message(message, people) for message in messages}

    def _timeline_message(self, message, people):
        """Who wrote, about what, and how it begins."""
        if message.message_type != "comment":
            title = self.env._("Email")
        elif message.is_internal or message.subtype_id.internal or not message.subtype_id:
            title = self.env._("Note")
        else:
            title = self.env._("Message")
        return {
            "title": message.subject or title,
            "text": self._timeline_preview(message.body),
            # sudo: the author's name, as the conversation shows it
            "by": message.author_id.sudo().name or message.email_from or "",
            "contact": people.get(message.res_id, ""),
            "open": self._timeline_dialog(
                message, message.subject or title, "cx_lifecycle.view_message_form"
            ),
        }

    def _timeline_readable(self, model, ids):
        """Those of some records that the reader may read, by the model's own rules."""
        return self.env[model].search_fetch([("id", "in", ids)]) if ids else self.env[model]

    def _timeline_people(self, contact_ids):
        """The names of persons of the company, by contact; the company itself is not one."""
        # sudo: their contacts may be read, or what is about them would not be on the page
        contacts = self.env["res.partner"].sudo().browse(set(contact_ids) - {self.partner_id.id})
        return {contact.id: contact.name or "" for contact in contacts}

    def _timeline_preview(self, html):
        """The first letters of a text, in plain."""
        text = " ".join(html_to_inner_content((html or "")[:READ]).split())
        return text if len(text) <= PREVIEW else text[: PREVIEW - 1].rstrip() + "…"

    def _timeline_dialog(self, record, name, view):
        """Action that shows a record over the contact."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(self.env["ir.model.data"]._xmlid_to_res_id(view), "form")],
            "target": "new",
        }
