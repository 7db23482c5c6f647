# SPDX-License-Identifier: Apache-2.0
"""examples/node-client against the daemon: plain Node, no packages."""
import json
import os
import shutil
import subprocess
import sys

from harness import Daemon, Skip, run

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = os.path.join(HERE, "..", "..", "examples", "node-client")
SITE = "site: {name: Served}\n"
TESTDATA = "/usr/share/libonnx-testdata/data/node"

# What a program of theirs does; each line that it prints is a JSON value.
SCRIPT = """
import { Davy } from '%s/davy.mjs';
const davy = new Davy('http://127.0.0.1:%d/', process.env.DAVY_KEY);
const say = (value) => console.log(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v)));
%s
"""


def serve(davy, folder):
    if not shutil.which("node"):
        raise Skip("node is not installed")
    models = os.path.join(folder, "data", "models")
    table = os.path.join(folder, "rows.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("time,a,b,kind\n" + "".join(
            f"{1700000000 + i},{i * 7919 % 101},{i * 104729 % 53},{'hot' if i * 7919 % 101 > 50 else 'cold'}\n" for i in range(1500)))
    for words in (["kind", "--model", "linear", "--task", "classify", "--label", "kind"], ["watch", "--model", "pca", "--time", "time"]):
        subprocess.run([davy, "train", *words, "--csv", table, "--models", models], check=True, capture_output=True, timeout=120)
    if os.path.isdir(TESTDATA):
        os.makedirs(os.path.join(models, "minus", "1"))
        shutil.copy(os.path.join(TESTDATA, "test_sub", "model.onnx"), os.path.join(models, "minus", "1"))
    return Daemon(davy, folder, SITE).start()


def node(daemon, folder, text):
    script = os.path.join(folder, "script.mjs")
    with open(script, "w", encoding="utf-8") as file:
        file.write(SCRIPT % (os.path.realpath(CLIENT), daemon.port, text))
    result = subprocess.run(["node", script], capture_output=True, text=True, check=False, timeout=60,
                            env={**os.environ, "DAVY_KEY": daemon.key})
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def bytes_go_and_come_as_typed_arrays(folder, davy):
    """ONNX, Sub: z = x - y."""
    daemon = serve(davy, folder)
    if not os.path.isdir(TESTDATA):
        raise Skip("libonnx-testdata is not installed")
    (shape, data, kind, again), = node(daemon, folder, """
const x = Float32Array.from({ length: 60 }, (_, i) => i), y = x.map((i) => 0.5 * (i % 7));
const answer = await davy.infer('minus', { x: { shape: [3, 4, 5], data: x }, y: { shape: [3, 4, 5], data: y } }, { id: 'n1' });
say([answer.outputs.z.shape, [...answer.outputs.z.data], answer.outputs.z.data.constructor.name, answer.id]);
""")
    assert shape == [3, 4, 5] and kind == "Float32Array" and again == "n1"
    assert data == [i - 0.5 * (i % 7) for i in range(60)]


def texts_and_numbers_of_a_model_that_watches_are_read(folder, davy):
    """The scores are those of `davy infer` on the same rows."""
    daemon = serve(davy, folder)
    rows = [[i * 7919 % 101, i * 104729 % 53] for i in range(40)]
    ready, score, verdict = node(daemon, folder, f"""
say(await davy.isReady('watch', 'champion') && !(await davy.isReady('none')));
const {{ inputs }} = await davy.describe('watch');
const {{ outputs }} = await davy.infer('watch', {{ [inputs[0].name]: {{ shape: [40, 2], data: Float64Array.from({json.dumps(sum(rows, []))}) }} }});
say([...outputs.score.data]);
say(outputs.verdict.data);
""")
    assert ready is True
    table = os.path.join(folder, "forty.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("time,a,b\n" + "".join(f"{1700000000 + i},{a},{b}\n" for i, (a, b) in enumerate(rows)))
    subprocess.run([davy, "infer", "watch", "--csv", table, "--models", os.path.join(folder, "data", "models"), "--out", table + ".out"],
                   check=True, capture_output=True, timeout=60)
    with open(table + ".out", encoding="utf-8") as file:
        lines = [line.strip().split(",") for line in file.readlines()[1:]]
    assert verdict == [line[3] for line in lines] and "abstain" in verdict and verdict[-1] != "abstain"
    for said, line in zip(score, lines):
        assert (said is None) == (line[1] == "") and (said is None or abs(said - float(line[1])) < 1e-9)


def a_refusal_is_an_error_with_the_servers_sentence(folder, davy):
    daemon = serve(davy, folder)
    said = node(daemon, folder, """
for (const ask of [() => davy.describe('none'), () => davy.infer('kind', { wrong: { shape: [1], data: Float32Array.of(1) } }),
                   () => new Davy(davy.url, 'wrong').describe('kind')])
  await ask().then(say, (error) => say([error.status, error.message]));
""")
    assert said[0][0] == 404 and "none" in said[0][1], said
    assert said[1][0] == 400 and "wrong" in said[1][1], said
    assert said[2][0] == 401, said


def the_command_of_the_example_answers(folder, davy):
    daemon = serve(davy, folder)
    result = subprocess.run(["node", os.path.join(CLIENT, "ask.mjs"), f"http://127.0.0.1:{daemon.port}", "kind", "90", "7"],
                            capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "DAVY_KEY": daemon.key})
    assert result.returncode == 0, result.stderr
    name, cold, hot = result.stdout.split()
    assert name == "probabilities" and float(hot) > 0.5 > float(cold)


if __name__ == "__main__":
    run([bytes_go_and_come_as_typed_arrays, texts_and_numbers_of_a_model_that_watches_are_read,
         a_refusal_is_an_error_with_the_servers_sentence, the_command_of_the_example_answers], sys.argv[1])
