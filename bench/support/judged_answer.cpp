#include "bench/support/judged_answer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/certificate/check_kkt.hpp"

namespace headroom::bench {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

JudgedAnswer wrong(JudgedAnswer judged, std::string reason) {
    judged.verdict = Verdict::wrong;
    judged.reason = std::move(reason);
    return judged;
}

JudgedAnswer judge_point(const MpsProblem& problem, const ConvexAnswer& answer, const Expectation& expected,
                         double tolerance) {
    const KktCertificate certificate = check_kkt(problem.problem, answer.x, answer.y, answer.z, answer.cone_z);
    JudgedAnswer judged;
    judged.primal = certificate.primal_relative();
    judged.dual = certificate.dual_relative();
    judged.gap = certificate.gap_relative();
    judged.objective = problem.file_objective(certificate.objective);
    if (expected.objective)
        judged.difference =
            std::abs(judged.objective - *expected.objective) / std::max(1.0, std::abs(*expected.objective));
    const bool claims = answer.status == ConvexStatus::solved, holds = certificate.holds(tolerance);
    if (claims && !holds) return wrong(judged, "the certificate fails");
    if (claims && expected.infeasible) return wrong(judged, "it is infeasible");
    if (!holds || expected.infeasible) return judged;
    if (judged.difference && !(*judged.difference <= objective_agreement))
        judged.reason = "another objective";
    else
        judged.verdict = Verdict::solved;
    return judged;
}

/// @param proves  the proof is one within the tolerance
JudgedAnswer judge_proof(Verdict verdict, double measure, bool proves, const Expectation& expected) {
    JudgedAnswer judged{.verdict = verdict,
                        .reason = "",
                        .primal = none,
                        .dual = measure,
                        .gap = none,
                        .objective = none,
                        .difference = std::nullopt};
    if (!proves) return wrong(judged, "the proof fails");
    if (expected.objective) return wrong(judged, "it has an optimum");
    return judged;
}

}  // namespace

JudgedAnswer judge(const MpsProblem& problem, const ConvexAnswer& answer, const Expectation& expected,
                   double tolerance) {
    switch (answer.status) {
        case ConvexStatus::primal_infeasible: {
            const auto proof = check_infeasible(problem.problem, answer.y, answer.z, answer.cone_z);
            return judge_proof(Verdict::infeasible, proof.residual / proof.bound, proof.holds(tolerance), expected);
        }
        case ConvexStatus::unbounded: {
            const auto proof = check_unbounded(problem.problem, answer.x);
            return judge_proof(Verdict::unbounded, proof.residual / -proof.slope, proof.holds(tolerance), expected);
        }
        case ConvexStatus::invalid_input:
            return {.verdict = Verdict::wrong,
                    .reason = "the input is valid",
                    .primal = none,
                    .dual = none,
                    .gap = none,
                    .objective = none,
                    .difference = std::nullopt};
        default: return judge_point(problem, answer, expected, tolerance);
    }
}

}  // namespace headroom::bench
