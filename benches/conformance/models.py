"""The models of the cases, written by hand; models/NAME.model says the same in the language of texts.

Amounts are in mg, volumes in L, times in h, unless a model says otherwise.
"""

from dataclasses import dataclass, field
from typing import Callable, Optional

import numpy as np


def one(_):
    return 1.0


def zero(_):
    return 0.0


@dataclass
class Line:
    """One line `dose` of a text: the state it enters and its properties as functions of the covariates."""

    place: int
    f: Callable = one
    lag: Callable = zero
    rate: Optional[Callable] = None
    duration: Optional[Callable] = None


@dataclass
class Route:
    name: str
    lines: list
    number: int = 0


@dataclass
class Output:
    name: str
    value: Callable  # of the state, the covariates and the clock
    dvid: int = 0
    cmt: Optional[int] = None


@dataclass
class Model:
    """`system` gives a matrix and an inflow (linear models), `equations` a right-hand side (others)."""

    name: str
    states: list
    routes: list
    outputs: list
    covariates: dict = field(default_factory=dict)  # name: (value, change)
    system: Optional[Callable] = None
    equations: Optional[Callable] = None
    start: Optional[Callable] = None
    breaks: Callable = lambda covariates, clock: []
    events: dict = field(default_factory=dict)
    scale: float = 1.0
    uses_time: bool = False

    def __post_init__(self):
        for place, output in enumerate(self.outputs, start=1):
            output.dvid = output.dvid or place
        for route in self.routes:
            route.number = route.number or route.lines[0].place + 1

    @property
    def linear(self):
        return self.system is not None

    def initial(self, covariates):
        if self.start is None:
            return np.zeros(len(self.states))
        return np.array(self.start(covariates), dtype=float)

    def route(self, cmt):
        """R19: the route numbered `cmt`, else the state; 0 is the first route."""
        if cmt == 0:
            return self.routes[0]
        for route in self.routes:
            if route.number == cmt:
                return route
        return Route(f"state {cmt}", [Line(cmt - 1)], cmt)


def concentration(place, volume):
    return Output("conc", lambda y, c, clock: y[place] / volume(c))


# Linear models.


def iv1(name="iv1"):
    cl, vc = 5.0, 40.0
    return Model(
        name,
        ["central"],
        [Route("iv", [Line(0)])],
        [concentration(0, lambda c: vc)],
        system=lambda c, clock: (np.array([[-cl / vc]]), np.zeros(1)),
    )


def dose_columns(place):
    return Line(
        place,
        f=lambda c: c["fbio"],
        lag=lambda c: c["lagt"],
        rate=lambda c: c["ratec"],
        duration=lambda c: c["durc"],
    )


DOSE_COLUMNS = {
    "lagt": (0.0, "backward"),
    "fbio": (1.0, "backward"),
    "ratec": (10.0, "backward"),
    "durc": (1.0, "backward"),
}


def oral1(name="oral1", ka=0.8, cl=4.0, vc=30.0):
    matrix = np.array([[-ka, 0.0], [ka, -cl / vc]])
    return Model(
        name,
        ["depot", "central"],
        [Route("oral", [dose_columns(0)])],
        [concentration(1, lambda c: vc)],
        covariates=dict(DOSE_COLUMNS),
        system=lambda c, clock: (matrix, np.zeros(2)),
    )


def oral1_ka():
    """Absorption from a column, to pass through the elimination rate 0.125 1/h."""
    cl, vc = 4.0, 32.0
    return Model(
        "oral1_ka",
        ["depot", "central"],
        [Route("oral", [Line(0)])],
        [concentration(1, lambda c: vc)],
        covariates={"kac": (0.5, "backward")},
        system=lambda c, clock: (np.array([[-c["kac"], 0.0], [c["kac"], -cl / vc]]), np.zeros(2)),
    )


def oral1_wt():
    """A lag and a bioavailability that follow covariates of the subject, and an occasion in its text."""
    ka, cl, vc = 0.8, 4.0, 30.0
    size = lambda c: c["wt"] / 70.0
    line = Line(0, f=lambda c: 0.8 if c["fed"] == 0 else 0.6, lag=lambda c: 0.5 if c["fed"] == 0 else 1.5)
    return Model(
        "oral1_wt",
        ["depot", "central"],
        [Route("oral", [line])],
        [concentration(1, lambda c: vc * size(c))],
        covariates={"wt": (70.0, "backward"), "fed": (0.0, "backward")},
        system=lambda c, clock: (np.array([[-ka, 0.0], [ka, -cl / vc / size(c)]]), np.zeros(2)),
    )


def oral2(name="oral2", change="backward"):
    """Depot, central, peripheral; clearances and volumes depend on weight."""
    cl = lambda c: 3.0 * (c["wt"] / 70.0) ** 0.75
    vc = lambda c: 25.0 * (c["wt"] / 70.0)
    q1 = lambda c: 4.0 * (c["wt"] / 70.0) ** 0.75
    vp1 = lambda c: 50.0 * (c["wt"] / 70.0)
    ka = 1.1

    def system(c, clock):
        matrix = [
            [-ka, 0.0, 0.0],
            [ka, -(cl(c) + q1(c)) / vc(c), q1(c) / vp1(c)],
            [0.0, q1(c) / vc(c), -q1(c) / vp1(c)],
        ]
        return np.array(matrix), np.zeros(3)

    return Model(
        name,
        ["depot", "central", "peripheral"],
        [Route("oral", [Line(0, f=lambda c: 0.9, lag=lambda c: 0.25)])],
        [concentration(1, vc)],
        covariates={"wt": (70.0, change)},
        system=system,
    )


def iv3():
    """Three compartments; the routes iv and sc have the numbers 1 and 4 of their states."""
    cl, vc, q1, vp1, q2, vp2, ka = 6.0, 12.0, 8.0, 20.0, 1.5, 90.0, 0.4
    matrix = np.array(
        [
            [-(cl + q1 + q2) / vc, q1 / vp1, q2 / vp2, ka],
            [q1 / vc, -q1 / vp1, 0.0, 0.0],
            [q2 / vc, 0.0, -q2 / vp2, 0.0],
            [0.0, 0.0, 0.0, -ka],
        ]
    )
    return Model(
        "iv3",
        ["central", "per1", "per2", "depot"],
        [Route("iv", [Line(0)]), Route("sc", [Line(3, f=lambda c: 0.6, lag=lambda c: 1.0)])],
        [
            concentration(0, lambda c: vc),
            Output("deep", lambda y, c, clock: y[2] / vp2, cmt=3),
            Output("skin", lambda y, c, clock: y[3], dvid=7, cmt=4),
        ],
        system=lambda c, clock: (matrix, np.zeros(4)),
    )


def parallel():
    """One route into two depots: each administration enters both, with its own share and lag."""
    kfast, kslow, cl, vc, fast = 1.5, 0.2, 5.0, 40.0, 0.35
    matrix = np.array([[-kfast, 0.0, 0.0], [0.0, -kslow, 0.0], [kfast, kslow, -cl / vc]])
    lines = [
        Line(0, f=lambda c: fast, lag=lambda c: c["lagf"], duration=lambda c: c["durc"]),
        Line(1, f=lambda c: 1 - fast, lag=lambda c: c["lags"], duration=lambda c: c["durc"]),
    ]
    return Model(
        "parallel",
        ["fast", "slow", "central"],
        [Route("oral", lines)],
        [concentration(2, lambda c: vc)],
        covariates={"lagf": (0.25, "backward"), "lags": (2.0, "backward"), "durc": (1.0, "backward")},
        system=lambda c, clock: (matrix, np.zeros(3)),
    )


def depot_and_central():
    """One route whose administrations enter the depot and, later, the central compartment."""
    ka, cl, vc, share = 0.9, 5.0, 40.0, 0.7
    matrix = np.array([[-ka, 0.0], [ka, -cl / vc]])
    lines = [Line(0, f=lambda c: share), Line(1, f=lambda c: 1 - share, lag=lambda c: 3.0)]
    return Model(
        "depot_and_central",
        ["depot", "central"],
        [Route("oral", lines)],
        [concentration(1, lambda c: vc)],
        system=lambda c, clock: (matrix, np.zeros(2)),
    )


def routes():
    """Two routes into one state by number, one route by its place, states without a route."""
    ka, cl, vc, q1, vp1 = 0.7, 4.0, 20.0, 3.0, 35.0
    matrix = np.array(
        [[-ka, 0.0, 0.0], [ka, -(cl + q1) / vc, q1 / vp1], [0.0, q1 / vc, -q1 / vp1]]
    )
    return Model(
        "routes",
        ["depot", "central", "peripheral"],
        [
            Route("sc", [Line(0, f=lambda c: 0.7, lag=lambda c: 1.5)], 4),
            Route("rapid", [Line(0, f=lambda c: 0.4)], 5),
            Route("iv", [Line(1, rate=lambda c: 25.0, duration=lambda c: 2.0)]),
        ],
        [concentration(1, lambda c: vc)],
        system=lambda c, clock: (matrix, np.zeros(3)),
    )


def swapped():
    """Routes whose numbers are those of each other's states."""
    ka, cl, vc = 0.6, 3.0, 25.0
    matrix = np.array([[-ka, 0.0], [ka, -cl / vc]])
    return Model(
        "swapped",
        ["depot", "central"],
        [
            Route("oral", [Line(0, f=lambda c: 0.5, lag=lambda c: 1.0)], 2),
            Route("iv", [Line(1)], 1),
        ],
        [concentration(1, lambda c: vc)],
        system=lambda c, clock: (matrix, np.zeros(2)),
    )


def baseline():
    """Initial values that depend on covariates: own production in balance, and drug left from before."""
    cl = lambda c: 2.0 * (c["wt"] / 70.0) ** 0.75
    vc = lambda c: 10.0 * (c["wt"] / 70.0)
    ka, c0 = 0.5, 1.5
    return Model(
        "baseline",
        ["depot", "central"],
        [Route("oral", [Line(0, f=lambda c: 0.8, lag=lambda c: 0.5)])],
        [concentration(1, vc)],
        covariates={"wt": (70.0, "backward"), "left": (0.0, "backward")},
        system=lambda c, clock: (
            np.array([[-ka, 0.0], [ka, -cl(c) / vc(c)]]),
            np.array([0.0, cl(c) * c0]),
        ),
        start=lambda c: [c["left"], c0 * vc(c)],
    )


def clock():
    """Clearance that changes at 48 h, absorption that changes 6 h after the latest dose."""
    vc = 30.0

    def system(c, clock):
        late = clock.dosed("oral") and clock.tad("oral") >= 6.0
        ka = 0.15 if late else 0.9
        cl = 2.0 if clock.t >= 48.0 else 5.0
        return np.array([[-ka, 0.0], [ka, -cl / vc]]), np.zeros(2)

    def breaks(c, clock):
        switch = [clock.latest["oral"] + 6.0] if clock.dosed("oral") else []
        return [48.0] + switch

    return Model(
        "clock",
        ["depot", "central"],
        [Route("oral", [Line(0, lag=lambda c: c["lagt"])])],
        [
            concentration(1, lambda c: vc),
            Output("since", lambda y, c, clock: clock.tad("oral")),
            Output("last", lambda y, c, clock: clock.amounts.get("oral", 0.0)),
        ],
        covariates={"lagt": (0.0, "backward")},
        system=system,
        breaks=breaks,
        uses_time=True,
    )


def two_rates():
    """Absorption that changes 1.46 h after the latest dose."""
    vc, cl = 30.0, 5.0

    def system(c, clock):
        early = clock.dosed("oral") and clock.tad("oral") < 1.46
        ka = 0.333 if early else 2.5
        return np.array([[-ka, 0.0], [ka, -cl / vc]]), np.zeros(2)

    return Model(
        "two_rates",
        ["depot", "central"],
        [Route("oral", [Line(0)])],
        [concentration(1, lambda c: vc)],
        system=system,
        breaks=lambda c, clock: [clock.latest["oral"] + 1.46] if clock.dosed("oral") else [],
    )


# Other models.


def michaelis():
    """Elimination of at most 12 mg/h."""
    ka, vmax, km, vc = 0.7, 12.0, 2.0, 30.0

    def equations(c, clock):
        def slope(y):
            level = y[1] / vc
            return np.array([-ka * y[0], ka * y[0] - vmax * level / (km + level)])

        return slope

    return Model(
        "michaelis",
        ["depot", "central"],
        [
            Route("oral", [Line(0, f=lambda c: 0.9, lag=lambda c: c["lagt"])]),
            Route("iv", [Line(1, rate=lambda c: 8.0, duration=lambda c: 2.0)]),
        ],
        [concentration(1, lambda c: vc)],
        covariates={"lagt": (0.0, "backward")},
        equations=equations,
        scale=100.0,
    )


def turnover():
    """Indirect response: a drug raises the production of cells. Cells are in 10^9/L."""
    ka, cl, vc, emax, ec50, kout, bv = 0.5, 3.0, 25.0, 2.0, 0.8, 0.05, 5.0
    start = lambda c: 40.0 * c["base"]

    def equations(c, clock):
        def slope(y):
            level = y[1] / vc
            effect = emax * level / (ec50 + level)
            return np.array(
                [
                    -ka * y[0],
                    ka * y[0] - cl * level,
                    kout * start(c) * (1 + effect) - kout * y[2],
                ]
            )

        return slope

    def transfusion(y, c, amount):
        y[2] += amount / bv
        return y

    return Model(
        "turnover",
        ["depot", "central", "count"],
        [Route("oral", [Line(0, f=lambda c: 0.8, lag=lambda c: 0.5)])],
        [
            Output("conc", lambda y, c, clock: y[1] / vc, cmt=2),
            Output("cells", lambda y, c, clock: y[2], cmt=3),
        ],
        covariates={"base": (1.0, "backward")},
        equations=equations,
        start=lambda c: [0.0, 0.0, start(c)],
        events={"transfusion": transfusion},
        scale=10.0,
    )


def cytopenia():
    """Proliferating cells, three transit stages and cells in blood with feedback; two compartments."""
    cl, vc, q1, vp1 = 9.0, 30.0, 5.0, 60.0
    mtt, gamma, slope_drug, cells0 = 90.0, 0.17, 0.25, 5.0
    ktr = 4 / mtt

    def equations(c, clock):
        def slope(y):
            level = y[0] / vc
            feedback = (cells0 / y[6]) ** gamma
            return np.array(
                [
                    -(cl + q1) / vc * y[0] + q1 / vp1 * y[1],
                    q1 / vc * y[0] - q1 / vp1 * y[1],
                    ktr * y[2] * (1 - slope_drug * level) * feedback - ktr * y[2],
                    ktr * (y[2] - y[3]),
                    ktr * (y[3] - y[4]),
                    ktr * (y[4] - y[5]),
                    ktr * (y[5] - y[6]),
                ]
            )

        return slope

    return Model(
        "cytopenia",
        ["central", "peripheral", "prol", "transit 1", "transit 2", "transit 3", "circ"],
        [Route("iv", [Line(0, rate=lambda c: 50.0, duration=lambda c: 3.0)])],
        [
            Output("conc", lambda y, c, clock: y[0] / vc),
            Output("anc", lambda y, c, clock: y[6]),
        ],
        equations=equations,
        start=lambda c: [0.0, 0.0] + [cells0] * 5,
        scale=1.0,
    )


def tmdd():
    """Target-mediated disposition, quasi steady state. Amounts in nmol, concentrations in nM."""
    ka, cl, vc, q1, vp1 = 0.02, 0.02, 3.0, 0.03, 2.5
    kss, kint, kdeg, r0 = 1.0, 0.04, 0.08, 5.0

    def free(total, target):
        rest = total - target - kss
        return 0.5 * (rest + np.sqrt(rest**2 + 4 * kss * total))

    def equations(c, clock):
        def slope(y):
            level = free(y[1] / vc, y[3])
            bound = y[3] * level / (kss + level)
            per = q1 * (level - y[2] / vp1)
            return np.array(
                [
                    -ka * y[0],
                    ka * y[0] - cl * level - per - kint * bound * vc,
                    per,
                    kdeg * r0 - kdeg * y[3] - (kint - kdeg) * bound,
                ]
            )

        return slope

    return Model(
        "tmdd",
        ["depot", "total", "peripheral", "target"],
        [
            Route("sc", [Line(0, f=lambda c: 0.6, lag=lambda c: 2.0)]),
            Route("iv", [Line(1)]),
        ],
        [
            Output("conc", lambda y, c, clock: free(y[1] / vc, y[3])),
            Output("receptor", lambda y, c, clock: y[3]),
        ],
        equations=equations,
        start=lambda c: [0.0, 0.0, 0.0, r0],
        scale=10.0,
    )


def all_models():
    models = [
        iv1(),
        iv1("iv1_occ"),
        oral1(),
        oral1_ka(),
        oral1_wt(),
        oral2(),
        oral2("oral2_forward", "forward"),
        oral2("oral2_linear", "linear"),
        iv3(),
        parallel(),
        depot_and_central(),
        routes(),
        swapped(),
        baseline(),
        clock(),
        two_rates(),
        michaelis(),
        turnover(),
        cytopenia(),
        tmdd(),
    ]
    return {model.name: model for model in models}
