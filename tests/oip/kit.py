#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The conformance kit of the Open Inference Protocol, HTTP: is this server what it says it is?

    kit.py URL [--key KEY] [--only PART] [--list]

URL is http://HOST:PORT of any server that serves the models of make_models.py. Prints TAP, a line for each check, and ends with
1 when a check of level MUST or EXT failed:

    MUST    the protocol's text says so
    EXT     an extension that the server lists in GET /v2 says so; skipped when it does not list it
    CLIENT  clients in the field rely on it; a failure is told, and changes nothing

Sources of each check stand beside it.
"""
import argparse
import importlib
import sys
import traceback

from wire import Skip, Wire

PARTS = ["health", "metadata", "infer", "datatypes", "binary", "errors", "http", "repository", "boxes", "hostile"]


class Server:
    """What the checks are given: the wire, and what the server says of itself."""

    def __init__(self, wire):
        self.wire = wire
        try:
            self.extensions = wire.get("/v2").json.get("extensions", [])
        except (OSError, ValueError, AttributeError):
            self.extensions = []

    def needs(self, extension):
        if extension not in self.extensions:
            raise Skip(f"the server does not list the extension {extension}")


def checks_of(parts):
    """(part, level, name, function) of all checks, in the order of the files."""
    for part in parts:
        module = importlib.import_module("checks_" + part)
        for function in module.CHECKS:
            level, _, text = function.__doc__.partition(": ")
            yield part, level, text.splitlines()[0], function


def run_check(server, function):
    """("ok"|"not ok"|"skip", what was seen)."""
    try:
        function(server)
        return "ok", ""
    except Skip as reason:
        return "skip", str(reason)
    except Exception as error:  # whatever a server does, the next check is run
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "not ok", f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"


def print_line(number, part, level, text, result, seen):
    line = f"{'ok' if result == 'skip' else result} {number} - {part} {level}: {text}"
    if result == "skip":
        line += f" # SKIP {seen}"
    elif result == "not ok" and level == "CLIENT":
        line += " # TODO not what clients expect"
    print(line)
    if result == "not ok":
        print(f"# {seen}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--key", help="sent as Authorization: Bearer KEY")
    parser.add_argument("--only", action="append", choices=PARTS, help="parts to run; all without it")
    parser.add_argument("--list", action="store_true", help="print the checks and end")
    options = parser.parse_args()
    checks = list(checks_of(options.only or PARTS))
    if options.list:
        for part, level, text, _ in checks:
            print(f"{part:11} {level:7} {text}")
        return 0
    print(f"1..{len(checks)}")
    server, failed = Server(Wire(options.url, options.key)), 0
    for number, (part, level, text, function) in enumerate(checks, 1):
        result, seen = run_check(server, function)
        failed += result == "not ok" and level != "CLIENT"
        print_line(number, part, level, text, result, seen)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
