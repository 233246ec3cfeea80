"""Tables of scheduled actions and system parameters in docs/install.md are those of the code."""

import re
from pathlib import Path

from docs.pages import ROOT, pages
from lxml import etree

ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
INSTALL = "docs/install.md"
WHEN = {
    ("1", "days"): r"every night|daily", ("1", "months"): r"monthly|of the month",
    ("1", "hours"): r"hourly", ("15", "minutes"): r"every 15 minutes",
    ("10", "minutes"): r"every 10 minutes",
}  # fmt: skip
PARAMETER = re.compile(r"get_param\(\s*[\"'](cx_[\w.]+)[\"']\s*(?:,\s*([\"']?[\w.]+))?")


def rows(first):
    """Rows of the table whose heading begins so, cell by cell."""
    found, inside = [], False
    for _line, text in pages()[INSTALL].prose:
        if not text.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if inside and not re.fullmatch(r"-+", cells[0]):
            found.append(cells)
        inside = inside or cells[0] == first
    return found


def crons():
    """{name: (interval, unit, hour or None)} of the scheduled actions in the data files."""
    found = {}
    for addon in ADDONS:
        for file in sorted((ROOT / addon / "data").rglob("*.xml")):
            for record in etree.parse(file).iterfind(".//record[@model='ir.cron']"):
                field = {f.get("name"): f.get("eval") or f.text for f in record.iterfind("field")}
                hour = re.search(r"(\d\d:\d\d):00'", field.get("nextcall") or "")
                found[field["name"]] = (
                    field["interval_number"], field["interval_type"], hour and hour[1]
                )  # fmt: skip
    return found


def test_scheduled_actions():
    said = {}
    for name, when, does in rows("scheduled action"):
        assert does
        several = re.fullmatch(r"(.*) \((\d) to (\d)\)", name)
        if several:
            numbers = range(int(several[2]), int(several[3]) + 1)
            said.update({f"{several[1]} ({number})": when for number in numbers})
        else:
            said[name] = when
    known = crons()
    assert len(known) > 15
    assert set(said) == set(known)
    for name, (number, unit, hour) in known.items():
        assert re.search(WHEN[number, unit], said[name]), f"{name}: {said[name]}"
        assert bool(hour) == ("UTC" in said[name]), f"{name}: {said[name]}, {hour}"
        assert not hour or f"{hour} UTC" in said[name], f"{name}: {hour}"


def parameters():
    """{name: default} of the system parameters that the code asks for."""
    found = {}
    for addon in ADDONS:
        for file in (ROOT / addon).rglob("*.py"):
            for name, default in PARAMETER.findall(file.read_text(encoding="utf-8")):
                found[name] = constant(file, default) if default else ""
    return found


def constant(file, text):
    """A default as written, or of a constant of the same file."""
    if re.match(r"[\d\"']", text):
        return text.strip("\"'")
    return re.search(rf"^{text} = (\S+)", Path(file).read_text(encoding="utf-8"), re.M)[1]


def test_system_parameters():
    said = {cells[0].strip("`"): cells[1] for cells in rows("system parameter")}
    known = parameters()
    assert set(said) == set(known)
    for name, default in known.items():
        assert said[name].startswith(f"{default}:"), f"{name}: {default} in the code"
