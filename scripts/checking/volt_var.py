"""Reactive power that a Volt-VAr curve makes a customer inject between one pair of its terminals."""
import numpy as np

VOLT_VAR = 3  # of reactive_mode


class VoltVar:
    """The curve of customer k of a case, for `share` of its power, across terminals of a rated voltage."""

    def __init__(self, case, k, share, rated):
        customer, curve = case.customer, case.customer.volt_var[k]
        used = ~np.isnan(case.volt_var.voltage[curve])
        self.voltage, self.q = rated * case.volt_var.voltage[curve][used], case.volt_var.q[curve][used]
        self.inject, self.absorb = share * customer.q_inject_max[k], share * customer.q_absorb_max[k]
        self.share, self.apparent = share, share * customer.apparent_max[k]

    def __call__(self, size, power):
        """Q, and its derivative by the voltage, at voltages of some size and the customer's active power."""
        left = np.inf
        if not np.isnan(self.apparent):
            left = np.sqrt(np.maximum(self.apparent**2 - (self.share * power) ** 2, 0))
        y = np.interp(size, self.voltage, self.q)
        most = np.where(y > 0, np.minimum(self.inject, left), np.minimum(self.absorb, left))
        between = np.clip(np.searchsorted(self.voltage, size) - 1, 0, len(self.q) - 2)
        slope = (np.diff(self.q) / np.diff(self.voltage))[between]
        inside = (size > self.voltage[0]) & (size < self.voltage[-1])
        return y * most, np.where(inside, slope, 0) * most
