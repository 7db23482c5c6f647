# SPDX-License-Identifier: Apache-2.0
"""What a data folder holds, what goes from it and when: retention as an operator meets it."""
import datetime
import glob
import json
import os
import shutil
import subprocess
import sys

from harness import Daemon, eventually, run

SITE = """
site: {name: Storage}
assets:
  - name: T-1
    signals: [{name: fill, unit: "1"}, {name: vibration, unit: mm/s}]
retention:
  - {class: bulk, match: ["*/vibration"], %s}
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def days_of(daemon):
    return sorted(os.path.basename(path) for path in glob.glob(daemon.data + "/days/*.db") if "rollups" not in path)


def what_is_imported_lies_under_its_class(folder, davy):
    daemon = Daemon(davy, folder, SITE % "keep: 36600d")
    rows = "".join(f"2024-10-04T00:00:{second:02}Z,{second},{second / 8}\n" for second in range(60))
    history = write(folder, "history.csv", "time,T-1/fill,T-1/vibration\n" + rows)
    daemon.cli("import", history, "--site", daemon.site, "--data", daemon.data)
    assert days_of(daemon) == ["2024-10-04.bulk.db", "2024-10-04.db"], days_of(daemon)


def damage_of(daemon):
    return next((alarm["state"] for alarm in daemon.alarms("all") if alarm["key"] == "davy:damage"), None)


def the_alarm_of_a_lost_day_ends_when_the_day_is_back(folder, davy):
    daemon = Daemon(davy, folder, SITE % "keep: 36600d")
    rows = "".join(f"2024-10-0{day}T00:00:00Z,{day},{day}\n" for day in (4, 5))
    daemon.cli("import", write(folder, "h.csv", "time,T-1/fill,T-1/vibration\n" + rows), "--site", daemon.site, "--data", daemon.data)
    copy = os.path.join(folder, "copy")
    daemon.cli("backup", copy, "--data", daemon.data)
    for path in glob.glob(daemon.data + "/days/2024-10-04.db*"):
        os.remove(path)
    daemon.start()
    eventually(lambda: damage_of(daemon) == "unacknowledged", "the alarm of a day that is gone")
    ask = "/api/v1/samples?signals=T-1/fill&from=2024-10-04&to=2024-10-05"
    assert not daemon.get(ask)["signals"][0]["times"]
    shutil.copy(copy + "/days/2024-10-04.db", daemon.data + "/days/2024-10-04.db")
    for path in glob.glob(daemon.data + "/days/2024-10-04.db.damaged-*"):
        os.remove(path)
    eventually(lambda: daemon.get(ask)["signals"][0]["values"] == [4], "the day answers again")
    eventually(lambda: damage_of(daemon) in ("returned", None, "normal"), f"the alarm ends, not {damage_of(daemon)}")
    assert daemon.stop() == 0


def what_the_folder_holds_is_told_alike_by_the_verb_and_the_api(folder, davy):
    daemon = Daemon(davy, folder, SITE % "keep: 30d, when_full: 5d")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = [today - datetime.timedelta(days=ago) for ago in range(9, 0, -1)]
    rows = "".join(f"{day}T12:00:00Z,1,{k}\n{day}T12:00:01Z,,{k}\n" for k, day in enumerate(days))
    history = write(folder, "history.csv", "time,T-1/fill,T-1/vibration\n" + rows)
    daemon.cli("import", history, "--site", daemon.site, "--data", daemon.data)
    assert "no daemon has noted" in daemon.cli("storage", "--data", daemon.data)
    daemon.start()
    told = daemon.get("/api/v1/storage")
    bulk, rest, rollups = told["classes"]
    assert [one["class"] for one in told["classes"]] == ["bulk", "default", "rollups"], told
    assert (bulk["keep_days"], bulk["when_full_days"], bulk["rollups_days"], bulk["waits"]) == (30, 5, None, None), bulk
    assert (bulk["files"], bulk["samples"], rest["samples"]) == (9, 18, 9), (bulk, rest)
    assert (bulk["first_day"], bulk["last_day"]) == (str(days[0]), str(days[-1])), bulk
    assert [one["day"] for one in bulk["days"]] == [str(day) for day in days[2:]], bulk
    assert all(one["samples"] == 2 and one["bytes"] > 0 for one in bulk["days"]), bulk
    assert abs(bulk["bytes_a_day"] - sum(one["bytes"] for one in bulk["days"]) / 7) < 1, bulk
    # days that ended five days ago and before are those 9 to 6 days ago
    assert bulk["may_go_files"] == 4 and [one["day"] for one in told["goes_first"]] == [str(day) for day in days[:4]], told
    assert told["disk"]["state"] == "ok" and told["room_days"] is None and not told["missed"], told
    assert told["last_backup"] is None and told["last_verify"] is None, told
    copy = os.path.join(folder, "copy")
    daemon.cli("backup", copy, "--data", daemon.data)
    daemon.cli("verify", "--data", daemon.data)
    told = daemon.get("/api/v1/storage")
    assert told["last_backup"]["to"] == os.path.realpath(copy) and told["last_backup"]["damaged"] == 0, told
    assert told["last_verify"]["time"] > told["now"][:10] and told["last_verify"]["to"] is None, told
    write(daemon.data, "last-verify.json", '{"time": "yesterday", "damaged": 0}')
    assert daemon.get("/api/v1/storage")["last_verify"] is None, "a note that is none"
    said = json.loads(daemon.cli("storage", "--json", "--data", daemon.data))
    assert said["classes"][:2] == told["classes"][:2] and said["goes_first"] == told["goes_first"], (said, told)
    table = daemon.cli("storage", "--data", daemon.data)
    assert "ten years and more" in table and "30 d" in table and "no daemon" not in table, table
    assert daemon.stop() == 0
    assert "there is no store" in daemon.cli("storage", "--data", folder, code=66)


def the_check_of_a_site_file_tells_what_would_go(folder, davy):
    daemon = Daemon(davy, folder, SITE % "keep: 30d")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    rows = "".join(f"{today - datetime.timedelta(days=ago)}T12:00:00Z,1,2\n" for ago in range(40, 0, -1))
    history = write(folder, "history.csv", "time,T-1/fill,T-1/vibration\n" + rows)
    done = subprocess.run([davy, "import", history, "--site", daemon.site, "--data", daemon.data],
                          capture_output=True, text=True, timeout=60, check=True)
    # over for 30 days: those of 40 to 31 days ago
    assert "class 'bulk': 10 days (10 samples," in done.stderr and "a daemon removes them" in done.stderr, done
    daemon.start()
    assert [one["waits"]["files"] for one in daemon.get("/api/v1/storage")["classes"] if one["waits"]] == [11]
    assert daemon.stop() == 0
    said = daemon.cli("check", daemon.site, "--data", daemon.data)
    assert "class 'bulk': 10 days (10 samples," in said, said  # they wait
    assert "remark" not in daemon.cli("check", daemon.site), "no data, no remark"
    other = write(folder, "other.yaml", SITE.replace('"*/vibration"', '"*/fill"') % "keep: 20d")
    said = daemon.cli("check", other, "--data", daemon.data)
    assert "class 'bulk': 20 days (20 samples," in said and "would be removed" in said, said
    assert "'T-1/vibration' among them, moves from class 'bulk' to 'default'" in said, said
    assert "'T-1/fill' among them, moves from class 'default' to 'bulk'" in said, said


TESTS = [
    the_check_of_a_site_file_tells_what_would_go,
    what_the_folder_holds_is_told_alike_by_the_verb_and_the_api,
    the_alarm_of_a_lost_day_ends_when_the_day_is_back,
    what_is_imported_lies_under_its_class,
]
run([test for test in TESTS if len(sys.argv) < 3 or sys.argv[2] in test.__name__], sys.argv[1])
