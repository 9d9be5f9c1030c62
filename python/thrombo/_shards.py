"""Runs that may be cut into shards, here or on the workers of a Dask cluster."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import _thrombo
from ._call import Progress, Words
from ._results import Result
from ._thrombo import Text
from .errors import Contradiction

#: Shards for each worker unless a number is given: a lost worker costs little, and fast ones take more.
_FOR_EACH_WORKER = 4


class Run:
    """A command that may be cut into shards."""

    def __init__(
        self,
        words: Words,
        *,
        out: str | os.PathLike[str] | None,
        force: bool,
        threads: int | None,
        progress: Progress,
    ) -> None:
        self._words = words
        self._out = {"out": out, "force": force}
        self._threads = threads
        self._progress = progress

    def result(
        self,
        shard: tuple[int, int] | None,
        client: Any,
        shards: int | None,
        files: Sequence[str | os.PathLike[str] | None],
    ) -> Result:
        """The result of the whole run, or of a shard of it."""
        if client is not None:
            return self._distributed(client, shards, [os.fspath(name) for name in files if name is not None])
        if shard is not None:
            self._words.add(shard=f"{shard[0]}/{shard[1]}")
        return self._words.add(**self._out).run(self._threads, self._progress)

    def _distributed(self, client: Any, shards: int | None, files: list[str]) -> Result:
        self._require_same(client, files)
        workers = max(len(client.nthreads()), 1)
        total = shards or _FOR_EACH_WORKER * workers
        words, recipes = self._words.words, self._words.recipes
        numbers = range(1, total + 1)
        threads = self._threads or 1
        futures = [
            client.submit(_shard, words, recipes, f"{number}/{total}", threads, pure=False, retries=3)
            for number in numbers
        ]
        try:
            with tempfile.TemporaryDirectory() as folder:
                paths = []
                for number, future in zip(numbers, futures, strict=True):
                    paths.append(_write(Path(folder) / str(number), future.result()))
                    if callable(self._progress):
                        self._progress("shards", number, total)
                held = [Text(*recipe) for recipe in recipes]
                result = Words("merge", *paths).add(**self._out).run()
                del held
                return result
        finally:
            client.cancel(futures)

    def _require_same(self, client: Any, files: list[str]) -> None:
        """Refuses workers of another version or machine, or with other files, before work starts."""
        own = _probe(files)
        for worker, other in client.run(_probe, files).items():
            for field, value in own.items():
                if other.get(field) != value:
                    first, second = f"the {field} of the worker {worker}", f"that of this process: {value}"
                    remedy = "give all workers the same program, machine and files"
                    fields = {"kind": "contradiction", "first": first, "second": second, "remedy": remedy}
                    message = f"{first}, {other.get(field)}, contradicts {second}: {remedy}"
                    raise Contradiction(message, "contradiction", fields)


def _probe(files: Sequence[str]) -> dict[str, str]:
    """What has to be the same in every process: program, data, arithmetic, and the files that exist."""
    program, data, machine = _thrombo.identity()
    found = {"program": program, "data": data, "machine": machine}
    for name in files:
        path = Path(name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no such file"
        found[f"file {name}"] = digest
    return found


def _shard(words: list[str], recipes: list[tuple[str, str, str]], shard: str, threads: int) -> dict[str, bytes]:
    """Computes a shard and returns its files."""
    held = [Text(*recipe) for recipe in recipes]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "shard"
        _thrombo.call([*words, f"--shard={shard}", f"--out={out}"], threads)
        del held
        return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def _write(folder: Path, files: dict[str, bytes]) -> str:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return str(folder)
