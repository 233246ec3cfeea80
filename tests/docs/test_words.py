"""Names in the guides are those of the screens, and their example is a real one."""

import re
from datetime import timedelta
from functools import cache
from html import unescape
from pathlib import Path

import polib
import pytest
from docs.pages import ROOT, pages
from model.common import TODAY, LifecycleCase

from odoo.addons.cx_lifecycle.demo import loader, purchases_csv

ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
GUIDES = [f"docs/guide/{name}.md" for name in ("rep", "marketer", "administrator")]
FRENCH = [path.replace(".md", ".fr.md") for path in GUIDES]
# a name on a screen stands in quotes or between tags; so do texts in Python and JavaScript
ON_SCREEN = re.compile(r"[\"'>“]\s*([^\"'<>“”]{2,80}?)\s*[\"'<”]")
REAL = "2221"  # the reference of the customer that the guides tell of


@cache
def english():
    """Everything that stands where names of screens stand, in the source of the addons."""
    found = set()
    for addon in ADDONS:
        for file in (ROOT / addon).rglob("*"):
            if file.suffix in (".xml", ".py", ".js"):
                text = unescape(file.read_text(encoding="utf-8"))
                found.update(" ".join(word.split()) for word in ON_SCREEN.findall(text))
    return found


@cache
def french():
    """All translations of the addons."""
    files = [polib.pofile(str(ROOT / addon / "i18n" / "fr.po")) for addon in ADDONS]
    return {" ".join(entry.msgstr.split(" ")) for file in files for entry in file}


@pytest.mark.parametrize("path", GUIDES)
def test_english_names(path):
    words = {word for _line, word in pages()[path].bold()}
    assert len(words) > 10
    assert not words - english(), "not on any screen"


@pytest.mark.parametrize("path", FRENCH)
def test_french_names(path):
    words = {word for _line, word in pages()[path].bold()}
    assert len(words) > 10
    assert not words - french(), "not in fr.po"


class TestExample(LifecycleCase):
    """The customer that the guides tell of, as the demonstration has her."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sample = Path(loader.__file__).with_name("cdnow_sample.txt")
        rows = purchases_csv.read(sample.read_text(encoding="utf-8").splitlines(keepends=True))
        shift = TODAY - timedelta(days=7) - max(row.day for row in rows)
        loader.load(cls.env, rows, shift, demo=True)
        cls.classPatch(type(cls.env["ir.cron"]), "_commit_progress", lambda *_, **__: 100.0)
        cls.env["cx.run"].search([]).state = "done"
        cls.env["cx.run"]._request("rebuild", cls.company)._pass()

        cls.marie = cls.env["cx.customer"].search([("partner_id.ref", "=", REAL)])

    def test_the_sentence(self):
        """What the guides quote is what the screen says, but for the day that moves with today."""
        self.assertEqual(self.marie.partner_id.name, "Marie Moreau")
        self.assertStage(self.marie, "dormant", "silence")
        for path, lang in (("docs/guide/rep.md", "en_US"), ("docs/guide/rep.fr.md", "fr_FR")):
            said = self.marie.with_context(lang=lang).why()["sentence"]
            [quoted] = [t for _l, t in pages()[path].prose if t.startswith("> ")]
            self.assertIn(" ".join(quoted[2:].split(" ")), said)

    def test_the_numbers_around_it(self):
        silence = (self.marie.dormant_on - self.marie.last_purchase_on).days
        self.assertEqual((self.marie.purchase_count, round(self.marie.usual_interval)), (8, 50))
        for path in ("docs/guide/rep.md", "docs/guide/rep.fr.md"):
            text = " ".join(t for _l, t in pages()[path].prose)
            self.assertRegex(text, rf"\b{silence}\b.(?:days|jours)")

    def test_who_is_irregular_is_left_alone_longer(self):
        """As the guides say, of a rhythm of the same length."""
        steady = self.buy(self.partner("Steady"), 400, 350, 300, 250, 200, 150, 100)
        erratic = self.buy(self.partner("Erratic"), 400, 395, 390, 210, 205, 105, 100)
        self.assertEqual(round(steady.usual_interval), round(erratic.usual_interval))
        self.assertLess(steady.dormant_on, erratic.dormant_on)


def numbers(text):
    """Numbers of a text, French ones too, as written in English."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f ](?=\d{3}\b)", "", text)
    found = re.findall(r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)*", text)
    return {number.replace(",", ".").lstrip("+").replace("0.", ".") for number in found}


def test_french_method_invents_no_figure():
    """Every figure of the two French pages stands on the whole page."""
    whole = (ROOT / "docs" / "rhythm.md").read_text(encoding="utf-8")
    known = numbers(re.sub(r"(?<=\d),(?=\d{3}\b)", "", whole))
    page = pages()["docs/rhythm.fr.md"]
    said = {
        number
        for _line, text in page.prose
        for number in numbers(re.sub(r"^\d+\. |\]\([^)]*\)", "", text))
    }
    assert len(said) > 50
    assert not said - known, "not in docs/rhythm.md"
