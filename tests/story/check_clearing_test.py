"""Has scripts/check_clearing judge what the program clears, and then thousands of changed copies of it:

    check_clearing_test.py HEADROOM [--thorough]

Every clearing must pass and every changed one must fail. A change is one number, moved by at least 1e-3 (in kW,
currency or its own unit) and at least a thousandth of itself, or another member of an enumeration, or a reference to
something else; or a forgery: other trades, and everything that follows from them. The hash chain is made anew.
Exits with 77 where h5py or numpy is missing.
"""
import csv
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

sys.dont_write_bytecode = True
import script_module

ROOT = Path(__file__).parents[2]


judge = script_module.load("check_clearing")
run = partial(script_module.run, judge)
from checking.chain import chain
from checking.exchange import asked_of

SET_POINTS, AUCTION = ("--market", "set-point-exchange"), ("--mechanism", "auction")
# Work that was done, and whether other multipliers would do as well: not judged.
LABELS = {"order/block", "order/exclusive_group"}
UNJUDGED = {"feeder/checks", "part/nodes", "part/iterations", "part/unique_prices"}
# Any multipliers that prove the bound will do.
PROVING = {"proof_node/first_multiplier", "proof_node/multiplier_count", "proof_multiplier/part"} | {
    f"proof_multiplier/{name}" for name in ("kind", "step", "index", "side", "value")}
WATTS = {"order/quantity", "order/min_fill", "order/accepted", "trade/quantity", "market/row_excess", "part/row_excess"}


def headroom(*words):
    """Runs the program; 4 is done as well, with steps that are not cleared."""
    done = subprocess.run([HEADROOM, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise AssertionError(f"headroom {words}: {done.stderr}")


def case_path(name):
    """Laminar is made of its tables."""
    if name != "laminar":
        return ROOT / "cases" / name / f"{name}.h5"
    made = DIRECTORY / "laminar.h5"
    if not made.exists():
        headroom("import", ROOT / "cases" / "laminar", "-o", made)
    return made


def any_orders(name, kinds, count, seed, plain=False, whole=False):
    """A CSV file of orders; unless `plain` with every word that an order may have, or `whole`: all-or-none."""
    path, rng = DIRECTORY / f"{name}-{kinds[0]}-{count}-{seed}-{plain}-{whole}.csv", random.Random(seed)
    with h5py.File(case_path(name)) as file:
        ids = [b"".join(word).decode() for word in file["customer/id"][...]]
        series = file["series/" + file["series"].attrs["names"].decode().split()[0]]
        steps, active = min(len(series["time"]), 4), np.flatnonzero(file["customer/active"][...]).tolist()
        cap = (file["customer/export_cap"][...] + file["customer/import_cap"][...]) / 2e3
    rows = []
    for k in range(count):
        customer, side, first = rng.choice(active), rng.choice(("buy", "sell")), rng.randrange(steps)
        row = {"id": f"o{k}", "customer": ids[customer], "side": side, "limit": rng.choice(kinds), "first_step": first,
               "last_step": first, "quantity_kw": round(cap[customer] * 10 ** rng.uniform(-2, -0.5), 3) + 0.01,
               "price_per_mwh": round(rng.uniform(40, 100) if side == "buy" else rng.uniform(10, 70), 2),
               "arrival": rng.randrange(200)}
        words = {"all_or_none": "yes"} if whole else {} if plain else any_words(rng, row, rows, count, steps)
        rows.append(row | words)
    names = sorted(set().union(*rows), key=lambda word: list(rows[0] | dict.fromkeys(sum(map(list, rows), []))).index(
        word))
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names)
        table.writeheader()
        table.writerows(rows)
    return path


def any_words(rng, row, rows, count, steps):
    """What an order may ask beyond quantity and price."""
    kind, last = rng.randrange(12), min(row["first_step"] + rng.choice((0, 1)), steps - 1)
    members = max(count // 15, 1)
    singles = [other["id"] for other in rows if other["first_step"] == other["last_step"]]
    found = {0: {"min_fill_kw": round(row["quantity_kw"] / 2, 3)}, 1: {"all_or_none": "yes", "last_step": last},
             2: {"time_in_force": "fill_or_kill"}, 3: {"time_in_force": "immediate_or_cancel"},
             4: {"block": f"b{rng.randrange(members)}", "last_step": last},
             5: {"exclusive_group": f"g{rng.randrange(members)}"},
             6: {"parent": rng.choice(singles)} if singles else {}, 7: {"expiry": row["arrival"] + 50},
             8: {"last_step": last}}
    return found.get(kind, {})


class Subject:
    """A clearing in memory, and what is needed to change it."""

    def __init__(self, name, *options, orders=None, envelopes=()):
        self.case_file, self.orders, self.source = case_path(name), orders, None
        label = "-".join([name, *map(str, options)]).replace("--", "").replace("/", "_")
        self.name, path = label, DIRECTORY / f"{label[:80]}-{len(list(DIRECTORY.iterdir()))}.h5"
        if envelopes:
            self.source = DIRECTORY / f"{name}-{'-'.join(envelopes)}-e.h5".replace("--", "")
            if not self.source.exists():
                headroom("allocate", self.case_file, "-o", self.source, *envelopes)
            options = (*options, "--envelopes", self.source)
        headroom("clear", self.case_file, "-o", path, *options, *(("--orders", orders) if orders else ()))
        self.open(path)

    @classmethod
    def of(cls, case_file, path, orders):
        """Of a file that is there."""
        made = cls.__new__(cls)
        made.case_file, made.orders, made.source, made.name = case_file, orders, None, path.name
        made.open(path)
        return made

    def open(self, path):
        self.case = CASES.setdefault(self.case_file, None) or judge.read(self.case_file, "headroom-case", (1,))
        CASES[self.case_file], self.path = self.case, path
        self.clearing = judge.read(path, "headroom-clearing", (1,))
        self.asked = asked_of(self.clearing.about)

    def faults(self, source=False):
        return judge.findings(self.case, self.clearing, self.orders, self.source if source else None)

    def exchange(self):
        """The auction as the script sees it, with its multipliers by rows."""
        model = self.case.models[0, self.asked.question]
        series = vars(self.case.series)[self.clearing.about["series"]]
        made = judge.Auction(self.case, self.clearing, series, model, self.asked)
        list(made.multipliers())
        return made

    def column(self, name):
        group, _, column = name.rpartition("/")
        return (vars(self.clearing)[group] if group else self.clearing), column

    def rejected(self, changes, source=False):
        """Whether the script finds something after changes {dataset: values}, with a new chain; they are undone."""
        kept = [(*self.column(name), None) for name in changes]
        kept = [(holder, column, getattr(holder, column)) for holder, column, _ in kept]
        trade, about = self.clearing.trade, self.clearing.about
        kept_hash, kept_head = trade.hash, about["chain_head"]
        for name, values in changes.items():
            holder, column = self.column(name)
            setattr(holder, column, values)
        try:
            made = chain(self.clearing)
            trade.hash = np.array([list(row) for row in made[1:]], np.uint8).reshape(-1, 32)
            about["chain_head"] = made[-1].hex()
            return next(self.faults(source), None) is not None
        finally:
            trade.hash, about["chain_head"] = kept_hash, kept_head
            for holder, column, values in kept:
                setattr(holder, column, values)

    def datasets(self):
        """Every dataset that is judged, with something in it."""
        for group, columns in vars(self.clearing).items():
            names = vars(columns) if hasattr(columns, "__dict__") else {"": columns}
            for column, values in names.items():
                name = f"{group}/{column}" if column else group
                scale = isinstance(values, np.ndarray) and values.dtype == np.dtype(">f4")  # of a dimension
                if isinstance(values, (np.ndarray, list)) and len(values) and not scale and (
                        name not in UNJUDGED | PROVING | {"trade/hash", "models"}):
                    yield name, values

    # Forgeries: what else follows from other trades

    def follow(self, trade, **more):
        """Changes that make everything but optimality fit the trades `trade`, {column: values}."""
        clearing, order = self.clearing, self.clearing.order
        hours, found = np.diff(clearing.time_bounds, axis=1)[:, 0] / 3600, {}
        cash, welfare = np.zeros_like(clearing.settlement.cash), 0 * clearing.market.welfare
        limits = {name: getattr(clearing.limit, name).copy() for name in vars(clearing.limit) if "before" in name}
        accepted = np.zeros(len(order.id))
        for step, limit, buy, sell, w, paid, got in zip(*(trade[name].tolist() for name in (
                "step limit buy sell quantity buy_price sell_price").split())):
            moves = not (buy >= 0 and order.conditional[buy])
            for o, sign, price in ((buy, -1, paid), (sell, 1, got)):
                if o < 0:
                    continue
                cash[step, order.customer[o]] += sign * price * w / 1e6 * hours[step]
                welfare[step, 0] -= sign * order.price[o] * w / 1e6 * hours[step]
                accepted[o] += w / (order.last_step[o] - order.first_step[o] + 1)
                up = (sign < 0) != (limit == 4)
                name = "injection" if limit > 3 else ("export_limit", "import_limit")[limit]
                limits[name + "_before"][step, order.customer[o]] += (w if up else -w) * moves
        found = {f"trade/{name}": values for name, values in trade.items()}
        found |= {"limit/" + name.replace("before", "after"): values for name, values in limits.items()}
        found |= {"settlement/cash": cash, "market/welfare": welfare, "order/accepted": accepted,
                  "market/operator_surplus": np.where(np.isnan(welfare), np.nan, -cash.sum(axis=1, keepdims=True))}
        if self.asked.auction and len(clearing.part.status):
            part, worth = clearing.part, np.array([np.nansum(welfare[clearing.part_step[first:first + count], 0])
                                                   for first, count in zip(clearing.part.first_step,
                                                                           clearing.part.step_count)])
            found |= {"part/welfare": worth, "part/bound": part.bound - part.welfare + worth}
        return found | more

    def trade_columns(self):
        return {name: values.copy() for name, values in vars(self.clearing.trade).items() if name != "hash"}

    def follow_status(self, changes):
        """Statuses of orders and excesses as the script would have them, where trades are others."""
        order, got = self.clearing.order, changes["order/accepted"]
        done, some, status = got > order.quantity - 0.01, got > 0, order.status.copy()
        usual = np.isin(status, (0, 1, 5, 6))
        rest = np.where(some, 6, 5) if self.asked.auction else np.zeros(len(got))
        return changes | {"order/status": np.where(usual, np.where(done, 1, rest), status).astype(np.int8)}


def forge_quantity(subject, rng):
    """One trade of another size, or none of it."""
    trade, k = subject.trade_columns(), rng.randrange(len(subject.clearing.trade.step))
    w, factor = trade["quantity"][k], rng.choice((0.0, rng.uniform(0.2, 0.99), rng.uniform(1.01, 1.5)))
    if abs(factor - 1) * w < 1:
        return None
    if factor == 0:
        trade = {name: np.delete(values, k) for name, values in trade.items()}
    else:
        trade["quantity"][k] = w * factor
    return subject.follow_status(subject.follow(trade))


def forge_price(subject, rng):
    """One trade at another price, on both sides, and the money that follows."""
    trade, k = subject.trade_columns(), rng.randrange(len(subject.clearing.trade.step))
    price = trade["buy_price"][k] + rng.choice((-1, 1)) * rng.uniform(0.01, 20)
    trade["buy_price"][k] = trade["sell_price"][k] = price
    return subject.follow(trade)


def forge_party(subject, rng):
    """A trade of another order with the same side, limit and step."""
    trade, order = subject.trade_columns(), subject.clearing.order
    k, name = rng.randrange(len(trade["step"])), rng.choice(("buy", "sell"))
    o = trade[name][k]
    step = trade["step"][k]
    others = np.flatnonzero((order.side == order.side[o]) & (order.limit == order.limit[o]) & (
        order.first_step <= step) & (order.last_step >= step) & (np.arange(len(order.id)) != o)) if o >= 0 else []
    if not len(others):
        return None
    trade[name][k] = rng.choice(list(others))
    return subject.follow_status(subject.follow(trade))


def forge_multipliers(subject, rng):
    """Another multiplier, with the prices, trades and money that follow, where no other multipliers would do."""
    clearing = subject.clearing
    k = rng.randrange(len(clearing.row_price.price))
    step = clearing.row_price.step[k]
    part = next(p for p, (first, count) in enumerate(zip(clearing.part.first_step, clearing.part.step_count))
                if step in clearing.part_step[first:first + count])
    if not clearing.part.unique_prices[part]:
        return None
    factor, price = rng.choice((rng.uniform(0.5, 0.99), rng.uniform(1.01, 2))), clearing.row_price.price.copy()
    exchange = subject.exchange()
    r = next(r for r, value in exchange.price_of_row[step].items() if value == price[k])
    more = price[k] * (factor - 1) * exchange.bounds[step].rows[r]
    hour = float(np.diff(clearing.time_bounds[step])[0]) / 3600
    price[k] *= factor
    found, trade = {"row_price/price": price}, subject.trade_columns()
    moved = {}
    for (kind, customer), value in zip(exchange.columns, more):
        for name in (("up", "down") if kind == "injection" else (kind,)):
            column = found.setdefault(f"price/{name}", getattr(clearing.price, name).copy())
            column[step, customer] += (-1 if name == "up" else 1) * value * 1e3 / hour
            moved[name, customer] = column[step, customer]
    for t in np.flatnonzero(trade["step"] == step):
        o = max(trade["buy"][t], trade["sell"][t])
        if clearing.order.fit[o] != 2:
            name = ("export", "import", "q_inject", "q_absorb", "up", "down")[trade["limit"][t]]
            trade["buy_price"][t] = trade["sell_price"][t] = moved[name, clearing.order.customer[o]]
    return subject.follow(trade, **found)


def forge_before(subject, rng):
    """A limit that was another before and after the market: known from the envelopes alone."""
    names = [name for name in vars(subject.clearing.limit) if name.endswith("before")]
    name = rng.choice(names)
    before, after = (getattr(subject.clearing.limit, name.replace("before", when)).copy()
                     for when in ("before", "after"))
    at = tuple(rng.choice(np.argwhere(np.isfinite(before)).tolist()))
    by = rng.choice((-1, 1)) * rng.uniform(1, 100)
    before[at] += by
    after[at] += by
    return {f"limit/{name}": before, "limit/" + name.replace("before", "after"): after}


FORGERIES = (forge_quantity, forge_price, forge_party)


# Proofs of bounds: changes of part k


def proof_nodes(clearing, keep):
    """Only some nodes; parents count anew."""
    place = np.cumsum(keep) - 1
    found = {f"proof_node/{name}": values[keep] for name, values in vars(clearing.proof_node).items()
             if isinstance(values, np.ndarray) and len(values) == len(keep)}
    parent = found["proof_node/parent"]
    return found | {"proof_node/parent": np.where(parent >= 0, place[parent], -1).astype(np.int32)}


def leave_out_a_case(clearing, k):
    keep = np.ones(len(clearing.proof_node.part), bool)
    keep[np.flatnonzero(clearing.proof_node.part == k)[-1]] = False
    return proof_nodes(clearing, keep)


def leave_out_the_tree(clearing, k):
    return proof_nodes(clearing, clearing.proof_node.part != k)


def cut_off_the_tree(clearing, k):
    """The root alone, closed by the multipliers of its first case."""
    own = np.flatnonzero(clearing.proof_node.part == k)
    leaf = own[clearing.proof_node.kind[own] == 1][0]
    keep = (clearing.proof_node.part != k) | (np.arange(len(clearing.proof_node.part)) == own[0])
    found = proof_nodes(clearing, keep)
    for name in ("kind", "first_multiplier", "multiplier_count"):
        found[f"proof_node/{name}"][own[0]] = getattr(clearing.proof_node, name)[leaf]
    return found


def decide_twice_alike(clearing, k):
    answer = clearing.proof_node.answer.copy()
    answer[np.flatnonzero(clearing.proof_node.part == k)[-1]] ^= 1
    return {"proof_node/answer": answer}


def weaken_multipliers(clearing, k):
    own = clearing.proof_multiplier.part == k
    return {"proof_multiplier/value": np.where(own, 0.5, 1) * clearing.proof_multiplier.value} if own.any() else None


def claim_that_nothing_fits(clearing, k):
    node = clearing.proof_node
    return {"proof_node/kind": np.where((node.part == k) & (node.kind == 1), 2, node.kind).astype(np.int8)}


def claim_less(clearing, k):
    """A bound below the proof's, and above the welfare where there is room."""
    bound = clearing.part.bound.copy()
    bound[k] -= 1e-6 * (1 + abs(bound[k]))
    return {"part/bound": bound}


def deny_the_proof(clearing, k):
    state = clearing.part.proof.copy()
    state[k] = 2
    return {"part/proof": state}


def call_it_needless(clearing, k):
    state = clearing.part.proof.copy()
    state[k] = 0
    return leave_out_the_tree(clearing, k) | {"part/proof": state}


PROOF_FORGERIES = (leave_out_a_case, leave_out_the_tree, cut_off_the_tree, decide_twice_alike, weaken_multipliers,
                   claim_that_nothing_fits, claim_less, deny_the_proof, call_it_needless)


def changed_value(rng, name, value):
    """Another value for one of a dataset."""
    if isinstance(value, str):
        return value + "x" if len(value) < 30 else value[:-1]
    if isinstance(value, np.floating):
        if np.isnan(value):
            return float(rng.uniform(-5e3, 5e3))
        unit = 1e3 if name in WATTS or name.startswith("limit/") else 1.0
        by = rng.choice((-1, 1)) * max(unit, abs(value)) * 10 ** rng.uniform(-3, 0)
        return np.nan if rng.random() < 0.1 else value + by
    if value.dtype == np.uint8:
        return 1 - min(int(value), 1)
    return int(value) + (-1 if value == np.iinfo(value.dtype).max else rng.choice((-1, 1, 1, 2)))


def same_parts(labels, others):
    """Whether two columns of labels put the same orders together: numbers for the words of a table are free."""
    return all(((labels == labels[k]) == (others == others[k])).all() for k in range(len(labels))) and (
        (labels < 0) == (others < 0)).all()


def same_proof(subject, name, values, others):
    """Whether a changed proof may be one too: a closed case, which multipliers may close either way, a block by another
    step."""
    changed = np.flatnonzero(values != others)
    if name == "proof_node/kind":
        return {*values[changed], *others[changed]} == {1, 2}
    if name != "proof_node/step":
        return False
    order, o = subject.clearing.order, subject.clearing.proof_node.order[changed[0]]
    return o >= 0 and order.block[o] >= 0 and order.first_step[o] <= others[changed[0]] <= order.last_step[o]


def change_one(subject, rng, name, values):
    """{dataset: values} with one number changed; the places are drawn among numbers and gaps alike."""
    if isinstance(values, list):
        k = rng.randrange(len(values))
        return {name: values[:k] + [changed_value(rng, name, values[k])] + values[k + 1:]}
    index = tuple(rng.randrange(n) for n in values.shape)
    if np.issubdtype(values.dtype, np.floating) and rng.random() < 0.9 and np.isfinite(values).any():
        index = tuple(rng.choice(np.argwhere(np.isfinite(values)).tolist()))
    new = values.copy()
    new[index] = changed_value(rng, name, values[index])
    return {name: new}


# Subjects: market, mechanism, options


def subjects():
    """Clearings of the bundled cases: both markets, both mechanisms, orders with every word and plain ones."""
    dc, three = ("--flow", "dc"), ("--flow", "lin-dist3-flow")
    yield Subject("laminar", envelopes=dc)
    yield Subject("laminar", *AUCTION, envelopes=dc)
    yield Subject("laminar", *AUCTION, "--balance", *dc)
    limits, points = ("export", "import"), ("up", "down")
    for name, seed in (("laminar", 1), ("ieee13", 2)):
        for mechanism in ((), AUCTION):
            yield Subject(name, *mechanism, envelopes=three, orders=any_orders(name, limits, 40, seed))
            yield Subject(name, *mechanism, *SET_POINTS, *three, orders=any_orders(name, points, 40, seed))
        yield Subject(name, *AUCTION, *three, orders=any_orders(name, limits, 40, seed, plain=True))
        yield Subject(name, *AUCTION, *SET_POINTS, *dc, orders=any_orders(name, points, 40, seed, plain=True))
    own = ("--flow", "linearised-ac")
    for mechanism in ((), AUCTION):
        yield Subject("ieee34", *mechanism, envelopes=own, orders=any_orders("ieee34", limits, 40, 8))
        yield Subject("european_lv", *mechanism, *own, orders=any_orders("european_lv", limits, 40, 9, plain=True))
        yield Subject("european_lv", *mechanism, *SET_POINTS, *own, orders=any_orders("european_lv", points, 40, 9))
    yield Subject("ieee13", "--two-price", "--rescan", "off", *three, orders=any_orders("ieee13", limits, 40, 3))
    yield Subject("ieee13", *AUCTION, "--pay-as-bid", *three, orders=any_orders("ieee13", limits, 40, 4))
    for name, seed in (("laminar", 6), ("ieee13", 7)):
        orders = any_orders(name, limits, 60, seed, whole=True)
        yield Subject(name, *AUCTION, *three, orders=orders)
        yield Subject(name, *AUCTION, "--balance", *three, orders=orders)
    yield Subject("laminar", *AUCTION, "--network", "off", *dc, orders=any_orders("laminar", limits, 20, 5))
    for name, errors in (("laminar", ("--forecast-error", "0.2:0.1")), ("laminar", ("--impedance-error", "0.05")),
                         ("ieee13", ("--forecast-error", "0.05:1", "--forecast-error-norm", "2")),
                         ("ieee34", ("--forecast-error", "0.02", "--impedance-error", "0.01"))):
        for mechanism in ((), AUCTION):
            yield Subject(name, *mechanism, envelopes=(*three, *errors), orders=any_orders(name, limits, 40, 8))


class CheckClearing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.subjects = list(subjects())

    def test_clearings_of_the_program_pass(self):
        for subject in self.subjects:
            with self.subTest(subject.name):
                self.assertEqual(list(subject.faults(source=subject.source is not None)), [])

    def test_families_whose_members_were_refused_or_lose_pass(self):
        """p is refused at the door, and its whole child with it; q sells at a loss that the whole child of it more than
        makes good; r sells a crumb of 1.25e-7 kW at a loss, for its child may have no larger share."""
        head = "id,customer,side,limit,first_step,quantity_kw,price_per_mwh,all_or_none,parent\n"
        limits, points = DIRECTORY / "families.csv", DIRECTORY / "crumbs.csv"
        limits.write_text(head + "p,c4,buy,export,0,100,5,no,\nof_p,c1,buy,export,0,1,80,yes,p\n"
                          "q,c2,sell,export,0,0.9,2.5,no,\nof_q,c2,sell,export,0,1.5,-20,yes,q\n"
                          "o,c4,buy,export,0,1,30,no,\n", encoding="utf-8")
        points.write_text(head + "o,c4,buy,up,0,0.0025,1000,yes,\nof_r,c3,sell,up,0,1,10,no,r\n"
                          "r,c5,sell,down,0,0.00005,25.5,no,\nd,c6,buy,down,0,1,20,no,\n", encoding="utf-8")
        with_families = Subject("laminar", *AUCTION, "--flow", "dc", orders=limits)
        with_crumbs = Subject("laminar", *AUCTION, *SET_POINTS, "--flow", "dc", orders=points)
        for subject in (with_families, with_crumbs):
            self.assertEqual(list(subject.faults()), [])
        order = with_families.clearing.order
        self.assertEqual(order.status.tolist(), [4, 5, 1, 1, 5])
        self.assertEqual(order.fit.tolist(), [0, 1, 2, 0, 0])
        crumb = with_crumbs.clearing.trade.quantity.min()
        self.assertAlmostEqual(crumb, 1.25e-4, 9)
        self.assertEqual(with_crumbs.clearing.order.fit[2], 2)

    def test_changed_numbers_are_noticed(self):
        """Every dataset that is judged is drawn alike, however long it is."""
        rng, met, missed = random.Random(11), Counter(), defaultdict(list)
        for subject in self.subjects:
            datasets = list(subject.datasets())
            for _ in range(ROUNDS):
                name, values = rng.choice(datasets)
                changes = change_one(subject, rng, name, values)
                if name in LABELS and same_parts(values, changes[name]):
                    continue
                met[name] += 1
                if not subject.rejected(changes) and not same_proof(subject, name, values, changes[name]):
                    at = [k for k, (a, b) in enumerate(zip(np.ravel(values), np.ravel(changes[name]))) if a != b]
                    missed[name].append((subject.name, at, np.ravel(values)[at], np.ravel(changes[name])[at]))
        self.tell("changed numbers", met, missed)

    def test_forgeries_are_noticed(self):
        rng, met, missed = random.Random(12), Counter(), defaultdict(list)
        for subject in self.subjects:
            for _ in range(ROUNDS // 5):
                forge = rng.choice(FORGERIES)
                changes = forge(subject, rng) if len(subject.clearing.trade.step) else None
                if changes is None:
                    continue
                met[forge.__name__] += 1
                if not subject.rejected(changes):
                    missed[forge.__name__].append(subject.name)
        self.tell("forgeries", met, missed)

    def test_changed_proofs_of_bounds_are_noticed(self):
        """Proofs that are not whole, of other cases, with weaker multipliers, or said not to be there."""
        met, missed = Counter(), defaultdict(list)
        for subject in (subject for subject in self.subjects if subject.asked.auction and subject.orders):
            self.assertEqual(list(subject.faults()), [])
            for forge in PROOF_FORGERIES:
                for k in np.flatnonzero(np.bincount(subject.clearing.proof_node.part, minlength=1) > 2)[:20]:
                    if changes := forge(subject.clearing, k):
                        met[forge.__name__] += 1
                        if not subject.rejected(changes):
                            missed[forge.__name__].append((subject.name, k))
        self.assertEqual(set(met), {forge.__name__ for forge in PROOF_FORGERIES})
        self.tell("proofs of bounds", met, missed)

    def test_a_clearing_that_does_not_say_what_proves_its_bounds_is_told_so(self):
        """As older files, and those whose proofs are too large to be stored."""
        whole = next(subject for subject in self.subjects if subject.orders and subject.asked.auction)
        for state in (None, 2):
            path = DIRECTORY / f"without-{state}.h5"
            shutil.copy(whole.path, path)
            with h5py.File(path, "r+", libver=("v110", "v110")) as file:
                del file["proof_node"], file["proof_multiplier"]
                if state is None:
                    del file["part/proof"]
                else:
                    file["part/proof"][...] = np.where(file["part/proof"][...] == 1, 2, file["part/proof"][...])
            code, text = run(path, "--case", whole.case_file, "--orders", whole.orders)
            self.assertEqual(code, 0, text)
            self.assertIn("bound not provable from the file for", text)
            words = [HEADROOM, "verify", path, "--case", whole.case_file, "--orders", whole.orders]
            done = subprocess.run(words, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("bound not provable from the file", done.stderr)
        words = [HEADROOM, "verify", whole.path, "--case", whole.case_file, "--orders", whole.orders]
        done = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("not provable", done.stderr)

    def test_other_limits_before_the_market_need_the_envelopes_to_be_noticed(self):
        rng, met, missed, alone = random.Random(13), Counter(), defaultdict(list), 0
        for subject in (subject for subject in self.subjects if subject.source):
            for _ in range(10):
                changes = forge_before(subject, rng)
                met[subject.name] += 1
                alone += subject.rejected(changes)
                if not subject.rejected(changes, source=True):
                    missed[subject.name].append(list(changes))
        print(f"without the envelopes {alone} of {met.total()} are noticed")
        self.tell("limits before the market", met, missed)

    def test_feeders_that_only_their_orders_make_invalid_pass(self):
        """Envelopes know nothing of orders, so they have limits where the clearing has a fault."""
        case, source, made = (DIRECTORY / f"one_faulty{name}.h5" for name in ("", "_envelopes", "_clearing"))
        headroom("generate", case, "--feeders", 2, "--hard-share", 0, "--orders-share", 1, "--steps", 1,
                 "--start", "2025-06-21T12:00:00Z")
        with h5py.File(case, "r+") as file:  # a leg of a block that would be cancelled at once
            file["order/block"][0], file["order/time_in_force"][0] = 0, 1
        headroom("allocate", case, "-o", source)
        for options in ((), AUCTION):
            headroom("clear", case, "-o", made, "--envelopes", source, *options)
            code, text = run(made, "--case", case, "--envelopes", source)
            self.assertEqual(code, 0, text)
            self.assertIn("1 invalid_input", text)

    def test_markets_of_moving_taps_pass(self):
        """A generated feeder whose taps stand elsewhere in each of its steps."""
        case, made = DIRECTORY / "taps.h5", DIRECTORY / "taps_clearing.h5"
        headroom("generate", case, "--feeders", 2, "--hard-share", 0, "--orders-share", 1, "--seed", 3, "--steps", 3,
                 "--start", "2025-06-21T11:00:00Z")
        with h5py.File(case, "r+") as file:
            name, taps = next(iter(file["series"])), file["transformer/to_tap"][...]
            file[f"series/{name}/to_tap"] = taps[None] * np.array([1, 1.02, 0.99])[:, None, None]
        for options in ((), AUCTION, SET_POINTS, (*SET_POINTS, *AUCTION), ("--flow", "linearised-ac", *AUCTION),
                        ("--secure", "ac"), ("--secure", "ac", *AUCTION)):
            headroom("clear", case, "-o", made, *options)
            code, text = run(made, "--case", case)
            self.assertEqual(code, 0, f"{options}: {text}")
            self.assertNotIn("invalid_input", text)
            headroom("verify", made, "--case", case)

    def test_a_market_day_passes(self):
        """The European feeder with photovoltaics and cars, both mechanisms, and in AC."""
        day, doe, orders = (DIRECTORY / name for name in ("day.h5", "doe.h5", "day.csv"))
        make, words = ROOT / "scripts" / "make_market_day", (case_path("european_lv"), "-o", day)
        subprocess.run([sys.executable, make, *words], check=True)
        headroom("allocate", day, "-o", doe, "--contain", "zero")
        subprocess.run([sys.executable, make, *words, "--envelopes", doe, "--orders", orders], check=True,
                       capture_output=True)
        cleared = DIRECTORY / "day-c.h5"
        for options, part in ((("--envelopes", doe), ""), (("--envelopes", doe, *AUCTION), "proven for 96 of 96"),
                              (("--contain", "zero", "--flow", "linearised-ac", *AUCTION), "proven for 96 of 96"),
                              (("--contain", "zero", "--secure", "ac", *AUCTION),
                               "proven for 96 of 96 auctions; in AC, at 8 of 96 steps")):
            headroom("clear", day, "-o", cleared, "--orders", orders, *options)
            code, text = run(cleared, "--case", day, "--orders", orders)
            self.assertEqual(code, 0, text)
            self.assertIn(part, text)
            if options[-2:] == AUCTION and "ac" not in options:
                self.forge_some(Subject.of(day, cleared, orders))

    def forge_some(self, subject):
        self.assertEqual(list(subject.faults()), [])
        rng, met, missed = random.Random(14), Counter(), defaultdict(list)
        while met.total() < (100 if THOROUGH else 4):
            forge = rng.choice((forge_multipliers, forge_quantity))
            if changes := forge(subject, rng):
                met[forge.__name__] += 1
                if not subject.rejected(changes):
                    missed[forge.__name__].append(list(changes))
        self.tell("of a market day", met, missed)

    def test_limits_that_ac_does_not_carry_are_noticed(self):
        """A limit that rises by a kW where something holds it."""
        orders = any_orders("ieee34", ("export", "import"), 40, 2, plain=True)
        subject = Subject("ieee34", *AUCTION, "--secure", "ac", orders=orders)
        self.assertEqual(list(subject.faults()), [])
        after = subject.clearing.limit.export_limit_after * 1.01
        before = subject.clearing.limit.export_limit_before + after - subject.clearing.limit.export_limit_after
        found = {"limit/export_limit_after": after, "limit/export_limit_before": before}
        self.assertTrue(subject.rejected(found))
        excess = subject.clearing.market.ac_excess + 1e-3
        self.assertTrue(subject.rejected({"market/ac_excess": excess}))

    def test_rows_linearised_in_ac_are_those_of_the_power_flow(self):
        """Of the rows with a price: their points, what they leave, their coefficients, all changed one by one."""
        orders = any_orders("ieee34", ("export", "import"), 40, 2, plain=True)
        subject = Subject("ieee34", *AUCTION, "--secure", "ac", orders=orders)
        self.assertEqual(list(subject.faults()), [])
        tangent, power, price = (getattr(subject.clearing, name) for name in ("tangent", "tangent_power", "row_price"))
        self.assertGreater(len(price.tangent), 0)
        missed = []
        for k in set(price.tangent.tolist()):
            own = slice(tangent.first_power[k], tangent.first_power[k] + tangent.power_count[k])
            most = own.start + np.abs(power.coefficient[own]).argmax()
            for name, at, change in (("tangent/excess", k, lambda x: x + 1e-5), ("tangent/rest", k, lambda x: x + 1e-3),
                                     ("tangent_power/coefficient", most, lambda x: x * 0.98),
                                     ("tangent_power/coefficient", most, lambda x: x * 1.5),
                                     ("tangent_power/coefficient", most, lambda x: 0.0),
                                     ("tangent_power/power", most, lambda x: 1.05 * x + 500)):
                group, column = name.split("/")
                values = getattr(getattr(subject.clearing, group), column).copy()
                values[at] = change(values[at])
                missed += [] if subject.rejected({name: values}) else [(name, at)]
        self.assertEqual(missed, [])

    def test_exit_status_and_words(self):
        subject = self.subjects[0]
        script = [sys.executable, ROOT / "scripts" / "check_clearing"]
        passed = subprocess.run([*script, subject.path, "--case", subject.case_file], capture_output=True, text=True)
        self.assertEqual((passed.returncode, passed.stdout.count("\n")), (0, 1), passed.stderr)
        self.assertEqual(subprocess.run([*script, subject.path], capture_output=True).returncode, 2)
        (DIRECTORY / "words.h5").write_text("no HDF5")
        for words, part in (((DIRECTORY / "none.h5", "--case", subject.case_file), "none.h5: No such file"),
                            ((subject.path, "--case", DIRECTORY / "none.h5"), "none.h5: No such file"),
                            ((subject.path, "--case", DIRECTORY / "words.h5"), "words.h5: is no HDF5 file"),
                            ((subject.path, "--case", subject.case_file, "--orders", DIRECTORY / "none.csv"),
                             "none.csv: No such file")):
            code, text = run(*words)
            self.assertEqual(code, 3)
            self.assertIn(f"check_clearing: {DIRECTORY}/{part}", text)
        self.assertEqual(run(subject.source, "--case", subject.case_file)[0], 3)
        code, text = run(subject.path, "--case", case_path("ieee13"))
        self.assertEqual(code, 1)
        self.assertIn("case_digest", text)
        others = any_orders("laminar", ("export",), 8, 7)
        code, text = run(subject.path, "--case", subject.case_file, "--orders", others)
        self.assertEqual(code, 1)
        self.assertIn("orders", text)
        whole = next(subject for subject in self.subjects if subject.orders and subject.asked.auction)
        text = run(whole.path, "--case", whole.case_file, "--orders", whole.orders)[1]
        count = len(whole.clearing.part.feeder)
        self.assertIn(f"optimum proven for {count} of {count} auctions", text)
        self.assertNotIn("not provable", text)

    def test_a_market_day_of_files_that_are_not_there_is_told_so(self):
        make, day = ROOT / "scripts" / "make_market_day", DIRECTORY / "no_day.h5"
        for words, part in (((DIRECTORY / "none.h5", "-o", day), "none.h5: No such file"),
                            ((case_path("laminar"), "-o", DIRECTORY / "no" / "day.h5"), "day.h5: No such file"),
                            ((day, "-o", case_path("laminar"), "--envelopes", DIRECTORY / "none.h5", "--orders",
                              DIRECTORY / "none.csv"), "none.h5: No such file"),
                            ((day, "-o", case_path("laminar"), "--envelopes", case_path("laminar"), "--orders",
                              DIRECTORY / "none.csv"), "is not what `headroom` writes")):
            done = subprocess.run([sys.executable, make, *words], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn(part, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def tell(self, what, met, missed):
        lost = sum(map(len, missed.values()))
        print(f"{what}: {met.total() - lost} of {met.total()} noticed, {dict(met)}")
        self.assertEqual(lost, 0, dict(missed))


if __name__ == "__main__":
    HEADROOM, THOROUGH = sys.argv[1], "--thorough" in sys.argv
    ROUNDS, CASES = 600 if THOROUGH else 70, {}
    with tempfile.TemporaryDirectory() as folder:
        DIRECTORY, began = Path(folder), time.monotonic()
        done = unittest.main(argv=sys.argv[:1], exit=False)
        print(f"{time.monotonic() - began:.1f} s")
    sys.exit(not done.result.wasSuccessful())
