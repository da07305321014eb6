// SecurityRows of feeders whose A is too large to be written out: the same rows, through sums along the tree.

#include <cmath>

#include "formulations/flow/security_rows.hpp"
#include "formulations/units.hpp"
#include "solver/packing/row_writer.hpp"

namespace headroom {
namespace {

constexpr double no_q = 1e-9;  // of the largest flow: rounding

}  // namespace

/// A row on its way: its entries over the sums, and what they may be.
struct SecurityRows::Draft {
    RowInfo info;
    RowEntries entries, of_ranges;  ///< limits; adversarial reactive ranges
    NestedPathSums::Extent extent;
};

/// Columns 0, 1, ...: injected by the customers with an adversarial range, then absorbed.
std::vector<NestedPathSums::Source> SecurityRows::range_sources(std::vector<double>& ranges) const {
    std::vector<std::size_t> free;
    for (std::size_t k = 0; k < active_.size(); ++k)
        if (is_adversarial(k)) free.push_back(k);
    std::vector<NestedPathSums::Source> sources;
    ranges.assign(2 * free.size(), 0.0);
    for (std::size_t j = 0; j < free.size(); ++j) {
        const std::size_t k = free[j];
        sources.push_back({static_cast<std::int32_t>(node_of_active(k)), unit_current_[k] * Complex(0, -1),
                           static_cast<std::int32_t>(j), static_cast<std::int32_t>(free.size() + j)});
        ranges[j] = q_range_[k].second;
        ranges[free.size() + j] = q_range_[k].first;
    }
    return sources;
}

void SecurityRows::add_rows_through_sums() {
    std::vector<double> ranges;
    const std::vector<NestedPathSums::Source> range_source = range_sources(ranges);
    const NestedPathSums limits(net_, sum_sources(), static_cast<int>(columns_.size())),
        free(net_, range_source, static_cast<int>(ranges.size()));
    std::vector<Draft> drafts;
    draft_voltage_rows(limits, free, drafts);
    draft_thermal_rows(limits, free, drafts);
    if (!ranges.empty()) {
        std::vector<RowEntries> rows;
        for (const Draft& draft : drafts) rows.push_back(draft.of_ranges);
        const std::vector<double> worst = multiplied(free.nested(rows), ranges);
        for (std::size_t r = 0; r < drafts.size(); ++r) drafts[r].info.adversarial = worst[r];
    }
    keep_drafts(limits, drafts);
}

void SecurityRows::draft_voltage_rows(const NestedPathSums& limits, const NestedPathSums& free,
                                      std::vector<Draft>& drafts) {
    for (std::size_t m = 0; m < net_.monitors.size(); ++m) {
        add_shunt_rise(m);
        for (const bool upper : {true, false}) {
            const std::int32_t limit = add_voltage_limit(m, upper);
            drafts.push_back({{upper ? Part::voltage_max : Part::voltage_min, limit, static_cast<std::int32_t>(m), 0, 0,
                               0, false, false},
                              limits.voltage(m, upper),
                              free.voltage(m, upper),
                              limits.voltage_extent(m)});
        }
    }
}

void SecurityRows::draft_thermal_rows(const NestedPathSums& limits, const NestedPathSums& free,
                                      std::vector<Draft>& drafts) {
    for (std::size_t t = 0; t < net_.thermals.size(); ++t) {
        const auto& thermal = net_.thermals[t];
        const std::int32_t limit = add_thermal_limit(t);
        const auto [whole, across] = limits.largest_flow(thermal.node, thermal.functional);
        const bool has_ranges = free.largest_flow(thermal.node, thermal.functional).first > 0;
        const bool fixed_q = net_.model == FlowModel::dc || (across <= no_q * whole && !has_ranges);
        const int sides = fixed_q ? 2 : polygon_sides;
        for (int side = 0; side < sides; ++side) {
            const Part part = !fixed_q ? Part::polygon : side == 0 ? Part::forward : Part::backward;
            const RowInfo info{part, limit, static_cast<std::int32_t>(t), fixed_q ? 0 : side, 0, 0, false, false};
            const PhaseVector functional = thermal_functional(info);
            drafts.push_back({info, limits.flow(thermal.node, functional), free.flow(thermal.node, functional),
                              limits.flow_extent(thermal.node, functional)});
        }
    }
}

/// Rows that may hold dust are written out to see; those that do stay so, with their twin.
void SecurityRows::keep_drafts(const NestedPathSums& sums, std::vector<Draft>& drafts) {
    std::vector<RowEntries> doubtful;
    for (const Draft& draft : drafts)
        if (draft.extent.least < options_.dust * draft.extent.most) doubtful.push_back(draft.entries);
    const NestedRows through_sums = sums.nested(doubtful);
    RowWriter writer(through_sums);
    std::vector<RowEntries> rows;
    auto summed = std::make_shared<SummedRows>();
    const auto keep = [&](const RowInfo& info, RowEntries entries, double large) {
        row_info_.push_back(info);
        rows.push_back(std::move(entries));
        summed->large_entry.push_back(large);
    };
    int next = 0;
    for (Draft& draft : drafts) {
        const bool has_doubt = draft.extent.least < options_.dust * draft.extent.most;
        const RowEntries written = has_doubt ? writer.row(next++, rounding_of_sums) : RowEntries{};
        const SplitDust split = split_dust(written);
        if (split.room == 0) {
            keep(draft.info, std::move(draft.entries), draft.extent.large);
            continue;
        }
        draft.info.dust_room = split.room;
        draft.info.leaves_out = true;
        keep(draft.info, split.rest, split.largest);
        draft.info.keeps_dust = true;
        keep(draft.info, written, split.largest);
    }
    summed->nested = sums.nested(rows);
    summed_ = std::move(summed);
}

SecurityRows::SplitDust SecurityRows::split_dust(const RowEntries& entries) const {
    SplitDust split;
    for (const auto& [column, value] : entries) split.largest = std::max(split.largest, value);
    for (const auto& [column, value] : entries) {
        if (value >= options_.dust * split.largest)
            split.rest.emplace_back(column, value);
        else
            split.room += value * column_cap_[static_cast<std::size_t>(column)] / watt_per_kilowatt;
    }
    return split;
}

}  // namespace headroom
