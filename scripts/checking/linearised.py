"""A step of a feeder on rows linearised at its AC base case (formulations/secure/linearised_ac.md).

The base case is solved by the power flow of this package, and its derivatives are exact (ac_point.py).
"""
import numpy as np

from .ac_point import AcPoint
from .feeder import SIDES
from .secure import AcStep, watched
from .step import INSECURE, ISLANDED, NO_WORSE, NOT_CONTAINED, SOLVED, UNCERTIFIED
from .volt_var import VOLT_VAR

AC_SIDE = 118  # of a row linearised in AC in tables of prices; the sides of a polygon follow it
VIOLATED, CLEARLY_LEFT, UNMOVED = 1e-6, 1e-6, 1e-8  # per unit, as linearised_ac.md has them
# Per unit: what two power flows may differ by, in rooms and in what limits use of them. A current through next to no
# impedance is a difference of voltages that are almost the same.
VOLTAGES_DIFFER, CURRENTS_DIFFER = 2e-9, 1e-8
ROUNDING_KW = 2e-8  # of its most sensitive limit, that a market lets pass a row: derivatives are equal but for rounding
LISTED = 1e-7  # of the value of a violated row: what two power flows may differ by
INSCRIBED = np.cos(np.pi / SIDES)


class Coordinates:
    """What the points of an envelope differ in: active power of active customers, then their reactive power."""

    def __init__(self, model):
        place = {column: p for p, column in enumerate(model.columns)}
        mode, own = model.case.customer.reactive_mode, model.case.customer.active[model.customers] == 1
        active = [(number, c, model.customers[c]) for number, c in enumerate(np.flatnonzero(own))]
        found = [(c, 1 + 1j * model.tangent[number], place["export", k], place["import", k], 0, 0)
                 for number, c, k in active]
        found += [(c, 1j, place.get(("q_inject", k), -1), place.get(("q_absorb", k), -1), model.inject[number],
                   model.absorb[number])
                  for number, c, k in active if mode[k] != VOLT_VAR and model.inject[number] + model.absorb[number] > 0]
        table = np.array(found, complex).reshape(-1, 6).T
        self.customer, self.up, self.down = (table[row].real.astype(int) for row in (0, 2, 3))
        self.unit, self.active_count, self.column_count = table[1], len(active), len(model.columns)
        self.high, self.low = (np.where(end < 0, most.real, 0) for end, most in (
            (self.up, table[4]), (self.down, -table[5])))

    def split(self, slope):
        """Rows over limits in kW, and the worst of what no limit bounds.  slope [row x coordinate], per W"""
        rows, worst = np.zeros((len(slope), self.column_count)), 0
        for along, column, end in ((np.maximum(slope, 0), self.up, self.high),
                                   (np.maximum(-slope, 0), self.down, -self.low)):
            rows[:, column[column >= 0]] += 1e3 * along[:, column >= 0]
            worst = worst + along @ end
        return rows, worst


class LinearisedStep(AcStep):
    """Rows A w <= h of one step: `rows`, `h`, and the statuses that may follow."""

    def __init__(self, feeder, series, step, result):
        super().__init__(feeder, series, step, result)
        limits, self.coordinates = feeder.limits, Coordinates(feeder)
        sides = [1 if limit.kind < 2 else SIDES for limit in limits]
        self.row_limit = np.repeat(range(len(limits)), sides).astype(int)
        self.named_side = np.concatenate([[AC_SIDE] if limit.kind < 2 else AC_SIDE + 1 + np.arange(SIDES)
                                          for limit in limits] or [[]]).astype(int)
        self.base = AcPoint(watched(feeder), self.slack, self.power, self.coordinates.customer, self.coordinates.unit,
                            self.question.held_currents)
        self.has_rows, self.over = self.base.converged, ()
        self.worst = self.base.excess
        if self.has_rows:
            self.split(*self.slopes())
        else:
            self.keep(np.zeros(len(self.row_limit), bool), np.zeros((len(self.row_limit), len(self.w))),
                      *np.zeros((2, len(self.row_limit))))
        self.judge()
        if self.statuses[0] in (SOLVED, NO_WORSE):
            self.contain()
        if feeder.islanded:
            self.statuses = [ISLANDED]
        self.status = self.statuses[0]

    def slopes(self):
        """[row x coordinate] of excesses, what the base case leaves of them, and where each row lies in its limit."""
        slope, left, full = [], [], []
        for l, limit in enumerate(self.model.limits):
            lines = self.voltage(l) if limit.kind < 2 else self.polygon(*self.base.rating(l))
            for values, into in zip(lines, (slope, left, full)):
                into += list(values)
        return np.array(slope).reshape(len(left), -1), np.array(left), np.array(full)

    def voltage(self, l):
        """(1): the magnitude of a voltage."""
        return [self.base.voltage(l)], [-self.base.excess[l]], [0]

    def polygon(self, z, moved):
        """(3): the sides of a polygon in the unit disc."""
        own = moved[:self.coordinates.active_count]
        longest = own[np.abs(own).argmax()] if len(own) else 0
        turns = np.exp(1j * np.pi * (2 * np.arange(SIDES) + 1) / SIDES)
        normal = turns * (longest / abs(longest) if longest else 1)
        if ((np.conj(normal) * z).real > INSCRIBED).any():
            normal = turns * z / abs(z)
        at_base = (np.conj(normal) * z).real
        held = np.maximum(INSCRIBED, at_base)
        return (np.conj(normal)[:, None] * moved).real, held - at_base, held - 1

    def split(self, slope, left, full):
        """Splits the rows, and keeps those that limits can fill; `worst`: of each limit, with no limits at all."""
        question, limits = self.question, range(len(self.model.limits))
        rows, worst = self.coordinates.split(slope)
        found = full - left + worst
        self.worst = np.array([max(self.base.excess[l], found[self.row_limit == l].max()) for l in limits])
        reach = rows @ self.connection_cap + worst
        kept = reach > np.maximum(left - CLEARLY_LEFT, UNMOVED)
        dust = rows < question.dust * rows.max(axis=1, initial=0)[:, None]
        dust_room, left = np.where(dust, rows, 0) @ self.connection_cap, left - worst
        keeps = dust_room > 0.5 * left
        rows[dust & ~keeps[:, None]] = 0
        self.keep(kept, rows, left - np.where(keeps, 0, dust_room), full)

    def keep(self, kept, rows, room, full):
        self.rows, self.room, self.full = rows[kept], room[kept], full[kept]
        self.row_limit, self.named_side = self.row_limit[kept], self.named_side[kept]
        self.h, unit = np.maximum(self.room, 0), self.rows.max(axis=1, initial=0)
        self.rows_differ = np.where(self.named_side == AC_SIDE, VOLTAGES_DIFFER, CURRENTS_DIFFER)
        self.off = np.divide(self.rows_differ, unit, where=unit > 0, out=np.zeros(len(unit)))

    def judge(self):
        """The statuses that the base case leaves; `bad`: limits that it passes."""
        near = [bool((self.worst > VIOLATED + by).any()) for by in (CURRENTS_DIFFER, -CURRENTS_DIFFER)]
        self.bad = np.flatnonzero(self.worst > VIOLATED + CURRENTS_DIFFER) if self.base.converged else ()
        passed = NO_WORSE if self.question.no_worse and self.base.converged else INSECURE
        if not self.base.converged or near[0]:
            self.statuses = [passed]
        else:
            self.statuses = [SOLVED] + [passed] * near[1]

    def contain(self):
        """Scales starts that rows do not hold."""
        self.used = self.rows @ self.start
        passed = self.used - self.h
        self.over = np.flatnonzero(passed > self.rows_differ)
        doubtful = self.start.any() and (np.abs(passed) <= self.rows_differ).any()
        if len(self.over):
            factor = (self.h[self.over] / self.used[self.over]).min()
            self.start = self.start * np.where((self.rows[self.over] > 0).any(axis=0), factor, 1)
        if self.statuses[0] == SOLVED and len(self.over):
            self.statuses[0] = NOT_CONTAINED
        self.statuses += [NOT_CONTAINED] * bool(doubtful) + [UNCERTIFIED]
        self.h = np.maximum(self.h, self.rows @ self.start)

    def expected_violations(self):
        """{limit: values that may be listed}, and the limits that must be: of the base case, or the starts' own."""
        limits, found, passed = self.model.limits, {}, {}
        for r in self.over:
            l = self.row_limit[r]
            passed[l] = max(passed.get(l, -np.inf), self.full[r] + self.used[r] - self.room[r])
        pairs = [(l, self.worst[l]) for l in self.bad] + [*passed.items()]
        for l, excess in pairs:
            size = limits[l].base if limits[l].kind < 2 else limits[l].value
            value = limits[l].value + (-1 if limits[l].kind == 1 else 1) * excess * size
            found.setdefault(l, []).append((value, np.nan, limits[l].value, np.nan))
        return found, set(self.bad) | set(passed)
