"""A server that is told to stop: whoever has a mail in hand finishes it, and takes no other.

Odoo waits for its worker processes, but a job among its threads would just end with the process,
between a mail server's yes and our record of it; that mail would stay uncertain for ever.
"""

import signal
import threading
from contextlib import contextmanager

from odoo.service.server import CommonServer

GRACE = 30  # seconds for which the server waits; who stops it may be less patient


class _Senders:
    def __init__(self):
        self.told = False
        self.busy = 0
        self.changed = threading.Condition()

    @contextmanager
    def at_work(self):
        with self.changed:
            self.busy += 1
        try:
            yield
        finally:
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def stop(self):
        with self.changed:
            self.told = True
            self.changed.wait_for(lambda: not self.busy, GRACE)


_senders = _Senders()
at_work = _senders.at_work  # the server waits for the end of this block
CommonServer.on_stop(_senders.stop)


def is_stopping():
    """Whether this process was told to stop: nothing new is to be taken in hand."""
    # a worker process is told by a signal, whose handler is the worker's own method
    worker = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    return _senders.told or not getattr(worker, "alive", True)
