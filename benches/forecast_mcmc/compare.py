"""Sets `thrombo` against mcmc.py, which must have run before in the same folder.

    python compare.py PARAMETERS_FOLDER PATH_OF_THROMBO [RUNS]

The typical course, then RUNS (10) forecasts with different seeds; writes comparison.csv. The error of one
forecast is its standard deviation over the seeds.
"""
import csv, json, math, subprocess, sys
import numpy as np
from mcmc import COUNT_DAYS, DAYS, PATIENTS, advance, read_parameters


def compare(program, rows, population, runs):
    """The typical course, then `runs` forecasts with different seeds against the chains."""
    args = [program, "simulate", "--parameters", "calibrated_b", "--regimen", "3 mg qd x7",
            "--every", "1 d", "--until", f"{DAYS[-1]} d", "--out", "-"]
    lines = subprocess.run(args, capture_output=True, text=True, check=True).stdout.splitlines()
    table = list(csv.DictReader(l for l in lines if not l.startswith("#")))
    counts = np.empty(DAYS[-1] + 1)
    advance(np.ones(7), 0, int(DAYS[-1]), population["typical"], population["cells"],
            population["steps"], population["drug"], counts)
    theirs = np.array([float(r["plt_1e9_l"]) for r in table])
    print(f"typical course: largest relative difference {np.max(np.abs(counts / theirs - 1)):.1e}")
    with open("counts.csv", "w") as f:
        f.write("id,time_d,plt_1e9_l\n")
        f.writelines(f"{i},{d},{y}\n" for i, ys in PATIENTS.items() for d, y in zip(COUNT_DAYS, ys))
    found = {}
    for seed in range(1, runs + 1):
        args = [program, "forecast", "counts.csv", "--regimen", "3 mg qd x7", "--variant", "B", "--posterior",
                "none", "--individuals", "40000", "--until", "22 d", "--threads", "1", "--seed", str(seed), "--json"]
        tables = json.loads(subprocess.run(args, capture_output=True, text=True, check=True).stdout)["tables"]
        if seed == 1:
            print("effective sizes:", {s["id"]: round(s["effective_size"]) for s in tables["subjects"]})
        for r in tables["courses"]:
            found.setdefault((int(r["id"]), r["time_h"] / 24), []).append(r)
    names = {q: "plt_" + q for q in ("q05", "q25", "q50", "q75", "q95")}
    names.update(p_at_least="p_at_least_level", p_measured="p_measured_at_least_level")
    with open("comparison.csv", "w") as f:
        f.write("patient,day,quantity,mcmc,mcmc_se,program_seed_1,program_one_run_se,program_mean,program_mean_se,"
                "distance_seed_1,distance_mean,program_mc_error\n")
        for r in rows:
            for ours, name in names.items():
                runs_of = found[r["patient"], float(r["day"])]
                v = np.array([float(g[name]) for g in runs_of])
                one, se = v.std(ddof=1), r[ours + "_se"]
                d1 = (v[0] - r[ours]) / math.hypot(one, se)
                d = (v.mean() - r[ours]) / math.hypot(one / math.sqrt(runs), se)
                f.write(",".join([str(r["patient"]), str(r["day"]), ours] + [f"{a:.6g}" for a in (
                    r[ours], se, v[0], one, v.mean(), one / math.sqrt(runs), d1, d)]
                    + [f"{runs_of[0]['mc_error']:.6g}" if ours == "p_at_least" else ""]) + "\n")
                if max(abs(d1), abs(d)) > 3:
                    print(f"patient {r['patient']} day {r['day']} {ours}: chains {r[ours]:.4f} ({se:.4f}), "
                          f"program {v.mean():.4f} ({one / math.sqrt(runs):.4f}), distance {d1:.1f}, {d:.1f}")


if __name__ == "__main__":
    with open("expected_with_quantile_errors.csv") as f:
        rows = [{k: float(v) if "_" in k or k[0] in "msq" else int(v) for k, v in r.items()} for r in csv.DictReader(f)]
    compare(sys.argv[2], rows, read_parameters(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else 10)
