"""The language of mails: what is shown, what disappears, and that nothing is ever run."""

import time
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle_mail.engine import plain, text

LOOKING = settings(max_examples=200, deadline=None, derandomize=True)
VALUES = {
    "object.partner_id.name": "Ada & <b>Co</b>",
    "person.name": "Grace",
    "survey.link": "https://shop.example/s?a=1&b=2",
    "customer.website": "javascript:alert(1)",
}
FACTS = {"need": {"security"}, "language": {"fr_fr", "fr"}}
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCRAPS = '{{|}}| if | end |<t t-out=|"|>|</t>|object.x|.sudo()|__class__|<p>|</p>|<!--|-->'.split(
    "|"
)
paths = st.sampled_from(["object.name", "person.parent_id.city", "purchase.date"])


def shown(source, values=VALUES, facts=FACTS, html=True):
    return text.compile(source, html).render(values, facts)


def refusal(source, html=True):
    with pytest.raises(text.TextError) as caught:
        text.compile(source, html)
    return caught.value


# ---------------------------------------------------------------------- values
@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('Dear <t t-out="person.name">you</t>!', "Dear Grace!"),
        ('Dear <t t-out="person.email">you</t>!', "Dear you!"),
        ('Dear <t t-out="person.email">my <b>friend</b></t>!', "Dear my <b>friend</b>!"),
        ('<t t-out="person.name"/>', "Grace"),
        ('<t data-oe-t-inline="true" t-out=" person.name ">\ufeff</t>', "Grace"),
        ("<t t-out='object.partner_id.name'></t>", "Ada &amp; &lt;b&gt;Co&lt;/b&gt;"),
        (
            "<t t-out=\"format_datetime(person.at, tz=object.partner_id.tz) or 'n\\'t'\"/>",
            "n&#x27;t",
        ),
        ('<t t-out="format_datetime(person.name)"/>', "Grace"),
        ("Dear {{ person.name }}!", "Dear Grace!"),
        ("Dear {{person.email|||it's &amp; you}}!", "Dear it's &amp; you!"),
        ("Dear {{&nbsp;person.name\u00a0||| you }}!", "Dear Grace!"),
        ("{{ person&#46;name }}", "Grace"),
        ("<t>plain</t>", "<t>plain</t>"),
        ('<a title="{{ object.partner_id.name }}">', '<a title="Ada &amp; &lt;b&gt;Co&lt;/b&gt;">'),
    ],
)
def test_values_in_html(source, result):
    assert shown(source) == result


def test_a_line_break_of_a_value_is_one():
    assert shown("{{ a.b }}", {"a.b": "x\n<y>"}) == "x<br/>&lt;y&gt;"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("Hi {{ object.partner_id.name }}", "Hi Ada & <b>Co</b>"),
        (" {{object.nick ||| <you> }}", " <you>"),
        ("{{ if need = security }}Safe{{ else }}New{{ end }} & sound", "Safe & sound"),
        ("a }} b { { c", "a }} b { { c"),
    ],
)
def test_values_in_subjects(source, result):
    assert shown(source, html=False) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('<a href="{{ survey.link }}">', '<a href="https://shop.example/s?a=1&amp;b=2">'),
        ('<a href="{{%20survey.link%20}}">', '<a href="https://shop.example/s?a=1&amp;b=2">'),
        (
            '<a href="%7B%7B%20survey.link%20%7D%7D">',
            '<a href="https://shop.example/s?a=1&amp;b=2">',
        ),
        ('<a href="https://x/?n={{ person.name }}&amp;z">', '<a href="https://x/?n=Grace&amp;z">'),
        (
            '<a href="/?n={{ object.partner_id.name }}">',
            '<a href="/?n=Ada%20%26%20%3Cb%3ECo%3C%2Fb%3E">',
        ),
        ('<a href="{{ customer.website }}">', '<a href="">'),
        ('<a class="x" href="{{ customer.nothing ||| /shop }}">', '<a class="x" href="/shop">'),
    ],
)
def test_values_in_addresses(source, result):
    assert shown(source) == result


@given(words)
@LOOKING
def test_values_are_escaped_and_not_read_again(value):
    source = '<p title="{{ a.b }}">{{ a.b }}</p>'
    result = shown(source, {"a.b": value})
    if value:
        told = escape(value)
        assert result == f'<p title="{told}">{told.replace(chr(10), "<br/>")}</p>'
    assert shown("{{ a.b }}", {"a.b": value}, html=False) == value


@given(words)
@LOOKING
def test_an_address_is_a_page_or_nothing(value):
    address = unescape(shown('<a href="{{ a.b }}">', {"a.b": value})[9:-2])
    assert address in ("", value.strip())
    scheme, colon, _rest = address.partition(":")
    known = scheme.lower() in ("http", "https", "mailto", "tel")
    assert not colon or known or set(scheme) & set("/?#")


# --------------------------------------------------------------------- blocks
@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ if need = security }}A{{ end }}", "A"),
        ("{{ if need = Security }}A{{ else }}B{{ end }}", "A"),
        ("{{ if need = money }}A{{ else }}B{{ end }}", "B"),
        ("{{ if need != money }}A{{ end }}", "A"),
        ("{{ if need != security }}A{{ end }}", ""),
        ("{{ if need=security }}A{{ end }}", "A"),
        ("{{ if need }}A{{ end }}{{ if role }}B{{ end }}", "A"),
        ("{{ if role != payer }}A{{ end }}", "A"),
        ("{{ if language = fr_FR }}A{{ end }}{{ if language = fr }}B{{ end }}", "AB"),
        ("{{ if person.name }}A{{ end }}{{ if person.email }}B{{ else }}C{{ end }}", "AC"),
        ("{{ if need = money }}{{ if person.name }}A{{ end }}{{ else }}B{{ end }}C", "BC"),
        ("{{ if need }}1{{ if role }}2{{ else }}3{{ end }}4{{ end }}5", "1345"),
    ],
)
def test_blocks(source, result):
    assert shown(source) == shown(source, html=False) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("<p>{{ if need = money }}</p><p>A</p><p>{{ end }}</p><p>B</p>", "<p>B</p>"),
        ('<p class="x">{{ if need }}</p><p>A</p><div>\n{{ end }}&nbsp;</div>', "<p>A</p>"),
        ("<div><p><b>{{ if need }}</b><br/></p></div>A<p>\ufeff{{ end }}</p>", "A"),
        ("<p>{{ if need }}{{ if role }}</p>A<p>{{ end }}{{ else }}</p>B<p>{{ end }}</p>", ""),
        ("<p>{{ if need }}A</p><p>B{{ end }}</p>", "<p>A</p><p>B</p>"),
        ("<p>{{ if role }}A</p><p>B{{ end }}</p>", "<p></p>"),
        ("<p>{{ if need }} {{ person.name }}{{ end }}</p>", "<p> Grace</p>"),
        ("<div><p>{{ if need }}</p>A</div><p></p>{{ end }}", None),
        ("<tr>{{ if role }}<td>A</td>{{ end }}</tr>", "<tr></tr>"),
        ("<!-- {{ if need }}{{ person.name }}{{ end }} -->", "<!-- Grace -->"),
    ],
)
def test_markers_in_paragraphs_of_their_own(source, result):
    if result is None:
        assert refusal(source).code == "crossing"
    else:
        assert shown(source) == result


# -------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ object.sudo() }}", "expression"),
        ("{{ object.sudo.name }}", "expression"),
        ("{{ object.env.cr }}", "expression"),
        ("{{ object.__class__ }}", "expression"),
        ("{{ object.a__b }}", "expression"),
        ("{{ object._cr }}", "expression"),
        ("{{ object.name_ }}", "expression"),
        ("{{ object[0] }}", "expression"),
        ("{{ object.name + 1 }}", "expression"),
        ("{{ object.name or 'x' }}", "expression"),
        ("{{ 1 }}", "expression"),
        ("{{ object }}", "expression"),
        ("{{ objéct.name }}", "expression"),
        ("{{ }}", "expression"),
        ("{{ if }}x{{ end }}", "expression"),
        ("{{ if object.sudo() }}x{{ end }}", "expression"),
        ("{{ if object.name = x }}x{{ end }}", "expression"),
        ("{{ if need == x }}x{{ end }}", "expression"),
        ("{{ if need = x or 1 }}x{{ end }}", "expression"),
        ("{{ elif need = x }}", "expression"),
        ("{{ object.name", "unclosed"),
        ("{{ if need }}x", "open_block"),
        ("{{ if need }}x{{ else }}y", "open_block"),
        ("x{{ end }}", "stray"),
        ("{{ else }}", "stray"),
        ("{{ if need }}{{ else }}{{ else }}{{ end }}", "stray"),
        ("{{ if need }}" * 60 + "{{ end }}" * 60, "depth"),
    ],
)
def test_refused_anywhere(source, code):
    assert refusal(source).code == refusal(source, html=False).code == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('<p t-if="1">x</p>', "attribute"),
        ('<p T-Foreach="x" t-as="y">x</p>', "attribute"),
        ('<span t-esc="object.name"/>', "attribute"),
        ('<span t-out="object.name"/>', "attribute"),
        ('<a href="x"t-att-href="y">x</a>', "attribute"),
        ("<a/t-attf-href='{{ a.b }}'>x</a>", "attribute"),
        ('<t t-call="web.layout"/>', "attribute"),
        ('<t t-out="object.name" t-if="1"/>', "attribute"),
        ('<t t-set="x" t-value="1"/>', "attribute"),
        ('<t t-out="object.sudo().name"/>', "expression"),
        ('<t t-out="object.__class__"/>', "expression"),
        ('<t t-out="env.user"/>', "expression"),
        ('<t t-out="datetime.datetime.now()"/>', "expression"),
        ('<t t-out=""/>', "expression"),
        ('<t t-out="format_datetime(object.sudo().x)"/>', "expression"),
        ("<t t-out=\"format_datetime(a.b) or '' or object.sudo()\"/>", "expression"),
        ('<T T-OUT="object.env.cr"/>', "expression"),
        ('<t t-out="a.b">{{ a.b }}</t>', "split"),
        ('<t t-out="a.b"><t t-out="c.d"/></t>', "split"),
        ('<t t-out="a.b">x', "markup"),
        ("{{ a.<b>b</b> }}", "split"),
        ('<p style="color: {{ a.b }}">', "place"),
        ('<p onclick="{{ a.b }}">', "place"),
        ("<p {{ a.b }}>", "place"),
        ("<style>p { color: {{ a.b }} }</style>", "place"),
        ("<script>{{ a.b }}</script>", "place"),
        ('<a href="{{ if need }}x{{ end }}">', "place"),
        ("<p>{{ if need }}</p>x<b>{{ end }}</b>", "crossing"),
        ("<b>{{ if need }}</b>x{{ end }}", "crossing"),
        ("<tr><td>{{ if need }}x</td></tr>{{ end }}", "crossing"),
        ("<!-- {{ if need }} -->x<!-- {{ end }} -->", "open_block"),
        ('<p class="x>{{ a.b }}', "markup"),
        ("<!-- {{ a.b }}", "markup"),
    ],
)
def test_refused_in_html(source, code):
    assert refusal(source).code == code


def test_the_refusal_quotes_what_it_is_about():
    error = refusal("<p>Fine</p><p>{{ object.sudo() }}</p>")
    assert error.fragment == "{{ object.sudo() }}"
    assert len(refusal("{{ " + "x" * 10**6).fragment) <= 80


@given(st.lists(words | st.sampled_from(SCRAPS), max_size=12))
@LOOKING
def test_any_source_is_read_or_refused(parts):
    source = "".join(parts)
    for html in (True, False):
        try:
            found = text.compile(source, html)
        except text.TextError as error:
            assert error.code
        else:
            assert all("." in path and "__" not in path for path in found.variables)
            found.render({}, {})


@given(words)
@LOOKING
def test_what_stands_around_is_not_touched(source):
    source = source.replace("{{", "{ {")
    assert shown(source, html=False) == source
    try:
        assert shown(source) == source
    except text.TextError as error:
        assert error.code == "markup"


def test_a_designed_page_is_not_touched():
    page = (
        "<!DOCTYPE html>\n<html><head><style>@media x{a{b:c}}</style><title>}}</title></head>"
        '<body>\n<!--[if mso]><td width="5"><![endif]--><p class=\'a "b" > c\' id=x>1 < 2 &amp; 3'
        '&nbsp;</p><img src="x"/><br><a href="https://x/?a=1&amp;b=%20#c">y</a></body></html>'
    )
    assert shown(page) == page


@given(paths, words)
@LOOKING
def test_a_marker_between_two_texts(path, around):
    around = around.replace("{", "").replace("}", "")
    source = f"{around}{{{{ {path} }}}}{around}"
    assert shown(source, {path: "value"}, html=False) == f"{around}value{around}"


def test_what_a_template_asks_for():
    found = text.compile(
        '<t t-out="a.b"/>{{ c.d }}{{ if need = Money }}{{ if role }}{{ if e.f }}{{ g.h }}{{ end }}'
        '{{ end }}{{ else }}<a href="{{ i.j }}">{{ end }}'.replace('">{{', '"></a>{{'),
        True,
    )
    assert found.variables == {"a.b", "c.d", "e.f", "g.h", "i.j"}
    assert found.facts == {("need", "money"), "role"}


def test_between_two_texts():
    found = text.compile("{{ a.b }}", True).within("<{{ c.d }}>", "<end>")
    assert found.render({"a.b": "x"}, {}) == "<{{ c.d }}>x<end>"
    assert found.variables == {"a.b"}


HOSTILE = [
    "{{ if a.b }}" * 80_000,
    "<div>" * 200_000,
    "<" * 10**6,
    '<a "' * 250_000,
    "{{" * 500_000,
    "<!--" * 250_000,
    "{{ if a.b }}" + "<b>" * 300_000,
    "<b>" * 150_000 + "</i>" * 150_000,
    '<t t-out="a.b">' + "<b>" * 300_000,
    "<div>" * 400 + "{{ if a.b }}{{ end }}" * 20_000 + "</div>" * 400,
    "{{ " + "a." * 400_000 + "}}",
    "{{ if " + " " * 10**6 + "}}",
    "<p " + "a " * 400_000 + "t-x>",
    '<a href="' + "%7b" * 300_000 + '">',
    "<p>{{ if a.b }}x{{ end }}</p>" * 30_000,
    "{{ a.b }}" * 110_000,
    "&nbsp;" * 160_000,
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:24])
def test_a_megabyte_takes_a_moment(source):
    started = time.process_time()
    try:
        text.compile(source, True).render({}, {})
    except text.TextError as error:
        assert len(error.fragment) <= 80
    assert time.process_time() - started < 20


# ------------------------------------------------------------------ plain text
@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("<p>Dear&nbsp;<b>you</b>,</p>\n  <p>1 &lt; 2</p>", "Dear you,\n\n1 < 2"),
        ("a<br>b<br/>c<hr/>d", "a\nb\nc\n---\nd"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ('<a href="https://x/?a=1&amp;b=2">Go</a>', "Go (https://x/?a=1&b=2)"),
        ('<a href="mailto:a@b">a@b</a>', "a@b"),
        ('<a href="{{ survey.link }}">Go</a>', "Go (https://shop.example/s?a=1&b=2)"),
        ('<a title="{{ person.name }}" href="https://x">Go</a>', "Go (https://x)"),
        ('<a href="https://x/{{ object.partner_id.name }}">Go</a>', "Go (https://x/Ada%20%26%20%3Cb%3E"
            "Co%3C%2Fb%3E)"),
        ('<a href="{{ customer.website }}">Go</a>', "Go ()"),
        ('<img alt="A &amp; B" src="x">', "A & B"),
        ("<style>p{}</style><!-- {{ person.name }} --><title>x</title>y", "y"),
        ('<t t-out="person.email">my <b>friend&nbsp;</b></t>!', "my friend !"),
        ("{{ object.partner_id.name }}", "Ada & <b>Co</b>"),
        ("<p>a</p><p>{{ if role }}</p><p>b</p><p>{{ end }}</p><p>c</p>", "a\n\nc"),
    ],
)  # fmt: skip
def test_plain_text(source, result):
    assert plain.tidy(plain.plain(source).render(VALUES, FACTS)) == result
