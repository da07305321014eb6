#include "bench/peers/clp_problem.hpp"

#include <algorithm>
#include <ClpDualRowDantzig.hpp>
#include <ClpSimplex.hpp>
#include <ClpSolve.hpp>
#include <CoinPackedMatrix.hpp>
#include <stdexcept>

#include "bench/support/cpu_clock.hpp"

namespace headroom::bench {
namespace {

// ClpSimplex::dual and primal, startFinishOptions: keep work areas (1) and factorisation (2), initialise only what
// changed (4).
constexpr int go_on_from_before = 1 | 2 | 4;

bool is_linear(const ConvexStructure& structure) {
    return structure.quadratic.entry_count() == 0 && structure.cones.empty()
           && std::ranges::all_of(structure.term, [](Term term) { return term == Term::none; });
}

/// Clp takes infinities for sides that do not exist.
std::vector<double> sided(const std::vector<double>& bound, const std::vector<Sides>& sides, bool (*has)(Sides),
                          double otherwise) {
    std::vector<double> result = bound;
    for (std::size_t k = 0; k < result.size(); ++k)
        if (!has(sides[k])) result[k] = otherwise;
    return result;
}

ClpStatus status_of(const ClpSimplex& model) {
    if (model.isProvenOptimal()) return ClpStatus::solved;
    if (model.isProvenPrimalInfeasible()) return ClpStatus::infeasible;
    return model.isProvenDualInfeasible() ? ClpStatus::unbounded : ClpStatus::stopped;
}

}  // namespace

ClpProblem::ClpProblem(ClpMethod method, double tolerance, ClpStyle style)
    : method_(method), tolerance_(tolerance), style_(style) {}

ClpProblem::~ClpProblem() = default;

void ClpProblem::load(const ConvexProblem& problem) {
    const ConvexStructure& structure = problem.structure;
    const ConvexValues& values = problem.values;
    if (!is_linear(structure)) throw std::invalid_argument("Clp solves linear problems only");
    sides_ = structure.sides;
    row_sides_ = structure.row_sides;
    std::vector<int> row;
    for (int r = 0; r < structure.row_count(); ++r)
        row.insert(row.end(), static_cast<std::size_t>(structure.rows.start[r + 1] - structure.rows.start[r]), r);
    CoinPackedMatrix matrix(true, row.data(), structure.rows.column.data(), values.row_value.data(),
                            static_cast<CoinBigIndex>(values.row_value.size()));
    // Rows and columns without entries at the end count too.
    matrix.setDimensions(structure.row_count(), structure.variable_count);
    model_ = std::make_unique<ClpSimplex>();
    model_->setLogLevel(0);
    model_->loadProblem(matrix, nullptr, nullptr, values.linear.data(), nullptr, nullptr);
    model_->setPrimalTolerance(tolerance_);
    model_->setDualTolerance(tolerance_);
    if (style_ == ClpStyle::lean) {
        model_->scaling(0);
        ClpDualRowDantzig pricing;
        model_->setDualRowPivotAlgorithm(pricing);
    }
    has_basis_ = false;
    change_bounds(values);
}

void ClpProblem::change_bounds(const ConvexValues& values) {
    model_->chgColumnLower(sided(values.lower, sides_, has_lower, -no_bound).data());
    model_->chgColumnUpper(sided(values.upper, sides_, has_upper, no_bound).data());
    model_->chgRowLower(sided(values.row_lower, row_sides_, has_lower, -no_bound).data());
    model_->chgRowUpper(sided(values.row_upper, row_sides_, has_upper, no_bound).data());
}

void ClpProblem::change_costs(const ConvexValues& values) { model_->chgObjCoefficients(values.linear.data()); }

void ClpProblem::run() {
    if (has_basis_ && method_ != ClpMethod::barrier) {
        if (method_ == ClpMethod::dual)
            model_->dual(0, go_on_from_before);
        else
            model_->primal(0, go_on_from_before);
        return;
    }
    ClpSolve how;
    how.setSolveType(method_ == ClpMethod::dual     ? ClpSolve::useDual
                     : method_ == ClpMethod::primal ? ClpSolve::usePrimal
                                                    : ClpSolve::useBarrierNoCross);
    model_->initialSolve(how);
    has_basis_ = true;
}

ClpAnswer ClpProblem::solve() {
    ClpAnswer answer;
    answer.seconds = shortest_run(1, [&] { run(); });
    answer.status = status_of(*model_);
    const auto columns = model_->numberColumns(), rows = model_->numberRows();
    answer.x.assign(model_->primalColumnSolution(), model_->primalColumnSolution() + columns);
    answer.y.assign(model_->dualRowSolution(), model_->dualRowSolution() + rows);
    answer.z.assign(model_->dualColumnSolution(), model_->dualColumnSolution() + columns);
    answer.objective = model_->objectiveValue();
    answer.iterations = model_->numberIterations();
    return answer;
}

}  // namespace headroom::bench
