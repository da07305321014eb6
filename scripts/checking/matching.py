"""The continuous market once more, from its page alone (continuous_market.md), to be compared trade by trade.

A leg is an order in one step. A bundle is what trades as a whole: a block with all its legs, or one all-or-none leg.
"""
from bisect import insort
from collections import defaultdict
from types import SimpleNamespace as Record

import numpy as np

from .auction import BEYOND_CAP, BEYOND_ENVELOPE, DOOR_KW, NO_RULE, NOT_IN_MARKET, OF_BLOCK, STEP_CLOSED
from .exchange import Exchange
from .orders import BUY, CANCELLED, CURTAILED, EXPIRED, FILLED, KILLED, NEVER, NOTHING_KW, REFUSED, SELL, SUMS_KW

AT_ONCE, ALIKE, SHARE = 1, 1e-12, 1e-9  # immediate_or_cancel; differences of entries that are rounding; of shares
OPEN = 0


class Continuous(Exchange):
    """The continuous market of one feeder."""

    def run(self):
        """Every order as it arrives. Sets `made` (time, step, limit, buy, sell, kW), `refused` and `legs`."""
        o = self.orders
        self.made, self.refused, self.legs, self.cancelled = [], {k: (NO_RULE, -1) for k in o.rows}, {}, set()
        self.books, self.bundles, self.expiring = defaultdict(list), [], []
        self.level = self.before.copy()
        self.rest = [b and b.first / b.unit for b in self.bounds]
        self.entry = [b and b.rows / b.unit[:, None] for b in self.bounds]
        self.aside, self.used, self.block, self.children = np.zeros(self.before.shape), defaultdict(float), {}, {}
        for k in o.rows:
            self.children.setdefault(o.parent[k], []).append(k)
        missing = defaultdict(int)
        for k in o.rows:
            missing[o.block[k]] += 1
        for age, k in enumerate(sorted(o.rows, key=lambda k: (o.arrival[k], k))):
            self.now, self.touched = o.arrival[k], []
            for leg in [leg for leg in self.expiring if leg.expiry <= self.now]:
                self.drop(leg)
            missing[o.block[k]] -= 1
            self.submit(k, age, o.block[k] < 0 or missing[o.block[k]] == 0)

    def submit(self, k, age, last):
        """The last order of a block brings the block; any other order of it waits."""
        o, of_block = self.orders, self.orders.block[k]
        bundle = self.block.setdefault(of_block, Record(legs=[], orders=[], rests=False, kill=False, refused=False))
        rule = (OF_BLOCK, -1) if of_block >= 0 and bundle.refused else self.door(k)
        if rule[0]:
            self.refused[k] = rule
            if of_block >= 0:
                bundle.refused = True
                self.refused |= {other: (OF_BLOCK, -1) for other in bundle.orders}
            return
        legs = self.legs[k] = [self.leg(k, step, age) for step in o.steps(k)]
        if of_block >= 0:
            bundle.legs, bundle.orders = bundle.legs + legs, bundle.orders + [k]
            bundle.kill |= o.time_in_force[k] == KILLED
            if last:
                self.bring(bundle, age)
            return
        for leg in legs:
            if o.whole(k):
                at_once = o.time_in_force[k] in (AT_ONCE, KILLED)
                self.bring(Record(legs=[leg], orders=[k], rests=False, kill=at_once), age)
            else:
                self.arrive(leg)

    def door(self, k):
        o, p = self.orders, self.position(k)
        for step in o.steps(k) if p is not None else ():
            if not self.open[step]:
                return STEP_CLOSED, step
            b, level = self.bounds[step], self.level[step, p]
            if o.up(k) and level + o.kw[k] > b.cap[p] + DOOR_KW:
                return BEYOND_CAP, step
            if not o.up(k) and level - self.aside[step, p] - o.kw[k] < b.floor[p] - DOOR_KW:
                return BEYOND_ENVELOPE, step
        return (NO_RULE if p is not None else NOT_IN_MARKET), -1

    def leg(self, k, step, age):
        o = self.orders
        return Record(order=k, step=step, p=self.position(k), side=o.side[k], up=o.up(k), price=o.price[k], age=age,
                      left=o.kw[k], least=o.least[k], expiry=o.expiry[k], bundle=None, rests=False, aside=0.0,
                      number=sum(map(len, self.legs.values())) + step)

    def bring(self, bundle, age):
        """A bundle is there with its last order; it is tried, then rests."""
        bundle.legs.sort(key=lambda leg: leg.step)
        expiry = min(leg.expiry for leg in bundle.legs)
        for leg in bundle.legs:
            leg.bundle, leg.age, leg.expiry = bundle, age, expiry
        bundle.age = age
        if expiry <= self.now:  # an order of the block had expired before the last one came
            return
        if self.attempt(bundle):
            self.scan()
        elif bundle.kill:
            self.cancelled |= set(bundle.orders)
        else:
            bundle.rests = True
            self.bundles.append(bundle)
            for leg in bundle.legs:
                self.put(leg)
        self.touched = []

    def arrive(self, leg):
        """Walks the other side of the book, then rests, then everything is looked at again."""
        traded, place = False, self.key(leg, other=True)
        tried = (-np.inf,)
        while leg.left >= NOTHING_KW:
            entry = next((entry for entry in self.books[place] if entry[:3] > tried), None)
            if entry is None or not self.cross(leg, entry[3]):
                break
            tried, other = entry[:3], entry[3]
            if self.same_customer(leg, other):
                continue
            if other.bundle:  # the arriving leg stands in the book while the bundle is tried
                self.put(leg)
                traded |= self.attempt(other.bundle)
                self.take_out(leg)
                continue
            if (kw := self.quantity(leg, other)) > 0:
                self.move(leg, other, kw)
                self.note(leg, other, kw)
                traded = True
        if leg.left >= NOTHING_KW:
            if self.orders.time_in_force[leg.order] == AT_ONCE:
                self.cancelled.add(leg.order)
            else:
                self.put(leg)
        if traded:
            self.scan()
        self.touched = []

    # The book

    def key(self, leg, other=False):
        return leg.step, self.orders.limit[leg.order], (SELL if leg.side == BUY else BUY) if other else leg.side

    def put(self, leg):
        insort(self.books[self.key(leg)], (leg.price if leg.side == SELL else -leg.price, leg.age, leg.number, leg))
        leg.rests = True
        if leg.expiry != NEVER:
            self.expiring.append(leg)
        if not leg.up:
            leg.aside = leg.left
            self.aside[leg.step, leg.p] += leg.aside

    def take_out(self, leg):
        if leg.rests:
            book = self.books[self.key(leg)]
            book[:] = [entry for entry in book if entry[3] is not leg]
            self.expiring = [other for other in self.expiring if other is not leg]
            self.aside[leg.step, leg.p] -= leg.aside
            leg.rests, leg.aside = False, 0.0

    def drop(self, leg):
        for gone in leg.bundle.legs if leg.bundle else (leg,):
            self.take_out(gone)
        self.bundles = [bundle for bundle in self.bundles if bundle is not leg.bundle]

    def same_customer(self, a, b):
        return self.orders.customer[a.order] == self.orders.customer[b.order]

    @staticmethod
    def cross(a, b):
        return a.price >= b.price if a.side == BUY else a.price <= b.price

    def share(self, k):
        return 1 - self.legs[k][0].left / self.orders.kw[k] if k in self.legs else 0.0

    def share_left(self, k):
        """What the exclusive group and the parent of an order leave it, what it has already among it."""
        group, parent = self.orders.exclusive_group[k], self.orders.parent[k]
        share = 1 - self.used[group] + self.share(k) if group >= 0 else 1
        if parent < 0 or 0 <= self.orders.block[k] == self.orders.block[parent]:
            return share
        return min(share, self.share(parent))

    def available(self, leg):
        if leg.bundle:
            return leg.left
        kw = self.orders.kw[leg.order]
        return min(leg.left, kw * self.share_left(leg.order) - (kw - leg.left))

    def quantity(self, a, b):
        """The largest that both orders, the bounds of their customers and the network allow; 0 if that is nothing."""
        groups = {self.orders.exclusive_group[leg.order] for leg in (a, b)}
        if len(groups) == 1 and min(groups) >= 0:
            return 0
        up, down = (a, b) if a.up else (b, a)
        bounds, level = self.bounds[a.step], self.level[a.step]
        kw = min(self.available(a), self.available(b), bounds.cap[up.p] - level[up.p],
                 level[down.p] - bounds.floor[down.p])
        if kw >= NOTHING_KW and self.has_rows():
            entry = self.entry[a.step]
            more = entry[:, up.p] - entry[:, down.p]
            some = more > ALIKE
            kw = min(kw, (self.rest[a.step][some] / more[some]).min(initial=np.inf))
        fits = all(leg.bundle or kw >= leg.least - DOOR_KW or kw > leg.left - NOTHING_KW for leg in (a, b))
        return kw if kw >= NOTHING_KW and fits else 0

    def move(self, a, b, kw):
        """Positions, rests and groups; the log and the book follow in `note`."""
        (up, down), buy = (a, b) if a.up else (b, a), a if a.side == BUY else b
        for leg in (a, b):
            leg.left -= kw
            group = self.orders.exclusive_group[leg.order]
            if group >= 0 and not (leg.bundle and len(leg.bundle.legs) > 1):
                self.used[group] += kw / self.orders.kw[leg.order]
        entry, step = self.entry[a.step], a.step
        more = kw * (entry[:, up.p] - entry[:, down.p])
        if self.orders.conditional[buy.order]:  # room is kept for the worst of what may be called
            self.rest[step] = self.rest[step] - np.maximum(more, 0)
        else:
            self.rest[step] = self.rest[step] - more
            self.level[step, up.p] += kw
            self.level[step, down.p] -= kw

    def note(self, a, b, kw):
        buy, sell = (a, b) if a.side == BUY else (b, a)
        self.made.append((self.now, a.step, self.orders.limit[a.order], buy.order, sell.order, kw))
        for leg in (a, b):
            if leg.aside > 0:
                leg.aside -= kw
                self.aside[leg.step, leg.p] -= kw
            if leg.left < NOTHING_KW:
                self.drop(leg)
            for child in self.children.get(leg.order, ()):
                if child in self.legs:
                    self.touch(self.legs[child][0].step)
        self.touch(a.step)

    def touch(self, step):
        if step not in self.touched:
            self.touched.append(step)

    # What trades as a whole

    def attempt(self, bundle):
        """Fills every leg from the book by price and age; where one is not filled, nothing has happened."""
        if any(self.share_left(k) < 1 - SHARE for k in bundle.orders):
            return False
        kept = self.level.copy(), list(self.rest), dict(self.used)
        fills = []
        if len(bundle.legs) > 1:  # a block counts once in each group, before any leg is filled
            for group in {self.orders.exclusive_group[k] for k in bundle.orders} - {-1}:
                self.used[group] += 1
        for leg in bundle.legs:
            if not self.fill(leg, fills):
                self.level, self.rest, self.used = kept[0], kept[1], defaultdict(float, kept[2])
                for a, b, left, others, _ in reversed(fills):
                    a.left, b.left = left, others
                return False
        for a, b, _, _, kw in fills:
            self.note(a, b, kw)
        self.drop(bundle.legs[0])
        return True

    def fill(self, leg, fills):
        for *_, other in self.books[self.key(leg, other=True)]:
            if leg.left < NOTHING_KW or not self.cross(leg, other):
                break
            single = other.bundle is None or other.bundle is not leg.bundle and len(other.bundle.legs) == 1
            tied = other.bundle and self.share_left(other.order) < 1 - SHARE
            if not single or tied or self.same_customer(leg, other) or other.left < NOTHING_KW:
                continue
            kw = self.quantity(leg, other)
            if kw > 0 and (other.bundle is None or kw > other.left - NOTHING_KW):
                fills.append((leg, other, leg.left, other.left, kw))
                self.move(leg, other, kw)
        return leg.left < NOTHING_KW

    # Again

    def scan(self):
        """The touched steps until nothing matches, then bundles that have a leg there; after one from the start."""
        if not self.asked.rescan:
            return
        while True:
            for step in self.touched:  # grows
                while any(self.scan_book(step, limit) for limit in range(6)):
                    pass
            here = [bundle for bundle in self.bundles if any(leg.step in self.touched for leg in bundle.legs)]
            if not any(self.attempt(bundle) for bundle in sorted(here, key=lambda bundle: bundle.age)):
                return

    def scan_book(self, step, limit):
        """Buys by price and age, each walking the sells, until the first trade."""
        sells = self.books[step, limit, SELL]
        for *_, buy in self.books[step, limit, BUY]:
            for *_, sell in sells if not buy.bundle else ():
                if not self.cross(buy, sell):
                    break
                if not sell.bundle and not self.same_customer(buy, sell) and (kw := self.quantity(buy, sell)) > 0:
                    self.move(buy, sell, kw)
                    self.note(buy, sell, kw)
                    return True
        return False

    # Claims

    def check_fits(self):
        yield (self.clearing.order.fit[self.orders.first:self.orders.last] == 0).all(), "fit is of auctions"

    def check_replay(self):
        """The trades and outcomes are those that the same orders make."""
        self.run()
        for k, (t, mine) in enumerate(zip(self.trades, self.made)):
            sums = SUMS_KW + (self.bounds[t.step].off.max(initial=0) if self.open[t.step] else 0)
            same = (t.time, t.step, t.limit, t.buy, t.sell) == mine[:5] and abs(t.kw - mine[5]) <= sums
            yield same, f"trade {k}: must be (time, step, limit, buy, sell, kW) {mine}"
            if not same:
                break
        yield len(self.trades) == len(self.made), f"{len(self.trades)} trades, the orders make {len(self.made)}"
        order = self.clearing.order
        for o in self.orders.rows:
            stated, rule = (order.refusal[o], order.refused_step[o]), self.refused[o]
            yield stated == rule, f"order {self.orders.id[o]}: refused by {stated}, must be {rule}"
            status = self.outcome(o)
            yield order.status[o] == status, f"order {self.orders.id[o]}: status must be {status}"

    def outcome(self, o):
        if self.refused[o][0]:
            return REFUSED
        if all(leg.left < NOTHING_KW for leg in self.legs.get(o, [Record(left=np.inf)])):
            return FILLED
        return CANCELLED if o in self.cancelled else EXPIRED if self.orders.expiry[o] <= self.now else OPEN

    def check_outcomes(self):
        """What can be said of orders whose trades were cut: refused ones trade nothing, filled ones all."""
        for o in self.orders.rows:
            status, traded = self.clearing.order.status[o], self.fills.accepted(o)
            fits = {REFUSED: traded == 0, FILLED: self.full(o), CURTAILED: not self.full(o)}
            yield fits.get(status, not self.full(o)), f"order {self.orders.id[o]}: status {status} and {traded} kW"
            yield (status == REFUSED) == (self.clearing.order.refusal[o] != 0), f"order {self.orders.id[o]}: refusal"
