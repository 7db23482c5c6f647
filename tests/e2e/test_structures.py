# SPDX-License-Identifier: Apache-2.0
"""A structure that no table has: counted, predicted by models of molecules, and set beside what was measured."""
import json
import math
import os
import subprocess
import sys

from harness import Daemon, Skip, run


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=200, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stdout + result.stderr


def chains():
    """Alcohols, ketones, chlorides and amines of one to thirteen carbons, with a number that follows from them."""
    for tail, step in (("O", 0.0), ("C(=O)C", 0.3), ("Cl", 0.6), ("N", 0.9)):
        for carbons in range(1, 14):
            for branch in ("", "CC(C)"):
                yield branch + "C" * carbons + tail, 1.5 + step + 0.05 * carbons


def trained(folder, davy):
    if "RDKit" not in call(davy, "version"):
        raise Skip("this build reads no molecules")
    known = os.path.join(folder, "known.csv")
    models = os.path.join(folder, "models")
    with open(known, "w", encoding="utf-8") as file:
        file.write("smiles,neg_log_ld50\n" + "".join(f"{smiles},{value:.3f}\n" for smiles, value in chains()) + "OCCCCCC,1.900\n")
    call(davy, "train", "ld50", "--model", "linear", "--task", "regress", "--label", "neg_log_ld50", "--csv", known,
         "--columns", "mol:*", "--set", "split=random", "--models", models)
    return known, models


def a_structure_is_predicted_beside_its_interval_and_its_kin(folder, davy):
    known, models = trained(folder, davy)
    said = json.loads(call(davy, "chemical", "CCCCCCO", "--models", models, "--known", known, "--json"))["structure"]
    (ld50,) = said["predictions"]
    assert ld50["low"] <= ld50["value"] <= ld50["high"] and 0 <= ld50["outside"], ld50
    # The label is -log10 of mol/kg: 102.177 g/mol of hexanol.
    assert math.isclose(ld50["ld50"]["mg_kg"], 102.177 * 1000 * 10 ** -ld50["value"], rel_tol=1e-3), ld50
    assert ld50["ld50"]["low"] < ld50["ld50"]["mg_kg"] < ld50["ld50"]["high"], ld50
    assert ld50["ld50"]["worst"] <= ld50["ld50"]["category"] or ld50["ld50"]["category"] == 0, ld50
    nearest = said["known"]["nearest"]
    assert len(nearest) == 5 and said["known"]["inside"] and said["known"]["rows"] == 105, said["known"]
    assert nearest[0]["smiles"] == "CCCCCCO" and nearest[0]["similarity"] == 1, nearest
    # Hexanol is in the file twice, written in two ways: one molecule that was measured twice.
    assert [row["values"]["neg_log_ld50"] for row in nearest[0]["measured"]] == ["1.800", "1.900"], nearest
    assert len({one["smiles"] for one in nearest}) == 5, nearest
    assert all(a["similarity"] >= b["similarity"] for a, b in zip(nearest, nearest[1:])), nearest
    # Another way to write it is the same molecule.
    again = json.loads(call(davy, "chemical", "OCCCCCC", "--models", models, "--json"))["structure"]
    assert again["predictions"] == said["predictions"], again
    # What is like none of them is told to be.
    far = json.loads(call(davy, "chemical", "c1ccc2ccccc2c1", "--known", known, "--json"))["structure"]
    assert not far["known"]["inside"] and far["known"]["nearest"][0]["similarity"] < 0.5, far


def liquids(low, high):
    """Categories of flammable liquids (UN GHS, table 2.6.1) of flash points from low to high, degC; where it boils is not known."""
    open_ = ([1, 2] if low < 23 else []) + ([3] if low <= 60 and high >= 23 else []) + ([4] if low <= 93 and high > 60 else [])
    return open_ + ([0] if high > 93 else [])


def a_flash_point_is_told_with_every_category_that_it_leaves_open(folder, davy):
    if "RDKit" not in call(davy, "version"):
        raise Skip("this build reads no molecules")
    known = os.path.join(folder, "flash.csv")
    models = os.path.join(folder, "flash-models")
    with open(known, "w", encoding="utf-8") as file:
        file.write("smiles,flash_point_k\n" + "".join(f"{smiles},{250 + 12 * len(smiles)}\n" for smiles, _ in chains()))
    call(davy, "train", "flash", "--model", "linear", "--task", "regress", "--label", "flash_point_k", "--csv", known,
         "--columns", "mol:*", "--set", "split=random", "--models", models)
    for smiles in ("CCN", "CCCCCCO", "CC(C)CCCCCCCCCCCCO"):
        text = call(davy, "chemical", smiles, "--models", models)
        (said,) = json.loads(call(davy, "chemical", smiles, "--models", models, "--json"))["structure"]["predictions"]
        flash = said["flammable"]
        assert "flammable liquid, if it is a liquid, category" in text, text
        assert math.isclose(flash["flash_c"], said["value"] - 273.15, abs_tol=1e-6) and flash["low"] < flash["flash_c"] < flash["high"], said
        assert flash["categories"] == liquids(flash["flash_c"], flash["flash_c"]), said
        assert flash["open"] == liquids(flash["low"], flash["high"]) and "ld50" not in said, said


def a_daemon_keeps_its_models_and_sees_new_ones(folder, davy):
    known, models = trained(folder, davy)
    daemon = Daemon(davy, folder, "site:\n  name: models\n").start("--models", models, "--known", known)
    nearest = daemon.get("/api/v1/structure?smiles=CCCCCCO")["known"]
    assert nearest == json.loads(call(davy, "chemical", "CCCCCCO", "--known", known, "--json"))["structure"]["known"], nearest
    assert [one["similarity"] for one in nearest["nearest"]][0] == 1 and nearest["rows"] == 105, nearest
    first, second = (daemon.get("/api/v1/structure?smiles=CCCCCCO")["predictions"] for _ in range(2))
    assert first == second and [one["version"] for one in first] == [1], first
    trained(folder, davy)
    (now,) = daemon.get("/api/v1/structure?smiles=CCCCCCO")["predictions"]
    assert now["version"] == 2 and now["ld50"]["mg_kg"] > 0, now
    with open(os.path.join(models, "ld50", "2", "model.onnx"), "r+b") as file:
        file.write(b"nonsense")
    (now,) = daemon.get("/api/v1/structure?smiles=CCCCCCO")["predictions"]
    assert now["version"] == 2 and now["refused"] and "value" not in now, now
    assert daemon.stop() == 0


def classes_of_three_are_told_as_a_set(folder, davy):
    if "RDKit" not in call(davy, "version"):
        raise Skip("this build reads no molecules")
    known = os.path.join(folder, "skin.csv")
    models = os.path.join(folder, "skin-models")
    word = {"O": "mild or none", "C(=O)C": "mild or none", "Cl": "irritant", "N": "corrosive"}
    with open(known, "w", encoding="utf-8") as file:
        file.write("smiles,skin_ghs,name\n" + "".join(
            f"{smiles},{next(word[tail] for tail in ('C(=O)C', 'Cl', 'N', 'O') if smiles.endswith(tail))},n{i}\n" for i, (smiles, _) in enumerate(chains())))
    call(davy, "train", "skin", "--model", "linear", "--task", "classify", "--label", "skin_ghs", "--csv", known,
         "--columns", "mol:*", "--set", "split=random", "--set", "balance=yes", "--models", models)
    answer = json.loads(call(davy, "chemical", "CCCCCCCCN", "--models", models, "--known", known, "--json"))["structure"]
    (said,) = answer["predictions"]
    assert said["classes"][0] == "corrosive" and set(said["probabilities"]) == set(word.values()), said
    # The set is the smallest that holds nine tenths of the probability, the likeliest first.
    held = [said["probabilities"][one] for one in said["classes"]]
    assert held == sorted(held, reverse=True) and sum(held) >= 0.9 > sum(held[:-1]) and "value" not in said, said
    assert answer["known"]["nearest"][0]["measured"][0]["values"]["skin_ghs"] == "corrosive", answer
    assert "corrosive (" in call(davy, "chemical", "CCCCCCCCN", "--models", models)


def a_model_that_is_damaged_is_told(folder, davy):
    _, models = trained(folder, davy)
    with open(os.path.join(models, "ld50", "1", "model.onnx"), "r+b") as file:
        file.write(b"nonsense")
    (said,) = json.loads(call(davy, "chemical", "CCCCCCO", "--models", models, "--json"))["structure"]["predictions"]
    assert said["model"] == "ld50" and said["refused"] and "value" not in said, said


def salts_mixtures_and_metals_are_told_and_not_predicted(folder, davy):
    _, models = trained(folder, davy)
    for smiles, word in (("CC(=O)[O-].[Na+]", "salt"), ("CCO.CCCO", "mixture"), ("CC[Pb](CC)(CC)CC", "metal"), ("[13CH3]CO", "isotope")):
        said = json.loads(call(davy, "chemical", smiles, "--models", models, "--json"))["structure"]
        assert said["predictions"] == [] and word in said["refused"], said


def explosives_show_their_signs(folder, davy):
    # Meyer, Koehler, Homburg, Explosives: nitroglycerine +3.5 %; TNT -73.9 % by its formula, 16 (10.5 of 17.5 missing) / 227.13.
    said = json.loads(call(davy, "chemical", "O=N(=O)OCC(ON(=O)=O)CON(=O)=O", "--json"))["structure"]
    # The table has it, written in another way.
    assert said["chemical"]["cas"] == "55-63-0", said
    assert abs(said["oxygen_balance"] - 3.5) < 0.1 and said["explosive_groups"][0]["count"] == 3, said
    said = json.loads(call(davy, "chemical", "CCCCCCCCCCC", "--json"))["structure"]
    assert said["chemical"] is None and said["explosive_groups"] == [] and said["oxygen_balance"] < -200, said


def what_is_no_molecule_is_refused_with_the_reason(folder, davy):
    for text, reason, code in (("C(C)(C)(C)(C)C", "more bonds", 66), ("[999999C]", "isotope", 66), ("", "no molecule", 66), ("C(C", "open", 66),
                               ("C" * 301, "more than 300 atoms", 66), ("C" * 2001, "more than 2000 characters", 66), ("C*", "any", 66)):
        assert reason in call(davy, "chemical", text, code=code), text
    assert "give its structure" in call(davy, "chemical", "50-29-3", code=66)
    known = os.path.join(folder, "nothing.csv")
    with open(known, "w", encoding="utf-8") as file:
        file.write("name,value\nx,1\n")
    assert "smiles" in call(davy, "chemical", "CCCCCCO", "--known", known, code=66)
    assert "nowhere" in call(davy, "chemical", "CCCCCCO", "--models", os.path.join(folder, "nowhere"), code=66)


run([a_structure_is_predicted_beside_its_interval_and_its_kin, a_flash_point_is_told_with_every_category_that_it_leaves_open, a_daemon_keeps_its_models_and_sees_new_ones,
     classes_of_three_are_told_as_a_set, a_model_that_is_damaged_is_told, salts_mixtures_and_metals_are_told_and_not_predicted,
     explosives_show_their_signs, what_is_no_molecule_is_refused_with_the_reason], sys.argv[1])
