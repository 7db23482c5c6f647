# SPDX-License-Identifier: Apache-2.0
"""The main job on real input: the SKAB test bed's files, from training to alarms and back in a replay.

The data are GPL-3.0 and no part of davy: they are looked for in $DAVY_DATA/skab, then beside the repository.
"""
import json
import os
import re
import subprocess
import sys
import time

from harness import Daemon, Skip, eventually, run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SITE = os.path.join(ROOT, "examples", "skab", "site.yaml")
RUNS = 4  # of the site file, each with one fault


def skab():
    folder = os.path.join(os.environ.get("DAVY_DATA") or os.path.join(ROOT, "..", "shared", "data"), "skab")
    if not os.path.exists(os.path.join(folder, "valve1", "0.csv")):
        raise Skip("the SKAB data are not here; set DAVY_DATA to the folder that has them (docs/skab.md)")
    return os.path.abspath(folder)


def call(davy, *arguments):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout


def site_at_full_speed():
    """The example's site, played at once and with the times of the files."""
    with open(SITE, encoding="utf-8") as file:
        text = file.read()
    assert "speed: 1x, restamp: true, loop: true" in text
    return text.replace("speed: 1x, restamp: true, loop: true", "speed: max")


def train(davy, site, data, folder):
    files = [os.path.join(data, "valve1", f"{n}.csv") for n in range(12)]
    return call(davy, "train", "skab-watch", "--site", site, "--csv", *files, "--time", "datetime", "--label", "anomaly",
                "--budget", "1/day", "--data", folder)


def unseen(data):
    return [os.path.join(data, "valve1", f"{n}.csv") for n in range(12, 16)]


def replay(davy, daemon, *arguments):
    return json.loads(call(davy, "replay", "skab-watch", "--site", daemon.site, "--data", daemon.data, "--json", *arguments))


def raised_live(daemon):
    """Sentences of the alarms, in the order in which they were raised; None until there are all."""
    hour = 3600 * 10**9
    history = daemon.get(f"/api/v1/alarms/history?from={time.time_ns() - hour}&to={time.time_ns() + hour}")
    said = [one["text"] for one in sorted(history["transitions"], key=lambda one: one["sequence"])
            if one["key"] == "detector skab-watch:model" and one["transition"] == "raised"]
    return said if len(said) == RUNS else None


def watched_live_it_raises_one_alarm_for_each_fault_and_a_replay_agrees(folder, davy):
    data = skab()
    daemon = Daemon(davy, folder, site_at_full_speed(), "watch")
    os.symlink(data, os.path.join(folder, "data"))
    said = train(davy, daemon.site, data, daemon.data)
    assert "too short for the budget of 1 a day" in said, said
    daemon.start()
    live = eventually(lambda: raised_live(daemon), "an alarm for each fault")
    alarm = [alarm for alarm in daemon.alarms("all") if alarm["kind"] == "model"][0]
    assert alarm["occurrences"] == RUNS and alarm["priority"] == "high", alarm
    assert alarm["reason"]["model"] == "skab-watch@1", alarm
    assert alarm["reason"]["causes"][0]["signal"] == "loop/flow", alarm  # the valve behind the pump closes
    detector = daemon.get("/api/v1/detectors/skab-watch")
    assert abs(detector["budget_per_day"] - 1) < 1e-9 and 30 < detector["promise_per_day"] < 50, detector
    assert "too short to vouch for the budget of 1 a day" in detector["message"], detector
    assert daemon.stop() == 0
    assert "too short to vouch" in daemon.log_text()
    stored = replay(davy, daemon)["alarms"]
    assert [one["text"] for one in stored] == live, (live, stored)
    assert stored[-1]["begin"] == alarm["since"], (alarm, stored)
    files = replay(davy, daemon, "--time", "datetime", "--csv", *unseen(data))["alarms"]
    assert [(one["begin"], one["text"]) for one in files] == [(one["begin"], one["text"]) for one in stored], files


def its_figures_on_unseen_runs_are_those_of_the_document(folder, davy):
    data = skab()
    site = os.path.join(folder, "site.yaml")
    with open(site, "w", encoding="utf-8") as file:
        file.write(site_at_full_speed())
    os.symlink(data, os.path.join(folder, "data"))
    train(davy, site, data, os.path.join(folder, "watch"))
    found = json.loads(call(davy, "evaluate", "skab-watch", "--site", site, "--time", "datetime", "--label", "anomaly",
                            "--data", os.path.join(folder, "watch"), "--json", "--csv", *unseen(data)))
    with open(os.path.join(ROOT, "docs", "skab.md"), encoding="utf-8") as file:
        row = re.search(r"\| 12 to 15 \|(.*)\|", file.read()).group(1).split("|")
    for text, value in zip(row, (found["model"]["auc_roc"], found["model"]["average_precision"],
                                     found["model"]["f1"], found["model"]["false_alarm_rate"],
                                     found["model"]["missed_alarm_rate"])):
        assert abs(float(text) - value) < 0.006, (text, value)
    assert found["detected"] == found["events"] == RUNS and found["episodes"] == 0, found


run([watched_live_it_raises_one_alarm_for_each_fault_and_a_replay_agrees,
     its_figures_on_unseen_runs_are_those_of_the_document], sys.argv[1])
