"""What errors of forecasts and impedances take from linear rows (formulations/flow/security_rows.md, "Errors")."""
import numpy as np


class Errors:
    """Of one feeder: `p`, `q`, by which a W and a V A of every customer may be wrong in every limit, per unit.

    Branch by branch, r and x by factors of their own: rho |Re(w g' R J)| + rho |Re(w g' j X J)|, with w g what the
    monitored voltage sees of the branch, and J what the customer sends through it.
    """

    def __init__(self, feeder):
        self.feeder, self.question = feeder, feeder.question
        if self.question.error_rho and any(node.closes for node in feeder.nodes):
            raise ValueError(f"{feeder.name}: a loop, and errors of impedances")
        self.passive = feeder.case.customer.active[feeder.customers] == 0
        self.p, self.q = np.zeros((2, len(feeder.limits), len(feeder.customers)))
        self.paths = [self.path(*seen) if seen and self.question.error_rho else () for seen in feeder.seen_from]
        for l, path in enumerate(self.paths):
            for i, functional in path:
                moved = functional @ feeder.current[i, :, :-1]
                self.p[l] += self.question.error_rho * np.abs(moved.real)
                self.q[l] += self.question.error_rho * np.abs(moved.imag)  # times -j

    def any(self):
        """Whether anything may be wrong."""
        return max(self.question.error_share, self.question.error_kw, self.question.error_rho) > 0

    def at_power_factor(self, active, tangent):
        """By which a W of active customers may be wrong in every limit, with the Q that goes with it."""
        found = np.zeros((len(self.paths), len(tangent)))
        for l, path in enumerate(self.paths):
            for i, functional in path:
                moved = (functional @ self.feeder.current[i, :, :-1])[active] * (1 - 1j * tangent)
                found[l] += self.question.error_rho * np.abs(moved.real)
        return found

    def path(self, i, seen):
        """R' g w and j X' g w of every branch from a voltage to the slack bus, by the node below."""
        found, nodes = [], self.feeder.nodes
        while i > 0:
            for z in nodes[i].shares:
                found += [(i, z.real.T @ seen), (i, 1j * (z.imag.T @ seen))]
            seen, i = nodes[i].turns.T @ seen, nodes[i].parent
        return found

    def taken(self, power):
        """Of every row what errors around the powers of a base case move at most, and how far they move Q alone."""
        model, rho = self.feeder, self.question.error_rho
        e, s = model.effect[:, self.passive], power[self.passive]
        wrong = self.p[:, self.passive] * np.abs(s.real) + self.q[:, self.passive] * np.abs(s.imag)
        of_base = np.array([rho * sum(abs((functional @ (
            model.current[i, :, :-1] @ np.conj(power) + model.current[i, :, -1])).real) for i, functional in path)
            for path in self.paths])
        rows, turned = model.row_limit, np.conj(model.toward)[:, None] * e[model.row_limit]
        along = self.norm(np.abs((turned * s).real) + wrong[rows],
                          np.abs(turned.real) + self.p[rows][:, self.passive]) + of_base[rows]
        return along, self.norm(np.abs((e * s).imag), np.abs(e.imag))[rows]

    def norm(self, share, watt):
        """The dual norm of deviations that move so much at all of a forecast and at a watt."""
        share, watt = self.question.error_share * share, 1e3 * self.question.error_kw * watt
        if self.question.error_norm == "2":
            return np.sqrt((share**2 + watt**2).sum(axis=1))
        return (share + watt).sum(axis=1)
