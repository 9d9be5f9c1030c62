#!/usr/bin/env python3
"""Writes THIRD_PARTY_NOTICES.txt: every crate in the program, with its licence and the texts found in its sources.
`--check` compares the file with Cargo.lock instead. The list is that of a build for TARGET, wherever it is made."""

import json
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD_PARTY_NOTICES.txt"
TARGET = "x86_64-unknown-linux-gnu"
FILES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
FONT = "src/report/drawing/fonts/OFL.txt"
HEAD = """\
Third-party notices of thrombo

The program is made from its own sources, under MIT or Apache-2.0, and from the crates below, each with its version,
its licence and the numbers of the texts that came with its sources. Crates without a text of their own are used under
the Apache License, text 1, or under the words of MIT with the authors that they name where it is their only licence.
The list is that of a build for {target}; `.ci/notices.py` writes it.

The program also holds parts of the standard library of Rust {rust}, by the Rust Project contributors, under MIT or
Apache-2.0, and the font Inter, by the Inter Project Authors, under the SIL Open Font License, text {font}.
"""


def cargo(*command):
    return subprocess.run(["cargo", *command, "--locked"], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def crates():
    """The packages that are compiled into the program, by name and version."""
    tree = cargo("tree", "--edges", "normal", "--target", TARGET, "--prefix", "none", "--format", "{p}")
    used = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    packages = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", TARGET))["packages"]
    found = [p for p in packages if p["source"] and (p["name"], f"v{p['version']}") in used]
    assert len(found) == len(used) - 1, "a crate of the tree is missing in the metadata"
    return sorted(found, key=lambda p: (p["name"], p["version"]))


def texts_of(package):
    """What the licence files of a crate say, without spaces at line ends."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [f for f in folder.rglob("*") if f.is_file() and f.name.upper().startswith(FILES)]
    files = [f for f in files if f.parent == folder or f.parent.name.upper().startswith("LICENSE")]
    if package["license_file"]:
        files.append(folder / package["license_file"])
    for file in sorted(set(files)):
        lines = file.read_text(encoding="utf-8", errors="replace").strip("\ufeff\r\n ").splitlines()
        yield "\n".join(line.rstrip() for line in lines)


def of_authors(package):
    """The words of MIT for a crate under it alone whose sources lack them."""
    words = (ROOT / "LICENSE-MIT").read_text().strip("\n").splitlines()
    authors = ", ".join(package["authors"])
    assert package["license"] == "MIT" and authors, f"{package['name']} has no licence text"
    return "\n".join(f"Copyright (c) {authors}" if line.startswith("Copyright") else line for line in words)


def notices():
    numbers, texts, rows = {}, [], []

    def number(text):
        # Texts that differ in nothing but spaces are one.
        key = " ".join(text.split())
        if key not in numbers:
            texts.append(text)
            numbers[key] = len(texts)
        return numbers[key]

    number((ROOT / "LICENSE-APACHE").read_text().strip("\n"))
    for package in crates():
        texts_found = list(texts_of(package))
        if not texts_found and "Apache-2.0" not in package["license"]:
            texts_found = [of_authors(package)]
        used = sorted({number(text) for text in texts_found})
        rows.append(f"{package['name']} {package['version']}: {package['license']}; {', '.join(map(str, used or [1]))}")
    font = number((ROOT / FONT).read_text().strip("\n"))
    rust = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    blocks = [f"{'=' * 30} text {i} {'=' * 30}\n\n{text}\n" for i, text in enumerate(texts, 1)]
    return "\n".join([HEAD.format(target=TARGET, rust=rust, font=font), *rows, "", *blocks])


def main():
    made = notices()
    if "--check" not in sys.argv:
        NOTICES.write_text(made, encoding="utf-8")
    elif not NOTICES.is_file() or NOTICES.read_text(encoding="utf-8") != made:
        print(f"{NOTICES.name} is not that of Cargo.lock: run .ci/notices.py and commit what it writes")
        return 1
    print(f"{NOTICES.name}: {len(made.encode()) // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
