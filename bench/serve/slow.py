#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Slow clients: what 3,000 of a kind do to one that is not, beside nginx in the same run.

    python3 bench/serve/slow.py build/src/app/davy [N] [SECONDS]

Kinds, after slowhttptest: headers that come a byte a second, a body that comes a byte a second, an answer that
is taken a few bytes a second. All on the loopback: the slow ones from 127.0.2.0/24, a hundred connections an
address, opened again whenever the server ends them; the legitimate client from 127.0.0.1, a fresh connection for
each request, one after the other. Server and legitimate client share the machine with the slow ones' process.
Printed for each server and kind: requests, failures, median and 99th percentile in milliseconds.
"""
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from plant import Plant

PER_ADDRESS = 100
SLOTS = 100
NGINX = """worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
worker_rlimit_nofile 20000;
events {{ worker_connections 10000; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/www; client_max_body_size 32m;
location /write {{ proxy_pass http://127.0.0.1:9; }} }} }}
"""


class Slow:
    """One slow client at a time, over and over."""

    def __init__(self, port, index, begin, drip):
        self.address = f"127.0.2.{1 + index // PER_ADDRESS}"
        self.port, self.begin, self.drip, self.socket = port, begin, drip, None
        self.open()

    def open(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.drip is None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.socket.bind((self.address, 0))
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.begun = False

    def act(self):
        try:
            if not self.begun:
                self.socket.send(self.begin)
                self.begun = True
            elif self.drip is None:
                if not self.socket.recv(16):
                    raise ConnectionResetError
            else:
                self.socket.send(self.drip)
        except BlockingIOError:
            return True
        except OSError:
            self.socket.close()
            try:
                self.open()
            except OSError:
                return False
        return True


def attack(port, begin, drip, count, ready, stop):
    clients = []
    for index in range(count):
        clients.append(Slow(port, index, begin, drip))
        if index % 100 == 99:
            time.sleep(0.01)
    for client in clients:
        client.act()
    ready.set()
    while not stop.is_set():  # a byte a second of each, spread over the second
        for slot in range(SLOTS):
            started = time.monotonic()
            for client in clients[slot::SLOTS]:
                client.act()
            time.sleep(max(0.0, 1 / SLOTS - (time.monotonic() - started)))


def ask(port, request):
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    try:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(request)
        answer = b""
        while True:
            piece = client.recv(65536)
            if not piece:
                return answer.startswith(b"HTTP/1.1 200")
            answer += piece
    finally:
        client.close()


def measure(port, request, seconds):
    """Requests, failures, and times in ms, in order."""
    times, failures = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            good = ask(port, request)
        except OSError:
            good = False
        failures += not good
        times.append((time.monotonic() - started) * 1000)
        time.sleep(0.002)
    return failures, sorted(times)


def tell(server, kind, result, quiet=None):
    failures, times = result
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    ratio = "" if quiet is None else f"  ({late / quiet:.2f} x quiet)"
    print(f"{server:6} {kind:13} {len(times):6} requests  {failures:3} failed  p50 {middle:7.2f}  p99 {late:7.2f} ms{ratio}",
          flush=True)
    return late


def run(server, port, request, kinds, count, seconds):
    measure(port, request, 1)
    quiet = tell(server, "quiet", measure(port, request, seconds))
    for kind, (begin, drip) in kinds.items():
        ready, stop = multiprocessing.Event(), multiprocessing.Event()
        attacker = multiprocessing.Process(target=attack, args=(port, begin, drip, count, ready, stop))
        attacker.start()
        ready.wait(60)
        tell(server, kind, measure(port, request, seconds), quiet)
        stop.set()
        attacker.join()
        time.sleep(0.5)


def kinds_of(big, write, key=""):
    header = f"Authorization: Bearer {key}\r\n" if key else ""
    return {
        "slow headers": (b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ", b"a"),
        "slow body": (f"POST {write} HTTP/1.1\r\nHost: x\r\n{header}Content-Length: 100000\r\n\r\n".encode(), b"a"),
        "slow read": (f"GET {big} HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode(), None),
    }


def main():
    davy = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 6
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder, Plant(davy, folder) as plant:
        before = plant.pss()
        request = (f"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {plant.key}\r\n"
                   "Connection: close\r\n\r\n").encode()
        run("davy", plant.port, request, kinds_of("/api/openapi.json", "/api/v2/write", plant.key), count, seconds)
        print(f"davy   memory {before / 1024:.1f} -> {plant.pss() / 1024:.1f} MiB")
    if not shutil.which("nginx"):
        print("nginx  is not here: apt-get install nginx")
        return
    with tempfile.TemporaryDirectory() as folder:
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "www"))
        for name, size in (("small", 60), ("big", 200_000)):
            with open(os.path.join(folder, "www", name), "wb") as file:
                file.write(b"a" * size)
        with open(os.path.join(folder, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write(NGINX.format(folder=folder, port=port))
        nginx = subprocess.Popen(["nginx", "-c", os.path.join(folder, "nginx.conf")], stderr=subprocess.DEVNULL)
        time.sleep(1)
        try:
            run("nginx", port, b"GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                kinds_of("/big", "/write"), count, seconds)
        finally:
            nginx.terminate()
            nginx.wait()


if __name__ == "__main__":
    main()
