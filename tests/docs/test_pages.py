"""Links, anchors and images of our pages lead somewhere. Needs no database."""

import re

import pytest
from docs.pages import ROOT, pages

GUIDES = ("rep", "marketer", "administrator")
PRIVATE = re.compile(r"/(?:tmp|work|home|root)/\w|localhost:\d|C:\\")
# what may stand in a block that no test runs
NOT_RUN = {"text"}
RUN = {"sh", "http", "python", "xml", "csv", "sql"}


@pytest.mark.parametrize("path", pages())
def test_links_lead_somewhere(path):
    page, wrong = pages()[path], []
    for line, image, _label, target in page.links():
        if re.match(r"[a-z]+:", target):
            continue
        name, _hash, anchor = target.partition("#")
        file = (page.folder / name).resolve() if name else ROOT / path
        if not file.is_relative_to(ROOT) or not file.exists():
            wrong.append(f"{path}:{line}: {target} is not there")
        elif image and file.suffix not in (".png", ".svg"):
            wrong.append(f"{path}:{line}: {target} is no image")
        elif anchor and anchor not in pages()[file.relative_to(ROOT).as_posix()].anchors:
            wrong.append(f"{path}:{line}: {target}: no such heading")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", pages())
def test_images_say_what_they_show(path):
    missing = [f"{path}:{line}" for line, image, label, _ in pages()[path].links()
               if image and not label.strip()]  # fmt: skip
    assert not missing, "without words: " + ", ".join(missing)


@pytest.mark.parametrize("path", pages())
def test_nothing_of_anybodys_machine(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not PRIVATE.search(text), PRIVATE.search(text)[0]


@pytest.mark.parametrize("path", pages())
def test_every_block_is_run_or_marked(path):
    """A block has a language that a test runs, or is marked as words."""
    unknown = [f"{b}: {b.info!r}" for b in pages()[path].blocks if b.language not in RUN | NOT_RUN]
    assert not unknown, "\n".join(unknown)
    loose = [
        f"{path}:{line}: {text.strip()}" for line, text in pages()[path].prose
        if re.match(r"^    (?:\./cx|python |curl |env\[|odoo )", text) and path != "README.md"
    ]  # fmt: skip
    assert not loose, "commands and code belong in fenced blocks:\n" + "\n".join(loose)


def test_few_blocks_are_not_run():
    everything = [b for page in pages().values() for b in page.blocks]
    marked = [b for b in everything if b.language in NOT_RUN]
    assert len(marked) <= len(everything) / 5, ", ".join(map(str, marked))


def test_every_page_is_in_the_index():
    index = pages()["docs/README.md"]
    linked = {
        (index.folder / target.split("#")[0]).resolve().relative_to(ROOT).as_posix()
        for _line, image, _label, target in index.links()
        if not image and not target.startswith("http")
    }
    missing = {p for p in pages() if p.startswith("docs/")} - linked - {"docs/README.md"}
    assert not missing, f"docs/README.md does not name {sorted(missing)}"


@pytest.mark.parametrize("guide", GUIDES)
def test_french_guides_have_the_same_parts(guide):
    english, french = (pages()[f"docs/guide/{guide}{lang}.md"] for lang in ("", ".fr"))
    assert len(english.headings) == len(french.headings)
    images = [[t for _l, image, _t, t in page.links() if image] for page in (english, french)]
    assert images[0] == images[1]


@pytest.mark.parametrize("path", [p for p in pages() if p.endswith(".fr.md")])
def test_french_spaces(path):
    """Before : ; ? ! and inside « » stands a no-break space, as French has it."""
    wrong = []
    for line, text in pages()[path].prose:
        plain = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|^\|[ :|-]+\|$", "", text)
        if re.search(
            r"[^\u00a0\u202f\s|:][:;?!](?![\w/])|[^\S\u00a0\u202f][:;?!]|«[^\u00a0]|[^\u00a0]»",
            plain,
        ):
            wrong.append(f"{path}:{line}: {text}")
    assert not wrong, "\n".join(wrong)
