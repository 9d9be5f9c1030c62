"""The commands of the program as functions. Options have the names and defaults of the program."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import _shards
from ._call import Progress, Words, number, records
from ._model import Model, as_model
from ._results import Result, Table
from ._thrombo import Regimen

Path = str | os.PathLike[str]
Shard = tuple[int, int] | None


def models() -> Table:
    """The shipped models: name and citation."""
    rows = Words("models").run()["models"]
    return Table({name: [row[name] for row in rows] for name in ("model", "citation")})


def simulate_population(
    model: Model | str | None,
    regimen: Regimen | str,
    subjects: int,
    *,
    parameters: Path | None = None,
    days: float = 40.0,
    every: str = "1 d",
    cv: Mapping[str, float] | None = None,
    omega: Mapping[str, float] | None = None,
    measured: bool = False,
    seed: int = 1,
    engine: str | None = None,
    out: Path | None = None,
    force: bool = False,
    figure: Path | None = None,
    threads: int | None = None,
    progress: Progress = None,
    shard: Shard = None,
    client: Any = None,
    shards: int | None = None,
) -> Result:
    """Simulate many patients: quantiles of the count and the share at or above two levels, over time.

    Parameters
    ----------
    model : Model, str or None
        The model; None with ``parameters``, virtual patients by file or name, such as ``"calibrated"``.
    subjects : int
        Number of patients, 1 to 1,000,000.
    cv, omega : mapping of str to float
        Between-patient variability by parameter, as a coefficient of variation or as SD of the logarithm.
    measured : bool
        Measured counts, with the measurement error of the patients of ``parameters``.
    shard : (k, n), optional
        Only shard k of n, written into the folder ``out`` for :func:`merge`.
    client : distributed.Client, optional
        Computes ``shards`` shards on the workers of a Dask cluster and merges them: the same bytes.

    Returns
    -------
    Result
        Table ``samples``: time_h, plt_1e9_l_q05 .. q95 (10^9/L), level, p_at_least_level, and the same for the
        high level; one row a time.

    Raises
    ------
    thrombo.errors.ThromboError
        What the program refuses: see :mod:`thrombo.errors`.
    """
    words = Words("simulate")
    if model is not None and parameters is None:
        as_model(model)._words(words)
    words.add(
        parameters=parameters, regimen=str(regimen), subjects=subjects, until=f"{number(float(days))} d", every=every,
        cv=cv, omega=omega, measured=measured, seed=seed, engine=engine, figure=figure,
    )
    run = _shards.Run(words, out=out, force=force, threads=threads, progress=progress)
    return run.result(shard, client, shards, [parameters])


def trial(
    trial: Path,
    *,
    parameters: Path | None = None,
    posterior: Path | None = None,
    replicates: int = 200,
    seed: int = 1,
    variant: str | Sequence[str] = "B",
    save_replicates: int | str = 1,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    shard: Shard = None,
    client: Any = None,
    shards: int | None = None,
) -> Result:
    """Simulate a trial repeatedly and compare it with its published results.

    Parameters
    ----------
    trial : str or path
        A protocol: a file, or the name of a shipped trial such as ``"l_plus_2"``.
    parameters : str or path, optional
        Virtual patients; default: those named in the protocol.
    posterior : str or path, optional
        Posterior draws of a calibration, one for each replicate, or ``"calibrated"``.
    replicates : int
        Simulated trials, each of the published size.
    out : str or path, optional
        Folder for tables and figures.
    shard : (k, n), optional
        Only shard k of n of the replicates, written into the folder ``out`` for :func:`merge`.
    client : distributed.Client, optional
        Computes ``shards`` shards (default: four for each worker) on a Dask cluster, on one thread each, and merges
        them. Shards of lost workers are computed again. The bytes are those of one process.

    Returns
    -------
    Result
        Tables ``endpoints`` and ``comparisons``; fields by variant, such as ``result["variant_b"]``.
    """
    words = Words("trial", os.fspath(trial)).add(
        parameters=parameters,
        posterior=posterior,
        replicates=replicates,
        seed=seed,
        variant=_letters(variant),
        save_replicates=save_replicates,
    )
    run = _shards.Run(words, out=out, force=force, threads=threads, progress=progress)
    return run.result(shard, client, shards, [trial, parameters, posterior])


def merge(
    folders: Iterable[Path],
    *,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Merge the shards of a run: the result, and in ``out`` the bytes, of one process.

    Raises
    ------
    thrombo.errors.Contradiction
        A shard that is missing, overlaps, was computed twice with different rows, or belongs to another run: the
        message names it.
    """
    words = Words("merge", *(os.fspath(folder) for folder in folders)).add(out=out, force=force)
    return words.run(threads, progress)


def window(
    *,
    parameters: Path | None = None,
    baseline: float | Sequence[float] = 35.0,
    baseline_is: str | None = None,
    regimen: Regimen | str | None = None,
    dose: float | None = None,
    treatment_days: int | None = None,
    threshold: float | None = None,
    subjects: int | None = None,
    variant: str | Sequence[str] | None = None,
    seed: int | None = None,
    optimise: bool = False,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    **options: Any,
) -> Result:
    """Predict when to operate: the probability of a sufficient count by day, and the shortest course.

    Parameters
    ----------
    baseline : float or sequence of float
        Baseline counts, 10^9/L.
    baseline_is : str, optional
        ``measured`` or ``true``.
    dose, treatment_days : float, int
        Dose, mg, and days of treatment; or a ``regimen`` of one oral dose a day.
    options
        Other options of ``thrombo window``, with underscores for hyphens.

    Returns
    -------
    Result
        Tables ``windows``, ``days``, ``starts``; with ``optimise`` also ``optimum``.
    """
    counts = np.atleast_1d(np.asarray(baseline, dtype=float)).tolist()
    words = Words("window").add(
        parameters=parameters, baseline=",".join(map(number, counts)), baseline_is=baseline_is,
        regimen=regimen, dose=dose, days=treatment_days, threshold=threshold,
        subjects=subjects, variant=_letters(variant), seed=seed, optimise=optimise, out=out, force=force, **options,
    )
    return words.run(threads, progress)


def fit(
    model: Model | str = "mechanistic",
    *,
    targets: Path | Any = None,
    regimen: Regimen | str | None = None,
    prior: Path | None = None,
    individuals: int | None = None,
    parameters: Path | None = None,
    variant: str | None = None,
    free: Sequence[str] = (),
    fix: Sequence[str] | Mapping[str, float] = (),
    start: Mapping[str, float] | None = None,
    optimiser: str | None = None,
    starts: int | None = None,
    seed: int | None = None,
    max_iterations: int | None = None,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Estimate parameters from published summaries or platelet counts.

    Parameters
    ----------
    targets : path or data frame, optional
        A TOML file of summaries, a CSV of counts, or a data frame with the columns time_h, plt_1e9_l and sd
        (optional). Default: three published summaries.
    prior : path or str, optional
        Estimate all parameters of the patient with the counts, with a population as prior: ``"calibrated"``, a posterior
        as CSV file, or ``"population"``, without parameter uncertainty.
    individuals : int, optional
        With ``prior``: individuals of the population.
    parameters : path or str, optional
        Virtual patients; with ``prior`` the population, by default the calibrated patients of all variants.
    variant : str, optional
        Structural variant.
    free, fix : sequence of str
        Parameters to estimate, and not to estimate; ``fix`` may be a mapping of values.
    start : mapping of str to float
        Start values.

    Returns
    -------
    Result
        Fields ``status``, ``estimates``, ``predictions`` and others; with ``prior`` the estimates have ``from_prior``, the
        share that comes from the population, and there is no ``status``. ``outcome`` is ``not_converged`` where no
        parameter has an estimate limited on both sides: not converging is a result, no exception.
    """
    words = Words("fit")
    if model != "mechanistic":
        as_model(model)._words(words)
    if targets is not None and not isinstance(targets, str | os.PathLike):
        targets = words.text("counts", ".csv", records(targets))
    words.add(
        parameters=parameters, variant=variant, targets=targets, regimen=regimen, prior=prior, individuals=individuals,
        free=list(free), fix=fix if isinstance(fix, Mapping) else list(fix), start=start, optimiser=optimiser, starts=starts,
        seed=seed, max_iterations=max_iterations, out=out, force=force,
    )
    return words.run(threads, progress)


def forecast(
    model: Model | str | None,
    data: Path | Any,
    *,
    parameters: Path | None = None,
    output: str | None = None,
    level: float | None = None,
    days: float = 40.0,
    every: str = "1 d",
    individuals: int = 10_000,
    regimen: str | None = None,
    compare: Sequence[str] = (),
    procedure: str | None = None,
    next: Sequence[str] = (),
    seed: int = 1,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    shard: Shard = None,
    client: Any = None,
    shards: int | None = None,
    **options: Any,
) -> Result:
    """Forecast the course of subjects from what was observed.

    Parameters
    ----------
    model : Model, str or None
        A model with variability and a residual error; None for ``parameters``, by default the calibrated patients.
    data : path or data frame
        Counts (id, time_h or time_d, plt_1e9_l), or records in the form of NONMEM: a file, or a data frame (pandas,
        polars, pyarrow, dict of arrays) with the columns ID, TIME, AMT, DV and others of docs/records.md.
    regimen : str, optional
        Doses of every subject, given and planned, if ``data`` has none, such as ``"3 mg qd x7"``.
    compare : list of str, optional
        Other doses after the last observation: regimens, or ``"none"``.
    procedure : str, optional
        Elapsed days of the procedure, such as ``"8..13"``.
    next : list of str, optional
        Times of one more observation, such as ``["8 d"]``.
    level : float, optional
        Level to reach, in the unit of the output; default: 50 for a platelet count.
    individuals : int
        Individuals of the population.

    Returns
    -------
    Result
        Tables ``courses`` (id, time_h, quantiles, probability to reach the level, one row a subject and time),
        ``answers`` (best day, days with the wanted probability, time at or above the level), ``subjects``, ``parameters``
        (median and 90 % interval before and after, and the share from the prior), and with ``next`` ``next``.
        ``outcome`` is ``problems`` where some subjects have no forecast; ``warnings`` say why.
    """
    words = Words("forecast")
    if model is not None and parameters is None:
        as_model(model)._words(words)
    words.add(
        parameters=parameters, data=_data(words, data), output=output, level=level, until=f"{number(float(days))} d",
        every=every, individuals=individuals, regimen=regimen, compare=list(compare), procedure=procedure, next=list(next),
        seed=seed, **options,
    )
    run = _shards.Run(words, out=out, force=force, threads=threads, progress=progress)
    return run.result(shard, client, shards, [parameters])


def simulate_records(
    model: Model | str | None,
    data: Path | Any,
    *,
    parameters: Path | None = None,
    output: str | None = None,
    subjects: int | None = None,
    seed: int = 1,
    tolerance: float | None = None,
    engine: str | None = None,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    **options: Any,
) -> Result:
    """Predict every record of a data set, with the doses and covariates of its rows.

    Parameters
    ----------
    data : path or data frame
        Records in the form of NONMEM, as in :func:`forecast`.
    subjects : int, optional
        Replicates of each subject with the variability of the population: adds quantiles.

    Returns
    -------
    Result
        Table ``predictions``: the columns of the data and ``pred``, one row a record.
    """
    words = Words("simulate")
    if model is not None and parameters is None:
        as_model(model)._words(words)
    words.add(
        parameters=parameters, data=_data(words, data), output=output, subjects=subjects,
        seed=seed if subjects is not None and seed != 1 else None, tolerance=tolerance, engine=engine, out=out,
        force=force, **options,
    )
    return words.run(threads, progress)


def calibrate(
    *,
    plan: Path | None = None,
    variant: str | Sequence[str] | None = None,
    candidates: int | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    out: Path | None = None,
    force: bool = False,
    resume: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    **options: Any,
) -> Result:
    """Calibrate virtual patients to published trial results by simulating the trials; minutes to hours.

    Parameters
    ----------
    plan : path, optional
        What is estimated, and on which numbers; default: the shipped plan.
    resume : bool
        Go on from the evaluations that an interrupted run with the same ``out`` left.
    options
        Other options of ``thrombo calibrate``, with underscores for hyphens.

    Returns
    -------
    Result
        Fields by variant, such as ``result["calibrated_b"]``; tables ``targets_b``, ``posterior_b`` and others.
        ``outcome`` is ``not_converged`` where the search did not converge.
    """
    words = Words("calibrate").add(
        plan=plan, variant=_letters(variant), candidates=candidates, draws=draws, replicates=replicates, seed=seed,
        out=out, force=force, resume=resume, **options,
    )
    return words.run(threads, progress)


def validate(
    *,
    replicates: int | None = None,
    variant: str | Sequence[str] | None = None,
    out: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
    **options: Any,
) -> Result:
    """Predict published results that were not used in the calibration: table ``validation``, one row a result."""
    words = Words("validate").add(replicates=replicates, variant=_letters(variant), out=out, force=force, **options)
    return words.run(threads, progress)


def export(model: Model | str, to: str, *, regimen: Regimen | str | None = None, **options: Any) -> Result:
    """Write a model for ``mrgsolve``, ``rxode2``, ``nonmem`` or ``sbml``: field ``text``, for NONMEM also ``data``."""
    words = as_model(model)._words(Words("export"))
    return words.add(to=to, regimen=regimen, **options).run()


def check(*paths: Path) -> Result:
    """Check input files of any kind: field ``ok``, and ``files`` with every problem and its line."""
    return Words("check", *(os.fspath(path) for path in paths)).run()


def _letters(variant: str | Sequence[str] | None) -> str | None:
    """Variants as the command line takes them: separated by commas."""
    return variant if variant is None or isinstance(variant, str) else ",".join(variant)


def _data(words: Words, data: Any) -> str:
    """The path of records: of their file, or of a data frame in memory."""
    if isinstance(data, str | os.PathLike):
        return os.fspath(data)
    return words.text("data", ".csv", records(data))
