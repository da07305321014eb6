#include "formulations/secure/secure_feeder.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr double far_from = 0.5;  // of a rating: a branch limit of which no more is ever used is left out

/// [#limit of the rows]
std::vector<char> limits_within_reach(const FeederAllocation& linear, FeederAllocation::Workspace& work) {
    const SecurityRows& rows = linear.rows();
    std::vector<char> reached(rows.limits().size(), 0);
    for (std::size_t l = 0; l < reached.size(); ++l) reached[l] = rows.monitor_of_limit(l) >= 0 ? 1 : 0;
    const auto reached_by = [&](int row) -> char& {
        return reached[static_cast<std::size_t>(linear.limit_of_row()[static_cast<std::size_t>(row)])];
    };
    std::vector<int> open;
    for (int row = 0; row < linear.plan().rows.row_count(); ++row)
        if (reached_by(row) == 0) open.push_back(row);
    const TapRun& run = linear.run();
    LaneArray cap(work.cap.size()), known;  // known: that the product was made with, mostly the same all day
    for (std::size_t first = run.first; first < run.end && !open.empty(); first += lane_count) {
        linear.load_pack(first, open, work);
        for (std::size_t k = 0; k < cap.size(); ++k)
            cap[k] = linear.connection_cap(k / lane_count, std::min(first + k % lane_count, run.end - 1));
        if (cap != known) multiply(linear.plan(), cap.data(), work.product.data(), work.filling.sums);
        known = cap;
        for (const int row : open)
            for (std::size_t k = 0; k < lane_count; ++k) {
                const double used = work.product[static_cast<std::size_t>(row) * lane_count + k];
                const double most = rows.value_with(work.rows, row, static_cast<int>(k), used);
                if (!(most <= far_from * rows.limits()[static_cast<std::size_t>(rows.limit_of_row(row))].limit))
                    reached_by(row) = 1;
            }
        std::erase_if(open, [&](int row) { return reached_by(row) != 0; });
    }
    return reached;
}

/// The points of the feeder's question, at its taps.
AcFeederSettings points_of(AcFeederSettings settings, const FeederAllocation& linear) {
    settings.errors = linear.question().errors;
    settings.taps = linear.run().taps;
    return settings;
}

}  // namespace

AcFeederSettings settings_of_correction() { return {.flow_tolerance = 5e-9, .gradient_tolerance = 1e-6}; }

AcFeederSettings settings_of_linearisation(LinearisedBy linearisation) {
    const bool tangent = linearisation == LinearisedBy::tangent;
    return {.flow_tolerance = 1e-12,
            .gradient_tolerance = 1e-12,
            .response = tangent ? LoadResponse::follows : LoadResponse::held,
            .sides = WatchedLimits::Sides::together};
}

SecureFeeder::SecureFeeder(const Region& region, const FeederAllocation& linear, const AcFeederSettings& settings,
                           FeederAllocation::Workspace& scratch)
    : linear_(linear),
      ac_(region, static_cast<std::int64_t>(linear.feeder()), linear.rows(), limits_within_reach(linear, scratch),
          points_of(settings, linear)),
      columns_(columns_of(ac_.coordinates(), linear.rows().columns())),
      reactive_ranges_(adversarial_ranges(linear.rows(), ac_.coordinates(), columns_)) {
    const PackingRows& all = linear.plan().rows;
    PackingRows rows{.limit_count = all.limit_count, .column = {}, .value = {}};
    for (int r = 0; r < all.row_count(); ++r) {
        const std::int32_t limit = ac_.limits().of_row(linear.rows(), r);
        if (limit < 0) continue;
        linear_row_.push_back(r);
        limit_.push_back(limit);
        rows.column.insert(rows.column.end(), all.column.begin() + all.start[r], all.column.begin() + all.start[r + 1]);
        rows.value.insert(rows.value.end(), all.value.begin() + all.start[r], all.value.begin() + all.start[r + 1]);
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
    }
    plan_.emplace(std::move(rows));
    for (std::size_t r = 0; r < limit_.size(); ++r) add_corner(r);
}

EnvelopeBox SecureFeeder::no_limits(const AcBase& base) const {
    EnvelopeBox box = reactive_ranges_;
    set_error_ranges(ac_.coordinates(), ac_.errors(), base, box);
    return box;
}

EnvelopeBox SecureFeeder::largest(const AcBase& base, std::size_t step) const {
    return box_of_limits(columns_, no_limits(base), linear_.connection_caps(step));
}

void SecureFeeder::add_corner(std::size_t row) {
    std::vector<double> corner = worst_corner(linear_.rows(), linear_row_[row], columns_);
    const auto known = std::find(corners_.begin(), corners_.end(), corner);
    corner_of_row_.push_back(static_cast<std::int32_t>(known - corners_.begin()));
    if (known == corners_.end()) corners_.push_back(std::move(corner));
}

}  // namespace headroom
