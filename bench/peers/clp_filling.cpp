#include "bench/peers/clp_filling.hpp"

#include <algorithm>
#include <ClpDualRowDantzig.hpp>
#include <ClpSimplex.hpp>
#include <CoinPackedMatrix.hpp>
#include <stdexcept>

#include "solver/numbers.hpp"

namespace headroom::bench {
namespace {

constexpr double tolerance = 1e-9;         // primal and dual, kW and level per kW
constexpr double dual_is_positive = 1e-7;  // the duals of the level rows sum to one
// ClpSimplex::dual, startFinishOptions: keep work areas (1) and factorisation (2), initialise only what changed (4).
constexpr int go_on_from_before = 1 | 2 | 4;

}  // namespace

ClpFilling::ClpFilling(const PackingRows& rows, std::span<const double> reference, ClpSettings settings)
    : rows_(rows),
      settings_(settings),
      reference_(reference.begin(), reference.end()),
      model_(std::make_unique<ClpSimplex>()) {
    const int limits = rows.limit_count, level = limits;
    std::vector<int> at_row, at_column;
    std::vector<double> value;
    const auto add = [&](int row, int column, double entry) {
        at_row.push_back(row);
        at_column.push_back(column);
        value.push_back(entry);
    };
    for (int r = 0; r < rows.row_count(); ++r) {
        double largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) largest = std::max(largest, rows.value[e]);
        scale_.push_back(largest > 0 ? 1 / largest : 1);
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) add(r, rows.column[e], rows.value[e] * scale_.back());
    }
    for (int c = 0; c < limits; ++c) {
        add(rows.row_count() + c, c, 1.0);
        add(rows.row_count() + c, level, -reference_[static_cast<std::size_t>(c)]);
    }
    const CoinPackedMatrix matrix(true, at_row.data(), at_column.data(), value.data(),
                                  static_cast<CoinBigIndex>(value.size()));
    std::vector<double> objective(static_cast<std::size_t>(limits + 1), 0.0);
    objective.back() = 1;
    model_->setLogLevel(0);
    model_->loadProblem(matrix, nullptr, nullptr, objective.data(), nullptr, nullptr);
    model_->setOptimizationDirection(-1);
    model_->setPrimalTolerance(tolerance);
    model_->setDualTolerance(tolerance);
    if (settings == ClpSettings::defaults) return;
    model_->scaling(0);
    ClpDualRowDantzig pricing;  // a dozen pivots do not pay for the weights of steepest edge
    model_->setDualRowPivotAlgorithm(pricing);
}

ClpFilling::~ClpFilling() = default;

void ClpFilling::solve(std::span<const double> room, std::span<const double> start, std::span<const double> cap,
                       std::span<double> limit) {
    load_step(room, start, cap);
    stopped_.assign(reference_.size(), 0);
    for (int left = rows_.limit_count; left > 0;) {
        solve_program(left == rows_.limit_count);
        const int count = stop_limits(start, cap, limit);
        if (count == 0) throw std::runtime_error("the duals stop no limit");
        left -= count;
    }
}

void ClpFilling::load_step(std::span<const double> room, std::span<const double> start, std::span<const double> cap) {
    double top = 0;
    for (std::size_t c = 0; c < reference_.size(); ++c) {
        const auto column = static_cast<int>(c);
        model_->setColumnBounds(column, start[c], cap[c]);
        model_->setRowBounds(rows_.row_count() + column, 0.0, infinity);
        top = std::max(top, cap[c] / reference_[c]);
    }
    for (int r = 0; r < rows_.row_count(); ++r)
        model_->setRowBounds(r, -infinity, room[static_cast<std::size_t>(r)] * scale_[static_cast<std::size_t>(r)]);
    model_->setColumnBounds(rows_.limit_count, 0.0, top);
}

/// Only bounds have moved since the last program of this or the step before, so its basis is dual feasible.
void ClpFilling::solve_program(bool first_round) {
    if (first_round && !first_basis_.empty()) model_->copyinStatus(first_basis_.data());
    model_->dual(0, settings_ == ClpSettings::chosen ? go_on_from_before : 0);
    if (!model_->isProvenOptimal()) throw std::runtime_error("Clp finds no optimum");
    ++programs_;
    pivots_ += model_->numberIterations();
    if (!first_round) return;
    const unsigned char* status = model_->statusArray();
    first_basis_.assign(status, status + model_->numberColumns() + model_->numberRows());
}

int ClpFilling::stop_limits(std::span<const double> start, std::span<const double> cap, std::span<double> limit) {
    const double level = model_->primalColumnSolution()[rows_.limit_count];
    const double* dual = model_->dualRowSolution();
    int count = 0;
    const auto stop_once = [&](int c) {
        if (stopped_[static_cast<std::size_t>(c)] != 0) return;
        stop(c, level, start, cap, limit);
        ++count;
    };
    for (int r = 0; r < rows_.row_count(); ++r) {
        if (std::abs(dual[r]) <= dual_is_positive) continue;
        for (int e = rows_.start[r]; e < rows_.start[r + 1]; ++e) stop_once(rows_.column[e]);
    }
    for (int c = 0; c < rows_.limit_count; ++c) {
        const auto k = static_cast<std::size_t>(c);
        // One dual speaks for all limits that reach their cap together; the others are told by their value.
        const bool at_cap = level * reference_[k] >= cap[k] - tolerance;
        if (at_cap || std::abs(dual[rows_.row_count() + c]) > dual_is_positive) stop_once(c);
    }
    return count;
}

void ClpFilling::stop(int limit_index, double level, std::span<const double> start, std::span<const double> cap,
                      std::span<double> limit) {
    const auto c = static_cast<std::size_t>(limit_index);
    limit[c] = std::min(std::max(start[c], level * reference_[c]), cap[c]);
    stopped_[c] = 1;
    model_->setColumnBounds(limit_index, limit[c], limit[c]);
    // Lets the level go without freeing the row, which would cost the basis its dual feasibility.
    const double top = model_->columnUpper()[rows_.limit_count];
    model_->setRowBounds(rows_.row_count() + limit_index, limit[c] - reference_[c] * top, infinity);
}

}  // namespace headroom::bench
