# SPDX-License-Identifier: Apache-2.0
"""A changed site file as a user tries it, gives a reason for it, and brings it into force."""
import json
import os
import sys
import time

from harness import Daemon, eventually, run


def site(high):
    return ("site: {name: plant}\nassets:\n"
            f"  - {{name: T-101, signals: [{{name: pressure, unit: kPa, limits: {{hi: {high}}}}}]}}\n")


def history(daemon):
    """An hour ago: 100 s of 900 kPa, but 1010 from second 20 to 24 and 1100 from second 60 to 64."""
    begin = (int(time.time()) - 3600) * 10**9

    def pressure(second):
        return 1010 if 20 <= second < 25 else 1100 if 60 <= second < 65 else 900

    lines = "\n".join(f"T-101 pressure={pressure(s)} {begin + s * 10**9}" for s in range(100))
    status, body = daemon.write(lines)
    assert status == 204, (status, body)


def proposal(folder, high):
    path = os.path.join(folder, "proposed.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(site(high))
    return path


def reload_site(daemon, text):
    before = len(daemon.get("/api/v1/changes")["changes"])
    daemon.write_site(text)
    daemon.process.send_signal(1)  # SIGHUP
    eventually(lambda: len(daemon.get("/api/v1/changes")["changes"]) > before, "the change is recorded")


def a_change_is_tried_and_kept_with_its_reason(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    words = ["replay", "--proposed", proposal(folder, 1050), "--site", daemon.site, "--data", daemon.data,
             "--key-file", daemon.key_file]
    answer = json.loads(daemon.cli(*words, "--json"))
    assert [c["text"] for c in answer["changes"]] == ["T-101/pressure:hi 1000 -> 1050 kPa"], answer
    assert (answer["alarms"]["before"], answer["alarms"]["after"]) == (2, 1), answer
    assert answer["samples"] == 100, answer
    text = daemon.cli(*words, "--keep", "the relief valve opens at 1080")
    assert "T-101/pressure:hi 1000 -> 1050 kPa" in text and "alarms a day" in text, text

    reload_site(daemon, site(1050))
    change = daemon.get("/api/v1/changes")["changes"][0]
    assert change["reason"] == "the relief valve opens at 1080" and not change["flagged"], change
    reload_site(daemon, site(1200))
    text = daemon.cli("alarms", "changes", "--data", daemon.data)
    lines = text.splitlines()
    assert "NO REASON" in lines[0] and lines[1].strip() == "T-101/pressure:hi 1050 -> 1200 kPa", text
    assert "the relief valve opens at 1080" in lines[2], text
    assert "without a reason" in daemon.log_text()


def a_change_while_davy_was_down_is_flagged_too(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    daemon.stop()
    daemon.cli("replay", "--proposed", proposal(folder, 1050), "--site", daemon.site, "--data", daemon.data,
               "--keep", "kept in the folder")
    daemon.write_site(site(1050))
    daemon.start()
    assert daemon.get("/api/v1/changes")["changes"][0]["reason"] == "kept in the folder"
    daemon.stop()
    daemon.write_site(site(1060))
    daemon.start()
    changes = daemon.get("/api/v1/changes")["changes"]
    assert changes[0]["flagged"] and changes[0]["changes"] == ["T-101/pressure:hi 1050 -> 1060 kPa"], changes
    assert len(changes) == 3, changes


def labelled_events_and_wrong_words(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    events = os.path.join(folder, "events.csv")
    begin = int(time.time()) - 3600
    with open(events, "w", encoding="utf-8") as file:
        file.write(f"from,to,name\n{begin - 60},{begin + 50},first\n{begin + 52},{begin + 120},second\n")
    words = ["replay", "--site", daemon.site, "--data", daemon.data]
    text = daemon.cli(*words, "--proposed", proposal(folder, 1050), "--events", events)
    assert "2 events: 1 kept (0 earlier, 0 later), 1 missed, 0 gained, 0 found by neither" in text, text
    assert "changes no alarm" in daemon.cli(*words, "--proposed", proposal(folder, 1000))
    assert "--proposed FILE" in daemon.cli(*words, code=65)
    assert "--site FILE" in daemon.cli("replay", "--data", daemon.data, "--proposed", proposal(folder, 1), code=65)


if __name__ == "__main__":
    run([a_change_is_tried_and_kept_with_its_reason, a_change_while_davy_was_down_is_flagged_too,
         labelled_events_and_wrong_words], sys.argv[1])
