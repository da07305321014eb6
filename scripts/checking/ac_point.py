"""A point of a feeder in the AC power flow: how far it passes each limit, and how powers move what limits look at.

Derivatives are exact: those of the power flow's equations, from one linear system for all that moves.
"""
import numpy as np


class AcPoint:
    """Injections of all customers, and moves of some of them: of customers[k] by units[k] per W or V A."""

    def __init__(self, watch, slack, power, customers, units, held_currents=False):
        self.watch, network, power = watch, watch.network, power[:, None]
        v, current = network.flow(slack, power)
        self.excess, self.known = watch.excess(slack, current)[:, 0], np.append(slack, current[:, 0])
        self.converged, self.effects = bool(np.isfinite(self.excess).all()), None
        if not self.converged:
            return
        change = np.zeros((len(power), len(units)), complex)
        change[customers, range(len(units))] = units
        moved = network.direct(v[:, 0], change) if held_currents else network.moved(v[:, 0], power, change)
        self.effects = np.vstack([np.zeros((3, moved.shape[1])), moved])

    def phasor(self, row):
        """A sum of effects: its value, and its derivatives."""
        return row @ self.known, row @ self.effects

    def voltage(self, l):
        """The derivatives of the excess of a voltage."""
        watch = self.watch
        z, moved = self.phasor(watch.effect[watch.single.index(l)])
        return watch.sign[l] * watch.scale[l] * (np.conj(z) * moved).real / abs(z)

    def rating(self, l):
        """The phasor of a rating, and its derivatives: the conjugate of a current, or an apparent power."""
        watch = self.watch
        if l in watch.single:
            z, moved = (np.conj(part) for part in self.phasor(watch.effect[watch.single.index(l)]))
        else:
            (u, i), = [factors for number, *factors in watch.powers if number == l]
            (u, of_u), (i, of_i) = self.phasor(u), self.phasor(i)
            z, moved = (u * np.conj(i)).sum(), of_u.T @ np.conj(i) + np.conj(of_i).T @ u
        return watch.scale[l] * z, watch.scale[l] * moved

    def slope(self, l):
        """The derivatives of the excess of any limit."""
        if self.watch.limits[l].kind < 2:
            return self.voltage(l)
        z, moved = self.rating(l)
        return (np.conj(z) * moved).real / abs(z)
