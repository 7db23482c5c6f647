# SPDX-License-Identifier: Apache-2.0
"""Trainings ordered over HTTP, as an engineer and the daemon's operator meet them."""
import http.client
import json
import os
import random
import statistics
import sys
import threading
import time

from harness import Daemon, eventually, run

SITE = """
site: {name: Pushed}
sources:
  - {name: push, kind: lines}
assets:
  - name: T-101
    kind: tank
    signals:
      - {name: pressure, unit: kPa, from: {source: push}, limits: {hihi: 1200, hi: 1000}}
      - {name: level, unit: m, from: {source: push}}
"""
TRIES = 4000  # of 25 ms: a job gets what others leave of the machine
SLOW = {"name": "slow", "model": "lstm", "settings": {"lags": 9, "epochs": 5000}}


def call(daemon, method, path, body=None, code=200):
    status, answer = daemon.call(method, path, json.dumps(body) if isinstance(body, dict) else body)
    assert status == code, (method, path, status, answer)
    return json.loads(answer)


def rows(count, seed=1):
    chance = random.Random(seed)
    for row in range(count):
        state = chance.gauss(0, 1)
        yield row, 500 + 20 * state + chance.gauss(0, 1), 5 + state + chance.gauss(0, .1)


def begin_slow(daemon):
    table = "pressure,level\n" + "".join(f"{a:.3f},{b:.3f}\n" for _, a, b in rows(20000))
    upload = call(daemon, "POST", "/api/v1/uploads", table.encode(), 201)
    job = call(daemon, "POST", "/api/v1/jobs", {**SLOW, "upload": upload["id"]}, 201)
    eventually(lambda: state_of(daemon, job) == "running", "the job runs", TRIES)
    return job


def state_of(daemon, job):
    return call(daemon, "GET", f"/api/v1/jobs/{job['id']}")["state"]


def ended(daemon, job):
    said = call(daemon, "GET", f"/api/v1/jobs/{job['id']}")
    return said if said["state"] not in ("queued", "running") else None


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="utf-8") as file:
            found += [int(word) for word in file.read().split()]
    return found


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Events(threading.Thread):
    """Events named `job`, as they come."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.jobs = []
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=300)
        self.connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + daemon.key})
        self.answer = self.connection.getresponse()
        self.start()

    def run(self):
        name = ""
        try:
            for line in self.answer:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: ") and name == "job":
                    self.jobs.append(json.loads(text[6:]))
        except (OSError, ValueError, AttributeError):
            pass  # the daemon was stopped


def stored_signals_are_learnt_from_and_every_step_is_told(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    events = Events(daemon)
    start = int(time.time()) - 2000
    lines = "".join(f"T-101 pressure={a:.3f},level={b:.4f} {start + row}\n" for row, a, b in rows(1500))
    status, answer = daemon.write(lines, precision="s")
    assert status == 204, answer
    job = call(daemon, "POST", "/api/v1/jobs",
               {"name": "tank", "model": "pca", "signals": "T-101/*", "from": str(start), "to": str(start + 1500),
                "period": "1s", "budget": "1/hour", "seed": 7, "settings": {"lags": 2}}, 201)
    said = eventually(lambda: ended(daemon, job), "the job ends", TRIES)
    assert said["state"] == "done" and said["version"] == 1, said
    told = eventually(lambda: [event for event in events.jobs if event["state"] == "done"], "the end is told")
    assert told[0]["id"] == job["id"] and "log" not in told[0]
    assert {event["state"] for event in events.jobs} >= {"running", "done"}
    shown = json.loads(daemon.cli("models", "show", "tank", "--json", "--data", daemon.data))
    assert shown["settings"]["lags"] == "2", shown["settings"]
    status, page = daemon.call("GET", said["report"])
    assert status == 200 and b"T-101/pressure" in page
    assert daemon.stop() == 0


def a_job_dies_with_the_daemon_and_the_next_one_says_so(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    job = begin_slow(daemon)
    child, = children(daemon.process.pid)
    daemon.kill()
    eventually(lambda: not is_alive(child), "the job's process has ended")
    daemon.start()
    said = call(daemon, "GET", f"/api/v1/jobs/{job['id']}")
    assert said["state"] == "interrupted" and "davy was ended" in said["message"], said
    job = begin_slow(daemon)
    child, = children(daemon.process.pid)
    assert daemon.stop() == 0 and not is_alive(child)
    daemon.start()
    assert state_of(daemon, job) == "interrupted"
    assert daemon.stop() == 0


def alarm_latency(daemon, count=15):
    """Median time from a sample over its limit to the alarm that a client sees, in milliseconds."""
    taken = []
    for _ in range(count):
        begun = time.monotonic()
        daemon.write("T-101 pressure=1300,level=5\n")
        eventually(lambda: any(alarm["active"] for alarm in daemon.alarms("active")), "the alarm is raised", TRIES)
        taken.append(time.monotonic() - begun)
        daemon.write("T-101 pressure=500,level=5\n")
        eventually(lambda: not daemon.alarms("active"), "the alarm returns", TRIES)
    return 1000 * statistics.median(taken)


def alarms_are_raised_while_a_job_runs(folder, davy):
    """sched(7): a process of class SCHED_IDLE (5) never takes the CPU from one that wants it."""
    daemon = Daemon(davy, folder, SITE).start()
    quiet = alarm_latency(daemon)
    job = begin_slow(daemon)
    child, = children(daemon.process.pid)
    busy = alarm_latency(daemon)
    assert state_of(daemon, job) == "running"
    for task in os.listdir(f"/proc/{child}/task"):
        with open(f"/proc/{child}/task/{task}/stat", encoding="utf-8") as file:
            assert file.read().rpartition(")")[2].split()[38] == "5"
    print(f"# from sample to alarm, median: {quiet:.1f} ms alone, {busy:.1f} ms beside a training")
    call(daemon, "DELETE", f"/api/v1/jobs/{job['id']}")
    said = eventually(lambda: ended(daemon, job), "the job is cancelled", TRIES)
    assert said["state"] == "cancelled", said
    assert daemon.stop() == 0


if __name__ == "__main__":
    run([stored_signals_are_learnt_from_and_every_step_is_told, a_job_dies_with_the_daemon_and_the_next_one_says_so,
         alarms_are_raised_while_a_job_runs], sys.argv[1])
