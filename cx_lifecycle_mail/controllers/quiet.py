"""Whoever reads the server's log must not be able to follow the links of others."""

import logging
import re

# the number of an act stays, for support; what follows is the key
LINK = re.compile(r"(/cx/\w+/\d+)/[^\s\"'#]+")


class Quiet(logging.Filter):
    """Leaves the signatures of our links out of what the web server writes about requests."""

    def filter(self, record):
        record.msg = without_key(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(without_key, record.args))
        return True


def without_key(text):
    return LINK.sub(r"\1/…", text) if isinstance(text, str) else text


def keep_quiet():
    """Once for a process, however often the addon is loaded."""
    log = logging.getLogger("werkzeug")
    if not any(type(found).__name__ == Quiet.__name__ for found in log.filters):
        log.addFilter(Quiet())
