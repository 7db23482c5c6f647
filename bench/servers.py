# SPDX-License-Identifier: Apache-2.0
"""Servers that take line protocol over HTTP, each on loopback with its files in a folder of its own."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

ASSETS, FIELDS = 100, 10  # 1,000 points a request
START_NS = 1700000000 * 10**9


def body(request):
    stamp = START_NS + request * 10**9
    return "\n".join(
        f"A-{asset} " + ",".join(f"f{field}={50 + ((request * 7 + asset * 13 + field) % 997) / 100}"
                                 for field in range(FIELDS)) + f" {stamp}"
        for asset in range(ASSETS)).encode()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


class Peer:
    """A server that takes line protocol."""
    name, program, path, headers = "", "", "", {}

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name.split()[0])
        os.makedirs(self.folder)
        self.port = free_port()
        self.sent = 0

    def launch(self, command):
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(self.port)
        except SystemExit:
            self.stop()
            raise

    def request(self, number):
        return self.request_of(body(number))

    def request_of(self, data):
        lines = [f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + data

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def post(self, connection, request):
        """Send and wait for the answer, a 204 without a body."""
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            answer += piece
            if not piece or not answer.startswith(b"HTTP/1.1 204"[:len(answer)]):
                raise SystemExit(f"{self.name}: {answer[:300]!r}")

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, headers=self.headers)
        return connection.getresponse().read()

    def held(self):
        """Points of the first signal that it holds: one for each request."""
        raise NotImplementedError

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Davy(Peer):
    name, path = "davy", "/api/v2/write?precision=ns"

    def held(self):
        to = START_NS // 10**9 + 10**8
        answer = json.loads(self.ask(f"/api/v1/samples?signals=A-0/f0&from={START_NS // 10**9}&to={to}"))
        return len(answer["signals"][0]["times"])

    def __init__(self, folder, program):
        super().__init__(folder)
        site = os.path.join(self.folder, "site.yaml")
        with open(site, "w", encoding="utf-8") as file:
            file.write("site: {name: Bench}\nassets:\n")
            for asset in range(ASSETS):
                file.write(f"  - name: A-{asset}\n    kind: bench\n    signals:\n")
                for field in range(FIELDS):
                    file.write(f"      - {{name: f{field}, unit: \"1\"}}\n")
        key = os.path.join(self.folder, "key")
        self.launch([program, "run", site, "--data", os.path.join(self.folder, "data"), "--listen",
                     f"127.0.0.1:{self.port}", "--key-file", key])
        with open(key, encoding="utf-8") as file:
            self.headers = {"Authorization": "Bearer " + file.read().strip()}


class Influx(Peer):
    name, program, path = "InfluxDB 1.6", "influxd", "/write?db=bench&precision=ns"

    def __init__(self, folder):
        super().__init__(folder)
        config = os.path.join(self.folder, "influxdb.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"""reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
  dir = "{self.folder}/meta"
[data]
  dir = "{self.folder}/data"
  wal-dir = "{self.folder}/wal"
  query-log-enabled = false
  cache-snapshot-write-cold-duration = "5s"
  compact-full-write-cold-duration = "5s"
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
[monitor]
  store-enabled = false
""")
        self.launch([self.program, "-config", config])
        self.ask("/query?q=CREATE+DATABASE+bench", "POST")

    def held(self):
        answer = json.loads(self.ask("/query?db=bench&q=SELECT+count(f0)+FROM+%22A-0%22"))
        return answer["results"][0]["series"][0]["values"][0][1]


class Victoria(Peer):
    name, program, path = "VictoriaMetrics", "victoria-metrics", "/write?precision=ns"

    def __init__(self, folder):
        super().__init__(folder)
        self.launch([self.program, "-storageDataPath", self.folder + "/data", "-httpListenAddr",
                     f"127.0.0.1:{self.port}", "-retentionPeriod", "100y"])

    def held(self):
        self.ask("/internal/force_flush")
        rows = self.ask("/api/v1/export?match[]=%7B__name__=%22A-0_f0%22%7D").splitlines()
        return sum(len(json.loads(row)["values"]) for row in rows)


def start_servers(folder, davy, servers):
    """davy and the peers that are there, added to the list one by one; who is not there is named."""
    if len(sys.argv) > 2:
        os.environ["PATH"] = os.path.abspath(sys.argv[2]) + os.pathsep + os.environ["PATH"]
    servers.append(Davy(folder, os.path.abspath(davy)))
    for kind in (Influx, Victoria):
        if shutil.which(kind.program):
            servers.append(kind(folder))
        else:
            print(f"{kind.name}: left out, {kind.program} is neither in the folder of peers nor on the path")
