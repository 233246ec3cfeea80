"""Who tries links that are none is told to wait; who follows a right one never is.

Counted in the memory of each process: a public page that wrote its failures into the database would
give strangers a way to fill it. With several workers a stranger has so many times as many tries.
"""

import ipaddress
import threading
import time

TRIES = 60  # wrong links of one purpose from one address, before it has to wait
SECONDS = 600  # how long they count
MOST = 10_000  # addresses that are remembered; those that came first are forgotten first


class Limit:
    """Counts what went wrong by address and purpose, in windows of a fixed length."""

    def __init__(self, tries=TRIES, seconds=SECONDS, most=MOST, clock=time.monotonic):
        self.tries, self.seconds, self.most, self.clock = tries, seconds, most, clock
        self.windows = {}  # (network, purpose): [its end, how many]; in the order of their ends
        self.lock = threading.Lock()

    def wrong(self, address, purpose):
        """Count one more; the seconds to wait, 0 while there were not too many."""
        key, now = (network(address), purpose), self.clock()
        with self.lock:
            window = self.windows.get(key)
            if not window or window[0] <= now:
                self.windows.pop(key, None)  # the new one goes to the end
                window = self.windows[key] = [now + self.seconds, 0]
                while len(self.windows) > self.most:
                    del self.windows[next(iter(self.windows))]
            window[1] += 1
            return int(window[0] - now) + 1 if window[1] > self.tries else 0


def network(address):
    """What is one client: an IPv4 address, or the network that an IPv6 client has for itself."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if known.version == 6 and not known.ipv4_mapped:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


LIMIT = Limit()
