"""Weak duality in rational numbers: how far w may be from the least sum of costs under A w <= h, low <= w <= high.

A cost (linear, quadratic, weight, e) is linear v + quadratic v^2 / 2 - weight term(v); term is v^e / e, ln v for e = 0.
"""
import math
from fractions import Fraction

import numpy as np

exact = np.vectorize(Fraction, otypes=[object])


def proven(costs, w, low, high, rows, h, price):
    """The objective at w, and at most how far it is from the smallest, whatever the prices >= 0 are."""
    held = np.flatnonzero(price)
    charge, low, high = exact(price[held]), exact(low), exact(high)
    pull = (exact(rows[held]) * charge[:, None]).sum(axis=0) + 0 * low
    bound = sum(map(lowest, costs, pull, low, high)) - (charge * exact(h[held])).sum()
    objective = sum(cost_at(cost, v)[1][0] for cost, v in zip(costs, exact(w)))
    return float(objective), float(objective - bound)


def cost_at(cost, v):
    """(value, slope) of the cost at v, from below and from above."""
    linear, quadratic, weight, e = cost
    value, slope = linear * v + quadratic * v * v / 2, linear + quadratic * v
    if not weight:
        return (value, slope), (value, slope)
    if v <= 0:
        return (-np.inf, -np.inf), (np.inf, np.inf)
    x = float(v)
    term, rise = (x**e / e, x ** (e - 1)) if e else (math.log(x), 1 / x)
    ends = [[Fraction(beyond(number, way)) for number in (term, rise)] for way in (np.inf, -np.inf)]
    return tuple((value - weight * term, slope - weight * rise) for term, rise in ends)


def beyond(number, way):
    """Two units in the last place further: log, pow and a division are not wrong by more."""
    return np.nextafter(np.nextafter(number, way), way)


def lowest(cost, pull, low, high):
    """A bound from below of cost(v) + pull v over [low, high]: the tangent near where it is smallest."""
    linear, quadratic, weight, e = cost
    push = float(linear + pull)
    near = -push / float(quadratic) if quadratic else float(high)
    if weight and push > 0:
        near = (float(weight) / push) ** (1 / (1 - e))
    v = min(max(Fraction(near), low), high)
    (value, least), (_, most) = cost_at(cost, v)
    return value + pull * v + min((slope + pull) * (end - v) for slope in (least, most) for end in (low, high))
