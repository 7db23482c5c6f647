# SPDX-License-Identifier: Apache-2.0
"""The other ends of receivers: a webhook, a mail server, a subscriber of MQTT, a syslog server."""
import asyncore
import base64
import contextlib
import email
import hashlib
import hmac
import http.server
import json
import smtpd
import socket
import struct
import threading


class Hook:
    """A webhook. `answers` is a code, or None to hold every answer back until it is another."""

    def __init__(self, port=0):
        self.messages = []  # (headers, body)
        self.code = 200
        self.stopped = False
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.stopped:  # a connection that has outlived its server
                    self.close_connection = True
                    return
                hook.messages.append((dict(self.headers), body))
                if hook.code is None:
                    hook.held.wait(60)
                    self.close_connection = True
                    return
                self.send_response(hook.code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.held = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.handle_error = lambda *_: None  # a daemon that is killed resets its connections
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of_type(self, kind):
        return [message for message in map(self.json, list(self.messages)) if message["type"] == kind]

    def alarms(self):
        """Messages of alarms, heartbeats left out."""
        return [message for message in map(self.json, list(self.messages)) if message["type"] != "heartbeat"]

    @staticmethod
    def json(message):
        return json.loads(message[1])

    def stop(self):
        self.stopped = True
        self.held.set()
        self.server.shutdown()
        self.server.server_close()


def is_signed(headers, body, secret):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == "v1," + mac


class Mailbox(smtpd.SMTPServer):
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.mails = []
        super().__init__(("127.0.0.1", 0), None)
        self.port = self.socket.getsockname()[1]

    def process_message(self, peer, mailfrom, rcpttos, data, **_):
        self.mails.append((mailfrom, rcpttos, email.message_from_bytes(data)))


@contextlib.contextmanager
def mailbox():
    box = Mailbox()
    stop = threading.Event()

    def loop():
        while not stop.is_set():
            asyncore.loop(timeout=0.05, count=1)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        stop.set()
        thread.join()
        box.close()
        asyncore.close_all()


class Subscriber:
    """MQTT 3.1.1, just enough to subscribe with QoS 0 and take what comes."""

    def __init__(self, port, topic):
        self.payloads = []
        self.socket = socket.create_connection(("127.0.0.1", port))
        name = b"davy-test-subscriber"
        body = b"\x00\x04MQTT\x04\x02" + struct.pack("!HH", 0, len(name)) + name
        self.socket.sendall(b"\x10" + bytes([len(body)]) + body)
        assert self.packet()[0] == 0x20
        body = struct.pack("!HH", 1, len(topic)) + topic.encode() + b"\x00"
        self.socket.sendall(b"\x82" + bytes([len(body)]) + body)
        assert self.packet()[0] == 0x90
        threading.Thread(target=self.run, daemon=True).start()

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def packet(self):
        kind, length, shift = self.exactly(1)[0], 0, 0
        while True:
            byte = self.exactly(1)[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return kind, self.exactly(length)

    def run(self):
        try:
            while True:
                kind, body = self.packet()
                if kind & 0xF0 == 0x30:
                    length = struct.unpack("!H", body[:2])[0]
                    self.payloads.append(body[2 + length:])
        except (ConnectionError, OSError):
            pass


class Log:
    """Syslog over UDP, or over TCP with octet counting."""

    def __init__(self, kind=socket.SOCK_DGRAM):
        self.lines = []
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        if kind == socket.SOCK_STREAM:
            self.socket.listen(4)
        threading.Thread(target=self.datagrams if kind == socket.SOCK_DGRAM else self.frames, daemon=True).start()

    def datagrams(self):
        while True:
            self.lines.append(self.socket.recv(65536).decode())

    def frames(self):
        while True:
            peer = self.socket.accept()[0].makefile("rb")
            while True:
                digits = b""
                while not digits.endswith(b" "):
                    byte = peer.read(1)
                    if not byte:
                        break
                    digits += byte
                if not digits:
                    break
                self.lines.append(peer.read(int(digits)).decode())
