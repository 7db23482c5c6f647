#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whether others read what davy exports: ONNX's checker, and ONNX Runtime's answers against ours.

    tests/nn/export_peers.py PROGRAM [NODE_MODULES]

PROGRAM is test_nn_onnx_export; it writes its networks. NODE_MODULES is a folder with
onnxruntime-node (tools/oracle fetches one), $DAVY_NODE_MODULES by default. What is not
installed is skipped with a word. Answers must agree to 1e-5.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

RUN = """
const fs = require('fs'), ort = require(process.argv[2] + '/onnxruntime-node');
(async () => {
  for (const job of JSON.parse(fs.readFileSync(process.argv[3]))) {
    const session = await ort.InferenceSession.create(job.model);
    const bytes = fs.readFileSync(job.data);
    const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const out = await session.run({[job.input]: new ort.Tensor('float32', data, job.dims)});
    session.outputNames.forEach((name, i) =>
      fs.writeFileSync(`${job.data}.${i}`, Buffer.from(out[name].data.buffer.slice(
        out[name].data.byteOffset, out[name].data.byteOffset + out[name].data.byteLength))));
  }
})();
"""


def main(program, modules):
    try:
        import numpy
        import onnx
        from onnx import numpy_helper
    except ImportError:
        print("1..0 # SKIP python3-onnx is not installed")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([program, "--write", name], check=True)
        models = sorted(folder.glob("*.onnx"))
        jobs = []
        for model in models:
            onnx.checker.check_model(str(model), full_check=True)
            x = onnx.load_tensor(str(model.with_suffix(".in_0.pb")))
            model.with_suffix(".raw").write_bytes(numpy_helper.to_array(x).tobytes())
            jobs.append({"model": str(model), "data": str(model.with_suffix(".raw")),
                         "input": x.name, "dims": list(x.dims)})
        print(f"1..2\nok 1 - ONNX's checker takes {len(models)} networks")
        if not (modules and pathlib.Path(modules).is_dir() and shutil.which("node")):
            print("ok 2 # SKIP ONNX Runtime was not fetched (tools/oracle)")
            return 0
        (folder / "jobs").write_text(json.dumps(jobs), encoding="utf-8")
        subprocess.run(["node", "-e", RUN, "-", modules, str(folder / "jobs")], check=True)
        worst = 0.0
        for model in models:
            for ours in sorted(folder.glob(model.stem + ".out_*.pb")):
                want = numpy_helper.to_array(onnx.load_tensor(str(ours))).ravel()
                number = ours.stem.rsplit("_", 1)[1]
                got = numpy.frombuffer(model.with_suffix(f".raw.{number}").read_bytes(), "f4")
                error = float(numpy.max(numpy.abs(got - want) / (1 + numpy.abs(want))))
                print(f"# {model.stem} output {number}: {error:.1e}")
                worst = max(worst, error)
        print(f"{'ok' if worst <= 1e-5 else 'not ok'} 2 - ONNX Runtime agrees to {worst:.1e}")
        return 0 if worst <= 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2
                  else os.environ.get("DAVY_NODE_MODULES")))
