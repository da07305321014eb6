#include "formulations/nlp/ipopt_convex.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <IpIpoptApplication.hpp>
#include <IpTNLP.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "formulations/nlp/all_finite.hpp"
#include "formulations/nlp/convex_nlp.hpp"
#include "formulations/nlp/dmumps_lock.hpp"
#include "formulations/nlp/ipopt_values.hpp"

namespace headroom {

using Ipopt::Index;
using Ipopt::Number;

namespace {

void copy_bounds(const std::vector<double>& from, Number* to) {
    std::ranges::transform(from, to, [](double bound) { return std::clamp(bound, -ipopt_infinity, ipopt_infinity); });
}

void copy_places(const Triplets& places, Index* row, Index* column) {
    std::ranges::copy(places.row, row);
    std::ranges::copy(places.column, column);
}

}  // namespace

/// ConvexNlp in Ipopt's words. Values that are not finite make it take a shorter step.
class IpoptConvex::Program : public Ipopt::TNLP {
public:
    explicit Program(const ConvexProblem& problem) : nlp(problem) {}

    bool get_nlp_info(Index& n, Index& m, Index& jacobian, Index& hessian, IndexStyleEnum& style) override {
        n = nlp.variable_count();
        m = nlp.row_count();
        jacobian = nlp.jacobian().count();
        hessian = nlp.hessian().count();
        style = C_STYLE;
        return true;
    }

    bool get_bounds_info(Index, Number* lower, Number* upper, Index, Number* row_lower, Number* row_upper) override {
        const NlpBounds bounds = nlp.bounds();
        copy_bounds(bounds.lower, lower);
        copy_bounds(bounds.upper, upper);
        copy_bounds(bounds.row_lower, row_lower);
        copy_bounds(bounds.row_upper, row_upper);
        return true;
    }

    bool get_starting_point(Index, bool, Number* at, bool with_bounds, Number* lower, Number* upper, Index,
                            bool with_rows, Number* row) override {
        const NlpPoint point = start ? *start : nlp.start();
        std::ranges::copy(point.x, at);
        if (with_bounds) std::ranges::copy(point.lower, lower), std::ranges::copy(point.upper, upper);
        if (with_rows) std::ranges::copy(point.row, row);
        return true;
    }

    bool eval_f(Index n, const Number* at, bool, Number& value) override {
        value = nlp.objective(view(at, n));
        return std::isfinite(value);
    }

    bool eval_grad_f(Index n, const Number* at, bool, Number* slope) override {
        nlp.gradient(view(at, n), view(slope, n));
        return all_finite(view(slope, n));
    }

    bool eval_g(Index n, const Number* at, bool, Index m, Number* value) override {
        nlp.rows(view(at, n), view(value, m));
        return all_finite(view(value, m));
    }

    bool eval_jac_g(Index n, const Number* at, bool, Index, Index count, Index* row, Index* column,
                    Number* value) override {
        if (value == nullptr) {
            copy_places(nlp.jacobian(), row, column);
            return true;
        }
        nlp.jacobian_values(view(at, n), view(value, count));
        return all_finite(view(value, count));
    }

    bool eval_h(Index n, const Number* at, bool, Number factor, Index m, const Number* multiplier, bool, Index count,
                Index* row, Index* column, Number* value) override {
        if (value == nullptr) {
            copy_places(nlp.hessian(), row, column);
            return true;
        }
        nlp.hessian_values(view(at, n), factor, view(multiplier, m), view(value, count));
        return all_finite(view(value, count));
    }

    bool intermediate_callback(Ipopt::AlgorithmMode, Index iteration, Number, Number, Number, Number, Number, Number,
                               Number, Number, Index, const Ipopt::IpoptData*,
                               Ipopt::IpoptCalculatedQuantities*) override {
        iterations = iteration;
        return true;
    }

    void finalize_solution(Ipopt::SolverReturn, Index n, const Number* x, const Number* lower, const Number* upper,
                           Index m, const Number*, const Number* row, Number, const Ipopt::IpoptData*,
                           Ipopt::IpoptCalculatedQuantities*) override {
        end = NlpPoint{{x, x + n}, {row, row + m}, {lower, lower + n}, {upper, upper + n}};
    }

    ConvexNlp nlp;
    std::optional<NlpPoint> start;  ///< none: Ipopt begins at nlp.start
    std::optional<NlpPoint> end;    ///< none: Ipopt gave up before its first iteration
    int iterations = 0;
};

namespace {

/// Ways to ask the same of Ipopt.
struct Way {
    const char* perturb_always_cd;  ///< "yes": equations that follow from others do no harm
    const char* mu_strategy;
    double bound_push;  ///< least relative distance of the first point from bounds
};

/// Of 500 degenerate random problems of up to 30 variables the first way solves 483, all three together 496.
constexpr std::array ways{Way{"yes", "monotone", 1e-2}, Way{"yes", "adaptive", 1e-1}, Way{"no", "adaptive", 1e-2}};

/// Ipopt's tolerances are of scaled sizes and of single products, so they are below that of the certificate, which sees
/// original sizes and their sum.
void set_tolerances(Ipopt::OptionsList& options, double tolerance) {
    options.SetNumericValue("tol", 1e-2 * tolerance);
    options.SetNumericValue("compl_inf_tol", 1e-2 * tolerance);
    options.SetNumericValue("acceptable_tol", tolerance);
    options.SetNumericValue("bound_relax_factor", 0);
    options.SetIntegerValue("max_iter", 500);
}

void set_silent(Ipopt::OptionsList& options) {
    options.SetStringValue("sb", "yes");
    options.SetIntegerValue("print_level", 0);
}

void set_way(Ipopt::OptionsList& options, const Way& way) {
    options.SetStringValue("perturb_always_cd", way.perturb_always_cd);
    options.SetStringValue("mu_strategy", way.mu_strategy);
    options.SetNumericValue("bound_push", way.bound_push);
    options.SetNumericValue("bound_frac", way.bound_push);
}

/// From a solved answer Ipopt begins close to the bounds and with a small barrier, or it would walk away from it first.
void set_start(Ipopt::OptionsList& options, bool at_last) {
    options.SetStringValue("warm_start_init_point", at_last ? "yes" : "no");
    options.SetNumericValue("mu_init", at_last ? 1e-6 : 0.1);
    for (const char* push : {"warm_start_bound_push", "warm_start_bound_frac", "warm_start_slack_bound_push",
                             "warm_start_slack_bound_frac", "warm_start_mult_bound_push"})
        options.SetNumericValue(push, 1e-6);
}

double worst_measure(const KktCertificate& certificate) {
    double worst = 0;
    for (const double part : {certificate.primal_relative(), certificate.dual_relative(), certificate.gap_relative()})
        worst = std::isnan(part) ? no_bound : std::max(worst, part);
    return worst;
}

bool is_conclusive(const ConvexAnswer& answer) {
    return answer.status == ConvexStatus::solved || answer.status == ConvexStatus::unbounded;
}

/// Crossed bounds are a proof without multipliers.
bool has_crossed_bounds(const ConvexProblem& problem) {
    const std::vector<double> y(problem.values.row_lower.size()), z(problem.values.linear.size()),
        cone_z(3 * problem.structure.cones.size());
    return check_infeasible(problem, y, z, cone_z).holds(0);
}

}  // namespace

struct IpoptConvex::Session {
    Ipopt::SmartPtr<Program> program;
    Ipopt::SmartPtr<Ipopt::IpoptApplication> ipopt;
    double tolerance;
    std::optional<NlpPoint> last;  ///< of the last solved problem

    ConvexAnswer attempt(const Way& way, bool at_last);
    ConvexAnswer judged(const NlpPoint& point) const;
};

IpoptConvex::IpoptConvex(const ConvexProblem& problem, double tolerance) : session_(new Session) {
    if (const std::string fault = problem.fault(); !fault.empty()) throw std::invalid_argument(fault);
    session_->program = new Program(problem);
    session_->ipopt = new Ipopt::IpoptApplication(false);
    session_->tolerance = tolerance;
    Ipopt::OptionsList& options = *session_->ipopt->Options();
    set_silent(options);
    set_tolerances(options, tolerance);
    options.SetStringValue("linear_solver", "mumps");
    session_->ipopt->Initialize("");
}

IpoptConvex::~IpoptConvex() = default;

void IpoptConvex::change(const ConvexValues& values) {
    const ConvexProblem problem{session_->program->nlp.problem().structure, values};
    if (const std::string fault = problem.fault(); !fault.empty()) throw std::invalid_argument(fault);
    session_->program->nlp.change(values);
}

ConvexAnswer IpoptConvex::Session::judged(const NlpPoint& point) const {
    const ConvexProblem& problem = program->nlp.problem();
    ConvexAnswer answer = program->nlp.answer(point);
    answer.certificate = check_kkt(problem, answer.x, answer.y, answer.z, answer.cone_z);
    answer.objective = answer.certificate.objective;
    if (answer.certificate.holds(tolerance))
        answer.status = ConvexStatus::solved;
    else if (check_unbounded(problem, answer.x).holds(tolerance))
        answer.status = ConvexStatus::unbounded;
    else
        answer.status = ConvexStatus::stalled;
    return answer;
}

ConvexAnswer IpoptConvex::Session::attempt(const Way& way, bool at_last) {
    set_way(*ipopt->Options(), way);
    set_start(*ipopt->Options(), at_last);
    program->start = at_last ? last : std::nullopt;
    program->end.reset();
    program->iterations = 0;
    const auto lock = lock_unless_mumps_is_locked();
    const Ipopt::ApplicationReturnStatus status = ipopt->OptimizeTNLP(program);
    const NlpPoint end = program->end.value_or(program->nlp.start());
    ConvexAnswer answer = judged(end);
    answer.iterations = program->iterations;
    if (answer.status == ConvexStatus::solved) last = end;
    if (answer.status == ConvexStatus::stalled && status == Ipopt::Maximum_Iterations_Exceeded)
        answer.status = ConvexStatus::iteration_limit;
    return answer;
}

ConvexAnswer IpoptConvex::solve(IpoptStart start) {
    Session& session = *session_;
    const ConvexNlp& nlp = session.program->nlp;
    ConvexAnswer best = session.judged(nlp.start());
    if (has_crossed_bounds(nlp.problem())) {
        best.status = ConvexStatus::primal_infeasible;
        return best;
    }
    int iterations = 0;
    const auto attempt = [&](const Way& way, bool at_last) {
        const ConvexAnswer answer = session.attempt(way, at_last);
        iterations += answer.iterations;
        if (is_conclusive(answer) || worst_measure(answer.certificate) < worst_measure(best.certificate)) best = answer;
    };
    if (start == IpoptStart::last && session.last) attempt(ways.front(), true);
    for (const Way& way : ways)
        if (!is_conclusive(best)) attempt(way, false);
    best.iterations = iterations;
    return best;
}

ConvexAnswer solve_with_ipopt(const ConvexProblem& problem, double tolerance) {
    return IpoptConvex(problem, tolerance).solve();
}

}  // namespace headroom
