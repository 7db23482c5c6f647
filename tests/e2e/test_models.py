# SPDX-License-Identifier: Apache-2.0
"""The registry as a user meets it: versions, aliases, signatures, copies."""
import hashlib
import json
import os
import shutil
import subprocess
import sys

from harness import run


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stdout + result.stderr


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def versions_are_signed_and_an_alias_goes_back_and_forth(folder, davy):
    history = write(folder, "history.csv", "time,a,b\n" + "".join(
        f"{1700000000 + i},{i * 7919 % 101},{i * 104729 % 53}\n" for i in range(2000)))
    models = os.path.join(folder, "models")

    def manage(*words, **more):
        return call(davy, "models", *words, "--models", models, **more)

    for _ in range(2):
        call(davy, "train", "pump", "--csv", history, "--time", "time", "--models", models)
    assert os.stat(os.path.join(models, ".author.key")).st_mode & 0o777 == 0o600
    listed = json.loads(manage("verify", "--json"))["models"]
    assert [row["verdict"] for row in listed] == ["as it was signed"] * 2, listed
    author = listed[0]["author"]
    assert author[:12] in manage("list") and author in manage("show", "pump")
    assert ", ," not in manage("show", "pump"), "what is empty is a dash"
    assert "version 1" in manage("rollback", "pump")
    assert "promote pump@VERSION" in manage("rollback", "pump", code=66)
    assert "version 2" in manage("promote", "pump@2")
    assert "version 1" in manage("promote", "pump@1", "--alias", "safe")
    shown = json.loads(manage("show", "pump@safe", "--json"))
    assert [(move["to"], move["why"]) for move in shown["history"]] == [
        (1, "train"), (2, "train"), (1, "rollback"), (2, "promote"), (1, "promote")], shown["history"]
    taken = os.path.join(folder, "taken")
    manage("export", "pump@2", taken)
    assert "as it was signed" in manage("verify", taken, "--author", author)
    assert "did not sign" in manage("verify", taken, "--author", "0" * 64, code=65)
    check_with_openssl(folder, taken, author)
    call(davy, "train", "other", "--csv", history, "--time", "time", "--models", os.path.join(folder, "elsewhere"))
    shutil.copytree(os.path.join(folder, "elsewhere", "other"), os.path.join(models, "other"))
    assert "another author than this registry's" in manage("verify", "other")
    with open(os.path.join(models, "pump", "2", "report.html"), "a", encoding="utf-8") as file:
        file.write(" ")
    assert "report.html was changed" in manage("verify", code=65)
    assert "report.html was changed" in manage("promote", "pump@2", code=65)
    assert "report.html was changed" in manage("export", "pump@2", os.path.join(folder, "again"), code=65)
    with open(os.path.join(models, "pump", "2", "model.json"), "a", encoding="utf-8") as file:
        file.write(" ")
    assert "the signature is wrong" in call(davy, "infer", "pump", "--csv", history, "--models", models, code=65)


def check_with_openssl(folder, version, author):
    """The second opinion on a signature: any tool that knows Ed25519."""
    if not shutil.which("openssl"):
        return
    pem = os.path.join(folder, "author.pem")
    der = bytes.fromhex("302a300506032b6570032100" + author)
    subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-out", pem], input=der, check=True)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pem, "-rawin", "-in", os.path.join(version, "manifest.json"),
                    "-sigfile", os.path.join(version, "manifest.sig")], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(version, "manifest.json"), encoding="utf-8") as file:
        for name, digest in json.load(file)["files"].items():
            with open(os.path.join(version, name), "rb") as signed:
                assert hashlib.sha256(signed.read()).hexdigest() == digest, name


def versions_are_held_against_each_other_on_the_same_rows(folder, davy):
    """b tells the class, a is noise: the version that saw b is ahead. Both learnt from these rows, and that is said."""
    lines = [(i * 7919 % 101, i * 104729 % 53, "hot" if i * 104729 % 53 > 26 else "cold") for i in range(400)]
    both = write(folder, "both.csv", "a,b,kind\n" + "".join(f"{a},{b},{k}\n" for a, b, k in lines))
    noise = write(folder, "noise.csv", "a,kind\n" + "".join(f"{a},{k}\n" for a, _, k in lines))
    models = os.path.join(folder, "models")
    for path in (both, noise):
        call(davy, "train", "m", "--model", "linear", "--task", "classify", "--csv", path, "--label", "kind", "--models", models)
    page = os.path.join(folder, "page.html")
    call(davy, "train", "w", "--model", "pca", "--csv", write(folder, "w.csv", "a,b\n" + "".join(
        f"{a},{b}\n" for a, b, _ in lines)), "--models", models)
    said = json.loads(call(davy, "models", "compare", "m@1", "m@2", "--csv", both, "--label", "kind", "--report", page, "--json",
                           "--models", models))
    ahead = said["comparison"][1]["model_ahead_by"]
    assert said["comparison"][0]["name"] == "m v1" and ahead["low"] > 0.2, said["comparison"]
    assert said["rows_were_learnt_by"] == {"a": True, "b": True} and not said["same_data"], said
    assert said["differences"]["schema.columns"]["b"] == [{"name": "a", "unit": "", "type": "number"}], said["differences"]
    assert set(said["figures"]["accuracy"]) == {"a", "b"} and said["figures"]["accuracy"]["a"]["low"] is not None
    with open(page, encoding="utf-8") as file:
        text = file.read()
    assert "On the same rows" in text and "在相同数据行上" in text and "http" not in text
    assert "learnt from, which flatters" in call(davy, "models", "compare", "m@1", "m@2", "--csv", both, "--label", "kind",
                                                 "--models", models)
    assert "same task" in call(davy, "models", "compare", "m@1", "w@1", "--csv", both, "--label", "kind", "--models", models, code=65)
    assert "differs" in call(davy, "models", "compare", "m@1", "w@1", "--models", models)


def auto_tries_kinds_and_says_what_it_took(folder, davy):
    """The answer is a plane of a and b: the linear model is the simplest that says so."""
    rows = [(i * 7919 % 101, i * 104729 % 53) for i in range(300)]
    path = write(folder, "plane.csv", "a,b,y\n" + "".join(f"{a},{b},{3 * a - 2 * b + i % 3}\n" for i, (a, b) in enumerate(rows)))
    models = os.path.join(folder, "models")
    said = call(davy, "train", "m", "--task", "regress", "--csv", path, "--label", "y", "--set", "trials=3", "--models", models)
    assert "-> linear" in said and "tree" in said and "one standard error of the best" in said, said
    shown = json.loads(call(davy, "models", "show", "m", "--json", "--models", models))
    assert shown["kind"] == "linear" and [trial["chosen"] for trial in shown["trials"]] == [True, False, False], shown["trials"]
    with open(os.path.join(models, "m", "1", "card.html"), encoding="utf-8") as file:
        card = file.read()
    assert "Kinds that were tried" in card and "试过的模型种类" in card


run([auto_tries_kinds_and_says_what_it_took, versions_are_held_against_each_other_on_the_same_rows, versions_are_signed_and_an_alias_goes_back_and_forth], sys.argv[1])
