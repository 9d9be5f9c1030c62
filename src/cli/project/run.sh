#!/bin/sh
# Runs every analysis once, from the files of this folder into results/: sh run.sh
set -eu

# The program: $THROMBO if set, else `thrombo` on the PATH, else the program that created this project.
made_by=@PROGRAM@
program=${THROMBO:-$(command -v thrombo || :)}
program=${program:-$made_by}
if ! command -v "$program" > /dev/null; then
    printf 'run.sh: there is no program "%s": put thrombo on the PATH, or set THROMBO to its full path\n' \
        "$program" >&2
    exit 127
fi
thrombo() { command "$program" "$@"; }

cd "$(dirname "$0")"
mkdir -p results

# Check every file; each problem is reported with its line.
thrombo check scenario.toml trial.toml targets.toml counts.csv report.toml

# The time course of one patient, with one sample per day.
thrombo simulate --scenario scenario.toml --every "1 d" --out results/course.csv

# Parameters from published summaries, then potency and baseline from one patient's counts.
thrombo fit --targets targets.toml --out results/fit_published
thrombo fit --targets counts.csv --regimen "3 mg qd x7" --out results/fit_counts

# The course to come from the same counts: tables, and a figure.
thrombo forecast counts.csv --regimen "3 mg qd x7" --folder results/forecast

# 50 simulations of the trial: increase the number for a smaller Monte-Carlo error.
thrombo trial trial.toml --replicates 50 --out results/trial

# Everything on one page takes two minutes on two cores: remove the `#`, or choose `sections` in report.toml.
# thrombo report report.toml --out results/report
