#include "bench/support/sharing_family.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace headroom::bench {
namespace {

PackingRows first_columns(const PackingRows& rows, int count) {
    PackingRows kept;
    kept.limit_count = count;
    for (int r = 0; r < rows.row_count(); ++r) {
        for (int e = rows.start[r]; e < rows.start[r + 1] && rows.column[e] < count; ++e) {
            kept.column.push_back(rows.column[e]);
            kept.value.push_back(rows.value[e]);
        }
        kept.start.push_back(static_cast<std::int32_t>(kept.column.size()));
    }
    return kept;
}

std::optional<NestedRows> first_columns(const std::optional<NestedRows>& rows, int count) {
    if (!rows) return std::nullopt;
    std::vector<std::int32_t> place(static_cast<std::size_t>(rows->limit_count), -1);
    std::iota(place.begin(), place.begin() + count, 0);
    return with_limits(*rows, place, count, 1.0);
}

int column_count(const FillingProblem& problem, bool exports_only) {
    return exports_only ? problem.rows().limit_count / 2 : problem.rows().limit_count;
}

}  // namespace

SharingFamily::SharingFamily(const FillingProblem& problem, Sharing sharing, bool exports_only)
    : plan_(first_columns(problem.rows(), column_count(problem, exports_only)),
            first_columns(problem.security().nested_if_smaller(), column_count(problem, exports_only))) {
    const auto limits = static_cast<std::size_t>(plan_.rows.limit_count);
    lower_.assign(limits, 0.0);
    upper_.assign(problem.cap().begin(), problem.cap().begin() + static_cast<std::ptrdiff_t>(limits));
    linear_.assign(limits, 0.0);
    weight_.assign(limits, 0.0);
    switch (sharing) {
        case Sharing::proportional:
            utility_.term = Term::log;
            weight_.assign(limits, 1.0);
            break;
        case Sharing::quadratic:
            utility_.quadratic.assign(limits, 1.0);
            for (std::size_t c = 0; c < limits; ++c) linear_[c] = -upper_[c];
            break;
        case Sharing::total: linear_.assign(limits, -1.0); break;
    }
    for (std::size_t k = 0; k < problem.size(); ++k) {
        room_.emplace_back(problem.room(k).begin(), problem.room(k).end());
        w_.emplace_back(limits);
        price_.emplace_back(room_.back().size());
    }
    for (std::size_t k = 0; k < room_.size(); ++k)
        items_.push_back({room_[k].data(), lower_.data(), upper_.data(), linear_.data(),
                          sharing == Sharing::proportional ? weight_.data() : nullptr, w_[k].data(), price_[k].data()});
}

int SharingFamily::solve(const ConvexSettings& settings) {
    solve_only(settings);
    certify();
    return static_cast<int>(
        std::count_if(outcomes_.begin(), outcomes_.end(), [](const auto& outcome) { return !outcome.solved; }));
}

void SharingFamily::solve_only(const ConvexSettings& settings) {
    outcomes_.assign(items_.size(), {});
    PackingProgram program(plan_, utility_, settings);
    program.solve(items_, outcomes_, 1);
    working_rows_ = program.working_rows().size();
    kept_.assign(program.working_rows().begin(), program.working_rows().end());
}

void SharingFamily::certify() {
    objective_.clear();
    worst_ = {};
    worst_.row_violation = -1;
    for (std::size_t k = 0; k < items_.size(); ++k) {
        std::vector<LimitCost> cost(linear_.size());
        for (std::size_t c = 0; c < cost.size(); ++c)
            cost[c] = {.linear = linear_[c],
                       .quadratic = utility_.quadratic.empty() ? 0.0 : utility_.quadratic[c],
                       .weight = weight_[c],
                       .exponent = 1};
        const PackingCertificate found = check_packing(plan_.rows, room_[k], lower_, upper_, cost, w_[k], price_[k]);
        objective_.push_back(found.objective);
        worst_.gap = std::max(worst_.gap, found.gap_relative());
        worst_.row_violation = std::max(worst_.row_violation, found.row_violation);
    }
}

PackingCertificate SharingFamily::worst_certificate() const { return worst_; }

double SharingFamily::mean_iterations() const {
    double sum = 0;
    for (const PackingOutcome& outcome : outcomes_) sum += outcome.iterations;
    return sum / static_cast<double>(outcomes_.size());
}

ConvexProblem SharingFamily::whole(std::size_t problem) const {
    std::vector<std::int32_t> all(static_cast<std::size_t>(plan_.rows.row_count()));
    std::iota(all.begin(), all.end(), 0);
    return with_rows(problem, all);
}

ConvexProblem SharingFamily::working(std::size_t problem) const { return with_rows(problem, kept_); }

/// Rows are scaled by powers of two to entries of about one: what a user of a general solver would hand over.
ConvexProblem SharingFamily::with_rows(std::size_t problem, std::span<const std::int32_t> kept) const {
    ConvexProblem convex;
    ConvexStructure& s = convex.structure;
    ConvexValues& v = convex.values;
    s.variable_count = plan_.rows.limit_count;
    v.linear = linear_;
    v.lower = lower_;
    v.upper = upper_;
    for (const std::int32_t r : kept) {
        if (!(room_[problem][r] < no_bound)) continue;
        double largest = 0;
        for (int e = plan_.rows.start[r]; e < plan_.rows.start[r + 1]; ++e)
            largest = std::max(largest, plan_.rows.value[e]);
        const double scale = largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1.0;
        for (int e = plan_.rows.start[r]; e < plan_.rows.start[r + 1]; ++e) {
            s.rows.column.push_back(plan_.rows.column[e]);
            v.row_value.push_back(plan_.rows.value[e] * scale);
        }
        s.rows.start.push_back(s.rows.entry_count());
        v.row_lower.push_back(-no_bound);
        v.row_upper.push_back(room_[problem][r] * scale);
    }
    if (!utility_.quadratic.empty()) {
        v.quadratic = utility_.quadratic;
        for (int c = 0; c < s.variable_count; ++c) {
            s.quadratic.column.push_back(c);
            s.quadratic.start.push_back(c + 1);
        }
    }
    if (utility_.term == Term::log) {
        s.term.assign(linear_.size(), Term::log);
        s.exponent.assign(linear_.size(), 0.0);
        v.weight = weight_;
    }
    convex.find_sides();
    return convex;
}

}  // namespace headroom::bench
