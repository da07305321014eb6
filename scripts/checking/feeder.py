"""Linear flow models of a feeder and the rows of its limits, derived from formulations/flow/*.md.

V_to = N V_from - Z I_to, I_from = N' I_to on every edge of a tree, loops torn open and closed by the currents that make
the voltages at their two ends one, a power S injects conj(S / V_flat); rows A w <= h,
where w are the export limits and then the import limits of the active customers in kW, and behind them what the
reactive power of joint ranges may inject and then absorb in kvar. Coefficients of voltages that errors of impedances
make uncertain are at the worse end for each limit.
"""
from collections import namedtuple
from types import SimpleNamespace as Record

import numpy as np

from .errors import Errors

KINDS = ("export", "import", "q_inject", "q_absorb")  # of limits: datasets KIND_limit and KIND_binding_row
FLOWS, SIDES = ("dc", "lin-dist-flow", "lin-dist3-flow", "linearised-ac"), 16  # of the polygon for a circle
PHASES = [[p for p in range(3) if bits >> p & 1] for bits in range(16)]  # of a set of conductors
PAIRS = [[(p, q) for p, q in ((0, 1), (1, 2), (2, 0)) if bits >> p & bits >> q & 1] for bits in range(16)]
Limit = namedtuple("Limit", "kind bus branch phases value base")  # columns of /row; base is 1 but for voltages


class Feeder:
    """All that does not change with the steps: `nodes`, `limits` with their effects, rows, caps, references."""

    def __init__(self, case, feeder, question):
        self.case, self.feeder, self.question, self.nodes = case, feeder, question, []
        self.balanced, c, self.name = question.flow in FLOWS[:2], case.customer, "feeder " + case.feeder.id[feeder]
        self.walk()
        self.supply()
        self.add_admittances()
        if self.balanced:
            self.balance()
        place = self.place
        every = range(*case.feeder.customer_offset[feeder:][:2])
        if any(c.active[k] and c.bus[k] not in place for k in every):
            raise ValueError(f"{self.name}: an active customer has no supply")
        self.customers = np.array([k for k in every if c.bus[k] in place], int)
        self.at, self.islanded = [place[c.bus[k]] for k in self.customers], every and not len(self.customers)
        self.sweep()
        self.find_limits()
        self.split()

    def walk(self):
        """The energised tree in three phases, parents before children: the fewest edges to every bus. Other branches
        end in nodes of their own, at their end farther from the source (among equals their to bus)."""
        case, branch, links, depth = self.case, self.case.branch, {}, {self.case.feeder.slack_bus[self.feeder]: 0}
        own = range(*case.feeder.branch_offset[self.feeder:][:2])
        for k in (k for k in own if branch.closed[k]):
            for here, there in ((branch.from_bus, branch.to_bus), (branch.to_bus, branch.from_bus)):
                links.setdefault(here[k], {}).setdefault(there[k], []).append(k)
        found = [(*depth, -1, [], False)]
        for here, (bus, parent, edge, closes) in enumerate(found):
            node = Record(bus=bus, parent=parent, edge=edge, closes=closes, three_wire=False)
            node.shunt = np.zeros(3, complex)
            node.from_slack, node.flat = np.eye(3), case.bus.base_voltage[bus] * np.exp(-2j * np.pi / 3 * np.arange(3))
            self.nodes.append(node if parent < 0 else self.join(node, self.nodes[parent]))
            for there, between in () if closes else links.get(bus, {}).items():
                new = depth.setdefault(there, depth[bus] + 1) if (fresh := there not in depth) else depth[there]
                for k, edge in enumerate(self.independent(between, bus) if new >= depth[bus] else ()):
                    if new > depth[bus] or branch.from_bus[edge[0]] == bus:
                        found.append((there, here, edge, not fresh or k > 0))

    def independent(self, branches, above):
        """Branches between two buses as edges, each of wires and coils that do not run side by side."""
        edges = []
        for k in branches:
            for edge in edges:
                to = np.vstack([self.coils(b, above)[0] for b in (*edge, k)])
                delta = to.shape == (3, 3) and not to.sum(axis=0).any() and not to.sum(axis=1).any()
                if delta or np.linalg.matrix_rank(to, 1e-10) == len(to):
                    edge.append(k)
                    break
            else:
                edges.append([k])
        return edges

    def coils(self, k, above):
        """A_to, A_from and z in A_to V_to = A_from V_from - z i of the wires or pairs of coils of a branch."""
        branch, code, types = self.case.branch, self.case.line_code, self.case.transformer
        if (t := branch.transformer[k]) < 0:
            z, wires = (code.r + 1j * code.x)[branch.line_code[k]], PHASES[branch.phases[k]]
            if branch.phases[k] & 8:  # what the phases carry returns in the neutral
                z = z - z[:, 3:] - z[3:, :] + z[3, 3]
            return np.eye(3)[wires], np.eye(3)[wires], branch.length[k] * z[np.ix_(wires, wires)]
        columns, z = ("coil", "voltage", "tap"), (types.r + 1j * types.x)[t]
        here, there = ([getattr(types, side + name)[t] for name in columns] for side in ("from_", "to_"))
        if branch.from_bus[k] != above:
            here, there, z = there, here, z * (here[1] / there[1]) ** 2
        used = here[0][:, 0] >= 0
        phase = np.vstack([np.zeros(3), np.eye(3), np.zeros((2, 3))])  # ground, a, b, c, neutral, floating star
        to, sent = (phase[coils[used, 0]] - phase[coils[used, 1]] for coils in (there[0], here[0]))
        sent = sent * (there[1] * there[2] / (here[1] * here[2]))[used, None]
        sent = sent - sent.mean(axis=0) if (here[0][used] == 5).any() else sent
        return to, sent, np.diag(z * there[2][used] ** 2)

    def join(self, node, above):
        """N and Z of the edge to the node above, from the equations of its branches together."""
        parts, turned = [self.coils(k, above.bus) for k in node.edge], self.case.branch.transformer[node.edge] >= 0
        node.owner = np.repeat(node.edge, [len(to) for to, _, _ in parts])
        node.to, node.sent = np.vstack([to for to, _, _ in parts]), np.vstack([sent for _, sent, _ in parts])
        z = np.zeros((len(node.owner), len(node.owner)), complex)
        for k, (_, _, own) in zip(node.edge, parts):
            z[np.ix_(node.owner == k, node.owner == k)] = own
        plain = np.array_equal(node.to @ node.to.T, np.eye(len(node.to)))
        inverse = node.to.T if plain else np.linalg.pinv(node.to, 1e-10)
        node.carried, node.turns = inverse.T, inverse @ node.sent
        own = [z * np.outer(node.owner == k, node.owner == k) for k in node.edge]
        node.z, *node.shares = (inverse @ part @ inverse.T for part in (z, *own))
        between = [(np.abs(to).sum(axis=1) == 2).all() for (to, _, _), coils in zip(parts, turned) if coils]
        node.three_wire = all(between) if between else above.three_wire
        return node

    def supply(self):
        """Flat voltages, from the source down the tree. A phase that it does not bring to a bus comes from the end of a
        loop there, and enters at the top of the wires that lack it: `entries` of nodes and phases."""
        branch, self.entries = self.case.branch, {}
        self.place = {node.bus: i for i, node in enumerate(self.nodes) if not node.closes}
        while True:
            for i, node in enumerate(self.nodes[1:], 1):
                above = self.nodes[node.parent]
                node.from_slack, node.flat = node.turns @ above.from_slack, node.turns @ above.flat
                node.flat[np.abs(node.flat) < 1e-9 * np.abs(node.flat).max()] = 0
                for (top, p), (flat, seen) in self.entries.items():
                    if top == i:
                        node.flat[p], node.from_slack[p] = flat, seen
            lacking, known = [(n, self.place[n.bus], p) for n in self.nodes if n.closes for p in range(3)
                              if n.flat[p] and not self.nodes[self.place[n.bus]].flat[p]], len(self.entries)
            for end, top, p in lacking:
                while (up := self.nodes[top].parent) > 0 and any(
                        branch.line_code[k] >= 0 and branch.phases[k] >> p & 1 for k in self.nodes[top].edge):
                    top = up
                self.entries.setdefault((top, p), (end.flat[p], end.from_slack[p]))
            if len(self.entries) == known:
                break
        for node in self.nodes[1:]:
            size = np.where(node.flat == 0, np.nan, np.abs(node.flat))  # magnitudes of a bus are taken as equal
            node.z, *node.shares = (z * np.nan_to_num(size / size[:, None], nan=1) for z in (node.z, *node.shares))

    def add_admittances(self):
        """Powers that shunts and line charging inject at nominal voltage."""
        shunt = self.case.shunt
        for k in range(*self.case.feeder.shunt_offset[self.feeder:][:2]):
            if shunt.bus[k] in self.place:
                node = self.nodes[self.place[shunt.bus[k]]]
                node.shunt = node.shunt + self.injected(node, shunt.g[k] + 1j * shunt.b[k])
        for node in self.nodes[1:]:
            above = self.nodes[node.parent]
            node.charging = [self.charging(above, k) for k in node.edge]
            above.shunt = above.shunt + sum(node.charging)
            node.shunt = node.shunt + sum(self.charging(node, k) for k in node.edge)

    def injected(self, node, admittance, phases=(0, 1, 2)):
        """Powers of an admittance on some phases at nominal voltage."""
        nominal = self.case.bus.base_voltage[node.bus] * np.exp(1j * np.angle(node.flat)) * (node.flat != 0)
        nominal = nominal * np.isin(range(3), phases)
        return -nominal * np.conj(admittance[:3, :3] @ nominal)

    def charging(self, node, k):
        """What half of the charging of line k injects at an end of it."""
        branch, code = self.case.branch, self.case.line_code
        if (c := branch.line_code[k]) < 0:
            return np.zeros(3, complex)
        half = branch.length[k] / 2 * (code.g[c] + 1j * code.b[c])
        return self.injected(node, half, PHASES[branch.phases[k]])

    def share(self, k, flat):
        """Phase powers of a customer per unit of its power."""
        share, v, phases = np.zeros(3, complex), np.exp(1j * np.angle(flat)), self.case.customer.phases[k]
        pairs = PAIRS[phases] if self.case.customer.connection[k] and not self.balanced else ()
        wires = [0, 0, 0] if self.balanced else PHASES[phases]
        share[wires] = 0 if pairs else 1 / len(wires)
        for p, q in pairs:
            share[[p, q]] += np.array([v[p], -v[q]]) / (v[p] - v[q]) / len(pairs)
        return share

    def balance(self):
        """Lets phase a stand for all: mean turns, positive-sequence impedances, a third of every power."""
        mean = [np.abs(node.flat).sum() / max((node.flat != 0).sum(), 1) for node in self.nodes]
        for node, magnitude in zip(self.nodes, mean):
            node.flat, node.shunt = np.array([magnitude, 0, 0], complex), np.array([node.shunt.sum() / 3, 0, 0])
            if node.parent >= 0:
                present = np.diag(node.z) != 0
                own, count = np.diag(node.z).sum(), max(present.sum(), 1)
                coupling = node.z[np.ix_(present, present)].sum() - own
                z = own / count - coupling / max(count * (count - 1), 1)
                node.z = np.diag([z.imag * 1j if self.question.flow == "dc" else z, 0, 0])
                node.shares = [node.z]
                node.turns = np.diag([magnitude / mean[node.parent], 0, 0])
                node.from_slack = node.turns @ self.nodes[node.parent].from_slack

    def sweep(self):
        """Branch currents and voltages of one watt of every customer; the last column is that of shunts, and of turns
        that do not match around loops. Columns behind these are currents around loops, until they are known."""
        place, entries = self.place, [] if self.balanced else list(self.entries)
        loops = [(i, place[node.bus], p) for i, node in enumerate(self.nodes) if node.closes
                 for p in range(3) if node.flat[p] and self.nodes[place[node.bus]].flat[p]]
        count = len(self.at) + 1
        current, voltage = np.zeros((2, len(self.nodes), 3, count + len(loops) + len(entries)), complex)
        for c, (k, i) in enumerate(zip(self.customers, self.at)):
            share = self.share(k, self.nodes[i].flat)
            current[i, :, c] -= np.conj(share / np.where(share == 0, 1, self.nodes[i].flat))
        for column, (end, own, p) in enumerate(loops, count):
            current[[end, own], p, column] += [1, -1]
        for i, node in reversed(list(enumerate(self.nodes))):
            current[i, :, count - 1] -= np.conj(node.shunt / np.where(node.flat == 0, np.inf, node.flat))
            current[node.parent] += node.turns.T @ current[i] if i else 0
        for i, node in enumerate(self.nodes[1:], 1):
            voltage[i] = node.turns @ voltage[node.parent] - node.z @ current[i]
            for column, (top, p) in enumerate(entries, count + len(loops)):
                voltage[i, p, column] += top == i
        self.current, self.voltage = current[..., :count], voltage[..., :count]
        if loops:
            apart = np.array([voltage[end, p] - voltage[own, p] for end, own, p in loops])
            apart[:, count - 1] += [self.nodes[end].flat[p] - self.nodes[own].flat[p] for end, own, p in loops]
            size = np.sqrt(np.abs(np.diag(apart[:, count:])))
            enters = apart[:, count + len(loops):].any(axis=1)
            if ((size <= 1e-9) & ~enters).any():
                raise ValueError(f"{self.name}: a loop has no impedance")
            usual = size.max() if size.any() else 1.0
            size = np.append(np.where(size <= 1e-9, usual, size), np.full(len(entries), 1 / usual))
            free = np.array([current[top, p] for top, p in entries]).reshape(-1, current.shape[-1])
            whole = np.vstack([apart, free]) / size[:, None]  # ends have one voltage, nothing goes up from entries
            around = -np.linalg.lstsq(whole[:, count:] / size, whole[:, :count], 1e-10)[0] / size[:, None]
            self.current, self.voltage = (of[..., :count] + of[..., count:] @ around for of in (current, voltage))

    def find_limits(self):
        """Limits; squared voltages over the base, powers over the rating as effects of customers' powers and of 1."""
        found, bus, branch, customer = {}, self.case.bus, self.case.branch, self.case.customer
        wanted = [(i, customer.phases[k], customer.connection[k] == 1) for k, i in zip(self.customers, self.at)]
        wanted += [(i, bus.phases[n.bus], False) for i, n in enumerate(self.nodes)
                   if i and not n.closes and self.question.everywhere]
        for i, phases, delta in wanted if self.question.flow != "dc" else ():
            node, both = self.nodes[i], not self.balanced and (delta or self.nodes[i].three_wire)
            for p, *q in [[0]] if self.balanced else PAIRS[phases] if both else [[p] for p in PHASES[phases]]:
                pick, scale = np.eye(3)[p] - np.eye(3)[q].sum(axis=0), 3**0.5 if both else 1
                base, name = scale * bus.base_voltage[node.bus], "".join("abc"[x] for x in (p, *q))
                effect = 2 * (pick @ node.flat) * np.conj(pick @ self.voltage[i]) / base**2
                for kind, value in enumerate((bus.voltage_max, bus.voltage_min) if node.flat[[p, *q]].all() else ()):
                    limit = Limit(kind, node.bus, -1, "abc" if self.balanced else name, scale * value[node.bus], base)
                    seen = 2 * np.conj(pick @ node.flat) * pick / base**2
                    found[limit] = effect, pick @ node.from_slack / base, (i, seen)
        for i, node in enumerate(self.nodes[1:], 1):
            for k, charging in zip(node.edge, node.charging):
                for limit, power, taken in self.thermals(node, self.nodes[node.parent], k, -charging):
                    if limit.value > 0 and power.any():
                        effect = power @ np.conj(self.current[i])
                        effect[-1] += taken
                        found[limit] = effect / limit.value, np.zeros(3), None
        self.limits, self.no_load = list(found), np.array([pick for _, pick, _ in found.values()]).reshape(-1, 3)
        effect = np.array([effect for effect, *_ in found.values()]).reshape(len(found), len(self.at) + 1)
        self.effect, self.constant = effect[:, :-1], effect[:, -1]
        self.seen_from = [seen for *_, seen in found.values()]  # node, and what of its voltage; None: of a branch

    def thermals(self, node, above, k, charging):
        """Limits of branch k above the node, each with the powers of the node's currents that it carries, and with what
        of the charging at its sending end, drawn there by phases, it sees."""
        branch, own = self.case.branch, node.owner == k
        by_phase, total = branch.rating_current[k] * self.case.bus.base_voltage[above.bus], branch.rating_power[k]
        if self.balanced:  # branches side by side share by their phases
            count, every = (sum(len(PHASES[branch.phases[b]]) for b in some) for some in ([k], node.edge))
            whole = 3 * node.flat * count / every
            return [(Limit(2, above.bus, k, "abc", count * by_phase, 1), whole, charging.sum()),
                    (Limit(3, above.bus, k, "abc", total, 1), whole, charging.sum())]
        to, sent, carried = node.to[own], node.sent[own], node.carried[own]
        names = ["".join("abc"[p] for p in np.flatnonzero(row)) for row in (*to, np.abs(to).sum(axis=0))]
        wound, count = (to @ node.flat)[:, None] * carried, len(to)
        windings = range(count) if count > 1 and branch.transformer[k] >= 0 else ()
        return [*((Limit(2, above.bus, k, "abc"[p], by_phase, 1), above.flat[p] * (sent[:, p] @ carried), charging[p])
                  for p in range(3)),
                *((Limit(4, above.bus, k, names[row], total / count, 1), wound[row], 0) for row in windings),
                (Limit(3, above.bus, k, names[-1], total, 1), wound.sum(axis=0), charging.sum())]

    def split(self):
        """Rows of every limit, by their direction in its plane of P and Q, split by sign after summing; caps."""
        customer, question, active = self.case.customer, self.question, self.case.customer.active[self.customers] == 1
        own, rows = self.customers[active], []
        mode = customer.reactive_mode[own]
        factor = np.where(mode == 1, customer.power_factor[own], 1)
        tangent = np.copysign(np.sqrt(np.maximum(1 - factor**2, 0)) / np.abs(factor), factor)
        curve = [self.case.volt_var.q[customer.volt_var[k]] if customer.reactive_mode[k] == 3 else (-1, 1) for k in own]
        inject, absorb = ((mode >= 2) * limit[own] * [max(0, np.nanmax(sign * np.array(q))) for q in curve]
                          for sign, limit in ((1, customer.q_inject_max), (-1, customer.q_absorb_max)))
        for l, limit in enumerate(self.limits):
            e = self.effect[l, active]
            moved = np.abs(e.imag + tangent * e.real) + (inject + absorb > 0) * np.abs(e.real)
            circle = [(2 + k, np.exp(2j * np.pi * k / SIDES)) for k in range(SIDES)] if (
                moved > 1e-9 * np.abs(e).max(initial=0)).any() and question.flow != "dc" else [(0, 1), (1, -1)]
            sides = [(0, 1 - 2 * limit.kind)] if limit.kind < 2 else circle
            rows += [(l, side, limit.kind, toward, (limit.value / limit.base) ** 2) for side, toward in sides]
        rows = np.array(rows, complex).reshape(-1, 5).T
        joint = (mode == 2) & question.joint
        self.columns = [(kind, k) for kind, some in zip(KINDS, (own, own, own[joint], own[joint])) for k in some]
        self.toward, self.allowed = rows[3], rows[4].real
        self.row_limit, self.side, self.kind = rows[:3].real.astype(int)
        along = np.conj(self.toward)[:, None] * self.effect[self.row_limit][:, active]
        p, q = self.slopes = along.real - tangent * along.imag, -along.imag
        self.errors = Errors(self)
        off_p = self.errors.at_power_factor(active, tangent)[self.row_limit]
        off_q = self.errors.q[self.row_limit][:, active]
        self.worst_q = np.maximum(off_q + q, 0) @ (inject * ~joint) + np.maximum(off_q - q, 0) @ (absorb * ~joint)
        self.full = 1e3 * np.maximum(np.hstack([off_p + p, off_p - p, (off_q + q)[:, joint], (off_q - q)[:, joint]]), 0)
        range_end = np.concatenate([inject[joint], absorb[joint]]) / 1e3
        self.tangent, self.inject, self.absorb = tangent, inject, absorb
        cap, request = (np.concatenate([*(getattr(customer, side + name)[own] / 1e3 for side in ("export_", "import_")),
                                        range_end]) for name in ("cap", "request"))
        dust = self.full < question.dust * self.full.max(axis=1, initial=0)[:, None]
        self.clean, self.dust_room = np.where(dust, 0, self.full), np.where(dust, self.full, 0) @ cap
        self.weight = customer.weight[[k for _, k in self.columns]]
        self.asked = np.array([{"export": question.asked[0], "import": question.asked[1]}.get(kind, True)
                               for kind, _ in self.columns], bool)
        nameplate = np.append(np.tile(customer.nameplate[own], 2) / 1e3, range_end)
        reference = {"cap": cap, "weight": self.weight, "request": request, "nameplate": nameplate}.get(
            question.reference, np.full(len(cap), question.kw))
        never_more = self.asked & (question.policy in ("equal-curtailment", "quadratic"))
        self.connection_cap = cap
        self.cap = np.minimum(cap, np.where(never_more, reference, np.inf)) * ((reference > 0) | ~self.asked)
        self.reference = np.where(reference > 0, reference, 1)
