"""What our pages hold: headings, links, images, blocks of code, words in bold."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(\s*)```\s*(.*?)\s*$")
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
INLINE = re.compile(r"(`+)(.+?)\1")
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
FILE_OF_BLOCK = re.compile(r"^`(shop_visits/[\w./]+)`:?$")


@dataclass(frozen=True)
class Block:
    """A fenced block of code: where it stands, in which language, under which heading."""

    page: str  # relative to the repository
    line: int
    info: str  # what stands behind the fence, as in ``sh``
    text: str
    heading: str
    file: str  # of the example addon, where the line above names one

    @property
    def language(self):
        return self.info.split()[0] if self.info else ""

    def __str__(self):
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    path: str
    prose: tuple  # (line, text) outside of blocks
    blocks: tuple
    headings: tuple

    @property
    def folder(self):
        return (ROOT / self.path).parent

    @property
    def anchors(self):
        """What links may name behind #, as GitHub and Forgejo make them of headings."""
        found = []
        for heading in self.headings:
            name = slug(heading)
            found.append(name if name not in found else f"{name}-{found.count(name)}")
        return found

    def links(self):
        """(line, whether an image, text, target) of every link in the prose."""
        for line, text in self.prose:
            for image, label, target in LINK.findall(INLINE.sub("", text)):
                if not image:
                    for inner in LINK.finditer(label):
                        yield line, True, inner[2], inner[3]
                yield line, bool(image), label, target

    def bold(self):
        for line, text in self.prose:
            for word in BOLD.findall(text):
                yield line, word

    def code(self):
        """(line, text) of what stands in backquotes in the prose."""
        for line, text in self.prose:
            for _ticks, word in INLINE.findall(text):
                yield line, word


def slug(heading):
    text = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def pages():
    """README and everything under docs/, by path."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {page.path: page for page in map(read, files)}


def read(file):
    path = file.relative_to(ROOT).as_posix()
    prose, blocks, headings = [], [], []
    inside, heading, named = None, "", ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None:
            start, info, indent, lines = inside
            if fence and not fence[2]:
                text = "".join(f"{x.removeprefix(indent)}\n" for x in lines)
                blocks.append(Block(path, start, info, text, heading, named))
                inside, named = None, ""
            else:
                lines.append(line)
        elif fence:
            inside = (number, fence[2], fence[1], [])
        else:
            prose.append((number, line))
            if found := HEADING.match(line):
                heading = found[2]
                headings.append(heading)
            if line.strip():
                found = FILE_OF_BLOCK.match(line.strip())
                named = found[1] if found else ""
    assert inside is None, f"{path}: the block of line {inside[0]} has no end"
    return Page(path, tuple(prose), tuple(blocks), tuple(headings))


def blocks(*languages):
    """All blocks of these languages, of all pages."""
    return [b for page in pages().values() for b in page.blocks if b.language in languages]
