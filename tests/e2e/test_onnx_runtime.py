# SPDX-License-Identifier: Apache-2.0
"""The file of every kind of model, run by davy and by ONNX Runtime on the same tensors.

Needs Node.js and what tools/oracle fetches, in the folder that $DAVY_NODE_MODULES names; without it the tests are skipped.
"""
import array
import json
import math
import os
import random
import shutil
import subprocess
import sys

from harness import Skip, run

ROWS, BATCH, NEAR = 600, 40, 1e-5

RUNTIME = """
const fs = require('fs'), ort = require(process.argv[2] + '/onnxruntime-node');
(async () => {
  const said = [];
  for (const job of JSON.parse(fs.readFileSync(process.argv[3]))) {
    const session = await ort.InferenceSession.create(job.model), about = session.inputMetadata[0];
    const numbers = about.type === 'float64' ? Float64Array : Float32Array;
    const dims = about.shape.map((size, i) => i === 0 ? job.batch : size);
    const count = dims.reduce((a, b) => a * b, 1), data = numbers.from({length: count}, (_, i) => job.numbers[i % job.numbers.length]);
    const out = await session.run({[about.name]: new ort.Tensor(about.type, data, dims)});
    said.push({type: about.type, dims, data: Array.from(data), out: session.outputNames.map(name => Array.from(out[name].data))});
  }
  fs.writeFileSync(process.argv[4], JSON.stringify(said));
})();
"""

TABLE = ("--columns", "a,b,c,mode", "--label")
WINDOW = ("--set", "window=12", "--set", "stride=6", "--group", "run")
SHORT = (*WINDOW, "--set", "epochs=1")
# A kind, its task, and what else is said: each variant that has nodes of its own.
ANSWERING = [
    ("linear", "classify", ()), ("linear", "classify", ("--set", "l1=1")), ("linear", "regress", ()),
    ("linear", "regress", ("--set", "l1=1", "--set", "l2=1")), ("linear", "forecast", WINDOW),
    ("bayes", "classify", ()), ("bayes", "classify", ("--set", "density=multinomial", "--columns", "n,m")),
    ("bayes", "classify", ("--set", "density=bernoulli")),
    ("knn", "classify", ()), ("knn", "regress", ("--set", "weights=distance")),
    ("svm", "classify", ()), ("svm", "classify", ("--set", "kernel=linear")), ("svm", "classify", ("--set", "variant=nu")),
    ("svm", "regress", ()), ("svm", "regress", ("--set", "kernel=poly", "--set", "variant=nu")),
    ("boost", "classify", ("--set", "rounds=20")), ("boost", "regress", ("--set", "rounds=20")),
    ("forest", "classify", ("--set", "trees=20")), ("forest", "life", (*WINDOW, "--set", "trees=20")),
    ("tree", "classify", ()), ("tree", "regress", ()),
    ("blend", "classify", ("--set", "rounds=20")), ("blend", "regress", ("--set", "rounds=20", "--set", "near=2")),
    ("rocket", "classify", (*WINDOW, "--set", "shares=840")), ("rocket", "regress", (*WINDOW, "--set", "shares=840")),
    ("cnn", "classify", SHORT), ("lstm", "regress", SHORT), ("transformer", "forecast", SHORT),
]
WATCHING = [("pca", ()), ("isolation", ()), ("kmeans", ()), ("svm", ()), ("autoencoder", ("--set", "epochs=1")),
            ("cnn", ("--set", "epochs=1")), ("lstm", ("--set", "epochs=1")), ("transformer", ("--set", "epochs=1"))]
# Every step of features stands in one of these.
FEATURES = ["onehot,difference,window:stats=mean+std+slope+min+max+last+range+rms+skew+kurtosis+crest,standardise",
            "hash:buckets=4,log:of=n,lags:rows=0,3", "regimes:of=n:count=3,quantiles,select:mi:6", "spectrum:bands=4",
            "envelope:bands=4,standardise,pca:keep=3", "last,novelty:up", "early,last,select:l1:3",
            "impute:missing=yes,last,standardise"]


def call(davy, *arguments):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, (arguments, result.stdout, result.stderr)
    return result.stdout


def write_rows(folder):
    node_modules()  # else nothing is learnt for nothing
    chance, path = random.Random(5), os.path.join(folder, "rows.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("run,time,a,b,c,n,m,mode,state,load\n")
        for row in range(ROWS):
            up = chance.random() < 0.5
            a, b, c = chance.gauss(2 * up, 1), math.sin(row / 9) + chance.gauss(0, .2), chance.gauss(50, 9)
            file.write(f"r{row // 60},{1700000000 + row},{a:.4f},{b:.4f},{c:.3f},{chance.randrange(9)},{chance.randrange(4) + 3 * up},"
                       f"{('auto', 'hand', 'off')[row // 7 % 3]},{'up' if up else 'down'},{3 * a + b:.4f}\n")
    return path


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def write_tensor(path, kind, dims, numbers):
    raw = array.array("d" if kind == "float64" else "f", numbers).tobytes()
    with open(path, "wb") as file:
        for size in dims:
            file.write(b"\x08" + varint(size))
        file.write(b"\x10" + varint(11 if kind == "float64" else 1) + b"\x4a" + varint(len(raw)) + raw)


def read_tensor(path, kind, count):
    """The numbers of a small TensorProto: they are its last bytes."""
    with open(path, "rb") as file:
        data = array.array("d" if kind == "float64" else "f")
        data.frombytes(file.read()[-count * data.itemsize:])
    return data


def node_modules():
    modules = os.environ.get("DAVY_NODE_MODULES", "")
    if not shutil.which("node") or not os.path.isdir(os.path.join(modules, "onnxruntime-node")):
        raise Skip("ONNX Runtime was not fetched (tools/oracle)")
    return modules


def ask_runtime(folder, models, numbers):
    jobs, answers = os.path.join(folder, "jobs.json"), os.path.join(folder, "answers.json")
    with open(jobs, "w", encoding="utf-8") as file:
        json.dump([{"model": model, "batch": BATCH, "numbers": numbers} for model in models], file)
    subprocess.run(["node", "-e", RUNTIME, "-", node_modules(), jobs, answers], check=True, timeout=120)
    with open(answers, encoding="utf-8") as file:
        return json.load(file)


def compare(folder, davy, trained):
    """`trained` are pairs of a name and a model.onnx."""
    chance = random.Random(6)
    numbers = [round(number, 3) for _ in range(997) for number in (chance.gauss(1, 1), chance.gauss(0, .7), chance.randrange(4))]
    for (name, model), said in zip(trained, ask_runtime(folder, [model for _, model in trained], numbers)):
        tensor, out = os.path.join(folder, "in.pb"), os.path.join(folder, "out")
        write_tensor(tensor, said["type"], said["dims"], said["data"])
        call(davy, "infer", model, "--tensor", tensor, "--out-tensors", out)
        for i, theirs in enumerate(said["out"]):
            ours = read_tensor(os.path.join(out, f"output_{i}.pb"), said["type"], len(theirs))
            for x, y in zip(ours, theirs):
                assert abs(x - y) <= NEAR * (1 + abs(y)), (name, i, x, y)


def train(davy, folder, name, *words):
    call(davy, "train", name, "--csv", os.path.join(folder, "rows.csv"), "--models", os.path.join(folder, "models"), *words)
    return os.path.join(folder, "models", name, "1", "model.onnx")


def answers_are_those_of_onnx_runtime(folder, davy):
    write_rows(folder)
    trained = []
    for i, (kind, task, more) in enumerate(ANSWERING):
        label = () if task == "life" else ("--label", "state" if task == "classify" else "load")
        columns = () if "--columns" in more else ("--columns", "a,b,n")
        trained.append(((kind, task, more), train(davy, folder, f"m{i}", "--model", kind, "--task", task, *label, *columns, *more)))
    compare(folder, davy, trained)


def scores_are_those_of_onnx_runtime(folder, davy):
    write_rows(folder)
    trained = [(kind, train(davy, folder, kind, "--model", kind, "--columns", "a,b,c", "--time", "time", "--group", "run", *more))
               for kind, more in WATCHING]
    compare(folder, davy, trained)


def features_are_those_of_onnx_runtime(folder, davy):
    write_rows(folder)
    trained = []
    for i, steps in enumerate(FEATURES):
        early = ("--set", "early=4") if steps.startswith("early") else ()
        trained.append((steps, train(davy, folder, f"f{i}", "--model", "linear", "--task", "classify", "--label", "state", *WINDOW, *early,
                                     "--columns", "a,n,mode", "--set", "features=" + steps)))
    compare(folder, davy, trained)


run([answers_are_those_of_onnx_runtime, scores_are_those_of_onnx_runtime, features_are_those_of_onnx_runtime], *sys.argv[1:])
