# SPDX-License-Identifier: Apache-2.0
"""The command line: what it prints, what it refuses, and that its documents name all of it."""
import json
import math
import os
import random
import re
import sqlite3
import struct
import subprocess
import sys

from harness import Daemon, run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

SITE = """
site: {name: Command line}
assets:
  - name: P-1
    kind: pump
    signals:
      - {name: flow, unit: m3/h, range: [0, 60]}
      - {name: current, unit: A}
"""


def call(davy, *arguments, code=0, stdin=None):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False, input=stdin)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stdout + result.stderr


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def verbs(davy):
    return re.findall(r"^  ([a-z]+) +\S", call(davy, "help"), re.MULTILINE)


def every_verb_and_option_stands_in_the_man_page(folder, davy):
    with open(os.path.join(ROOT, "docs", "davy.1"), encoding="utf-8") as file:
        page = file.read().replace("\\-", "-")
    assert {"run", "demo", "check", "import", "query", "train", "replay", "alarms", "key", "version"} <= set(verbs(davy))
    for verb in verbs(davy):
        assert re.search(rf"davy {verb}\b", page), f"davy {verb} is not in the man page"
        section = re.search(rf"davy {verb}\b(.*?)\n\.TP", page, re.DOTALL)
        for option in re.findall(r"^  (--[a-z-]+)", call(davy, verb, "--help"), re.MULTILINE):
            assert section and option in section.group(1), f"davy {verb} {option} is not in the man page"


def wrong_calls_say_what_is_right(folder, davy):
    assert "no verb" in call(davy, "fly", code=64)
    assert "unknown option" in call(davy, "run", "--fly", code=64)
    assert "davy run SITE.yaml" in call(davy, "run", code=64)
    assert "needs a value" in call(davy, "query", "--data", code=64)
    assert "not a time" in call(davy, "query", "x", "--from", "yesterday", code=64)
    assert "not a rate" in call(davy, "train", "x", "--budget", "1", code=64)
    assert "not a duration" in call(davy, "query", "x", "--step", "10", code=64)
    for wrong in (("frobnicate", "1"), ("acknowledge", "abc"), ("acknowledge", "1", "--position", "x"), ("judge", "1")):
        assert "davy alarms" in call(davy, "alarms", *wrong, code=64)


def check_tells_all_faults_at_once(folder, davy):
    good = write(folder, "good.yaml", SITE)
    assert "no faults" in call(davy, "check", good)
    islands = write(folder, "islands.yaml", "site: {name: a}\nroads:\n  junctions: [{name: gate, at: [0, 0]}, {name: b, at: [9, 0]}, {name: pier, at: [0, 90]}, "
                    "{name: d, at: [9, 90]}, {name: e, at: [9, 99]}]\n  stretches: [{from: gate, to: b}, {from: pier, to: d}, {from: d, to: e}]\n")
    said = call(davy, "check", islands)
    assert "no faults" in said and "2 networks that no stretch joins: 'gate' with 2 junctions, 'pier' with 3 junctions;" in said, said
    bad = write(folder, "bad.yaml", SITE.replace("unit: A", "unit: A, limits: {hi: 5, hihi: 4}, dedline: 3s")
                .replace("range: [0, 60]", "range: [60, 0]"))
    said = call(davy, "check", bad, code=65)
    for words in ("hihi", "dedline", "deadline", "range", "bad.yaml:7", "bad.yaml:8"):
        assert words in said, (words, said)
    faults = json.loads(subprocess.run([davy, "check", bad, "--json"], capture_output=True, text=True, check=False).stdout)
    assert len(faults["faults"]) >= 3 and all(fault["line"] > 0 for fault in faults["faults"]), faults
    leak = "scenario: {name: leak, at: [0, 0], chemical: chlorine, release: {kind: gas hole, hole: 5 mm}}\n"
    assert "scenario leak" in call(davy, "check", write(folder, "leak.yaml", leak))
    assert "'hole' means nothing" in call(davy, "check", write(folder, "leak.yaml", leak.replace("gas hole", "all")), code=65)
    assert "No such file" in call(davy, "check", os.path.join(folder, "none.yaml"), code=66)


def history_goes_in_and_comes_out(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data = os.path.join(folder, "data")
    history = write(folder, "history.csv", "time,P-1/flow,P-1/current\n2026-01-01T00:00:00Z,10.5,4\n"
                    "2026-01-01T00:00:01Z,,4.25\n2026-01-01T00:00:02Z,70,4.5\n")
    for _ in range(2):  # again changes nothing
        assert "5 samples" in call(davy, "import", history, "--site", site, "--data", data)
        rows = call(davy, "query", "P-1/*", "--csv", "--data", data).splitlines()
        assert rows == ["time,signal,value,quality",
                        "2026-01-01T00:00:00.000000000Z,P-1/current,4,good",
                        "2026-01-01T00:00:01.000000000Z,P-1/current,4.25,good",
                        "2026-01-01T00:00:02.000000000Z,P-1/current,4.5,good",
                        "2026-01-01T00:00:00.000000000Z,P-1/flow,10.5,good",
                        "2026-01-01T00:00:02.000000000Z,P-1/flow,70,uncertain"], rows
    answer = json.loads(call(davy, "query", "P-1/flow", "--json", "--data", data))["signals"]
    assert answer == [{"signal": "P-1/flow", "unit": "m3/h", "times": [1767225600 * 10**9, 1767225602 * 10**9],
                       "values": [10.5, 70], "quality": [0, 1]}], answer
    steps = call(davy, "query", "P-1/current", "--from", "2026-01-01", "--to", "2026-01-01T00:00:03Z", "--step", "2s",
                 "--csv", "--data", data).splitlines()
    assert steps[1:] == ["2026-01-01T00:00:00.000Z,P-1/current,2,0,4,4.125,4.25,0,0",
                         "2026-01-01T00:00:02.000Z,P-1/current,1,0,4.5,4.5,4.5,0,0"], steps
    steps = call(davy, "query", "P-1/flow", "--from", "2026-01-01", "--to", "2026-01-01T00:00:03Z", "--step", "1m", "--csv",
                 "--data", data).splitlines()
    assert steps == ["time,signal,count,bad,min,mean,max,uncertain,anomaly_rate",
                     "2026-01-01T00:00:00.000Z,P-1/flow,2,0,10.5,40.25,70,1,0.5"], steps  # 70 is uncertain
    # without --to steps end with the last sample: 2 s of history, and not the days since then
    begun = ["--from", "2026-01-01", "--csv", "--data", data]
    assert len(call(davy, "query", "P-1/current", "--step", "1s", *begun).splitlines()) == 4
    assert len(call(davy, "query", "P-1/current", "--pixels", "3", *begun).splitlines()) == 4
    assert call(davy, "query", "P-1/current", "--from", "-2h", "--step", "1s", "--csv", "--data", data) == steps[0] + "\n"
    # a signal without a sample: steps of nothing have the head of steps
    bare = os.path.join(folder, "bare")
    call(davy, "import", write(folder, "bare.csv", "time,P-1/flow,P-1/current\n2026-01-01T00:00:00Z,1,\n"), "--site", site, "--data", bare)
    assert call(davy, "query", "P-1/current", "--step", "1s", "--csv", "--data", bare) == steps[0] + "\n"
    # current: 4 for a second, 4.25 for one, and 4.5 from then on, 2 s of 4
    four = ["--from", "2026-01-01", "--to", "2026-01-01T00:00:04Z", "--csv", "--data", data]
    assert call(davy, "query", "P-1/current", "--states", *four).splitlines() == [
        "time,signal,state,held_s,share", "2026-01-01T00:00:00.000Z,P-1/current,4,1,0.25",
        "2026-01-01T00:00:00.000Z,P-1/current,4.25,1,0.25", "2026-01-01T00:00:00.000Z,P-1/current,4.5,2,0.5"]
    assert call(davy, "query", "P-1/current", "--states", "--step", "2s", *four).splitlines()[3:] == [
        "2026-01-01T00:00:02.000Z,P-1/current,4.5,2,1"]
    all_of_it = call(davy, "query", "P-1/flow", "--states", "--csv", "--data", data).splitlines()[1:]
    assert all_of_it == ["2026-01-01T00:00:00.000Z,P-1/flow,10.5,2,1"], all_of_it
    assert "not with --pixels" in call(davy, "query", "P-1/flow", "--states", "--pixels", "3", "--data", data, code=65)
    assert "no word for times in state" in call(davy, "query", "P-1/flow", "--states", "--lines", "--data", data, code=65)
    assert "no stored signal" in call(davy, "query", "X-9/*", "--data", data, code=66)


def exports_go_out_and_come_back(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data, other = os.path.join(folder, "data"), os.path.join(folder, "other")
    history = write(folder, "history.csv", "time,P-1/flow,P-1/current\n2026-01-01T00:00:00Z,10.1,4\n2026-01-01T00:00:01Z,70,-0.0\n")
    call(davy, "import", history, "--site", site, "--data", data)
    assert call(davy, "query", "P-1/*", "--lines", "--data", data).splitlines() == [
        "P-1 current=4 1767225600000000000", "P-1 current=-0 1767225601000000000",
        "P-1 flow=10.1 1767225600000000000", "P-1,davy_quality=uncertain flow=70 1767225601000000000"]
    columns = os.path.join(folder, "all.columns")
    with open(columns, "wb") as file:
        subprocess.run([davy, "query", "**", "--columns", "--data", data], stdout=file, check=True, timeout=60)
    for _ in range(2):
        assert "imported 4 samples of 1 file" in call(davy, "import", columns, "--site", site, "--data", other)
        assert call(davy, "query", "**", "--csv", "--data", data) == call(davy, "query", "**", "--csv", "--data", other)
    example = os.path.join(ROOT, "examples", "columns", "read.py")
    if subprocess.run(["/usr/bin/python3", "-c", "import numpy"], capture_output=True, check=False).returncode == 0:
        said = subprocess.run(["/usr/bin/python3", example, columns], capture_output=True, text=True, check=True, timeout=60).stdout
        assert "P-1/current A 2 samples, of them bad: 0 mean: 2.0" in said, said
    else:
        print("# without numpy: its example is not run")
    bar = write(folder, "bar.yaml", SITE.replace("unit: A", "unit: mA"))
    assert "'mA' in the site" in call(davy, "import", columns, "--site", bar, "--data", os.path.join(folder, "bar"), code=65)
    with open(columns, "r+b") as file:
        file.truncate(os.path.getsize(columns) - 1)
    assert "ends before its end block" in call(davy, "import", columns, "--site", site, "--data", other, code=65)
    assert "both --csv and --json" in call(davy, "query", "**", "--csv", "--json", "--data", data, code=65)
    assert len(call(davy, "query", "P-1/flow", "--pixels", "1", "--csv", "--data", data).splitlines()) == 2


def lines_go_into_another_daemon_and_pages_outlive_a_restart(folder, davy):
    chance, ask = random.Random(5), "/api/v1/samples?signals=**&from=1767225600&to=1767229200"
    values = [value for value in (struct.unpack("<d", chance.randbytes(8))[0] for _ in range(600)) if math.isfinite(value)]
    one, other = Daemon(davy, folder, SITE, "one").start(), Daemon(davy, folder, SITE, "other").start()
    lines = "".join(f"P-1 current={value!r} {(1767225600 + i) * 10**9 + i}\n" for i, value in enumerate(values))
    assert one.write(lines + "P-1 flow=70 1767225600000000000\n")[0] == 204
    assert other.write(one.call("GET", ask + "&format=lines")[1].decode())[0] == 204
    columns = one.call("GET", ask + "&format=columns")[1]
    assert columns == other.call("GET", ask + "&format=columns")[1] and len(columns) > 17 * len(values)

    whole, first = one.get(ask), one.get(ask + "&limit=400")
    one.stop()
    one.start()
    second = one.get(ask + f"&limit=400&cursor={first['next']}")
    assert second["next"] is None and whole["signals"][1] == second["signals"][1]
    assert whole["signals"][0]["values"] == first["signals"][0]["values"] + second["signals"][0]["values"]
    one.stop()
    other.stop()


def a_query_that_leaves_damage_out_says_so(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data = os.path.join(folder, "data")
    history = write(folder, "history.csv", "time,P-1/flow\n2026-01-01T00:00:00Z,10\n2026-01-02T00:00:00Z,11\n")
    call(davy, "import", history, "--site", site, "--data", data)
    with open(os.path.join(data, "days", "2026-01-01.db"), "r+b") as file:
        file.write(b"no database")
    said = subprocess.run([davy, "query", "**", "--csv", "--data", data], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.splitlines()[1:] == ["2026-01-02T00:00:00.000000000Z,P-1/flow,11,good"], said
    assert "1 damaged places were left out; davy verify" in said.stderr, said


def history_goes_in_as_it_was_written(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data = os.path.join(folder, "data")
    path = os.path.join(folder, "german.csv")
    with open(path, "w", encoding="utf-16") as file:
        file.write("Zeit;P-1/flow;Bemerkung\n03.02.2026 00:00:00;1,5;heiß\n03.02.2026 00:00:01;kaputt;\n")
    how = ("--site", site, "--data", data, "--time", "Zeit", "--encoding", "UTF-16", "--decimal", "comma")
    assert "kaputt" in call(davy, "import", path, *how, "--types", "Zeit=time:dmy", code=65)
    assert "1 samples from 2 rows" in call(davy, "import", path, *how, "--types", "Zeit=time:dmy,P-1/flow=number")
    assert call(davy, "query", "P-1/flow", "--csv", "--data", data).splitlines()[1:] == \
        ["2026-02-03T00:00:00.000000000Z,P-1/flow,1.5,good"]
    assert "no column is a signal" in call(davy, "import", path, *how, "--header", "none", code=65)


def a_broken_csv_names_file_line_and_remedy(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data = os.path.join(folder, "data")
    for text, words in (("time,P-1/flow\n2026-01-01,1\n2026-01-02,fast\n", ("line 3", "P-1/flow", "fast")),
                        ("time,P-1/flow\nyesterday,1\n", ("line 2", "not a time")),
                        ("time,P-1/flow\n2026-01-01,1,2\n", ("line 2",)),
                        ("stamp,P-1/flow\n2026-01-01,1\n", ("'time'", "stamp")),
                        ("time,flow\n2026-01-01,1\n", ("no column",))):
        path = write(folder, "broken.csv", text)
        said = call(davy, "import", path, "--site", site, "--data", data, code=66 if "stamp" in text else 65)
        for word in words + ("broken.csv",):
            assert word in said, (word, said)


def a_history_too_short_for_the_budget_says_what_it_can_promise(folder, davy):
    lines = ["time,P-1/flow,P-1/current"]
    state = 1
    for row in range(4000):
        state = (1103515245 * state + 12345) % 2**31
        flow = 30 + 5 * (state / 2**31 - 0.5)
        state = (1103515245 * state + 12345) % 2**31
        lines.append(f"{1700000000 + row},{flow:.4f},{2 + 0.4 * flow + 0.1 * (state / 2**31):.4f}")
    history = write(folder, "short.csv", "\n".join(lines) + "\n")
    data = os.path.join(folder, "data")
    said = call(davy, "train", "P-1-health", "--model", "pca", "--csv", history, "--time", "time", "--budget", "1/week",
                "--data", data)
    assert re.search(r"too short", said) and re.search(r"promise", said), said
    assert "P-1-health" in call(davy, "models", "--data", data)
    listed = json.loads(call(davy, "models", "--json", "--data", data))
    assert listed["models"][0]["name"] == "P-1-health" and listed["models"][0]["version"] == 1, listed
    report = os.path.join(data, "models", "P-1-health", "1", "report.html")
    with open(report, encoding="utf-8") as file:
        assert "<svg" in file.read()


def the_settings_in_the_document_are_those_of_the_program(folder, davy):
    with open(os.path.join(ROOT, "docs", "models.md"), encoding="utf-8") as file:
        page = file.read()
    rows = set()
    for task, kinds in (("anomaly", ("pca", "autoencoder", "cnn", "lstm", "transformer", "isolation", "kmeans", "svm")),
                        ("classify", ("auto", "cnn", "lstm", "transformer", "linear", "bayes", "knn", "rocket", "svm", "boost",
                                      "forest", "tree", "blend"))):
        for kind in kinds:
            printed = call(davy, "train", "x", "--model", kind, "--task", task, "--set", "help").splitlines()
            assert len(printed) >= 8, printed
            for line in printed:
                key, value, values, meaning = re.match(r"  (\S+) +(\S+) +(\S+ to \S+|\S+) +(.*)", line).groups()
                row = f"| `{key}` | {value} | {values} | {meaning}"
                assert row in page, row
                rows.add(row + " |")
    told = set(re.findall(r"^\| `[a-z0-9_]+` \| \S+ \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE))
    assert told == rows, sorted(told ^ rows)


def columns_of_a_file_are_signals_of_a_site(folder, davy):
    """A model that was learnt from a file answers for the site, in the units of the site: 1 raw is 10 A."""
    site = write(folder, "site.yaml", """
site: {name: columns}
sources: [{name: old, kind: replay, files: ["*.csv"], time: time}]
assets:
  - name: P-1
    kind: pump
    signals:
      - {name: flow, unit: m3/h, from: {source: old, column: FT-7}}
      - {name: current, unit: A, from: {source: old, column: IT-9, scale: 10}}
detectors: [{name: health, model: health, signals: ["P-1/*"], budget: 1/day}]
""")
    rows = [(1700000000 + row, 30 + (row * 7919 % 101) / 10, row * 104729 % 53 / 100) for row in range(2000)]
    history = write(folder, "history.csv", "time,FT-7,IT-9,note\n" + "".join(f"{t},{a},{b},x\n" for t, a, b in rows))
    data = os.path.join(folder, "data")
    call(davy, "train", "health", "--site", site, "--csv", history, "--time", "time", "--budget", "100/day", "--data", data)
    with open(os.path.join(data, "models", "health", "1", "model.json"), encoding="utf-8") as file:
        assert json.load(file)["signals"] == [{"name": "P-1/flow", "unit": "m3/h"}, {"name": "P-1/current", "unit": "A"}]
    replayed = json.loads(call(davy, "replay", "health", "--site", site, "--csv", history, "--time", "time", "--data", data, "--json"))
    assert replayed["rows"] == 2000 and abs(replayed["budget_per_day"] - 1) < 1e-9, replayed
    assert "too short to vouch for the budget of 1 a day" in replayed["note"], replayed
    assert replayed["ignores_suppression"] is False, replayed
    with open(site, encoding="utf-8") as file:
        kept_back = write(folder, "kept-back.yaml", file.read().replace("unit: A,", "unit: A, deadline: 5s,") +
                          'alarms: [{match: ["detector health:model"], suppress_when: P-1/current > 0}]\n')
    told = json.loads(call(davy, "replay", "health", "--site", kept_back, "--csv", history, "--time", "time", "--data", data,
                           "--json"))
    assert told["ignores_suppression"] is True and told["alarms"] == replayed["alarms"], told
    assert "P-1/flow" in call(davy, "infer", "health", "--site", site, "--csv", history, "--time", "time", "--explain", "--data", data)
    said = call(davy, "train", "x", "--site", site, "--csv", write(folder, "none.csv", "time,XT-1\n1,2\n"), "--time", "time",
                "--data", data, code=65)
    assert "XT-1" in said and "from: {column" in said, said
    call(davy, "import", history, "--site", site, "--data", data)
    values = json.loads(call(davy, "query", "P-1/current", "--data", data, "--json"))["signals"][0]["values"]
    assert abs(max(values) - 5.2) < 1e-9, max(values)  # 52 / 100 raw


def a_column_called_time_is_the_time_and_never_a_signal_to_learn(folder, davy):
    rows = "".join(f"{1767225600 + i},{10 + i % 7},{4 + i % 5}\n" for i in range(4000))
    history = write(folder, "history.csv", "time,P-1/flow,P-1/current\n" + rows)
    models = os.path.join(folder, "models")
    assert "of 2 signals" in call(davy, "train", "m", "--model", "pca", "--csv", history, "--models", models)
    assert "alarms in" in call(davy, "replay", "m", "--csv", history, "--models", models)
    lines = call(davy, "infer", "m", "--csv", history, "--models", models).splitlines()
    assert lines[1].startswith("1,"), "without --time an answer has the number of its row"
    lines = call(davy, "infer", "m", "--csv", history, "--time", "time", "--models", models).splitlines()
    assert lines[1].startswith("2026-01-01T00:00:00")


def a_reader_that_goes_away_ends_a_query_without_a_word(folder, davy):
    site = write(folder, "site.yaml", SITE)
    data = os.path.join(folder, "data")
    history = write(folder, "history.csv", "time,P-1/flow\n" + "".join(f"{1767225600 + i},1\n" for i in range(20000)))
    assert "of 1 file\n" in call(davy, "import", history, "--site", site, "--data", data)
    with subprocess.Popen([davy, "query", "**", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as query:
        query.stdout.readline()
        query.stdout.close()
        assert query.stderr.read() == b""


def rows_without_times_have_a_period(folder, davy):
    """2000 rows three minutes apart: 493 of the latest quarter have a window: 1.027 days vouch for 0.974 a day."""
    history = write(folder, "rows.csv", "a,b\n" + "".join(f"{row * 7919 % 101},{row * 104729 % 53}\n" for row in range(2000)))
    data = os.path.join(folder, "data")
    assert "cannot watch a plant" in call(davy, "train", "rows", "--csv", history, "--data", data)
    assert "--period" in call(davy, "replay", "rows", "--csv", history, "--data", data, code=69)
    said = call(davy, "train", "rows", "--csv", history, "--period", "3min", "--budget", "1/day", "--data", data)
    assert "1.03 days" in said and "at most 0.974 a day" in said, said
    replayed = json.loads(call(davy, "replay", "rows", "--csv", history, "--period", "3min", "--data", data, "--json"))
    assert replayed["rows"] == 2000 and abs(replayed["days"] - 1999 * 3 / 1440) < 1e-9, replayed


def a_look_at_data_tells_what_is_wrong_with_them(folder, davy):
    rows = [f"2026-01-01T00:{i // 60:02}:{i % 60:02}Z,{-200 if i % 40 == 3 else i % 7 + 0.5},{i},{'' if i == 50 else i * i % 11},"
            f"{'on' if i % 50 else 'off'},{'?' if i == 50 else i / 7}"
            for i in range(200) if not 120 <= i < 123]
    path = write(folder, "look.csv", "time,level,number,flow,state,note\n" + "\n".join(rows) + "\n")
    said = call(davy, "data", path)
    for words in ("197 rows of 4 columns in 1 run", "1 values are missing", "1 gaps in time, the longest of 4s; 3 rows are absent",
                  "level: a number far from all others", "--clean missing:-200", "number: counts the rows like a clock",
                  "state  words", "Left out: note (", "line 52", "--types 'note=number'"):
        assert words in said, (words, said)
    cleaned, page = os.path.join(folder, "cleaned.csv"), os.path.join(folder, "look.html")
    answer = json.loads(call(davy, "data", "--csv", path, "--clean", "missing:-200,range,hold:3", "--range", "flow=..9", "--json",
                             "--out", cleaned, "--report", page))
    steps = {step["step"]: step["cells"] for step in answer["cleaned"]["steps"]}
    taken = sum(1 for i in range(200) if not 120 <= i < 123 and i != 50 and i * i % 11 > 9)
    assert steps == {"missing": 5, "range": taken, "hold": 6 + taken}, (steps, taken)
    assert answer["missing"] == 1 and answer["cleaned"]["data"]["missing"] == 0, answer
    with open(cleaned, encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert lines[0] == "time,level,number,flow,state" and lines[4] == "2026-01-01T00:00:03Z,2.5,3,9,on", lines[:5]
    with open(page, encoding="utf-8") as file:
        html = file.read()
    assert "中文" in html and "missing:-200,range,hold:3" in html and "<script" not in html
    with open(os.path.join(ROOT, "docs", "data.md"), encoding="utf-8") as file:
        rows = dict(re.findall(r"^\| `([a-z]+)` (\|.*)$", file.read(), re.MULTILINE))
    step = None
    for line in call(davy, "data", "--clean", "help").splitlines():
        parameter = re.match(r"    :([a-z]+)", line)
        step = step if parameter else line.split()[0]
        assert step in rows and (not parameter or re.search(rf"`{parameter.group(1)}\b", rows[step])), (line, rows)
    assert "no cleaning step" in call(davy, "data", path, "--clean", "polish", code=65)
    assert "knows no range" in call(davy, "data", path, "--clean", "range", code=65)
    assert "no column 'depth'" in call(davy, "data", path, "--range", "depth=0..1", code=65)
    assert "where the data are" in call(davy, "data", code=65)


def a_model_cleans_what_it_is_given_as_it_learnt(folder, davy):
    rows = [f"2026-01-01T00:{i // 60:02}:{i % 60:02}Z,{-200 if i % 90 == 50 else (i * 7919) % 101 / 10},{(i * 7919 + 3) % 101 / 5}"
            for i in range(600)]
    path = write(folder, "plant.csv", "time,a,b\n" + "\n".join(rows) + "\n")
    again = write(folder, "again.csv", "time,a,b\n" + "\n".join(rows).replace(",-200,", ",,") + "\n")
    models = os.path.join(folder, "models")
    said = call(davy, "train", "m", "--csv", path, "--models", models, "--clean", "missing:-200,hold:2")
    assert "Cleaned by missing:-200,hold:2: missing changed 7 values, hold changed 7 values." in said, said
    with open(os.path.join(models, "m", "1", "model.json"), encoding="utf-8") as file:
        written = json.load(file)
    assert written["cleaning"]["recipe"] == "missing:-200,hold:2" and written["cleaning"]["columns"] == ["a", "b"]
    assert [step["cells"] for step in written["data"]["cleaned"]] == [7, 7]
    assert call(davy, "infer", "m", "--csv", path, "--models", models) == call(davy, "infer", "m", "--csv", again, "--models", models)
    assert "whole history" in call(davy, "train", "n", "--csv", path, "--models", models, "--clean", "linear", code=65)
    call(davy, "train", "c", "--csv", path, "--models", models, "--task", "regress", "--label", "b", "--model", "linear",
         "--clean", "missing:-200,linear")
    answers = call(davy, "infer", "c", "--csv", path, "--models", models).splitlines()
    assert len(answers) == 601 and all(",ok" in line for line in answers[1:]), answers[:3]


def files_in_other_units_are_brought_into_those_of_the_model(folder, davy):
    def history(name, pressure, heat):
        rows = [f"2026-01-01T00:{i // 60:02}:{i % 60:02}Z,{pressure((i * 7919) % 101 / 10)!r},{heat((i * 7919 + 3) % 101 / 5)!r}"
                for i in range(400)]
        return write(folder, name, "time,p,t\n" + "\n".join(rows) + "\n")

    learnt = history("learnt.csv", lambda p: p, lambda t: t)
    other = history("other.csv", lambda p: p * 100, lambda t: t * 1.8 + 32)
    models = os.path.join(folder, "models")
    call(davy, "train", "w", "--csv", learnt, "--models", models, "--units", "p=bar", "--units", "t=°C")
    call(davy, "train", "a", "--csv", learnt, "--models", models, "--units", "p=bar", "--task", "regress", "--label", "t",
         "--model", "linear")
    for model, units in (("w", ("--units", "p=kPa", "--units", "t=°F")), ("a", ("--units", "p=kPa"))):
        own = call(davy, "infer", model, "--csv", learnt, "--models", models).splitlines()[1:]
        same = call(davy, "infer", model, "--csv", other, "--models", models, *units).splitlines()[1:]
        assert len(own) == 400
        for one, two in zip(own, same):
            for a, b in zip(one.split(","), two.split(",")):
                if re.match(r"-?[\d.]+(e-?\d+)?$", a):
                    assert abs(float(a) - float(b)) <= 1e-4 * max(1, abs(float(a))), (one, two)
    assert "not what 'bar' is a unit of" in call(davy, "infer", "w", "--csv", other, "--models", models, "--units", "p=m3/h", code=65)
    assert "no column 'x'" in call(davy, "infer", "w", "--csv", other, "--models", models, "--units", "x=bar", code=65)
    assert "COL=UNIT" in call(davy, "infer", "w", "--csv", other, "--models", models, "--units", "bar", code=65)
    call(davy, "train", "n", "--csv", learnt, "--models", models)
    assert "does not know the unit of 'p'" in call(davy, "infer", "n", "--csv", other, "--models", models, "--units", "p=bar", code=65)
    site = write(folder, "site.yaml", SITE)
    plant = write(folder, "plant.csv", "time,P-1/flow,P-1/current\n2026-01-01,1000,2\n2026-01-02,500,3\n")
    columns = json.loads(call(davy, "data", plant, "--site", site, "--units", "P-1/flow=L/min", "--json"))["columns"]
    assert abs(columns[0]["high"] - 60) < 1e-9 and columns[0]["unit"] == "m3/h" and columns[0]["out_of_range"] == 0, columns


def keys_of_the_command_line_leave_records(folder, davy):
    site = write(folder, "site.yaml", "site: {name: plant}\nassets: [{name: T-1, signals: [{name: a}]}]\n")
    daemon = Daemon(davy, folder, open(site, encoding="utf-8").read()).start()
    call(davy, "key", "create", "ana", "--role", "admin", "--data", daemon.data)  # the daemon writes beside it
    call(davy, "key", "revoke", "ana", "--data", daemon.data)
    call(davy, "key", "create", "a b", "--data", daemon.data, code=65)
    daemon.stop()
    with sqlite3.connect(os.path.join(daemon.data, "records.db")) as records:
        rows = [(subject, json.loads(body)) for subject, body in
                records.execute("SELECT subject, body FROM record WHERE body LIKE '%key.%' ORDER BY sequence")]
    assert [(s, b["action"]) for s, b in rows[:2]] == [("ana", "key.create"), ("ana", "key.revoke")], rows
    assert rows[0][1]["given"]["role"] == "admin" and rows[0][1]["by"] and rows[0][1]["channel"] == "command line", rows
    assert "as they were written" in call(davy, "verify", "--data", daemon.data)


def keys_are_shown_once_and_never_stored(folder, davy):
    data = os.path.join(folder, "data")
    text = call(davy, "key", "create", "shift-a", "--role", "operator", "--data", data).strip()
    assert re.fullmatch(r"davy_[A-Za-z0-9_-]{43}", text), text
    assert "shift-a" in call(davy, "key", "list", "--data", data)
    with open(os.path.join(data, "keys.json"), encoding="utf-8") as file:
        assert text not in file.read()
    assert os.stat(os.path.join(data, "keys.json")).st_mode & 0o777 == 0o600
    call(davy, "key", "create", "shift-a", "--data", data, code=73)
    call(davy, "key", "create", "b", "--role", "king", "--data", data, code=65)
    call(davy, "key", "revoke", "shift-a", "--data", data)
    call(davy, "key", "revoke", "shift-a", "--data", data, code=66)


def one_daemon_at_a_time_writes_a_data_folder(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    said = call(davy, "run", daemon.site, "--data", daemon.data, "--listen", "127.0.0.1:0", code=73)
    assert str(daemon.process.pid) in said, said
    history = write(folder, "history.csv", "time,P-1/flow\n2026-01-01,1\n")
    call(davy, "import", history, "--site", daemon.site, "--data", daemon.data, code=73)
    daemon.write("P-1 flow=3 1767225600000000000")
    assert "P-1/flow" in call(davy, "query", "P-1/flow", "--data", daemon.data)  # beside the daemon
    assert daemon.stop() == 0


def the_version_names_the_parts(folder, davy):
    parts = {item["part"]: item["version"] for item in json.loads(call(davy, "version", "--json"))["parts"]}
    assert re.match(r"\d+\.\d+\.\d+", parts["davy"]) and "SQLite" in parts, parts


def a_chemical_is_looked_up_by_whatever_it_is_called(folder, davy):
    for query in "chlorine", "氯", "7782-50-5", "UN1017", "ClCl":
        found = json.loads(call(davy, "chemical", query, "--json"))["chemicals"]
        assert [one["cas"] for one in found] == ["7782-50-5"], (query, found)
    assert {one["name"]: one["value"] for one in found[0]["figures"]}["gb18218_threshold"] == 5, "GB 18218-2018"
    assert "check digit" in call(davy, "chemical", "7782-50-4", code=65)
    assert "says nothing about its hazards" in call(davy, "chemical", "unobtainium", code=66)


# GB 18218-2018 by hand: chlorine 20 t of 5 t, beta 4; ammonia 30 t of 10 t, beta 2; alpha 1.5 for 60 people.
def the_major_hazards_of_a_site_have_s_r_and_a_grade(folder, davy):
    site, broken = os.path.join(folder, "major.yaml"), os.path.join(folder, "broken.yaml")
    with open(site, "w") as file:
        file.write("site: {name: works}\nassets:\n"
                   "  - {name: T-101, holds: {chemical: chlorine, amount: 20 t}}\n"
                   "  - {name: T-201, holds: {chemical: ammonia, amount: 30 t}}\n"
                   "  - {name: T-301, holds: {chemical: mystery, amount: 1 t, unit: store}}\n")
    answer = json.loads(call(davy, "impact", "--major", site, "--people", "60", "--without", "T-101", "--json"))
    works, store = answer["units"]
    assert (works["s"], works["r"], works["grade"], works["major"], works["distance"]) == (7, 33, 3, "yes", "risk"), works
    assert (store["s"], store["major"], store["distance"]) == (None, "undecided", "unknown"), store
    assert (answer["units_without"][0]["s"], answer["units_without"][0]["grade"]) == (3, 4), answer
    assert answer["items"][0]["basis"] == "table 1, row 12", answer
    assert "people outside not known" in call(davy, "impact", "--major", site)
    assert "no asset of that name" in call(davy, "impact", "--major", site, "--without", "T-9", code=66)
    with open(broken, "w") as file:
        file.write("site: {name: works}\nassets: [{name: T, holds: {chemical: chlorine}}]\n")
    assert "'amount' is missing" in call(davy, "impact", "--major", broken, code=65)


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


# GB/T 50493-2019: a toxic gas in the open within 4 m; chlorine is heavier than air, 0.3 to 0.6 m above the floor.
def a_layout_of_gas_detectors_tells_its_blind_spots(folder, davy):
    head = "kind,name,room,east,north,height,floor,gas,molar_mass,danger\n"
    layout = written(folder, "layout.csv", head + "release,P-101,,0,0,1,0,chlorine,,toxic\nrelease,P-102,,50,0,1,0,7782-50-5,,toxic\n"
                     "detector,GD-1,,3,0,0.5,,氯,,toxic\ndetector,GD-2,,53,0,1.5,,chlorine,,toxic\nrelease,P-103,hall,0,0,1,0,chlorine,,toxic\n")
    answer = json.loads(call(davy, "impact", "--layout", layout, "--json", code=65))
    assert [(one["release"], one["fault"], one["detector"]) for one in answer["findings"]] == [
        ("P-102", "height", "GD-2"), ("P-103", "blind", None)], answer
    assert "hang from 0.3 to 0.6 m" in call(davy, "impact", "--layout", layout, code=65)
    broken = written(folder, "broken.csv", head + "release,P-101,,x,0,1,0,chlorine,,toxic\n")
    assert "broken.csv:2: east 'x': give metres" in call(davy, "impact", "--layout", broken, code=65)


# By hand: 5.8 10000^(1/3) / 2 sqrt(350 / 12.5 - 1) = 324.7 m. What comes from a file never becomes markup.
def a_scenario_becomes_zones_and_a_page(folder, davy):
    scenario = written(folder, "scenario.yaml", "location: [30, 104]\nscenario: {name: burst, title: 'Burst <script>alert(1)</script>', at: [0, 0], "
                       "chemical: propane, amount: 10 t, release: {kind: all, temperature: 20 Cel}}\n"
                       "weather: {wind: 3 m/s, wind_from: 270, stability: D, temperature: 20 Cel}\n")
    page = os.path.join(folder, "burst.html")
    answer = json.loads(call(davy, "impact", scenario, "--json", "--page", page))
    ball = [zone for zone in answer["zones"] if (zone["effect"], zone["endpoint"]) == ("fireball", "12.5 kW/m2")][0]
    assert abs(ball["distance"] - 324.7) < 0.1 and ball["model"] == "fireball with a surface", ball
    assert ball["formula"] in answer["formulas"] and len(ball["models"]) == 2, ball
    feature = [one for one in answer["geojson"]["features"] if one["properties"]["id"] == ball["id"]][0]
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] and all(103.9 < east < 104.1 and 29.9 < north < 30.1 for east, north in ring), ring
    assert "12.5 kW/m2" in call(davy, "impact", scenario)
    with open(page, encoding="utf-8") as file:
        html = file.read()
    assert "火球" in html and "Fireball" in html and "<svg" in html and html.count("<details>") > 20
    assert "<script" not in html and "&lt;script&gt;" in html and "src=" not in html and "url(" not in html
    none = written(folder, "no-chemical.yaml", "scenario: {name: x, at: [0, 0], chemical: hexane, release: {kind: rate, rate: 1 kg/s}}\n")
    assert "'n-Hexane', 'Cyclohexane'" in call(davy, "impact", none, code=65)
    broken = written(folder, "bad-scenario.yaml", "scenario: {name: x, at: [0, 0], chemical: propane, release: {kind: rate, rate: -1 kg/s}}\n")
    assert "scenario.release.rate: '-1 kg/s'" in call(davy, "impact", broken, code=65)
    assert "name one of a scenario file" in call(davy, "impact", code=65)
    assert "'n-Hexane', 'Cyclohexane'" in call(davy, "impact", none, "--sweep", code=65)


# A fireball is 5.8 M^(1/3) / 2 wide, so that its reach goes with the cube root of the fill: of fills from 10 to 100 % the middle is 55 %.
def what_is_uncertain_is_drawn(folder, davy):
    text = ("location: [30, 104]\nscenario: {name: burst, at: [0, 0], chemical: propane, amount: 10 t, release: {kind: all, temperature: 20 Cel}}\n"
            "weather: {wind: 3 m/s, wind_from: 270, stability: D, temperature: 20 Cel}\n")
    scenario, page = written(folder, "drawn.yaml", text + "uncertain: {fill: [10 %, 100 %]}\n"), os.path.join(folder, "drawn.html")
    whole = json.loads(call(davy, "impact", scenario, "--json"))
    drawn = json.loads(call(davy, "impact", scenario, "--json", "--draws", "2000", "--page", page))
    assert "spread" not in whole and drawn["zones"] == whole["zones"]
    ball = [zone for zone in whole["zones"] if (zone["effect"], zone["endpoint"]) == ("fireball", "12.5 kW/m2")][0]["distance"]
    zone = [zone for zone in drawn["spread"]["zones"] if (zone["effect"], zone["endpoint"]) == ("fireball", "12.5 kW/m2")][0]
    assert abs((zone["p50"]["distance"] / ball) ** 3 - 0.55) < 0.05 and zone["p5"]["high"] < zone["p95"]["low"], zone
    assert zone["moves"] == [{"figure": "fill", "correlation": 1.0}] and sum(zone["histogram"]["counts"]) == 2000, zone
    with open(page, encoding="utf-8") as file:
        html = file.read()
    assert "不确定性分析" in html and html.count('class="bars"') == len(drawn["spread"]["zones"])
    again = json.loads(call(davy, "impact", scenario, "--json", "--draws", "2000"))
    other = json.loads(call(davy, "impact", scenario, "--json", "--draws", "2000", "--seed", "2"))
    assert again["spread"] == drawn["spread"] and other["spread"]["zones"] != drawn["spread"]["zones"]
    assert "fill +1.00" in call(davy, "impact", scenario, "--draws", "100")
    assert "says nothing of what is not known" in call(davy, "impact", written(folder, "known.yaml", text), "--draws", "100", code=65)
    assert "58 draws are not from 59" in call(davy, "impact", scenario, "--draws", "58", code=65)


# By hand: F(1) = 1.21e-4, F(10) = 2.1e-5, F(100) = 1e-6; 4e-4 deaths a year.
def accidents_become_a_curve_held_to_its_limits(folder, davy):
    events = written(folder, "events.csv", "event,frequency,deaths\na,1e-5,10\nb,1e-6,100\nc,3e-3,0\nd,1e-4,1\ne,1e-5,10\n")
    answer = json.loads(call(davy, "impact", "--events", events, "--json"))
    assert [one["deaths"] for one in answer["curve"]] == [1, 10, 100], answer
    assert abs(answer["expected_deaths"] - 4e-4) < 1e-12 and abs(answer["curve"][1]["frequency"] - 2.1e-5) < 1e-12, answer
    assert {one["limit"]: one["region"] for one in answer["limits"]} == {"gb36894": "ALARP", "bevi": "unacceptable"}, answer
    bad = written(folder, "bad.csv", "event,frequency,deaths\na,-1,2\n")
    assert "bad.csv:2: frequency '-1'" in call(davy, "impact", "--events", bad, code=65)
    assert "nothing known is no safety" in call(davy, "impact", "--events", written(folder, "none.csv", "frequency,deaths\n"), code=65)


# 100 kg of TNT break 13.8 kPa at 20 m in every weather: 1e-5 a year, 3 people by day and 6 by night.
def the_risk_of_a_site_is_held_to_its_limits(folder, davy):
    site = written(folder, "risk.yaml", "site: {name: works}\nassets: [{name: M, at: [0, 0], holds: {chemical: 118-96-7, amount: 100 kg}}]\n"
                   "places: [{name: hut, kind: open, at: [20, 0], people: {day: 3, night: 6}, outside: true}, {name: office, kind: open, at: [0, 20], people: 40}]\n"
                   "scenarios: [{name: bang, asset: M, frequency: 1e-5, release: {kind: charge}}, {name: other, asset: M, release: {kind: charge}}]\n")
    head = "class,wind,from,sector,night,temperature,humidity,share\n"
    weather = written(folder, "year.csv", head + "D,5,0,360,no,15,60,0.6\nF,2,0,360,yes,8,80,0.4\n")
    answer = json.loads(call(davy, "impact", "--risk", site, "--weather", weather, "--json"))
    hut, office = answer["places"]
    assert abs(hut["individual_risk"] - 1e-5) < 1e-14 and hut["verdict"] == "acceptable" and office["verdict"] == "inside the fence", answer
    assert [one["deaths"] for one in answer["curve"]] == [3, 6] and abs(answer["curve"][1]["frequency"] - 4e-6) < 1e-14, answer
    assert (answer["scenarios"], answer["without_frequency"]) == (1, 1), answer
    assert "1 scenarios counted; left out: 1 without a frequency" in call(davy, "impact", "--risk", site, "--weather", weather)
    assert "--risk needs the weather" in call(davy, "impact", "--risk", site, code=65)
    bad = written(folder, "bad-year.csv", head + "G,5,0,360,no,15,60,1\n")
    assert "bad-year.csv:2: class 'G': give a class of A to F" in call(davy, "impact", "--risk", site, "--weather", bad, code=65)


run([every_verb_and_option_stands_in_the_man_page, wrong_calls_say_what_is_right, check_tells_all_faults_at_once,
     history_goes_in_and_comes_out, exports_go_out_and_come_back,
     lines_go_into_another_daemon_and_pages_outlive_a_restart, a_query_that_leaves_damage_out_says_so,
     history_goes_in_as_it_was_written, a_broken_csv_names_file_line_and_remedy,
     a_history_too_short_for_the_budget_says_what_it_can_promise,
     the_settings_in_the_document_are_those_of_the_program, columns_of_a_file_are_signals_of_a_site,
     a_column_called_time_is_the_time_and_never_a_signal_to_learn,
     a_reader_that_goes_away_ends_a_query_without_a_word, rows_without_times_have_a_period,
     a_look_at_data_tells_what_is_wrong_with_them, a_model_cleans_what_it_is_given_as_it_learnt,
     files_in_other_units_are_brought_into_those_of_the_model,
     keys_are_shown_once_and_never_stored, keys_of_the_command_line_leave_records,
     one_daemon_at_a_time_writes_a_data_folder, the_version_names_the_parts,
     a_chemical_is_looked_up_by_whatever_it_is_called, the_major_hazards_of_a_site_have_s_r_and_a_grade,
     a_layout_of_gas_detectors_tells_its_blind_spots, accidents_become_a_curve_held_to_its_limits,
     a_scenario_becomes_zones_and_a_page, what_is_uncertain_is_drawn, the_risk_of_a_site_is_held_to_its_limits], sys.argv[1])
