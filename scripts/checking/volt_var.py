"""Reactive power that Volt-VAr curves make customers inject between pairs of their terminals."""
import numpy as np

VOLT_VAR = 3  # of reactive_mode


class VoltVars:
    """The curves of a feeder's legs, each (its number, customer k of the case, share of its power, rated voltage).

    All at once: points are [point x leg], and those that a curve has not are its last one, at no voltage.
    """

    def __init__(self, case, legs):
        self.legs = np.array([leg for leg, *_ in legs], int)
        k = np.array([k for _, k, *_ in legs], int)
        share, rated = (np.array([leg[i] for leg in legs], float) for i in (2, 3))
        curve, customer = case.customer.volt_var[k], case.customer
        voltage, self.q = (np.array(part[curve], float).T for part in (case.volt_var.voltage, case.volt_var.q))
        for point in range(1, len(voltage)):
            unused = np.isnan(voltage[point])
            voltage[point, unused], self.q[point, unused] = np.inf, self.q[point - 1, unused]
        self.voltage = voltage * rated
        self.inject, self.absorb = (
            (share * part[k])[:, None] for part in (customer.q_inject_max, customer.q_absorb_max))
        self.share, self.apparent = share[:, None], (share * customer.apparent_max[k])[:, None]

    def __call__(self, size, power):
        """Q, and its derivative by the voltage, at voltages [leg x scenario] and the customers' active power."""
        left = np.sqrt(np.maximum(self.apparent**2 - (self.share * power) ** 2, 0))
        left = np.where(np.isnan(self.apparent), np.inf, left)
        y, slope = self.q[0][:, None] + np.zeros(size.shape), np.zeros(size.shape)
        for begin, end, low, high in zip(self.voltage, self.voltage[1:], self.q, self.q[1:]):
            begin, end, low, high = begin[:, None], end[:, None], low[:, None], high[:, None]
            with np.errstate(invalid="ignore"):
                rise = (high - low) / (end - begin)
            y = np.where(size >= end, high, np.where(size > begin, low + rise * (size - begin), y))
            slope = np.where((size > begin) & (size < end), rise, slope)
        most = np.where(y > 0, np.minimum(self.inject, left), np.minimum(self.absorb, left))
        return y * most, slope * most
