"""Orders of a clearing: where they come from, and what the words of an order let its trades be (market.md)."""
import csv
from collections import defaultdict
from datetime import datetime, timezone
from fractions import Fraction

import numpy as np

from .chain import COLUMNS
from .frame import owners

BUY, SELL = 0, 1
LIMITS, KILLED = ("export", "import", "q_inject", "q_absorb", "up", "down"), 2
UP, DOWN = 4, 5
NEVER = 2**63 - 1
# What is nothing; what sums may differ by; what a trade may lack to fill an order: all in kW. Shares have no unit.
NOTHING_KW, SUMS_KW, LACKS_KW, SHARES_DIFFER = 1e-5, 1e-6, 2e-5, 1e-6
FILLED, CANCELLED, EXPIRED, REFUSED, REJECTED, PARTLY, CURTAILED = 1, 2, 3, 4, 5, 6, 7
DEFAULTS = {"arrival": 0, "expiry": NEVER, "min_fill": 0.0, "all_or_none": 0, "time_in_force": 0,
            "block": -1, "exclusive_group": -1, "parent": -1, "conditional": 0}


def raises(limit, side):
    """Whether an order moves its position up: limits are raised by their buyers, `up` is bought by injecting less."""
    return (side == BUY) != (limit == UP)


class Orders:
    """The orders of one feeder, by their rows `first` to `last`; quantities in kW."""

    def __init__(self, order, first, last):
        self.rows, self.first, self.last = range(first, last), first, last
        for name in ("id", *COLUMNS):
            values = getattr(order, name)
            setattr(self, name, values if name == "id" else values.tolist())
        self.kw = (order.quantity / 1e3).tolist()
        self.least = (order.min_fill / 1e3).tolist()

    def steps(self, o):
        return range(self.first_step[o], self.last_step[o] + 1)

    def whole(self, o):
        """In full or not at all: as a leg of a block, or by itself in each of its steps."""
        return self.block[o] >= 0 or self.all_or_none[o] == 1 or self.time_in_force[o] == KILLED

    def divisible(self, o):
        """Any part of it may trade, whatever becomes of others."""
        return not self.whole(o) and self.least[o] <= 0 and self.exclusive_group[o] < 0 and self.parent[o] < 0

    def up(self, o):
        return raises(self.limit[o], self.side[o])

    def ages(self):
        """When orders arrive, and which of those at one time came first; a block arrives with its last order."""
        found, last = {o: (self.arrival[o], o) for o in self.rows}, {}
        for o in self.rows:
            if self.block[o] >= 0:
                last[self.block[o]] = max(last.get(self.block[o], found[o]), found[o])
        return {o: last.get(self.block[o], age) for o, age in found.items()}


class Fills:
    """What the trades of a feeder fill of its orders."""

    def __init__(self, orders, trades):
        self.orders, self.kw, self.times = orders, defaultdict(float), defaultdict(set)
        for t in trades:
            for o in (t.buy, t.sell):
                if o >= 0:
                    self.kw[o, t.step] += t.kw
                    self.times[o, t.step].add(t.time)

    def share(self, o):
        return self.kw.get((o, self.orders.first_step[o]), 0) / self.orders.kw[o]

    def accepted(self, o):
        steps = self.orders.steps(o)
        return sum(self.kw.get((o, step), 0) for step in steps) / len(steps)


def check_trades(orders, trades, asked):
    """Every trade by itself: sides, steps, prices and times of its orders."""
    ages = orders.ages()
    for k, t in enumerate(trades):
        both = t.buy >= 0 and t.sell >= 0
        yield t.kw > 0, f"trade {k}: quantity {t.kw} kW"
        yield both != asked.auction and max(t.buy, t.sell) >= 0, f"trade {k}: orders {t.buy} and {t.sell}"
        for o, side in ((t.buy, BUY), (t.sell, SELL)):
            if o >= 0:
                yield orders.side[o] == side, f"trade {k}: order {orders.id[o]} is on the other side"
                yield orders.limit[o] == t.limit, f"trade {k}: order {orders.id[o]} is about another limit"
                yield t.step in orders.steps(o), f"trade {k}: order {orders.id[o]} does not stand in step {t.step}"
                if asked.auction:
                    yield t.time == orders.arrival[o], f"trade {k}: its time is not that of order {orders.id[o]}"
                else:
                    there = orders.arrival[o] <= t.time < orders.expiry[o]
                    at_once = orders.time_in_force[o] and orders.block[o] < 0
                    yield there and (t.time == orders.arrival[o] or not at_once), (
                        f"trade {k}: order {orders.id[o]} is not there at its time")
        if both and not asked.auction:
            yield orders.customer[t.buy] != orders.customer[t.sell], f"trade {k}: a customer trades with itself"
            older = t.buy if ages[t.buy] < ages[t.sell] else t.sell
            prices = (t.buy, t.sell) if asked.two_price else (older, older)
            yield orders.price[t.buy] >= orders.price[t.sell], f"trade {k}: prices do not cross"
            yield (t.buy_price, t.sell_price) == tuple(orders.price[o] for o in prices), f"trade {k}: another price"


def check_rules(orders, trades, fills, asked):
    """Every order over its trades: quantities, smallest fills, blocks, groups, families."""
    got = defaultdict(float)
    for k, t in enumerate(trades):
        for o in (o for o in (t.buy, t.sell) if o >= 0):
            rest = orders.kw[o] - got[o, t.step]
            got[o, t.step] += t.kw
            fits = orders.whole(o) or t.kw >= min(orders.least[o], orders.kw[o]) - SUMS_KW
            yield fits or not asked.auction and t.kw >= rest - LACKS_KW, (
                f"trade {k}: less than the smallest fill of order {orders.id[o]}")
    for (o, step), kw in fills.kw.items():
        yield kw <= orders.kw[o] + SUMS_KW, f"order {orders.id[o]}: {kw} kW in step {step} is more than it asks"
        if orders.whole(o):
            yield kw >= orders.kw[o] - LACKS_KW, f"order {orders.id[o]}: {kw} kW in step {step} is not all of it"
            yield asked.auction or len(fills.times[o, step]) == 1, f"order {orders.id[o]}: trades at several times"
    blocks, groups = defaultdict(list), defaultdict(dict)
    for o in orders.rows:
        if orders.block[o] >= 0:
            blocks[orders.block[o]] += [fills.kw.get((o, step), 0) / orders.kw[o] for step in orders.steps(o)]
        if orders.exclusive_group[o] >= 0:  # a block counts once
            member = orders.block[o] if orders.block[o] >= 0 else (o,)
            groups[orders.exclusive_group[o]].setdefault(member, fills.share(o))
        if (parent := orders.parent[o]) >= 0:
            yield fills.share(o) <= fills.share(parent) + SHARES_DIFFER, f"order {orders.id[o]}: more than its parent"
    for block, shares in blocks.items():
        yield min(shares) > 0.99 or max(shares) == 0, f"block {block}: some of its legs trade and others do not"
    for group, shares in groups.items():
        yield sum(shares.values()) <= 1 + SHARES_DIFFER, f"exclusive group {group}: more than one share is accepted"


# Where orders come from


def check_orders(case, clearing, series, path):
    """The orders are those of the case, or of the CSV file that was cleared."""
    order, feeder = clearing.order, owners(case)
    if path is None and has_orders(case):
        own = {name: vars(case.order).get(name, np.full(len(case.order.id), DEFAULTS.get(name))) for name in COLUMNS}
        names, hint = case.order.id, "those of the case; were they of a CSV file, name it by --orders"
    elif path is not None:
        own, names, hint = *read_table(path, case, series), f"those of {path}"
    else:
        return
    yield names == order.id, f"identifiers of orders are not {hint}"
    for name in COLUMNS if names == order.id else ():
        mine, stated = np.asarray(own[name]), getattr(order, name)
        if path is not None and name in ("block", "exclusive_group"):
            stated = [alike(order, feeder, k, name) for k in range(len(names))]
        close = np.isclose(mine, stated, 1e-14, 0) if stated_in_kw(path, name) else mine == np.asarray(stated)
        yield close.all(), f"column {name} of orders is not {hint}"


def has_orders(case):
    return "order" in vars(case) and len(case.order.id) > 0


def stated_in_kw(path, name):
    return path is not None and name in ("quantity", "min_fill")


def alike(order, feeder, k, name):
    """Labels are any text in a table: the first order of the feeder with the same label stands for it."""
    label, column = getattr(order, name)[k], getattr(order, name)
    same = np.flatnonzero((column == label) & (feeder[order.customer] == feeder[order.customer[k]]))
    return -1 if label < 0 else same[0]


def read_table(path, case, series):
    """Columns and identifiers of order.csv (io/import/csv.md), by feeder; labels as the first row that has them."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    feeders, owner = case.feeder.id, owners(case)
    customer = {(feeders[owner[k]], name): k for k, name in enumerate(case.customer.id)}
    for line in table:
        line["feeder"] = line.get("feeder") or feeders[0]
    table.sort(key=lambda line: feeders.index(line["feeder"]))
    row, first = {(line["feeder"], line["id"]): k for k, line in enumerate(table)}, {}
    found = defaultdict(list)
    for k, line in enumerate(table):
        of, word = line["feeder"], defaultdict(str, {name: text for name, text in line.items() if text})
        found["customer"].append(customer[of, word["customer"]])
        found["side"].append(("buy", "sell").index(word["side"]))
        found["limit"].append(LIMITS.index(word["limit"]))
        steps = [step_of(word[name], series) for name in ("first_step", "last_step") if word[name]]
        found["first_step"].append(steps[0])
        found["last_step"].append(steps[-1])
        found["price"].append(float(word["price_per_mwh"]))
        for name in ("quantity", "min_fill"):
            found[name].append(1e3 * float(word[name + "_kw"] or 0))
        for name, absent in (("arrival", 0), ("expiry", NEVER)):
            found[name].append(moment(word[name]) if word[name] else absent)
        for name in ("all_or_none", "conditional"):
            found[name].append(int(word[name] == "yes"))
        kinds = ("", "immediate_or_cancel", "fill_or_kill")
        found["time_in_force"].append(kinds.index(word["time_in_force"].replace("good_till_expiry", "")))
        for name in ("block", "exclusive_group"):
            found[name].append(first.setdefault((name, of, word[name]), k) if word[name] else -1)
        found["parent"].append(row[of, word["parent"]] if word["parent"] else -1)
    return found, [line["id"] for line in table]


def step_of(word, series):
    return int(word) if word.isdigit() else series.time.tolist().index(moment(word) // 10**6)


def moment(word):
    """Microseconds of a time with zone, or of UTC seconds."""
    if len(word) > 19 and word[4] == "-":
        since = datetime.fromisoformat(word.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
        return (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
    return int(Fraction(word) * 10**6)
