# SPDX-License-Identifier: Apache-2.0
"""Learning from bad lessons: each fault has a sentence, and no figure flatters in silence."""
import json
import os
import random
import subprocess
import sys

from harness import run

ROWS = 300


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout, result.stderr


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def lesson(folder, name="lesson.csv", rows=ROWS, seed=1, header="a,b,kind,load", change=None):
    """Two signals, a class and a number; `change` spoils a row, given as words."""
    chance, lines = random.Random(seed), [header]
    for row in range(rows):
        fault = chance.random() < 0.4
        a, b = chance.gauss(3 if fault else 0, 1), chance.gauss(0, 1)
        words = [f"{a:.4f}", f"{b:.4f}", "fault" if fault else "normal", f"{10 + 3 * a:.4f}"]
        lines.append(",".join(change(row, words) if change else words))
    return write(folder, name, "\n".join(lines) + "\n")


def spoilt(column, word):
    def change(row, words):
        words[column] = word(row) if callable(word) else word
        return words
    return change


# What is wrong, the column and its word in each row, further options, and what must be said.
REFUSED = [
    ("no label anywhere", 2, "", (), "label"),
    ("one class", 2, "normal", (), "only one class, 'normal'"),
    ("a class of one sample", 2, lambda row: "fault" if row == 7 else "normal", (), "class 'fault' has 1 sample, too few to learn it: leave its rows out"),
    ("all values missing", 0, "", (), "'a'"),
    ("an answer that is always the same", 3, "10", ("--task", "regress", "--label", "load"), "all 240 samples have the same answer"),
    ("words among numbers", 0, lambda row: "broken" if row == 5 else str(row), (), "broken"),
]


def what_cannot_be_learnt_is_refused_with_its_sentence(folder, davy):
    models = os.path.join(folder, "models")
    for what, column, word, more, says in REFUSED:
        table = lesson(folder, change=spoilt(column, word))
        out, err = call(davy, "train", "x", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b",
                        "--csv", table, "--models", models, *more, code=65)
        assert says in out + err, (what, out + err)
    for rows, says in ((1, "too few"), (3, "too few")):
        table = lesson(folder, rows=rows)
        out, err = call(davy, "train", "x", "--model", "linear", "--task", "regress", "--label", "load", "--columns", "a,b",
                        "--csv", table, "--models", models, code=65)
        assert says in out + err, (rows, out + err)
    table = lesson(folder, header="a,a,kind,load")
    out, err = call(davy, "train", "x", "--model", "linear", "--task", "classify", "--label", "kind", "--csv", table,
                    "--models", models, code=65)
    assert "'a'" in out + err and "twice" in out + err, out + err


def an_infinity_is_a_missing_value_and_is_counted(folder, davy):
    models = os.path.join(folder, "models")
    table = lesson(folder, change=lambda row, words: ["inf" if row == 5 else words[0], *words[1:]])
    out, _ = call(davy, "train", "x", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b",
                  "--csv", table, "--models", models)
    assert "1 samples have a missing value" in out and f"{ROWS - 1} samples" in out, out


def rows_without_a_label_are_left_out_and_counted(folder, davy):
    models = os.path.join(folder, "models")
    table = lesson(folder, change=lambda row, words: [*words[:2], "" if row % 3 == 0 else words[2], words[3]])
    out, _ = call(davy, "train", "x", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b",
                  "--csv", table, "--models", models)
    assert "100 samples have no label and were left out" in out and f"{ROWS - 100} samples" in out, out
    with open(os.path.join(models, "x", "1", "model.json"), encoding="utf-8") as file:
        assert json.load(file)["data"]["unlabelled"] == 100


def what_makes_figures_flatter_is_a_warning(folder, davy):
    models = os.path.join(folder, "models")
    table = lesson(folder, header="a,flat,code,kind,load,n",
                   change=lambda row, words: [words[0], "7", str(len(words[2])), words[2], words[3], str(row)])
    out, _ = call(davy, "train", "x", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,flat,code,n",
                  "--csv", table, "--models", models, "--json")
    said = json.loads(out)["summary"]
    for words in ("'flat'", "'code' is the answer under another name", "'n' counts the rows"):
        assert words in said, (words, said)
    with open(os.path.join(models, "x", "1", "model.json"), encoding="utf-8") as file:
        assert {w["key"] for w in json.load(file)["warnings"]} == {"constant", "disguise", "counter"}


def more_columns_than_rows_are_learnt(folder, davy):
    models, chance = os.path.join(folder, "models"), random.Random(3)
    names = [f"s{i}" for i in range(80)]
    lines = [",".join(names + ["y"])]
    for row in range(40):
        values = [chance.gauss(0, 1) for _ in names]
        lines.append(",".join([f"{v:.3f}" for v in values] + ["up" if values[0] > 0 else "down"]))
    table = write(folder, "wide.csv", "\n".join(lines) + "\n")
    for kind in ("linear", "bayes", "knn"):
        out, _ = call(davy, "train", "wide", "--model", kind, "--task", "classify", "--label", "y", "--csv", table, "--models", models)
        assert "80 signals" in out and "samples were judged: a figure of so few" in out, out


def dates_in_three_formats_are_times(folder, davy):
    models = os.path.join(folder, "models")
    for form in ("2024-03-{day:02}T08:00:00Z", "2024-03-{day:02} 08:00:00", "17{day:02}000000", "{day:02}.03.2024 08:00",
                 "03/{day:02}/2024 8:00 AM", "202403{day:02}T080000"):
        lines = ["when,a,load"] + [f"{form.format(day=row + 1)},{row},{2 * row}" for row in range(28)]
        table = write(folder, "dates.csv", "\n".join(lines) + "\n")
        out, _ = call(davy, "train", "dates", "--model", "linear", "--task", "regress", "--label", "load", "--time", "when",
                      "--csv", table, "--models", models)
        assert "Split (time)" in out, (form, out)
    for lines, says in ((["2024-03-01 08:00,1,2", "02.03.2024 08:00,2,3", "03/03/2024 8:00,3,4"], "line 3: column 'when'"),
                        ([f"0{day}/03/2024,{day},{day}" for day in range(1, 10)], "may be day/month/year or month/day/year")):
        table = write(folder, "dates.csv", "\n".join(["when,a,load", *lines]) + "\n")
        out, err = call(davy, "train", "dates", "--model", "linear", "--task", "regress", "--label", "load", "--time", "when",
                        "--csv", table, "--models", models, code=65)
        assert says in out + err, out + err


def a_model_refuses_other_columns_and_answers_outside_of_its_range(folder, davy):
    models = os.path.join(folder, "models")
    table = lesson(folder)
    call(davy, "train", "m", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b", "--csv", table,
         "--models", models)
    out, err = call(davy, "infer", "m", "--models", models, "--csv", write(folder, "other.csv", "a,c\n1,2\n"), code=65)
    assert "'b'" in out + err, out + err
    out, err = call(davy, "infer", "m", "--models", models, "--csv", write(folder, "far.csv", "a,b\n0,0\n500,0\n-500,99\n"))
    assert [line.split(",")[-1] for line in out.splitlines()] == ["outside", "", "a", "a;b"], out
    assert "2 of 3 answers are outside" in err, err
    with open(os.path.join(models, "m", "1", "model.json"), encoding="utf-8") as file:
        ranges = json.load(file)["ranges"]
    assert len(ranges) == 2 and all(r["low"] <= r["usual_low"] < r["usual_high"] <= r["high"] for r in ranges), ranges


def a_missing_value_is_filled_where_the_model_was_told_to(folder, davy):
    models = os.path.join(folder, "models")
    table = lesson(folder, change=lambda row, words: [""] + words[1:] if row % 5 == 0 else words)
    holes = write(folder, "holes.csv", "a,b\n,0.5\n1,0.5\n,\n1,\n")
    train = ("train", "f", "--task", "classify", "--label", "kind", "--columns", "a,b", "--csv", table, "--models", models)
    out, _ = call(davy, *train, "--model", "knn")
    assert "60 samples have a missing value and were left out; features=impute learns from them" in out, out
    out, err = call(davy, "infer", "f", "--models", models, "--csv", holes)
    assert [line.split(",")[3] for line in out.splitlines()[1:]] == ["abstain", "ok", "abstain", "abstain"], out
    assert "3 rows have no answer" in err, err
    for kind in ("linear", "knn", "boost"):
        out, _ = call(davy, *train, "--model", kind, "--set", "features=impute:missing=yes,standardise")
        assert "300 samples, " in out and "60 samples miss a value, which the model fills" in out, out
        out, err = call(davy, "infer", "f", "--models", models, "--csv", holes)
        assert [line.split(",")[3:] for line in out.splitlines()] == [
            ["verdict", "outside", "filled"], ["ok", "", "a"], ["ok", "", ""], ["abstain", "", ""], ["ok", "", "b"]], out
        assert "answers miss a value, which the model filled" in err, err
        out, _ = call(davy, "evaluate", "f", "--models", models, "--csv", table)
        assert "300 samples; 0 without a known answer, 0 abstentions" in out, out
        assert "gradient boosting:" not in out and "PCA T2+Q:" not in out, out
    with open(os.path.join(models, "f", "2", "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    assert model["imputed"] == ["a", "b"] and model["features"] == ["a", "b", "missing(a)"], model


def connections_are_counted_alike_ever_after(folder, davy):
    models, chance, lines, time = os.path.join(folder, "models"), random.Random(4), ["ts,dst,port,flag,attack"], 0.0
    for _ in range(40):
        for _ in range(20):
            time += chance.expovariate(8)
            lines.append(f"{time:.4f},h{chance.randrange(4)},{chance.choice(['http', 'modbus'])},SF,no")
        for _ in range(chance.randrange(5, 30)):
            time += 0.01
            lines.append(f"{time:.4f},h1,p{chance.randrange(30)},S0,scan")
    table = write(folder, "flows.csv", "\n".join(lines) + "\n")
    flows = "time=ts,host=dst,service=port,state=flag"
    out, _ = call(davy, "train", "f", "--model", "tree", "--task", "classify", "--label", "attack", "--csv", table, "--models", models,
                  "--columns", "count,*_rate", "--flows", flows)
    assert "signals, of 2 classes" in out, out
    with open(os.path.join(models, "f", "1", "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    assert model["flows"] == flows and "count" in model["signals"] and f"--flows '{flows}'" in model["data"]["query"], model
    out, _ = call(davy, "evaluate", "f", "--models", models, "--csv", table)
    assert " 0 abstentions" in out and float(out.split("this model")[1].split()[0]) > 0.95, out
    other = call(davy, "infer", "f", "--models", models, "--csv", table, "--flows", "host=dst,service=port", code=65)
    assert "learnt with --flows " + flows in other[1], other
    counted = os.path.join(folder, "counted.csv")
    call(davy, "data", table, "--flows", flows, "--out", counted)
    with open(counted, encoding="utf-8") as file:
        assert file.readline().startswith("ts,dst,port,flag,attack,count,srv_count,serror_rate,"), counted
    _, err = call(davy, "data", table, "--flows", "host=dst,service=prt", code=65)
    assert "no column 'prt'" in err, err


def molecules_become_columns_and_what_is_none_is_told(folder, davy):
    """Boiling rises with the chain; twenty rings of their own, one molecule written twice, and three cells that hold none."""
    said, _ = call(davy, "version")
    lines = ["smiles,boiling"]
    for n in range(1, 41):
        lines += [f"{'C' * n}O,{300 + 5 * n}", f"C1{'C' * (n + 1)}C1,{280 + 5 * n}", f"{'C' * n}c1ccccc1,{350 + 5 * n}"]
    table = write(folder, "molecules.csv", "\n".join([*lines, "OC,305", "C(C)(C)(C)(C)C,1", "[999999C],1", ",1"]) + "\n")
    models = os.path.join(folder, "models")
    common = ("--model", "linear", "--task", "regress", "--label", "boiling", "--csv", table, "--models", models, "--columns")
    if "RDKit" not in said:
        _, err = call(davy, "train", "m", *common, "smiles", code=69)
        assert "RDKit" in err and "--types smiles=skip" in err, err
        return
    out, _ = call(davy, "train", "m", *common, "mol:*")
    assert "Split (scaffold)" in out and "1 of 124 rows hold no molecule and 2 more one that cannot be read" in out, out
    assert "molecules.csv: line 123: 'C(C)(C)(C)(C)C' (an atom has more bonds than it can have)" in out and "no such isotope" in out, out
    with open(os.path.join(models, "m", "1", "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    assert model["molecules"].startswith("radius=2,columns=2048,rdkit=") and "mol:logp" in model["signals"], model
    assert "mol:scaffold" not in model["signals"] and "smiles" not in model["signals"], model["signals"]
    assert {w["key"] for w in model["warnings"]} >= {"no_molecule"} and model["split"]["rule"] == "scaffold", model
    out, err = call(davy, "infer", "m", "--models", models, "--csv", write(folder, "asked.csv", "smiles\nCCCO\nOCCC\nCC(\nc1ccccc1C\n"))
    answers = [line.split(",") for line in out.splitlines()]
    assert [a[3] for a in answers] == ["verdict", "ok", "ok", "abstain", "ok"] and answers[1] == answers[2], out
    assert "asked.csv: line 4: 'CC(' is no molecule" in err, err
    _, err = call(davy, "infer", "m", "--models", models, "--csv", write(folder, "names.csv", "name\nethanol\n"), code=65)
    assert "no column 'smiles'" in err, err
    out, err = call(davy, "evaluate", "m", "--models", models, "--csv", table)
    assert "121 samples" in out and "molecules.csv: line 124: '[999999C]' is no molecule" in err, out + err
    out, _ = call(davy, "train", "r", *common, "smiles", "--set", "split=random", "--set", "holdout=0.5")
    assert "Split (random)" in out, out
    out, err = call(davy, "train", "s", *common, "smiles", "--types", "smiles=skip", code=65)
    assert "molecules" not in out, out


SITE = """
site: {name: Units}
assets:
  - name: P-1
    kind: pump
    signals:
      - {name: temperature, unit: UNIT}
      - {name: flow, unit: m3/h}
"""


def other_units_are_turned_or_refused(folder, davy):
    models, chance = os.path.join(folder, "models"), random.Random(4)
    rows = [(chance.uniform(0, 100), chance.uniform(0, 10)) for _ in range(100)]
    celsius = write(folder, "celsius.csv", "P-1/temperature,P-1/flow,y\n" + "".join(f"{t:.4f},{f:.4f},{3 * t + f:.4f}\n" for t, f in rows))
    kelvin = write(folder, "kelvin.csv", "P-1/temperature,P-1/flow\n" + "".join(f"{t + 273.15:.4f},{f:.4f}\n" for t, f in rows))
    sites = {unit: write(folder, f"{unit}.yaml", SITE.replace("UNIT", unit)) for unit in ("degC", "K", "bar")}
    call(davy, "train", "u", "--model", "linear", "--task", "regress", "--label", "y", "--csv", celsius, "--site", sites["degC"],
         "--models", models)
    same, _ = call(davy, "infer", "u", "--csv", celsius, "--site", sites["degC"], "--models", models)
    turned, _ = call(davy, "infer", "u", "--csv", kelvin, "--site", sites["K"], "--models", models)
    for a, b in zip(same.splitlines()[1:], turned.splitlines()[1:]):
        assert abs(float(a.split(",")[0]) - float(b.split(",")[0])) < 1e-2, (a, b)
    out, err = call(davy, "infer", "u", "--csv", kelvin, "--site", sites["bar"], "--models", models, code=65)
    assert "signal 'P-1/temperature'" in out + err and "bar" in out + err and "Cel" in out + err, out + err
    out, _ = call(davy, "infer", "u", "--csv", kelvin, "--units", "P-1/temperature=K", "--models", models)
    assert out == turned, out
    out, _ = call(davy, "data", kelvin, "--site", sites["degC"], "--units", "P-1/temperature=K")
    assert "Converted: P-1/temperature from K into Cel (100 values)" in out, out


def official_files_are_never_learnt_from_and_a_forced_split_is_on_every_page(folder, davy):
    models = os.path.join(folder, "models")
    learn, test = lesson(folder), lesson(folder, "test.csv", rows=80, seed=2)
    out, _ = call(davy, "train", "f", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b", "--csv", learn,
                  "--test", test, "--models", models, "--set", "threshold=fpr:0.2")
    assert "80 judged" in out and "Split (official)" in out and "'fault' is said from" in out, out
    with open(os.path.join(models, "f", "1", "report.html"), encoding="utf-8") as file:
        text = file.read()
    assert "probability of fault" in text and "probability of normal" not in text, "what is looked for is drawn"
    with open(os.path.join(models, "f", "1", "card.html"), encoding="utf-8") as file:
        assert "by drawing 80 rows again" in file.read()
    for parts in (("--test", learn), ("--test", test, "--watch", os.path.join(folder, ".", "test.csv")), ("--test", test, "--watch", learn)):
        out, err = call(davy, "train", "f", "--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b", "--csv", learn,
                        "--models", models, *parts, code=65)
        assert "must be neither learnt nor chosen by" in out + err, out + err
    common = ("--model", "linear", "--task", "classify", "--label", "kind", "--columns", "a,b", "--csv", learn, "--period", "1s",
              "--models", models, "--set", "window=4", "--set", "split=random")
    out, err = call(davy, "train", "f", *common, code=65)
    assert "overlap" in out + err and "force=yes" in out + err, out + err
    out, _ = call(davy, "train", "f", *common, "--set", "force=yes")
    assert "The split was forced" in out, out
    with open(os.path.join(models, "f", "2", "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    assert model["split"]["forced"] and {w["key"] for w in model["warnings"]} >= {"forced", "overlap"}, model["warnings"]
    page = os.path.join(folder, "page.html")
    call(davy, "evaluate", "f", "--csv", test, "--period", "1s", "--models", models, "--report", page)
    for path in (page, os.path.join(models, "f", "2", "report.html")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert "The split was forced" in text and "划分是强制的" in text, path


run([what_cannot_be_learnt_is_refused_with_its_sentence,
     an_infinity_is_a_missing_value_and_is_counted,
     rows_without_a_label_are_left_out_and_counted,
     what_makes_figures_flatter_is_a_warning,
     more_columns_than_rows_are_learnt,
     dates_in_three_formats_are_times,
     a_model_refuses_other_columns_and_answers_outside_of_its_range,
     a_missing_value_is_filled_where_the_model_was_told_to,
     connections_are_counted_alike_ever_after,
     molecules_become_columns_and_what_is_none_is_told,
     other_units_are_turned_or_refused,
     official_files_are_never_learnt_from_and_a_forced_split_is_on_every_page], sys.argv[1])
