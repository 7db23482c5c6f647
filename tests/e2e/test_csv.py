# SPDX-License-Identifier: Apache-2.0
"""CSV files as plants write them, through the verbs that read them."""
import json
import math
import os
import subprocess
import sys
import time

from harness import run

UNITS = ("a", "b", "c")


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stdout + result.stderr


def write(folder, name, text, encoding="utf-8"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding=encoding, newline="") as file:
        file.write(text)
    return path


def plant(rows, delimiter=",", comma=False):
    """Three pumps whose rows are mixed, with gaps, two signals that belong together, and a state."""
    lines, seconds = [delimiter.join(("pump", "t", "x", "y", "state", "sum"))], {unit: 0 for unit in UNITS}
    for row in range(rows):
        unit = UNITS[row * 7919 % 101 % 3]
        seconds[unit] += 60 if row % 997 == 0 else 1
        x = math.sin(seconds[unit] / 40) + (row * 104729 % 1000) / 5000
        y = 2 * x + (row * 1299709 % 1000) / 5000
        cells = (unit, str(seconds[unit]), "" if row % 53 == 0 else f"{x:.4f}", f"{y:.4f}", ("run", "idle")[x > 0.5], f"{x + y:.4f}")
        lines.append(delimiter.join(cell.replace(".", ",") if comma else cell for cell in cells))
    return lines


def answers_of_mixed_groups_are_those_of_each_group(folder, davy):
    """Pieces of a file hold some thousand rows: here each group is one piece when it stands alone, and three when mixed."""
    lines = plant(10000)
    mixed = write(folder, "mixed.csv", "\n".join(lines) + "\n")
    models = ["--data", os.path.join(folder, "data")]
    how = ["--group", "pump", "--time", "t"]
    call(davy, "train", "watch", "--model", "pca", "--csv", mixed, "--columns", "x,y", *how, *models)
    call(davy, "train", "value", "--model", "linear", "--task", "regress", "--csv", mixed, "--columns", "x,y", "--label", "sum",
         "--set", "window=30", *how, *models)
    call(davy, "train", "class", "--model", "linear", "--task", "classify", "--csv", mixed, "--columns", "x,y", "--label", "state", *how, *models)
    with open(os.path.join(folder, "data", "models", "class", "1", "report.html"), encoding="utf-8") as file:
        assert any(f'<p>{unit} <span lang="en">row ' in text for text in [file.read()] for unit in UNITS), "the worst answers name their run"
    for model in ("watch", "value", "class"):
        together = call(davy, "infer", model, "--csv", mixed, *how, *models).splitlines()
        assert len(together) == len(lines)
        for unit in UNITS:
            alone = write(folder, unit + ".csv", "\n".join(lines[:1] + [line for line in lines if line.startswith(unit + ",")]) + "\n")
            said = call(davy, "infer", model, "--csv", alone, *how, *models).splitlines()
            assert said[1:] == [line for line in together if line.startswith(unit + ",")], (model, unit)


def a_large_file_is_scored_in_little_memory(folder, davy):
    """40 MB of rows in less than a table of them would take, most of which is the program and its libraries."""
    lines = plant(9000)
    path = write(folder, "large.csv", "\n".join(lines) + "\n")
    models = ["--data", os.path.join(folder, "data")]
    call(davy, "train", "watch", "--model", "pca", "--csv", path, "--columns", "x,y", "--group", "pump", "--time", "t", *models)
    body = "\n".join(lines[1:]) + "\n"
    with open(path, "a", encoding="utf-8") as file:
        for _ in range(99):
            file.write(body)
    with subprocess.Popen([davy, "infer", "watch", "--csv", path, "--group", "pump", *models], stdout=subprocess.PIPE) as process:
        rows = sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    assert status == 0 and rows == 100 * 9000 + 1, (status, rows)
    assert usage.ru_maxrss < 160 * 1024, f"{usage.ru_maxrss} KiB for {os.path.getsize(path)} bytes"


def wide(folder):
    """144 MB as a table: 300,000 rows of 60 signals that three causes move."""
    causes = [[math.sin((row + 1) * (cause + 2) * 0.37) + (row * 7919 * (cause + 1) % 101) / 50 for cause in range(3)] for row in range(3000)]
    rows = ["".join(f"{sum(c * ((place * 31 + k * 17) % 7 - 3) for k, c in enumerate(cause)) + row * (place + 3) % 11 / 40:.1f},"
                    for place in range(60))[:-1] + "\n" for row, cause in enumerate(causes)]
    return write(folder, "wide.csv", ",".join(f"s{place}" for place in range(60)) + "\n" + "".join(rows) * 100)


def own_memory(process):
    """KiB of a process that are no pages of files."""
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


def a_large_file_is_learnt_from_in_little_memory(folder, davy):
    """What is learnt from takes 144 MB as a table, which a training copies several times: on the disk."""
    command = [davy, "train", "wide", "--model", "pca", "--csv", wide(folder), "--data", os.path.join(folder, "data")]
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, own_memory(process))
            time.sleep(0.01)
    assert process.returncode == 0
    assert 10 * 1024 < most < 144 * 1000, f"{most} KiB"


def files_say_how_they_are_written(folder, davy):
    """Semicolons and decimal commas are found; GB18030 too; blanks without a header and dates are said."""
    rows = plant(3000)
    models = ["--data", os.path.join(folder, "data")]
    plain = write(folder, "plain.csv", "\n".join(rows) + "\n")
    comma = write(folder, "comma.csv", "\r\n".join(plant(3000, ";", True)) + "\r\n")
    chinese = write(folder, "chinese.csv", "\n".join(rows).replace("pump,", "泵,").replace("state", "状态") + "\n", "gb18030")
    blanks = write(folder, "blanks.txt", "\n".join(line.replace(",", "  ") for line in rows[1:] if ",," not in line) + "\n")
    how = ["--time", "t", "--group", "pump"]
    call(davy, "train", "m", "--model", "pca", "--csv", plain, "--columns", "x,y", *how, *models)
    said = call(davy, "infer", "m", "--csv", plain, *how, *models)
    assert call(davy, "infer", "m", "--csv", comma, *how, *models) == said
    found = call(davy, "infer", "m", "--csv", chinese, "--time", "t", "--group", "泵", *models).splitlines()
    assert found[0].startswith("泵,") and found[1:] == said.splitlines()[1:]
    hats = write(folder, "hats.csv", "\n".join(line.replace(",", "^") for line in rows) + "\n")
    assert "say --delimiter" in call(davy, "data", hats, code=65)
    look = json.loads(call(davy, "data", comma, "--time", "t", "--json"))
    assert look["read_as"] == "--encoding UTF-8 --delimiter semicolon --decimal comma --types 't=time:s'", look["read_as"]
    for path, more, how_read in ((hats, ("--delimiter", "^"), "--encoding UTF-8 --delimiter ^ --decimal point"),
                                 (chinese, (), "--encoding GB18030 --delimiter comma --decimal point")):
        assert "Read as " + how_read in call(davy, "data", path, *more), path
    assert "no column matches" in call(davy, "train", "b", "--model", "pca", "--csv", blanks, "--columns", "c3,c4", "--time", "c2", "--group", "c1",
                             *models, code=65)
    call(davy, "train", "b", "--model", "pca", "--csv", blanks, "--delimiter", "blanks", "--header", "none", "--columns", "c3,c4",
         "--time", "c2", "--group", "c1", *models)
    dates = write(folder, "dates.csv", "t,x,y\n" + "".join(f"0{1 + i % 9}/02/2026 10:{i % 60:02},{i % 7},{i % 5}\n" for i in range(300)))
    assert "t=time:dmy" in call(davy, "infer", "m", "--csv", dates, "--time", "t", *models, code=65)
    call(davy, "infer", "m", "--csv", dates, "--time", "t", "--types", "t=time:mdy", *models)


def words_are_learnt_and_kept_by_the_model(folder, davy):
    lines = ["service,load,attack"] + [f"{('ftp', 'ssh', 'http')[i % 3]},{i * 7919 % 101},{('no', 'yes')[i % 3 == 0 and i % 2]}"
                                       for i in range(600)]
    path = write(folder, "flows.csv", "\n".join(lines) + "\n")
    models = ["--data", os.path.join(folder, "data")]
    call(davy, "train", "flows", "--model", "tree", "--task", "classify", "--csv", path, "--label", "attack", *models)
    with open(os.path.join(folder, "data", "models", "flows", "1", "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    assert model["levels"] == {"service": ["ftp", "http", "ssh"]}
    assert {"service=ftp", "service=http", "service=ssh", "load"} == set(model["features"])
    strange = write(folder, "strange.csv", "service,load\ngopher,1\nftp,1\n")
    assert len(call(davy, "infer", "flows", "--csv", strange, *models).splitlines()) == 3
    bad = write(folder, "bad.csv", "service,load\nftp,high\n")
    assert "line 2: column 'load': 'high' is no number" in call(davy, "infer", "flows", "--csv", bad, *models, code=65)
    said = call(davy, "infer", "flows", "--csv", bad, "--types", "load=number", *models)
    assert ",abstain" in said.splitlines()[1], said


if __name__ == "__main__":
    run([answers_of_mixed_groups_are_those_of_each_group, a_large_file_is_scored_in_little_memory, a_large_file_is_learnt_from_in_little_memory,
         files_say_how_they_are_written, words_are_learnt_and_kept_by_the_model], *sys.argv[1:])
