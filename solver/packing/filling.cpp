#include "solver/packing/filling.hpp"

#include <cmath>

#include "solver/lanes/simd_level.hpp"
#include "solver/packing/filling_kernel.hpp"
#include "solver/packing/nested_product.hpp"
#include "solver/packing/packing_columns.hpp"

namespace headroom {
namespace {

BlockView view_of(const RowBlocks& blocks) {
    return {blocks.block_count(), blocks.start.data(), blocks.column.data(), blocks.row.data(), blocks.value.data()};
}

}  // namespace

FillingPlan::FillingPlan(PackingRows packing_rows, std::optional<NestedRows> nested_rows)
    : rows(std::move(packing_rows)), nested(std::move(nested_rows)), blocks(nested ? PackingRows{} : rows) {
    for (int r = 0; r < rows.row_count(); ++r) {
        const double largest = largest_entry(rows, r);
        row_scale.push_back(largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1.0);
    }
}

void fill(const FillingPlan& plan, FillingRule rule, const FillingPack& pack, FillingWorkspace& workspace) {
    NestedView nested{};
    if (plan.nested) nested = nested_view(*plan.nested, pack.limit, nullptr, workspace.sums);
    const FillingView view{.row_count = plan.rows.row_count(),
                           .limit_count = plan.rows.limit_count,
                           .start = plan.rows.start.data(),
                           .column = plan.rows.column.data(),
                           .value = plan.rows.value.data(),
                           .blocks = view_of(plan.blocks),
                           .nested = plan.nested ? &nested : nullptr,
                           .first_count = static_cast<int>(plan.first_rows.size()),
                           .first_rows = plan.first_rows.data(),
                           .lexicographic = rule == FillingRule::lexicographic,
                           .room = pack.room,
                           .first = pack.start,
                           .cap = pack.cap,
                           .reference = pack.reference,
                           .live = pack.live,
                           .limit = pack.limit,
                           .level = pack.level,
                           .stop = pack.stop,
                           .rounds = pack.rounds,
                           .used = workspace.used.data(),
                           .in_play = workspace.in_play.data(),
                           .rise = workspace.rise.data(),
                           .frozen = workspace.frozen.data(),
                           .stop_row = workspace.stop.data(),
                           .top = workspace.top.data(),
                           .active = workspace.active.data()};
    run_kernel(view, baseline::fill_kernel, avx2::fill_kernel, avx512::fill_kernel);
}

void learn_first_rows(FillingPlan& plan, FillingRule rule, const FillingPack& sample, FillingWorkspace& workspace) {
    plan.first_rows.clear();
    fill(plan, rule, sample, workspace);
    std::vector<char> stops(static_cast<std::size_t>(plan.rows.row_count()), 0);
    for (int k = 0; k < plan.rows.limit_count * lane_count; ++k)
        if (sample.live[k % lane_count] != 0 && sample.stop[k] >= 0)
            stops[static_cast<std::size_t>(sample.stop[k])] = 1;
    for (std::size_t r = 0; r < stops.size(); ++r)
        if (stops[r] != 0) plan.first_rows.push_back(static_cast<std::int32_t>(r));
}

void multiply(const FillingPlan& plan, const double* w, double* product, LaneArray& sums) {
    if (plan.nested) return multiply(*plan.nested, w, product, sums);
    const ProductView view{view_of(plan.blocks), w, product};
    run_kernel(view, baseline::multiply_kernel, avx2::multiply_kernel, avx512::multiply_kernel);
}

}  // namespace headroom
