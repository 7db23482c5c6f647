# SPDX-License-Identifier: Apache-2.0
"""A real daemon on loopback for the end-to-end tests, and TAP output for Meson.

Tests talk to the program as a user would: its command line, its HTTP port, its data folder.
"""
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

START_TRIES = 400  # of 25 ms: a machine under load gets ten seconds
DAEMONS = []  # that were started and must not outlive their test


class Skip(Exception):
    """Raised with the reason when a test cannot run here."""


class Daemon:
    """`davy run` on a site in a data folder."""

    def __init__(self, davy, folder, site, name="data"):
        self.davy = davy
        self.folder = folder
        self.data = os.path.join(folder, name)
        self.key_file = os.path.join(folder, name + ".key")
        self.site = os.path.join(folder, name + ".yaml")
        self.log = os.path.join(folder, name + ".log")
        self.process = None
        self.port = None
        self.write_site(site)

    def write_site(self, text):
        with open(self.site, "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *arguments):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.davy, "run", self.site, "--data", self.data, "--listen", "127.0.0.1:0",
                 "--key-file", self.key_file, *arguments],
                stdout=subprocess.PIPE, stderr=log)
        DAEMONS.append(self.process)
        line = self.process.stdout.readline().decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.wait()
            raise AssertionError(f"the daemon did not start: {line!r}\n{self.log_text()}")
        self.port = int(found.group(1))
        return self

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-4000:]

    @property
    def key(self):
        with open(self.key_file, encoding="utf-8") as file:
            return file.read().strip()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ask it to end; its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
            self.process.stdout.close()
        return self.process.returncode if self.process else 0

    def call(self, method, path, body=None, key=None, headers=None):
        """(status, bytes) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body,
                               headers={"Authorization": "Bearer " + (key or self.key), **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path):
        status, body = self.call("GET", path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def write(self, lines, precision="ns"):
        return self.call("POST", "/api/v2/write?precision=" + precision, body=lines.encode())

    def alarms(self, state="standing"):
        return self.get("/api/v1/alarms?state=" + state)["alarms"]

    def cli(self, *arguments, code=0):
        """Run a verb of the command line; its standard output."""
        result = subprocess.run([self.davy, *arguments], capture_output=True, text=True, timeout=300,
                                env={**os.environ, "DAVY_KEY": self.key} if os.path.exists(self.key_file)
                                else None, check=False)
        assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
        return result.stdout if code == 0 else result.stderr


def eventually(condition, what, tries=START_TRIES):
    """Wait until a condition holds; an error that says what was awaited."""
    for _ in range(tries):
        value = condition()
        if value:
            return value
        time.sleep(0.025)
    raise AssertionError("did not happen: " + what)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def broker(folder):
    """A real Mosquitto on a free loopback port."""
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    if not os.path.exists(program):
        raise Skip("mosquitto is not installed")
    port = free_port()
    config = os.path.join(folder, "mosquitto.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    with subprocess.Popen([program, "-c", config], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: _answers(port), "the broker answers")
            yield port
        finally:
            process.terminate()


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end_daemons():
    while DAEMONS:
        process = DAEMONS.pop()
        if process.poll() is None:
            process.kill()
            process.wait()


def run(tests, *arguments):
    """Run test functions with a folder of their own; print TAP; exit."""
    failures = 0
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory(prefix="davy-e2e-") as folder:
            try:
                test(folder, *arguments)
                print(f"ok {number} - {name}")
            except Skip as reason:
                print(f"ok {number} - {name} # SKIP {reason}")
            except Exception:  # a test that fails in any way has failed
                failures += 1
                traceback.print_exc(file=sys.stderr)
                print(f"not ok {number} - {name}")
            finally:
                end_daemons()
        sys.stdout.flush()
    sys.exit(1 if failures else 0)
