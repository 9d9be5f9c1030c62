"""Shards: by hand, and by a Dask cluster that loses a worker."""

import filecmp
import os
from pathlib import Path

import pytest

import thrombo

ASKED = {"replicates": 6, "seed": 5}


def same_folders(one: Path, two: Path) -> bool:
    """Whether all files of two folders have the same bytes."""
    names = [sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file()) for folder in (one, two)]
    equal, *differing = filecmp.cmpfiles(one, two, [str(name) for name in names[0]], shallow=False)
    return names[0] == names[1] and not any(differing) and len(equal) > 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The folder of one process."""
    folder = tmp_path_factory.mktemp("whole") / "trial"
    thrombo.trial("l_plus_2", **ASKED, out=folder)
    return folder


def test_invariant_shards_by_hand_have_the_bytes_of_one_process(tmp_path, whole):
    folders = [tmp_path / str(k) for k in (1, 2, 3)]
    for k, folder in enumerate(folders, 1):
        part = thrombo.trial("l_plus_2", **ASKED, shard=(k, 3), out=folder)
        assert (part["unit"], part["count"]) == ("replicates", 2)
    merged = thrombo.merge(reversed(folders), out=tmp_path / "merged")
    assert same_folders(whole, tmp_path / "merged")
    assert merged.endpoints.rows > 0
    with pytest.raises(thrombo.errors.Contradiction, match="add shard 2/3"):
        thrombo.merge([folders[0], folders[2]])


def test_invariant_dask_has_the_bytes_of_one_process_when_a_worker_is_lost(tmp_path, whole):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "processes": True}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        killed = []

        def kill_one(stage: str, done: int, total: int) -> None:
            if not killed:
                pids = client.run(os.getpid)
                worker, pid = next(iter(pids.items()))
                killed.append(worker)
                os.kill(pid, 9)

        thrombo.trial("l_plus_2", **ASKED, client=client, shards=6, out=tmp_path / "dask", progress=kill_one)
        assert killed
        assert same_folders(whole, tmp_path / "dask")
        asked = {"every": "8 d", "cv": {"kc": 0.4}}
        far = thrombo.simulate_population("mechanistic", "3 mg qd x7", 30, **asked, client=client, shards=3)
        here = thrombo.simulate_population("mechanistic", "3 mg qd x7", 30, **asked)
        assert far.samples["plt_1e9_l_q50"].tolist() == here.samples["plt_1e9_l_q50"].tolist()
