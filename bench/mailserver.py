"""A mail server on the loopback that takes everything, in a process of its own.

    with MailServer(delay=0.005) as server:
        server.port, server.taken()

Its seconds are its own: they count for nobody. Whatever it takes is in its journal before its
answer leaves.
"""

import binascii
import os
import socketserver
import subprocess
import sys
import tempfile
import time


class MailServer:
    """:param float delay: seconds before each answer"""

    def __init__(self, delay=0.0):
        self.delay = delay

    def __enter__(self):
        handle, self.path = tempfile.mkstemp(prefix="cx_bench_mails_")
        os.close(handle)
        command = [sys.executable, __file__, self.path, str(self.delay)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        os.unlink(self.path)

    def taken(self):
        """(recipient, bytes, links) of each message since the last time this was asked."""
        with open(self.path, "r+", encoding="utf-8") as journal:
            lines = [line.split("\t") for line in journal]
            journal.truncate(0)
        return [(recipient, int(size), int(links)) for recipient, size, links in lines]


class Session(socketserver.StreamRequestHandler):
    """As much SMTP as Odoo speaks."""

    disable_nagle_algorithm = True

    def handle(self):
        self.say("220 bench.test ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            if verb == b"EHLO":
                self.say("250-bench.test", "250-8BITMIME", "250-SIZE", "250 SMTPUTF8")
            elif verb == b"DATA":
                self.say("354 Go ahead")
                self.take()
                self.say("250 Taken")
            elif verb == b"QUIT":
                self.say("221 Bye")
                return
            else:
                self.say("250 OK")

    def take(self):
        message = b"".join(iter(self.rfile.readline, b".\r\n"))
        page = binascii.a2b_qp(message.partition(b"text/html")[2])
        record = f"{self.recipient}\t{len(message)}\t{page.count(b'/r/')}\n"
        os.write(self.server.journal, record.encode())

    def say(self, *lines):
        time.sleep(self.server.delay)
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, path, delay):
        super().__init__(("127.0.0.1", 0), Session)
        self.delay = delay
        self.journal = os.open(path, os.O_WRONLY | os.O_APPEND)


if __name__ == "__main__":
    with Server(sys.argv[1], float(sys.argv[2])) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
