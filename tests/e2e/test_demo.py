# SPDX-License-Identifier: Apache-2.0
"""The demo as `make run` starts it: history, training, a plant on real protocols, and a fault that becomes an alarm."""
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

from harness import DAEMONS, Skip, run

ALARM_TRIES = 480  # of 0.5 s: the fault begins after 45 s and shows within about two minutes


def start(davy, folder):
    """The demo, its address and its key."""
    demo = subprocess.Popen([davy, "demo", "--data", os.path.join(folder, "demo"), "--listen", "127.0.0.1:0"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    DAEMONS.append(demo)
    said = []
    for line in demo.stdout:
        said.append(line)
        found = re.search(r"console +(http://127\.0\.0\.1:\d+)/#key=(\S+)", line)
        if found:
            return demo, found.group(1), found.group(2), "".join(said)
    raise AssertionError("the demo ended: " + "".join(said))


def get(address, key, path):
    request = urllib.request.Request(address + path, headers={"Authorization": "Bearer " + key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def end(demo):
    demo.send_signal(signal.SIGINT)
    code = demo.wait(timeout=30)
    demo.stdout.close()
    return code


def a_leak_becomes_an_alarm_that_names_its_signals(folder, davy):
    if not os.path.exists("/usr/sbin/mosquitto"):
        raise Skip("mosquitto is not installed")
    demo, address, key, said = start(davy, folder)
    assert "davy train feed-tank-balance" in said, said

    alarms = []
    for _ in range(ALARM_TRIES):
        alarms = [alarm for alarm in get(address, key, "/api/v1/alarms")["alarms"] if alarm["kind"] == "model"]
        if alarms:
            break
        time.sleep(0.5)
    assert alarms, "no detector saw the leak"
    assert alarms[0]["detector"] == "feed-tank-balance", alarms
    causes = {cause["signal"] for cause in alarms[0]["reason"]["causes"]}
    assert causes and causes <= {"T-101/level_rate", "T-101/inflow", "T-101/outflow"}, causes
    latest = {item["signal"]: item["latest"] for item in get(address, key, "/api/v1/signals")["signals"]}
    assert all(value and value["quality"] == "good" for value in latest.values()), latest
    assert end(demo) == 0

    demo, address, key, said = start(davy, folder)  # again: nothing is made twice
    assert "davy train" not in said and "history" not in said, said
    assert get(address, key, "/api/v1/me")["role"] == "admin"
    assert end(demo) == 0


run([a_leak_becomes_an_alarm_that_names_its_signals], sys.argv[1])
