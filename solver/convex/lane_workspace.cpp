#include "solver/convex/lane_workspace.hpp"

namespace headroom {
namespace {

/// Hands out parts of one array; the first walk only counts.
class Carver {
public:
    Carver(double* base, int width) : base_(base), width_(static_cast<std::size_t>(width)) {}
    double* lanes(std::size_t slots) {
        double* part = base_ == nullptr ? nullptr : base_ + used_;
        constexpr std::size_t cache_line = 8;
        used_ += (slots * width_ + cache_line - 1) / cache_line * cache_line;
        return part;
    }
    std::size_t used() const { return used_; }

private:
    double* base_;
    std::size_t width_, used_ = 0;
};

IterateView pattern_view(const ConvexPlan& plan, const ConvexSettings& settings, int width) {
    IterateView v{};
    v.width = width;
    v.size = plan.size();
    v.range_count = plan.range_count();
    v.lower_count = plan.lower_count;
    v.pair_count = plan.pair_count();
    v.term_count = static_cast<int>(plan.term.size());
    v.cone_count = plan.structure.cone_count();
    v.degree = v.pair_count + v.cone_count;
    v.separate_steps = plan.structure.quadratic.entry_count() == 0 && plan.term.empty();
    v.kind = plan.kind.data();
    v.range_position = plan.range_position.data();
    v.range_of = plan.range_of.data();
    v.pair = plan.pair.data();
    v.term = plan.term.data();
    v.exponent = plan.exponent.data();
    v.cone = plan.cone.data();
    v.row_start = plan.row_start.data();
    v.row_middle = plan.row_middle.data();
    v.row_column = plan.row_column.data();
    v.row_slot = plan.row_slot.data();
    v.diagonal_slot = plan.diagonal_slot.data();
    v.shared_count = plan.shared_values ? plan.value_count() : 0;
    v.shared = plan.shared_value.data();
    v.augmented_count = static_cast<int>(plan.augmented_position.size());
    v.augmented = plan.augmented_position.data();
    v.regularisation_primal = settings.regularisation_primal;
    v.regularisation_dual = settings.regularisation_dual;
    v.step_fraction = settings.step_fraction;
    constexpr double below_tolerance = 0.1;
    v.objective_unit = 1;
    v.short_step = 0.1;
    v.target_share = below_tolerance * settings.tolerance;
    return v;
}

}  // namespace

LaneWorkspace::LaneWorkspace(const ConvexPlan& plan, const ConvexSettings& settings, int width)
    : iterate(pattern_view(plan, settings, width)), kkt{}, equilibrator(plan.structure) {
    const auto size = static_cast<std::size_t>(plan.size()),
               quantities = static_cast<std::size_t>(plan.quantity_count()),
               ranges = static_cast<std::size_t>(plan.range_count()),
               pairs = static_cast<std::size_t>(plan.pair_count()), terms = plan.term.size(),
               cones = static_cast<std::size_t>(plan.structure.cone_count()),
               own_slots = (plan.shared_values ? 0 : static_cast<std::size_t>(plan.value_count()));
    IterateView& v = iterate;
    const auto carve = [&](Carver from) {
        own_ = from.lanes(own_slots + 3 * cones);
        linear_ = from.lanes(size);
        unscale_ = from.lanes(size);
        weight_ = from.lanes(terms);
        live_ = from.lanes(1);
        v.state = from.lanes(quantities);
        v.multiplier = from.lanes(quantities);
        v.curvature = from.lanes(quantities);
        v.step = from.lanes(quantities);
        v.slack = from.lanes(pairs);
        v.z = from.lanes(pairs);
        v.inverse_slack = from.lanes(pairs);
        v.correction = from.lanes(pairs);
        v.dz = from.lanes(pairs);
        v.term_slope = from.lanes(terms);
        v.term_inverse = from.lanes(terms);
        v.term_correction = from.lanes(terms);
        v.cone_z = from.lanes(3 * cones);
        v.cone_scaling = from.lanes(4 * cones);
        v.cone_correction = from.lanes(3 * cones);
        v.cone_diagonal = from.lanes(3 * cones);
        v.cone_dz = from.lanes(3 * cones);
        v.inverse_range = from.lanes(ranges);
        v.target = from.lanes(1);
        v.length = from.lanes(2);
        v.measure = from.lanes(measure_count);
        v.diagonal = from.lanes(size);
        v.least = plan.coupled || !plan.augmented.empty() ? from.lanes(size) : v.diagonal;
        v.augmentation = plan.augmented.empty() ? nullptr : from.lanes(size);
        v.right = from.lanes(size);
        v.right_sum = from.lanes(size);
        v.extra = from.lanes(quantities);
        kkt.pivot = from.lanes(size);
        kkt.inverse_pivot = from.lanes(size);
        kkt.column = from.lanes(size);
        kkt.factor = from.lanes(plan.kkt.factor_count());
        return from.used();
    };
    memory_.assign(carve(Carver(nullptr, width)), 0.0);
    carve(Carver(memory_.data(), width));

    v.own = own_;
    v.own_cone = own_ + own_slots * static_cast<std::size_t>(width);
    v.linear = linear_;
    v.weight = weight_;
    v.live = live_;
    v.unscale = unscale_;
    const KktPattern& p = plan.kkt;
    kkt.width = width;
    kkt.size = p.size;
    kkt.column_start = p.column_start.data();
    kkt.row = p.row.data();
    kkt.source_start = p.source_start.data();
    kkt.source = p.source.data();
    kkt.source_entry = p.source_entry.data();
    kkt.source_run = p.source_run.data();
    kkt.entry_start = p.entry_start.data();
    kkt.entry_row = p.entry_row.data();
    kkt.entry_slot = p.entry_slot.data();
    kkt.shared_count = v.shared_count;
    kkt.shared = v.shared;
    kkt.own = own_;
    kkt.diagonal = v.diagonal;
    kkt.least = v.least;
    kkt.right = v.right;
    kkt.solution = v.step;
}

}  // namespace headroom
