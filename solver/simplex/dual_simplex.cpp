#include "solver/simplex/dual_simplex.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solver/simplex/dual_method.hpp"

namespace headroom {
namespace {

std::string fault_of(const ConvexProblem& problem) {
    const auto& [structure, values] = problem;
    if (std::string fault = problem.fault(); !fault.empty()) return fault;
    if (structure.quadratic.entry_count() > 0) return "the dual simplex method is for linear problems: Q has entries";
    if (structure.cone_count() > 0) return "the dual simplex method is for linear problems: there is a cone";
    if (!std::ranges::all_of(structure.term, [](Term term) { return term == Term::none; }))
        return "the dual simplex method is for linear problems: there is a term";
    for (int j = 0; j < structure.variable_count; ++j) {
        if (structure.sides[j] != Sides::both || !std::isfinite(values.lower[j]) || !std::isfinite(values.upper[j]))
            return fmt::format("variable {} needs two finite bounds", j);
        if (!std::isfinite(values.linear[j])) return fmt::format("cost {} is not finite", j);
    }
    for (const double entry : values.row_value)
        if (!std::isfinite(entry)) return "an entry of A is not finite";
    return "";
}

const ConvexProblem& checked(const ConvexProblem& problem, const SimplexSettings& settings) {
    for (const std::string& fault : {fault_of(problem), settings.fault()})
        if (!fault.empty()) throw std::invalid_argument(fault);
    return problem;
}

void check_index(int index, int count, const char* what) {
    if (index < 0 || index >= count) throw std::invalid_argument(fmt::format("there is no {} {}", what, index));
}

void check_length(std::span<const double> numbers, int wanted, const char* what) {
    if (static_cast<int>(numbers.size()) != wanted)
        throw std::invalid_argument(fmt::format("{} {} where {} are wanted", numbers.size(), what, wanted));
}

void check_finite(std::span<const double> numbers, const char* what) {
    bool finite = true;
    for (const double number : numbers) finite = finite & (std::abs(number) < no_bound);
    if (!finite) throw std::invalid_argument(fmt::format("{} is not finite", what));
}

}  // namespace

std::string SimplexSettings::fault() const {
    if (iteration_max < 0) return fmt::format("iteration_max = {}, must not be below 0", iteration_max);
    const auto fits = [](double tolerance) { return tolerance > 0 && tolerance <= 1e-4; };
    if (!fits(primal_tolerance)) return fmt::format("primal_tolerance = {}, must lie in (0, 1e-4]", primal_tolerance);
    if (!fits(dual_tolerance)) return fmt::format("dual_tolerance = {}, must lie in (0, 1e-4]", dual_tolerance);
    return "";
}

DualSimplex::DualSimplex(const ConvexProblem& problem, SimplexSettings settings)
    : method_(std::make_unique<Method>(checked(problem, settings), settings)) {}
DualSimplex::DualSimplex(const DualSimplex& other) : method_(std::make_unique<Method>(*other.method_)) {}
DualSimplex& DualSimplex::operator=(const DualSimplex& other) {
    if (this != &other) *method_ = *other.method_;
    return *this;
}
DualSimplex::DualSimplex(DualSimplex&&) noexcept = default;
DualSimplex& DualSimplex::operator=(DualSimplex&&) noexcept = default;
DualSimplex::~DualSimplex() = default;

void DualSimplex::set_cost(int variable, double cost) {
    check_index(variable, problem().structure.variable_count, "variable");
    if (!std::isfinite(cost)) throw std::invalid_argument(fmt::format("cost {} is not finite", variable));
    method_->set_cost(variable, cost);
}

void DualSimplex::set_bounds(int variable, double lower, double upper) {
    check_index(variable, problem().structure.variable_count, "variable");
    if (!std::isfinite(lower) || !std::isfinite(upper))
        throw std::invalid_argument(fmt::format("variable {} needs two finite bounds", variable));
    method_->set_bounds(variable, lower, upper);
}

void DualSimplex::set_row(int row, double lower, double upper) {
    check_index(row, problem().structure.row_count(), "row");
    if (std::isnan(lower) || std::isnan(upper) || lower == no_bound || upper == -no_bound)
        throw std::invalid_argument(fmt::format("row {}: {} and {} are no sides", row, lower, upper));
    method_->set_row(row, lower, upper);
}

void DualSimplex::set_costs(std::span<const double> cost) {
    check_length(cost, problem().structure.variable_count, "costs");
    check_finite(cost, "a cost");
    method_->set_costs(cost);
}

void DualSimplex::set_all_bounds(std::span<const double> lower, std::span<const double> upper) {
    for (const auto& side : {lower, upper}) {
        check_length(side, problem().structure.variable_count, "bounds");
        check_finite(side, "a bound");
    }
    method_->set_all_bounds(lower, upper);
}

void DualSimplex::set_rows(std::span<const double> lower, std::span<const double> upper) {
    for (const auto& side : {lower, upper}) check_length(side, problem().structure.row_count(), "sides");
    std::size_t no_sides = 0;
    for (std::size_t i = 0; i < lower.size(); ++i)
        no_sides += (lower[i] < no_bound ? 0U : 1U) + (upper[i] > -no_bound ? 0U : 1U);
    if (no_sides > 0) throw std::invalid_argument("a row has a side that is none");
    method_->set_rows(lower, upper);
}

void DualSimplex::forget_basis() { method_->forget_basis(); }
ConvexStatus DualSimplex::solve() { return method_->solve(); }
ConvexStatus DualSimplex::status() const { return method_->status(); }
int DualSimplex::iterations() const { return method_->iterations(); }
double DualSimplex::objective() const { return method_->objective(); }
double DualSimplex::bound() const { return method_->bound(); }
std::span<const double> DualSimplex::x() const { return method_->x(); }
std::span<const double> DualSimplex::y() const { return method_->y(); }
std::span<const double> DualSimplex::z() const { return method_->z(); }
int DualSimplex::working_rows() const { return method_->working_rows(); }
const ConvexProblem& DualSimplex::problem() const { return method_->problem(); }

ConvexAnswer DualSimplex::answer() const {
    ConvexAnswer answer;
    answer.status = status();
    answer.route = ConvexRoute::safe;
    answer.iterations = iterations();
    answer.x.assign(x().begin(), x().end());
    answer.y.assign(y().begin(), y().end());
    answer.z.assign(z().begin(), z().end());
    answer.objective = objective();
    if (status() != ConvexStatus::primal_infeasible && status() != ConvexStatus::invalid_input)
        answer.certificate = check_kkt(problem(), x(), y(), z(), {});
    return answer;
}

}  // namespace headroom
