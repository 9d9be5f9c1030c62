"""Records of linear models with constant rates as sums of closed forms: a second way to the same numbers.

Each dose is one function of time over all of its past; a steady state is a geometric series. Nothing here
advances a state, so nothing is shared with events.py but the reading of rows.
"""

from math import exp, sqrt


def oral1_responses(ka=0.8, cl=4.0, vc=30.0):
    """Concentration after a unit bolus into each state, as pairs of amplitude and rate."""
    k = cl / vc
    a = ka / (ka - k) / vc
    return [[(a, k), (-a, ka)], [(1 / vc, k)]]


def oral2_responses(weight=70.0):
    """Depot, central and peripheral as sources; partial fractions of the transfer function."""
    size = weight / 70.0
    cl, vc, q1, vp1 = 3.0 * size**0.75, 25.0 * size, 4.0 * size**0.75, 50.0 * size
    ka = 1.1
    k10, k12, k21 = cl / vc, q1 / vc, q1 / vp1
    total, product = k10 + k12 + k21, k10 * k21
    fast = (total + sqrt(total**2 - 4 * product)) / 2
    slow = product / fast
    central = [((fast - k21) / (fast - slow) / vc, fast), ((k21 - slow) / (fast - slow) / vc, slow)]
    peripheral = [(-k21 / (fast - slow) / vc, fast), (k21 / (fast - slow) / vc, slow)]
    depot = [(a * ka / (ka - r), r) for a, r in central]
    depot.append((-sum(a for a, _ in depot), ka))
    return [depot, central, peripheral]


class Train:
    """Inputs at first, first - interval, .. (`count` of them, or for ever) into one state."""

    def __init__(self, terms, entry, last, interval=0.0, endless=False):
        self.terms, self.entry = terms, entry
        self.last, self.interval, self.endless = last, interval, endless

    def value(self, t):
        age = t - self.last
        near = 1e-10 * max(1.0, abs(t))
        total = 0.0
        while self.endless and age < -near:
            age += self.interval
        if age < -near:
            return 0.0
        age = max(age, 0.0)
        if not self.endless:
            return self.single(age)
        while self.entry.duration > 0 and age < self.entry.duration:
            total += self.single(age)
            age += self.interval
        return total + self.series(age)

    def single(self, age):
        if self.entry.duration == 0:
            return self.entry.amount * sum(a * exp(-r * age) for a, r in self.terms)
        end = min(age, self.entry.duration)
        return self.entry.rate * sum(a / r * (exp(-r * (age - end)) - exp(-r * age)) for a, r in self.terms)

    def series(self, age):
        """The sum over ages age, age + interval, .. of inputs that have all ended."""
        total = 0.0
        for a, r in self.terms:
            if self.entry.duration == 0:
                one = self.entry.amount * a * exp(-r * age)
            else:
                one = self.entry.rate * a / r * (exp(-r * (age - self.entry.duration)) - exp(-r * age))
            total += one / (1 - exp(-r * self.interval))
        return total


class Ended:
    """A constant infusion that had run for ever when it ended."""

    def __init__(self, terms, rate, end):
        self.terms, self.rate, self.end = terms, rate, end

    def value(self, t):
        return self.rate * sum(a / r * exp(-r * (t - self.end)) for a, r in self.terms)


def superpose(model, responses, rows, make_input):
    """The predictions of all rows; parameters must not change between rows, those of doses may."""
    trains, predictions = [], []
    for row in rows:
        if row.evid in (3, 4):
            trains = []
        if row.evid in (1, 4):
            trains = with_dose(model, responses, row, trains, make_input)
        predictions.append(sum(train.value(row.time) for train in trains))
    return predictions


def with_dose(model, responses, row, trains, make_input):
    route = model.route(row.cmt)
    kept = [] if row.ss == 1 else list(trains)
    if row.ss and row.amt == 0:
        (line,) = route.lines
        rate = row.rate if row.rate > 0 else line.rate(row.covariates)
        return kept + [Ended(responses[line.place], rate, row.time)]
    for line in route.lines:
        entry, terms = make_input(line, row), responses[line.place]
        arrival = row.time + entry.lag
        kept.append(Train(terms, entry, arrival, row.ii, endless=row.ss > 0))
        kept += [Train(terms, entry, arrival + copy * row.ii) for copy in range(1, row.addl + 1)]
    return kept
