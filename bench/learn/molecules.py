# SPDX-License-Identifier: Apache-2.0
"""Sets of molecules: by their structure, which davy reads (a column `smiles`), and the energetic ones by what can be counted in their SMILES."""
import collections
import random

import numpy as np
import pandas as pd

from question import Question, folds, kinds, write

SIGNS = {"C": "C(?!l)", "c": "c", "N": "N", "n": "n", "O": "O", "o": "o", "S": "S(?!i|n|e)", "s": "s", "P": "P", "F": "F(?!e)", "Cl": "Cl", "Br": "Br", "I": "I(?!n)", "Si": "Si",
         "B": "B(?!r)", "double": "=", "triple": "#", "branch": r"\(", "rings": r"(?<!\[)\d", "plus": r"\+", "minus": r"\[[^\]]*-", "stereo": "@", "cis": r"[/\\]", "hydrogen": r"\[[^\]]*H",
         "part": r"\.", "nitro": r"N\(=O\)=O|N\(=O\)\[O-\]|\[N\+\]\(=O\)\[O-\]|\[O-\]\[N\+\]\(=O\)", "carbonyl": r"C\(=O\)|C=O", "metal": r"\[(?!nH|[CNOSPHBFcnos]|Cl|Br|Si|Se|se|\d)"}
FLOOR = "of character 1-4-grams in a forest"


def counted(smiles):
    """A frame of counts, one row for each SMILES."""
    made = pd.DataFrame({name: smiles.str.count(pattern) for name, pattern in SIGNS.items()}, index=smiles.index).astype(int)
    return made.assign(length=smiles.str.len())


def random_rows(frame, share):
    """`share` of the rows, drawn, to learn from; and the others."""
    drawn = np.random.default_rng(0).permutation(len(frame))
    cut = int(len(frame) * share)
    return drawn[:cut], drawn[cut:]


def scaffold_rows(frame, share):
    """Whole Murcko scaffolds, as the Therapeutics Data Commons deal them out (tdc/utils/split.py, seed 42): the common ones are learnt from."""
    from rdkit import Chem  # Debian: python3-rdkit
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    groups = collections.defaultdict(list)
    for row, smiles in enumerate(frame["smiles"]):
        groups[MurckoScaffoldSmiles(mol=Chem.MolFromSmiles(smiles), includeChirality=False)].append(row)
    room = int(len(frame) * share)
    common = [rows for rows in groups.values() if len(rows) > (len(frame) - room) / 4]
    others = [rows for rows in groups.values() if len(rows) <= (len(frame) - room) / 4]
    chance, learnt, test = random.Random(42), [], []
    chance.shuffle(common)
    chance.shuffle(others)
    for rows in common + others:
        (learnt if len(learnt) + len(rows) <= room else test).extend(rows)
    return learnt, test


SPLITS = {"random": random_rows, "scaffold": scaffold_rows}
def dealt(folder, frame, split, share):
    learnt, test = SPLITS[split](frame, share)
    return [(write(folder, "train", frame.iloc[learnt]), write(folder, "test", frame.iloc[test]))]


DESCRIPTORS = ["--columns", "mol:*"]  # of davy train: what is read of the column smiles


def flash_point(split):
    def question(data, folder):
        frame = pd.read_csv(data / "flash_point.csv").groupby("smiles", as_index=False)["flashpoint"].mean()
        return Question(f"mean of each SMILES, {split} 80/20, MAE in K", "regress", "flashpoint", ["mae", "rmse", "r2"], dealt(folder, frame, split, 0.8),
                        f"graph network 14.42 (another split of more rows), MPNN 17.8; floor 21.1, R2 0.791 {FLOOR}, at random", kinds(["boost", "svm"], holdout="0.1"), training=DESCRIPTORS)
    return question


def ld50(split):
    def question(data, folder):
        frame = pd.read_csv(data / "LD50_Zhu.csv").groupby("smiles", as_index=False)["active"].mean()
        return Question(f"mean of each SMILES, {split} 80/20, MAE of log10(1 / (mol/kg))", "regress", "active", ["mae", "rmse", "r2"], dealt(folder, frame, split, 0.8),
                        f"best of TDC about 0.55, by scaffold; floor 0.442, R2 0.609 {FLOOR}, at random", {"svm": ["c=3", "holdout=0"]}, training=DESCRIPTORS)
    return question


def tox21(split):
    def question(data, folder):
        frame, parts = pd.read_csv(data / "tox21.csv"), []
        rows = SPLITS[split](frame, 0.9)
        for assay in frame.columns[:12]:
            made = pd.DataFrame({"smiles": frame["smiles"], "active": frame[assay].map({0: "no", 1: "yes"})})
            parts.append(tuple(write(folder, f"{name}_{assay}", made.iloc[side].dropna()) for name, side in zip(("train", "test"), rows)))
        return Question(f"{split} 90/10, AUC-ROC, weighted mean of 12 assays", "classify", "active", ["macro_auc_roc"], parts,
                        f"D-MPNN 0.849, graph convolution 0.829, kernel SVM 0.822; floor 0.827 {FLOOR}, at random", kinds(["forest", "boost"], holdout="0.1"), training=DESCRIPTORS)
    return question


def impact(data, folder):
    """Mathieu's way: from calculated energies and the density, and the counts; rows without a value are left out."""
    frame = pd.read_csv(data / "combined.csv")
    columns = ["density_g_cm3", "gas_formation_enthalpy", "sublimation_enthalpy", "heat_of_explosion", "detonation_velocity_km_s",
               "detonation_pressure_GPa", "gurney_energy"]
    made = pd.concat([frame[[*columns, "smiles"]], counted(frame["smiles"])], axis=1).assign(h50=np.log10(frame["h50_cm"])).dropna()
    return Question(f"log10 h50 of {len(made)} from counts and seven calculated properties, random 5-fold, MAE", "regress", "h50", ["mae", "r2"],
                    folds(folder, made.drop(columns="smiles"), made["smiles"], 5), f"R2 0.871 on another collection; floor 0.253, R2 0.477 {FLOOR}, without the properties",
                    kinds(["linear", "svm", "forest", "boost"], holdout="0.1"))


def detonation(data, folder):
    frame = pd.read_csv(data / "combined.csv")
    made = counted(frame["smiles"]).assign(smiles=frame["smiles"], velocity=frame["detonation_velocity_km_s"])
    return Question(f"detonation velocity of {len(made)} in km/s from counts, random 5-fold, MAE", "regress", "velocity", ["mae", "r2"],
                    folds(folder, made.drop(columns="smiles"), made["smiles"], 5), f"R2 0.942 on another collection; floor 0.315, R2 0.656 {FLOOR}",
                    kinds(["linear", "svm", "forest", "boost"], holdout="0.1"))
