"""Datasets of a clearing file, and what its numbers may refer to (io/schema.md); judged before anything else."""
import numpy as np

from .files import Columns
from .frame import owners
from .proof import NOT_STORED

# Axes: time, customers, feeders, orders, trades, parts, part steps, row prices, nodes and multipliers of proofs, bytes
# of a hash.
ORDER = {"int32": "customer first_step last_step block exclusive_group parent refused_step",
         "int8": "side limit time_in_force status refusal fit", "int64": "arrival expiry",
         "uint8": "all_or_none conditional", "float64": "quantity price min_fill accepted"}
TRADE = {"int32": "feeder step buy sell", "int64": "time", "int8": "limit", "float64": "quantity buy_price sell_price"}
PART = {"int32": "feeder first_step step_count", "int8": "status proof", "uint8": "certified unique_prices",
        "int64": "nodes iterations", "float64": "welfare bound certificate_gap row_excess"}
ROW_PRICE = {"int32": "step feeder row side tangent", "float64": "price"}
TANGENT = {"int32": "feeder step row power_count", "int64": "first_power", "float64": "excess rest"}
TANGENT_POWER = {"int32": "customer", "int8": "kind", "float64": "power coefficient"}
PROOF_NODE = {"int32": "part parent order step multiplier_count", "uint8": "answer", "int8": "kind",
              "int64": "first_multiplier"}
PROOF_MULTIPLIER = {"int32": "part step index side", "int8": "kind", "float64": "value"}
FINITE = {"order": "quantity price min_fill accepted", "trade": "quantity buy_price sell_price"}
FINITE_IN_AUCTIONS = {"tangent": "excess rest", "tangent_power": "power coefficient"}


def check_layout(case, clearing, series, asked):
    """Every dataset is there, of its type and size; every reference is one."""
    size = {"time": len(series.time), "customers": len(case.customer.id), "feeders": len(case.feeder.id)}
    if asked.auction:
        complete(clearing)
    for name, kind, axes in expected(clearing, asked):
        group, _, column = name.rpartition("/")
        values = vars(vars(clearing).get(group, Columns()) if group else clearing).get(column)
        shape = tuple(size.setdefault(axis, np.shape(values)[0] if np.ndim(values) else 0) if isinstance(axis, str)
                      else axis for axis in axes)
        fits = values is not None and values.shape == shape and values.dtype == kind
        yield fits, f"{name} is missing, or not {kind} {shape}"
        if not fits:
            return
    if len(clearing.customer.id) == size["customers"] and len(clearing.order.id) == size["orders"]:
        yield from check_references(case, clearing, size, asked)
    else:
        yield False, "customers and orders are not as many as their columns say"


def complete(clearing):
    """Auctions without parts, prices, proofs or rows linearised in AC have no such groups.

    Older ones do not say what proves a bound, nor which rows those are.
    """
    part = vars(clearing).get("part")
    clearing.says_proofs = not isinstance(part, Columns) or "proof" in vars(part)
    if not clearing.says_proofs and "feeder" in vars(part):
        part.proof = np.full(len(part.feeder), NOT_STORED, np.int8)
    price = vars(vars(clearing).get("row_price", Columns()))
    if "row" in price and "tangent" not in price:
        clearing.row_price.tangent = np.full(len(clearing.row_price.row), -1, np.int32)
    for name, columns in (("part", PART), ("row_price", ROW_PRICE), ("proof_node", PROOF_NODE),
                          ("proof_multiplier", PROOF_MULTIPLIER), ("tangent", TANGENT),
                          ("tangent_power", TANGENT_POWER)):
        if not isinstance(vars(clearing).get(name), Columns):
            empty = {column: np.zeros(0, kind) for kind, words in columns.items() for column in words.split()}
            setattr(clearing, name, Columns(**empty))
    vars(clearing).setdefault("part_step", np.zeros(0, np.int32))


def positions(asked):
    """Limits of this market, by their numbers in /order/limit, and what their columns are called."""
    if asked.set_points:
        return (4, 5), ("injection",), ("up", "down")
    names = ("export", "import", "q_inject", "q_absorb")[:4 if asked.question.joint else 2]
    return tuple(range(len(names))), tuple(name + "_limit" for name in names), names


def expected(clearing, asked):
    """(dataset, type, axes) of everything that is judged."""
    tables = {"order": (ORDER, "orders"), "trade": (TRADE, "trades")}
    if asked.auction:
        tables |= {"part": (PART, "parts"), "row_price": (ROW_PRICE, "row_prices"),
                   "proof_node": (PROOF_NODE, "nodes"), "proof_multiplier": (PROOF_MULTIPLIER, "multipliers"),
                   "tangent": (TANGENT, "tangents"), "tangent_power": (TANGENT_POWER, "tangent_powers")}
    for group, (columns, axis) in tables.items():
        for kind, words in columns.items():
            yield from ((f"{group}/{word}", kind, (axis,)) for word in words.split())
    yield "trade/hash", "uint8", ("trades", 32)
    _, limits, prices = positions(asked)
    for name in limits:
        yield from ((f"limit/{name}_{when}", "float64", ("time", "customers")) for when in ("before", "after"))
    if asked.auction:
        yield "part_step", "int32", ("part_steps",)
        yield from ((f"price/{name}", "float64", ("time", "customers")) for name in prices)
    yield "settlement/cash", "float64", ("time", "customers")
    yield "market/status", "int8", ("time", "feeders")
    money = ["welfare", "operator_surplus", "row_excess"] + ["ac_excess"] * asked.secure
    yield from ((f"market/{name}", "float64", ("time", "feeders")) for name in money)
    if not asked.set_points:
        yield "market/envelope_status", "int8", ("time", "feeders")


def check_references(case, clearing, size, asked):
    """References are rows of what they name, numbers are numbers."""
    def inside(values, low, high):
        return bool(((values >= low) & (values < high)).all())

    order, trade, row = clearing.order, clearing.trade, clearing.row
    for group, words in FINITE.items():
        for word in words.split():
            yield np.isfinite(getattr(getattr(clearing, group), word)).all(), f"{group}/{word} has no value somewhere"
    yield inside(order.customer, 0, size["customers"]), "order/customer is no row of /customer"
    yield inside(trade.feeder, 0, size["feeders"]) and inside(trade.step, 0, size["time"]), "trade/feeder or step"
    yield inside(trade.buy, -1, size["orders"]) and inside(trade.sell, -1, size["orders"]), "trade/buy or sell"
    yield np.isin(trade.limit, positions(asked)[0]).all(), "trade/limit is none of this market"
    yield inside(row.feeder, 0, size["feeders"]), "row/feeder is no row of /feeder"
    for name, among in (("bus_row", case.bus.id), ("branch_row", case.branch.id)):
        yield inside(getattr(row, name), -1, len(among)), f"row/{name} is no row of the case"
    if asked.auction:
        part, steps = clearing.part, len(clearing.part_step)
        owned = inside(part.first_step, 0, steps) and inside(part.step_count, 1, steps + 1)
        yield owned and inside(part.first_step + part.step_count, 0, steps + 1), "part/first_step or step_count"
        yield inside(part.feeder, 0, size["feeders"]) and inside(clearing.part_step, 0, size["time"]), "part/feeder"
        for name in ("proof_node", "proof_multiplier"):
            owner = getattr(clearing, name).part
            yield inside(owner, 0, size["parts"]) and (np.diff(owner) >= 0).all(), f"{name}/part"
        yield from check_tangents(clearing, size, inside)
    if inside(order.customer, 0, size["customers"]):
        yield from check_owners(case, clearing, size)


def check_tangents(clearing, size, inside):
    tangent, power, count = clearing.tangent, clearing.tangent_power, len(clearing.tangent_power.power)
    for group, words in FINITE_IN_AUCTIONS.items():
        for word in words.split():
            yield np.isfinite(getattr(getattr(clearing, group), word)).all(), f"{group}/{word} has no value somewhere"
    yield inside(tangent.feeder, 0, size["feeders"]) and (np.diff(tangent.feeder) >= 0).all(), "tangent/feeder"
    known = inside(tangent.step, 0, size["time"]) and inside(tangent.row, 0, len(clearing.row.feeder))
    yield known, "tangent/step or row"
    ends = tangent.first_power + tangent.power_count
    yield (tangent.power_count >= 0).all() and inside(tangent.first_power, 0, count + 1) and inside(
        ends, 0, count + 1), "tangent/first_power or power_count"
    yield inside(power.customer, 0, size["customers"]) and inside(power.kind, 0, 4), "tangent_power/customer or kind"
    yield inside(clearing.row_price.tangent, -1, len(tangent.row)), "row_price/tangent is no row of /tangent"


def check_owners(case, clearing, size):
    """Orders, their parents and their trades are of one feeder; orders stand in steps that there are."""
    order, trade = clearing.order, clearing.trade
    feeder = owners(case)[order.customer]
    sound = np.array(clearing.feeder.fault)[feeder] == ""
    yield (np.diff(feeder) >= 0).all(), "orders do not stand by feeder"
    steps = (order.first_step >= 0) & (order.first_step <= order.last_step) & (order.last_step < size["time"])
    yield (steps | ~sound).all(), "order/first_step or last_step is no step"
    yield (order.quantity > 0).all() and (order.min_fill >= 0).all(), "order/quantity or min_fill is not positive"
    yield (np.minimum(order.block, order.exclusive_group) >= -1).all(), "order/block or exclusive_group is below -1"
    parents = order.parent[order.parent >= 0]
    known = (order.parent >= -1).all() and (parents < size["orders"]).all()
    yield known and (feeder[parents] == feeder[order.parent >= 0]).all(), "order/parent is none of its feeder"
    for side in (trade.buy, trade.sell):
        mine = (side >= 0) & (side < size["orders"])
        yield (feeder[side[mine]] == trade.feeder[mine]).all(), "a trade is of another feeder than its orders"
