"""Has scripts/check_results judge what the program allocates, and then thousands of damaged copies of it:

    check_results_test.py HEADROOM [--thorough]

Every result must pass and every damaged one must fail. Damage is one number, or one row of a table, moved by at least
1e-3 and so that something breaks by at least 1e-3: a row or a bound in kW, or the objective beyond the tolerance that
the checker states; what breaks less is drawn again and not counted. Most is done to arrays in memory, some to files.
Exits with 77 where h5py or numpy is missing.
"""
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from decimal import Context, Decimal
from fractions import Fraction
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
BREAKS = 1e-3
FILLING = ("max-min", "equal", "kalai-smorodinsky")
CONCAVE = ("proportional", "weighted", "alpha=2", "alpha=0.5", "total", "quadratic")
FLOWS = ("dc", "lin-dist-flow", "lin-dist3-flow", "linearised-ac")
CASES = {"european_lv": "european_lv/european_lv.h5", "european_lv_105": "european_lv/european_lv_105.h5",
         "ieee13": "ieee13/ieee13.h5", "ieee34": "ieee34/ieee34.h5", "laminar": "laminar"}
SECURE = ("--secure", "ac")
JOINT, RANGED = ("--reactive", "joint"), {"european_lv ranges": (3e3, 2e3), "ieee13 ranges": (2e5, 1e5)}  # V A
BOX, WRONG_CABLES = ("--forecast-error", "0.2:0.1"), ("--impedance-error", "0.1")
BALL = (*BOX, "--forecast-error-norm", "2")
ROBUST = [("european_lv", "dc", "max-min", *BOX), ("european_lv", "lin-dist-flow", "proportional", *BALL),
          ("european_lv", "lin-dist3-flow", "max-min", *BALL, *WRONG_CABLES),
          ("ieee13", "lin-dist3-flow", "proportional", *BOX, *WRONG_CABLES)]
CAPS = {"export": "export_cap", "import": "import_cap", "q_inject": "q_inject_max", "q_absorb": "q_absorb_max"}


judge = script_module.load("check_results")
run = partial(script_module.run, judge)
from checking.bounds import Cost, cost_at
from checking.step import SOLVED as FITS
from checking.xxh64 import xxh64


def headroom(*words):
    """Runs the program; 4 is done as well, with steps that have no envelope."""
    done = subprocess.run([HEADROOM, *map(str, words), "--quiet"], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise AssertionError(f"headroom {words}: {done.stderr}")


def case_path(name):
    """The case file; laminar is made of its tables, cases with ranges of those without."""
    if name in RANGED:
        return ranged(name)
    path = ROOT / "cases" / CASES[name]
    if path.is_dir():
        made = DIRECTORY / f"{name}.h5"
        if not made.exists():
            headroom("import", path, "-o", made)
        return made
    return path


def ranged(name):
    """Two of three customers get a reactive range, the third a power factor."""
    made, (inject, absorb) = DIRECTORY / f"{name}.h5", RANGED[name]
    if not made.exists():
        shutil.copy(case_path(name.split()[0]), made)
        with h5py.File(made, "r+") as file:
            count = len(file["customer/id"])
            file["customer/reactive_mode"][...] = np.where(np.arange(count) % 3 == 1, 1, 2)
            file["customer/power_factor"][...] = 0.95
            file["customer/q_inject_max"][...] = np.linspace(0, inject, count)
            file["customer/q_absorb_max"][...] = np.linspace(absorb, absorb / 10, count)
    return made


def add_curve(file, voltage, q):
    """The only Volt-VAr curve of a case, that of all customers of that mode."""
    mode = file["customer/reactive_mode"][...]
    file["customer/volt_var"][...] = np.where(mode == 3, 0, -1)
    for name in ("id", "voltage", "q"):
        del file["volt_var/" + name]
    padded = dict(fletcher32=True, chunks=True)
    file.create_dataset("volt_var/id", data=np.array([[b"v"]], "S1"), **padded)
    for name, values in (("voltage", voltage), ("q", q)):
        file.create_dataset("volt_var/" + name, data=[values + [np.nan] * (8 - len(values))], **padded)


def allocated(name, flow, policy, *options):
    """Result file of one allocation, made once."""
    path = DIRECTORY / "-".join([name, flow, policy, *options, "r.h5"]).replace("--", "")
    if policy == "quadratic":
        options = (*options, "--reference", "cap")  # the cases have no requests
    if not path.exists():
        headroom("allocate", case_path(name), "-o", path, "--flow", flow, "--policy", policy, *options)
    return path


def split_row(group, k, times):
    """Replaces row k of a group by `times` rows like it at the end, called part0 and so on."""
    for name in list(group):
        values = group[name][...]
        added = np.repeat(values[[k]], times, axis=0)
        if name == "id":
            names = [f"part{i}".encode() for i in range(times)]
            added = np.array(names, f"S{values.shape[1]}").view("S1").reshape(times, -1)
        del group[name]
        rows = np.concatenate([np.delete(values, k, axis=0), added])
        group.create_dataset(name, data=rows, chunks=True, fletcher32=True)


class Subject:
    """A result in memory with one step to damage, and what is needed to tell how much a change breaks."""

    loaded = {}

    def __init__(self, rng, name, flow, policy, *options):
        path, case = allocated(name, flow, policy, *options), case_path(name)
        self.case = self.loaded.setdefault(case, None) or judge.read(case, "headroom-case", (1,))
        self.result = self.loaded.setdefault(path, None) or judge.read(path, "headroom-envelopes", (1, 2))
        self.loaded[case], self.loaded[path] = self.case, self.result
        self.rng, self.policy, self.name = rng, policy.partition("=")[0], f"{name} {flow} {policy}"
        self.question = judge.questions_of(self.result)[0]
        self.step = int(rng.integers(len(self.result.time)))
        faults, _ = judge.check(self.case, self.result, [self.step])
        assert not faults, f"{self.name} step {self.step}: {faults}"
        self.model = self.case.models[0, self.question]
        series = getattr(self.case.series, self.result.about["series"])
        self.item = judge.item_of(self.question)(self.model, series, self.step, self.result)
        list(self.item.check())
        self.solved = self.item.status not in (judge.INSECURE, judge.ISLANDED)
        self.w = self.item.w
        self.columns = self.model.columns  # (kind, row of /customer) of every limit

    def faults(self, changes, ignored=()):
        """What the script finds after changes (holder, name, value), which are undone, but for the claims ignored."""
        before = [(holder, name, getattr(holder, name)) for holder, name, _ in changes]
        for holder, name, value in changes:
            setattr(holder, name, value)
        models, table = self.case.models, self.model.table
        if any(holder is group for holder, _, _ in changes for group in vars(self.case).values()):
            self.case.models = {}
        try:
            found = judge.check(self.case, self.result, [self.step])[0]
            return [fault for fault in found if not any(claim in fault for claim in ignored)]
        finally:
            self.case.models, self.model.table = models, table
            for holder, name, value in before:
                setattr(holder, name, value)

    def pick(self, choices):
        choices = list(choices)
        return choices[self.rng.integers(len(choices))] if choices else None

    def amount(self):
        """A relative change of 1e-3 to 1, small ones as likely as large ones."""
        return float(10 ** self.rng.uniform(-3, 0))

    def limit_change(self, *pairs):
        """Changes of the limit columns that set column c to a value in kW."""
        changed = {}
        for c, kw in pairs:
            kind, k = self.columns[c]
            name = kind + "_limit"
            changed.setdefault(name, getattr(self.result.envelope, name).copy())[self.step, k] = kw * 1e3
        return [(self.result.envelope, name, values) for name, values in changed.items()]

    def outside(self, w):
        """kW by which limits leave bounds and rows."""
        item, most = self.item, self.item.rows.max(axis=1, initial=0)
        over = (item.rows @ w - item.h)[most > 0] / most[most > 0]
        return max(over.max(initial=0), (item.start - w).max(initial=0), (w - item.cap).max(initial=0))

    def cost(self, w):
        """What the policy minimises, of limits that can move; plain numbers."""
        free, unit, alpha = self.item.high > self.item.start, self.item.reference, self.question.alpha
        w, unit, weight = w[free], unit[free], self.model.weight[free]
        with np.errstate(all="ignore"):
            if self.question.policy == "alpha":
                return -((w / unit) ** (1 - alpha)).sum() / (1 - alpha)
            return {"proportional": -np.log(w), "weighted": -weight * np.log(w), "total": -w,
                    "quadratic": w * w / 2 - unit * w}[self.question.policy].sum()

    def bound(self, price):
        """What the prices prove: the dual function, plain numbers."""
        item, alpha = self.item, self.question.alpha
        pull, unit = price @ item.rows, item.reference
        with np.errstate(all="ignore"):
            best = {"proportional": 1 / pull, "weighted": self.model.weight / pull, "quadratic": unit - pull,
                    "total": np.where(pull < 1, np.inf, 0), "alpha": (unit ** (alpha - 1) / pull) ** (1 / alpha)}
        v = np.clip(np.nan_to_num(best[self.question.policy], nan=np.inf), item.start, item.high)
        return self.cost(v) + pull @ v - price @ item.h

    def tie_bound(self, price, sums):
        """The same of the tie-break."""
        item, pull = self.item, price @ self.item.rows
        v = np.clip((sums - pull) * item.reference**2, item.start, item.high)
        return ((v / item.reference) ** 2 / 2 - (sums - pull) * v).sum() - price @ item.h

    def tolerance(self):
        """Twice what the script states for objectives, and no less than what counts."""
        return max(BREAKS, 2 * (judge.GAP * (1 + abs(self.cost(self.w))) + self.doubt(0)))

    def doubt(self, which):
        """What rows got in two power flows may lend to a bound, by the prices of the objective or of the tie-break."""
        return (self.item.rows_differ * self.item.price[which]).sum()

    def tie_tolerance(self):
        """The same of the tie-break."""
        squares = ((self.w / self.item.reference) ** 2).sum() / 2
        return max(BREAKS, 2 * (judge.TIE * (1 + squares) + self.doubt(1)))

    def breaks(self, w):
        """Whether other limits break what the policy promises by enough to count."""
        if self.outside(w) >= BREAKS:
            return True
        if self.policy in ("equal", "kalai-smorodinsky"):
            level = self.item.claim.level
            wanted = np.clip(level * self.item.reference, self.item.start, self.item.cap)
            return np.abs(w - wanted).max() >= BREAKS
        if self.policy == "max-min":
            return (self.w - w).max() >= BREAKS and self.reach(w) >= BREAKS
        return self.cost(w) - self.cost(self.w) >= self.tolerance()

    def reach(self, w):
        """kW by which lowered limits could rise again, in units of the most sensitive limit of their rows."""
        item, most = self.item, self.item.rows.max(axis=1, initial=0)
        left = np.where(most > 0, (item.h - item.rows @ w) / np.where(most > 0, most, 1), np.inf)
        lowered = np.flatnonzero(self.w - w >= BREAKS)
        return max(min(self.item.cap[c] - w[c], left[item.rows[:, c] > 0].min(initial=np.inf)) for c in lowered)


# Damages: functions of a subject that return changes (holder, name, value), or nothing where too little would break


def raise_limit(s):
    c, w = s.pick(range(len(s.w))), s.w.copy()
    w[c] += max(w[c], 1.0) * s.amount()
    return s.limit_change((c, w[c])) if s.breaks(w) else None


def lower_limit(s):
    c, w = s.pick(range(len(s.w))), s.w.copy()
    w[c] -= max(w[c] * s.amount(), BREAKS)
    return s.limit_change((c, w[c])) if s.breaks(w) else None


def swap_limits(s):
    a, b = s.pick(range(len(s.w))), s.pick(range(len(s.w)))
    w = s.w.copy()
    w[[a, b]] = w[[b, a]]
    return s.limit_change((a, w[a]), (b, w[b])) if abs(w[a] - w[b]) >= BREAKS and s.breaks(w) else None


def spoil_limit(s):
    return s.limit_change((s.pick(range(len(s.w))), s.pick((np.nan, np.inf, -np.inf, -1.0))))


def own_prices(s):
    """Rows of /price of the step, and their rows of A."""
    given = s.result.price
    mine = np.flatnonzero(given.step == s.step)
    named = list(zip(s.item.row_limit, s.item.named_side))
    return mine, np.array([named.index((s.model.table[given.row[k]], given.side[k])) for k in mine], int)


def new_price(s, k, value, tie):
    """Changes that set row k of /price, if the bound then falls by enough."""
    mine, rows = own_prices(s)
    name = "tie_price" if tie else "price"
    values = getattr(s.result.price, name)
    before, after = np.zeros(len(s.item.h)), np.zeros(len(s.item.h))
    before[rows] = values[mine]
    after[:] = before
    after[rows[mine == k]] = value
    changed = values.copy()
    changed[k] = value
    if value < 0 or not np.isfinite(value):
        return [(s.result.price, name, changed)]
    if tie:
        sums = s.item.claim.tie_multiplier
        lost = s.tie_bound(before, sums) - s.tie_bound(after, sums) - s.tie_tolerance()
    else:
        lost = s.bound(before) - s.bound(after) - s.tolerance()
    return [(s.result.price, name, changed)] if lost >= 0 else None


def scale_price(s, tie=False):
    k = s.pick(own_prices(s)[0])
    values = s.result.price.tie_price if tie else s.result.price.price
    factor = s.pick((1 + s.amount(), 1 - s.amount(), 1 + 10 * s.amount()))
    return None if k is None else new_price(s, k, values[k] * factor, tie)


def spoil_price(s):
    k = s.pick(own_prices(s)[0])
    return None if k is None else new_price(s, k, s.pick((-s.result.price.price[k] - 1, np.nan, np.inf)), False)


def drop_price(s):
    k = s.pick(own_prices(s)[0])
    ties = s.question.policy == "total" and s.item.claim.tie_multiplier > 0
    if k is None or not (new_price(s, k, 0.0, False) or ties and new_price(s, k, 0.0, True)):
        return None
    return [(s.result.price, name, np.delete(values, k, axis=0)) for name, values in vars(s.result.price).items()]


def scale_tie_price(s):
    return scale_price(s, True) if s.question.policy == "total" and s.item.claim.tie_multiplier > 0 else None


def move_price(s):
    """To a side that the limit has not, another step, another feeder, a row that is not there, or twice."""
    k = s.pick(own_prices(s)[0])
    if k is None:
        return None
    name = s.pick(("side", "step", "feeder", "row", "twice"))
    if name == "twice":
        return [(s.result.price, key, np.append(values, values[k])) for key, values in vars(s.result.price).items()]
    if name in ("step", "feeder") and not new_price(s, k, 0.0, False):
        return None
    values = getattr(s.result.price, name).copy()
    values[k] = {"side": values[k] + 50, "step": s.step + 1, "feeder": 1, "row": len(s.result.row.kind)}[name]
    return [(s.result.price, name, values)]


def one(s, holder, name, index, value):
    """A change of one value of a column."""
    values = list(getattr(holder, name)) if isinstance(getattr(holder, name), list) else getattr(holder, name).copy()
    values[index] = value
    return [(holder, name, values)]


def change_status(s):
    stated = s.result.solve.status[s.step, 0]
    return one(s, s.result.solve, "status", (s.step, 0), s.pick(k for k in range(7) if k != stated))


def change_claim(s, name, scale=1.0):
    value = s.result.solve.__dict__[name][s.step, 0]
    if not np.isfinite(value):
        return None
    by = scale * max(abs(value), 1.0) * s.amount() * s.pick((-1, 1))
    return one(s, s.result.solve, name, (s.step, 0), s.pick((value + by, value + by, value + by, np.nan)))


def change_objective(s):
    return change_claim(s, "objective")


def change_gap(s):
    return change_claim(s, "certificate_gap")


def change_row_violation(s):
    return change_claim(s, "certificate_row_violation", 1e3)


def change_bottleneck(s):
    return change_claim(s, "certificate_bottleneck_gap", 1e3) if s.policy in FILLING else None


def change_level(s):
    """Down where a limit that rose stands at it; up where no limit stands higher at its start."""
    if s.policy not in FILLING or not s.solved:
        return None
    at, value = s.w / s.item.reference, s.item.claim.level
    risen = at[s.w > s.item.start + BREAKS]
    changed = value + s.pick((-1, 1)) * max(value, 1.0) * s.amount()
    counts = changed <= risen.max(initial=-1) - BREAKS or changed >= at.max(initial=0) + BREAKS
    return one(s, s.result.solve, "level", (s.step, 0), changed) if counts else None


def change_over_cap(s):
    return one(s, s.result.solve, "forecast_over_cap", (s.step, 0), s.item.over_cap + 1)


def change_tie_multiplier(s):
    value = s.item.claim.tie_multiplier if s.question.policy == "total" else 0
    if not value > 0:
        return None
    mine, rows = own_prices(s)
    price = np.zeros(len(s.item.h))
    price[rows] = s.result.price.tie_price[mine]
    changed = s.pick((0.0, -value, value * (1 + s.amount()), value * (1 - s.amount())))
    # The objective of the tie-break changes with its multiplier: what counts is the gap afterwards.
    reached = ((s.w / s.item.reference) ** 2 / 2 - changed * s.w).sum()
    wide = max(BREAKS, 4 * s.tie_tolerance())
    if changed > 0 and reached - s.tie_bound(price, changed) < wide:
        return None
    return one(s, s.result.solve, "tie_multiplier", (s.step, 0), changed)


def change_binding(s):
    """To the cap where there is room below it, to another direction, or to a row with room or without the limit."""
    c = s.pick(range(len(s.w)))
    holds = s.item.left < BREAKS
    for price in s.item.price:  # what charges much may be the one
        charge = s.item.rows[:, c] * price
        holds = holds | (charge > 0.1 * charge.max(initial=0))
    holds = holds & (s.item.rows[:, c] > 0)
    loose = [row for row, l in s.model.table.items() if not holds[s.item.row_limit == l].any()]
    values = [-2] * bool(s.model.asked[c]) + [-1] * bool(s.item.cap[c] - s.w[c] >= BREAKS)
    values += [-3, len(s.result.row.kind)] + [-4] * (s.policy == "max-min")
    value = s.pick(loose + values)
    kind, k = s.columns[c]
    return one(s, s.result.envelope, kind + "_binding_row", (s.step, k), value)


def publish_passive(s):
    passive = s.pick(np.flatnonzero(s.case.customer.active == 0))
    name = s.pick([*vars(s.result.envelope)])
    return None if passive is None else one(s, s.result.envelope, name, (s.step, passive), 0)


def publish_reactive(s):
    """A reactive limit of a customer without a range."""
    k = s.pick(np.flatnonzero(s.case.customer.reactive_mode != 2)) if s.question.joint else None
    name = s.pick(("q_inject_limit", "q_absorb_limit", "q_inject_binding_row", "q_absorb_binding_row"))
    return None if k is None else one(s, s.result.envelope, name, (s.step, k), 0)


def change_reactive(s):
    """Joint limits as if they had not been asked for; others as if they had."""
    words = s.result.about["options"].replace("--reactive joint", "").split() if s.question.joint else (
        s.result.about["options"].split() + [*JOINT])
    return [(s.result, "about", s.result.about | {"options": " ".join(words)})]


def change_row_table(s):
    row, name = s.pick(range(len(s.result.row.kind))), s.pick(vars(s.result.row))
    old = getattr(s.result.row, name)[row]
    if name in ("bus", "branch", "phases"):
        value = old + "x"
    elif name in ("voltage_limit", "power_limit"):
        value = 1.0 if np.isnan(old) else old * (1 + s.amount())
    else:
        value = {"kind": (old + 1) % 5, "feeder": 1}.get(name, (old + 1) % len(s.case.bus.id))
    return one(s, s.result.row, name, row, value)


def change_violation(s):
    mine, listed = np.flatnonzero(s.result.violation.step == s.step), s.result.violation
    k, name = s.pick(mine), s.pick([*vars(listed), "drop", "twice", "another"])
    if name == "another":  # a row that is not violated
        row = s.pick(row for row in s.model.table if row not in listed.row[mine])
        added = {"step": s.step, "feeder": 0, "row": row}
        return [(listed, key, np.append(v, v.dtype.type(added.get(key, 1)))) for key, v in vars(listed).items()]
    if k is None:
        return None
    if name == "drop":
        return [(listed, key, np.delete(values, k)) for key, values in vars(listed).items()]
    if name == "twice":
        return None
    old = getattr(listed, name)[k]
    integers = {"step": s.step + 1, "feeder": 1, "row": len(s.result.row.kind)}
    value = integers[name] if name in integers else 1.0 if np.isnan(old) else old * (1 + s.amount())
    return one(s, listed, name, k, value)


def change_identity(s):
    holder, name = s.pick(((s.result.customer, "id"), (s.result.feeder, "id"), (s.result.customer, "active"),
                           (s.result.customer, "feeder"), (s.result, "time"), (s.result, "time_bounds")))
    values = getattr(holder, name)
    k = s.pick(range(len(values)))
    return one(s, holder, name, k, values[k] + "x" if name == "id" else values[k] + 1)


def change_digest(s):
    digest, k = s.result.about["case_digest"], s.pick(range(16))
    return [(s.result, "about", s.result.about | {
        "case_digest": digest[:k] + s.pick(set("0123456789abcdef") - {digest[k]}) + digest[k + 1:]})]


def change_question(s):
    """Another flow or policy than the one that was asked."""
    policies, flows = {"max-min", "equal", "proportional", "total"}, set(FLOWS)
    about, free = dict(s.result.about), s.w[(s.w > s.item.start + BREAKS) & (s.w < s.item.cap - BREAKS)]
    if s.pick((True, False)) and s.question.flow != "dc":
        about["flow"] = s.pick(sorted(flows - {about["flow"]}))
        counts = True
    else:
        about["policy"] = s.pick(sorted(policies - {about["policy"]}))
        counts = len(free) and np.ptp(free) >= BREAKS and {about["policy"], s.policy} & {"proportional", "total"}
        counts = counts and (s.policy in FILLING) != (about["policy"] in FILLING)
    return [(s.result, "about", about)] if counts else None


def change_case(s):
    """The case that the result claims to be of, its digest carried along: other limits, caps or rows follow from it."""
    kind = s.pick(("voltage", "rating", "cap"))
    if kind == "voltage" and s.question.flow != "dc":
        return [(s.case.bus, "voltage_max", s.case.bus.voltage_max * (1 - s.amount() / 100 - 1e-3))]
    if kind == "rating":
        rated = [s.model.limits[l] for l in s.model.table.values() if s.model.limits[l].kind >= 2]
        limit = s.pick(rated)
        if limit is None:
            return None
        name = "rating_current" if limit.kind == 2 else "rating_power"
        return one(s, s.case.branch, name, limit.branch, getattr(s.case.branch, name)[limit.branch] * (1 + s.amount()))
    at_cap = [c for c in range(len(s.w)) if s.model.asked[c] and s.model.cap[c] - s.w[c] <= 1e-9 and s.w[c] >= 1]
    c = s.pick(at_cap)
    if c is None:
        return None
    kind, k = s.columns[c]
    return one(s, s.case.customer, CAPS[kind], k, getattr(s.case.customer, CAPS[kind])[k] * (1 - s.amount() / 2))


# What a forger would have made fit: with these changes the script must find more than numbers that differ from its own.
FORGED = (raise_limit, lower_limit, swap_limits, scale_price, drop_price, scale_tie_price, change_tie_multiplier)
CLAIMS = ("its worst row has", "the objective is", "certificate_gap is not", "its bottlenecks are", "the level is not",
          "is not stopped by")
SOLVED = (raise_limit, lower_limit, swap_limits, spoil_limit, change_row_violation, change_bottleneck, change_level,
          change_over_cap, change_binding, change_question)
PRICED = (scale_price, scale_price, drop_price, spoil_price, move_price, change_objective, change_gap,
          change_tie_multiplier, scale_tie_price)
ALWAYS = (change_status, change_row_table, change_violation, change_identity, change_digest, publish_passive,
          publish_reactive, change_reactive, change_case)


def damages_of(subject):
    concave = subject.policy not in FILLING
    return (SOLVED + (PRICED if concave else ()) if subject.solved and len(subject.w) else ()) + ALWAYS


def damaged(subject, tries=20):
    """A damage that counts: its name, its changes, and the claims by which it must not be found."""
    for _ in range(tries):
        damage = subject.pick(damages_of(subject))
        if (changes := damage(subject)) is not None:
            return damage.__name__, changes, CLAIMS if damage in FORGED else ()
    return None, None, ()


def write_changes(path, subject, changes):
    """The changes as a file; HDF5 renews the checksums."""
    result = subject.result
    places = {id(result): "/", **{id(table): f"/{name}/" for name, table in vars(result).items()}}
    with h5py.File(path, "r+") as file:
        for holder, name, value in changes:
            if name == "about":
                for key in value:
                    if value[key] != result.about[key]:
                        file.attrs[key] = np.bytes_(value[key])
                continue
            dataset = file[places[id(holder)] + name]
            if dataset.dtype.kind == "S":
                words, width = [word.encode() for word in value], dataset.shape[1]
                if max(map(len, words)) > width:
                    return False
                value = np.array(words, f"S{width}").view("S1").reshape(dataset.shape)
            if dataset.shape != np.shape(value):
                return False
            dataset[...] = value
    return True


def subjects_of(name):
    """Policies and flow models that are judged on a case: all in the thorough run, fewer of the larger cases else."""
    if THOROUGH or name in ("laminar", "ieee13"):
        return [(policy, flow) for policy in FILLING + CONCAVE for flow in FLOWS]
    few = ("max-min", "kalai-smorodinsky", "proportional", "total") if name == "european_lv" else ("max-min", "total")
    return [(policy, FLOWS[2]) for policy in few]


def joint_subjects(name):
    """The same of joint P-Q envelopes."""
    few = ("max-min", "proportional", "total")
    return [(policy, flow) for policy in (FILLING + CONCAVE if THOROUGH or name == "ieee13 ranges" else few)
            for flow in FLOWS[1:]]


class SecureSubject:
    """A result of --secure ac in memory with one step to forge, and worst excesses that the script finds there."""

    def __init__(self, name, step, *options):
        self.case = judge.read(case_path(name), "headroom-case", (1,))
        self.result = judge.read(allocated(name, FLOWS[2], "max-min", *SECURE, *options), "headroom-envelopes", (2,))
        self.step, self.series = step, getattr(self.case.series, self.result.about["series"])
        self.active = np.flatnonzero(self.case.customer.active)

    def faults(self, *changes):
        """What the script finds after changes (holder, name, value), which are undone."""
        before = [(holder, name, getattr(holder, name)) for holder, name, _ in changes]
        for holder, name, value in changes:
            setattr(holder, name, value)
        try:
            return judge.check(self.case, self.result, [self.step])[0]
        finally:
            for holder, name, value in before:
                setattr(holder, name, value)

    def changed(self, holder, name, index, value):
        """A column of the result with something else in some places of the step."""
        column = getattr(getattr(self.result, holder), name).copy()
        column[self.step, index] = value
        return getattr(self.result, holder), name, column

    def scaled(self, index, factor, kinds=("export", "import")):
        names, given = [kind + "_limit" for kind in kinds], vars(self.result.envelope)
        return [self.changed("envelope", name, index, factor * given[name][self.step, index]) for name in names]

    def excess(self):
        """Worst excess of the limit of every row of /row."""
        judge.check(self.case, self.result, [self.step])
        (model,) = self.case.models.values()
        item = judge.SecureItem(model, self.series, self.step, self.result)
        excess = item.worst_points(item.w, ()).excess
        return {row: excess[l] for row, l in model.table.items()}


class CheckResults(unittest.TestCase):
    def test_digests_are_those_published(self):
        for text, digest in ((b"", "ef46db3751d8e999"), (b"a", "d24ec4f1a98c6e5b"), (b"abc", "44bc2cf5ad770999")):
            self.assertEqual(xxh64(text), digest)

    def test_logarithms_and_powers_are_enclosed(self):
        two, narrow = Fraction(2), Fraction(1, 10**37)
        log_2 = Fraction("0.693147180559945309417232121458176568075500134360255254120680")
        root_2 = Fraction("1.414213562373095048801688724209698078569671875376948073176680")
        for exponent, unit, term, slope in ((0, 1, log_2, 1 / two), ("0.5", 1, 2 * root_2, root_2 / 2),
                                            (-1, 1, -1 / two, 1 / two**2), ("0.5", 4, root_2, root_2 / 4),
                                            (-1, 3, -3 / two, 3 / two**2), (0, 0.5, 2 * log_2, 1 / two)):
            cost = Cost(weight=Fraction(1), e=Decimal(exponent), unit=Fraction(unit))
            (low, falls), (high, rises) = cost_at(cost, two)
            self.assertTrue(low < -term < high and high - low < narrow, (exponent, unit))
            self.assertTrue(falls <= -slope <= rises and rises - falls < narrow, (exponent, unit))

    def test_objectives_are_held_to_their_tolerance_to_the_last_place(self):
        digits, rng, same = Context(60), np.random.default_rng(8), Fraction(judge.SAME)
        for policy in ("proportional", "alpha=0.5", "alpha=2"):
            s = Subject(rng, "ieee13", FLOWS[2], policy)
            free, e, terms = np.flatnonzero(s.item.high > s.item.start), Decimal(1 - s.question.alpha), []
            for w, unit in zip(s.w[free], s.item.reference[free]):
                ratio = digits.divide(Decimal(w), Decimal(unit))
                terms.append(digits.divide(digits.power(ratio, e), e) if e else digits.ln(Decimal(w)))
            objective = -sum(map(Fraction, terms))
            self.assertGreater(len(terms), 0)
            for away in (-np.inf, np.inf):
                bound = objective + Fraction(np.sign(away)) * same * (1 + abs(objective))
                last = float(bound)  # the last double within
                if np.sign(away) * (Fraction(last) - bound) > 0:
                    last = np.nextafter(last, -away)
                beyond = np.nextafter(last, away)
                for value, holds in ((np.nextafter(last, -away), True), (last, True), (beyond, False),
                                     (np.nextafter(beyond, away), False)):
                    found = s.faults(one(s, s.result.solve, "objective", (s.step, 0), value))
                    self.assertEqual(not any("the objective is" in fault for fault in found), holds, policy)

    def test_base_cases_are_violated_exactly_or_not(self):
        """The forecast of a passive customer is moved to where a row is first violated, and to the double before."""
        excess, rng = [], np.random.default_rng(9)
        for name, flow in (("ieee13", FLOWS[2]), ("ieee13", "dc"), ("ieee34", FLOWS[1]), ("european_lv", FLOWS[2])):
            s = Subject(rng, name, flow, "max-min")
            series, result = getattr(s.case.series, s.result.about["series"]), s.result
            passive = s.pick(k for k in s.model.customers if not s.case.customer.active[k])

            def based_on(watts, status):
                p = series.p_forecast.copy()
                p[s.step, passive] = watts
                claimed = one(s, result.solve, "status", (s.step, 0), status)
                return [(series, "p_forecast", p), *claimed]

            def item(watts, status=judge.INSECURE):
                changes = [(holder, key, getattr(holder, key), value) for holder, key, value in based_on(watts, status)]
                for holder, key, _, value in changes:
                    setattr(holder, key, value)
                found = judge.LinearItem(s.model, series, s.step, result)
                for holder, key, value, _ in changes:
                    setattr(holder, key, value)
                return found

            def over(at, l):
                """By how much limit l is exceeded; sums of fractions alone."""
                e, limit, p, q = s.model.effect[l], s.model.limits[l], [], []
                for part, power in zip(e, at.power):
                    a, b, x, y = map(Fraction, (part.real, part.imag, power.real, power.imag))
                    p.append(a * x - b * y)
                    q.append(a * y + b * x)
                real = sum(p) + Fraction(s.model.constant[l].real) + Fraction(at.no_load[l])
                imaginary = sum(q) + Fraction(s.model.constant[l].imag)
                if limit.kind < 2:
                    return (real - (Fraction(limit.value) / Fraction(limit.base)) ** 2) * (1 - 2 * limit.kind)
                return real**2 + (0 if flow == "dc" else imaginary**2) - 1

            low, high = 0.0, -1e9  # an import that is none, and one that nothing bears
            while len(near := item(high).bad) > 1 and abs(high - low) > 1:
                middle = (low + high) / 2
                low, high = (low, middle) if item(middle).bad else (middle, high)
            l = s.model.row_limit[near[0]]
            while (middle := (low + high) / 2) not in (low, high):
                low, high = (low, middle) if over(item(middle), l) > 0 else (middle, high)
            excess += [float(over(item(low), l)), float(over(item(high), l))]
            row = next(row for row, known in s.model.table.items() if known == l)
            limit, voltage = s.model.limits[l], s.model.limits[l].kind < 2
            values = {"step": s.step, "feeder": 0, "row": row, "voltage": limit.value, "voltage_limit": limit.value,
                      "power": np.nan, "power_limit": np.nan}
            if not voltage:
                values |= {"power": limit.value, "power_limit": limit.value, "voltage": np.nan, "voltage_limit": np.nan}
            others = result.violation.step != s.step
            listed = [(result.violation, key, np.append(v[others], v.dtype.type(values[key])))
                      for key, v in vars(result.violation).items()]
            nothing = s.limit_change(*((c, np.nan) for c in range(len(s.w))))
            for key in ("export_binding_row", "import_binding_row"):
                rows = getattr(result.envelope, key).copy()
                rows[s.step, [k for kind, k in s.columns if kind == "export"]] = -3
                nothing.append((result.envelope, key, rows))
            self.assertEqual(s.faults(based_on(high, judge.INSECURE) + listed + nothing), [], s.name)
            found = s.faults(based_on(low, judge.INSECURE) + listed + nothing)
            self.assertTrue(any("status must be" in fault for fault in found), found)
            self.assertTrue(any("is not violated as listed" in fault for fault in found), found)
            self.assertNotEqual(item(high, FITS).status, judge.INSECURE)  # less than what may be left unsaid
            self.assertEqual(item(high * (1 + 1e-9), FITS).status, judge.INSECURE)
        print(f"violated by {excess[1::2]}, not violated by {excess[::2]}")
        self.assertTrue(all(-1e-14 < e <= 0 for e in excess[::2]) and all(0 < e < 1e-14 for e in excess[1::2]), excess)

    def test_results_of_the_program_pass(self):
        for name in CASES:
            case = judge.read(case_path(name), "headroom-case", (1,))
            for policy, flow in subjects_of(name):
                result = judge.read(allocated(name, flow, policy), "headroom-envelopes", (1, 2))
                steps = None if THOROUGH else range(0, len(result.time), 1 + len(result.time) // 4)
                with self.subTest(case=name, flow=flow, policy=policy):
                    self.assertEqual(judge.check(case, result, steps)[0], [])

    def test_other_questions_pass(self):
        for options in (("--direction", "export"), ("--direction", "import"), ("--contain", "zero"),
                        ("--basis", "added"), ("--monitor", "all"), ("--insecure-base", "no-worse"),
                        ("--dust", "0.05")):
            for policy in ("max-min", "equal", "proportional", "total") if THOROUGH else ("max-min", "total"):
                path = allocated("european_lv_105" if THOROUGH else "ieee13", FLOWS[2], policy, *options)
                with self.subTest(options=options, policy=policy):
                    code, text = run(path, "--case", case_path("european_lv_105" if THOROUGH else "ieee13"))
                    self.assertEqual(code, 0, text)

    def test_other_questions_on_rows_linearised_in_ac_pass(self):
        for options in (("--direction", "export"), ("--contain", "zero"), ("--basis", "added"), ("--monitor", "all"),
                        ("--insecure-base", "no-worse"), ("--dust", "0.05"), ("--linearisation", "fixed-point")):
            for policy in ("max-min", "total", "proportional") if THOROUGH else ("max-min",):
                path = allocated("european_lv_105", FLOWS[3], policy, *options)
                with self.subTest(options=options, policy=policy):
                    code, text = run(path, "--case", case_path("european_lv_105"))
                    self.assertEqual(code, 0, text)

    def test_requests_weights_and_power_factors_pass(self):
        rng, case = np.random.default_rng(7), DIRECTORY / "requests.h5"
        shutil.copy(case_path("ieee13"), case)
        with h5py.File(case, "r+") as file:
            count = len(file["customer/id"])
            for name, low, high in (("weight", 0.2, 5), ("export_request", 0, 6e5), ("import_request", 0, 6e5)):
                file["customer/" + name][...] = rng.uniform(low, high, count)
            file["customer/reactive_mode"][...] = rng.integers(0, 2, count)
            file["customer/power_factor"][...] = rng.uniform(0.7, 1, count) * rng.choice([-1, 1], count)
        for policy in ("equal-curtailment", "weighted", "quadratic", "max-min", "total"):
            result = DIRECTORY / "requests_r.h5"
            for flow in FLOWS:
                headroom("allocate", case, "-o", result, "--flow", flow, "--policy", policy)
                code, text = run(result, "--case", case)
                self.assertEqual(code, 0, f"{policy} {flow}: {text}")

    def test_feeders_without_limits_pass(self):
        """Power flows that know no voltages, over branches that nobody rated: there is no row at all."""
        case, result = DIRECTORY / "unrated.h5", DIRECTORY / "unrated_r.h5"
        shutil.copy(case_path("laminar"), case)
        with h5py.File(case, "r+") as file:
            file["branch/rating_power"][...] = np.nan
        for policy in ("max-min", "kalai-smorodinsky", "total"):
            headroom("allocate", case, "-o", result, "--flow", "dc", "--policy", policy)
            code, text = run(result, "--case", case)
            self.assertEqual(code, 0, f"{policy}: {text}")

    def test_answers_of_the_second_solver_pass(self):
        code, text = run(allocated("laminar", FLOWS[0], "proportional", "--solver", "ipopt"),
                         "--case", case_path("laminar"))
        self.assertEqual(code, 0, text)

    def test_branches_side_by_side_pass(self):
        """The last three-phase line of IEEE 13 as three single-phase ones."""
        case = DIRECTORY / "apart.h5"
        shutil.copy(case_path("ieee13"), case)
        with h5py.File(case, "r+") as file:
            branch = file["branch"]
            three_phase = (branch["kind"][...] == 0) & (branch["phases"][...] & 7 == 7)
            split_row(branch, np.flatnonzero(three_phase)[-1], 3)
            branch["phases"][-3:] = [1, 2, 4]
            branch["rating_current"][-3:] = [150, 120, 180]
            file["feeder/branch_offset"][1] = len(branch["id"])
        for policy in ("max-min", "total"):
            for flow in FLOWS:
                headroom("allocate", case, "-o", DIRECTORY / "apart_r.h5", "--flow", flow, "--policy", policy)
                code, text = run(DIRECTORY / "apart_r.h5", "--case", case)
                self.assertEqual(code, 0, f"{policy} {flow}: {text}")

    def test_meshes_pass(self):
        """A generated feeder with a loop, and one in which a phase comes round the other way."""
        case, cut, result = (DIRECTORY / name for name in ("mesh.h5", "cut.h5", "mesh_r.h5"))
        headroom("generate", case, "--first-feeder", 2, "--feeders", 1, "--hard-share", 1, "--seed", 5, "--steps", 2,
                 "--start", "2025-06-21T12:00:00Z", "--reactive-share", 0.5)
        with h5py.File(case) as file:
            branch = file["branch"]
            three_phase = np.flatnonzero((branch["kind"][...] == 0) & (branch["phases"][...] & 7 == 7))

        def limits(of):
            headroom("allocate", of, "-o", result)
            with h5py.File(result) as file:
                return file["envelope/import_limit"][...]

        whole, differs = limits(case), False
        for line in three_phase[:-1]:  # the last is the tie
            shutil.copy(case, cut)
            with h5py.File(cut, "r+") as file:
                file["branch/phases"][line] &= ~2
            if subprocess.run([HEADROOM, "info", cut], capture_output=True).returncode == 0:
                differs = not np.array_equal(limits(cut), whole, equal_nan=True)
            if differs:
                break
        self.assertTrue(differs, "no line of the loop can lose a phase")
        for of in (case, cut):
            for options in (*(("--flow", flow) for flow in FLOWS), ("--reactive", "joint"), ("--secure", "ac"),
                            ("--secure", "ac", "--policy", "proportional")):
                headroom("allocate", of, "-o", result, *options)
                code, text = run(result, "--case", of)
                self.assertEqual(code, 0, f"{of} {options}: {text}")

    def test_moving_taps_pass_and_are_seen(self):
        """Two feeders of which the first moves its taps; what was made for other taps is noticed."""
        case, other, result = (DIRECTORY / name for name in ("taps.h5", "other_taps.h5", "taps_r.h5"))
        headroom("generate", case, "--feeders", 2, "--hard-share", 0, "--seed", 3, "--steps", 4, "--start",
                 "2025-06-21T11:00:00Z", "--reactive-share", 0.5)

        def write_taps(path, moved):
            with h5py.File(path, "r+") as file:
                branch, taps = file["branch"], np.repeat(file["transformer/to_tap"][...][None], 4, axis=0)
                first = file["feeder/branch_offset"][1]
                own, others = (set(branch["transformer"][rows].tolist()) - {-1} for rows in (
                    slice(0, first), slice(first, None)))
                self.assertTrue(own)
                row = min(own - others, default=min(own))
                taps[:, row] *= np.array(moved)[:, None]
                name = next(iter(file["series"]))
                if "to_tap" in file[f"series/{name}"]:
                    del file[f"series/{name}/to_tap"]
                file[f"series/{name}/to_tap"] = taps

        write_taps(case, (1, 1, 1.02, 0.99))
        shutil.copy(case, other)
        write_taps(other, (1, 1.08, 1.02, 0.99))
        with open(other, "rb") as stream:
            digest = xxh64(stream.read())
        for options in (*(("--flow", flow) for flow in FLOWS), ("--reactive", "joint"), ("--policy", "total"), SECURE,
                        (*SECURE, "--policy", "proportional")):
            headroom("allocate", case, "-o", result, *options)
            code, text = run(result, "--case", case)
            self.assertEqual(code, 0, f"{options}: {text}")
            if "dc" in options:  # knows no voltage
                continue
            with h5py.File(result, "r+") as file:
                file.attrs["case_digest"] = np.bytes_(digest)
            code, text = run(result, "--case", other)
            self.assertEqual(code, 1, f"{options}: {text}")
            self.assertIn("step 1", text)

    def test_exit_status_and_words(self):
        path, case = allocated("laminar", "dc", "max-min"), case_path("laminar")
        script = [sys.executable, ROOT / "scripts" / "check_results"]
        passed = subprocess.run([*script, path, "--case", case], capture_output=True, text=True)
        self.assertEqual((passed.returncode, passed.stdout.count("\n")), (0, 1))
        self.assertEqual(subprocess.run([*script, path], capture_output=True).returncode, 2)
        self.assertEqual(run(path, "--case", path)[0], 3)
        self.assertEqual(run(DIRECTORY / "none.h5", "--case", case)[0], 3)
        code, text = run(path, "--case", case_path("ieee13"))
        self.assertEqual(code, 1)
        self.assertIn("case_digest", text)

    def test_robust_envelopes_of_linear_rows_pass(self):
        for name, flow, policy, *options in (*ROBUST, ("european_lv_105", FLOWS[2], "total", *BALL, *WRONG_CABLES),
                                             ("european_lv ranges", FLOWS[2], "max-min", *BOX, *WRONG_CABLES, *JOINT),
                                             ("ieee34", FLOWS[1], "equal", *BOX, "--monitor", "all")):
            with self.subTest(name=name, flow=flow, policy=policy, options=options):
                code, text = run(allocated(name, flow, policy, *options), "--case", case_path(name), "--steps", "12")
                self.assertEqual(code, 0, text)

    def test_rows_that_errors_violate_are_listed_with_their_worst(self):
        for flow in FLOWS[:3]:
            path = allocated("european_lv_105", flow, "max-min", "--forecast-error", "10:20",
                             "--insecure-base", "no-worse")
            with h5py.File(path) as file:
                self.assertGreater(len(file["violation/row"]), 0)
            code, text = run(path, "--case", case_path("european_lv_105"), "--steps", "12")
            self.assertEqual(code, 0, text)

    def test_envelopes_that_forget_an_error_are_not_robust(self):
        certain, path = allocated("european_lv", FLOWS[2], "max-min"), DIRECTORY / "forgetful.h5"
        for options in (BOX, BALL, WRONG_CABLES):
            shutil.copy(certain, path)
            with h5py.File(path, "r+") as file:
                file.attrs["options"] = " ".join(options)
            code, text = run(path, "--case", case_path("european_lv"), "--steps", "12")
            self.assertEqual(code, 1)
            self.assertIn("a row is exceeded", text)

    def test_errors_that_no_envelope_in_ac_holds_are_refused_by_name(self):
        path = DIRECTORY / "claimed.h5"
        shutil.copy(allocated("european_lv", FLOWS[2], "max-min", *SECURE), path)
        with h5py.File(path, "r+") as file:
            file.attrs["options"] = " ".join((*WRONG_CABLES, *SECURE))
        code, text = run(path, "--case", case_path("european_lv"))
        self.assertEqual(code, 3)
        self.assertIn("--impedance-error", text)

    def test_forecast_errors_are_judged_in_ac(self):
        case, robust, certain = case_path("european_lv"), DIRECTORY / "robust.h5", DIRECTORY / "certain.h5"
        headroom("allocate", case, "-o", robust, "--secure", "ac", "--forecast-error", "0.3:0.1")
        code, text = run(robust, "--case", case, "--steps", "4")
        self.assertEqual(code, 0, text)
        headroom("allocate", case, "-o", certain, "--secure", "ac")
        with h5py.File(certain, "r+") as file:
            file.attrs["options"] = "--forecast-error 0.3:0.1 --secure ac"
        code, text = run(certain, "--case", case, "--steps", "4")
        self.assertEqual(code, 1)
        self.assertIn("is passed by", text)

    def test_at_most_twenty_failed_claims_are_shown(self):
        path, case = DIRECTORY / "many.h5", case_path("european_lv")
        shutil.copy(allocated("european_lv", FLOWS[2], "max-min"), path)
        with h5py.File(path, "r+") as file:
            file["envelope/export_limit"][...] = file["envelope/export_limit"][...] * 1.5
        code, text = run(path, "--case", case)
        self.assertEqual((code, text.count("\n")), (1, 21))
        self.assertGreater(run(path, "--case", case, "--verbose")[1].count("\n"), 96)

    def test_reactive_ranges_and_curves_pass(self):
        case, curve = DIRECTORY / "ranges.h5", [0.9, 0.95, 1.05, 1.1]
        shutil.copy(case_path("ieee13"), case)
        with h5py.File(case, "r+") as file:
            count = len(file["customer/id"])
            file["customer/reactive_mode"][...] = np.arange(count) % 3 + 1
            file["customer/power_factor"][...] = 0.95
            file["customer/q_inject_max"][...] = np.linspace(0, 4e4, count)
            file["customer/q_absorb_max"][...] = np.linspace(3e4, 1e4, count)
            add_curve(file, curve, [1, 0, 0, -0.5])
        for policy in ("max-min", "proportional", "total"):
            for flow, *options in [(flow,) for flow in FLOWS] + [(flow, *JOINT) for flow in FLOWS[1:]]:
                result = DIRECTORY / "ranges_r.h5"
                headroom("allocate", case, "-o", result, "--flow", flow, "--policy", policy, *options)
                code, text = run(result, "--case", case)
                self.assertEqual(code, 0, f"{policy} {flow} {options}: {text}")

    def test_curves_are_followed_in_ac(self):
        case, result = DIRECTORY / "curves.h5", DIRECTORY / "curves_r.h5"
        for name, base in (("european_lv", (0.98, 1.03)), ("ieee13", (0.97, 1.04))):
            shutil.copy(case_path(name), case)
            with h5py.File(case, "r+") as file:
                active = file["customer/active"][...] == 1
                power = np.abs(file["series"][next(iter(file["series"]))]["p_forecast"][...]).max(axis=0)
                file["customer/reactive_mode"][...] = 3
                for column in ("q_inject_max", "q_absorb_max"):
                    file["customer/" + column][...] = 0.4 * power + 1e3
                file["customer/apparent_max"][...] = np.where(active, np.nan, 0.9 * power)
                add_curve(file, [0.9, *base, 1.1], [1, 0.2, -0.2, -0.9])
            headroom("allocate", case, "-o", result, "--secure", "ac")
            code, text = run(result, "--case", case, "--steps", "2")
            self.assertEqual(code, 0, text)
            read, envelopes = (judge.read(path, "headroom-" + schema, versions) for path, schema, versions in (
                (case, "case", (1,)), (result, "envelopes", (1, 2))))
            read.customer.reactive_mode[:] = 0
            self.assertNotEqual(judge.check(read, envelopes, range(len(envelopes.time))[:2])[0], [], "curves matter")

    def test_joint_envelopes_pass(self):
        for name in RANGED:
            case = judge.read(case_path(name), "headroom-case", (1,))
            for policy, flow in joint_subjects(name):
                for options in ((), ("--basis", "added"), ("--direction", "export"), ("--contain", "zero")):
                    result = judge.read(allocated(name, flow, policy, *JOINT, *options), "headroom-envelopes", (1, 2))
                    steps = None if THOROUGH else range(0, len(result.time), 1 + len(result.time) // 4)
                    with self.subTest(case=name, flow=flow, policy=policy, options=options):
                        self.assertEqual(judge.check(case, result, steps)[0], [])

    def test_results_that_are_secure_in_ac_pass(self):
        questions = [("european_lv", *SECURE), ("european_lv_105", *SECURE), ("european_lv ranges", *SECURE, *JOINT),
                     ("ieee34", *SECURE), ("ieee34", *SECURE, "--contain", "zero"),
                     ("ieee34", *SECURE, "--monitor", "all"), ("ieee13", *SECURE), ("ieee13 ranges", *SECURE, *JOINT),
                     ("ieee13", *SECURE, "--insecure-base", "no-worse")]
        for name, *options in questions:
            few = ("max-min",) if name.startswith("european") else ("max-min", "total")
            for policy in ("max-min", "equal", "proportional", "total") if THOROUGH else few:
                with self.subTest(case=name, options=options, policy=policy):
                    path = allocated(name, FLOWS[2], policy, *options)
                    code, text = run(path, "--case", case_path(name), "--steps", "all" if THOROUGH else "2")
                    self.assertEqual(code, 0, text)

    def test_steps_judged_in_ac_are_counted(self):
        path, case = allocated("european_lv", FLOWS[2], "max-min", *SECURE), case_path("european_lv")
        self.assertIn("2 solved; in AC, at 2 of 96 steps", run(path, "--case", case, "--steps", "2")[1])
        for steps in ("0", "few"):
            with self.assertRaises(SystemExit):
                run(path, "--case", case, "--steps", steps)

    def assert_found(self, faults, words):
        self.assertTrue(any(words in fault for fault in faults), f"'{words}' not in {faults}")

    def test_forged_results_that_are_not_secure_in_ac_fail(self):
        for name, step in (("european_lv", 52), ("ieee34", 0)):
            s = SecureSubject(name, step)
            self.assertEqual(s.faults(), [])
            for kind in ("export", "import"):
                held = [k for k in s.active if getattr(s.result.envelope, kind + "_binding_row")[step, k] >= 0]
                for k in held[:: len(held) // 3]:
                    self.assert_found(s.faults(*s.scaled(k, 1.02, (kind,))), "in AC")
                    over = 1.001 * getattr(s.case.customer, kind + "_cap")[k]
                    over = s.changed("envelope", kind + "_limit", k, over)
                    self.assert_found(s.faults(over), "outside start and cap")
            self.assert_found(s.faults(*s.scaled(s.active, 1.005)), "is passed by")
            self.assert_found(s.faults(*s.scaled(s.active, 0.995)), "is not stopped by")
            claimed = s.result.secure.worst_excess[step, 0]
            self.assert_found(s.faults(s.changed("secure", "worst_excess", 0, claimed - 1e-5)), "worst_excess is")
            self.assert_found(s.faults(s.changed("secure", "factor", 0, 0.9)), "/secure/factor")

    def test_forged_binding_rows_in_ac_fail(self):
        for name, step in (("european_lv", 52), ("ieee34", 0)):
            s = SecureSubject(name, step)
            excess = s.excess()
            with_room = [row for row, worst in excess.items() if -0.05 < worst < -1.1e-3]
            self.assertGreater(len(with_room), 2)
            for row in (*with_room[::len(with_room) // 2], -1, -3, -4, len(excess)):
                for kind in ("export", "import"):
                    forged = s.changed("envelope", kind + "_binding_row", s.active[0], row)
                    self.assert_found(s.faults(forged), f"is not stopped by {row}")

    def test_base_cases_claimed_insecure_in_ac_must_be(self):
        s, listed = SecureSubject("european_lv", 52), ("step", "row", "feeder")
        claim = [s.changed("solve", "status", 0, judge.INSECURE)]
        for kind in ("export", "import"):
            claim += [s.changed("envelope", kind + "_limit", s.active, np.nan),
                      s.changed("envelope", kind + "_binding_row", s.active, -3)]
        limit = s.result.row.voltage_limit[0]
        values = {"step": s.step, "voltage": limit + 1, "voltage_limit": limit, "power": np.nan, "power_limit": np.nan}
        claim += [(s.result.violation, name, np.array([values.get(name, 0)], int if name in listed else float))
                  for name in vars(s.result.violation)]
        self.assert_found(s.faults(*claim), "status must be solved")

        s = SecureSubject("ieee13", 0)
        self.assertEqual(s.faults(), [])
        violation = s.result.violation
        self.assert_found(s.faults((violation, "voltage", violation.voltage * 1.0002)), "is listed with")
        self.assert_found(s.faults((violation, "row", violation.row - 2)), "is listed and not violated")
        none = [(violation, name, values[:0]) for name, values in vars(violation).items()]
        self.assert_found(s.faults(*none), "is violated in AC and not listed")
        self.assert_found(s.faults(s.changed("solve", "status", 0, FITS)), "status must be insecure_base")

    def test_linear_results_said_to_be_secure_in_ac_fail(self):
        linear, path = allocated("european_lv", FLOWS[2], "max-min"), DIRECTORY / "relabelled.h5"
        shutil.copy(linear, path)
        with h5py.File(path, "r+") as file:
            file.attrs["options"] = np.bytes_(" ".join(SECURE))
        code, text = run(path, "--case", case_path("european_lv"), "--steps", "2")
        self.assertEqual(code, 1)
        self.assertIn("/secure is missing", text)
        with h5py.File(path, "r+") as file, h5py.File(allocated("european_lv", FLOWS[2], "max-min", *SECURE)) as of:
            of.copy("secure", file)
        code, text = run(path, "--case", case_path("european_lv"), "--steps", "2")
        self.assertEqual(code, 1, text)
        self.assertIn("is passed by", text)
        self.assertIn("is not stopped by", text)

    def test_every_damaged_result_fails(self):
        rng, counts, survivors = np.random.default_rng(5), Counter(), []
        subjects = [(name, flow, policy) for name in CASES for policy, flow in subjects_of(name)]
        subjects += [(name, flow, policy, *JOINT) for name in RANGED for policy, flow in joint_subjects(name)]
        subjects += ROBUST
        for number in range(len(subjects) * (14 if THOROUGH else 2)):
            subject = Subject(rng, *subjects[number % len(subjects)])
            for _ in range(9):
                kind, changes, ignored = damaged(subject)
                if kind is None:
                    continue
                counts[kind] += 1
                if not subject.faults(changes, ignored):
                    survivors.append(f"{subject.name} step {subject.step}: {kind}")
        print(f"damaged in memory: {sum(counts.values())}, of them {dict(sorted(counts.items()))}")
        self.assertEqual(survivors, [])
        self.assertGreater(sum(counts.values()), 10_000 if THOROUGH else 1000)

    def test_every_damaged_file_fails(self):
        rng, counts, path = np.random.default_rng(6), Counter(), DIRECTORY / "damaged.h5"
        while sum(counts.values()) < (200 if THOROUGH else 24):
            name = ("laminar", "ieee13", "ieee34", "ieee13 ranges")[rng.integers(4)]
            policy, options = (FILLING + CONCAVE)[rng.integers(9)], JOINT if name in RANGED else ()
            subject = Subject(rng, name, FLOWS[2], policy, *options)
            kind, changes, _ = damaged(subject)
            if kind in (None, "change_case"):
                continue
            shutil.copy(allocated(name, FLOWS[2], policy, *options), path)
            if not write_changes(path, subject, changes):
                continue
            counts[kind] += 1
            code, text = run(path, "--case", case_path(name))
            self.assertEqual(code, 1, f"{subject.name} {kind}: {text}")
        print(f"damaged files: {sum(counts.values())}, of them {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    HEADROOM, THOROUGH = sys.argv[1], "--thorough" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        DIRECTORY = Path(folder)
        unittest.main(argv=sys.argv[:1])
