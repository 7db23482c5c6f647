# SPDX-License-Identifier: Apache-2.0
"""The shift handover as two people sign it, over restarts."""
import json
import os
import sys

from harness import Daemon, eventually, run

SITE = """
site: {name: Handover}
positions:
  - {name: tanks, title: Tank farm desk, assets: [T-101]}
assets:
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, limits: {hi: 1000}, priority: high}
      - {name: level, unit: "%", limits: {hi: 90}}
  - name: P-1
    signals:
      - {name: flow, unit: kg/h, limits: {hi: 50}}
"""


def sign(daemon, key, *words, code=0):
    return daemon.cli("handover", *words, "--position", "tanks", "--data", daemon.data, "--key-file", key, code=code)


def make_key(daemon, folder, name, role="operator"):
    text = daemon.cli("key", "create", name, "--role", role, "--data", daemon.data)
    path = os.path.join(folder, name + ".key")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.strip())
    return path


def two_people_hand_over(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    jan, mia = (make_key(daemon, folder, name) for name in ("jan", "mia"))
    eve = make_key(daemon, folder, "eve", "viewer")
    daemon.write("T-101 pressure=1100,level=95")
    daemon.write("P-1 flow=60")
    eventually(lambda: len(daemon.alarms()) == 3, "three alarms")
    level = next(alarm["id"] for alarm in daemon.alarms() if alarm["key"] == "T-101/level:hi")
    daemon.cli("alarms", "shelve", str(level), "--for", "1h", "--comment", "gauge is being cleaned", "--data", daemon.data)
    page = sign(daemon, eve)
    assert "Handover of Tank farm desk" in page and "none was taken yet" in page, page
    assert "Standing: 1" in page and "T-101/pressure:hi" in page, page
    assert "Shelved: 1" in page and "gauge is being cleaned" in page, page
    assert "P-1" not in page, "the desk of another"
    assert "alarm.shelve" in page, page
    sign(daemon, eve, "give", code=77)
    given = json.loads(sign(daemon, jan, "give", "--comment", "watch T-101", "--json"))
    assert "another person" in sign(daemon, jan, "take", str(given["id"]), code=65)
    assert daemon.stop() == 0
    daemon.start()
    assert f"davy handover take {given['id']}" in sign(daemon, mia)
    sign(daemon, mia, "take", str(given["id"]))
    page = json.loads(sign(daemon, mia, "--json"))
    assert page["since"] and page["given"] is None, page
    past = json.loads(sign(daemon, mia, "list", "--json"))["handovers"]
    assert [(one["given"]["by"], one["taken"]["by"]) for one in past] == [("jan", "mia")], past
    assert past[0]["given"]["comment"] == "watch T-101"
    signed = daemon.get(f"/api/v1/handovers/{given['id']}?position=tanks")
    assert signed["standing"]["alarms"][0]["key"] == "T-101/pressure:hi"
    assert "no operator position" in daemon.cli("handover", "--position", "nobody", "--data", daemon.data, code=66)
    assert daemon.stop() == 0


run([two_people_hand_over], sys.argv[1])
