#include "solver/convex/safe_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/convex/elastic.hpp"
#include "solver/convex/interior_form.hpp"
#include "solver/convex/iterate.hpp"
#include "solver/convex/lane_item.hpp"
#include "solver/convex/lane_workspace.hpp"
#include "solver/kkt/kkt_solve.hpp"

namespace headroom {
namespace {

constexpr double proof_worth_trying = 1e-6;
constexpr int patience = 50;            // iterations without progress
constexpr double progress_share = 0.9;  // what counts as progress
constexpr int refinement_max = 4;
constexpr double refinement_enough = 1e-13;

/// Each attempt is more cautious than the one before.
struct Caution {
    double regularisation_primal, regularisation_dual, step_fraction;
    double early_regularisation;  // of variables while complementarity is above one
    double short_step;            // after a step shorter than this the next one centres
    bool patient;                 // many iterations, and less regularisation where these do not get on
};
constexpr Caution attempts[] = {{1e-10, 1e-9, 0.99, 1e-7, 0.1, false}, {1e-10, 1e-9, 0.99, 0.0, 0.0, false},
                                {1e-8, 1e-8, 0.95, 1e-5, 0.1, false},  {1e-7, 1e-10, 0.9, 1e-3, 0.1, false},
                                {1e-6, 1e-6, 0.8, 1e-3, 0.1, false},   {1e-10, 1e-9, 0.99, 0.0, 0.0, true},
                                {1e-8, 1e-8, 0.9, 0.0, 0.0, true}};
constexpr int patient_factor = 5;        // of iteration_max
constexpr int loosened_after = 3;        // iterations without progress
constexpr double loosened_least = 1e-5;  // of the regularisation the attempt began with

ConvexSettings safe_settings(ConvexSettings settings, const Caution& caution) {
    settings.regularisation_primal = caution.regularisation_primal;
    settings.regularisation_dual = caution.regularisation_dual;
    settings.step_fraction = caution.step_fraction;
    settings.tolerance = std::max(settings.tolerance * 0.1, ConvexSettings::tolerance_least);
    return settings;
}

/// The problem with its objective scaled: the largest coefficient of the scaled variables becomes about one.
struct ScaledObjective {
    explicit ScaledObjective(const ConvexProblem& problem) : values(problem.values) {
        const ConvexStructure& s = problem.structure;
        const Equilibration scale = equilibrate(s, values.row_value.data(), values.quadratic.data());
        double largest = 0;
        for (std::size_t j = 0; j < values.linear.size(); ++j)
            largest = std::max(largest, std::abs(values.linear[j] * scale.column[j]));
        scale_values(s, scale, values.row_value.data(), values.quadratic.data(), [&](int slot, double value) {
            if (slot >= s.rows.entry_count()) largest = std::max(largest, std::abs(value));
        });
        for (const double weight : values.weight) largest = std::max(largest, weight);
        if (largest > 0 && std::isfinite(largest)) factor = std::ldexp(1.0, -std::ilogb(largest));
        for (auto* part : {&values.linear, &values.quadratic, &values.weight})
            for (double& entry : *part) entry *= factor;
    }
    ConvexValues values;
    double factor = 1;
};

/// The answer with its certificate in the original problem; what does not hold there is not solved.
ConvexAnswer judged(const ConvexProblem& problem, ConvexAnswer answer, const ConvexSettings& settings) {
    if (answer.x.empty()) return answer;
    answer.certificate = check_kkt(problem, answer.x, answer.y, answer.z, answer.cone_z);
    answer.objective = answer.certificate.objective;
    const bool holds = answer.certificate.holds(settings.tolerance);
    if (answer.status == ConvexStatus::solved && !holds) answer.status = ConvexStatus::stalled;
    if (answer.status == ConvexStatus::stalled && holds) answer.status = ConvexStatus::solved;
    return answer;
}

double worst_of(const ConvexAnswer& answer) {
    const KktCertificate& c = answer.certificate;
    return std::max({c.primal_relative(), c.dual_relative(), c.gap_relative()});
}

/// One problem on one lane.
class SafeSolver {
public:
    SafeSolver(const ConvexProblem& original, const InteriorForm& form, const ConvexSettings& settings,
               const Caution& caution)
        : original_(original),
          form_(form),
          problem_(form.problem()),
          asked_(settings),
          caution_(caution),
          scaled_(problem_),
          plan_(problem_.structure, scaled_.values.row_value.data(), scaled_.values.quadratic.data()),
          work_(plan_, safe_settings(settings, caution), 1),
          rest_(static_cast<std::size_t>(plan_.size())),
          total_(rest_) {
        const ConvexStructure& s = problem_.structure;
        const ConvexValues& v = scaled_.values;
        answer_.route = ConvexRoute::safe;
        answer_.x.resize(static_cast<std::size_t>(s.variable_count));
        answer_.y.resize(static_cast<std::size_t>(s.row_count()));
        answer_.z.resize(answer_.x.size());
        answer_.cone_z.resize(3 * s.cones.size());
        item_ = {.linear = v.linear.data(),
                 .row_lower = v.row_lower.data(),
                 .row_upper = v.row_upper.data(),
                 .lower = v.lower.data(),
                 .upper = v.upper.data(),
                 .weight = v.weight.data(),
                 .x = answer_.x.data(),
                 .y = answer_.y.data(),
                 .z = answer_.z.data(),
                 .cone_z = answer_.cone_z.data()};
    }

    ConvexAnswer solve();

private:
    double augmentation(int k) const { return plan_.augmented.empty() ? 0.0 : work_.iterate.augmentation[k]; }
    void factor_least_squares();
    void start_least_squares();
    void start_multipliers();
    void step();
    void refine();
    double merit() const;
    void regularise(int without_progress);
    bool judge();
    bool proves_infeasible();
    bool proves_unbounded();
    void bring_back();
    void keep_best(double merit);

    const ConvexProblem& original_;
    const InteriorForm& form_;
    const ConvexProblem& problem_;
    ConvexSettings asked_;
    Caution caution_;
    ScaledObjective scaled_;
    ConvexPlan plan_;
    LaneWorkspace work_;
    std::vector<double> rest_, total_;
    ConvexItem item_{};
    ConvexAnswer answer_, best_;
    double best_merit_ = std::numeric_limits<double>::infinity();
    double loosened_ = 1;  // factor of both regularisations
};

/// [I A'; A -R] factored, R = 1 at range rows: for the least-squares problems of the start.
void SafeSolver::factor_least_squares() {
    const IterateView& v = work_.iterate;
    std::fill_n(v.own_cone, 3 * v.cone_count, 0.0);
    std::fill_n(v.right, plan_.size(), 0.0);
    for (int k = 0; k < plan_.size(); ++k) {
        const int slot = plan_.diagonal_slot[k];
        switch (plan_.kind[k]) {
            case position_variable:
                v.diagonal[k] = 1 + (slot < 0 ? 0.0 : plan_.shared_value[slot]) + augmentation(k);
                break;
            case position_equation: v.diagonal[k] = -v.regularisation_dual; break;
            default: v.diagonal[k] = -1;
        }
        v.least[k] = plan_.kind[k] == position_variable ? 1 : v.diagonal[k];
    }
    kkt_factor(work_.kkt);
}

/// Mehrotra's start: the point nearest to zero (activities: to their bounds) that fits the equations and the
/// multipliers nearest to balancing the costs, both moved inside by what the worst of them misses.
void SafeSolver::start_least_squares() {
    const IterateView& v = work_.iterate;
    const int size = plan_.size();
    factor_least_squares();
    for (int k = 0; k < size; ++k) {
        v.right[k] = plan_.kind[k] == position_equation ? work_.linear()[k]
                     : plan_.kind[k] == position_range  ? v.state[size + plan_.range_of[k]]
                                                        : 0.0;
    }
    for (const int k : plan_.augmented_position)
        for (int e = v.row_start[k]; e < v.row_middle[k]; ++e)
            v.right[v.row_column[e]] += plan_.shared_value[v.row_slot[e]] * v.right[k];
    kkt_solve(work_.kkt, v.step);
    for (int k = 0; k < size; ++k) {
        if (plan_.kind[k] == position_range)
            v.step[size + plan_.range_of[k]] = v.state[size + plan_.range_of[k]] + v.step[k];
    }
    double missed = 0;
    for (int p = 0; p < plan_.pair_count(); ++p) {
        const double distance = v.step[plan_.pair[p]] - v.slack[p];
        missed = std::max(missed, p < plan_.lower_count ? -distance : distance);
    }
    const double margin = std::max(1.0, 1.5 * missed);
    for (int q = 0; q < plan_.quantity_count(); ++q)
        if (q >= size || plan_.kind[q] == position_variable)
            v.state[q] = inside_bounds(plan_, work_, 0, q, v.step[q], margin);

    for (int k = 0; k < size; ++k) v.right[k] = plan_.kind[k] == position_variable ? -work_.linear()[k] : 0.0;
    kkt_solve(work_.kkt, v.step);
    for (int k = 0; k < size; ++k)
        if (plan_.kind[k] == position_range) v.step[size + plan_.range_of[k]] = v.step[k];
}

/// Multipliers of the bounds from what the costs leave (in step), all moved off zero by what the worst of them misses.
void SafeSolver::start_multipliers() {
    const IterateView& v = work_.iterate;
    double missed = 0;
    for (int p = 0; p < plan_.pair_count(); ++p) {
        const double wish = p < plan_.lower_count ? -v.step[plan_.pair[p]] : v.step[plan_.pair[p]];
        const bool alone = plan_.lower_pair[plan_.pair[p]] < 0 || plan_.upper_pair[plan_.pair[p]] < 0;
        if (alone) missed = std::max(missed, -wish);
    }
    const double margin = std::max(1.0, 1.5 * missed);
    for (int p = 0; p < plan_.pair_count(); ++p) {
        const double wish = p < plan_.lower_count ? -v.step[plan_.pair[p]] : v.step[plan_.pair[p]];
        const bool alone = plan_.lower_pair[plan_.pair[p]] < 0 || plan_.upper_pair[plan_.pair[p]] < 0;
        v.z[p] = alone ? std::max(wish, margin) : std::max(wish, 0.0) + margin;
    }
    for (int k = 0; k < plan_.size(); ++k)
        if (plan_.kind[k] == position_equation) v.state[k] = v.step[k];
}

/// Removes what rounding and clamped pivots left in the step: right_sum - K (step + extra) is solved for again.
void SafeSolver::refine() {
    const IterateView& v = work_.iterate;
    const KktPattern& p = plan_.kkt;
    const auto value = [&](int slot) { return slot < v.shared_count ? v.shared[slot] : v.own[slot - v.shared_count]; };
    double before = std::numeric_limits<double>::infinity();
    for (int round = 0; round < refinement_max; ++round) {
        double largest = 0, scale = 0;
        for (int k = 0; k < plan_.size(); ++k) {
            total_[k] = v.step[k] + v.extra[k];
            rest_[k] = v.right_sum[k];
            scale = std::max(scale, std::abs(rest_[k]));
        }
        for (int k = 0; k < plan_.size(); ++k) {
            rest_[k] -= v.diagonal[k] * total_[k];
            for (int e = p.entry_start[k]; e < p.entry_start[k + 1]; ++e) {
                const double a = value(p.entry_slot[e]);
                rest_[k] -= a * total_[p.entry_row[e]];
                rest_[p.entry_row[e]] -= a * total_[k];
            }
        }
        for (const double r : rest_) largest = std::max(largest, std::abs(r));
        if (!(largest > refinement_enough * scale) || !(largest < 0.5 * before)) break;
        before = largest;
        std::copy(rest_.begin(), rest_.end(), v.right);
        kkt_solve(work_.kkt, total_.data());
        for (int k = 0; k < plan_.size(); ++k) v.extra[k] += total_[k];
    }
}

void SafeSolver::step() {
    const IterateView& v = work_.iterate;
    kkt_factor(work_.kkt);
    kkt_backward(work_.kkt, v.step);
    predict(v);
    kkt_solve(work_.kkt, v.extra);
    refine();
    add_corrector(work_.iterate);
    advance(v);
}

/// Largest relative residual, in original units.
double SafeSolver::merit() const {
    const auto relative = [&](Measure residual, Measure scale) {
        return work_.measure(residual, 0) / (1 + work_.measure(scale, 0));
    };
    const double objective = std::abs(work_.measure(measure_objective, 0)) / scaled_.factor;
    const double gap = std::max(std::abs(work_.measure(measure_gap, 0)), work_.measure(measure_complementarity, 0));
    // The dual residual is one of the scaled objective.
    const double dual =
        work_.measure(measure_dual, 0) / scaled_.factor / (1 + work_.measure(measure_dual_scale, 0) / scaled_.factor);
    const double primal = relative(measure_primal, measure_primal_scale);
    const double all = primal + dual + gap + objective;  // not a number if any is none
    return std::isfinite(all) ? std::max({primal, dual, gap / scaled_.factor / (1 + objective)}) : all;
}

/// Far from the answer directions without curvature are held more firmly. Near it, one along which the objective hardly
/// falls is held too firmly: its residual moves it by residual / regularisation per step, however far it has to go.
void SafeSolver::regularise(int without_progress) {
    IterateView& v = work_.iterate;
    if (caution_.patient && without_progress >= loosened_after) loosened_ = std::max(loosened_least, 0.1 * loosened_);
    const double mu = v.degree > 0 ? work_.measure(measure_complementarity, 0) / v.degree : 0;
    v.regularisation_primal =
        std::max(loosened_ * caution_.regularisation_primal, caution_.early_regularisation * std::min(1.0, mu));
    v.regularisation_dual = loosened_ * caution_.regularisation_dual;
}

void SafeSolver::bring_back() {
    store_item(plan_, item_, work_, 0);
    for (auto* part : {&answer_.y, &answer_.z, &answer_.cone_z})
        for (double& entry : *part) entry /= scaled_.factor;
    answer_.certificate = check_kkt(problem_, answer_.x, answer_.y, answer_.z, answer_.cone_z);
    answer_.objective = answer_.certificate.objective;
}

void SafeSolver::keep_best(double merit_now) {
    if (!(merit_now < best_merit_)) return;
    best_merit_ = merit_now;
    bring_back();
    best_ = answer_;
}

bool SafeSolver::judge() {
    bring_back();
    answer_.status = ConvexStatus::solved;
    if (judged(original_, form_.original(answer_), asked_).status == ConvexStatus::solved) return true;
    answer_.status = ConvexStatus::stalled;
    return false;
}

bool SafeSolver::proves_infeasible() {
    if (!(work_.measure(measure_bound, 0) > 0)
        || !(work_.measure(measure_ray, 0) < proof_worth_trying * work_.measure(measure_bound, 0)))
        return false;
    bring_back();
    absorb_residual(problem_, answer_);
    if (!check_infeasible(problem_, answer_.y, answer_.z, answer_.cone_z).holds(proof_tolerance)) return false;
    answer_.status = ConvexStatus::primal_infeasible;
    return true;
}

bool SafeSolver::proves_unbounded() {
    if (!(work_.measure(measure_objective, 0) < 0)) return false;
    bring_back();
    if (!check_unbounded(problem_, answer_.x).holds(proof_tolerance)) return false;
    answer_.status = ConvexStatus::unbounded;
    return true;
}

ConvexAnswer SafeSolver::solve() {
    if (!load_item(plan_, item_, work_, 0)) return answer_;  // crossed bounds: elastic.hpp proves it
    start_least_squares();
    if (!start_item(plan_, work_, 0)) {
        answer_.status = ConvexStatus::stalled;
        return answer_;
    }
    start_multipliers();
    work_.iterate.objective_unit = scaled_.factor;
    work_.iterate.short_step = caution_.short_step;
    work_.live()[0] = 1.0;
    int without_progress = 0;
    const int iteration_max = (caution_.patient ? patient_factor : 1) * asked_.iteration_max;
    for (int k = 0; k <= iteration_max; ++k) {
        assess(work_.iterate);
        answer_.iterations = k;
        const double now = merit();
        if (!std::isfinite(now)) break;
        if (now <= asked_.tolerance && judge()) return answer_;
        if (proves_infeasible() || proves_unbounded()) return answer_;
        without_progress = now < progress_share * best_merit_ ? 0 : without_progress + 1;
        keep_best(now);
        if (without_progress > patience) break;
        regularise(without_progress);
        step();
    }
    best_.status = best_.iterations >= iteration_max ? ConvexStatus::iteration_limit : ConvexStatus::stalled;
    if (best_.certificate.holds(asked_.tolerance)) best_.status = ConvexStatus::solved;
    return best_;
}

}  // namespace

ConvexAnswer solve_alone(const ConvexProblem& original, const ConvexSettings& settings) {
    const InteriorForm form(original);
    ConvexAnswer best;
    for (const Caution& caution : attempts) {
        ConvexAnswer answer = SafeSolver(original, form, settings, caution).solve();
        const bool conclusive = answer.status == ConvexStatus::solved
                                || answer.status == ConvexStatus::primal_infeasible
                                || answer.status == ConvexStatus::unbounded;
        if (conclusive) return judged(original, form.original(answer), settings);
        if (best.x.empty() || worst_of(answer) < worst_of(best)) best = std::move(answer);
    }
    return judged(original, form.original(best), settings);
}

}  // namespace headroom
