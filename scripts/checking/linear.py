"""A step of a feeder on its linear rows: what its base case leaves of them, and the starts that fit."""
from fractions import Fraction

import numpy as np

from .bounds import product
from .feeder import PHASES, SIDES
from .step import INSECURE, ISLANDED, NO_WORSE, NOT_CONTAINED, SOLVED, UNCERTIFIED, Step

MARGIN, NEAR = 1e-12, 1e-6  # per unit: excess that may be left unsaid; far above rounding, also that of roots


class LinearStep(Step):
    """Rows A w <= h of one step: `rows`, `h`, and the status that follows."""

    has_rows = True
    rows_differ, off = np.zeros(1), np.zeros(1)  # what those of two power flows may differ by: in their unit, in kW

    def __init__(self, feeder, series, step, result):
        super().__init__(feeder, series, step, result)
        case, question, volts = feeder.case, feeder.question, np.abs(self.slack)
        present = PHASES[case.bus.phases[case.feeder.slack_bus[feeder.feeder]]]
        slack = [np.sqrt((volts[present] ** 2).mean()), 0, 0] if feeder.balanced else self.slack
        self.no_load = np.abs(feeder.no_load @ slack) ** 2
        self.x = feeder.effect @ self.power + feeder.constant + self.no_load
        x, toward = self.x[feeder.row_limit], feeder.toward
        self.taken, self.taken_q = feeder.errors.taken(self.power)
        along, q = (np.conj(toward) * x).real, 0 if question.flow == "dc" else np.abs(x.imag) + self.taken_q
        circle = np.where(q <= 1, np.sqrt(np.maximum(1 - q**2, 0)), 1 - q + along + self.taken)
        polygon = np.maximum(np.cos(np.pi / SIDES), np.where(np.abs(x) <= 1, along, 0))
        reach = np.where(feeder.kind < 2, feeder.allowed * toward.real, np.where(feeder.side >= 2, polygon, circle))
        left, stated = reach - along - self.taken - feeder.worst_q, self.claim.status
        near = NEAR * (1 + np.abs(feeder.effect) @ np.abs(self.power))[feeder.row_limit]
        self.beyond = left < -MARGIN  # rows that cannot be left unsaid
        self.bad = [r for r in np.flatnonzero(left < near) if (self.beyond[r] or stated in (INSECURE, NO_WORSE))
                    and self.exceeds(r)]
        self.room, left = left, np.maximum(left, 0)  # less than nothing where the base case violates a row
        self.keeps_dust = (feeder.dust_room > 0) & (feeder.dust_room > 0.5 * left)
        self.rows = np.where(self.keeps_dust[:, None], feeder.full, feeder.clean)
        self.h = left - np.where(self.keeps_dust, 0, feeder.dust_room)
        self.status = SOLVED if not self.bad else NO_WORSE if question.no_worse else INSECURE
        self.used = self.rows @ self.start
        beyond = self.used > self.h * (1 + MARGIN)
        fills = (self.used > np.maximum(self.h - near, 0)) & (self.status != INSECURE)
        self.over = [r for r in np.flatnonzero(fills) if (beyond[r] or stated in (NO_WORSE, NOT_CONTAINED))
                     and self.exceeds(r, self.start)]
        self.beyond |= beyond
        if self.over:
            factor = (self.h[self.over] / self.used[self.over]).min()
            self.start = self.start * np.where((self.rows[self.over] > 0).any(axis=0), factor, 1)
            self.status = self.status or NOT_CONTAINED
        self.status = ISLANDED if feeder.islanded else self.status
        self.statuses = [self.status] + [UNCERTIFIED] * (self.status not in (INSECURE, ISLANDED))
        self.h = np.maximum(self.h, self.rows @ self.start)
        self.row_limit, self.named_side = feeder.row_limit, feeder.side + 100 * self.keeps_dust

    def expected_violations(self):
        """{limit: what its rows may be listed with}, and the limits that must be: passed by base case or starts."""
        model, found, passed = self.model, {}, set()
        for r, used in [(r, 0) for r in self.bad] + [(r, self.used[r]) for r in self.over]:
            l, toward, used = model.row_limit[r], model.toward[r], used + model.worst_q[r] + self.taken[r]
            x, limit, along = self.x[l], model.limits[l], (np.conj(toward) * self.x[l]).real + used
            moves = used or model.errors.any()
            across = 0 if self.question.flow == "dc" else abs(x.imag) + self.taken_q[r]
            size = limit.value * np.hypot(max(along, 0) if moves else x.real, across)
            size = limit.value * along if moves and model.side[r] >= 2 else size
            size = limit.base * np.sqrt(max((x + used * toward).real, 0)) if limit.kind < 2 else size
            found.setdefault(l, []).append((size, np.nan, limit.value, np.nan))
            passed.update([l] if self.beyond[r] else ())
        return found, passed

    def exceeds(self, r, start=None):
        """Whether the base case, or the limits at their start, exceed row r: its coefficients as rational numbers."""
        model, l, toward = self.model, self.model.row_limit[r], self.model.toward[r]
        e, constant, powers = model.effect[l], model.constant[l], np.r_[self.power.real, self.power.imag, 1, 1]
        p = product(np.r_[e.real, -e.imag, constant.real, self.no_load[l]], powers)
        q = product(np.r_[e.imag, e.real, constant.imag, 0], powers)
        along = p * Fraction(toward.real) + q * Fraction(toward.imag)
        reached = along + Fraction(model.worst_q[r]) + Fraction(self.taken[r])
        if start is not None:
            reached += product(self.rows[r], start) + (0 if self.keeps_dust[r] else Fraction(model.dust_room[r]))
        if model.kind[r] < 2:
            return reached > (Fraction(model.limits[l].value) / Fraction(model.limits[l].base)) ** 2 * int(toward.real)
        if model.side[r] >= 2:  # a base case between polygon and circle moves the side out to itself
            return reached > max(Fraction(np.cos(np.pi / SIDES)), along if p**2 + q**2 <= 1 else 0)
        q = 0 if self.question.flow == "dc" else abs(q) + Fraction(self.taken_q[r])
        return q**2 > 1 or reached > 0 and reached**2 + q**2 > 1
