# SPDX-License-Identifier: Apache-2.0
"""docs/serving.md to the letter: its session with curl, each answer with the keys and words that it shows."""
import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys

from harness import Daemon, Skip, eventually, run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def session():
    """[(command, answer)] of the page; an answer is the JSON below a command, or None."""
    with open(os.path.join(ROOT, "docs", "serving.md"), encoding="utf-8") as file:
        blocks = re.findall(r"(?:^    .*\n)+", file.read(), re.MULTILINE)
    steps = []
    for block in blocks:
        lines = [line[4:] for line in block.splitlines()]
        if lines[0].startswith("$ "):
            for line in lines:
                if line.startswith("$ "):
                    steps.append([line[2:], ""])
                else:
                    steps[-1][1] += line
    return [(command, json.loads(answer) if answer else None) for command, answer in steps]


def form(value):
    """Keys and words of an answer; of numbers only that they are some."""
    if isinstance(value, dict):
        return {key: form(member) for key, member in value.items()}
    if isinstance(value, list):
        return [form(member) for member in value]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def write_pump(path):
    chance = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write("pressure,current,flow\n")
        for _ in range(400):
            load = 1 + 0.3 * chance.random()
            row = [6 * load + chance.gauss(0, 0.05), 20 * load + chance.gauss(0, 0.2), 40 * load + chance.gauss(0, 0.3)]
            file.write(",".join(f"{value:.3f}" for value in row) + "\n")


def the_session_of_the_page_is_what_happens(folder, davy):
    if not shutil.which("curl"):
        raise Skip("no curl")
    write_pump(os.path.join(folder, "pump.csv"))
    os.symlink(davy, os.path.join(folder, "davy"))
    daemon = None
    answers = 0
    for command, expected in session():
        if command.startswith("davy run "):
            daemon = Daemon(davy, folder, "site: {name: Bench}\n", "davy-data").start()
            continue
        if daemon:
            command = command.replace("127.0.0.1:8080", f"127.0.0.1:{daemon.port}")
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, "PATH": folder + ":" + os.environ["PATH"], "no_proxy": "*"})
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if expected is not None:
            assert form(json.loads(done.stdout)) == form(expected), (command, done.stdout)
            answers += 1
    assert answers >= 8, "the page shows a session"
    assert daemon.stop() == 0


def a_folder_of_its_own_is_served_and_asked_for(folder, davy):
    """--repository and --model-control explicit: nothing is served until an engineer asks for it."""
    write_pump(os.path.join(folder, "pump.csv"))
    subprocess.run([davy, "train", "pump", "--model", "linear", "--task", "regress", "--csv", "pump.csv", "--label", "flow",
                    "--models", "others"], cwd=folder, check=True, capture_output=True)
    daemon = Daemon(davy, folder, "site: {name: Bench}\n").start(
        "--repository", os.path.join(folder, "others"), "--model-control", "explicit", "--body-max", "65536")
    ready, load, unload = "/v2/models/pump/ready", "/v2/repository/models/pump/load", "/v2/repository/models/pump/unload"
    assert daemon.call("GET", ready)[0] == 503, "not asked for yet"
    assert daemon.call("POST", load)[0] == 200
    assert daemon.call("GET", ready)[0] == 200
    code, body = daemon.call("POST", "/v1/models/pump:predict", json.dumps({"instances": [[0.5] * 100000]}))
    assert code == 413 and b"--body-max" in body, (code, body)
    assert daemon.call("POST", unload)[0] == 200
    assert daemon.call("GET", ready)[0] == 503
    assert daemon.stop() == 0
    for option, value in (("--model-control", "sometimes"), ("--body-max", "1"), ("--repository", "nowhere")):
        refused = subprocess.run([davy, "run", daemon.site, "--data", daemon.data, "--listen", "127.0.0.1:0", option, value],
                                 capture_output=True, text=True, timeout=60, check=False)
        assert refused.returncode != 0 and (option in refused.stderr or value in refused.stderr), refused


def train_pump(davy, folder, label):
    subprocess.run([davy, "train", "pump", "--model", "linear", "--task", "regress", "--csv", "pump.csv", "--label", label,
                    "--columns", "current", "--models", "others"], cwd=folder, check=True, capture_output=True)


def a_shadow_and_a_canary_are_set_and_told(folder, davy):
    """Version 1 answers flow and version 2 pressure: side by side they disagree."""
    write_pump(os.path.join(folder, "pump.csv"))
    for label in ("flow", "pressure"):
        train_pump(davy, folder, label)
    daemon = Daemon(davy, folder, "site: {name: Bench}\n").start("--repository", os.path.join(folder, "others"))
    path = "/api/v1/models/pump/traffic"
    eventually(lambda: daemon.call("GET", "/v2/models/pump/ready")[0] == 200, "the model is ready")
    code, body = daemon.call("POST", path, json.dumps({"shadow": "1"}))
    assert code == 200 and json.loads(body)["shadow"] == "1", (code, body)

    def ask(number):
        asked = {"id": str(number), "inputs": [{"name": "sample", "shape": [1, 1, 1], "datatype": "FP32", "data": [24.0]}]}
        code, body = daemon.call("POST", "/v2/models/pump/infer", json.dumps(asked))
        assert code == 200, body
        return json.loads(body)["model_version"]

    assert {ask(n) for n in range(5)} == {"2"}
    told = eventually(lambda: (seen := daemon.get(path))["shadow_compared"] == 5 and seen, "all were compared")
    assert told["shadow_disagreed"] == 5 and told["disagreements"][0]["shadow_version"] == 1, told
    assert daemon.call("POST", path, json.dumps({"canary": "1", "canary_share": 0.5}))[0] == 200
    fresh = daemon.get(path)
    assert fresh["shadow_compared"] == 0 and fresh["canary_requests"] == 0, "counts are of the new settings"
    versions = [ask(n) for n in range(60)]
    assert 10 < versions.count("1") < 50, versions
    assert versions == [ask(n) for n in range(60)], "one client and id stay on one side"
    for wrong in ({"canary": "no such label", "canary_share": 0.5}, {"canary": 1}, {"canary_share": 2}, {"canry": "1"}, [1]):
        assert daemon.call("POST", path, json.dumps(wrong))[0] in (400, 404), wrong
    assert daemon.stop() == 0
    daemon.start("--repository", os.path.join(folder, "others"))
    eventually(lambda: daemon.call("GET", "/v2/models/pump/ready")[0] == 200, "the model is ready again")
    assert daemon.get(path)["canary"] == "1" and daemon.get(path)["canary_share"] == 0.5, "as before the start"
    assert versions == [ask(n) for n in range(60)], "and each stays on its side"
    assert json.loads(daemon.call("POST", path, "{}")[1])["canary"] == ""
    assert {ask(n) for n in range(20)} == {"2"}
    assert daemon.call("GET", "/api/v1/models/other/traffic")[0] == 404
    assert daemon.stop() == 0


def what_training_had_is_quiet_and_a_shift_is_told(folder, davy):
    """400 samples of training are quiet; then the current is 4 A more, and within 400 samples it is told, with its name (20 A to 26 A in
    training, so 4 A is more than two deviations)."""
    write_pump(os.path.join(folder, "pump.csv"))
    with open(os.path.join(folder, "pump.csv"), encoding="ascii") as file:
        currents = [float(row["current"]) for row in csv.DictReader(file)]
    train_pump(davy, folder, "flow")
    daemon = Daemon(davy, folder, "site: {name: Bench}\n").start("--repository", os.path.join(folder, "others"))
    path = "/api/v1/models/pump/drift"
    eventually(lambda: daemon.call("GET", "/v2/models/pump/ready")[0] == 200, "the model is ready")
    chance = random.Random(1)

    def ask(shift):
        """One sample, until the daemon has looked at it: while it compares it looks at none."""
        before = daemon.get(path)["versions"][0]
        while (now := daemon.get(path)["versions"][0])["rows"] == before["rows"]:
            asked = {"inputs": [{"name": "sample", "shape": [1, 1, 1], "datatype": "FP32", "data": [chance.choice(currents) + shift]}]}
            code, body = daemon.call("POST", "/v2/models/pump/infer", json.dumps(asked))
            assert code == 200, body
        return now

    def monitors(told):
        return {one["monitor"]: one for one in told["monitors"]}

    for _ in range(500):
        told = ask(0)
    assert told["state"] == "watching" and told["reference"] == {"of": "training", "rows": 100}, told
    assert told["windows"] == 2 and monitors(told)["any"]["windows_fired"] == 0, told
    asked = 0
    while not monitors(told)["any"]["fired"]:
        told = ask(4)
        asked += 1
    assert asked <= 400, asked
    assert {one["name"] for one in told["features"] if one["fired"]} == {"current", "value"}, told["features"]
    beside = monitors(told)
    assert beside["never"]["right"] == beside["always"]["right"] == 0.5
    assert beside["any"]["right"] > 0.9 and beside["any"]["false_alarms"] < 0.1, beside
    assert b'davy_drift_fired{model="pump",version="1",monitor="any"} 1' in daemon.call("GET", "/metrics")[1]
    assert daemon.call("GET", "/api/v1/models/other/drift")[0] == 404
    assert daemon.stop() == 0


if __name__ == "__main__":
    run([the_session_of_the_page_is_what_happens, a_folder_of_its_own_is_served_and_asked_for,
         a_shadow_and_a_canary_are_set_and_told, what_training_had_is_quiet_and_a_shift_is_told], sys.argv[1])
