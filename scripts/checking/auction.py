"""What an auction claims (auction.md): who was let in, prices from multipliers, and what these prove of its welfare.

Whatever the multipliers are, no acceptance is worth more than the room at them and what every order could gain at their
prices: weak duality, summed up in rational numbers over rows in doubles. Multipliers that the file does not hold (of
caps and floors, of the balance) are picked here; any would do.
"""
from collections import defaultdict
from fractions import Fraction
from types import SimpleNamespace as Record

import numpy as np

from .bounds import exact, product
from .exchange import CLEARED, COMMON_SHARE, UNPROVEN, Exchange
from .linearised import AC_SIDE
from .orders import BUY, CURTAILED, FILLED, LIMITS, NOTHING_KW, PARTLY, REFUSED, REJECTED, SUMS_KW, UP
from .proof import STORED, check_proof
from .tangents import Tangents

NO_RULE, STEP_CLOSED, NOT_IN_MARKET, BEYOND_ENVELOPE, BEYOND_CAP, OF_BLOCK, CONDITIONAL = range(7)
SUPPORTED, REJECTED_GAIN, ACCEPTED_LOSS = range(3)
DOOR_KW = 1e-9  # rounding of sums at the door
# auction.md, and a hundredth for rounding: gap, of 1 + |welfare|, and excess of rows in kW. Prices got in two ways, of
# 1 + |price|; what an order gains or loses that is nothing, and what certainly is something, of 1 + its value.
GAP, EXCESS_KW, SAME_PRICE, NO_GAIN, SURE_GAIN = 1.01e-8, 1.01e-7, 1e-8, 5e-10, 1e-7


def ancestors(parents, name):
    found = [name]
    while (name := parents.get(name)) is not None:
        found.append(name)
    return found


class Auction(Exchange):
    """The auction of one feeder."""

    def __init__(self, *words):
        super().__init__(*words)
        self.unknown = set()  # steps with prices of linear rows whose room only a search in AC knows
        if self.asked.secure:
            self.take_tangents()
        self.refused = self.at_the_door()
        self.legs, self.parts = self.split()

    def take_tangents(self):
        """In AC the rows are those linearised there that the file holds."""
        self.tangents = Tangents(self)
        for step, b in enumerate(self.bounds):
            if b:
                b.rows, b.rest = self.tangents.rows(step)
                b.off, b.unit, b.first = np.zeros(len(b.rest)), np.ones(len(b.rest)), b.rest

    def at_the_door(self):
        """Rule and step that refuse an order: nothing of the auction could ever carry it, whatever else is accepted."""
        orders, found = self.orders, {}
        up, down = np.zeros(self.before.shape), np.zeros(self.before.shape)
        for o in orders.rows:
            if (p := self.position(o)) is not None:
                (up if orders.up(o) else down)[orders.first_step[o]:orders.last_step[o] + 1, p] += orders.kw[o]
        for o in orders.rows:
            p = self.position(o)
            rule = NOT_IN_MARKET if p is None else CONDITIONAL if orders.conditional[o] else NO_RULE
            steps = () if rule else ((self.closes(o, p, step, up, down), step) for step in orders.steps(o))
            found[o] = (rule, -1) if rule else next((broken for broken in steps if broken[0]), (NO_RULE, -1))
        blocks = {orders.block[o] for o in orders.rows if found[o][0] and orders.block[o] >= 0}
        return {o: (OF_BLOCK, -1) if not rule and orders.block[o] in blocks else (rule, step)
                for o, (rule, step) in found.items()}

    def closes(self, o, p, step, up, down):
        if not self.open[step]:
            return STEP_CLOSED
        b, level, kw = self.bounds[step], self.before[step, p], self.orders.kw[o]
        if self.orders.up(o):
            return BEYOND_CAP if level - down[step, p] + kw > b.cap[p] + DOOR_KW else NO_RULE
        return BEYOND_ENVELOPE if level + up[step, p] - kw < b.floor[p] - DOOR_KW else NO_RULE

    def split(self):
        """Legs of the orders that were let in, and the steps that blocks, groups and families join."""
        orders, root, known = self.orders, list(range(len(self.open))), {}

        def top(step):
            while root[step] != step:
                step = root[step]
            return step

        def join(a, b):
            a, b = sorted((top(a), top(b)))
            root[b] = a

        legs = [(o, step) for o in orders.rows if not self.refused[o][0] for step in orders.steps(o)]
        for o, step in legs:
            for label in (("block", orders.block[o]), ("group", orders.exclusive_group[o])):
                if label[1] >= 0:
                    join(known.setdefault(label, step), step)
            if orders.parent[o] >= 0:
                join(orders.first_step[o], orders.first_step[orders.parent[o]])
        parts = defaultdict(set)
        for _, step in legs:
            parts[top(step)].add(step)
        return legs, [sorted(parts[first]) for first in sorted(parts)]

    def check_outcomes(self):
        """Who was refused and why, and what became of the others."""
        order, orders = self.clearing.order, self.orders
        for o in orders.rows:
            rule, step = self.refused[o]
            stated = order.refusal[o], order.refused_step[o]
            yield stated == (rule, step), f"order {orders.id[o]}: refused by {stated}, must be {rule, step}"
            status, traded = order.status[o], self.fills.accepted(o)
            wanted = [REFUSED] if rule else [FILLED] if self.full(o) else [PARTLY] if traded > 0 else [REJECTED]
            if not rule and not self.proven_steps(o):  # trades may have been taken back
                wanted += [CURTAILED] if not self.full(o) else []
            yield status in wanted, f"order {orders.id[o]}: status {status}, its trades say {wanted[0]}"
            yield rule == NO_RULE or traded == 0, f"order {orders.id[o]}: refused, and trades"

    def proven_steps(self, o):
        return all(self.status[step] == CLEARED for step in self.orders.steps(o)) and not self.asked.secure

    # Prices

    def multipliers(self):
        """Rows of every step that have a price: {row: price}; what is none is yielded."""
        given, self.price_of_row = self.clearing.row_price, [{} for _ in self.open]
        for k in np.flatnonzero(given.feeder == self.feeder):
            step, price = int(given.step[k]), float(given.price[k])
            here = 0 <= step < len(self.open)
            if here and self.asked.secure and (given.tangent[k] < 0 or self.status[step] == COMMON_SHARE):
                self.unknown.add(step)
                continue
            r = self.rows_named(k, step) if here and self.status[step] == CLEARED else []
            valid = len(r) == 1 and 0 < price < np.inf and r[0] not in self.price_of_row[step]
            yield valid, f"row {k} of /row_price is none"
            if valid:
                self.price_of_row[step][r[0]] = price

    def rows_named(self, k, step):
        """Rows of a step that row `k` of /row_price names."""
        given = self.clearing.row_price
        if self.asked.secure:
            tangent = int(given.tangent[k])
            row = self.tangents.row(tangent, step)
            same = self.clearing.tangent.row[tangent] == given.row[k] and given.side[k] == AC_SIDE
            return [row] if same and row is not None else []
        item, l = self.item(step), self.model.table.get(given.row[k], -1)
        return np.flatnonzero((item.row_limit == l) & (item.named_side == given.side[k])).tolist()

    def check_prices(self):
        """The price of a limit is the multipliers' sum over its rows, and what the balance adds for all alike."""
        yield from self.multipliers()
        self.value, self.balance = [None] * len(self.open), defaultdict(Fraction)
        for step, status in enumerate(self.status):
            of_limit = [(l, self.stored(step, l)) for l in self.kinds()]
            if status != CLEARED:
                none = status == COMMON_SHARE or all(np.isnan(stored).all() for _, stored in of_limit)
                yield none, f"step {step}: prices where none belong"
                continue
            if step in self.unknown:
                continue
            rows, b = sorted(self.price_of_row[step]), self.bounds[step]
            price = np.array([self.price_of_row[step][r] for r in rows])
            self.value[step] = product(price, b.rows[rows]) if rows else exact(np.zeros(len(self.columns)))
            for l, stored in of_limit:
                made = self.sign(l) * self.value[step].astype(float) * 1e3 / self.hours[step]
                if not len(own := self.of_limit(l)):
                    continue
                extra = float((stored[own] - made[own])[0]) if self.balanced() else 0.0
                self.balance[step, l] = Fraction(extra) if np.isfinite(extra) else Fraction(0)
                differ = float(price @ (b.off * b.unit**2)[rows]) * 1e3 / self.hours[step] if rows else 0.0
                off = ((np.abs(stored - made - extra) - differ) / (1 + np.abs(stored)))[own]
                yield (off <= SAME_PRICE).all(), f"step {step}: prices of {LIMITS[l]} are not those of the rows"

    def doubt(self, steps):
        """What rows got in two power flows may lend to bounds at the stored prices, in currency."""
        total = 0.0
        for step in steps:
            b, rows = self.bounds[step], sorted(self.price_of_row[step])
            kw = sum(self.orders.kw[o] for o, own in self.legs if own == step)
            total += sum(self.price_of_row[step][r] * (b.off * b.unit)[r] * (1 + b.unit[r] * kw) for r in rows)
        return total

    def kinds(self):
        return (4, 5) if self.asked.set_points else (0, 1, 2, 3) if self.asked.question.joint else (0, 1)

    def balanced(self):
        return self.asked.balance or self.asked.set_points

    @staticmethod
    def sign(l):
        return -1 if l == UP else 1

    def of_limit(self, l):
        """Positions of a limit."""
        return [p for p, (kind, _) in enumerate(self.columns) if kind in ("injection", LIMITS[l])]

    def stored(self, step, l):
        """Prices of a limit by position; NaN for positions of other limits."""
        column, found = getattr(self.clearing.price, LIMITS[l])[step], np.full(len(self.columns), np.nan)
        for p in self.of_limit(l):
            found[p] = column[self.columns[p][1]]
        return found

    def check_trade_prices(self):
        """What is accepted trades at the price of its limit, or at its own: with pay-as-bid, or where it loses.

        What a customer buys from itself, what its orders of both sides have in common, is at that of the limit.
        """
        self.judge_fits()
        seen, turned = set(), defaultdict(lambda: [0.0, 0.0])
        for t in self.trades:
            turned[self.orders.customer[max(t.buy, t.sell)], t.step, t.limit][t.buy < 0] += t.kw
        for k, t in enumerate(self.trades):
            o = max(t.buy, t.sell)
            p, fits = self.position(o), self.leg_fits.get((o, t.step), {SUPPORTED})
            of_limit = self.orders.price[o] if p is None else self.stored(t.step, t.limit)[p]
            both = turned[self.orders.customer[o], t.step, t.limit]
            with_itself = min(both) / both[t.buy < 0]
            at_own = (1 - with_itself) * self.orders.price[o] + with_itself * of_limit
            wanted = {at_own} if self.asked.pay_as_bid else {
                at_own if fit == ACCEPTED_LOSS else of_limit for fit in fits}
            same = any(abs(t.buy_price - price) <= 1e-9 * (1 + abs(price)) for price in wanted)
            yield same, f"trade {k}: at {t.buy_price}, its order trades at {sorted(wanted)}"
            yield t.buy_price == t.sell_price, f"trade {k}: the two prices differ"
            yield (o, t.step) not in seen, f"trade {k}: its order has traded in this step"
            seen.add((o, t.step))

    # What the prices prove

    def price(self, step, p, l):
        """Of a kW, in currency; rational."""
        return self.sign(l) * self.value[step][p] + self.balance[step, l] * Fraction(self.hours[step]) / 1000

    def gain(self, o, step):
        """What a kW of an order gains at the prices, and in the bound also at those of its own cap and floor."""
        p, orders = self.position(o), self.orders
        own = Fraction(orders.price[o]) * Fraction(self.hours[step]) / 1000
        return (1 if orders.side[o] == BUY else -1) * (own - self.price(step, p, orders.limit[o]))

    def variables(self, steps):
        """Legs that are accepted by one share: blocks; every other leg by itself."""
        found = defaultdict(list)
        for o, step in self.legs:
            if step in steps:
                found[("block", self.orders.block[o]) if self.orders.block[o] >= 0 else (o, step)].append((o, step))
        return found

    def prove(self, steps, decided=False):
        """What acceptances are worth at most, and whether these prices could prove it to be so.

        Any shares of whole orders are allowed, or, `decided`, only those that were accepted, and smallest acceptances.
        """
        orders, steps = self.orders, set(steps)
        variables = self.variables(steps)
        program = Record(variables=variables, fixed={}, least={}, exact=True, gains={
            (o, step): self.gain(o, step) for o, step in self.legs if step in steps})
        for name, legs in variables.items() if decided else ():
            o, step = legs[0]
            share = self.fills.kw.get((o, step), 0) / orders.kw[o]
            if orders.whole(o) or orders.least[o] > 0 and share == 0:
                program.fixed[name] = Fraction(share)
            elif orders.least[o] > 0:
                program.least[name] = Fraction(min(orders.least[o] / orders.kw[o], 1.0))
        total = Fraction(0)
        for step in steps:
            rows = sorted(self.price_of_row[step])
            price = np.array([self.price_of_row[step][r] for r in rows])
            total += product(price, self.bounds[step].rest[rows]) if rows else 0
        pulls = self.pulls(program)
        for (step, p), pull in pulls.items():
            low, high = (Fraction(end) for end in self.room(step, p))
            total += max(Fraction(pull) * low, Fraction(pull) * high)

        def gain(o, step):
            pull = Fraction(pulls.get((step, self.position(o)), 0.0))
            return Fraction(orders.kw[o]) * (program.gains[o, step] - (pull if orders.up(o) else -pull))

        program.best = {name: sum(gain(*leg) for leg in legs) for name, legs in variables.items()}
        return total + self.most(program), program.exact

    def pulls(self, program):
        """Of every position a price for leaving its floor or cap; where orders are not linked the best there is."""
        orders, found, at = self.orders, {}, defaultdict(list)
        of_family = {orders.parent[o] for o in orders.rows} | {o for o in orders.rows if orders.parent[o] >= 0}
        for name, legs in program.variables.items():
            for o, step in legs:
                linked = name not in program.fixed and (o in of_family or orders.exclusive_group[o] >= 0)
                at[step, self.position(o)].append((
                    1 if orders.up(o) else -1, orders.kw[o], float(program.gains[o, step]), program.fixed.get(name),
                    program.least.get(name, 0), linked))
        for (step, p), legs in at.items():
            low, high = self.room(step, p)

            def taken(gain, fixed, least):
                return float(fixed) if fixed is not None else 1.0 if gain > 0 else float(least)

            def cost(pull):
                return max(pull * high, pull * low) + sum(
                    kw * (gain - sign * pull) * taken(gain - sign * pull, fixed, least)
                    for sign, kw, gain, fixed, least, _ in legs)

            wanted = [sign * kw * taken(gain, fixed, least) for sign, kw, gain, fixed, least, _ in legs]
            alone = sum(some for some, (*_, linked) in zip(wanted, legs) if not linked)
            tied = [sign * kw for sign, kw, *_, linked in legs if linked]
            least, most = (alone + sum(some for some in tied if (some > 0) == up) for up in (False, True))
            program.exact &= not tied or low <= least and most <= high
            if not low <= sum(wanted) <= high:
                found[step, p] = min((0.0, *(sign * gain for sign, _, gain, *_ in legs)), key=cost)
        return found

    def room(self, step, p):
        b, level = self.bounds[step], self.before[step, p]
        return b.floor[p] - level, b.cap[p] - level

    def most(self, program):
        """The largest sum of shares times gains, one share in each exclusive group, no child above its parent.

        Where an order has both, or a block several, one link is looked at: that the others are left out makes the bound
        larger, never wrong; `exact` falls.
        """
        orders, best, fixed, floor = self.orders, program.best, program.fixed, dict(program.least)
        of_order = {o: name for name, legs in program.variables.items() for o, _ in legs}
        groups, parents, total = defaultdict(list), {}, Fraction(0)
        for name, legs in program.variables.items():
            if any(orders.parent[o] >= 0 and orders.parent[o] not in of_order for o, _ in legs):
                fixed[name] = Fraction(0)  # the parent was refused
        carried = []  # what was decided needs as much of its parents
        for name, legs in program.variables.items():
            some = {orders.exclusive_group[o] for o, _ in legs} - {-1}
            above = {of_order.get(orders.parent[o]) for o, _ in legs if orders.parent[o] >= 0}
            for group in some if name in fixed else sorted(some)[:1]:
                groups[group].append(name)
            if name in fixed:
                total += best[name] * fixed[name]
                carried += [(parent, fixed[name]) for parent in above]
                continue
            program.exact &= len(some) + len(above) < 2 and not (above and name in program.least)
            parent = min(above, key=str, default=None)
            if above and not some and name not in program.least and name not in ancestors(parents, parent):
                parents[name] = parent
        for name, share in carried:
            for parent in ancestors(parents, name):
                floor[parent] = max(floor.get(parent, 0), share)
        children, grouped = defaultdict(list), {name for some in groups.values() for name in some}
        for name, parent in parents.items():
            children[parent].append(name)

        def worth(name):
            return best[name] + sum(max(worth(child), 0) for child in children[name])

        for name in parents.keys() - fixed.keys():  # a child that loses keeps to its floor
            total += min(worth(name), 0) * floor.get(name, 0)
        for name in best.keys() - grouped - parents.keys() - fixed.keys():
            total += max(worth(name), worth(name) * floor.get(name, 0))
        for name in fixed:
            total += fixed[name] * sum(max(worth(child), 0) for child in children[name])
        for some in groups.values():
            free = [name for name in some if name not in fixed]
            taken = sum(floor.get(name, 0) for name in free)
            left = max(1 - taken - sum(fixed.get(name, 0) for name in some), 0)
            total += sum(worth(name) * floor.get(name, 0) for name in free)
            total += left * max([Fraction(0), *map(worth, free)])
        return total

    def check_parts(self):
        """The steps that were cleared together; every certified part is proven as far as prices can. Sets `proofs`."""
        part, self.proofs = self.clearing.part, []
        mine = np.flatnonzero(part.feeder == self.feeder)
        stated = [self.clearing.part_step[first:first + count].tolist() for first, count in zip(
            part.first_step[mine], part.step_count[mine])]
        yield stated == self.parts, "parts are not the steps that orders join"
        for k, steps in zip(mine, self.parts if stated == self.parts else ()):
            certified, worth = part.certified[k] == 1, {self.status[step] for step in steps}
            yield certified == (worth == {CLEARED}), f"step {steps[0]}: certified is {certified}"
            scale = 1 + abs(part.welfare[k])
            yield from check_proof(self, k, steps, part.bound[k], scale, GAP + self.doubt(steps) / scale)
            if certified and self.unknown & set(steps):
                self.proofs.append((False, np.nan, part.welfare[k], False))
            elif certified:
                yield from self.check_part(Record(**{name: values[k] for name, values in vars(part).items()}), steps)
            elif worth != {COMMON_SHARE}:
                yield worth <= {CLEARED, UNPROVEN} and not any(t.step in steps for t in self.trades), (
                    f"step {steps[0]}: trades of what is not certified")

    def check_part(self, part, steps):
        where, market, scale = f"step {steps[0]}", self.clearing.market, 1 + abs(part.welfare)
        most = GAP + self.doubt(steps) / scale
        welfare = sum(market.welfare[step, self.feeder] for step in steps)
        traded = sum((self.orders.price[o] if o == t.buy else -self.orders.price[o]) * t.kw / 1e3 * self.hours[t.step]
                     for t in self.trades if t.step in steps for o in (max(t.buy, t.sell),))
        excess = max(self.excess(step, self.moved[step]) for step in steps)
        if self.asked.secure:  # rows without a price are known to the market alone
            excess = max(excess, part.row_excess / 1e3)
        whole = any(self.orders.whole(o) or self.orders.least[o] > 0 for o, step in self.legs if step in steps)
        bound, exact = self.prove(steps)
        gap = float(bound - Fraction(traded)) / scale
        stored = part.proof == STORED
        left = part.bound - traded if stored else float(bound) - traded
        self.proofs.append((min(gap, left / scale) <= most, left, traded, stored or gap <= most))
        yield part.status == 0, f"{where}: certified with status {part.status}"
        yield abs(part.welfare - welfare) <= 1e-9 * scale, f"{where}: welfare of its part is not {welfare}"
        yield gap <= most or whole or not exact, f"{where}: prices prove the welfare only to {gap:.3g}"
        if whole:
            given, exact = self.prove(steps, decided=True)
            gap = float(given - Fraction(traded)) / scale
            yield gap <= most or not exact, f"{where}: with whole orders as decided, prices prove only {gap:.3g}"
        yield part.bound <= float(bound) + most * scale, f"{where}: bound above what prices prove, {float(bound)}"
        yield -GAP <= (part.bound - part.welfare) / scale <= max(GAP, 1.01 * self.asked.gap), f"{where}: its bound"
        yield abs(part.certificate_gap) <= GAP * scale, f"{where}: certificate_gap {part.certificate_gap}"
        sums = SUMS_KW + max(self.bounds[step].off.max(initial=0) for step in steps)
        yield abs(part.row_excess / 1e3 - max(excess, 0)) <= sums, f"{where}: row_excess of its part is not {excess}"
        yield excess <= EXCESS_KW, f"{where}: a row, floor or cap is passed by {excess} kW"
        yield from self.check_surplus(steps, scale)

    def check_surplus(self, steps, scale):
        """What customers pay in all is what the room is worth that nobody held, but for what is not at the prices."""
        room, paid = 0.0, 0.0
        for step in steps:
            room += sum(price * self.bounds[step].rest[r] for r, price in self.price_of_row[step].items())
        for t in (t for t in self.trades if t.step in steps):
            o = max(t.buy, t.sell)
            if (p := self.position(o)) is not None:
                paid += (1 if o == t.buy else -1) * float(self.price(t.step, p, t.limit)) * t.kw
        off = 10 * (GAP * scale + self.doubt(steps))
        yield abs(paid - room) <= off, f"step {steps[0]}: paid at the prices {paid}, room is worth {room}"

    def judge_fits(self):
        """How the answer to every leg may fit the prices: {leg: fits}."""
        orders, self.leg_fits = self.orders, {}
        for legs in self.variables(range(len(self.open))).values():
            known = all(self.value[step] is not None for _, step in legs)
            gain = sum(orders.kw[o] * float(self.gain(o, step)) for o, step in legs) if known else 0
            worth = 1 + sum(abs(orders.price[o]) * orders.kw[o] / 1e3 * self.hours[s] for o, s in legs)
            for o, step in legs:
                self.leg_fits[o, step] = self.fits_of(o, step, gain / worth) if known else set(range(3))

    def check_fits(self):
        """Paradoxically rejected or accepted orders are those that are said to be: that have such a leg."""
        for o in self.orders.rows:
            fits = [self.leg_fits[o, step] for step in self.orders.steps(o) if (o, step) in self.leg_fits]
            wanted = set().union(*fits) - ({SUPPORTED} if any(SUPPORTED not in fit for fit in fits) else set())
            stated, wanted = self.clearing.order.fit[o], wanted or {SUPPORTED}
            yield stated in wanted, f"order {self.orders.id[o]}: fit {stated}, its gain says {sorted(wanted)}"

    def fits_of(self, o, step, gain):
        """What may be said of a leg that gains this share of 1 + its value; both where that is next to nothing."""
        kw, p = self.fills.kw.get((o, step), 0), self.position(o)
        b, level = self.bounds[step], self.before[step, p] + self.moved[step, p]
        up, orders = self.orders.up(o), self.orders
        held = level > b.cap[p] - NOTHING_KW if up else level < b.floor[p] + NOTHING_KW
        found = {SUPPORTED}
        if kw > 0 and gain < -NO_GAIN:
            found = {ACCEPTED_LOSS} if gain < -SURE_GAIN else {SUPPORTED, ACCEPTED_LOSS}
        if kw < orders.kw[o] - NOTHING_KW and gain > NO_GAIN and not orders.divisible(o) and not held:
            found = {REJECTED_GAIN} if gain > SURE_GAIN else found | {REJECTED_GAIN}
        return found
