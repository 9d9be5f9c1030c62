"""Posterior platelet courses of five patients by Markov chain Monte Carlo.

An independent check of `thrombo forecast`. Written from the equations in docs/model.md and the
numbers of the parameter files; it shares no code with the program.

    python mcmc.py PARAMETERS_FOLDER

writes expected.csv, and the same with standard errors of the quantiles. compare.py sets the program
against it. Needs numpy and numba; one core, fixed seeds, 4 minutes.

Model: mechanistic, variant B, population cld; patients of calibrated_b.toml at their estimates.
Treatment: 3 mg by mouth once daily for 7 days from time 0.
Counts y at true counts f: normal, mean f, covariance of two (b f_1)(b f_2) exp(-|t_1 - t_2|/tau), to which the
variance of each adds (cv exp(omega z) f)^2 + a^2; z ~ N(0, 1) is one number per patient.
Unknowns x (6): the deviates of kc, tp, tmk, f1, plt0 and z, all N(0, 1) beforehand.
"""
import math, os, sys, time, tomllib
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
from numba import njit

PATIENTS = {1: (38, 45, 58), 2: (32, 33, 31), 3: (35, 60, 120), 4: (40, 75, 48), 5: (25, 26, 34)}
COUNT_DAYS = np.array([0, 4, 7])
DAYS = np.array([10, 14, 21])            # days of the forecast
LEVEL = 50.0
DOSE, N_DOSES = 3.0, 7                   # mg, once daily
CHAINS, BURN, KEEP, THIN = 4, 60_000, 600_000, 15   # KEEP iterations after BURN; every THIN-th is stored
BATCHES = 50                             # per chain, for standard errors
STEPS = 16                               # Runge-Kutta steps a day
SYMBOLS = ["kc", "tp", "tmk", "f1", "plt0"]


# ---------------------------------------------------------------- parameters
def read_parameters(folder):
    """The population, the fixed parameters, the count error and the drug, as arrays."""
    def load(name):
        with open(os.path.join(folder, name), "rb") as f:
            return tomllib.load(f)
    mech, pk, pop = (load(n + ".toml") for n in ("mechanistic", "katsube_2019", "calibrated_b"))
    p = {s: pk["parameters"][s]["value"] for s in mech["include"]["katsube_2019"]["symbols"]}
    for table in (mech["parameters"], mech["variants"]["B"], pop["typical"]):
        p.update({s: v["value"] for s, v in table.items() if "value" in v})
    # What this program leaves out of the equations must be absent from the files.
    assert (p["gn"], p["gv"], p["d"], p["n_platelet_stages"]) == (1, 0, 0, 1)
    assert not {"effects", "non_responders", "variants", "covariate_table"} & set(pop)
    v = pop["variability"]
    assert sorted(v) == sorted(SYMBOLS)
    assert all(v[s]["distribution"] == "log-normal" for s in SYMBOLS[:4])
    assert v["plt0"]["distribution"] == "truncated-normal"
    corr = np.eye(5)
    for c in pop["correlations"]:
        i, j = (SYMBOLS.index(s) for s in c["between"])
        corr[i, j] = corr[j, i] = c["value"]
    low, high = ((e - p["plt0"]) / v["plt0"]["sd"] for e in v["plt0"]["range"])
    e = pop["count_error"]
    return dict(
        typical=np.array([p[s] for s in SYMBOLS]),
        spread=np.array([v[s].get("omega", v[s].get("sd")) for s in SYMBOLS]),
        chol=np.linalg.cholesky(corr),                                               # (V4)
        ends=np.array([low, high]),
        cells=np.array([p[s] for s in ("ktpo", "lambda", "w", "emax", "eb", "taun")]),
        error=np.array([e["proportional"], e["size_omega"], e["between_visit_omega"], e["additive"],
                        e["between_visit_days"]]),
        steps=np.diff(day_edges(p)) / 24, drug=concentrations(p))


def day_edges(p):
    """Hours of a day between which a step is taken: one of length tlag, after which absorption starts,
    then STEPS that are short at first, because a low kc turns the rise of the drug into a jump."""
    return np.append(0.0, p["tlag"] + (24.0 - p["tlag"]) * np.linspace(0.0, 1.0, STEPS + 1) ** 2)


def concentrations(p):
    """Concentration (ng/mL) for f1 = 1 at the start, middle and end of every step, [day, step, 3]."""
    k10, k12, k13 = p["cl"] / p["vc"], p["q1"] / p["vc"], p["q2"] / p["vc"]
    k21, k31, ka = p["q1"] / p["vp1"], p["q2"] / p["vp2"], p["ka"]
    # Exponents: eigenvalues of the three disposition compartments; then ka. (C1), (C2)
    mu = np.append(np.linalg.eigvals(-np.array(
        [[-k10 - k12 - k13, k21, k31], [k12, -k21, 0], [k13, 0, -k31]])), ka)
    c = np.array([ka * (k21 - m) * (k31 - m) / np.prod(np.delete(mu, i) - m) for i, m in enumerate(mu)])
    edges = 24.0 * np.arange(DAYS[-1])[:, None] + day_edges(p)
    t = np.stack([edges[:, :-1], (edges[:, :-1] + edges[:, 1:]) / 2, edges[:, 1:]], axis=2)
    out = np.zeros_like(t)
    for k in range(N_DOSES):
        since = np.maximum(t - 24.0 * k - p["tlag"], 0.0)   # at since = 0 the sum below is 0
        out += 1000 * DOSE / p["vc"] * np.exp(-since[..., None] * mu) @ c
    return out


# ---------------------------------------------------------------- a patient
@njit
def phi(x):
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit
def parameters(x, typical, spread, chol, ends):
    """Deviates to (kc, tp, tmk, f1, plt0)."""
    q = np.empty(5)
    for i in range(5):
        z = 0.0
        for j in range(i + 1):
            z += chol[i, j] * x[j]
        if i < 4:
            q[i] = typical[i] * math.exp(spread[i] * z)                               # (V1)
        else:                                                                         # (V3), by bisection
            low, high = ends
            target = phi(low) + phi(z) * (phi(high) - phi(low))
            for _ in range(45):
                middle = (low + high) / 2
                if phi(middle) < target:
                    low = middle
                else:
                    high = middle
            q[i] = typical[i] + spread[i] * low
    return q


@njit(inline="always")
def rates(y, k, h, c, q, cells, dy):
    """Rates per day at the state y + h k: TPO/T0, N, kM M1..M4, P, each 1 without drug; c = C/kc."""
    ktpo, lam, w, emax, eb, taun = cells
    t, n, m1, m2 = y[0] + h * k[0], y[1] + h * k[1], y[2] + h * k[2], y[3] + h * k[3]
    m3, m4, plt = y[4] + h * k[4], y[5] + h * k[5], y[6] + h * k[6]
    s0 = (1 - eb) / (emax - 1)                                                       # (R1); T0/KT = s0 in variant B
    s = t * s0 + c                                                                   # (R3)
    drive = (eb + (emax - eb) * s / (1 + s)) / (eb + (emax - eb) * s0 / (1 + s0))    # (R4), (R6)
    dy[0] = ktpo * (1 - t * (1 - lam + lam * (w * plt + (1 - w) * (m1 + m2 + m3 + m4) / 4)))   # (M1)
    dy[1] = (drive - n) / taun                                                       # (M2)
    km = 4 / q[2]                                                                    # (M3)
    dy[2], dy[3], dy[4], dy[5] = km * (n - m1), km * (m1 - m2), km * (m2 - m3), km * (m3 - m4)   # (M4)
    dy[6] = (m4 - plt) / q[1]                                                        # (M5)-(M7), one stage


@njit
def advance(y, day, last, q, cells, steps, drug, counts):
    """Runge-Kutta 4 from the start of `day` to the start of day `last`; counts of each morning."""
    k1, k2, k3, k4 = np.empty(7), np.empty(7), np.empty(7), np.empty(7)
    scale = q[3] / q[0]
    counts[day] = q[4] * y[6]
    for d in range(day, last):
        for j in range(steps.size):
            h = steps[j]
            c0, c1, c2 = drug[d, j, 0] * scale, drug[d, j, 1] * scale, drug[d, j, 2] * scale
            rates(y, y, 0.0, c0, q, cells, k1)
            rates(y, k1, h / 2, c1, q, cells, k2)
            rates(y, k2, h / 2, c1, q, cells, k3)
            rates(y, k3, h, c2, q, cells, k4)
            for i in range(7):
                y[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])
        counts[d + 1] = q[4] * y[6]


@njit
def covariance(f, when, z, error):
    """Of counts measured on the days `when` at the true counts `f`."""
    cv, omega, b, a, tau = error
    out = np.empty((when.size, when.size))
    for i in range(when.size):
        for j in range(when.size):
            out[i, j] = b * b * f[i] * f[j] * math.exp(-abs(when[i] - when[j]) / tau)
        out[i, i] += (cv * math.exp(omega * z) * f[i]) ** 2 + a * a
    return out


@njit
def measured_at_least(level, day, counts, observed, when, z, error):
    """Probability of a measurement on `day` given the counts that were observed: a normal regression on them."""
    both = np.append(when, day)
    matrix = covariance(counts[both], both, z, error)
    n = when.size
    gain = np.linalg.solve(matrix[:n, :n].copy(), matrix[:n, n].copy())
    mean = counts[day] + np.sum(gain * (observed - counts[when]))
    return phi((mean - level) / math.sqrt(matrix[n, n] - np.sum(gain * matrix[:n, n])))


# ---------------------------------------------------------------- Markov chain
@njit
def chain(seed, observed, when, days, level, burn, keep, thin,
          typical, spread, chol, ends, cells, error, steps, drug):
    """Random-walk Metropolis on x. The burn-in has three thirds: each takes its steps from the covariance of
    the third before, their size being adapted to 25 % acceptance. After it the steps are fixed: the
    covariance of the last third times 2.38^2 / dimension."""
    np.random.seed(seed)
    dim, horizon, seen = 6, drug.shape[0], when[-1]
    x = 1.5 * np.random.standard_normal(dim)     # starts are more dispersed than the population
    log_p, scale, accepted = -np.inf, 2.38 / math.sqrt(dim), 0
    mean, cov, step = np.zeros(dim), np.eye(dim), np.eye(dim)
    counts, saved_counts = np.empty(horizon + 1), np.empty(horizon + 1)
    y, saved_y, saved_q = np.ones(7), np.ones(7), np.ones(5)
    out = np.empty((keep // thin, 2 * days.size + dim))
    for it in range(burn + keep):
        new = x if it == 0 else x + scale * (step @ np.random.standard_normal(dim))
        q = parameters(new, typical, spread, chol, ends)
        y[:] = 1.0
        advance(y, 0, seen, q, cells, steps, drug, counts)
        log_new = -0.5 * np.sum(new * new)
        root = np.linalg.cholesky(covariance(counts[when], when, new[5], error))
        distance = np.linalg.solve(root, observed - counts[when])
        log_new -= np.sum(np.log(np.diag(root))) + 0.5 * np.sum(distance * distance)
        take = math.log(np.random.random()) < log_new - log_p
        if take:
            x, log_p, saved_q = new, log_new, q
            saved_y[:] = y
            saved_counts[:seen + 1] = counts[:seen + 1]
        if it < burn:
            weight = 1.0 / (it % (burn // 3) + 2)      # the covariance starts afresh at each third
            delta = x - mean
            mean += weight * delta
            cov = (1 - weight) * (cov + weight * np.outer(delta, delta))
            scale *= math.exp(((1.0 if take else 0.0) - 0.25) / (1 + it % (burn // 3)) ** 0.6)
            if it % (burn // 3) == burn // 3 - 1:
                step = np.linalg.cholesky(cov + 1e-6 * np.eye(dim))
                scale, mean, cov = 2.38 / math.sqrt(dim), np.zeros(dim), np.eye(dim)
        else:
            accepted += take
            if (it - burn) % thin == thin - 1:         # the rest of the course, of stored states only
                y[:] = saved_y
                advance(y, seen, horizon, saved_q, cells, steps, drug, saved_counts)
                row = (it - burn) // thin
                for j in range(days.size):
                    out[row, 2 * j] = saved_counts[days[j]]
                    out[row, 2 * j + 1] = measured_at_least(level, days[j], saved_counts, observed, when, x[5], error)
                out[row, 2 * days.size:] = x
    return out, accepted / keep


def standard_error(a):
    """Of the mean of a[chain, draw], by batch means."""
    means = a.reshape(a.shape[0] * BATCHES, -1).mean(axis=1)
    return means.std(ddof=1) / math.sqrt(means.size)


def r_hat(a):
    """Split R-hat of a[chain, draw]."""
    halves = a.reshape(2 * a.shape[0], -1)
    within, n = halves.var(axis=1, ddof=1).mean(), halves.shape[1]
    return math.sqrt((n - 1) / n + halves.mean(axis=1).var(ddof=1) / within)


def summarise(f, measured):
    """Posterior numbers of the true count f[chain, draw] with standard errors."""
    m, s, p = f.mean(), f.std(), (f >= LEVEL).mean()
    row = dict(mean=m, mean_se=standard_error(f), sd=s, sd_se=standard_error((f - m) ** 2 / (2 * s)))
    for level in (0.05, 0.25, 0.5, 0.75, 0.95):
        q = np.quantile(f, level)
        se = standard_error((f <= q).astype(float))    # of the share below q, then turned into counts
        low, high = np.quantile(f, np.clip([level - se, level + se], 0, 1))
        row.update({f"q{100 * level:02.0f}": q, f"q{100 * level:02.0f}_se": (high - low) / 2})
    row.update(p_at_least=p, p_at_least_se=standard_error((f >= LEVEL).astype(float)),
               p_measured=measured.mean(), p_measured_se=standard_error(measured))
    return row


def main():
    population = read_parameters(sys.argv[1])
    rows = []
    for patient, counts in PATIENTS.items():
        start = time.time()
        done = [chain(1000 * patient + i, np.array(counts, float), COUNT_DAYS, DAYS, LEVEL, BURN, KEEP, THIN,
                      **population) for i in range(CHAINS)]
        draws = np.stack([d[0] for d in done])
        first = len(rows)
        for j, day in enumerate(DAYS):
            rows.append(dict(patient=patient, day=int(day)) | summarise(draws[:, :, 2 * j], draws[:, :, 2 * j + 1]))
        worst = max(r_hat(draws[:, :, k]) for k in range(draws.shape[2]))
        print(f"patient {patient}: accepted {', '.join(f'{d[1]:.3f}' for d in done)}; largest R-hat {worst:.5f}; "
              f"largest SE of a mean / SD {max(r['mean_se'] / r['sd'] for r in rows[first:]):.4f}; "
              f"{time.time() - start:.0f} s", flush=True)
    columns = [c for c in rows[0] if not (c.startswith("q") and c.endswith("_se"))]
    for name, wanted in (("expected.csv", columns), ("expected_with_quantile_errors.csv", list(rows[0]))):
        with open(name, "w") as f:
            f.write(",".join(wanted) + "\n")
            f.writelines(",".join(f"{r[c]:.7g}" for c in wanted) + "\n" for r in rows)


if __name__ == "__main__":
    main()
