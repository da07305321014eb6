#include "solver/certificate/bottleneck.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

#include "solver/certificate/bottleneck_kernel.hpp"
#include "solver/lanes/simd_level.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

/// A row seen from its answer: what is left, and who is largest in it.
struct RowView {
    double left;     ///< (h - A w) / largest entry, in the unit of w
    double largest;  ///< largest w / reference among limits above their start; 0 if there are none
};

RowView view_row(const PackingRows& rows, int row, std::span<const double> room, std::span<const double> start,
                 std::span<const double> reference, std::span<const double> w) {
    double used = 0, scale = 0, largest = 0;
    for (int e = rows.start[row]; e < rows.start[row + 1]; ++e) {
        const int c = rows.column[e];
        used += rows.value[e] * w[c];
        scale = std::max(scale, rows.value[e]);
        if (w[c] > start[c]) largest = std::max(largest, w[c] / reference[c]);
    }
    return {.left = scale > 0 ? (room[row] - used) / scale : infinity, .largest = largest};
}

std::vector<RowView> view_rows(const PackingRows& rows, std::span<const double> room, std::span<const double> start,
                               std::span<const double> reference, std::span<const double> w) {
    std::vector<RowView> views;
    views.reserve(static_cast<std::size_t>(rows.row_count()));
    for (int r = 0; r < rows.row_count(); ++r) views.push_back(view_row(rows, r, room, start, reference, w));
    return views;
}

BottleneckCertificate check_feasible(std::span<const RowView> views, std::span<const double> start,
                                     std::span<const double> cap, std::span<const double> w) {
    BottleneckCertificate certificate{-infinity, -1, -infinity, 0.0, -1};
    for (std::size_t r = 0; r < views.size(); ++r) {
        // Written so that NaN counts as a violation.
        if (-views[r].left <= certificate.row_violation) continue;
        certificate.row_violation = std::isnan(views[r].left) ? infinity : -views[r].left;
        certificate.worst_row = static_cast<int>(r);
    }
    for (std::size_t c = 0; c < w.size(); ++c) {
        const double excess = std::max(w[c] - cap[c], start[c] - w[c]);
        certificate.bound_violation = std::isnan(excess) ? infinity : std::max(certificate.bound_violation, excess);
    }
    return certificate;
}

/// Row r of A: its sums are put in, the latest ones first, since they use earlier ones alone. The filling has hands of
/// its own for that (row_writer.hpp), which a certificate must not trust.
void write_row(const NestedRows& nested, int r, PackingRows& rows) {
    constexpr double vanishing = 1e-12;  // of the largest entry: what sums leave where two terms cancel
    std::vector<double> limit(static_cast<std::size_t>(nested.limit_count));
    std::map<int, double, std::greater<>> sum;
    const auto add = [&](const NestedRows::Part& part, int row, double factor) {
        for (int e = part.start[row]; e < part.start[row + 1]; ++e) {
            const int column = part.column[e];
            (column < nested.limit_count ? limit[column] : sum[column - nested.limit_count]) += factor * part.value[e];
        }
    };
    add(nested.row, r, 1);
    while (!sum.empty()) {
        const auto [k, factor] = *sum.begin();
        sum.erase(sum.begin());
        add(nested.sum, k, factor);
    }
    const double largest = limit.empty() ? 0 : *std::ranges::max_element(limit);
    for (int c = 0; c < nested.limit_count; ++c) {
        if (limit[c] <= vanishing * largest) continue;
        rows.column.push_back(c);
        rows.value.push_back(limit[c]);
    }
    rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
}

/// Rows that may hold a limit, written out, and what is left of them.
struct NearRows {
    PackingRows rows;
    LaneArray left;
};

NearRows near_rows(const SummedRows& rows, const LaneArray& left, const double* live) {
    constexpr double near = 1e-3;
    NearRows found{{rows.nested.limit_count, {0}, {}, {}}, {}};
    for (int r = 0; r < rows.nested.row_count(); ++r) {
        const double* of_row = left.data() + static_cast<std::size_t>(r) * lane_count;
        bool is_near = false;
        for (int lane = 0; lane < lane_count; ++lane) is_near = is_near || (live[lane] > 0 && of_row[lane] <= near);
        if (!is_near) continue;
        write_row(rows.nested, r, found.rows);
        found.left.insert(found.left.end(), of_row, of_row + lane_count);
    }
    return found;
}

/// How far limit c is from having row r as its bottleneck: room left in the row, or the lead of the largest in it.
double bottleneck_distance(const RowView& view, double w, double reference) {
    return std::max(std::max(view.left, 0.0), std::max(view.largest - w / reference, 0.0) * reference);
}

}  // namespace

BottleneckCertificate check_lexicographic(const PackingRows& rows, std::span<const double> room,
                                          std::span<const double> start, std::span<const double> cap,
                                          std::span<const double> reference, std::span<const double> w) {
    const auto views = view_rows(rows, room, start, reference, w);
    auto certificate = check_feasible(views, start, cap, w);
    std::vector<double> gap(w.size());
    for (std::size_t c = 0; c < w.size(); ++c) gap[c] = std::max(cap[c] - w[c], 0.0);
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const int c = rows.column[e];
            gap[c] = std::min(gap[c], bottleneck_distance(views[static_cast<std::size_t>(r)], w[c], reference[c]));
        }
    for (std::size_t c = 0; c < w.size(); ++c) {
        if (!(gap[c] > certificate.bottleneck_gap)) continue;
        certificate.bottleneck_gap = gap[c];
        certificate.worst_limit = static_cast<int>(c);
    }
    return certificate;
}

BottleneckCertificate check_equal_share(const PackingRows& rows, std::span<const double> room,
                                        std::span<const double> start, std::span<const double> cap,
                                        std::span<const double> reference, std::span<const double> w) {
    const auto views = view_rows(rows, room, start, reference, w);
    auto certificate = check_feasible(views, start, cap, w);
    double level = 0, to_cap = 0;
    for (std::size_t c = 0; c < w.size(); ++c) {
        if (w[c] > start[c]) level = std::max(level, w[c] / reference[c]);
        to_cap = std::max(to_cap, cap[c] - w[c]);
    }
    // Either every limit is at its cap, or a row is tight in which some limit is about to rise.
    double nearest = to_cap;
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const int c = rows.column[e];
            if (w[c] < cap[c] && std::max(w[c], level * reference[c]) <= w[c] * (1 + 1e-9))
                nearest = std::min(nearest, std::max(views[static_cast<std::size_t>(r)].left, 0.0));
        }
    certificate.bottleneck_gap = std::max(nearest, 0.0);
    for (std::size_t c = 0; c < w.size(); ++c) {
        const double expected = std::min(std::max(start[c], level * reference[c]), cap[c]);
        if (!(std::abs(w[c] - expected) > certificate.bottleneck_gap)) continue;
        certificate.bottleneck_gap = std::abs(w[c] - expected);
        certificate.worst_limit = static_cast<int>(c);
    }
    return certificate;
}

BottleneckWorkspace::BottleneckWorkspace(const PackingRows& rows) {
    const auto lanes = static_cast<std::size_t>(rows.limit_count) * lane_count;
    level.resize(lanes);
    above_start.resize(lanes);
    gap.resize(lanes);
    left.resize(static_cast<std::size_t>(rows.row_count()) * lane_count);
    for (int r = 0; r < rows.row_count(); ++r) {
        double largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) largest = std::max(largest, rows.value[e]);
        scale.push_back(largest > 0 ? 1 / largest : infinity);
    }
}

void check_lexicographic_pack(const PackingRows& rows, const BottleneckPack& pack, BottleneckWorkspace& workspace) {
    const BottleneckView view{.row_count = rows.row_count(),
                              .limit_count = rows.limit_count,
                              .start = rows.start.data(),
                              .column = rows.column.data(),
                              .value = rows.value.data(),
                              .scale = workspace.scale.data(),
                              .sum_count = 0,
                              .sum_start = nullptr,
                              .sum_column = nullptr,
                              .sum_value = nullptr,
                              .sums = nullptr,
                              .room = pack.room,
                              .first = pack.start,
                              .cap = pack.cap,
                              .reference = pack.reference,
                              .w = pack.w,
                              .level = workspace.level.data(),
                              .above_start = workspace.above_start.data(),
                              .gap = workspace.gap.data(),
                              .left = workspace.left.data(),
                              .row_violation = pack.row_violation,
                              .bound_violation = pack.bound_violation,
                              .bottleneck_gap = pack.bottleneck_gap};
    run_kernel(view, baseline::bottleneck_kernel, avx2::bottleneck_kernel, avx512::bottleneck_kernel);
}

void check_lexicographic_pack(const SummedRows& rows, const BottleneckPack& pack, const double* live) {
    const NestedRows& nested = rows.nested;
    const auto row_count = static_cast<std::size_t>(nested.row_count()),
               limits = static_cast<std::size_t>(nested.limit_count) * lane_count;
    LaneArray level(limits), above_start(limits), gap(limits), left(row_count * lane_count),
        sums(limits + static_cast<std::size_t>(nested.sum_count()) * lane_count);
    std::vector<double> scale;
    for (const double entry : rows.large_entry) scale.push_back(entry > 0 ? 1 / entry : infinity);
    BottleneckView view{.row_count = nested.row_count(),
                        .limit_count = nested.limit_count,
                        .start = nested.row.start.data(),
                        .column = nested.row.column.data(),
                        .value = nested.row.value.data(),
                        .scale = scale.data(),
                        .sum_count = nested.sum_count(),
                        .sum_start = nested.sum.start.data(),
                        .sum_column = nested.sum.column.data(),
                        .sum_value = nested.sum.value.data(),
                        .sums = sums.data(),
                        .room = pack.room,
                        .first = pack.start,
                        .cap = pack.cap,
                        .reference = pack.reference,
                        .w = pack.w,
                        .level = level.data(),
                        .above_start = above_start.data(),
                        .gap = gap.data(),
                        .left = left.data(),
                        .row_violation = pack.row_violation,
                        .bound_violation = pack.bound_violation,
                        .bottleneck_gap = pack.bottleneck_gap};
    run_kernel(view, baseline::row_margins_kernel, avx2::row_margins_kernel, avx512::row_margins_kernel);
    const NearRows near = near_rows(rows, left, live);
    LaneArray near_left = near.left;
    view.row_count = near.rows.row_count();
    view.start = near.rows.start.data();
    view.column = near.rows.column.data();
    view.value = near.rows.value.data();
    view.left = near_left.data();
    run_kernel(view, baseline::bottleneck_gaps_kernel, avx2::bottleneck_gaps_kernel, avx512::bottleneck_gaps_kernel);
}

}  // namespace headroom
