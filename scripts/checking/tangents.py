"""Rows of an auction that were linearised in AC (auction.md): what the file says of them, and what the power flow of
this package makes at their points."""
from types import SimpleNamespace as Record

import numpy as np

from .ac_point import AcPoint
from .secure import along, watched
from .volt_var import VOLT_VAR

ACTIVE, REACTIVE, ADDED, SHARED = range(4)  # /tangent_power/kind
ABOVE, BELOW = {ACTIVE: "export", REACTIVE: "q_inject"}, {ACTIVE: "import", REACTIVE: "q_absorb"}
# Per unit: what two power flows may differ by. Of the largest derivative: what others may. W: at the end of a range.
FLOWS_DIFFER, SLOPES_DIFFER, SAME_END = 1e-7, 1e-5, 1e-6
STEEPEST = 1.25  # coefficients over derivatives (auction.md, (9))


class Tangents:
    """Those of one auction, by step as rows over positions in kW."""

    def __init__(self, auction):
        self.auction, given = auction, auction.clearing.tangent
        self.given, self.powers = given, auction.clearing.tangent_power
        self.of_step, self.place = {}, {}
        for k in np.flatnonzero(given.feeder == auction.feeder).tolist():
            step = int(given.step[k])
            self.place[k] = step, len(self.of_step.setdefault(step, []))
            self.of_step[step].append(k)

    def own(self, k):
        """The powers of tangent `k`."""
        first = int(self.given.first_power[k])
        own = slice(first, first + int(self.given.power_count[k]))
        return [Record(customer=customer, kind=kind, power=power, coefficient=coefficient) for (
            customer, kind, power, coefficient) in zip(*(getattr(self.powers, name)[own].tolist() for name in (
                "customer kind power coefficient").split()))]

    def position(self, power):
        """Whose limit a coefficient belongs to; None: nobody's."""
        name = (ABOVE if power.coefficient > 0 else BELOW).get(power.kind)
        return self.auction.place.get((name, power.customer))

    def rows(self, step):
        """(rows over positions per kW, what they leave before the market)"""
        own = self.of_step.get(step, [])
        rows = np.zeros((len(own), len(self.auction.columns)))
        for row, k in zip(rows, own):
            for power in self.own(k):
                p = self.position(power) if power.coefficient else None
                if p is not None:
                    row[p] += 1e3 * abs(power.coefficient)
        return rows, np.maximum(self.given.rest[own], 0)

    def row(self, k, step):
        """Where tangent `k` stands among the rows of a step; None: it is none of it."""
        of_step, row = self.place.get(k, (None, None))
        return row if of_step == step else None

    def check(self, steps):
        """Every tangent of some steps is what the power flow makes at its point."""
        for step in steps:
            for k in self.of_step.get(step, []) if self.auction.open[step] else ():
                yield from ((holds, f"step {step}: row {k} of /tangent {text}") for holds, text in self.claims(k, step))

    def claims(self, k, step):
        item, model = self.auction.item(step), self.auction.model_at(step)
        l, coordinates = model.table.get(self.given.row[k]), self.coordinates(item)
        named = [(power.customer, power.kind) for power in self.own(k)]
        known = l is not None and len(set(named)) == len(named) and set(named) <= set(coordinates)
        yield known, "is of no limit, or of powers that are none"
        if not known:
            return
        power, coefficient = (np.zeros(len(coordinates)) for _ in range(2))
        place = {name: c for c, name in enumerate(coordinates)}
        for own, name in zip(self.own(k), named):
            power[place[name]], coefficient[place[name]] = own.power, own.coefficient
        customer, unit, up, down = (np.array(column) for column in zip(*coordinates.values()))
        injected = item.power.astype(complex)
        np.add.at(injected, customer, unit * power)
        point = AcPoint(watched(model), item.slack, injected, customer, unit)
        yield point.converged, "has a point without power flow"
        if point.converged:
            off = abs(point.excess[l] - self.given.excess[k])
            yield off <= FLOWS_DIFFER, f"passes its limit by {point.excess[l]:.9g} at its point"
            yield from self.check_slopes(k, step, point.slope(l), power, coefficient, up, down, point.excess[l])

    def check_slopes(self, k, step, slope, power, coefficient, up, down, excess):
        """Coefficients are no smaller than derivatives; the room is what these leave before the market."""
        auction, largest = self.auction, np.abs(slope).max()
        column = np.where(np.where(coefficient != 0, coefficient, slope) > 0, up, down)
        sign = np.where(column == up, 1, -1)
        bounded, used = column >= 0, coefficient != 0
        before, after = (sign * 1e3 * np.where(bounded, levels[step][column], 0) for levels in (
            auction.before, auction.after))
        yield bounded[used].all(), "has a coefficient of what no limit bounds"
        least, size = (sign * slope)[used], np.abs(coefficient)[used]
        off = np.maximum(least - size, size - STEEPEST * np.maximum(least, 0)).max(initial=0)
        yield off <= SLOPES_DIFFER * largest, f"has a coefficient that is {off:.3g} off its derivative"
        dust = bounded & ~used & (np.abs(slope) < auction.asked.question.dust * largest)
        moves = bounded & ~used & ~dust & (np.abs(slope) > SLOPES_DIFFER * largest)
        yield not (moves & (np.abs(after - power) <= SAME_END)).any(), "leaves out a limit that moves it"
        moved = (slope * (before - power))[used]
        left, lost = -excess - moved.sum(), 1e3 * np.abs(slope[dust]) @ auction.bounds[step].cap[column[dust]]
        rounding = FLOWS_DIFFER + SLOPES_DIFFER * np.abs(moved).sum()
        yield left - lost - rounding <= self.given.rest[k] <= left + rounding, f"leaves {left:.9g} before the market"

    def coordinates(self, item):
        """{(row of /customer, kind): (customer of the feeder, what a unit injects, columns above and below)}"""
        model, found, number = item.model, {}, 0
        place = {column: p for p, column in enumerate(model.columns)}
        for c, k in enumerate(model.customers):
            if not model.case.customer.active[k]:
                found[k, ADDED] = c, 1, -1, -1
                found[k, SHARED] = c, along(item.power[c]), -1, -1
                continue
            found[k, ACTIVE] = c, 1 + 1j * model.tangent[number], place["export", k], place["import", k]
            free = model.case.customer.reactive_mode[k] != VOLT_VAR
            if free and model.inject[number] + model.absorb[number] > 0:
                found[k, REACTIVE] = c, 1j, place.get(("q_inject", k), -1), place.get(("q_absorb", k), -1)
            number += 1
        return found
