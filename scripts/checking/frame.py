"""What every file of a case repeats of it: feeders, customers, steps, and the table of limits."""
from functools import partial
from types import SimpleNamespace as Record

import numpy as np

SAME = 1e-9  # one number got in two ways
same = partial(np.allclose, rtol=SAME, atol=SAME, equal_nan=True)


def owners(case):
    """The feeder of every customer."""
    return np.repeat(range(len(case.feeder.id)), np.diff(case.feeder.customer_offset))


def check_frame(case, result, series):
    """The file is of this case: its feeders, customers and steps."""
    customer = case.customer
    for name, stated, own in (("id", result.feeder, case.feeder), ("id", result.customer, customer),
                              ("active", result.customer, customer),
                              ("feeder", result.customer, Record(feeder=owners(case))),
                              ("time", result, series), ("time_bounds", result, series)):
        yield np.array_equal(getattr(stated, name), getattr(own, name)), f"{name} differs from the case"


def check_rows(model, row):
    """Finds the limit of every row of /row; limits that have none must be implied by some that have: a current by a
    smaller one of the same conductors, for powers are not what currents are at the base voltage."""
    bus, branch, limits, model.table = model.case.bus.id, [*model.case.branch.id, ""], model.limits, {}
    known = {limit[:4]: l for l, limit in enumerate(limits)}
    for r in np.flatnonzero(row.feeder == model.feeder):
        l = model.table[r] = known.pop((row.kind[r], row.bus_row[r], row.branch_row[r], row.phases[r]), None)
        value = (row.voltage_limit[r], row.power_limit[r])[::1 if row.kind[r] < 2 else -1]
        named = (row.bus[r], row.branch[r]) == (bus[row.bus_row[r]], branch[row.branch_row[r]])
        yield l is not None and named and same(value, (limits[l].value, np.nan)), f"row {r} of /row is no limit of this"
    flow = np.column_stack([model.effect, model.constant]) * np.array([limit.value for limit in limits])[:, None]
    branch = [k for k in model.table.values() if k is not None and limits[k].kind == 2]
    for l in known.values():
        alike = np.isclose(flow[branch], flow[l], SAME, 1e-15).all(axis=1) if limits[l].kind == 2 else ()
        implied = any(limits[k].value <= limits[l].value for k, same_flow in zip(branch, alike) if same_flow)
        yield implied or not model.effect[l].any(), f"/row lacks {limits[l]}"
