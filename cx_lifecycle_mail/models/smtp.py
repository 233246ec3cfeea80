"""Hand one message to a mail server and tell exactly how far it got. Knows no database.

``smtplib.SMTP.sendmail`` hides in which phase it failed, and that is what decides whether a
message may be sent again: before its body has begun, nothing was handed over; after the final
dot, only the server's answer tells. In between lies the moment for a durable claim.
"""

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from OpenSSL.SSL import Error as TLSError

# how long the answer to the final dot is awaited; RFC 5321 4.5.3.2.6 asks for 10 minutes, but
# Odoo kills a scheduled action after 2, and who is killed cannot write down what happened
PATIENCE = 90.0
LOST = (OSError, TLSError)  # smtplib's own errors are of the first kind
# the server is closing, has lost track of us, or wants another login or encryption: each of
# them would meet the next message as well
ABOUT_THE_SERVER = (421, 503, 530)
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Reply:
    """What became of one message.

    ``outcome`` is one of

    ``sent``       the server took it
    ``later``      it was refused for now (4xx)
    ``refused``    it was refused for good (5xx), or cannot be addressed to this server
    ``server``     the server is the problem; nothing was handed over
    ``stopped``    the caller said no; nothing was handed over
    ``uncertain``  the body was begun and no answer came: the server may have taken it

    ``code`` and ``text`` are the server's (0 and our own words when it did not answer).
    ``phase`` says what was answered: ``mail`` (about the sender), ``rcpt`` (about the recipient),
    ``data`` or ``dot`` (about the message).
    """

    outcome: str
    code: int = 0
    text: str = ""
    phase: str = ""


def hand_over(session, sender, recipient, message, before_dot, patience=PATIENCE):
    """One message for one recipient, in one SMTP transaction.

    :param smtplib.SMTP session: connected and greeted, as ``ir.mail_server._connect__`` makes it.
        It can be used again afterwards when ``is_open(session)``.
    :param str sender: the address for the envelope, without a name
    :param str recipient: likewise; one only, so that no refusal hides behind another's consent
    :param bytes message: headers and body, as ``EmailMessage.as_bytes()`` gives them
    :param before_dot: called without arguments once the server waits for the body. Whatever is
        to outlive a crash is committed there. Nothing is sent unless it answers true; when it
        raises, the session is closed and the exception goes on to the caller.
    :param float patience: seconds for the body to leave, and then for each line of the answer
    :return: a :class:`Reply`
    """
    body = _quoted(message)
    try:
        refusal = _announce(session, sender, recipient, message)
    except LOST as error:
        session.close()
        return Reply("server", 0, _short(error))
    if refusal:
        return _settle(session, refusal)
    try:
        agreed = before_dot()
    except BaseException:
        session.close()
        raise
    if not agreed:
        session.close()  # after 354, there is no other way out than the dot
        return Reply("stopped", phase="data")
    return _settle(session, _send(session, body, patience))


def is_open(session):
    """Whether another message can be handed over in this session."""
    return session.sock is not None


def _announce(session, sender, recipient, message):
    """MAIL, RCPT, DATA: the reply that refuses the message, or None when its body is awaited."""
    for phase, address in (("mail", sender), ("rcpt", recipient)):
        if parseaddr(address)[1] != address:  # smtplib would write to the first of them
            return Reply("refused", 0, f"Not one plain address: {_short(address)}", phase)
        if not address.isascii() and not session.has_extn("smtputf8"):
            text = "The mail server takes no addresses with letters beyond ASCII."
            return Reply("refused", 0, text, phase)
    options = _options(session, message, foreign=not (sender + recipient).isascii())
    for phase, expected, command in (
        ("mail", 2, lambda: session.mail(sender, options)),
        ("rcpt", 2, lambda: session.rcpt(recipient)),
        ("data", 3, lambda: session.docmd("data")),
    ):
        try:
            code, text = command()
        except ValueError as error:  # a quoted line break, which could smuggle commands in
            return Reply("refused", 0, _short(error), phase)
        if code // 100 != expected:
            return _refusal(code, text, phase) or Reply("server", code, _short(text), phase)
    return None


def _options(session, message, foreign):
    """What MAIL says of the message, as far as the server wants to know."""
    options = [f"size={len(message)}"] if session.has_extn("size") else []
    if foreign:
        options.append("SMTPUTF8")
    if (foreign or not message.isascii()) and session.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _quoted(message):
    """Body and dot as they go over the line."""
    # latin-1 keeps every byte; a line break is a whole one, or a body could smuggle commands in
    lines = smtplib.quotedata(message.decode("latin-1")).encode("latin-1")
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _send(session, body, patience):
    """Body, dot, and the answer. From here on, no answer means that nobody knows."""
    try:
        session.sock.settimeout(patience)
        session.send(body)
        code, text = session.getreply()
    except LOST as error:
        session.close()
        return Reply("uncertain", 0, _short(error), "dot")
    if is_open(session):
        session.sock.settimeout(session.timeout)
    if 200 <= code <= 299:
        return Reply("sent", code, _short(text), "dot")
    return _refusal(code, text, "dot") or Reply("uncertain", code, _short(text), "dot")


def _refusal(code, text, phase):
    """The reply that a negative answer is; None when the code says neither yes nor no."""
    if not 400 <= code <= 599:
        return None
    if code in ABOUT_THE_SERVER:
        return Reply("server", code, _short(text), phase)
    return Reply("later" if code < 500 else "refused", code, _short(text), phase)


def _settle(session, reply):
    """Leave the session fit for the next message, or closed; the reply."""
    if reply.outcome in ("server", "uncertain"):
        session.close()
    elif reply.outcome != "sent":
        _reset(session)
    return reply


def _reset(session):
    try:
        code, _text = session.rset()
    except LOST:
        code = 0
    if code != 250:
        session.close()


def _short(said):
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:LONGEST_TEXT]
