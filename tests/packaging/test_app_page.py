"""The addons' pages in Odoo's Apps: complete, light, and of nobody else. Needs no database."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dev.screenshots import APP_PAGES

ROOT = Path(__file__).parents[2]
ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
LIMIT = 1_500_000  # bytes of pictures, both addons together: an app page opens on a phone too
TAGS = {"section", "div", "h1", "h2", "p", "ul", "li", "em", "strong", "code", "img"}
ATTRIBUTES = {"class", "src", "alt"}  # no style, no script, no event
PNG = b"\x89PNG\r\n\x1a\n"


class Page(HTMLParser):
    """What a page is made of, and where it is not well-formed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.images, self.words = [], [], [], ""
        self.feed(text)
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self._look(tag, attrs)

    def handle_startendtag(self, tag, attrs):
        self._look(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"line {self.getpos()[0]}: </{tag}> closes what is not open")

    def handle_data(self, data):
        self.words += data

    def _look(self, tag, attrs):
        given = dict(attrs)
        if tag not in TAGS or not set(given) <= ATTRIBUTES:
            self.wrong.append(f"line {self.getpos()[0]}: <{tag} {' '.join(given)}>")
        if tag == "img":
            self.images.append(given)


def folder(addon):
    return ROOT / addon / "static" / "description"


def page(addon):
    return Page((folder(addon) / "index.html").read_text(encoding="utf-8"))


def manifest(addon):
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize("addon", ADDONS)
def test_page_is_well_formed_and_plain(addon):
    assert page(addon).wrong == []


@pytest.mark.parametrize("addon", ADDONS)
def test_every_image_is_there_used_and_described(addon):
    named = [image["src"] for image in page(addon).images]
    there = {p.name for p in folder(addon).iterdir()} - {"index.html", "icon.png"}
    assert sorted(named) == sorted(there)
    assert all(image["alt"].strip() for image in page(addon).images)
    for name in (*named, "icon.png"):
        assert (folder(addon) / name).read_bytes().startswith(PNG), name
    # what ./cx screenshots takes anew is what the page shows
    assert sorted(named) == sorted(f"{name}.png" for name in APP_PAGES[addon])


@pytest.mark.parametrize("addon", ADDONS)
def test_manifest_names_images_that_are_there(addon):
    images = manifest(addon)["images"]
    assert images
    assert {Path(p).name for p in images} <= {i["src"] for i in page(addon).images}
    for path in images:
        assert (ROOT / addon / path).is_file(), path


@pytest.mark.parametrize("addon", ADDONS)
def test_nothing_comes_from_elsewhere(addon):
    text = (folder(addon) / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"//|\bdata:|javascript:|@import|url\(", text)


@pytest.mark.parametrize("addon", ADDONS)
def test_pages_that_are_named_exist(addon):
    named = re.findall(r"docs/[\w./]+\.md", page(addon).words)
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_pictures_are_light():
    sizes = {p: p.stat().st_size for a in ADDONS for p in folder(a).glob("*.png")}
    assert sum(sizes.values()) < LIMIT, sizes
