# SPDX-License-Identifier: Apache-2.0
"""Sets of molecules, by what can be counted in their SMILES: atoms, bonds, rings, branches, charges. No structure is read."""
import re

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


def random_split(folder, frame, share):
    """`share` of the rows, drawn, to learn from."""
    drawn = np.random.default_rng(0).permutation(len(frame))
    cut = int(len(frame) * share)
    return [(write(folder, "train", frame.iloc[drawn[:cut]]), write(folder, "test", frame.iloc[drawn[cut:]]))]


def flash_point(data, folder):
    mean = pd.read_csv(data / "flash_point.csv").groupby("smiles", as_index=False)["flashpoint"].mean()
    frame = counted(mean["smiles"]).assign(flashpoint=mean["flashpoint"])
    return Question("mean of each SMILES, random 80/20, MAE in K", "regress", "flashpoint", ["mae", "rmse", "r2"], random_split(folder, frame, 0.8),
                    f"graph network 14.42 (another split of more rows), MPNN 17.8; floor 21.1, R2 0.791 {FLOOR}", kinds(["linear", "forest", "boost"], holdout="0.1"))


def ld50(data, folder):
    frame = pd.read_csv(data / "LD50_Zhu.csv").groupby("smiles", as_index=False)["active"].mean()
    frame = counted(frame["smiles"]).assign(active=frame["active"])
    return Question("mean of each SMILES, random 80/20, MAE of log10(1 / (mol/kg))", "regress", "active", ["mae", "rmse", "r2"], random_split(folder, frame, 0.8),
                    f"best of TDC about 0.55, by scaffold, not comparable; floor 0.442, R2 0.609 {FLOOR}", kinds(["linear", "forest", "boost"], holdout="0.1"))


def tox21(data, folder):
    frame = pd.read_csv(data / "tox21.csv")
    made, parts = counted(frame["smiles"]), []
    drawn = np.random.default_rng(0).permutation(len(frame))
    learnt = np.zeros(len(frame), bool)
    learnt[drawn[: len(frame) * 9 // 10]] = True
    for assay in frame.columns[:12]:
        rows = made.assign(active=frame[assay].map({0: "no", 1: "yes"}))[frame[assay].notna()]
        known = learnt[frame[assay].notna()]
        parts.append((write(folder, f"train_{assay}", rows[known]), write(folder, f"test_{assay}", rows[~known])))
    return Question("random 90/10, AUC-ROC, weighted mean of 12 assays", "classify", "active", ["macro_auc_roc"], parts,
                    f"D-MPNN 0.849, graph convolution 0.829, kernel SVM 0.822; floor 0.827 {FLOOR}", kinds(["linear", "forest", "boost"], holdout="0.1"))


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
