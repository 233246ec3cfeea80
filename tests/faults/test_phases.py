"""One message, every phase, every fault: what became of it, and what the server holds."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from faults.sink import FOREVER, Rule, Sink
from faults.waiting import wait_for

from odoo.addons.cx_lifecycle_mail.models import smtp

SENDER, ADA, BOB = "shop@example.com", "ada@example.com", "bob@example.com"
SHORT = 0.3  # seconds of patience, where the server is silent on purpose


def written(body="Hello\r\n", to=ADA, **headers):
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Message-ID"] = SENDER, to, "<1@example.com>"
    for name, value in headers.items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes()


@pytest.fixture
def sink(tmp_path):
    with Sink(tmp_path / "journal") as server:
        yield server


def connect(sink, timeout=10):
    session = smtplib.SMTP("127.0.0.1", sink.port, local_hostname="localhost", timeout=timeout)
    session.ehlo()
    return session


@pytest.fixture
def session(sink):
    session = connect(sink)
    yield session
    session.close()


def hand_over(session, to=ADA, message=None, before_dot=lambda: True, **kwargs):
    message = message or written(to=to)
    return smtp.hand_over(session, SENDER, to, message, before_dot, **kwargs)


def test_taken(sink, session):
    reply = hand_over(session)
    assert (reply.outcome, reply.code, reply.phase) == ("sent", 250, "dot")
    (taken,) = sink.taken()
    assert (taken["sender"], taken["recipient"]) == (SENDER, ADA)
    assert taken["message_id"] == "<1@example.com>"
    assert smtp.is_open(session)


NO = [  # phase, the server's answer, outcome, whether the session can be used again
    ("mail", "450 4.7.1 Slow down", "later", True),
    ("mail", "550 5.7.1 Not your address", "refused", True),
    ("mail", "530 5.7.0 Log in first", "server", False),
    ("rcpt", "451 4.7.1 Greylisted", "later", True),
    ("rcpt", "452 4.2.2 Mailbox full", "later", True),
    ("rcpt", "550 5.1.1 Nobody of that name", "refused", True),
    ("rcpt", "503 5.5.1 Where were we?", "server", False),
    ("data", "451 4.3.0 Try later", "later", True),
    ("data", "554 5.5.1 No valid recipients", "refused", True),
    ("dot", "451 4.3.0 Try later", "later", True),
    ("dot", "550 5.7.1 This is spam", "refused", True),
    *[(phase, "421 4.3.2 Closing", "server", False) for phase in ("mail", "rcpt", "data", "dot")],
    # the server gives up while the body is on its way, and says so
    ("body", "421 4.4.2 Too slow", "server", False),
]


@pytest.mark.parametrize(("phase", "answer", "outcome", "usable"), NO)
def test_a_clear_no(sink, session, phase, answer, outcome, usable):
    asked = []
    sink.rules.append(Rule(phase, answer, times=1))
    reply = hand_over(session, before_dot=lambda: asked.append(1) or True)
    assert (reply.outcome, reply.code, reply.text) == (outcome, int(answer[:3]), answer[4:])
    assert reply.phase == ("dot" if phase == "body" else phase)
    assert bool(asked) == (phase in ("body", "dot"))
    assert not sink.taken()
    assert smtp.is_open(session) == usable
    again = session if usable else connect(sink)
    assert hand_over(again, BOB).outcome == "sent"
    assert [line["recipient"] for line in sink.taken()] == [BOB]
    again.close()


@pytest.mark.parametrize("how", [{"drop": True}, {"wait": FOREVER}])
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_no_answer_before_the_body(sink, phase, how):
    session = connect(sink, timeout=SHORT if "wait" in how else 10)
    sink.rules.append(Rule(phase, **how))
    reply = hand_over(session, before_dot=lambda: pytest.fail("nothing is to be claimed yet"))
    assert (reply.outcome, reply.code) == ("server", 0)
    assert reply.text
    assert not smtp.is_open(session)
    assert not sink.taken()


NO_ANSWER = {  # after the body was begun: the rule, and how many messages the server then holds
    "cut while the body is read": (Rule("body", drop=True), 0),
    "cut after the dot, not taken": (Rule("dot", drop=True), 0),
    "cut after the dot, taken": (Rule("dot", drop=True, take=True), 1),
    "silent after the dot, not taken": (Rule("dot", drop=True, wait=FOREVER), 0),
    "silent after the dot, taken": (Rule("dot", drop=True, take=True, wait=FOREVER), 1),
    "an answer that is none": (Rule("dot", "nonsense"), 0),
    "neither yes nor no": (Rule("dot", "354 Go on"), 0),
    "an endless line": (Rule("dot", "250 " + "x" * 9000, take=True), 1),
}


@pytest.mark.parametrize(("rule", "taken"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_no_answer_after_the_body_was_begun(sink, session, rule, taken):
    sink.rules.append(rule)
    patience = SHORT if rule.wait else 10
    reply = hand_over(session, message=written("x" * 70 + "\r\n" * 90000), patience=patience)
    assert reply.outcome == "uncertain"
    assert not smtp.is_open(session)
    wait_for(lambda: len(sink.taken()) == taken, 10, "what the server holds")


def test_a_slow_answer_is_awaited(sink):
    session = connect(sink, timeout=SHORT)
    sink.rules.append(Rule("dot", wait=2 * SHORT, times=1))
    assert hand_over(session, patience=10).outcome == "sent"
    # and the next message does not inherit that patience
    sink.rules.append(Rule("mail", wait=FOREVER))
    assert hand_over(session, patience=FOREVER).outcome == "server"


@pytest.fixture
def sent(session, monkeypatch):
    """What the client sends, piece by piece."""
    pieces, honest = [], session.send
    monkeypatch.setattr(session, "send", lambda piece: pieces.append(piece) or honest(piece))
    return pieces


@pytest.mark.parametrize("answer", [False, None])
def test_nothing_leaves_when_the_caller_says_no(sink, session, sent, answer):
    reply = hand_over(session, before_dot=lambda: answer)
    assert reply.outcome == "stopped"
    assert sent[-1] == "data\r\n"
    assert not smtp.is_open(session)


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), KeyboardInterrupt()])
def test_nothing_leaves_when_the_caller_fails(sink, session, sent, error):
    """Not even when it fails with what a lost connection fails with."""

    def fail():
        raise error

    with pytest.raises(type(error)):
        hand_over(session, before_dot=fail)
    assert sent[-1] == "data\r\n"
    assert not smtp.is_open(session)


def test_the_server_waits_for_the_body_when_the_claim_is_made(sink, session):
    def before_dot():
        assert sink.number == 1
        assert not sink.taken()
        return True

    assert hand_over(session, before_dot=before_dot).outcome == "sent"


def test_a_closed_session_is_the_servers_problem(sink, session):
    session.close()
    assert hand_over(session).outcome == "server"


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com>\r\nRCPT TO:<eve@example.com",
        '"a\r\nRCPT TO:<eve@example.com>"@example.com',
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
    ],
)
def test_no_more_than_one_recipient(sink, session, to):
    reply = hand_over(session, to, written())
    assert (reply.outcome, reply.phase) == ("refused", "rcpt")
    assert hand_over(session, BOB).outcome == "sent"
    assert [line["recipient"] for line in sink.taken()] == [BOB]


def test_a_body_cannot_end_itself(sink, session):
    """Neither by a lone dot nor by line breaks that are only half of one."""
    body = b".\r\n..two\r\n.x\r\nMAIL FROM:<a@b.c>\n.\nhalf\r.\rend"
    reply = hand_over(session, message=b"Message-ID: <2@x>\r\n\r\n" + body)
    assert reply.outcome == "sent"
    (taken,) = sink.taken()
    assert taken["body"] == (
        ".\r\n..two\r\n.x\r\nMAIL FROM:<a@b.c>\r\n.\r\nhalf\r\n.\r\nend\r\n"
    )  # fmt: skip
    assert hand_over(session, BOB).outcome == "sent"


def test_long_lines(sink, session):
    longest = b"Message-ID: <3@x>\r\n\r\n" + b"." + b"x" * 997 + b"\r\n"
    assert hand_over(session, message=longest).outcome == "sent"
    assert len(sink.taken()[0]["body"]) == 1000
    reply = hand_over(session, message=longest.replace(b"\r\n\r\n.", b"\r\n\r\n.x"))
    assert (reply.outcome, reply.code) == ("refused", 500)
    assert hand_over(session, message=written("é" * 5000)).outcome == "sent"


def test_letters_beyond_ascii(sink, session):
    message = written("Çà et là\r\n", to="josé@example.com", Subject="Été")
    assert hand_over(session, "josé@example.com", message).outcome == "sent"
    (taken,) = sink.taken()
    assert taken["recipient"] == "josé@example.com"
    assert taken["body"].encode("latin-1").decode() == "Çà et là\r\n"
    assert hand_over(session).outcome == "sent"


def test_a_server_that_knows_only_ascii(tmp_path):
    with Sink(tmp_path / "journal", enable_SMTPUTF8=False) as sink:
        session = connect(sink)
        reply = hand_over(session, "josé@example.com", written())
        assert (reply.outcome, reply.code, reply.phase) == ("refused", 0, "rcpt")
        assert "ASCII" in reply.text
        assert hand_over(session, message=written("Çà\r\n")).outcome == "sent"
        session.close()


def test_a_server_that_tells_its_limit(tmp_path):
    with Sink(tmp_path / "journal", data_size_limit=2000) as sink:
        session = connect(sink)
        reply = hand_over(session, message=written("x" * 70 + "\r\n" * 2000))
        assert (reply.outcome, reply.code, reply.phase) == ("refused", 552, "mail")
        assert hand_over(session).outcome == "sent"
        session.close()


def test_a_grey_list(sink, session):
    sink.rules.append(Rule("rcpt", "451 4.7.1 Greylisted", grey=SHORT))
    outcomes = [hand_over(session).outcome]
    while outcomes[-1] == "later":
        outcomes.append(hand_over(session).outcome)
    assert len(outcomes) > 1
    assert outcomes[-1] == "sent"
    assert len(sink.taken()) == 1


def test_nobody_listens(sink, session):
    sink.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect(sink)
    sink.accept()
    assert hand_over(connect(sink)).outcome == "sent"


@pytest.mark.parametrize("rule", [Rule("connect", "421 4.3.2 Busy"), Rule("connect", drop=True)])
def test_nobody_is_let_in(sink, rule):
    sink.rules.append(rule)
    with pytest.raises(smtplib.SMTPException):
        connect(sink)
