#pragma once

#include <memory>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// Ipopt as a second opinion on convex problems: a solver that shares nothing with headroom::solve but the problem and
/// the judge, check_kkt. It takes milliseconds for the smallest problem: for doubts and comparisons, not for batches.
///
/// What the answer is worth:
///     solved             the certificate holds at `tolerance`, whatever Ipopt says of itself
///     primal_infeasible  bounds cross; Ipopt has no other proofs, and other problems without a point end as stalled
///     unbounded          x is the direction and its own proof
///     iteration_limit, stalled  the best of several tries; the certificate says how far off
///
/// A cone has no gradient at its apex (convex_nlp.hpp): an optimum there is approached from inside, and the answer is
/// often stalled. So is that of a problem whose inequalities leave no interior.
///
/// Safe under threads, each with objects of its own: same bytes as one after the other (dmumps_lock.hpp).

/// @throws std::invalid_argument  problem.fault()
ConvexAnswer solve_with_ipopt(const ConvexProblem& problem, double tolerance = 1e-8);

/// Where Ipopt begins.
enum class IpoptStart {
    anew,  ///< the answer depends on the problem alone
    last,  ///< at the last solved answer, if there is one: fewer iterations where little has changed
};

/// Ipopt for problems of one structure, one after the other.
class IpoptConvex {
public:
    /// @throws std::invalid_argument  problem.fault()
    explicit IpoptConvex(const ConvexProblem& problem, double tolerance = 1e-8);
    ~IpoptConvex();
    IpoptConvex(const IpoptConvex&) = delete;
    IpoptConvex& operator=(const IpoptConvex&) = delete;

    /// Other numbers. @throws std::invalid_argument  they do not fit the structure
    void change(const ConvexValues& values);
    ConvexAnswer solve(IpoptStart start = IpoptStart::anew);

private:
    class Program;
    struct Session;
    std::unique_ptr<Session> session_;
};

}  // namespace headroom
