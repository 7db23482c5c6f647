# SPDX-License-Identifier: Apache-2.0
"""README.md to the letter: its site files and commands, on a pump whose current drifts away."""
import math
import os
import random
import re
import shlex
import subprocess
import sys
import time

from harness import Daemon, eventually, run
from modbus_pump import Pump

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DAY = 86400


def blocks(name):
    """What stands indented in a README: ([site files], [commands])."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        text = file.read()
    code = re.findall(r"(?:^    .*\n(?:\n(?=    [^$\s]))?)+", text, re.MULTILINE)
    lines = [[line[4:] for line in block.splitlines()] for block in code]
    sites = ["\n".join(block) for block in lines if block[0].startswith("site:")]
    commands = [line[2:] for block in lines for line in block if line.startswith("$ ")]
    return sites, commands


def pump_at(second, chance, drift=0.0):
    """Pressure, current and flow of a pump: all three follow the load."""
    load = 1 + 0.15 * math.sin(second / 1800) + 0.1 * math.sin(second / 317)
    return [6 * load + chance.gauss(0, 0.05), 20 * load + chance.gauss(0, 0.2) + drift, 40 * load + chance.gauss(0, 0.3)]


def write_history(path, begin, rows, drift_from=None):
    chance = random.Random(rows)
    with open(path, "w", encoding="utf-8") as file:
        file.write("time,P-1/pressure,P-1/current,P-1/flow\n")
        for second in range(rows):
            drift = 5.0 if drift_from is not None and second >= drift_from else 0.0
            values = pump_at(second, chance, drift)
            file.write(f"{begin + second}," + ",".join(f"{value:.3f}" for value in values) + "\n")


def the_two_readmes_show_the_same_files_and_commands(folder, davy):
    def without_comments(name):
        sites, commands = blocks(name)
        return sites, [re.sub(r'--comment ".*"', "--comment", command) for command in commands]

    assert without_comments("README.md") == without_comments("README.zh-CN.md")


def five_minutes_lead_from_a_csv_file_to_an_acknowledged_alarm(folder, davy):
    sites, commands = blocks("README.md")
    assert len(sites) == 2 and len(commands) >= 10, (sites, commands)
    now = int(time.time())
    write_history(os.path.join(folder, "history.csv"), now - 2 * DAY, DAY)
    write_history(os.path.join(folder, "another-month.csv"), now - DAY, 7200, drift_from=3600)

    said = {}
    cut = next(i for i, command in enumerate(commands) if command.startswith("davy replay")) + 1
    with open(os.path.join(folder, "site.yaml"), "w", encoding="utf-8") as file:
        file.write(sites[0])
    for command in commands[:cut]:
        words = shlex.split(command)
        result = subprocess.run([davy, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        assert words[0] == "davy" and result.returncode == 0, (command, result.stdout, result.stderr)
        said[words[1]] = result.stdout
    assert "no faults" in said["check"], said
    assert f"imported {3 * DAY} samples" in said["import"], said
    assert re.search(r"P-1/current +3600 ", said["query"]), said
    assert "too short for the budget" in said["train"], "a day of history cannot vouch for 1/week"
    assert re.search(r"P-1-health:model +P-1/current", said["replay"]), said

    pump = Pump(pump_at(0, random.Random(1), drift=5.0))
    daemon = Daemon(davy, folder, sites[1].replace("10.0.0.5:502", f"127.0.0.1:{pump.port}"), "davy-data")
    assert commands[cut:][:2] == ["davy check site.yaml", "davy run site.yaml"], commands
    daemon.start()
    alarm = eventually(lambda: [a for a in daemon.alarms() if a["kind"] == "model"], "the drift is an alarm", 2400)[0]
    assert alarm["reason"]["causes"][0]["signal"] == "P-1/current", alarm
    assert "P-1-watch" in daemon.cli("alarms", "--data", daemon.data)
    act = shlex.split(next(command for command in commands if "acknowledge" in command))
    act[act.index("acknowledge") + 1] = str(alarm["id"])
    daemon.cli(*act[1:], "--data", daemon.data)
    assert daemon.alarms()[0]["state"] != alarm["state"], daemon.alarms()
    assert daemon.stop() == 0


if __name__ == "__main__":
    run([the_two_readmes_show_the_same_files_and_commands,
         five_minutes_lead_from_a_csv_file_to_an_acknowledged_alarm], sys.argv[1])
