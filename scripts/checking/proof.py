"""What the stored proof of an auction's bound proves (auction.md): whole orders decided both ways until multipliers
close every case by weak duality, in rational numbers over rows in doubles."""
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np

from .bounds import product
from .orders import BUY

BY_PRICES, STORED, NOT_STORED = range(3)  # /part/proof
SPLIT, BOUND, NOTHING_FITS = range(3)  # /proof_node/kind
NETWORK, POSITION, BALANCE, LEAST, MOST, GROUP, PARENT, TANGENT = range(8)  # /proof_multiplier/kind
POSITIONS = "export import q_inject q_absorb injection".split()


class Unproven(ValueError):
    """Why a stored proof is none."""


class Proof:
    """The proof of part `k` of an auction, over shares in [0, 1] of the orders that were let in."""

    def __init__(self, auction, k, steps):
        self.auction, self.orders, self.steps, node = auction, auction.orders, set(steps), auction.clearing.proof_node
        self.nodes = range(*np.searchsorted(node.part, [k, k + 1]).tolist())
        for name, values in vars(node).items():
            setattr(self, name, values)
        self.own = range(*np.searchsorted(auction.clearing.proof_multiplier.part, [k, k + 1]).tolist())
        self.variables = auction.variables(self.steps)
        self.share = {leg: name for name, legs in self.variables.items() for leg in legs}
        self.of_order = {o: self.share[o, step] for o, step in sorted(self.share, key=lambda leg: leg[::-1])[::-1]}
        self.worth, self.answers, self.prices = defaultdict(Fraction), {}, {}
        for (o, step), name in self.share.items():
            sign = 1 if self.orders.side[o] == BUY else -1
            self.worth[name] += sign * Fraction(self.orders.price[o]) * Fraction(self.orders.kw[o]) * Fraction(
                auction.hours[step]) / 1000
            if self.orders.whole(o):
                self.answers[o, step] = name
            elif self.orders.least[o] > 0:
                self.answers[o, step] = "accepted", o, step

    def bound(self):
        """The most that any acceptance is worth; raises Unproven where the tree is no proof."""
        decided = self.decisions()
        found = [self.closed(n, decided[n]) for n in self.nodes if self.kind[n] != SPLIT]
        return max((bound for bound in found if bound is not None), default=Fraction(0))

    def decisions(self):
        """What is decided at every node, {answer: 0 or 1}; the cases of a split leave nothing out."""
        decided, below = {}, defaultdict(list)
        for n in self.nodes:
            leg, parent = (self.order[n], self.step[n]), self.parent[n]
            if n == self.nodes[0]:
                self.expect(parent == -1 and leg == (-1, -1) and self.answer[n] == 0, f"node {n} is no root")
                decided[n] = {}
                continue
            self.expect(parent in decided, f"node {n}: no parent stands before it")
            self.expect(leg in self.answers, f"node {n}: no yes-or-no answer")
            name = self.answers[leg]
            self.expect(name not in decided[parent], f"node {n}: is decided above")
            decided[n] = decided[parent] | {name: int(self.answer[n])}
            below[parent].append((name, int(self.answer[n])))
        self.expect(len(self.nodes), "there are no nodes")
        for n in self.nodes:
            cases = sorted(below[n], key=lambda case: case[1])
            both = len(cases) == 2 and cases[0][0] == cases[1][0] and [answer for _, answer in cases] == [0, 1]
            known = self.kind[n] in (SPLIT, BOUND, NOTHING_FITS)
            fits = both if self.kind[n] == SPLIT else not cases
            self.expect(known and fits, f"node {n}: its cases leave something out")
        return decided

    @staticmethod
    def expect(holds, what):
        if not holds:
            raise Unproven(what)

    def closed(self, n, decided):
        """The bound of a case; None where nothing fits."""
        first, count, ray = int(self.first_multiplier[n]), int(self.multiplier_count[n]), self.kind[n] == NOTHING_FITS
        self.expect(not count or self.own.start <= first and first + count <= self.own.stop,
                    f"node {n}: multipliers of another part")
        if (first, count, ray) not in self.prices:
            total, gain = self.priced(range(first, first + count), ray)
            self.prices[first, count, ray] = total + sum(max(value, 0) for value in gain.values()), gain
        total, gain = self.prices[first, count, ray]
        total += sum(answer * gain[name] - max(gain[name], 0) for name, answer in decided.items())
        self.expect(not ray or total < 0, f"node {n}: may well be possible")
        return None if ray else total

    def priced(self, own, ray):
        """What rows are worth at their multipliers, and what every share gains at them."""
        given, sides = self.auction.clearing.proof_multiplier, Fraction(0)
        gain = defaultdict(Fraction, {} if ray else self.worth)
        network, price, balance = defaultdict(list), defaultdict(Fraction), defaultdict(Fraction)
        for m in own:
            kind, step, index, side, value = (getattr(given, name)[m].item() for name in (
                "kind step index side value").split())
            known = kind in (GROUP, PARENT) or step in self.steps
            self.expect(known and np.isfinite(value), f"multiplier {m}: of no step")
            value, row = Fraction(value), None
            if kind in (NETWORK, TANGENT):
                found = self.tangent(m, step, index) if kind == TANGENT else self.row(m, step, index, side)
                network[step].append((found, float(value)))
            elif kind == POSITION:
                sides += self.at_position(m, step, index, side, value, price)
            elif kind == BALANCE:
                self.expect(self.auction.balanced() and index in self.auction.kinds(), f"multiplier {m}: no balance")
                balance[step, index] += value
            else:
                row, most = self.link(m, kind, step, index)
                self.expect(value >= 0, f"multiplier {m}: of a side that is not there")
                sides += value * most
                for name, entry in row:
                    gain[name] -= value * entry
        for step, priced in network.items():
            rows, values = [r for r, _ in priced], np.array([value for _, value in priced])
            self.expect((values >= 0).all(), f"step {step}: multipliers of sides that are not there")
            sides += product(values, self.auction.bounds[step].rest[rows])
            for p, value in enumerate(product(values, self.auction.bounds[step].rows[rows])):
                price[step, p] += value
        self.charge(gain, price, balance)
        return sides, gain

    def charge(self, gain, price, balance):
        """Takes what positions and balances are priced at from what shares gain."""
        for (o, step), name in self.share.items():
            paid = price.get((step, self.auction.position(o)), 0) * (1 if self.orders.up(o) else -1)
            paid += balance.get((step, self.orders.limit[o]), 0) * (1 if self.orders.side[o] == BUY else -1)
            gain[name] -= Fraction(self.orders.kw[o]) * paid

    def row(self, m, step, index, side):
        """The row of the network that a multiplier names."""
        item, table = self.auction.item(step), self.auction.model.table
        found = np.flatnonzero((item.row_limit == table.get(index, -1)) & (item.named_side == side))
        self.expect(len(found) == 1 and self.auction.has_rows(), f"multiplier {m}: of a row that is none")
        return int(found[0])

    def tangent(self, m, step, index):
        """The row linearised in AC that a multiplier names."""
        row = self.auction.tangents.row(index, step) if self.auction.asked.secure else None
        self.expect(row is not None, f"multiplier {m}: of a row that is none")
        return row

    def at_position(self, m, step, customer, kind, value, price):
        """What a cap or floor is worth; its price is added to that of the position."""
        p = self.auction.place.get((POSITIONS[kind], customer)) if 0 <= kind < len(POSITIONS) else None
        self.expect(p is not None, f"multiplier {m}: of a position that is none")
        b, level = self.auction.bounds[step], Fraction(self.auction.before[step, p])
        price[step, p] += value
        return max(value * (Fraction(b.cap[p]) - level), value * (Fraction(b.floor[p]) - level))

    def link(self, m, kind, step, index):
        """Shares and entries of a row that joins them, and its upper side."""
        orders = self.orders
        if kind in (LEAST, MOST):
            self.expect(self.answers.get((index, step), "")[0] == "accepted", f"multiplier {m}: of a row that is none")
            kw = Fraction(orders.kw[index])
            least = min(Fraction(orders.least[index]), kw)
            share, accepted = self.share[index, step], self.answers[index, step]
            return ([(accepted, least), (share, -kw)] if kind == LEAST else [(share, kw), (accepted, -kw)]), 0
        if kind == GROUP:
            members = {name for (o, _), name in self.share.items() if orders.exclusive_group[o] == index}
            self.expect(members, f"multiplier {m}: of a row that is none")
            return [(name, 1) for name in sorted(members, key=str)], 1
        self.expect(kind == PARENT and index in self.of_order and orders.parent[index] >= 0,
                    f"multiplier {m}: of a row that is none")
        above = orders.parent[index]
        self.expect(above in self.of_order or self.auction.refused[above][0], f"multiplier {m}: of a parent elsewhere")
        child, refused = (self.of_order[index], 1), above not in self.of_order
        return [child] if refused else [child, (self.of_order[above], -1)], 0


def check_proof(auction, k, steps, bound, scale, gap):
    """Claims about what proves the bound of part `k`."""
    state, nodes = auction.clearing.part.proof[k], Counter(auction.clearing.proof_node.part.tolist())[k]
    linked = not all(auction.orders.divisible(o) for o, step in auction.legs if step in steps)
    where = f"step {steps[0]}"
    if auction.clearing.says_proofs:
        wanted = (STORED, NOT_STORED) if linked else (BY_PRICES, NOT_STORED) if auction.asked.secure else (BY_PRICES,)
        yield state in wanted, f"{where}: proof of its bound is {state}, not of {wanted}"
    yield state == STORED or not nodes, f"{where}: has a proof of its bound, and says it has none"
    if state == STORED:
        try:
            proven = float(Proof(auction, k, steps).bound())
            yield proven <= bound + gap * scale, f"{where}: bound {bound}, its proof holds for {proven}"
        except Unproven as reason:
            yield False, f"{where}: the proof of its bound is none: {reason}"
