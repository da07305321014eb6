"""Three-phase AC power flow of a feeder, from the case file alone (formulations/flow/ac_power_flow.md).

Nodes are terminals, (bus, conductor), joined where closed switches have no impedance, and floating star points. A
customer is a leg between each of its pairs of terminals; legs between the same terminals are a pair. All voltages and
currents are linear in what is known and in the currents I of the pairs,

    phasor = effect[:, :3] V_slack + effect[:, 3:] I,      I = sum over legs of share conj(S(|v|) / v)      (1)

so (1) at the pairs themselves is solved, by fixed point, and by Newton's method where that does not come to rest.
Scenarios are columns.
"""
from collections import defaultdict

import numpy as np

from .volt_var import VOLT_VAR, VoltVars

NO_IMPEDANCE = 1e-9  # ohm: switches below it join their ends
GROUND, NEUTRAL, STAR = ("ground",), 3, 5  # of a coil: terminal 5 floats
AT_REST, SWEEPS, NEWTON_STEPS = 1e-11, 60, 30  # per unit


class Joined:
    """Disjoint sets of anything that can be a key."""

    def __init__(self):
        self.parent = {}

    def find(self, a):
        while (up := self.parent.setdefault(a, a)) != a:
            self.parent[a] = a = self.parent[up]
        return a

    def join(self, a, b):
        self.parent[self.find(b)] = self.find(a)


class Network:
    """Admittances of the energised part of a feeder, and the effects of sources and customers on its nodes."""

    def __init__(self, case, model):
        self.case, self.buses = case, [node.bus for node in model.nodes if not node.closes]
        self.slack, self.branches = self.buses[0], [(node, k) for node in model.nodes for k in node.edge]
        self.same, self.wired, self.grounded, self.coupled = Joined(), Joined(), set(), []
        for _, k in self.branches:
            self.wire(k)
        own = case.feeder.shunt_offset[model.feeder:][:2]
        self.shunts = [k for k in range(*own) if case.shunt.bus[k] in set(self.buses)]
        for k in self.shunts:
            self.wire_shunt(k)
        self.find_fed()
        self.currents = defaultdict(list)  # (bus, conductor): rows of what leaves there, {node: siemens}
        self.into, self.windings = {}, {}  # (branch, bus, conductor) and (branch, bus, coil): rows
        for _, k in self.branches:
            if k not in self.merged:
                (self.add_transformer if case.branch.transformer[k] >= 0 else self.add_line)(k)
        for k in self.shunts:
            self.add_shunt(k)
        self.add_customers(model.customers)
        self.solve()

    def conductors(self, k):
        return [c for c in range(4) if self.case.branch.phases[k] >> c & 1]

    def per_length(self, k, re, im):
        code = self.case.line_code
        return self.case.branch.length[k] * (getattr(code, re) + 1j * getattr(code, im))[self.case.branch.line_code[k]]

    def coils(self, k):
        """(number, terminals at the from bus, at the to bus) of each coil pair of a transformer."""
        branch, types, t = self.case.branch, self.case.transformer, self.case.branch.transformer[k]
        places = (branch.from_bus[k], "from"), (branch.to_bus[k], "to")
        for coil in np.flatnonzero(types.from_coil[t][:, 0] >= 0):
            yield coil, *([GROUND if end == 0 else ("star", k, side) if end == STAR else (bus, end - 1)
                           for end in getattr(types, side + "_coil")[t][coil]] for bus, side in places)

    def wire(self, k):
        """What a branch joins: terminals of one part of the network, of one node, and parts that coils couple."""
        branch = self.case.branch
        if branch.transformer[k] >= 0:
            for _, *ends in self.coils(k):
                for a, b in ends:
                    self.wire_ends(a, b)
                self.coupled.append(tuple(a if a != GROUND else b for a, b in ends))
            return
        z, charging = np.diag(self.per_length(k, "r", "x")), np.diag(self.per_length(k, "g", "b"))
        for c in self.conductors(k):
            ends = (branch.from_bus[k], c), (branch.to_bus[k], c)
            self.wired.join(*ends)
            if branch.kind[k] == 3 and abs(z[c]) < NO_IMPEDANCE:
                self.same.join(*ends)
            elif charging[c]:
                self.grounded.add(ends[0])

    def wire_ends(self, a, b):
        if GROUND in (a, b):
            self.grounded.add(a if b == GROUND else b)
        else:
            self.wired.join(a, b)

    def wire_shunt(self, k):
        y, bus = (self.case.shunt.g + 1j * self.case.shunt.b)[k], self.case.shunt.bus[k]
        touched = [(bus, c) for c in np.flatnonzero(np.abs(y).sum(axis=0))]
        for other in touched[1:]:
            self.wired.join(touched[0], other)
        if touched and abs(y.sum()) > 1e-12 * np.abs(y).sum():
            self.grounded.add(touched[0])

    def find_fed(self):
        """Terminals that the source feeds, and earthed neutrals."""
        bus = self.case.bus
        terminals = [(b, c) for b in self.buses for c in range(4) if bus.phases[b] >> c & 1]
        parts = {self.wired.find((self.slack, c)) for c in range(4) if bus.phases[self.slack] >> c & 1}
        parts |= {self.wired.find(t) for t in self.grounded if t[-1] == NEUTRAL}
        self.grounded |= {(self.slack, c) for c in range(4)}
        while more := {self.wired.find(b) for pair in self.coupled for a, b in (pair, pair[::-1])
                       if self.wired.find(a) in parts and self.wired.find(b) not in parts}:
            parts |= more
        transformers = [k for _, k in self.branches if self.case.branch.transformer[k] >= 0]
        terminals += [end for k in transformers for _, *ends in self.coils(k) for pair in ends for end in pair
                      if end[0] == "star"]
        fed = [t for t in terminals if self.wired.find(t) in parts]
        self.fed, slack = set(fed), {self.same.find((self.slack, c)): c for c in range(3)}
        earth = self.same.find((self.slack, NEUTRAL))
        self.node = {t: GROUND if root == earth else ("slack", slack[root]) if root in slack else root
                     for t in fed for root in [self.same.find(t)]}
        self.merged = {k for _, k in self.branches if self.case.branch.transformer[k] < 0
                       and self.case.branch.kind[k] == 3
                       and all(self.same.find((self.case.branch.from_bus[k], c))
                               == self.same.find((self.case.branch.to_bus[k], c)) for c in self.conductors(k))}

    def row(self, terms):
        """{node: siemens} of (terminal, siemens); the ground has no voltage."""
        found = defaultdict(complex)
        for terminal, y in terms:
            node = GROUND if terminal == GROUND else self.node[terminal]
            if node != GROUND and y:
                found[node] += y
        return found

    def add_current(self, k, bus, conductor, terms):
        row = self.row(terms)
        self.currents[bus, conductor].append(row)
        into = self.into.setdefault((k, bus, conductor), defaultdict(complex))
        for node, y in row.items():
            into[node] += y

    def add_line(self, k):
        """The inverse of the impedances of the conductors that are fed, half the charging at each end."""
        branch = self.case.branch
        live = [c for c in self.conductors(k) if (branch.from_bus[k], c) in self.fed]
        y = np.linalg.inv(self.per_length(k, "r", "x")[np.ix_(live, live)])
        half = self.per_length(k, "g", "b")[np.ix_(live, live)] / 2
        for here, there in ((branch.from_bus[k], branch.to_bus[k]), (branch.to_bus[k], branch.from_bus[k])):
            for i, c in enumerate(live):
                terms = [((here, d), y[i, j] + half[i, j]) for j, d in enumerate(live)]
                self.add_current(k, here, c, terms + [((there, d), -y[i, j]) for j, d in enumerate(live)])

    def add_transformer(self, k):
        """Each coil pair per turn: i = y (v_from / n_from - v_to / n_to), and the core at the to side."""
        types, t, all_pairs = self.case.transformer, self.case.branch.transformer[k], list(self.coils(k))
        for coil, *ends in all_pairs:
            if any(end != GROUND and end not in self.fed for pair in ends for end in pair):
                continue
            turns = [getattr(types, side + "_voltage")[t] * getattr(types, side + "_tap")[t][coil]
                     for side in ("from", "to")]
            y = types.to_voltage[t] ** 2 / (types.r[t] + 1j * types.x[t])
            core = (types.no_load_loss[t] - 1j * types.magnetising_power[t]) / len(all_pairs)
            voltage = [(end, sign / n, side) for side, (pair, n) in enumerate(zip(ends, turns))
                       for end, sign in zip(pair, (1, -1))]
            for side, bus in enumerate((self.case.branch.from_bus[k], self.case.branch.to_bus[k])):
                terms = [(end, by * (y + side * core if of == side else -y) / turns[side]) for end, by, of in voltage]
                across = self.row([(ends[side][0], 1), (ends[side][1], -1)])
                self.windings[k, bus, coil] = across, self.row(terms)
                for end, sign in zip(ends[side], (1, -1)):
                    if end != GROUND:
                        place = end if end[0] != "star" else (bus, end)
                        self.add_current(k, *place, [(other, sign * by) for other, by in terms])

    def add_shunt(self, k):
        y, bus = (self.case.shunt.g + 1j * self.case.shunt.b)[k], self.case.shunt.bus[k]
        live = [c for c in range(4) if (bus, c) in self.fed]
        for c in live:
            self.currents[bus, c].append(self.row([((bus, d), y[c, d]) for d in live]))

    def add_customers(self, customers):
        """Legs of customers, and the pairs of terminals that they share."""
        case, customer, known, legs = self.case, self.case.customer, {}, []
        curves = []
        for number, k in enumerate(customers):
            bus, phases = customer.bus[k], [c for c in range(3) if customer.phases[k] >> c & 1]
            delta, tail = customer.connection[k] == 1, (bus, NEUTRAL) if case.bus.phases[bus] & 8 else GROUND
            ends = [((bus, c), (bus, phases[(i + 1) % len(phases)]) if delta else tail) for i, c in enumerate(phases)]
            ends = ends[:1] if delta and len(phases) == 2 else ends
            if any(end != GROUND and end not in self.fed for pair in ends for end in pair):
                if customer.active[k]:
                    raise ValueError(f"no branch feeds active customer '{customer.id[k]}'")
                continue
            base = case.bus.base_voltage[bus] * (3**0.5 if delta else 1)
            rated = base if np.isnan(customer.rated_voltage[k]) else customer.rated_voltage[k]
            zip_p, zip_q = ([0, 0, 1] if customer.active[k] else share[k] for share in (customer.zip_p, customer.zip_q))
            curve = case.customer.reactive_mode[k] == VOLT_VAR
            zip_q = zip_q if not curve else [0, 0, 0]
            curves += [(len(legs) + i, k, 1 / len(ends), rated) for i in range(len(ends) if curve else 0)]
            legs += [(number, known.setdefault(pair, len(known)), 1 / len(ends), rated, *zip_p, *zip_q)
                     for pair in ends]
        self.curves = VoltVars(case, curves) if curves else None
        legs, self.pairs = np.array(legs, float).reshape(-1, 10).T, list(known)
        self.leg_customer, self.leg_pair = legs[:2].astype(int)
        self.share, self.rated, self.zip_p, self.zip_q = legs[2], legs[3], legs[4:7], legs[7:]
        self.gather = np.zeros((len(self.pairs), len(self.leg_pair)))
        self.gather[self.leg_pair, range(len(self.leg_pair))] = 1

    def solve(self):
        """Effects of the source's voltages and of the pairs' currents on all nodes: Y effect = injected."""
        count, place = 3 + len(self.pairs), {bus: i for i, bus in enumerate(self.buses)}
        depth = {}
        for terminal, node in self.node.items():
            bus = self.child(terminal[1]) if terminal[0] == "star" else terminal[0]
            depth[node] = max(depth.get(node, 0), place[bus])
        free = sorted((n for n in depth if n != GROUND and n[0] != "slack"), key=depth.get, reverse=True)
        rows, self.effect = {n: defaultdict(complex) for n in free}, {n: np.zeros(count, complex) for n in free}
        self.effect |= {("slack", c): np.eye(count, dtype=complex)[c] for c in range(3)}
        for terminal, leaving in self.currents.items():
            node = self.node[terminal[1] if isinstance(terminal[1], tuple) else terminal]
            for row in leaving if node in rows else ():
                for other, y in row.items():
                    rows[node][other] += y
        self.tie(rows)
        for number, ends in enumerate(self.pairs):
            for end, sign in zip(ends, (1, -1)):
                if end != GROUND and self.node[end] in rows:
                    self.effect[self.node[end]][3 + number] += sign
        for row, injected in zip(rows.values(), map(self.effect.get, rows)):
            for c in range(3):
                injected[c] -= row.pop(("slack", c), 0)
        eliminate(rows, self.effect)
        self.at_pairs = np.array([self.phasor(self.row(zip(pair, (1, -1)))) for pair in self.pairs]).reshape(-1, count)

    def child(self, k):
        """The bus of a branch that is further from the source."""
        return next(node.bus for node, other in self.branches if other == k)

    def tie(self, rows):
        """Ties the mean voltage of parts that nothing ties to earth; Kirchhoff's law leaves the tie no current."""
        earthed, best = {self.wired.find(t) for t in self.grounded}, {}
        for bus in self.buses:
            parts = defaultdict(list)
            for c in range(3):
                if (bus, c) in self.fed:
                    parts[self.wired.find((bus, c))].append(self.node[bus, c])
            for part, nodes in parts.items():
                if part not in earthed and len(nodes) > len(best.get(part, ())):
                    best[part] = nodes
        for nodes in best.values():
            size = max(abs(y) for node in nodes for y in rows[node].values()) / len(nodes) ** 2
            for node in nodes:
                for other in nodes:
                    rows[node][other] += size

    def phasor(self, row):
        """Effects on a sum of node voltages."""
        zero = np.zeros(3 + len(self.pairs), complex)
        return sum((y * self.effect[node] for node, y in row.items()), zero)

    def switched(self, k, bus, conductor):
        """Effects on the current into a switch without impedance: what leaves the network behind it."""
        far = self.child(k)
        behind = [far]
        for here in behind:
            behind += [node.bus for node, other in self.branches if other in self.merged and other != k
                       and here in (self.case.branch.from_bus[other], self.case.branch.to_bus[other])
                       and self.child(other) != here]
        if sum(node.bus == far for node, _ in self.branches) > 1:
            raise ValueError(f"nothing settles the current of branch '{self.case.branch.id[k]}'")
        current = np.zeros(3 + len(self.pairs), complex)
        for here in behind:
            current += sum(self.phasor(row) for row in self.currents[here, conductor])
            for number, ends in enumerate(self.pairs):
                current[3 + number] -= sum(sign for end, sign in zip(ends, (1, -1)) if end == (here, conductor))
        return current if bus != far else -current

    def current(self, k, bus, conductor):
        """Effects on the current into a conductor of a branch at one of its ends; None: it has none there."""
        if k in self.merged:
            return self.switched(k, bus, conductor) if (bus, conductor) in self.fed else None
        row = self.into.get((k, bus, conductor))
        return None if row is None else self.phasor(row)

    def leg_currents(self, v, power):
        """Currents of the legs at voltages v of their pairs, and their derivatives by v and by its conjugate."""
        v, s, u = v[self.leg_pair], power[self.leg_customer], self.rated[:, None]
        size = np.abs(v)
        m, (zp, ip, pp), (zq, iq, pq) = size / u, self.zip_p[:, :, None], self.zip_q[:, :, None]
        at = s.real * ((zp * m + ip) * m + pp) - 1j * s.imag * ((zq * m + iq) * m + pq)
        rise = (s.real * (2 * zp * m + ip) - 1j * s.imag * (2 * zq * m + iq)) / (2 * size * u)
        if self.curves:
            legs = self.curves.legs
            q, by_voltage = self.curves(size[legs], s[legs].real)
            at[legs] -= 1j * q / self.share[legs, None]
            rise[legs] -= 1j * by_voltage / (2 * size[legs] * self.share[legs, None])
        share, back = self.share[:, None], np.conj(v)
        return share * at / back, share * rise, share * (rise * v / back - at / back**2)

    def flow(self, slack, power):
        """Currents of the pairs, [pair x scenario], NaN where there is no answer.  power [customer x scenario]"""
        no_load = (self.at_pairs[:, :3] @ slack)[:, None] + np.zeros(power.shape[1])
        v, z = no_load.copy(), self.at_pairs[:, 3:]
        with np.errstate(all="ignore"):
            for _ in range(SWEEPS):
                before, v = v, no_load + z @ (self.gather @ self.leg_currents(v, power)[0])
                moved = (np.abs(v - before) / np.abs(no_load)).max(axis=0, initial=0)
                if (moved <= AT_REST).all():
                    break
            for column in np.flatnonzero(~(moved <= AT_REST)):
                v[:, column] = self.newton(no_load[:, column], power[:, [column]])
            return v, self.gather @ self.leg_currents(v, power)[0]

    def newton(self, no_load, power):
        """Voltages of the pairs in one scenario, from those without load."""
        v, z = no_load.copy(), self.at_pairs[:, 3:]
        for _ in range(NEWTON_STEPS):
            current = self.gather @ self.leg_currents(v[:, None], power)[0][:, 0]
            try:
                step = self.respond(v, power, v - no_load - z @ current)
            except np.linalg.LinAlgError:
                break
            v = v - step
            if (np.abs(step) <= AT_REST * np.abs(no_load)).all():
                return v
        return np.full(len(v), np.nan)

    def respond(self, v, power, right):
        """x with x - Z (a x + b conj(x)) = right, where a and b are the derivatives of the pairs' currents at v."""
        _, a, b = self.leg_currents(v[:, None], power)
        z, count = self.at_pairs[:, 3:], len(v)
        a, b = (self.gather @ a).T * z, (self.gather @ b).T * z
        plus, minus = np.eye(count) - a - b, np.eye(count) - a + b
        real = np.block([[plus.real, -minus.imag], [plus.imag, minus.real]])
        x = np.linalg.solve(real, np.concatenate([right.real, right.imag]))
        return x[:count] + 1j * x[count:]

    def direct(self, v, change):
        """First-order changes of the pairs' currents while voltages stay, [pair x move]; otherwise as `moved`."""
        return self.gather @ (self.share[:, None] * np.conj(change[self.leg_customer] / v[self.leg_pair, None]))

    def moved(self, v, power, change):
        """First-order changes of the pairs' currents, [pair x move].

        v of one scenario; change: of constant powers, [customer x move]
        """
        direct = self.direct(v, change)
        x = self.respond(v, power, self.at_pairs[:, 3:] @ direct)
        _, a, b = self.leg_currents(v[:, None], power)
        return direct + (self.gather @ a) * x + (self.gather @ b) * np.conj(x)


def eliminate(rows, right):
    """Solves in place, in the order of the rows, which is from the far ends of a tree to its source: without fill."""
    for k, row in rows.items():
        pivot = row.pop(k)
        right[k] /= pivot
        for other, y in row.items():
            row[other] = y / pivot
        for i in list(row):
            factor = rows[i].pop(k)
            right[i] -= factor * right[k]
            for j, y in row.items():
                rows[i][j] -= factor * y
    for k in reversed(rows):
        for other, y in rows[k].items():
            right[k] -= y * right[other]
