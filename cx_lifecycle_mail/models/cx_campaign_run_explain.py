"""What became of a participation: its cause, its end, and every step with what was done."""

from odoo import models

from .cx_campaign_act_actions import MARKETER
from .cx_campaign_explain import Check
from .cx_campaign_step import MAILS

# how a state of an act reads: done, not done, or still open
MET = {"done": True, "refused": False, "skipped": False, "failed": False}


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    def _explain(self):
        """The lines that tell a participation, see ``cx.campaign._explain``; none for no run."""
        if not self:
            return []
        self.ensure_one()
        self.check_access("read")
        campaign = self.campaign_id
        checks = [
            Check(
                "run", True, self.env._("Entered on %s", campaign._moment(self.entered_at)),
                self._cause_words(), self,
            ),
            *self._explain_arm(),
            self._explain_end(),
        ]  # fmt: skip
        if self.arm == "held_out":
            return checks
        acts = {act.step_id: act for act in self.act_ids}
        return [*checks, *self._explain_steps(self._steps(), acts)]

    def _sentence(self):
        """Where the participation stands, in one sentence."""
        name, since = self.customer_id.display_name, self.campaign_id._moment(self.entered_at)
        if self.arm == "held_out":
            return self.env._(
                "%(name)s is held out, to compare with: nothing is done.", name=name
            )  # fmt: skip
        if self.state == "running":
            return self.env._("%(name)s takes part since %(since)s.", name=name, since=since)
        return self.env._(
            "%(name)s took part from %(since)s to %(ended)s: %(reason)s.",
            name=name, since=since, ended=self.campaign_id._moment(self.ended_at),
            reason=self._label("reason"),
        )  # fmt: skip

    def _label(self, name):
        """The label of a choice, in the reader's language."""
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")

    # --------------------------------------------------------------- the run
    def _cause_words(self):
        """What started the participation, as it was then."""
        kind, _colon, rest = self.entry_key.partition(":")
        customer = self.env["cx.customer"]
        if kind == "episode" and self.episode_id:
            episode = self.episode_id.sudo()  # sudo: of a participation that one may read
            return self.env._(
                "%(move)s on %(day)s", move=episode._move_words(),
                day=customer._day(episode.entered_on),
            )  # fmt: skip
        if kind == "episode":
            return self.env._("Stage: %s", self.stage_id.name)
        if kind == "silence":
            return self.env._("Silent since %s", customer._day(self.bought_before))
        if kind == "purchase":
            return self.env._("Purchase no. %s", rest)
        if kind == "year":
            return self.env._("Anniversary of %s", rest)
        by = self.user_id.sudo().name  # sudo: a colleague's name, nothing else
        return self.env._("Let in by %s", by) if by else self.env._("Let in by another program")

    def _explain_arm(self):
        if not self.env.user.has_group(MARKETER):
            return []
        words = self.campaign_id._share_words()
        if self.arm == "treated":
            return [Check("arm", True, self.env._("Treated"), words)]
        return [Check("arm", False, self.env._("Held out: nothing is done, to compare"), words)]

    def _explain_end(self):
        if self.state == "running":
            last = self.env["cx.customer"]._day(self.ends_on)
            return Check("end", None, self.env._("Under way"), self.env._("until %s at most", last))
        ended = self.campaign_id._moment(self.ended_at)
        return Check("end", None, f"{self._label('state')} ({self._label('reason')})", ended)

    # --------------------------------------------------------------- the steps
    def _explain_steps(self, steps, acts, parent=None, level=0):
        """Each step with its act, and below it those that follow, in the order of the campaign."""
        for step in steps.filtered(lambda step: (step.parent_id or None) == parent):
            yield self._explain_step(step, acts.get(step), level)
            yield from self._explain_steps(steps, acts, step, level + 1)

    def _explain_step(self, step, act, level):
        label = f"{step.name} ({step.when_text})"
        if act:
            return Check(f"act_{act.state}", MET.get(act.state), label, act._words(), act, level)
        if self.state == "running":
            value = self.env._("Its turn has not come")
        else:
            value = self.env._("Its turn did not come")
        return Check("act_none", None, label, value, level=level)


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def _words(self):
        """What became of an act, when and why."""
        self.ensure_one()
        return "; ".join(filter(None, getattr(self, f"_words_{self.state}")()))

    def _moment(self, moment):
        return self.campaign_id._moment(moment)

    def _reason_label(self):
        return dict(self._fields["reason"]._description_selection(self.env)).get(self.reason, "")

    def _words_waiting(self):
        yield self.env._("Planned for %s", self._moment(self.due_at))
        if self.reason:
            yield self._reason_label()
        yield self.error or ""
        yield self.env._("dropped after %s", self._moment(self.expires_at))
        yield from self._attempt_words()

    def _words_claimed(self):
        yield self.env._("On its way")

    _words_sending = _words_claimed

    def _words_done(self):
        at = self._moment(self.done_at)
        if self.kind in MAILS:
            yield self.env._("Sent on %(moment)s to %(email)s", moment=at, email=self.email or "")
            yield from self._trace_words()
        elif self.kind == "activity":
            yield self.env._("Planned on %s", at)
            if self.outcome:
                labels = self._fields["outcome"]._description_selection(self.env)
                yield dict(labels)[self.outcome]
        else:
            yield self.env._("Done on %s", at)

    def _trace_words(self):
        # sudo: what the customer did with a mail, of an act that one may read
        trace = self.trace_id.sudo()
        if trace.trace_status == "bounce":
            yield self.env._("came back")
        elif trace.open_datetime:
            yield self.env._("opened on %s", self._moment(trace.open_datetime))
        elif self.trace_id:
            yield self.env._("not opened")
        if trace.links_click_datetime:
            yield self.env._("clicked on %s", self._moment(trace.links_click_datetime))
        if trace.reply_datetime:
            yield self.env._("replied on %s", self._moment(trace.reply_datetime))

    def _words_skipped(self):
        yield self._reason_label()
        yield self._moment(self.done_at)

    def _words_failed(self):
        yield self._reason_label()
        yield self.error or ""
        yield from self._attempt_words()

    def _words_refused(self):
        yield self._reason_label()
        yield from self._attempt_words()

    _words_uncertain = _words_refused

    def _attempt_words(self):
        """The journal: what the mail server answered each time, what a person decided."""
        labels = dict(self.attempt_ids._fields["outcome"]._description_selection(self.env))
        for attempt in self.attempt_ids.sorted("id"):
            by = attempt.user_id.sudo().name  # sudo: a colleague's name, nothing else
            told = " ".join(filter(None, (str(attempt.smtp_code or ""), attempt.text, by)))
            said = f"{labels[attempt.outcome]} ({told})" if told else labels[attempt.outcome]
            yield f"{self._moment(attempt.at)} · {said}"
