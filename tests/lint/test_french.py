"""French is complete and well set: every message that Odoo exports has its translation."""

import io
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase
from odoo.tools.translate import trans_export

ROOT = Path(__file__).parents[2]
# what stands in the place of words: placeholders, tags, addresses, times
HOLDERS = re.compile(
    r"<[^>]*>|https?://\S+|%\([^)]*\)[sd]|%[sd]|&\w+;|\{[^}]*\}|\d+:\d+|:\w*:|\w+(?:\.\w+)+"
)
END = r"(?=[\s.,)]|$)"
# what a French reader's eye stumbles over; a no-break space keeps a sign with its word
RULES = {
    "no-break space before ; ! ? : »": rf"(?:[^\s\u202f(\[?!.…«»\d/-]|[^\S\xa0\u202f])[;!?»:]{END}",
    "no-break space after «": r"«(?![\xa0\u202f])",
    "no-break space before % and €": r"[^\xa0\u202f][%€](?!\w)",
    "typographic apostrophe": r"(?i)[a-zà-ÿ]'[a-zà-ÿ]",
    "… is one sign": r"\.\.\.",
}
AGAIN = "./cx odoo i18n export {}, then .cx/venv/bin/python tests/lint/refresh_french.py"


class TestFrench(TransactionCase):
    def messages(self, addon):
        """What `odoo i18n export` would write for the addon."""
        buffer = io.BytesIO()
        trans_export(None, [addon], buffer, "po", self.env)
        return {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}

    def check(self, addon):
        file = ROOT / addon / "i18n" / "fr.po"
        self.assertTrue(file.is_file(), f"{file} is missing: {AGAIN.format(addon)}")
        known = {e.msgid: e for e in polib.pofile(str(file)) if not e.obsolete}
        missing = sorted(self.messages(addon) - set(known))
        self.assertFalse(missing, f"not in {addon}'s fr.po: {AGAIN.format(addon)}")
        undone = [m for m, e in known.items() if e.fuzzy or not e.translated()]
        self.assertFalse(undone, f"without a translation, or fuzzy, in {addon}'s fr.po")
        slips = [
            (rule, e.msgstr)
            for e in known.values()
            for rule, pattern in RULES.items()
            if re.search(pattern, HOLDERS.sub("X", e.msgstr.replace("%%", "%")))
        ]
        self.assertFalse(slips, f"see {addon}'s fr.po")
        # Odoo cuts the ends of a piece of a page; a word joiner keeps the space behind it
        cut = [
            e.msgstr
            for e in known.values()
            if e.msgstr != e.msgstr.strip("\xa0\u202f")
            and any(source.startswith("model_terms:") for source, _line in e.occurrences)
        ]
        self.assertFalse(cut, f"begin it with a word joiner (U+2060), in {addon}'s fr.po")

    def test_cx_lifecycle(self):
        self.check("cx_lifecycle")

    def test_cx_lifecycle_mail(self):
        self.check("cx_lifecycle_mail")
