# SPDX-License-Identifier: Apache-2.0
"""libdavy as it is installed: its names, its header alone, and the example built through pkg-config."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import run  # pylint: disable=wrong-import-position

BUILD, SOURCE, DAVY, SANITIZE = sys.argv[1:5]
FLAGS = [] if SANITIZE == "none" else ["-fsanitize=" + SANITIZE]


def call(*words, code=0, **more):
    result = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, **more)
    assert result.returncode == code, (words, result.returncode, result.stdout, result.stderr)
    return result.stdout + result.stderr


def find(root, name):
    return next(os.path.join(at, name) for at, _, files in os.walk(root) if name in files)


def header():
    with open(os.path.join(SOURCE, "include", "davy.h"), encoding="utf-8") as file:
        return file.read()


def the_library_exports_the_names_of_its_header_and_no_others(_folder, root):
    exported = {line.split()[-1].split("@")[0] for line in call("nm", "-D", "--defined-only", find(root, "libdavy.so")).splitlines()
                if line.split()[1] != "A"}
    declared = set(re.findall(r"^DAVY_API [^;(]*?(davy_\w+)\(", header(), re.M))
    assert len(declared) > 10 and exported == declared, exported ^ declared


def the_soname_is_that_of_the_binary_interface(_folder, root):
    assert "[libdavy.so.0]" in call("readelf", "-d", find(root, "libdavy.so"))
    assert os.path.islink(find(root, "libdavy.so"))


def every_function_of_the_header_is_documented(_folder, _root):
    text = header()
    found = list(re.finditer(r"^DAVY_API ", text, re.M))
    assert len(found) > 10
    for match in found:
        assert text[:match.start()].endswith("*/\n"), text[match.start():].split("(", 1)[0]


def the_header_compiles_alone_as_c_and_as_cpp(_folder, root):
    path = find(root, "davy.h")
    call("cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", "-x", "c", "-include", path, os.devnull)
    if subprocess.run(["c++", "--version"], capture_output=True, check=False).returncode == 0:
        call("c++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++", "-include", path, os.devnull)


def the_example_is_built_through_pkg_config_and_asks_a_model(folder, root):
    pc = find(root, "davy.pc")
    env = {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(pc), "PKG_CONFIG_SYSROOT_DIR": root,
           "LD_LIBRARY_PATH": os.path.dirname(find(root, "libdavy.so"))}
    flags = call("pkg-config", "--cflags", "--libs", "davy", env=env).split()
    assert "-ldavy" in flags and not any("blas" in flag for flag in flags), flags
    ask = os.path.join(folder, "ask")
    call("cc", "-Wall", "-Wextra", "-Werror", *FLAGS, os.path.join(SOURCE, "examples", "embed", "main.c"), *flags, "-o", ask)
    table = os.path.join(folder, "history.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("a,b,kind\n" + "".join(f"{i * 7919 % 101},{i * 104729 % 53},{'hot' if i * 7919 % 101 > 50 else 'cold'}\n"
                                          for i in range(600)))
    models = os.path.join(folder, "models")
    call(DAVY, "train", "kind", "--model", "tree", "--task", "classify", "--csv", table, "--label", "kind", "--models", models)
    said = call(ask, models + "/kind@champion", "90", "7", env=env)
    assert re.match(r"probabilities \S+ for hot\nbecause of a \+", said), said
    assert "12 bytes, and its shape has 8" in call(ask, models + "/kind", "1", "2", "3", env=env, code=1)
    assert "there is no" in call(ask, models + "/none@champion", "1", env=env, code=1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as installed:
        call("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", installed)
        run([the_library_exports_the_names_of_its_header_and_no_others,
             the_soname_is_that_of_the_binary_interface,
             every_function_of_the_header_is_documented,
             the_header_compiles_alone_as_c_and_as_cpp,
             the_example_is_built_through_pkg_config_and_asks_a_model], installed)
