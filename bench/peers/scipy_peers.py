#!/usr/bin/python3
"""Solves families of problems with scipy's HiGHS (linear ones) and CVXOPT, one thread each; prints JSON.

    scipy_peers.py [--solvers NAMES] [--repeats N] [--problems N] [--tolerance T] FOLDER

FOLDER holds files NAME.family; bench/support/problem_dump.hpp tells what is in them. NAMES: any of highs-ds, highs-ipm,
cvxopt, with commas. The output:

    {"versions": {...}, "tolerance": T, "call_overhead_s": {solver: seconds},
     "families": {NAME: {"variables": n, "rows": m, "problems": P,
                         solver: [{"status": "solved", "objective": f, "seconds": s, "iterations": k}, ...]}}}

Seconds are processor time of the thread, the best of N repeats, from data that are ready in the solver's form to its
answer. call_overhead_s is what a problem of one variable takes: the part that the language adds to every call.
A solver that does not take a kind of problem is left out of its family.
"""
import argparse
import json
import os
import sys
import time
from pathlib import Path

# Before numpy: it reads them once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import scipy  # noqa: E402
from scipy.optimize import linprog  # noqa: E402
from scipy.sparse import csr_matrix, vstack  # noqa: E402

try:
    import cvxopt
    from cvxopt import solvers as cvxopt_solvers
except ImportError:
    cvxopt = None

SOLVERS = ("highs-ds", "highs-ipm", "cvxopt")
MAGIC = b"HRFAMILY"
LOG, POWER = 1, 2


class Family:
    """One structure, many values, as problem_dump.hpp describes them."""

    def __init__(self, path):
        words = np.fromfile(path, dtype="<i8")
        if words.size < 10 or words[:1].tobytes() != MAGIC:
            raise ValueError(f"{path}: is not a family of problems")
        self.words, self.position = words, 10
        count, self.n, self.m, entries, q_rows, q_entries, cones, has_term, has_exponent = (int(w) for w in words[1:10])
        self.row_start, self.row_column = self.integers(self.m + 1), self.integers(entries)
        self.q_start, self.q_column = self.integers(q_rows + 1), self.integers(q_entries)
        self.cones = self.integers(3 * cones).reshape(-1, 3)
        self.equation = self.integers(self.m).astype(bool)
        self.term = self.integers(self.n) if has_term else np.zeros(self.n, dtype=int)
        self.exponent = self.doubles(self.n) if has_exponent else np.zeros(self.n)
        self.has_q = q_rows > 0
        self.problems = [self.read_values(entries, q_entries, has_term) for _ in range(count)]
        if self.position != words.size:
            raise ValueError(f"{path}: {words.size} words, the header promises {self.position}")

    def integers(self, count):
        self.position += count
        return self.words[self.position - count:self.position]

    def doubles(self, count):
        return self.integers(count).view("<f8")

    def read_values(self, entries, q_entries, has_term):
        sizes = {"linear": self.n, "quadratic": q_entries, "row_value": entries, "row_lower": self.m,
                 "row_upper": self.m, "lower": self.n, "upper": self.n}
        values = {name: self.doubles(size) for name, size in sizes.items()}
        values["weight"] = self.doubles(self.n) if has_term else np.zeros(self.n)
        return values

    def rows(self, values):
        return csr_matrix((values["row_value"], self.row_column, self.row_start), shape=(self.m, self.n))

    def quadratic(self, values):
        """All of Q: the file has its upper triangle."""
        if not self.has_q:
            return csr_matrix((self.n, self.n))
        upper = csr_matrix((values["quadratic"], self.q_column, self.q_start), shape=(self.n, self.n))
        diagonal = csr_matrix((upper.diagonal(), (range(self.n), range(self.n))), shape=upper.shape)
        return (upper + upper.T - diagonal).tocsr()

    def is_linear(self):
        return self.q_column.size == 0 and len(self.cones) == 0 and not self.term.any()


def one_sided(family, values):
    """(G, h, A, b) with G x <= h, A x = b of the rows."""
    matrix, lower, upper = family.rows(values), values["row_lower"], values["row_upper"]
    below = np.flatnonzero(~family.equation & np.isfinite(upper))
    above = np.flatnonzero(~family.equation & np.isfinite(lower))
    equal = np.flatnonzero(family.equation)
    return (vstack([matrix[below], -matrix[above]], format="csr"), np.concatenate([upper[below], -lower[above]]),
            matrix[equal], lower[equal])


def best_run(run, repeats):
    """(answer, shortest seconds)"""
    shortest, answer = float("inf"), None
    for _ in range(repeats):
        start = time.thread_time()
        answer = run()
        shortest = min(shortest, time.thread_time() - start)
    return answer, shortest


def highs_run(family, values, method, tolerance):
    """What solves the problem, and what turns its answer into (status, objective, iterations)."""
    g, h, a, b = one_sided(family, values)
    arguments = {"c": values["linear"], "bounds": np.column_stack([values["lower"], values["upper"]]), "method": method,
                 "options": {"primal_feasibility_tolerance": tolerance, "dual_feasibility_tolerance": tolerance}}
    if g.shape[0]:
        arguments.update(A_ub=g, b_ub=h)
    if a.shape[0]:
        arguments.update(A_eq=a, b_eq=b)
    if method == "highs-ipm":
        arguments["options"]["ipm_optimality_tolerance"] = tolerance

    def describe(answer):
        names = {0: "solved", 2: "infeasible", 3: "unbounded"}
        objective = float(answer.fun) if answer.fun is not None else None
        return names.get(answer.status, "stopped"), objective, int(answer.nit)

    return lambda: linprog(**arguments), describe


def to_cvxopt(matrix):
    matrix = matrix.tocoo()
    return cvxopt.spmatrix(matrix.data.tolist(), matrix.row.tolist(), matrix.col.tolist(), matrix.shape)


def cone_rows(family, values):
    """G x + s = h with s in the product of a positive orthant and second-order cones; its sizes."""
    g, h, a, b = one_sided(family, values)
    identity = csr_matrix(np.eye(family.n))
    upper, lower = np.flatnonzero(np.isfinite(values["upper"])), np.flatnonzero(np.isfinite(values["lower"]))
    g = vstack([g, identity[upper], -identity[lower]], format="csr")
    h = np.concatenate([h, values["upper"][upper], -values["lower"][lower]])
    sizes = {"l": g.shape[0], "q": [3] * len(family.cones), "s": []}
    if len(family.cones):
        g = vstack([g, -identity[family.cones.ravel()]], format="csr")
        h = np.concatenate([h, np.zeros(family.cones.size)])
    return to_cvxopt(g), cvxopt.matrix(h), sizes, to_cvxopt(a), cvxopt.matrix(b)


def convex_objective(family, values):
    """F of cvxopt.solvers.cp: 1/2 x'Qx + c'x and the terms."""
    q, c, weight = to_cvxopt(family.quadratic(values)), values["linear"], values["weight"]
    log, power = np.flatnonzero(family.term == LOG), np.flatnonzero(family.term == POWER)
    a = family.exponent[power]
    curved = np.concatenate([log, power])

    def objective(x=None, z=None):
        if x is None:
            return 0, cvxopt.matrix(1.0, (family.n, 1))
        point = np.array(x).ravel()
        if (point[curved] <= 0).any():
            return None
        slope, bend = np.zeros(family.n), np.zeros(family.n)
        slope[log], bend[log] = -weight[log] / point[log], weight[log] / point[log] ** 2
        slope[power] = -weight[power] * point[power] ** -a
        bend[power] = weight[power] * a * point[power] ** (-a - 1)
        qx = np.array(q * x).ravel()
        value = point @ (qx / 2 + c) - weight[log] @ np.log(point[log])
        value -= weight[power] @ (point[power] ** (1 - a) / (1 - a))
        gradient = cvxopt.matrix(qx + c + slope, (1, family.n))
        if z is None:
            return value, gradient
        return value, gradient, z[0] * (q + cvxopt.spdiag(cvxopt.matrix(bend)))

    return objective


def cvxopt_run(family, values, tolerance):
    g, h, sizes, a, b = cone_rows(family, values)
    cvxopt_solvers.options.update(show_progress=False, abstol=tolerance, reltol=tolerance, feastol=tolerance)
    if family.term.any():
        objective = convex_objective(family, values)

        def run():
            return cvxopt_solvers.cp(objective, G=g, h=h, dims=sizes, A=a, b=b)
    else:
        q, c = to_cvxopt(family.quadratic(values)), cvxopt.matrix(values["linear"])
        # Its default factorises wrongly, without a word, where Q is singular and there are only equations.
        kkt_solver = "chol" if g.size[0] == 0 else None

        def run():
            # What qp() calls; that one takes no cones.
            return cvxopt_solvers.coneqp(q, c, G=g, h=h, dims=sizes, A=a, b=b, kktsolver=kkt_solver)

    def describe(answer):
        names = {"optimal": "solved", "primal infeasible": "infeasible", "dual infeasible": "unbounded"}
        objective = answer["primal objective"]
        iterations = answer.get("iterations")
        return names.get(answer["status"], "stopped"), None if objective is None else float(objective), iterations

    return run, describe


def prepare(solver, family, values, tolerance):
    if solver == "cvxopt":
        return cvxopt_run(family, values, tolerance)
    return highs_run(family, values, solver, tolerance)


def takes(solver, family):
    return cvxopt is not None if solver == "cvxopt" else family.is_linear()


def solve_one(solver, family, values, arguments):
    try:
        run, describe = prepare(solver, family, values, arguments.tolerance)
        answer, seconds = best_run(run, arguments.repeats)
    except (ArithmeticError, ValueError, TypeError) as error:
        # Dependent equations, a singular matrix: CVXOPT raises instead of answering.
        return {"status": "failed", "reason": str(error)}
    status, objective, iterations = describe(answer)
    return {"status": status, "objective": objective, "seconds": seconds, "iterations": iterations}


def call_overhead(solver, arguments):
    """Seconds for: minimise x, 0 <= x <= 1."""
    family = Family.__new__(Family)
    family.n, family.m, family.has_q = 1, 0, False
    family.row_start, family.row_column, family.q_column = np.zeros(1, int), np.zeros(0, int), np.zeros(0, int)
    family.cones, family.equation = np.zeros((0, 3), int), np.zeros(0, bool)
    family.term, family.exponent = np.zeros(1, int), np.zeros(1)
    values = {"linear": np.ones(1), "row_value": np.zeros(0), "row_lower": np.zeros(0), "row_upper": np.zeros(0),
              "lower": np.zeros(1), "upper": np.ones(1), "weight": np.zeros(1)}
    return solve_one(solver, family, values, arguments).get("seconds")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--solvers", default=",".join(SOLVERS), help="any of " + ", ".join(SOLVERS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--problems", type=int, help="only the first ones of each family")
    parser.add_argument("--tolerance", type=float, default=1e-8, help="of feasibility and optimality (1e-8)")
    arguments = parser.parse_args()
    wanted = arguments.solvers.split(",")
    if not set(wanted) <= set(SOLVERS) or arguments.repeats < 1:
        parser.error("unknown solver, or fewer than one repeat")
    files = sorted(arguments.folder.glob("*.family"))
    if not files:
        parser.error(f"{arguments.folder}: no .family file")
    available = [solver for solver in wanted if solver != "cvxopt" or cvxopt is not None]

    families = {}
    for file in files:
        family = Family(file)
        families[file.stem] = result = {"variables": family.n, "rows": family.m, "problems": len(family.problems)}
        for solver in available:
            if takes(solver, family):
                result[solver] = [solve_one(solver, family, values, arguments)
                                  for values in family.problems[:arguments.problems]]
    json.dump({"versions": {"scipy": scipy.__version__, "cvxopt": cvxopt.__version__ if cvxopt else None},
               "tolerance": arguments.tolerance,
               "call_overhead_s": {solver: call_overhead(solver, arguments) for solver in available},
               "families": families}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
