#!/usr/bin/env python3
"""Checks that every package of Cargo.lock, for any platform and for tests too, has a licence and a source that
deny.toml allows. Exits with 1 and a line for each one that has not."""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def permits(expression, allowed):
    """Whether a licence expression can be met with the allowed licences alone.

    >>> permits("MIT/GPL-3.0", {"MIT"}), permits("MIT AND GPL-3.0", {"MIT"})
    (True, False)
    >>> permits("(MIT OR Apache-2.0) AND Unicode-3.0", {"MIT", "Unicode-3.0"})
    True
    >>> permits("MIT OR Zlib AND GPL-3.0", {"Zlib"}), permits("MIT OR Zlib AND Zlib", {"Zlib"})
    (False, True)
    >>> permits("Apache-2.0 WITH LLVM-exception", {"Apache-2.0"})
    False
    >>> permits("", {"MIT"}), permits(None, {"MIT"}), permits("MIT AND", {"MIT"}), permits("(MIT", {"MIT"})
    (False, False, False, False)
    """
    # The old way to write OR.
    text = (expression or "").replace("/", " OR ").replace(" WITH ", "+WITH+")
    tokens = re.findall(r"[()]|[^\s()]+", text) + ["end"]

    def either():
        met = both()
        while tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both():
        met = single()
        while tokens[0] == "AND":
            tokens.pop(0)
            met = single() and met
        return met

    def single():
        token = tokens.pop(0) if len(tokens) > 1 else "end"
        if token != "(":
            return token.replace("+WITH+", " WITH ") in allowed
        met = either()
        return tokens.pop(0) == ")" and met if len(tokens) > 1 else False

    return either() and tokens == ["end"]


def complaints(packages, rules):
    """One line for each package that the rules refuse.

    >>> rules = {"licenses": {"allow": ["MIT"]}, "sources": {"allow-registry": ["https://index"]}}
    >>> good = {"name": "good", "version": "1.0.0", "license": "MIT", "source": "registry+https://index"}
    >>> list(complaints([good], rules))
    []
    >>> path = good | {"source": None}
    >>> bad = good | {"license": "GPL-3.0", "source": "git+https://index"}
    >>> len(list(complaints([good, path, bad], rules)))
    3
    """
    allowed = set(rules["licenses"]["allow"])
    sources = {f"registry+{address}" for address in rules["sources"]["allow-registry"]}
    for package in sorted(packages, key=lambda package: (package["name"], package["version"])):
        known_as = f"{package['name']} {package['version']}"
        if not permits(package["license"], allowed):
            yield f"{known_as}: deny.toml does not allow the licence {package['license']!r}"
        if package["source"] not in sources:
            yield f"{known_as}: deny.toml does not allow the source {package['source']!r}"


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    packages = [package for package in metadata["packages"] if package["id"] not in metadata["workspace_members"]]
    refused = list(complaints(packages, rules))
    print(*refused or [f"{len(packages)} packages: licences and sources allowed"], sep="\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
