#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Models over HTTP: davy beside FastAPI + uvicorn + ONNX Runtime and beside Node.js + ONNX Runtime.

    bench/serve/serve.py BUILD [ROUNDS] [SECONDS]

The same ONNX files, one server at a time on core 0, wrk on core 1, interleaved rounds, medians. Every answer must be 200. The
peers need python3-fastapi, uvicorn, wrk, Node.js, and onnxruntime-node in the folder that $DAVY_NODE_MODULES names; one that is not
there is left out. All servers are asked for one row at a time, in JSON or in binary both ways.
"""
import json
import math
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from harness import Daemon, eventually, free_port  # noqa: E402

SITE = "site: {name: Bench}\nassets: []\n"
SERVER, CLIENT = ["taskset", "-c", "0"], ["taskset", "-c", "1"]
START_SECONDS = 30
# Model: its word for bench_nn, the shape of one row, the output that is asked for.
MODELS = {"small": ("ae", [1, 32], "y"), "medium": ("cnn", [1, 224, 224, 3], "y"),
          "picture": ("yolo", [1, 640, 640, 3], "v207")}
# Name, model, binary, connections.
CASES = [("autoencoder of 32, JSON", "small", False, 8), ("autoencoder of 32, binary", "small", True, 8),
         ("CNN on 224 x 224, binary", "medium", True, 2), ("YOLO's shape on 640 x 640, 4.9 MB, binary", "picture", True, 2)]


def write_models(build, folder):
    """The networks of bench_nn as a repository."""
    for name, (task, *_) in MODELS.items():
        version = folder / name / "1"
        version.mkdir(parents=True)
        subprocess.run([build / "bench" / "bench_nn", task, "write", version / "model.onnx"], check=True,
                       stdout=subprocess.DEVNULL)


def write_body(folder, name, binary):
    """A request as a file, and the length of its JSON when it is binary."""
    _, shape, output = MODELS[name]
    count = math.prod(shape)
    values = [n % 97 / 97 for n in range(count)]
    given = {"name": "x", "datatype": "FP32", "shape": shape}
    path = folder / f"{name}.{'bin' if binary else 'json'}"
    if not binary:
        path.write_text(json.dumps({"inputs": [{**given, "data": values}], "outputs": [{"name": output}]}))
        return path, None
    given["parameters"] = {"binary_data_size": 4 * count}
    head = json.dumps({"inputs": [given], "outputs": [{"name": output}],
                       "parameters": {"binary_data_output": True}}).encode()
    path.write_bytes(head + struct.pack(f"<{count}f", *values))
    return path, len(head)


class Davy:
    name = "davy"

    def __init__(self, build, folder, models):
        self.daemon = Daemon(str(build / "src" / "app" / "davy"), str(folder), SITE)
        self.models = models

    def start(self):
        self.daemon.start("--repository", str(self.models))
        subprocess.run(["taskset", "-apc", "0", str(self.daemon.process.pid)], check=True, stdout=subprocess.DEVNULL)
        for name in MODELS:  # a model is measured after its start, and holds up others until then
            eventually(lambda: self.daemon.get(f"/v2/models/{name}/stats")["model_stats"][0]["certificate"],
                       f"{name} is measured", tries=4000)
        return f"http://127.0.0.1:{self.daemon.port}", self.daemon.key

    def stop(self):
        self.daemon.stop()


class Peer:
    """A peer's program: its words before the port and after it."""

    def __init__(self, name, before, after):
        self.name, self.before, self.after, self.process = name, before, after, None

    def start(self):
        port = free_port()
        self.process = subprocess.Popen([*SERVER, *self.before, str(port), *self.after])
        for _ in range(START_SECONDS * 10):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/health/live", timeout=5).close()
                return f"http://127.0.0.1:{port}", "-"
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise SystemExit(f"{self.name} does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def find_peers(models):
    modules = os.environ.get("DAVY_NODE_MODULES", str(ROOT / "tests" / "oracle" / "node_modules"))
    libraries = list(pathlib.Path(modules).glob("onnxruntime-node/bin/*/linux/x64/libonnxruntime.so*"))
    words = [f"{name}={models / name / '1' / 'model.onnx'}=x={output}"
             for name, (_, _, output) in MODELS.items()]
    peers = []
    if libraries and subprocess.run(["/usr/bin/python3", "-c", "import fastapi, uvicorn, uvloop"], check=False,
                                    stderr=subprocess.DEVNULL).returncode == 0:
        peers.append(Peer("FastAPI", ["/usr/bin/python3", str(HERE / "peer_fastapi.py")], [str(libraries[0]), *words]))
    if libraries and shutil.which("node"):
        peers.append(Peer("Node.js", ["node", str(HERE / "peer_node.mjs")], [modules, *words]))
    return peers


def ask(url, key, model, body, head, connections, seconds):
    """What wrk saw."""
    said = subprocess.run([*CLIENT, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
                           str(HERE / "ask.lua"), f"{url}/v2/models/{model}/infer", "--", str(body), key,
                           *([str(head)] if head else [])], capture_output=True, text=True, check=True).stdout
    told = json.loads(said.splitlines()[-1])
    if told["not_200"] or told["failed"] or not told["requests"]:
        raise SystemExit(f"{url}: {told}")
    return told["requests"] / told["seconds"], told["p50_us"], told["p99_us"]


def bare_rate(build, task, seconds):
    """Runs a second of the bare plan, one thread on core 0."""
    said = subprocess.run([*SERVER, build / "bench" / "bench_nn", task, "infer", "1", "1", "32", str(seconds)],
                          capture_output=True, text=True, check=True).stdout
    told = json.loads(said.splitlines()[-1])
    return 1000 / told["median_ms"]


def measure(build, servers, bodies, rounds, seconds):
    """{(case, server): [(rate, p50, p99)]} with the bare plan as a server."""
    seen = {}
    for _ in range(rounds):
        for server in servers:
            url, key = server.start()
            try:
                for case, model, binary, connections in CASES:
                    body, head = bodies[model, binary]
                    seen.setdefault((case, server.name), []).append(
                        ask(url, key, model, body, head, connections, seconds))
            finally:
                server.stop()
        for case, model, _, _ in CASES:
            seen.setdefault((case, "bare"), []).append((bare_rate(build, MODELS[model][0], 1), 0, 0))
    return seen


def print_case(case, names, seen):
    medians = {name: [statistics.median(column) for column in zip(*seen[case, name])] for name in names}
    rate, _, p99 = medians["davy"]
    print(f"\n{case}")
    for name in names:
        told, p50, slow = medians[name]
        line = f"  {name:8} {told:10.1f}/s"
        if name != "bare":
            line += f"   p50 {p50 / 1000:9.3f} ms   p99 {slow / 1000:9.3f} ms"
        if name == "bare":
            line += f"   davy serves {100 * rate / told:.0f} % of it"
        elif name != "davy":
            line += f"   davy is {rate / told:.1f} times as fast, its p99 {slow / p99:.1f} times as short"
        print(line)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    rounds, seconds = (int(word) for word in (sys.argv[2:] + ["3", "3"][len(sys.argv) - 2:]))
    with tempfile.TemporaryDirectory(prefix="davy-bench-") as text:
        folder = pathlib.Path(text)
        models = folder / "models"
        write_models(build, models)
        bodies = {(model, binary): write_body(folder, model, binary) for _, model, binary, _ in CASES}
        servers = [Davy(build, folder, models), *find_peers(models)]
        seen = measure(build, servers, bodies, rounds, seconds)
        for case, *_ in CASES:
            print_case(case, [*(server.name for server in servers), "bare"], seen)


if __name__ == "__main__":
    main()
