#include "bench/support/base_point_rows.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/envelope/concave_allocation.hpp"
#include "formulations/secure/ac_row.hpp"

namespace headroom::bench {
namespace {

/// Rows of one step, and what the base case leaves of them.
struct Rows {
    PackingRows rows;
    std::vector<double> room;
};

void add(const SplitAcRow& row, Rows& to) {
    for (const auto& [column, value] : row.entries) {
        to.rows.column.push_back(column);
        to.rows.value.push_back(value);
    }
    to.rows.start.push_back(static_cast<std::int32_t>(to.rows.column.size()));
    to.room.push_back(row.room);
}

void add_branch_rows(const FeederAllocation& linear, const FeederAllocation::Workspace& base, std::size_t lane,
                     Rows& to) {
    const PackingRows& rows = linear.plan().rows;
    for (int r = 0; r < rows.row_count(); ++r) {
        const auto limit = static_cast<std::size_t>(linear.limit_of_row()[static_cast<std::size_t>(r)]);
        if (linear.rows().monitor_of_limit(limit) >= 0) continue;
        SplitAcRow row{{}, base.rows.room[static_cast<std::size_t>(r) * lane_count + lane]};
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) row.entries.emplace_back(rows.column[e], rows.value[e]);
        add(row, to);
    }
}

/// Adversarial reactive ranges are left at nothing: the cases have none.
void add_voltage_rows(const AcFeeder& ac, const FeederAllocation& linear, const AcBase& base,
                      std::span<const double> cap, Rows& to) {
    const std::vector<CoordinateColumns> columns = columns_of(ac.coordinates(), linear.rows().columns());
    const std::vector<double> nothing(columns.size(), 0.0);
    const EnvelopeBox box{nothing, nothing};
    EnvelopePoints points(ac, {&base, 1});
    points.set_box(0, box);
    const int point = points.add(0, nothing);
    points.solve();
    if (!points.converged(point)) return;
    std::vector<EnvelopePoints::GradientRequest> requests;
    for (std::size_t l = 0; l < ac.limits().size(); ++l)
        if (ac.limits().is_voltage(l)) requests.push_back({point, static_cast<std::int32_t>(l)});
    std::vector<double> slopes;
    points.gradients(requests, slopes);
    for (std::size_t k = 0; k < requests.size(); ++k) {
        const auto first = slopes.begin() + static_cast<std::ptrdiff_t>(k * columns.size());
        const AcRow row{requests[k].limit,
                        nothing,
                        {first, first + static_cast<std::ptrdiff_t>(columns.size())},
                        -points.excess(point)[static_cast<std::size_t>(requests[k].limit)]};
        add(split(row, columns, box, cap, linear.question().dust), to);
    }
}

}  // namespace

BasePointAnswer solve_at_base_point(const AcFeeder& ac, const FeederAllocation& linear, const SeriesSet& series,
                                    std::size_t step) {
    const std::size_t lane = step % lane_count;  // of the pack that the step is in
    FeederAllocation::Workspace base = linear.workspace();
    linear.load_pack(step - lane, base);
    std::vector<double> cap;
    for (std::size_t c = 0; c < linear.cap().size(); ++c) cap.push_back(base.cap[c * lane_count + lane]);
    Rows rows{PackingRows{.limit_count = linear.plan().rows.limit_count, .column = {}, .value = {}}, {}};
    const AcBase at = ac_base(ac, series, step, linear.question());
    add_voltage_rows(ac, linear, at, cap, rows);
    if (rows.room.empty()) return {};
    add_branch_rows(linear, base, lane, rows);
    if (*std::ranges::min_element(rows.room) < 0) return {};

    const FillingPlan plan(rows.rows);
    FeederAllocation::Workspace work = linear.workspace(plan.rows);
    work.start = base.start, work.cap = base.cap, work.reference = base.reference;
    work.rows.room.assign(rows.room.size() * lane_count, 0.0);
    for (std::size_t r = 0; r < rows.room.size(); ++r) work.rows.room[r * lane_count + lane] = rows.room[r];
    work.live[lane] = 1.0;
    BasePointAnswer answer{true, {}, 0};
    if (is_concave(linear.question().policy)) {
        ConcaveAllocation concave(linear, plan, {});
        concave.solve_pack(step - lane, work);
        answer.solved = concave.proof(step).holds;
    } else {
        linear.fill_pack(plan, work);
        answer.level = work.level[lane];
    }
    for (std::size_t c = 0; c < cap.size(); ++c) answer.limit.push_back(work.limit[c * lane_count + lane]);
    return answer;
}

}  // namespace headroom::bench
