"""What anybody may open with a link of a mail: unsubscribe, preferences, the picture that counts.

The signature in the link is the credential, so there is neither cookie nor session. A wrong link,
an act that never was and a person who was erased get one and the same answer.
"""

import base64
from datetime import date

from odoo import http
from odoo.http import request
from odoo.tools import format_date

from ..models.codes import id_of
from ..models.cx_topic_optout import REASON_LENGTH
from ..models.cx_topic_optout_page import MONTHS
from ..models.wordings import wordings
from .limit import LIMIT

YOUNG_DAYS = 30  # how long a link is good for receiving again what was refused
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PRIVATE = {
    "Cache-Control": "no-store",
    # the address of the page is the key to it
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE = {
    **PRIVATE,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
PUBLIC = {
    "type": "http", "auth": "public", "save_session": False, "max_content_length": 64 * 1024,
}  # fmt: skip


def acts():
    return request.env["cx.campaign.act"]


def optouts():
    return request.env["cx.topic.optout"]


def pressed():
    """Whether somebody presses a button: Odoo leads OPTIONS to every route, too."""
    return request.httprequest.method == "POST"


def numbers(texts):
    """The ids among what a form sent."""
    return set(map(id_of, texts)) - {0}


def masked(email):
    """An address as its owner recognizes it, and nobody else: a…@example.com."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def wait(purpose):
    """The answer to one wrong link too many from where the request comes, or None."""
    if seconds := LIMIT.wrong(request.httprequest.remote_addr, purpose):
        headers = {**PRIVATE, "Retry-After": str(seconds)}
        return request.make_response("", headers.items(), status=429)
    return None


class ConsentController(http.Controller):
    # ------------------------------------------------------------ unsubscribe
    # no csrf token: a mail program presses this button, as RFC 8058 says
    @http.route(
        "/cx/unsubscribe/<int:act_id>/<string:token>", methods=["POST"], csrf=False, **PUBLIC
    )
    def unsubscribe(self, act_id, token, **_ignored):
        """One click: no more of the campaign's topic, or nothing at all where it has none."""
        if not pressed():
            return request.make_response("", PRIVATE.items(), status=405)
        act = acts()._check_link("one_click", act_id, token)
        if not act:
            return wait("one_click") or request.make_response("", PRIVATE.items(), status=404)
        words = {"person": act.person_id.id}
        if topic := act.campaign_id.topic_id:
            words["words"] = {f"topic:{topic.id}": self._button(act, topic)}
            said = optouts().with_context(cx_said=words)
            said._opt_out(act.email, topic, act.company_id, "one_click")
        else:
            words["words"] = {"nothing:1": self._button(act)}
            optouts().with_context(cx_said=words)._block(act.email, act.company_id, "one_click")
        return request.make_response("", PRIVATE.items())

    def _button(self, act, topic=None):
        """What pressing the button means; its own words are the mail program's."""
        self._speak(act)
        if topic:
            # superuser: a name, in the language of the mail
            name = topic.with_env(request.env(su=True)).name
            return request.env._("Unsubscribe, in a message about %s", name)
        return request.env._("Unsubscribe, in a message without a topic")

    # ------------------------------------------------------------ preferences
    # no csrf token: without a session there is none, and the link is checked again
    @http.route(
        "/cx/preferences/<int:act_id>/<string:day>/<string:token>",
        methods=["GET", "POST"],
        csrf=False,
        **PUBLIC,
    )
    def preferences(self, act_id, day, token, **_ignored):
        """What the person receives; nothing changes by looking, whoever looks."""
        act = acts()._check_link("preferences", act_id, token, day)
        if not act:
            return wait("preferences") or self._render("preferences_invalid", {}, status=404)
        if not pressed():
            return self._page("preferences_page", act, day)
        words = wordings(self._page("preferences_page", act, day).render())
        words["pause"] = words.get(f"pause:{request.httprequest.form.get('pause')}")
        said = optouts().with_context(cx_said={"person": act.person_id.id, "words": words})
        done = said._save_preferences(
            act.email, act.company_id, self._wishes(), self._young(act, day)
        )
        self._prefer(act.person_id, request.httprequest.form.get("channel", ""))
        return self._page("preferences_saved", act, day, done=done)

    def _prefer(self, person, choice):
        """Keep the channel that a person chose among those shown; 0: none in particular."""
        # superuser: the link is the right, and the person's name was on it
        preferences = request.env(su=True)["cx.channel.preference"]
        channel = preferences._offered().filtered(lambda way: way.id == id_of(choice))
        if person and (channel or choice == "0") and channel != preferences._of(person).channel_id:
            preferences._say(person, channel, None, "page")

    def _wishes(self):
        """What the form says, as ``_save_preferences`` takes it; the rest is ignored."""
        form = request.httprequest.form
        pause = form.get("pause", "")
        nothing = True if form.get("nothing") else None
        if form.get("nothing_shown") and not nothing:
            nothing = False
        # no text column takes a zero byte
        reason = " ".join(form.get("reason", "").replace("\0", " ").split())
        return {
            "shown": numbers(form.getlist("shown")),
            "kept": numbers(form.getlist("topic")),
            "unasked": numbers(form.getlist("unasked")),
            "months": int(pause) if pause in {"0", *map(str, MONTHS)} else None,
            "nothing": nothing,
            "reason": reason[:REASON_LENGTH] or None,
        }

    def _young(self, act, day):
        today = request.env["cx.customer"]._today(act.company_id)
        return (today - date.fromisoformat(day)).days < YOUNG_DAYS

    def _speak(self, act):
        """From here on in the language of the person, where it is installed."""
        if request.env["res.lang"]._get_data(code=act.person_id.lang):
            request.update_context(lang=act.person_id.lang)

    def _page(self, template, act, day, **more):
        """A page about one address, in the person's language."""
        self._speak(act)
        now = optouts()._preferences(act.email, act.company_id)
        until = now["paused_until"]
        # superuser: as for topics, and what this person said
        preferences = request.env(su=True)["cx.channel.preference"]
        values = {
            **now,
            # superuser: names only, for who followed the link, in the page's language
            "topics": now["topics"].with_env(request.env(su=True)),
            "paused_until": until and format_date(request.env, until, date_format="long"),
            "months": MONTHS,
            "reason_length": REASON_LENGTH,
            "channels": preferences._offered() if act.person_id else (),
            "preferred": preferences._of(act.person_id).channel_id,
            "company": act.company_id,
            "address": masked(act.email),
            "young": self._young(act, day),
            "url": request.httprequest.path,
            **more,
        }
        return self._render(template, values)

    def _render(self, template, values, status=200):
        lang = request.env["res.lang"]._get_data(code=request.env.lang or "en_US")
        values |= {"page_lang": lang.code.replace("_", "-"), "direction": lang.direction}
        return request.render(f"cx_lifecycle_mail.{template}", values, headers=PAGE, status=status)

    # ---------------------------------------------------------------- opening
    @http.route("/cx/open/<int:act_id>/<string:token>.gif", methods=["GET"], **PUBLIC)
    def opened(self, act_id, token, **_ignored):
        """The picture in a mail: it tells that the mail was opened, and never fails."""
        act = acts()._check_link("pixel", act_id, token)
        if not act and (refused := wait("pixel")):
            return refused
        if request.httprequest.method == "GET":  # to ask whether there is one is not to see it
            # as superuser, like the act: the trace is the machine's, whoever opens the mail
            act.trace_id.set_opened()
        headers = {**PRIVATE, "Content-Type": "image/gif"}
        return request.make_response(PIXEL, headers.items())
