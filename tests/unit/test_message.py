"""Messages as bytes: whatever is written in them is what the standard library reads."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle_mail.engine.message import message

LINE = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="\x85"), max_size=120
).map(lambda text: " ".join(text.split()))
# an "=?…?=" would be read as what it says
PLAIN = LINE.filter(lambda text: "=?" not in text)
BODY = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=300
)


def read(headers, text="", page=""):
    raw = message(headers, text, page)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r")
    return message_from_bytes(raw, policy=policy.default)


def lines(part):
    """What a part says, with the line breaks of texts."""
    return part.get_content().replace("\r\n", "\n").removesuffix("\n")


@given(PLAIN.filter(bool))
def test_subjects(subject):
    assert read([("Subject", subject)])["Subject"] == subject


@given(PLAIN, PLAIN)
def test_names(one, other):
    def quoted(name):
        name = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <ada@example.com>'

    # this policy reads encoded words one after the other right, as the newer one does not always
    raw = message([("To", f"{quoted(one)}, {quoted(other)}")], "", "")
    found = getaddresses([message_from_bytes(raw, policy=policy.compat32)["To"]])
    assert [str(make_header(decode_header(name))) for name, _address in found] == [one, other]
    assert {address for _name, address in found} == {"ada@example.com"}


@given(BODY, BODY)
def test_contents(text, page):
    plain, html = read([("Subject", "x")], text, page).iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part, written in ((plain, text), (html, page)):
        assert lines(part) == written.removesuffix("\n")


@pytest.mark.parametrize(
    "text", ["\n.\n..\n", "--=_alternative\n", "a=3D\n", "end \n \t\n", "\r\n\r", ""]
)
def test_what_could_end_a_part(text):
    plain, _html = read([("Subject", "x")], text, text).iter_parts()
    meant = text.replace("\r\n", "\n").replace("\r", "\n")
    assert lines(plain) == meant.removesuffix("\n")


def test_surrogates_leave_as_question_marks():
    plain, _html = read([("Subject", "x")], "a\ud800b").iter_parts()
    assert lines(plain) == "a?b"


@pytest.mark.parametrize("value", ["a\nBcc: eve@example.com", "a\r\n\r\nbody", "a\rb"])
def test_nothing_is_smuggled_in(value):
    for name in ("Subject", "To", "List-Unsubscribe"):
        with pytest.raises(ValueError, match=name):
            message([(name, value)], "", "")


def test_long_links_stay_in_one_line():
    link = "<https://shop.example.com/" + "a" * 400 + ">"
    assert f"List-Unsubscribe: {link}\r\n".encode() in message([("List-Unsubscribe", link)], "", "")


def test_an_address_beyond_ascii_stays_as_it_is():
    raw = message([("To", '"Zoé" <zoé@example.com>')], "", "")
    assert "<zoé@example.com>".encode() in raw
