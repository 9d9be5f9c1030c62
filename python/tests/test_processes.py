"""Interruptions, threads, fork, spawn, memory."""

import multiprocessing
import signal
import sys
import threading
import time

import pytest

import thrombo


def median(seed: int) -> list[float]:
    """The medians of a small population."""
    asked = {"every": "8 d", "cv": {"kc": 0.4}, "seed": seed}
    return thrombo.simulate_population("mechanistic", "3 mg qd x7", 30, **asked).samples["plt_1e9_l_q50"].tolist()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_invariant_other_processes_compute_the_same(way):
    here = [median(seed) for seed in (1, 2)]
    with multiprocessing.get_context(way).Pool(2) as pool:
        assert pool.map_async(median, (1, 2)).get(timeout=120) == here


def test_invariant_threads_compute_the_same():
    here, found = median(1), {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: median(1)})) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(4), here)


def test_invariant_the_interpreter_runs_while_a_command_works():
    counted, done = [0], threading.Event()

    def count() -> None:
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    thrombo.trial("l_plus_2", replicates=4)
    done.set()
    thread.join()
    assert counted[0] > 5


LONG = [
    lambda progress: thrombo.trial("l_plus_2", replicates=100_000, progress=progress),
    lambda progress: thrombo.simulate_population(
        "mechanistic", "3 mg qd x7", 1_000_000, cv={"kc": 0.4}, progress=progress
    ),
    lambda progress: thrombo.window(subjects=1_000_000, variant="A,B,C,D", progress=progress),
    lambda progress: thrombo.calibrate(variant="B", progress=progress),
    lambda progress: thrombo.validate(replicates=100_000, progress=progress),
    lambda progress: thrombo.fit(starts=10_000, progress=progress),
    lambda progress: thrombo.forecast(
        None,
        {"ID": [1, 1], "TIME": [0, 0], "AMT": [None, 3], "DV": [40, None]},
        parameters="calibrated",
        individuals=50_000,
        progress=progress,
    ),
]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("call", LONG)
def test_invariant_an_interruption_ends_a_long_call(call):
    timer = threading.Timer(0.4, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        call(None)
    timer.join()
    # The interpreter goes on, and so does the next call.
    assert median(1)


def test_invariant_an_error_in_the_callback_ends_the_call():
    def refuse(stage: str, done: int, total: int) -> None:
        raise ZeroDivisionError(stage)

    with pytest.raises(ZeroDivisionError):
        thrombo.trial("l_plus_2", replicates=100_000, progress=refuse)


def test_analytic_progress_is_told_on_the_calling_thread():
    heard = []
    thrombo.trial(
        "l_plus_2", replicates=6, progress=lambda *own: heard.append((*own, threading.get_ident()))
    )
    stage, done, total, thread = heard[-1]
    assert (stage, done, total, thread) == ("trials", 6, 6, threading.get_ident())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_invariant_memory_does_not_grow_with_calls():
    def kib() -> int:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    model = thrombo.Model("mechanistic")
    for _ in range(200):
        thrombo.simulate(model, "3 mg qd x7", days=2)
    before = kib()
    for _ in range(1500):
        thrombo.simulate(model, "3 mg qd x7", days=2).maximum()
    for _ in range(20):
        thrombo.models()
    assert kib() - before < 20_000
