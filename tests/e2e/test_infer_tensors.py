# SPDX-License-Identifier: Apache-2.0
"""`davy infer MODEL.onnx --tensor ... --out-tensors DIR`: foreign models on tensor files."""
import os
import subprocess
import sys

from harness import Skip, run

DATA = os.environ.get("DAVY_ONNX_TESTDATA", "/usr/share/libonnx-testdata/data")


def case(name):
    folder = os.path.join(DATA, "node", name)
    if not os.path.isdir(folder):
        raise Skip("libonnx-testdata is not installed")
    data = os.path.join(folder, "test_data_set_0")
    inputs = sorted(os.path.join(data, name) for name in os.listdir(data) if name.startswith("input"))
    return os.path.join(folder, "model.onnx"), inputs, os.path.join(data, "output_0.pb")


def infer(davy, model, tensors, out, code=0):
    words = [word for tensor in tensors for word in ("--tensor", tensor)]
    result = subprocess.run([davy, "infer", model, *words, "--out-tensors", out], capture_output=True, text=True,
                            timeout=120, check=False)
    assert result.returncode == code, (model, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stderr


def raw(path):
    """The bytes of a tensor's numbers: the last field of these small files."""
    with open(path, "rb") as file:
        return file.read()[-240:]


def tensors_are_taken_in_graph_order_or_by_name(folder, davy):
    model, (x, y), wanted = case("test_sub")
    out = os.path.join(folder, "out")
    assert "output_0.pb: z float[3, 4, 5]" in infer(davy, model, [x, y], out)
    assert raw(os.path.join(out, "output_0.pb")) == raw(wanted)
    infer(davy, model, ["y=" + y, x], os.path.join(folder, "named"))
    assert raw(os.path.join(folder, "named", "output_0.pb")) == raw(wanted)
    infer(davy, model, ["x=" + y, "y=" + x], os.path.join(folder, "turned"))
    assert raw(os.path.join(folder, "turned", "output_0.pb")) != raw(wanted)


def an_unsupported_model_exits_69_and_says_why(folder, davy):
    model, inputs, _ = case("test_adam")
    said = infer(davy, model, inputs, folder, code=69)
    assert "ai.onnx.preview.training.Adam" in said and "operator set 1" in said, said


def what_is_broken_exits_65(folder, davy):
    model, (x, y), _ = case("test_sub")
    with open(model, "rb") as file:
        whole = file.read()
    broken = os.path.join(folder, "broken.onnx")
    for size in range(0, len(whole) - 1, 3):
        with open(broken, "wb") as file:
            file.write(whole[:size])
        result = subprocess.run([davy, "infer", broken, "--tensor", x, y, "--out-tensors", folder],
                                capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode in (0, 65, 69) and result.stderr.count("\n") <= 1, (size, result)
    tensor = os.path.join(folder, "cut.pb")
    with open(x, "rb") as file, open(tensor, "wb") as cut:
        cut.write(file.read()[:100])
    assert "cut.pb" in infer(davy, model, [tensor, y], folder, code=65)
    assert "cannot read" in infer(davy, os.path.join(folder, "none.onnx"), [x, y], folder, code=66)


def tensors_that_do_not_fit_are_told_with_what_is_wanted(folder, davy):
    model, (x, y), _ = case("test_sub")
    _, other, _ = case("test_and2d")
    assert "'x' of" in infer(davy, model, [other[0], y], folder, code=65)
    assert "no tensor is given for input y" in infer(davy, model, [x], folder, code=65)
    assert "more tensors than inputs" in infer(davy, model, [x, y, x], folder, code=65)
    assert "no such input" in infer(davy, model, ["q=" + x, y], folder, code=65)
    assert "given twice" in infer(davy, model, ["x=" + x, "x=" + y], folder, code=65)


if __name__ == "__main__":
    run([tensors_are_taken_in_graph_order_or_by_name, an_unsupported_model_exits_69_and_says_why,
         what_is_broken_exits_65, tensors_that_do_not_fit_are_told_with_what_is_wanted], sys.argv[1])
