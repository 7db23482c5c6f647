#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an idle TLS client costs the daemon: memory of N clients that asked once and wait.

    python3 bench/serve/idle_tls.py build/src/app/davy [N]

All on the loopback, from 127.0.1.0/24 and on, a hundred clients an address. Each client opens TLS 1.3, asks
/api/v1/me with a key, and rests. Printed: what the daemon's memory (Pss of smaps_rollup) grew by, for each
client, and how many are still served at the end. The kernel's own memory of sockets is not the daemon's.
"""
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from plant import Plant

PER_ADDRESS = 100


def connect(plant, context, index):
    plain = socket.socket()
    plain.settimeout(20)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plain.bind((f"127.0.{1 + index // PER_ADDRESS // 250}.{1 + index // PER_ADDRESS % 250}", 0))
    plain.connect(("127.0.0.1", plant.port))
    client = context.wrap_socket(plain, server_hostname="127.0.0.1")
    if ask(plant, client) != 200:
        raise RuntimeError(f"client {index} was refused")
    return client


def ask(plant, client):
    client.sendall(f"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {plant.key}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
        piece = client.recv(4096)
        if not piece:
            return 0
        answer += piece
    return int(answer.split()[1])


def main():
    davy, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder, Plant(davy, folder, tls=True) as plant:
        context = ssl.create_default_context(cafile=plant.certificate)
        clients = [connect(plant, context, i) for i in range(20)]  # what is made once is made
        for client in clients:
            client.close()
        time.sleep(1)
        before = plant.pss()
        started = time.monotonic()
        clients = [connect(plant, context, i) for i in range(count)]
        opened = time.monotonic() - started
        time.sleep(1)
        after = plant.pss()
        served = sum(ask(plant, client) == 200 for client in clients[:: max(1, count // 500)])
        print(f"{count} clients in {opened:.1f} s: {before / 1024:.1f} -> {after / 1024:.1f} MiB, "
              f"{(after - before) / count:.1f} KiB each; "
              f"{served} of {len(clients[:: max(1, count // 500)])} asked again were served")


main()
