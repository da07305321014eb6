"""Judges a step of a result that claims to be secure in AC (--secure ac), with a power flow of its own."""
import numpy as np

from .feeder import PHASES
from .power_flow import Network
from .step import (FIT_KW, HELD_KW, INSECURE, ISLANDED, NO_WORSE, NOT_CONTAINED, SHARES, SHRUNK, SOLVED, STATUS,
                   UNCERTIFIED, Step)
from .volt_var import VOLT_VAR
from .worst_points import Watched, WorstPoints

# Per unit of the base voltage or of the rating: what a limit may be passed by, and what two power flows may differ by;
# what the value of a violated row may be off, and how far the row that holds a limit may be from its own.
VIOLATED, FLOWS_DIFFER = 1e-6, 1e-7
SEARCHED = 15e-3  # worse points are looked for of limits this near
LISTED, HOLDS_VOLTAGE, HOLDS_RATING = 1e-4, 1e-4, 1e-3
LINEARISED = 1e-5  # what starts may seem to violate by where rows were linearised elsewhere
LITTLE_ROOM = 0.1  # of linear rows, in their units: their corners are where the search starts


def watched(model):
    """The limits of a feeder in its AC power flow, made once."""
    if not hasattr(model, "watched"):
        model.watched = Watched(Network(model.case, model), model.limits)
    return model.watched


def along(power):
    """A V A along a forecast, so that up injects."""
    return power * (-1 if power.real < 0 else 1) / (abs(power) or 1)


class AcStep(Step):
    """A step in the AC power flow, with a search for the worst points of boxes."""

    def __init__(self, feeder, series, step, result):
        super().__init__(feeder, series, step, result)
        present = PHASES[feeder.case.bus.phases[feeder.case.feeder.slack_bus[feeder.feeder]]]
        self.slack = np.where(np.isin(range(3), present), self.slack, 0)

    def worst_points(self, limits, always):
        """The search in the box that limits in kW leave."""
        model, mode = self.model, self.model.case.customer.reactive_mode
        places = [(k, c) for c, k in enumerate(model.customers) if model.case.customer.active[k]]
        ends = {column: 1e3 * value for column, value in zip(model.columns, limits)}
        coordinates, low, high, picked, self.places = [], [], [], [], []
        for number, (k, c) in enumerate(places):
            coordinates.append((c, 1 + 1j * model.tangent[number]))
            low.append(-ends["import", k])
            high.append(ends["export", k])
            picked.append((0, number))
            self.places.append((False, k))
        for number, (k, c) in enumerate(places):
            if mode[k] != VOLT_VAR and model.inject[number] + model.absorb[number] > 0:
                coordinates.append((c, 1j))
                low.append(-ends.get(("q_absorb", k), model.absorb[number]))
                high.append(ends.get(("q_inject", k), model.inject[number]))
                picked.append((1, number))
                self.places.append((True, k))
        wrong = self.forecast_errors()
        coordinates += [(c, unit) for c, unit, _ in wrong]
        low += [-most for *_, most in wrong]
        high += [most for *_, most in wrong]
        points = WorstPoints(watched(model), self.slack, self.power, coordinates, np.array(low), np.array(high))
        points.search(self.corners(limits, picked, wrong), always, np.random.default_rng(self.step))
        return points

    def forecast_errors(self):
        """Of every passive customer: number, what a unit of an error injects, and the largest error in W or V A."""
        model, question, found = self.model, self.question, []
        for c, k in enumerate(model.customers):
            if not model.case.customer.active[k]:
                found.append((c, 1, 1e3 * question.error_kw))
                found.append((c, along(self.power[c]), question.error_share * abs(self.power[c])))
        return [error for error in found if error[-1] > 0]

    def corners(self, limits, picked, errors):
        """Corners that linear rows with little room name; who is not in a row stands where voltages are worst."""
        model = self.model
        base = model.effect @ self.power + model.constant + np.abs(model.no_load @ self.slack) ** 2
        along = (np.conj(model.toward) * base[model.row_limit]).real
        reach = np.where(model.kind < 2, model.allowed * model.toward.real, 1)
        taken, _ = model.errors.taken(self.power)
        rows = np.flatnonzero(reach - along - taken - model.worst_q - model.full @ limits < LITTLE_ROOM)
        slopes = np.array([model.slopes[kind][rows, number] for kind, number in picked])
        slopes = slopes.reshape(len(picked), len(rows)).T
        toward, held = np.conj(model.toward[rows]), model.row_limit[rows]
        by_error = [toward * model.effect[held, c] * unit for c, unit, _ in errors]
        slopes = np.hstack([slopes, np.reshape(by_error, (len(errors), len(rows))).real.T])
        return np.unique(np.where(slopes == 0, model.kind[rows, None] != 1, slopes > 0), axis=0)


class SecureItem(AcStep):
    """A step that is judged at the worst points that a search in AC finds."""

    def __init__(self, feeder, series, step, result):
        super().__init__(feeder, series, step, result)
        self.secure = {name: values[step, feeder.feeder] for name, values in vars(result.secure).items()}
        self.statuses, self.contained, self.gains = [ISLANDED], True, {}
        if not feeder.islanded:
            self.set_base()

    def set_base(self):
        """What is violated with envelopes at nothing and at their starts, free reactive ranges at their worst."""
        base = self.at_start = self.base = self.worst_points(np.zeros(len(self.w)), ()).excess
        bad, near = (bool((base > VIOLATED + by).any()) for by in (FLOWS_DIFFER, -FLOWS_DIFFER))
        diverged = not np.isfinite(base).all()
        self.bad = () if diverged else np.flatnonzero(base > VIOLATED + FLOWS_DIFFER)
        self.allowed = np.where(base > VIOLATED, base, 0) if self.question.no_worse else np.zeros(len(base))
        if bad and (diverged or not self.question.no_worse):
            self.statuses = [INSECURE]
            return
        if self.start.any():
            self.at_start = self.worst_points(self.start, ()).excess
        most = float((self.at_start - self.allowed).max(initial=-np.inf))
        self.contained = most <= -LINEARISED
        fits = most <= VIOLATED + FLOWS_DIFFER
        self.statuses = [] if bad else [SOLVED] * fits + [NOT_CONTAINED] * (not self.contained)
        self.statuses += [NO_WORSE if self.question.no_worse else INSECURE] * near + [SHRUNK, UNCERTIFIED]

    def check(self):
        """Every claim about the step that is judged."""
        stated, names = self.claim.status, " or ".join(STATUS[k] for k in self.statuses)
        yield stated in self.statuses, f"status must be {names}, not {stated}"
        if self.model.islanded or stated not in self.statuses:
            return
        yield from self.check_violations()
        if stated in (INSECURE, UNCERTIFIED):
            yield np.isnan(self.w).all() and (self.binding == -3).all(), "nothing may be published"
        else:
            yield from self.check_limits()

    def check_limits(self):
        """Limits are inside their bounds and secure, and what is said to stop them does."""
        yield np.isfinite(self.w).all(), "limits are missing"
        if not np.isfinite(self.w).all():
            return
        cap = np.where(self.model.asked, self.cap, self.start)
        low = self.start * (self.contained or self.claim.status == SOLVED)
        outside = np.maximum(low - self.w, self.w - cap).max(initial=0)
        yield outside <= FIT_KW, f"a limit lies outside start and cap by {outside:.3g} kW"
        yield self.claim.forecast_over_cap == self.over_cap, f"forecast_over_cap is not {self.over_cap}"
        factor = self.secure["factor"]
        yield 0 <= factor <= 1 and (factor < 1) == (self.claim.status == SHRUNK), f"/secure/factor cannot be {factor}"
        named = {l for l in map(self.model.table.get, self.binding) if l is not None}
        points = self.worst_points(self.w, named)
        excess = points.excess
        yield np.isfinite(excess).all(), "a point inside the limits has no power flow"
        if not np.isfinite(excess).all():
            return
        rows = {l: row for row, l in self.model.table.items()}
        for l in np.flatnonzero(excess - self.allowed > VIOLATED + FLOWS_DIFFER):
            yield False, f"row {rows.get(l, self.model.limits[l])} is passed by {excess[l]:.3g} in AC"
        most, claimed = (excess - self.allowed).max(initial=-np.inf), self.secure["worst_excess"]
        allowed = max(claimed, -SEARCHED) + VIOLATED
        yield most <= allowed, f"/secure/worst_excess is {claimed:.3g}, and {most:.3g} is found"
        yield from self.check_bindings(points, excess - self.allowed, cap)

    def check_bindings(self, points, excess, cap):
        """What is said to stop a limit does; of shrunk limits nothing is asked."""
        for c, (row, below, asked) in enumerate(zip(self.binding, cap - self.w, self.model.asked)):
            stops = {-1: below <= HELD_KW, -2: not asked, -4: self.question.policy in SHARES}
            if self.claim.status != SHRUNK and (l := self.model.table.get(row)) is not None:
                yield from self.check_holding_row(points, excess[l], c, l)
            elif self.claim.status != SHRUNK:
                yield stops.get(row, False), f"limit {c} is not stopped by {row}"

    def check_holding_row(self, points, excess, c, l):
        """A row that stops limit c is near its own at its worst point, and stays so where the limit is used."""
        voltage, row = self.model.limits[l].kind < 2, self.binding[c]
        least = -FLOWS_DIFFER - (HOLDS_VOLTAGE if voltage else HOLDS_RATING)
        yield excess >= least, f"limit {c} is not stopped by {row}, {-excess:.3g} away in AC"
        kind, k = self.model.columns[c]
        coordinate, end = self.places.index((kind.startswith("q_"), k)), kind in ("export", "q_inject")
        if voltage and points.share[l][coordinate] != end:  # branches are full in two directions, worst is only one
            if l not in self.gains:
                self.gains[l] = points.gains(points.share[l])[l]
            yield excess + self.gains[l][coordinate] >= least, f"limit {c} is not used where row {row} is worst"

    def check_violations(self):
        """The rows listed are those that the base case violates, with their values, or those that the starts do.

        Values at starts are not looked at: they are those of rows that were linearised elsewhere.
        """
        model, listed, fitting = self.model, self.result.violation, set()
        mine = np.flatnonzero((listed.step == self.step) & (listed.feeder == model.feeder))
        yield self.claim.status != NOT_CONTAINED or len(mine), "forecast_not_contained and no row listed"
        for k in mine:
            l = model.table.get(row := listed.row[k])
            of_base = l is not None and self.base[l] > VIOLATED - FLOWS_DIFFER
            of_starts = l is not None and self.at_start[l] - self.allowed[l] > -LINEARISED and not self.contained
            yield of_base or of_starts, f"row {row} is listed and not violated in AC"
            if of_base or of_starts:
                value, fits = self.listed_value(k, model.limits[l]), self.base_value(l)
                fitting |= {l} if of_base and abs(value - fits[0]) <= fits[1] else set()
                yield np.isfinite(value) and (of_starts or l in fitting), (
                    f"row {row} is listed with {value}, not {fits[0]}")
        for row, l in model.table.items():
            yield l not in self.bad or l in fitting, (
                f"row {row} is violated in AC and not listed with {self.base_value(l)[0]}")

    def base_value(self, l):
        """Value of a limit in the base case, V or V A, and what a listed one may differ by."""
        limit = self.model.limits[l]
        size = limit.base if limit.kind < 2 else limit.value
        return limit.value + (-1 if limit.kind == 1 else 1) * self.base[l] * size, LISTED * size

    def listed_value(self, k, limit):
        """The value of row k of /violation; NaN where its columns do not fit the limit."""
        listed, columns = self.result.violation, ("voltage", "power") if limit.kind < 2 else ("power", "voltage")
        value, none = (getattr(listed, name)[k] for name in columns)
        bound, no_bound = (getattr(listed, name + "_limit")[k] for name in columns)
        return value if np.isnan([none, no_bound]).all() and np.isclose(bound, limit.value, 1e-9) else np.nan
