#!/bin/sh
# Everything once, from the files of this folder into results/: sh run.sh
set -eu
cd "$(dirname "$0")"
mkdir -p results

# Can every file be read? Each problem is named with its line.
thrombo check scenario.toml trial.toml targets.toml counts.csv

# The course of one patient, a sample a day.
thrombo simulate --scenario scenario.toml --every "1 d" --out results/course.csv

# Parameters from published summaries, then potency and baseline from one patient's counts.
thrombo fit --targets targets.toml --out results/fit_published
thrombo fit --targets counts.csv --regimen "3 mg qd x7" --out results/fit_counts

# The trial, 50 times: raise the number for smaller errors of simulation.
thrombo trial trial.toml --replicates 50 --out results/trial
