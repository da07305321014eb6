"""Weak duality in rational numbers: how far w may be from the least sum of costs under A w <= h, low <= w <= high."""
from collections import namedtuple
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

import numpy as np

exact = np.vectorize(Fraction, otypes=[object])
# linear v + quadratic v^2 / 2 - weight term(v), where term is (v / unit)^e / e, or ln(v / unit) for e = 0
Cost = namedtuple("Cost", "linear quadratic weight e unit", defaults=(0, 0, 0, Decimal(0), Fraction(1)))
# What rounds towards them encloses. Decimal's ln and exp round to the nearest in any context: their neighbours enclose.
DOWN, UP = (Context(prec=40, rounding=way) for way in (ROUND_FLOOR, ROUND_CEILING))


def multiples(values):
    """Doubles as integers, and the power of two that they are multiples of."""
    mantissa, exponent = np.frexp(np.asarray(values, float))
    least = int(exponent.min(initial=0)) - 53
    return np.ldexp(mantissa, 53).astype(np.int64).astype(object) << (exponent - 53 - least).astype(object), least


def product(a, b):
    """The exact a @ b of arrays of doubles."""
    (a, shift), (b, more) = multiples(a), multiples(b)
    return (a @ b) * Fraction(2) ** (shift + more)


def proven(costs, w, low, high, rows, h, price):
    """The objective at w, and at most how far it is from the smallest, whatever the prices >= 0 are."""
    held = np.flatnonzero(price)
    bound = sum(map(lowest, costs, product(price[held], rows[held]), exact(low), exact(high)))
    objective = sum(cost_at(cost, v)[1][0] for cost, v in zip(costs, exact(w)))
    return objective, objective - bound + product(price[held], h[held])


def cost_at(cost, v):
    """(value, slope) of the cost at v, from below and from above."""
    value, slope = cost.linear * v + cost.quadratic * v * v / 2, cost.linear + cost.quadratic * v
    if not cost.weight:
        return (value, slope), (value, slope)
    if v <= 0:
        return (-np.inf, -np.inf), (np.inf, np.inf)
    x, unit, e = Decimal(float(v)), Decimal(float(cost.unit)), cost.e
    log = DOWN.ln(DOWN.divide(x, unit))  # of a quotient that lacks less than 1e-39 of itself, so its logarithm does too
    term = DOWN.next_minus(log), UP.add(UP.next_plus(log), Decimal("1e-39"))
    power = Decimal(1), Decimal(1)
    if e:
        power = (DOWN.next_minus(DOWN.exp(DOWN.multiply(e, term[e < 0]))),
                 UP.next_plus(UP.exp(UP.multiply(e, term[e > 0]))))
        term = DOWN.divide(power[e < 0], e), UP.divide(power[e > 0], e)
    rise = DOWN.divide(power[0], x), UP.divide(power[1], x)
    return tuple((value - cost.weight * Fraction(term[k]), slope - cost.weight * Fraction(rise[k])) for k in (1, 0))


def lowest(cost, pull, low, high):
    """A bound from below of cost(v) + pull v over [low, high]: the tangent near where it is smallest."""
    push, e = float(cost.linear + pull), float(cost.e)
    near = -push / float(cost.quadratic) if cost.quadratic else float(high)
    if cost.weight and push > 0:
        near = (float(cost.weight) / (push * float(cost.unit) ** e)) ** (1 / (1 - e))
    v = min(max(Fraction(near), low), high)
    (value, least), (_, most) = cost_at(cost, v)
    return value + pull * v + min((slope + pull) * (end - v) for slope in (least, most) for end in (low, high))
