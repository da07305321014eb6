"""What the checks of linear and of AC-secure results share."""
import sys
from types import SimpleNamespace as Record

import numpy as np

FIT_KW, HELD_KW = 1.01e-7, 1.01e-6  # room of a row for its most sensitive limit: what may lack; what holds a limit
SHARES = ("equal", "equal-curtailment", "kalai-smorodinsky")
SOLVED, INSECURE, NO_WORSE, NOT_CONTAINED, INVALID, UNCERTIFIED, ISLANDED, SHRUNK = range(8)
STATUS = ("solved insecure_base solved_no_worse forecast_not_contained invalid_input uncertified islanded "
          "ac_shrunk").split()

AC_STEPS = 8  # of each feeder, unless --steps says otherwise


def spread(count, steps):
    """Some steps over the whole series; all where that is fewer."""
    steps = min(count, steps)
    return [k * count // steps for k in range(steps)]


def step_count(word):
    """A number of steps, or as many as there are."""
    count = sys.maxsize if word == "all" else int(word)
    if count < 1:
        raise ValueError(word)
    return count


class Step:
    """One step of a feeder: what it asks for and what it was given. Every check yields (holds, what to say if not)."""

    def __init__(self, feeder, series, step, result):
        self.model, self.question, self.step, self.result = feeder, feeder.question, step, result
        self.claim = Record(**{name: values[step, feeder.feeder] for name, values in vars(result.solve).items()})
        case, question, every = feeder.case, feeder.question, feeder.customers
        p, q, active = series.p_forecast[step][every], series.q_forecast[step][every], case.customer.active[every] == 1
        mode = case.customer.reactive_mode[every]
        own_q = active & (mode != 0) & ~((mode == 2) & question.joint & question.added)
        self.power = np.where(active & (not question.added), 0, p) + 1j * np.where(own_q, 0, q)
        joint = active & (mode == 2) & question.joint
        injection = np.concatenate([p[active], -p[active], q[joint], -q[joint]]) / 1e3
        self.slack = series.slack_voltage[step, feeder.feeder] * np.exp(
            1j * np.radians(series.slack_angle[step, feeder.feeder]))
        self.cap, self.connection_cap = (np.maximum(cap - injection, 0) if question.added else cap
                                         for cap in (feeder.cap, feeder.connection_cap))
        self.start = np.clip(injection, 0, self.cap) * question.contain
        self.over_cap = (question.contain & (np.maximum(injection, 0) > self.cap)).sum()
        given = result.envelope
        self.w = np.array([getattr(given, kind + "_limit")[step, k] for kind, k in feeder.columns]) / 1e3
        self.binding = np.array([getattr(given, kind + "_binding_row")[step, k] for kind, k in feeder.columns], int)
