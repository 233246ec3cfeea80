"""After ./cx odoo i18n export cx_lifecycle cx_lifecycle_mail: bring the French up to date.

Odoo's own `export -l fr` empties the file before it reads the translations in it, and
drops words that are the same in both languages. This keeps what is translated, adds what
is new without a translation, and removes what is gone.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).parents[2]


def refresh(addon):
    """Merge the template into fr.po; the messages without a translation."""
    folder = ROOT / addon / "i18n"
    known = {e.msgid: e.msgstr for e in polib.pofile(str(folder / "fr.po"))}
    french = polib.pofile(str(folder / f"{addon}.pot"))
    for entry in french:
        entry.msgstr = known.get(entry.msgid, "")
    french.metadata |= {
        "Language": "fr",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
        "Content-Transfer-Encoding": "8bit",
    }
    french.save(str(folder / "fr.po"))
    return french.untranslated_entries()


if __name__ == "__main__":
    for name in ("cx_lifecycle", "cx_lifecycle_mail"):
        for missing in refresh(name):
            print(f"{name}: {missing.msgid!r}")
