"""Why something did not happen, or ended: one closed vocabulary, written once.

Runs say why they ended, acts why they were not done, and the audience of a campaign why somebody
will not enter; the sentence a person reads is the label, translated with the field that shows it.
"""

# a person or the company will not be written to, or followed, at all
NOT_ENTERED = [
    ("no_contact", "The contact was archived or deleted"),
    ("no_address", "No e-mail address"),
    ("no_profiling", "Objected to being sorted into stages"),
    ("blacklisted", "On the block list"),
    ("suppressed", "Erased on request, and not to be written to again"),
    ("opted_out", "Opted out of this topic"),
    ("paused", "Asked for a pause"),
    ("not_customer", "Never bought: no customer yet"),
    ("no_consent", "Did not say yes to this topic"),
    ("too_long_ago", "No purchase and no sign of life for too long"),
    ("refused_before", "The address was refused before"),
    ("duplicate", "Same address as another participant"),
    ("held", "Stage held by a person"),
    ("lost", "Said goodbye"),
    ("excluded", "Excluded by the salesperson"),
    ("open_deal", "Open opportunity or quotation"),
    ("other_campaign", "In another campaign"),
    ("cooldown", "Took part not long ago"),
    ("not_drawn", "Not in the sample"),
    ("asked_lately", "Another survey not long ago"),
]
# what ends a run besides
STOPPED = [
    ("bought", "Bought again"),
    ("stage_left", "Left the stage"),
    ("sign_over", "The warning sign is over"),
    ("replied", "Replied"),
    ("too_long", "Longest duration reached"),
    ("campaign_over", "The campaign ended"),
    ("by_step", "A step ended it"),
    ("by_hand", "Stopped by a person"),
    ("completed", "All steps done"),
]
# what keeps one act from being done
NOT_DONE = [
    ("condition", "The condition did not hold"),
    ("happened", "It happened: opened, clicked or replied"),
    ("nobody", "Nobody holds this buyer role"),
    ("no_date", "The date is empty"),
    ("no_content", "Nothing to send in any language"),
    ("no_assignee", "Nobody to assign it to"),
    ("capped", "Too many messages in the period, until it was too late"),
    ("expired", "It was too late"),
    ("missed", "Its time passed during a pause"),
    ("never_allowed", "No hour or day allows it"),
    ("step_removed", "The step was removed"),
    ("moved", "Moved to another version"),
    ("refused", "The mail server refused it"),
    ("unknown_fate", "The mail server did not tell whether it took the message"),
    ("error", "It failed"),
]
REASONS = [*NOT_ENTERED, *STOPPED, *NOT_DONE]
