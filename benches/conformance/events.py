"""What each record does to a subject: rules R1 to R22 of docs/records.md, written from their text.

Nothing is shared with the program. `predict` gives the prediction of every row of one subject.
"""

from dataclasses import dataclass

import numpy as np

from steady import Input, steady_state

TOLERANCE = 1e-10


def same(one, other):
    """R6: whether two times are equal."""
    return abs(one - other) <= TOLERANCE * max(1.0, abs(other))


def reached(time, now):
    """Whether `time` is at or before `now`."""
    return time <= now or same(time, now)


@dataclass
class Clock:
    """What equations may know of time: `t`, and for each route its latest administration and its amount."""

    t: float
    latest: dict
    amounts: dict

    def tad(self, route):
        return self.t - self.latest[route] if route in self.latest else 0.0

    def dosed(self, route):
        return route in self.latest


class Between:
    """R7: covariates between two rows."""

    def __init__(self, before, after, changes):
        self.before, self.after, self.changes = before, after, changes
        names = after.covariates
        linear = [n for n in names if changes[n] == "linear" and before.covariates[n] != after.covariates[n]]
        self.constant = not linear
        self.linear = linear
        self.fixed = {n: (before if changes[n] == "forward" else after).covariates[n] for n in names}

    def at(self, t):
        if self.constant:
            return self.fixed
        values = dict(self.fixed)
        share = (t - self.before.time) / (self.after.time - self.before.time)
        for name in self.linear:
            low, high = self.before.covariates[name], self.after.covariates[name]
            values[name] = low + (high - low) * share
        return values


class Subject:
    """The state of one subject while its rows are processed in file order."""

    def __init__(self, model, solver, row):
        self.model, self.solver = model, solver
        self.time = row.time
        self.latest, self.amounts = {}, {}
        self.restart(row)

    def restart(self, row):
        """The initial state at the parameters of a row, without any running or pending input."""
        self.time = row.time
        self.state = np.asarray(self.model.initial(row.covariates), dtype=self.solver.dtype)
        self.cancel()

    def cancel(self):
        self.running = []  # (end, state, rate)
        self.pending = []  # (arrival, input)
        self.copies = []  # (time, route, amount): administrations to come, for tad

    def clock(self, time):
        return Clock(time, dict(self.latest), dict(self.amounts))

    # Time passes.

    def advance(self, row, covariates):
        """R5, R6: to the time of a row; what arrives up to then happens before the row."""
        while (event := self.next_event()) and reached(event[0], row.time):
            self.integrate(min(event[0], row.time), covariates)
            self.happen(event)
        self.integrate(row.time, covariates)

    def next_event(self):
        """The earliest of what is scheduled: (time, list it stands in, entry)."""
        lists = [self.running, self.pending, self.copies]
        events = [(entry[0], entries, entry) for entries in lists for entry in entries]
        return min(events, key=lambda event: event[0], default=None)

    def happen(self, event):
        _, entries, entry = event
        entries.remove(entry)
        if entries is self.pending:
            self.arrive(*entry)
        elif entries is self.copies:
            self.administer(*entry)

    def integrate(self, end, covariates):
        if end <= self.time:
            return
        rates = np.zeros(len(self.state), dtype=self.solver.dtype)
        for _, place, rate in self.running:
            rates[place] += rate
        breaks = self.model.breaks(covariates.at(end), self.clock(self.time))
        stops = sorted(b for b in breaks if self.time < b < end) + [end]
        for stop in stops:
            clock = self.clock((self.time + stop) / 2)
            self.state = self.solver.flow(self.model, self.state, self.time, stop, covariates, clock, rates)
            self.time = stop

    # Doses.

    def arrive(self, time, entry):
        """A bolus enters, or an infusion begins."""
        if entry.duration == 0:
            self.state = self.state.copy()
            self.state[entry.place] += entry.amount
        else:
            self.running.append((time + entry.duration, entry.place, entry.rate))

    def administer(self, time, route, amount):
        self.latest[route], self.amounts[route] = time, amount

    def dose(self, row):
        route = self.model.route(row.cmt)
        if row.ss and row.amt == 0:
            self.constant_infusion(row, route)
            return
        inputs = [make_input(line, row) for line in route.lines]
        if row.ss:
            self.steady(row, route, inputs)
        self.administer(row.time, route.name, row.amt)
        for copy in range(row.addl + 1):
            time = row.time + copy * row.ii
            if copy > 0:
                self.copies.append((time, route.name, row.amt))
            for entry in inputs:
                self.schedule(time + entry.lag, entry, row.time)

    def schedule(self, arrival, entry, now):
        if reached(arrival, now):
            self.arrive(arrival, entry)
        else:
            self.pending.append((arrival, entry))

    def steady(self, row, route, inputs):
        """R11 to R14: the steady state at the row, without the row's own dose."""
        amounts = steady_state(self.model, self.solver, row, route.name, inputs, row.ii)
        self.replace_or_add(row, amounts)
        for entry in inputs:
            self.earlier_arrivals(row, entry)

    def earlier_arrivals(self, row, entry):
        """R13, R14: arrivals of the regimen before the row's own that are still to come or still running."""
        k = 1
        while True:
            start = row.time + entry.lag - k * row.ii
            end = start + entry.duration
            if reached(end, row.time) and not same(start, row.time):
                return
            if not reached(start, row.time):
                self.pending.append((start, entry))
            elif same(start, row.time) or not reached(end, row.time):
                self.arrive(start, entry)
            k += 1

    def constant_infusion(self, row, route):
        """R15: the infusion has run for ever and ends at the row; F and lag do not apply."""
        (line,) = route.lines
        rate = row.rate if row.rate > 0 else line.rate(row.covariates)
        interval = 24.0
        entry = Input(line.place, rate * interval, rate, interval, 0.0)
        self.replace_or_add(row, steady_state(self.model, self.solver, row, route.name, [entry], interval))

    def replace_or_add(self, row, amounts):
        if row.ss == 2:
            self.state = self.state + amounts
        else:
            self.state = amounts
            self.cancel()

    # Rows.

    def apply(self, row):
        if row.evid in (3, 4):
            self.restart(row)
        if row.evid in (1, 4):
            self.dose(row)
        if row.evid == 2 and row.event:
            self.state = self.model.events[row.event](self.state.copy(), row.covariates, row.amt)

    def output(self, row, chosen):
        output = choose_output(self.model.outputs, row, chosen)
        return float(output.value(self.state, row.covariates, self.clock(row.time)))


def make_input(line, row):
    """R8, R9: what a dose puts into one state. RATE decides whether it is an infusion."""
    values = row.covariates
    amount = line.f(values) * row.amt
    lag = line.lag(values)
    if row.rate == 0:
        return Input(line.place, amount, 0.0, 0.0, lag)
    if row.rate == -2:
        duration = line.duration(values)
        rate = amount / duration if duration > 0 else 0.0
    else:
        rate = row.rate if row.rate > 0 else line.rate(values)
        duration = amount / rate
    return Input(line.place, amount, rate, duration, lag)


def choose_output(outputs, row, chosen):
    """R22: the output whose value is the prediction of a row."""
    if len(outputs) == 1:
        return outputs[0]
    if row.dvid:
        return next(o for o in outputs if row.dvid in (o.name, str(o.dvid)))
    if row.evid == 0:
        for output in outputs:
            if output.cmt is not None and output.cmt == row.cmt:
                return output
        if chosen is None:
            raise ValueError("an observation without a choice of its output")
    return next((o for o in outputs if o.name == chosen), outputs[0])


def predict(model, solver, rows, changes, chosen=None):
    """The predictions of all rows of one subject."""
    subject = Subject(model, solver, rows[0])
    predictions = []
    for number, row in enumerate(rows):
        if number > 0 and row.evid not in (3, 4):
            if row.time < rows[number - 1].time:
                raise ValueError("TIME decreases")
            subject.advance(row, Between(rows[number - 1], row, changes))
        subject.apply(row)
        predictions.append(subject.output(row, chosen))
    return predictions
