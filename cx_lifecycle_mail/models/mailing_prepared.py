"""A content made ready once for all the letters of a lot: links shortened, texts compiled."""

import re
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import html_escape
from odoo.tools.lru import LRU
from odoo.tools.mail import prepend_html_content

from ..engine import text
from ..engine.marks import Value
from ..engine.plain import plain

# what Odoo's themes link to for it, and the paths that do
UNSUBSCRIBE = re.compile(r'(\shref=")[^"]*/unsubscribe_from_list[^"]*"', re.IGNORECASE)
PREFERENCES = ("preferences.link", "unsubscribe.link")
# Odoo's link dialog refuses an address in braces, or writes a protocol before it
PREFIXED = re.compile(
    r'(\shref=")(?:https?://|[/#])((?:\{\{|%7B%7B)(?:\s|%20|&nbsp;|\xa0)*\w+\.link\b[^"]*")',
    re.IGNORECASE,
)
VARIABLE = r".*(?:\{\{|%7[Bb]%7[Bb]).*"  # an address that differs from mail to mail
SHORT = re.compile(r'(\shref="https?://[^"/]+/r/[A-Za-z0-9]+)"')
CODE = re.compile(r"/r/([A-Za-z0-9]+)/m/\{\{")
OURS = {"mail.trace", "mail.pixel"}
# written as XML, elements may end where they begin: browsers do not know that of most
CLOSED_EARLY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|t)\b)"
    r"([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/>"
)
PREVIEW = '<div style="display:none;font-size:1px;height:0px;width:0px;opacity:0;">{}</div>'
PIXEL = '<img src="{{ mail.pixel }}" alt="" width="1" height="1" style="display:block;"/>'
FOOTER = (
    '<div style="padding:16px;text-align:center;font-size:12px;color:#6c757d;">{}<br/>'
    '<a href="{{{{ preferences.link }}}}" style="color:#6c757d;">{}</a></div>'
)
HERE = "cx-the-body-comes-here"


# what was prepared by this process: an entry is used as long as its source and its links are there
PREPARED = LRU(64)


class Prepared(NamedTuple):
    """The compiled texts of a content; ``mail.trace`` and ``mail.pixel`` are values, too.

    ``codes`` are those of its tracked links, as (code, id of the link).
    """

    subject: text.Template
    html: text.Template
    plain: text.Template
    codes: frozenset

    @property
    def variables(self):
        return self.subject.variables | self.html.variables | self.plain.variables

    @property
    def facts(self):
        return self.subject.facts | self.html.facts | self.plain.facts


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _cx_prepared(self):
        """The content ready for sending, checked for what its campaign's author may see now.

        :return: a :class:`Prepared`
        :raise ValidationError: when it may not be sent
        """
        self.ensure_one()
        key = self._cx_key()
        prepared = PREPARED.get(key)
        # what another transaction prepared may have been rolled back, or deleted since
        if not prepared or self._cx_codes(dict(prepared.codes)) != prepared.codes:
            prepared = PREPARED[key] = self._cx_prepare()
        if problem := self.cx_step_id._refused(prepared.variables - OURS):
            raise ValidationError(problem)
        return prepared._replace(html=prepared.html.within(*self._cx_layout()))

    def _cx_key(self):
        """What a prepared content depends on."""
        values = self._get_link_tracker_values()
        company = self.cx_step_id.campaign_id.company_id
        source = (self.subject, self.preview, self.body_html, company.name)
        return self.env.cr.dbname, self.get_base_url(), self.cx_lang, *values.items(), *source

    def _cx_codes(self, codes):
        # sudo: links are counted whoever sends the campaign
        known = self.env["link.tracker.code"].sudo()
        found = known.search_fetch([("code", "in", list(codes))], ["code", "link_id"])
        return frozenset((code.code, code.link_id.id) for code in found)

    def _cx_untracked(self):
        """As :meth:`_cx_prepared`, to be looked at: no link is counted, and nothing is made."""
        self.ensure_one()
        prepared = self._cx_prepare(tracked=False)
        if problem := self.cx_step_id._refused(prepared.variables - OURS):
            raise ValidationError(problem)
        return prepared._replace(html=prepared.html.within(*self._cx_layout()))

    def _cx_prepare(self, tracked=True):
        compiled = self._cx_compiled()
        body = self._cx_addressed(self.body_html or "")
        if tracked:
            body = self._cx_tracked(body)
        body = CLOSED_EARLY.sub(r"<\1\2></\1>", body)
        if not _shown(text.compile(body, True), PREFERENCES):
            body += self.with_context(lang=self.cx_lang)._cx_footer()
        preview = PREVIEW.format(html_escape(self.preview.strip())) if self.preview else ""
        pixel = PIXEL if tracked else ""
        html = text.compile(prepend_html_content(body, preview) + pixel, True)
        return Prepared(
            subject=compiled["subject"],
            html=html,
            plain=plain(body),
            codes=self._cx_codes(CODE.findall(body)),
        )

    def _cx_addressed(self, body):
        """The body with full addresses, and those of a recipient as placeholders."""
        body = UNSUBSCRIBE.sub(r'\1{{ preferences.link }}"', PREFIXED.sub(r"\1\2", str(body)))
        return str(self._replace_local_links(body, self.get_base_url()))

    def _cx_tracked(self, body):
        """The body with tracked links; those of a recipient stay as they are."""
        base = self.get_base_url()
        values = self._get_link_tracker_values()
        # sudo: links are counted whoever sends the campaign
        linked = self.sudo().with_context(cx_untitled=True)
        body = linked._shorten_links(body, values, blacklist=[VARIABLE], base_url=base)
        return SHORT.sub(r'\1/m/{{ mail.trace }}"', body)

    def _cx_footer(self):
        """What every mail must offer, for a body that does not."""
        company = self.cx_step_id.campaign_id.company_id
        return FOOTER.format(
            html_escape(self.env._("You receive this message from %s.", company.name)),
            html_escape(self.env._("Choose what you receive, or unsubscribe")),
        )

    @api.model
    @tools.ormcache(cache="templates")
    def _cx_layout(self):
        """What stands before and after the body, as in Odoo's own mailings."""
        with tools.misc.file_open("mass_mailing/static/src/scss/mass_mailing_mail.scss") as file:
            style = Markup("<style>{}</style>").format(Markup(file.read()))
        page = self.env["ir.qweb"]._render(
            "mass_mailing.mass_mailing_mail_layout",
            {"body": HERE, "mailing_style": style},
            minimal_qcontext=True,
        )
        before, _here, after = str(page).partition(HERE)
        return before, after


def _shown(template, paths):
    """Whether one of the values is shown in any case, not only on a condition."""
    return any(isinstance(node, Value) and node.path in paths for node in template.nodes)
