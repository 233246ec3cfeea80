"""Small pieces of sentences that each language sets in its own way."""


def labelled(env, label, value):
    """A label and what it says: French keeps its colon with the label by a no-break space."""
    return env._("%(label)s: %(value)s", label=label, value=value)
