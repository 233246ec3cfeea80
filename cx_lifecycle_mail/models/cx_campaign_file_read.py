"""A file is read: every value is looked at before anything is made of it.

Files come from anywhere. Names that are not known here are refused rather than passed over, so
that nobody believes that they work; what a value may do is for the ordinary ``create`` to say.
"""

import json
import math

from odoo.exceptions import UserError

from .cx_campaign_file import FORMAT, VERSION

LARGEST = 5 * 1024 * 1024  # bytes of a file
LONGEST = {"char": 20_000, "text": 20_000, "html": 1_000_000}
MOST = 200  # steps, tags, contents, languages
WHOLE = 2**31 - 1


class Part:
    """One object of a file, whose values are taken by name; where it stands is said with errors."""

    def __init__(self, env, values, where, known):
        """
        :param str where: for people, such as “Step 2”; empty for the campaign itself
        :param known: the names that it may have
        :raise UserError: it is no object, or has other names
        """
        self.env, self.where = env, where
        if not isinstance(values, dict):
            raise self.wrong("", env._("{…} is expected here"), values)
        if unknown := sorted(set(values) - set(known), key=str):
            raise UserError(
                env._(
                    "%(place)s: %(name)s is nothing that a file may set. Remove it.",
                    place=self.place(), name=_brief(unknown[0]),
                )
            )  # fmt: skip
        self.values = values

    def place(self, name=""):
        return ", ".join(filter(None, [self.where or self.env._("Campaign"), name]))

    def wrong(self, name, expected, found):
        return UserError(
            self.env._(
                "%(place)s: %(expected)s, not %(found)s.",
                place=self.place(name), expected=expected, found=_brief(found),
            )
        )  # fmt: skip

    # ---------------------------------------------------------------- plain values
    def fields(self, model, names):
        """``{name: value}`` of plain fields that the file has."""
        return {name: self.field(model, name) for name in names if name in self.values}

    def field(self, model, name):
        field, value = model._fields[name], self.values[name]
        place = f"{field._description_string(self.env)} ({name})"
        if field.type == "boolean":
            if not isinstance(value, bool):
                raise self.wrong(place, self.env._("true or false is expected"), value)
        elif field.type == "integer":
            if not _whole(value):
                raise self.wrong(place, self.env._("a whole number is expected"), value)
        elif field.type == "float":
            if not (_whole(value) or isinstance(value, float)) or not math.isfinite(value):
                raise self.wrong(place, self.env._("a number is expected"), value)
        elif value is None and not field.required:
            return False
        elif field.type == "selection":
            keys = field.get_values(self.env)
            if not isinstance(value, str) or value not in keys:
                choices = self.env._("one of %s is expected", ", ".join(keys))
                raise self.wrong(place, choices, value)
        else:
            self.check_text(place, value, LONGEST[field.type])
        return value

    def check_text(self, place, value, longest=LONGEST["char"]):
        if not isinstance(value, str):
            raise self.wrong(place, self.env._("a text is expected"), value)
        if len(value) > longest:
            raise self.wrong(
                place, self.env._("a text of at most %s characters is expected", longest), value
            )
        try:
            fits = "\0" not in value.encode().decode()
        except UnicodeError:
            fits = False
        if not fits:
            raise self.wrong(place, self.env._("a text without odd characters is expected"), value)

    # ------------------------------------------------------------------ other values
    def text(self, name):
        """A text, or None."""
        value = self.values.get(name)
        if value is not None:
            self.check_text(name, value)
        return value or None

    def texts(self, name):
        """A list of texts."""
        values = self.list(name)
        for value in values:
            self.check_text(name, value)
        return values

    def list(self, name):
        value = self.values.get(name) or []
        if not isinstance(value, list) or len(value) > MOST:
            raise self.wrong(name, self.env._("a list of at most %s is expected", MOST), value)
        return value

    def words(self, name, longest=LONGEST["char"]):
        """``{language: text}``."""
        value = self.values.get(name) or {}
        if not isinstance(value, dict) or len(value) > MOST:
            raise self.wrong(
                name, self.env._('texts by language are expected, as {"en_US": "…"}'), value
            )
        for lang, text in value.items():
            self.check_text(name, lang)
            self.check_text(name, text, longest)
        return value

    def number(self, name):
        """A whole number, or None."""
        value = self.values.get(name)
        if value is not None and not _whole(value):
            raise self.wrong(name, self.env._("a whole number is expected"), value)
        return value


def parse(env, data):
    """The object in a file.

    :param bytes data: of the file
    :raise UserError: it is no campaign, or of another version
    """
    if len(data) > LARGEST:
        raise UserError(
            env._("File: it is larger than %s MB, which no campaign is.", LARGEST // 1024**2)
        )
    try:
        values = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UserError(
            env._(
                "File: it cannot be read as a campaign (%s). Choose one that was exported here or "
                "in another database.",
                str(error)[:200],
            )
        ) from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise UserError(env._("File: it is no campaign. Choose one that was exported."))
    version = values.get("version")
    if not _whole(version) or version != VERSION:
        raise UserError(
            env._(
                "File: it has version %(found)s of the format, and only version %(known)s is "
                "known here. Update this database, or export the campaign again.",
                found=_brief(version), known=VERSION,
            )
        )  # fmt: skip
    return values


def _no_number(name):
    raise ValueError(f"{name} is no number")


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= WHOLE


def _brief(value):
    """What was found, short enough for a message."""
    shown = {dict: "{…}", list: "[…]"}.get(type(value))
    text = shown or (value if isinstance(value, str) else json.dumps(value))
    text = text.encode(errors="replace").decode().replace("\0", " ")
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
