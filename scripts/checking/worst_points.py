"""Looks for the points of a box of powers at which each limit of a feeder is worst in the AC power flow.

Points are written in shares of the box, 0 at the lower and 1 at the upper end of each coordinate. The search starts at
given points; from the worst point of each limit that is near, customers go to their other end: all together that gain
to first order, the most promising ones singly and in pairs, and for currents and powers all together that lengthen the
phasor in one of several directions, until nothing worsens a limit any more.
"""
from itertools import combinations

import numpy as np

from .power_flow import NEUTRAL

NEAR, GAIN = 2e-3, 1e-9  # per unit: limits this close are searched; what counts as worse
SINGLES, PAIRED, ROUNDS = 8, 4, 16
DIRECTIONS, LONGEST = np.exp(2j * np.pi * np.arange(360) / 360), 12  # in which currents and powers are made long
CORNERS, INSIDE = 32, 16  # random ones of every box


class Watched:
    """How far voltages, currents and powers pass the limits of a feeder: per unit of the base voltage or the rating."""

    def __init__(self, network, limits):
        self.network, self.limits, products = network, limits, []
        for limit in limits:
            products.append(self.voltage(limit) if limit.kind < 2 else self.branch(limit))
        self.scale = np.array([1 / limit.base if limit.kind < 2 else 1 / self.rating(limit) for limit in limits])
        self.value = np.array([limit.value if limit.kind < 2 else self.rating(limit) for limit in limits])
        self.sign = np.array([-1 if limit.kind == 1 else 1 for limit in limits])
        self.single = [l for l, (u, _) in enumerate(products) if u is None]
        self.effect = np.array([products[l][1] for l in self.single]).reshape(len(self.single), -1)
        self.powers = [(l, *product) for l, product in enumerate(products) if product[0] is not None]

    def rating(self, limit):
        return self.network.case.branch.rating_current[limit.branch] if limit.kind == 2 else limit.value

    def voltage(self, limit):
        """Between two phases, or of one against the neutral of its bus or the ground."""
        ends = [(limit.bus, "abc".index(phase)) for phase in limit.phases]
        ends += [(limit.bus, NEUTRAL)] if len(ends) == 1 and (limit.bus, NEUTRAL) in self.network.fed else []
        return None, self.network.phasor(self.network.row(zip(ends, (1, -1))))

    def branch(self, limit):
        """The current of a phase, or the factors of the power of a winding or of all conductors, at the sending end."""
        net, bus, k = self.network, limit.bus, limit.branch
        if limit.kind == 2:
            return None, net.current(k, bus, "abc".index(limit.phases))
        if limit.kind == 4:
            across, into = net.windings[k, bus, self.coil(limit)]
            return net.phasor(across)[None], net.phasor(into)[None]
        live = [c for c in range(4) if (bus, c) in net.fed]
        found = [(net.phasor(net.row([((bus, c), 1)])), net.current(k, bus, c)) for c in live]
        return tuple(np.array(part) for part in zip(*((u, i) for u, i in found if i is not None)))

    def coil(self, limit):
        """The coil whose terminals at the receiving end have the phases of the limit."""
        side = 1 if self.network.case.branch.to_bus[limit.branch] == limit.bus else 2
        for pair in self.network.coils(limit.branch):
            ends = [end for end in pair[side] if end[0] not in ("ground", "star") and end[1] < NEUTRAL]
            if sorted("abc"[phase] for _, phase in ends) == sorted(limit.phases):
                return pair[0]
        raise ValueError(f"no coil of {limit}")

    def phasors(self, slack, current):
        """Of voltages, currents and powers, [limit x scenario].  current [pair x scenario]"""
        known = np.vstack([np.tile(slack[:, None], current.shape[1]), current])
        found = np.empty((len(self.limits), current.shape[1]), complex)
        found[self.single] = self.effect @ known
        for l, u, i in self.powers:
            found[l] = ((u @ known) * np.conj(i @ known)).sum(axis=0)
        return found

    def passed(self, phasors):
        """Excess of limits; infinite where there is no power flow."""
        found = (self.sign * self.scale)[:, None] * (np.abs(phasors) - self.value[:, None])
        return np.where(np.isfinite(phasors).all(axis=0), found, np.inf)

    def gains(self, phasors):
        """By how much excesses of scenarios are above those of the first."""
        found = self.passed(phasors)
        return found[:, 1:] - found[:, :1]

    def excess(self, slack, current):
        return self.passed(self.phasors(slack, current))


class WorstPoints:
    """One box: powers of all customers `base` plus, of each coordinate (customer, unit), between `low` and `high`."""

    def __init__(self, watched, slack, base, coordinates, low, high):
        self.watched, self.slack, self.base, self.coordinates, self.low = watched, slack, base, coordinates, low
        self.width, self.known = high - low, set()
        self.excess = np.full(len(watched.limits), -np.inf)
        self.share = np.zeros((len(watched.limits), len(low)))

    def powers(self, share):
        """Of all customers, [customer x point].  share [point x coordinate]"""
        power = np.tile(self.base[:, None], len(share))
        for (customer, unit), moved in zip(self.coordinates, (self.low + share * self.width).T):
            power[customer] += unit * moved
        return power

    def look(self, shares):
        """Solves points that are not known yet; whether one is worse than all before."""
        new = {point.tobytes(): point for point in np.asarray(shares, float)}
        points = np.array([point for key, point in new.items() if key not in self.known])
        self.known |= set(new)
        if not len(points):
            return False
        _, current = self.watched.network.flow(self.slack, self.powers(points))
        excess = self.watched.excess(self.slack, current)
        worst = excess.argmax(axis=1)
        found = excess[range(len(worst)), worst]
        worse = found > self.excess + GAIN
        self.excess[worse], self.share[worse] = found[worse], points[worst[worse]]
        return worse.any()

    def search(self, starts, always, rng):
        """From starts and random points; `always`: limits that are searched however far they are."""
        count = len(self.low)
        self.look([*np.zeros((1, count)), *np.ones((1, count)), *starts, *rng.integers(0, 2, (CORNERS, count)),
                   *rng.uniform(0, 1, (INSIDE, count))])
        for _ in range(ROUNDS):
            near = np.flatnonzero((self.excess > -NEAR) | np.isin(range(len(self.excess)), list(always)))
            if not np.isfinite(self.excess).all() or not self.look(self.flips(near)):
                return

    def flips(self, limits):
        """Points that may be worse than the worst of these limits, by first-order changes."""
        found, width = [], self.width > 0
        points = {self.share[l].tobytes(): self.share[l] for l in limits} if width.any() else {}
        for key, share in points.items():
            moved = self.moved(share)
            gain = self.watched.gains(moved)
            for l in limits:
                if self.share[l].tobytes() == key:
                    if self.watched.limits[l].kind > 1:
                        found += [flipped(share, np.flatnonzero(some)) for some in longest(moved[l], width)]
                    order = [k for k in np.argsort(-gain[l], kind="stable") if width[k]]
                    sets = [[k for k in order if gain[l, k] > GAIN], *([k] for k in order[:SINGLES]),
                            *combinations(order[:PAIRED], 2)]
                    found += [flipped(share, some) for some in sets]
        return found

    def gains(self, share):
        """First-order change of every excess when a coordinate goes to its other end, [limit x coordinate]."""
        return self.watched.gains(self.moved(share))

    def moved(self, share):
        """Phasors here, and to first order where a coordinate is at its other end, [limit x 1 + coordinate]."""
        network, power = self.watched.network, self.powers(share[None])
        change = np.zeros((len(power), len(share)), complex)
        for k, ((customer, unit), to) in enumerate(zip(self.coordinates, flipped(share, range(len(share))) - share)):
            change[customer, k] = unit * to * self.width[k]
        v, current = network.flow(self.slack, power)
        moved = network.moved(v[:, 0], power, change)
        return self.watched.phasors(self.slack, current + np.hstack([np.zeros((len(moved), 1)), moved]))


def longest(moved, width):
    """Which coordinates go to their other end to make a phasor long, by its first-order changes."""
    change = np.where(width, moved[1:] - moved[0], 0)
    sets = np.unique(np.real(np.conj(DIRECTIONS)[:, None] * change) > 0, axis=0)
    return sets[np.argsort(-np.abs(moved[0] + sets @ change), kind="stable")[:LONGEST]]


def flipped(share, some):
    """The point with some coordinates at the end that is further away."""
    moved, some = share.copy(), list(some)
    moved[some] = share[some] < 0.5
    return moved
