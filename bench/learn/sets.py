# SPDX-License-Identifier: Apache-2.0
"""The data sets that classical models are measured on: one row of the table for each question.

A question is a function that writes CSV files into a folder and says what to do with them. It reads the set's files as they are
published; whatever it leaves out or joins stands in its text. Published figures and floors are those of the README beside each set.
"""
import gzip
import io
import pathlib

import numpy as np
import pandas as pd

import captures
import molecules
from question import Question, by_time, folds, kinds, stratified, write


def ai4i2020(data, folder):
    frame = pd.read_csv(data / "ai4i2020.csv").drop(columns=["UDI", "UID", "Product ID", "TWF", "HDF", "PWF", "OSF", "RNF"], errors="ignore")
    frame["Type"] = frame["Type"].map({"L": 0, "M": 1, "H": 2})
    frame["Machine failure"] = frame["Machine failure"].map({0: "runs", 1: "fails"})
    return Question("stratified 5-fold, six columns, F1 of `fails`", "classify", "Machine failure", ["f1:fails", "macro_f1"],
                    stratified(folder, frame, "Machine failure", 5), "forest 0.729 with these columns", kinds())


def ai4i2020_engineered(data, folder):
    frame = pd.read_csv(data / "ai4i2020.csv").drop(columns=["UDI", "UID", "Product ID", "TWF", "HDF", "PWF", "OSF", "RNF"], errors="ignore")
    frame["Type"] = frame["Type"].map({"L": 0, "M": 1, "H": 2})
    frame["power"] = frame["Torque [Nm]"] * frame["Rotational speed [rpm]"] * (2 * np.pi / 60)
    frame["difference"] = frame["Process temperature [K]"] - frame["Air temperature [K]"]
    frame["strain"] = frame["Tool wear [min]"] * frame["Torque [Nm]"]
    frame["Machine failure"] = frame["Machine failure"].map({0: "runs", 1: "fails"})
    return Question("the same with power, temperature difference and strain", "classify", "Machine failure", ["f1:fails", "macro_f1"],
                    stratified(folder, frame, "Machine failure", 5), "forest 0.894; XGBoost 0.895 (probably macro)",
                    kinds(["linear", "svm", "tree", "forest", "boost"]))


def air_quality(target):
    def question(data, folder):
        frame = pd.read_csv(data / "AirQualityUCI.csv", encoding="utf-8-sig", sep=None, engine="python", decimal=",")
        frame = frame.apply(pd.to_numeric, errors="coerce").drop(columns=["Date", "Time"]).dropna(axis=1, how="all")
        frame = frame[[c for c in frame if c == target or not c.endswith("(GT)")]].replace(-200, np.nan).dropna()
        floor = {"CO(GT)": "forest 0.407 mg/m3, R2 0.803", "NOx(GT)": "forest 65.1, R2 0.795", "NO2(GT)": "forest 27.0, R2 0.502"}[target]
        return Question(f"first 70 % to last 30 %, {target[:-4]}, MAE and R2", "regress", target, ["mae", "r2"], by_time(folder, frame, 0.7), floor,
                        kinds(["linear", "knn", "svm", "forest", "boost"], holdout="0.1"))
    return question


def beijing_pm25(data, folder):
    frame = pd.read_csv(data / "PRSA_data_2010.1.1-2014.12.31.csv")
    frame["time"] = pd.to_datetime(frame[["year", "month", "day", "hour"]]).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    frame["pm2.5"] = frame["pm2.5"].interpolate()
    frame = pd.concat([frame, pd.get_dummies(frame["cbwd"], prefix="wind")], axis=1)
    frame = frame.drop(columns=["No", "cbwd", "day", "month"]).dropna()
    train, test = frame[frame["year"] < 2014].drop(columns="year"), frame[frame["year"] == 2014].drop(columns="year")
    return Question("1 hour ahead, 2010-2013 to 2014, RMSE and MAE", "forecast", "pm2.5", ["rmse", "mae"],
                    [(write(folder, "train", train), write(folder, "test", test))], "forest 20.54, MAE 11.35; persistence 21.91, 11.82",
                    kinds(["linear", "boost"], window=6, horizon=1), ["--time", "time"])


FD_SENSORS = [f"s{i}" for i in range(1, 22)]


def cmapss(data, folder):
    names = ["unit", "cycle", "o1", "o2", "o3"] + FD_SENSORS
    train, test = (pd.read_csv(data / f"{part}_FD001.txt", sep=r"\s+", header=None, names=names) for part in ("train", "test"))
    truth = np.loadtxt(data / "RUL_FD001.txt")
    train["life"] = train.groupby("unit")["cycle"].transform("max") - train["cycle"]
    test["life"] = np.nan
    test.loc[test.groupby("unit")["cycle"].idxmax(), "life"] = np.minimum(truth, 125)
    raw = test.copy()
    raw.loc[raw["life"].notna(), "life"] = truth
    columns = [c for c in names if c not in ("unit", "cycle")] + ["life", "unit"]
    return Question("official, RMSE against life capped at 125", "life", "life", ["rmse"],
                    [(write(folder, "train", train[columns]), write(folder, "test", test[columns]))],
                    "STAR 10.61, MTSTAN 10.97; boosted trees with features 11.07; forest 16.02",
                    {"linear": ["window=30", "cap=125"], "boost": ["window=30", "cap=125"],
                     "boost ": ["window=50", "cap=125", "early=10", "features=early,window:spans=5,15,30,50"]}, ["--group", "unit"])


CWRU_STEP = 2048
CWRU_WAVE = "wave=s0..s2047@12000"
CWRU_SVM = "features=spectrum:bands=64,envelope:bands=32:high=600,window:stats=rms+skew+kurtosis+crest"
CWRU_KINDS = {"rocket": [CWRU_WAVE, "holdout=0"],
              "linear": [CWRU_WAVE, "features=spectrum:bands=64,envelope:bands=64,standardise", "holdout=0"],
              "forest": [CWRU_WAVE, "features=spectrum:bands=64,envelope:bands=64", "holdout=0"]}


def cwru_waves(data):
    index = pd.read_csv(data / "index.csv")
    rows = []
    for _, one in index[index["fault"] != "normal"].iterrows():
        with gzip.open(data / one["file"]) as file:
            counts = np.array(file.read().split(), dtype=np.int64) * one["g_per_count"]
        waves = counts[: len(counts) // CWRU_STEP * CWRU_STEP].reshape(-1, CWRU_STEP)
        frame = pd.DataFrame(waves, columns=[f"s{i}" for i in range(CWRU_STEP)])
        rows.append(frame.assign(fault=one["fault"], load=one["load_hp"], diameter=one["diameter_mil"], recording=one["file"]))
    return pd.concat(rows, ignore_index=True)


def cwru_by_load(data, folder):
    waves = cwru_waves(data)
    drop = ["load", "diameter"]
    return Question("load 0 to loads 1-3, three faults, accuracy", "classify", "fault", ["accuracy", "macro_f1"],
                    [(write(folder, "train", waves[waves["load"] == 0].drop(columns=drop)), write(folder, "test", waves[waves["load"] > 0].drop(columns=drop)))],
                    "forest on 64 bands 0.937 (with normal recordings)", CWRU_KINDS,
                    ["--group", "recording"])


def cwru_by_diameter(data, folder):
    waves = cwru_waves(data)
    drop = ["load", "diameter"]
    parts = [(write(folder, f"train{d}", waves[waves["diameter"] != d].drop(columns=drop)), write(folder, f"test{d}", waves[waves["diameter"] == d].drop(columns=drop)))
             for d in sorted(waves["diameter"].unique())]
    return Question("a fault diameter left out, four folds pooled, accuracy", "classify", "fault", ["accuracy"], parts,
                    "forest 0.381 / 0.321 / 0.386 / 0.309; chance about 0.33",
                    {"linear": CWRU_KINDS["linear"], "forest": CWRU_KINDS["forest"], "svm": [CWRU_WAVE, CWRU_SVM, "holdout=0"]}, ["--group", "recording"])


def gas_drift(first, test):
    def question(data, folder):
        def batch(number):
            with gzip.open(data / f"batch{number}.dat.gz", "rt") as file:
                frame = pd.read_csv(io.StringIO(file.read()), header=None)
            frame.columns = ["gas", "ppm"] + [f"f{i}" for i in range(128)]
            return frame.drop(columns="ppm")
        train = pd.concat([batch(i) for i in range(first, test)])
        floor = {2: "svm 0.690, forest 0.754", 4: "0.832, 0.801", 5: "0.975, 0.919", 6: "0.737, 0.696"}[test]
        return Question(f"batches {first} to {test - 1} to batch {test}, six gases, accuracy", "classify", "gas", ["accuracy", "macro_f1"],
                        [(write(folder, "train", train), write(folder, "test", batch(test)))], floor, kinds())
    return question


def hydraulic(contiguous):
    def question(data, folder):
        columns = [np.loadtxt(data / f"TS{i}.txt") for i in range(1, 5)]
        frame = pd.DataFrame()
        for i, values in enumerate(columns, 1):
            slope = np.polyfit(np.arange(60), values.T, 1)[0]
            for name, made in [("mean", values.mean(1)), ("deviation", values.std(1)), ("low", values.min(1)), ("high", values.max(1)), ("slope", slope)]:
                frame[f"TS{i}_{name}"] = made
        frame["cooler"] = ["c%d" % v for v in np.loadtxt(data / "profile.txt")[:, 0]]
        parts = folds(folder, frame, np.arange(len(frame)), 10, contiguous)
        return Question(f"cooler, {'contiguous' if contiguous else 'random'} 10-fold, statistics of a cycle, accuracy", "classify", "cooler", ["accuracy"],
                        parts, "forest 0.889" if contiguous else "forest 0.998", kinds(["linear", "tree", "forest", "boost"]))
    return question


def industrial_accidents(label, floor):
    def question(data, folder):
        frame = pd.read_csv(next(data.glob("*.csv")))
        frame = frame[frame[label].map(frame[label].value_counts()) > 1]  # one report has level VI
        words = [c for c in frame if frame[c].dtype == object and c not in ("Data", "Description", "Accident Level", "Potential Accident Level")]
        time = pd.to_datetime(frame["Data"])
        made = frame[words].assign(month=time.dt.month, weekday=time.dt.weekday, level=frame[label])
        return Question(f"{label.lower()} from task and place without the text, stratified 5-fold, macro-F1", "classify", "level", ["macro_f1", "accuracy"],
                        stratified(folder, made, "level", 5), floor, kinds(["linear", "forest", "boost"]))
    return question


KDD_GROUPS = {"dos": "back land neptune pod smurf teardrop mailbomb apache2 processtable udpstorm",
              "probe": "ipsweep nmap portsweep satan mscan saint",
              "r2l": "ftp_write guess_passwd imap multihop phf spy warezclient warezmaster sendmail named snmpgetattack snmpguess xlock xsnoop worm",
              "u2r": "buffer_overflow loadmodule perl rootkit httptunnel ps sqlattack xterm"}


def nsl_kdd(classes, test="KDDTest+"):
    def question(data, folder):
        names = pd.read_csv(data / "Field_Names.csv", header=None)[0].tolist() + ["attack", "difficulty"]
        kind = {attack: group for group, attacks in KDD_GROUPS.items() for attack in attacks.split()}

        def read(name):
            frame = pd.read_csv(data / (name + ".txt.gz"), header=None, names=names).drop(columns="difficulty")
            if classes == 2:
                return frame.assign(attack=np.where(frame["attack"] == "normal", "normal", "attack"))
            return frame.assign(attack=[kind.get(a, "normal") for a in frame["attack"]])
        train, asked = read("KDDTrain+_20Percent"), read(test)
        floor = "tree 0.797, forest 0.773; NBTree 0.820" if classes == 2 else "tree 0.764, macro-F1 0.588"
        return Question(f"20 % of Train+ to {test.replace('KDD', '')}, {'attack or not' if classes == 2 else 'five classes'}", "classify", "attack",
                        ["accuracy", "macro_f1", "macro_auc_roc"], [(write(folder, "train", train), write(folder, "test", asked))], floor,
                        kinds(["linear", "bayes", "knn", "tree", "forest", "boost"]))
    return question


def occupancy(test):
    def question(data, folder):
        def read(name):
            frame = pd.read_csv(data / (name + ".txt"), index_col=0).drop(columns=["date", "Date"], errors="ignore")
            return frame.assign(Occupancy=frame["Occupancy"].map({0: "empty", 1: "occupied"}))
        floor = {"datatest": "LDA 0.979, forest 0.950", "datatest2": "LDA 0.988, forest 0.973"}[test]
        return Question(f"datatraining to {test}, accuracy", "classify", "Occupancy", ["accuracy", "macro_f1"],
                        [(write(folder, "train", read("datatraining")), write(folder, "test", read(test)))], floor, kinds())
    return question


PRONOSTIA_STEP_S = 10
PRONOSTIA_ASKED = 1802  # snapshot after which the challenge asks for the life of bearing 1_3, and the seconds that are left then
PRONOSTIA_LEFT_S = 5730


def pronostia(last):
    def question(data, folder):
        def read(name):
            waves = pd.read_csv(data / (name + ".csv.gz"))
            made = pd.DataFrame({"bearing": name, "snapshot": waves["snapshot"]})
            for side in "hv":
                wave = waves[[f"{side}{i}" for i in range(2560)]].to_numpy()
                made[side + "_rms"] = np.sqrt((wave ** 2).mean(1))
                made[side + "_peak"] = np.abs(wave).max(1)
                made[side + "_kurtosis"] = (wave ** 4).mean(1) / (wave ** 2).mean(1) ** 2
                energies = np.abs(np.fft.rfft(wave)[:, 1:]) ** 2
                for band in range(8):
                    made[f"{side}_band{band}"] = np.log10(energies[:, band * 160:(band + 1) * 160].sum(1))
            return made
        train = pd.concat([read(name).assign(life=lambda f: (f["snapshot"].max() - f["snapshot"]) * PRONOSTIA_STEP_S) for name in ("Bearing1_1", "Bearing1_2")])
        test = read("Bearing1_3")
        test = test[test["snapshot"] <= PRONOSTIA_ASKED].assign(life=lambda f: PRONOSTIA_LEFT_S + (PRONOSTIA_ASKED - f["snapshot"]) * PRONOSTIA_STEP_S)
        if last:
            test.loc[test["snapshot"] < test["snapshot"].max(), "life"] = np.nan
        asked = "life at the end of it, 5,740 s" if last else "life all along, MAE in seconds"
        recipe = ["window=10", "early=10", "features=early,window:spans=10:stats=mean+slope+max", "holdout=0"]
        return Question(f"bearings 1_1 and 1_2 to the first {PRONOSTIA_ASKED} snapshots of 1_3, {asked}", "life", "life", ["mae"],
                        [(write(folder, "train", train.drop(columns="snapshot")), write(folder, "test", test.drop(columns="snapshot")))],
                        "challenge scores are means over 11 bearings", {"linear": recipe, "forest": recipe, "boost": recipe}, ["--group", "bearing"])
    return question


RMP_HURT = [f"{who} {what}" for who in ("Employee/Contractor", "Public Responder", "Public") for what in ("Deaths", "Injuries")]


def rmp_accidents(data, folder):
    frame = pd.read_csv(data / "rmp_accident_detailed.csv", low_memory=False)
    when = pd.to_datetime(pd.read_csv(data / "rmp_facility_accidents.csv").set_index("facility_accident_id")["date_of_accident"], format="%B %Y")
    spilt = pd.read_csv(data / "rmp_accident_chemicals.csv").merge(pd.read_csv(data / "rmp_chemical.csv"), on="chemical_id")
    most = spilt.sort_values("quantity_released_lbs").groupby("facility_accident_id").last()
    told = ["Gas Release", "Liquid Spill/Evaporation", "Fire", "Explosion", "Uncontrolled/Runaway Reaction", "Storage Vessel", "Piping", "Process Vessel",
            "Transfer Hose", "Valve", "Pump", "Joint", "Precipitation Present", "Unknown Weather Conditions"]
    made = (frame[told] == "Yes").astype(int)
    made["minutes"] = frame["Release Duration (Hours)"] * 60 + frame["Release Duration (Minutes)"]
    made["branch"] = frame["NAICS Code of Process Involved"].astype(str).str[:3].radd("n")
    chemical = frame["Facility Accident ID"].map(most["chemical_name"])
    made["chemical"] = chemical.where(chemical.map(chemical.value_counts()) >= 20, "other")
    made["pounds"] = frame["Facility Accident ID"].map(most["quantity_released_lbs"])
    made["hurt"] = np.where(frame[RMP_HURT].sum(axis=1) > 0, "hurt", "nobody")
    early = frame["Facility Accident ID"].map(when).dt.year <= 2019
    whole = made.notna().all(axis=1)
    test = made[~early & whole]
    return Question(f"up to 2019 to after: was anybody hurt or killed, macro-F1; {(test['hurt'] == 'hurt').mean():.3f} of {len(test)} were", "classify", "hurt",
                    ["macro_f1", "macro_auc_roc", "accuracy"], [(write(folder, "train", made[early & whole]), write(folder, "test", test))], "none found",
                    kinds(["linear", "bayes", "knn", "tree", "forest", "boost"], holdout="0.1"))


def soil_meuse(data, folder):
    frame = pd.read_csv(data / "meuse.csv")
    frame = frame[["x", "y", "dist", "elev", "ffreq", "soil", "lime", "zinc"]].assign(zinc=np.log(frame["zinc"]))
    return Question("log zinc, 10-fold, RMSE and R2", "regress", "zinc", ["rmse", "r2"], folds(folder, frame, np.arange(len(frame)), 10),
                    "forest 0.314, R2 0.810", kinds(["linear", "knn", "svm", "forest", "boost"], holdout="0.1"))


def water_quality(data, folder):
    frame = pd.read_csv(data / "water_quality.csv.gz", na_values="NA").dropna()
    columns = [c for c in frame if c not in ("time", "event")]
    for c in columns:
        frame[c + "_off"] = frame[c] - frame[c].rolling(60, min_periods=1).median()
        frame[c + "_step"] = frame[c].diff().fillna(0)
    frame = frame.drop(columns="time").assign(event=frame["event"].map({0: "none", 1: "event", False: "none", True: "event"}))
    return Question("first 70 % to last 30 %, rows without gaps, F1 of `event`", "classify", "event", ["f1:event", "macro_auc_pr"],
                    by_time(folder, frame, 0.7), "forest 0.536; scikit-learn's forest on these very rows 0.904", kinds(["linear", "forest", "boost"], holdout="0.1"))


QUESTIONS = {
    "ai4i2020": ai4i2020,
    "ai4i2020 engineered": ai4i2020_engineered,
    "air_quality_uci CO": air_quality("CO(GT)"),
    "air_quality_uci NOx": air_quality("NOx(GT)"),
    "air_quality_uci NO2": air_quality("NO2(GT)"),
    "beijing_pm25": beijing_pm25,
    "cmapss_fd001": cmapss,
    "cwru_drive_end load": cwru_by_load,
    "cwru_drive_end diameter": cwru_by_diameter,
    "energetic impact": molecules.impact,
    "energetic velocity": molecules.detonation,
    "flash_point random": molecules.flash_point("random"),
    "flash_point scaffold": molecules.flash_point("scaffold"),
    "gas_drift 2": gas_drift(1, 2),
    "gas_drift 4": gas_drift(1, 4),
    "gas_drift 5": gas_drift(1, 5),
    "gas_drift 6": gas_drift(1, 6),
    "hydraulic random": hydraulic(False),
    "hydraulic contiguous": hydraulic(True),
    "industrial_accidents level": industrial_accidents("Accident Level", "words of the report 0.214 (accuracy 0.727)"),
    "industrial_accidents potential": industrial_accidents("Potential Accident Level", "words of the report 0.398 (accuracy 0.421)"),
    "ld50_zhu random": molecules.ld50("random"),
    "ld50_zhu scaffold": molecules.ld50("scaffold"),
    "modbus_scada characterization": captures.modbus("characterization"),
    "modbus_scada moving": captures.modbus("moving"),
    "modbus_scada command": captures.modbus("CnC"),
    "nsl_kdd attack": nsl_kdd(2),
    "nsl_kdd attack 21": nsl_kdd(2, "KDDTest-21"),
    "nsl_kdd five": nsl_kdd(5),
    "occupancy 1": occupancy("datatest"),
    "occupancy 2": occupancy("datatest2"),
    "pronostia": pronostia(False),
    "pronostia last": pronostia(True),
    "rmp_accidents": rmp_accidents,
    "soil_meuse": soil_meuse,
    "tox21 random": molecules.tox21("random"),
    "tox21 scaffold": molecules.tox21("scaffold"),
    "water_quality_gecco2017": water_quality,
}


def folder_of(name):
    return pathlib.Path(name.split()[0])
