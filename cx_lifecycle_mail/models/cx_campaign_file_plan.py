"""What a file would make here: its values with the records of this database, and what is missing.

Nothing is written. Everything is looked up with the rights of whoever imports.
"""

from lxml import etree, html

from odoo.exceptions import UserError

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

from .cx_campaign_file import CAMPAIGN, CAMPAIGN_LINKS, CONTENT, STEP, STEP_LINKS, WORDS
from .cx_campaign_file_read import LONGEST, Part, parse

FORMER = "transactional"  # how files of before told that a campaign is no advertising
TOP = ("format", "version", "name", "steps")
OF_STEP = ("name", "after", "contents")


class FilePlan:
    """A file as it would become a campaign of this database.

    ``words`` (the names), ``values`` of the campaign, ``topic`` (names of one that is not here) and
    ``steps``: dicts of ``label``, ``after`` (place of another, from 0 on), ``values``, ``words``,
    ``new_tags`` and ``contents``. ``notes`` say what is left out or to be looked at; ``missing``
    has what a step cannot do without, by the name of the substitute that is asked for.
    """

    def __init__(self, env, data, substitutes=None):
        """
        :param bytes data: of the file
        :param dict substitutes: records for what is missing: ``survey``, ``activity_type``,
            ``action``
        :raise UserError: naming the field and its place, when a value is none that it may have
        """
        self.env = env
        self.substitutes = substitutes or {}
        self.langs = dict(env["res.lang"].get_installed())
        self.notes, self.missing, self.foreign = [], {}, set()
        known = [*TOP, *CAMPAIGN, *CAMPAIGN_LINKS, FORMER]
        campaign = Part(env, parse(env, data), "", known)
        self.words = self.names(campaign)
        self.topic = None
        self.values = self.campaign_values(campaign)
        self.steps = []
        for place, values in enumerate(campaign.list("steps"), 1):
            label = env._("Step %s", place)
            self.steps.append(self.step(Part(env, values, label, [*OF_STEP, *STEP, *STEP_LINKS,
                                                                  *WORDS])))  # fmt: skip
        if self.foreign:
            self.notes.append(
                env._(
                    "Languages that are not installed here are left out: %s.",
                    ", ".join(sorted(self.foreign)),
                )
            )

    # ------------------------------------------------------------------ campaign
    def campaign_values(self, part):
        env = self.env
        values = part.fields(env["cx.campaign"], CAMPAIGN)
        if part.values.get(FORMER) is True:
            values.setdefault("legal_basis", "service")
        values["stage_id"] = self.by_code(part, "stage", part.text("stage"), "cx.stage").id
        values["from_stage_ids"] = [
            self.by_code(part, "from_stages", code, "cx.stage").id
            for code in part.texts("from_stages")
        ]
        for name, model in (("interactions", "cx.interaction"), ("channels", "cx.channel")):
            values[f"touchpoint_{name[:-1]}_ids"] = [
                self.by_code(part, name, code, model).id for code in part.texts(name)
            ]
        values["warning_kind_ids"] = [
            self.by_code(part, "warning_kinds", code, "cx.warning.kind").id
            for code in part.texts("warning_kinds")
        ]
        values["date_field_id"] = self.date_field(part)
        values["topic_id"] = self.find_topic(part)
        values["mail_server_id"] = self.optional(part, "mail_server", "ir.mail_server").id
        if known := part.text("preset"):
            presets = env["cx.campaign.preset"].search([("code", "=", known)], limit=1)
            values["preset"] = presets.code
        if values.get("email_from"):
            self.notes.append(
                env._("Mails would come from %s: look whether that is right.", values["email_from"])
            )
        self.note_numbers(part, values)
        return values

    def find_topic(self, part):
        words = {lang: name for lang, name in part.words("topic").items() if name.strip()}
        topics = self.env["cx.topic"]
        for lang, name in words.items():
            in_lang = topics.with_context(lang=lang if lang in self.langs else "en_US")
            of_company = [("company_id", "in", (False, self.env.company.id))]
            if found := in_lang.search([("name", "=", name), *of_company], limit=1):
                return found.id
        self.topic = self.here(words) or words or None
        return False

    # --------------------------------------------------------------------- steps
    def step(self, part):
        env = self.env
        words = {"name": self.names(part)}
        words |= {name: self.here(part.words(name, LONGEST["html"])) for name in WORDS}
        part.where = f"{part.where} “{self.own(words['name'])[:60]}”"
        values = part.fields(env["cx.campaign.step"], STEP)
        values["date_field_id"] = self.date_field(part)
        values["role_id"] = self.by_code(part, "role", part.text("role"), "cx.buyer.role").id
        values["assignee_id"] = self.person(part)
        values["coupon_program"] = self.coupon(part)
        kind = values.get("kind")
        values["survey_id"] = self.needed(part, "survey", "survey.survey", kind == "survey").id
        released = [("cx_released", "=", True), ("model_id.model", "=", "res.partner")]
        values["action_id"] = self.needed(
            part, "action", "ir.actions.server", kind == "action", released
        ).id
        values["activity_type_id"] = self.activity_type(part, kind == "activity").id
        self.note_numbers(part, values)
        tags = self.tags(part)
        values["tag_ids"] = tags.ids
        new = sorted(set(part.texts("tags")) - set(tags.with_context(lang="en_US").mapped("name")))
        return {
            "label": part.where,
            "after": self.after(part),
            "values": values,
            "words": words,
            "new_tags": new,
            "contents": self.contents(part),
        }

    def after(self, part):
        """The place of the step that it follows, one before it; from 0 on."""
        place = part.number("after")
        if place is not None and not 1 <= place <= len(self.steps):
            raise part.wrong(
                "after", self.env._("the number of an earlier step is expected"), place
            )
        return None if place is None else place - 1

    def tags(self, part):
        names = part.texts("tags")
        tags = self.env["res.partner.category"].with_context(lang="en_US")
        found = tags.search([("name", "in", names)]) if names else tags
        # of several with one name, one
        first = tags.union(*(same[:1] for same in found.grouped("name").values()))
        if new := sorted(set(names) - set(first.mapped("name"))):
            self.notes.append(
                self.env._(
                    "%(place)s: tags that are made: %(tags)s.", place=part.place(),
                    tags=", ".join(new),
                )
            )  # fmt: skip
        return first

    def contents(self, part):
        model, contents, langs = self.env["mailing.mailing"], [], set()
        for number, values in enumerate(part.list("contents"), 1):
            label = f"{part.place()}, {self.env._('content %s', number)}"
            content = Part(self.env, values, label, ["lang", *CONTENT])
            lang = content.text("lang")
            if not lang or lang in langs:
                raise content.wrong("lang", self.env._("a language of its own is expected"), lang)
            langs.add(lang)
            if lang not in self.langs:
                self.foreign.add(lang)
                continue
            texts = content.fields(model, CONTENT)
            self.check_bodies(content, texts)
            self.note_body(content, texts)
            contents.append({"cx_lang": lang, **texts})
        return contents

    def check_bodies(self, part, texts):
        """:raise UserError: one of them holds nothing, which Odoo fails to store"""
        for name in ("body_arch", "body_html"):
            try:
                html.fromstring(texts.get(name) or "<p/>")
            except (etree.ParserError, ValueError) as error:
                raise part.wrong(name, self.env._("HTML is expected"), texts[name]) from error

    # --------------------------------------------------------------------- names
    def names(self, part):
        words = part.words("name")
        if not any(text.strip() for text in words.values()):
            raise part.wrong("name", self.env._("a name is expected"), words)
        return self.here(words) or dict([next(iter(words.items()))])

    def here(self, words):
        """Those of the languages that are installed."""
        self.foreign |= set(words) - set(self.langs)
        return {lang: text for lang, text in words.items() if lang in self.langs}

    def own(self, words):
        """The text that records are made with: in the user's language, or the nearest."""
        return words.get(self.env.lang) or words.get("en_US") or next(iter(words.values()), "")

    def by_code(self, part, name, code, model):
        records = self.env[model]
        if not code:
            return records
        if found := records.search([("code", "=", code)], limit=1):
            return found
        known = ", ".join(records.search([]).mapped("code"))
        raise part.wrong(name, self.env._("one of %s is expected", known), code)

    def date_field(self, part):
        if not (name := part.text("date_field")):
            return False
        model, _dot, field = name.rpartition(".")
        # what it is, and whether the importer may read it, is asked when it is written
        found = (model in ("cx.customer", "res.partner")) and field in self.env[model]._fields
        if not found:
            expected = self.env._("a date of cx.customer or res.partner is expected")
            raise part.wrong("date_field", expected, name)
        return self.env["ir.model.fields"]._get(model, field).id

    def find(self, model, name, domain=()):
        """The first record of a name, in English, that the importer sees."""
        records = self.env[model].with_context(lang="en_US")
        field = records._rec_name or "name"
        if not records.has_access("read"):
            return self.env[model]
        return records.search([(field, "=", name), *domain], limit=1).with_env(self.env)

    def optional(self, part, name, model, domain=()):
        """A record by its name; empty, with a note, when there is none."""
        text = part.text(name)
        found = self.find(model, text, domain) if text else self.env[model]
        if text and not found:
            self.note_missing(part, name, text)
        return found

    def needed(self, part, name, model, needed, domain=()):
        """A record that a step cannot do without: another one may be chosen instead."""
        if not needed:
            return self.optional(part, name, model, domain)
        text = part.text(name)
        found = self.find(model, text, domain) if text else self.env[model]
        return found or self.instead(part, name, text, self.env[model])

    def instead(self, part, name, text, nothing):
        if chosen := self.substitutes.get(name):
            return chosen
        self.missing.setdefault(name, []).append(
            self.env._("%(place)s: “%(name)s”", place=part.place(), name=text or "")
        )
        return nothing

    def activity_type(self, part, needed):
        types = self.env["mail.activity.type"]
        values = part.values.get("activity_type")
        if values is None:
            return self.instead(part, "activity_type", "", types) if needed else types
        named = Part(self.env, values, f"{part.place()}, activity_type", ("id", "name"))
        xmlid, name = named.text("id"), named.text("name")
        for_contacts = [("res_model", "in", (False, "res.partner"))]
        found = types
        if xmlid and xmlid.count(".") == 1:
            found = self.env.ref(xmlid, raise_if_not_found=False)
            found = found if found is not None and found._name == types._name else types
            found = found.filtered_domain(for_contacts)
        found = found or (self.find(types._name, name, for_contacts) if name else types)
        if found or not needed:
            return found
        return self.instead(part, "activity_type", name or xmlid, types)

    def person(self, part):
        of_company = [("company_ids", "in", self.env.company.ids), ("share", "=", False)]
        return self.optional(part, "person", "res.users", of_company).id

    def coupon(self, part):
        """A program of personal coupons by its name."""
        if not (name := part.text("coupon")):
            return False
        programs = self.env["cx.campaign.step"].with_context(lang="en_US")._coupon_programs()
        if found := next((key for key, label in programs if label == name), False):
            return found
        self.note_missing(part, "coupon", name)
        return False

    # --------------------------------------------------------------------- notes
    def note_missing(self, part, name, text):
        self.notes.append(
            self.env._(
                "%(place)s: “%(name)s” is not here and is left empty (%(field)s).",
                place=part.place(), name=text, field=name,
            )
        )  # fmt: skip

    def note_numbers(self, part, values):
        """Conditions on records by their number mean others here."""
        if _names_by_number(self.env, values.get("domain")):
            self.notes.append(
                self.env._(
                    "%s: its condition names records by their number, which may be others here. "
                    "Look at it.",
                    part.place(),
                )
            )

    def note_body(self, part, texts):
        body = texts.get("body_html") or ""
        if _shown(texts.get("body_arch")) != _shown(body):
            self.notes.append(
                self.env._(
                    "%s: what the editor shows is not what would be sent. Open it, and save it, "
                    "before you launch.",
                    part.place(),
                )
            )
        if "/web/image" in body or "/web/content" in body:
            self.notes.append(
                self.env._("%s: its pictures are in another database. Choose them again.",
                           part.place())
            )  # fmt: skip

    def refuse_if_missing(self):
        """:raise UserError: a step cannot do without something that is not here"""
        for found in self.missing.values():
            raise UserError(
                self.env._(
                    "%s is not here, and this step cannot do without. Choose another one below.",
                    found[0],
                )
            )


def _names_by_number(env, text):
    try:
        conditions = list(domains.parsed(text).iter_conditions()) if text else []
    except domains.UNREADABLE:
        return False  # it is refused when it is written
    for condition in conditions:
        model = field = env["res.partner"]
        for name in condition.field_expr.split("."):
            field = model._fields.get(name) if model is not None else None
            comodel = field.comodel_name if field is not None and field.relational else None
            model = env[comodel] if comodel else None
        value = condition.value
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        relates = field is not None and (field.relational or field.name == "id")
        if relates and any(isinstance(v, int) and not isinstance(v, bool) for v in values):
            return True
    return False


def _shown(body):
    """The words that a reader sees of some HTML."""
    if not body or not body.strip():
        return []
    try:
        root = html.fragment_fromstring(body, create_parent="div")
    except (etree.ParserError, ValueError):
        return None
    etree.strip_elements(root, "style", "script", etree.Comment, with_tail=False)
    return root.text_content().split()
