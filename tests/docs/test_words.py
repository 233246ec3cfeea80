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
REAL = "2221"  # the reference of the customer that the guides tell of


@cache
def source():
    """The addons' views, models and scripts, with the signs of XML as people read them."""
    files = [
        file for addon in ADDONS for file in sorted((ROOT / addon).rglob("*"))
        if file.suffix in (".xml", ".py", ".js")
    ]  # fmt: skip
    return unescape("\n".join(file.read_text(encoding="utf-8") for file in files))


def on_screen(word):
    """Whether it stands between quotes or tags, as names of screens do."""
    return re.search(rf"[\"'>“]\s*{re.escape(word)}\s*[\"'<”]", source())


@cache
def french():
    """All translations of the addons."""
    files = [polib.pofile(str(ROOT / addon / "i18n" / "fr.po")) for addon in ADDONS]
    return {entry.msgstr for file in files for entry in file}


@pytest.mark.parametrize("path", GUIDES)
def test_english_names(path):
    words = {word for _line, word in pages()[path].bold()}
    assert len(words) > 10
    assert not {word for word in words if not on_screen(word)}, "not on any screen"


@pytest.mark.parametrize("path", FRENCH)
def test_french_names(path):
    words = {word for _line, word in pages()[path].bold()}
    assert len(words) > 10
    assert not words - french(), "not in fr.po"


def plain(text):
    return text.replace("\u00a0", " ")


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
            self.assertIn(plain(quoted[2:]), plain(said))

    def test_the_example_of_the_method(self):
        """Each line of *Why?* with its figures, on the page of the method."""
        text = " ".join(t for _l, t in pages()["docs/rhythm.md"].prose)
        for line in self.marie.why()["lines"]:
            self.assertIn(re.search(r"[\d.]+", line["value"])[0], text, line["label"])

    def test_the_numbers_around_it(self):
        silence = (self.marie.dormant_on - self.marie.last_purchase_on).days
        self.assertEqual((self.marie.purchase_count, round(self.marie.usual_interval)), (8, 50))
        for path in ("docs/guide/rep.md", "docs/guide/rep.fr.md"):
            text = " ".join(t for _l, t in pages()[path].prose)
            self.assertRegex(text, rf"\b{silence}\b.(?:days|jours)")


def numbers(text):
    """Numbers of a text, French ones too, as written in English."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f ](?=\d{3}\b)", "", text)
    found = re.findall(r"(?<![\w.,])[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)", text)
    plain = {number.replace(",", ".").lstrip("+-") for number in found}
    return {number.removeprefix("0") if number.startswith("0.") else number for number in plain}


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
