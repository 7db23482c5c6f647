# SPDX-License-Identifier: Apache-2.0
"""What helps a person to judge an alarm, and what becomes of the answer."""
import json
import math
import random
import signal
import sys
import time

from harness import START_TRIES, Daemon, eventually, run

SITE = """
site: {name: Advice}
assets:
  - name: P-1
    downstream: [T-101]
    signals:
      - {name: flow, unit: kg/h, limits: {hi: 50}}
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, limits: {hi: 1000}, priority: high}
      - {name: level, unit: "%"}
alarms:
  - match: ["T-101/pressure:hi"]
    cause: the outlet is shut
    consequence: the relief valve opens
    respond_within: 5min
    actions: ["Open V-401", "Call the shift leader"]
"""
SECOND = 1_000_000_000
HI = "T-101/pressure:hi"


def lines(begin, first, last, pressure=None):
    """A second a line; the level follows the pressure, so that a model has something to learn."""
    chance = random.Random(first)
    for i in range(first, last):
        value = 900 + 40 * math.sin(i / 30) + chance.gauss(0, 2)
        level = value / 20 + chance.gauss(0, 0.1)
        yield f"T-101 pressure={pressure if pressure else value:.3f},level={level:.3f} {begin + i * SECOND}"


def the_only(daemon, key):
    return next(alarm for alarm in daemon.alarms("all") if alarm["key"] == key)


def answer(daemon, ident, body):
    return daemon.call("POST", f"/api/v1/alarms/{ident}/judge", json.dumps(body).encode(),
                       headers={"Content-Type": "application/json"})[0]


def excursion(daemon, begin, first, last, verdict):
    before = the_only(daemon, HI)["occurrences"]
    daemon.write("\n".join(lines(begin, first, last, 1100)))
    eventually(lambda: the_only(daemon, HI)["active"], "the alarm")
    daemon.write("\n".join(lines(begin, last, last + 900)))
    eventually(lambda: not the_only(daemon, HI)["active"], "its end")
    alarm = the_only(daemon, HI)
    assert alarm["occurrences"] == before + 1, alarm
    words = ["alarms", "judge", str(alarm["id"]), verdict, "--comment", "seen in the field", "--data", daemon.data]
    assert daemon.cli(*words).strip() == f"{HI}: {verdict}"
    return alarm["id"]


def an_answer_becomes_a_label_and_silences_nothing(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    begin = time.time_ns() // SECOND * SECOND - 4000 * SECOND
    daemon.write("\n".join(lines(begin, 0, 1000)))
    ident = excursion(daemon, begin, 1000, 1040, "true")
    excursion(daemon, begin, 1940, 1980, "known-work")
    excursion(daemon, begin, 2880, 2920, "false")  # and the one before this was announced all the same
    judged = [move for move in daemon.get(f"/api/v1/alarms/history?from=0&to={2 * time.time_ns()}")["transitions"]
              if move["transition"] == "judged"]
    assert [move["verdict"] for move in judged] == ["true", "known-work", "false"], judged
    data = ["--signals", "T-101/*", "--from", str(begin // SECOND), "--to",
            str(begin // SECOND + 3820), "--data", daemon.data]
    daemon.cli("train", "tank", "--model", "pca", *data, "--label", HI)
    found = json.loads(daemon.cli("evaluate", "tank", *data, "--label", HI, "--json"))
    assert found["labelled"] and found["events"] == 1, found  # the true one alone
    assert "nobody has answered" in daemon.cli("train", "tank", *data, "--label", "P-1/*", code=66)
    assert "task anomaly" in daemon.cli("train", "tank", "--task", "classify", *data, "--label", HI, code=65)
    body = {"verdict": "true", "occurrence": 1}
    assert answer(daemon, ident, body) == 409
    assert answer(daemon, ident, {"verdict": "perhaps"}) == 400
    assert answer(daemon, ident, {}) == 400
    assert daemon.stop() == 0


def a_model_that_was_swapped_goes_before_its_alarm(folder, davy):
    watched = SITE + "detectors:\n  - {name: watch, model: tank@champion, signals: [T-101/*]}\n"
    daemon = Daemon(davy, folder, watched).start()
    begin = time.time_ns() // SECOND * SECOND - 4000 * SECOND
    daemon.write("\n".join(lines(begin, 0, 1000)))
    data = ["--data", daemon.data]
    learn = ["train", "tank", "--model", "pca", "--signals", "T-101/*", "--from", str(begin // SECOND), "--to",
             str(begin // SECOND + 1000), *data]
    daemon.cli(*learn)
    daemon.process.send_signal(signal.SIGHUP)
    eventually(lambda: "has model tank@1" in daemon.log_text(), "the detector has its model")
    eventually(lambda: "tank@1 READY" in daemon.log_text(), "it is served too", 2 * START_TRIES)
    daemon.cli(*learn)  # its newest version is the champion
    eventually(lambda: "tank@champion is version 2" in daemon.log_text(), "the alias is followed", 2 * START_TRIES)
    daemon.process.send_signal(signal.SIGHUP)
    eventually(lambda: "has model tank@2" in daemon.log_text(), "the detector follows")
    daemon.write("T-101 pressure=1100")
    eventually(lambda: the_only(daemon, HI)["active"], "the alarm")
    page = daemon.cli("alarms", "show", str(the_only(daemon, HI)["id"]), *data)
    assert "champion moved from version 1 to 2" in page, page
    assert "model tank@2 in place of tank@1" in page and "model tank@1 in place of none" in page, page
    assert daemon.stop() == 0


def show_tells_the_advice_the_answer_and_what_went_before(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    daemon.write("P-1 flow=60")
    eventually(lambda: len(daemon.alarms()) == 1, "the alarm upstream")
    daemon.write("T-101 pressure=1100")
    eventually(lambda: len(daemon.alarms()) == 2, "both alarms")
    ident = str(the_only(daemon, HI)["id"])
    daemon.cli("alarms", "judge", ident, "false", "--data", daemon.data)
    page = daemon.cli("alarms", "show", ident, "--data", daemon.data)
    for words in ("the outlet is shut", "the relief valve opens", "300 s", "1. Open V-401", "2. Call the shift leader",
                  "judged           false, by ", "P-1/flow:hi", "P-1 feeds it", "of the whole site"):
        assert words in page, (words, page)
    whole = json.loads(daemon.cli("alarms", "show", ident, "--json", "--data", daemon.data))
    assert whole["alarm"]["judgement"]["verdict"] == "false", whole
    assert [event["near"] for event in whole["related"]["events"]] == ["upstream", "site"], whole
    assert "true, false or known-work" in daemon.cli("alarms", "judge", ident, "maybe", "--data", daemon.data, code=65)
    assert daemon.stop() == 0


run([an_answer_becomes_a_label_and_silences_nothing, a_model_that_was_swapped_goes_before_its_alarm,
     show_tells_the_advice_the_answer_and_what_went_before], sys.argv[1])
