#include "solver/convex/lane_item.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

constexpr double fixed_half_width = 1e-9;  // of equal bounds, scaled: an interior, well below the tolerance
constexpr double inner_share = 0.1;        // a start keeps this share of the way between two bounds from either
constexpr double steepest_start = 100;     // multipliers start below this many largest costs
constexpr double inner_distance = 1.0;     // and this distance from a single one, scaled

/// One lane of a workspace, by slot.
class Lane {
public:
    Lane(const LaneWorkspace& workspace, int lane) : workspace_(workspace), lane_(lane) {}
    double& operator()(double* slots, std::size_t slot) const { return workspace_.at(slots, slot, lane_); }

private:
    const LaneWorkspace& workspace_;
    int lane_;
};

/// Scales of the item: those of the plan, or its own, whose scaled values go into the lane.
const Equilibration& load_values(const ConvexPlan& plan, const ConvexItem& item, LaneWorkspace& work,
                                 const Lane& lane) {
    if (plan.shared_values) return plan.scale;
    const Equilibration& scale = work.equilibrator.find(item.row_value, item.quadratic);
    scale_values(plan.structure, scale, item.row_value, item.quadratic,
                 [&](int slot, double value) { lane(work.own(), slot) = value; });
    return scale;
}

void load_augmentation(const ConvexPlan& plan, LaneWorkspace& work, const Lane& lane) {
    if (plan.augmented.empty()) return;
    for (int k = 0; k < plan.size(); ++k) lane(work.iterate.augmentation, k) = 0;
    const auto value = [&](int slot) { return plan.shared_values ? plan.shared_value[slot] : lane(work.own(), slot); };
    square_augmented(
        plan, value,
        [&](int slot, double square) {
            if (!plan.shared_values) lane(work.own(), slot) = square;
        },
        [&](int position, double square) { lane(work.iterate.augmentation, position) += square; });
}

void load_terms(const ConvexPlan& plan, const ConvexItem& item, LaneWorkspace& work, const Lane& lane) {
    for (std::size_t i = 0; i < plan.term.size(); ++i)
        lane(work.weight(), i) = item.weight[plan.kkt.index[plan.term[i]]];
}

/// Scaled costs of variables, right sides of equations, and the way back to original units.
void load_positions(const ConvexPlan& plan, const ConvexItem& item, const Equilibration& scale, LaneWorkspace& work,
                    const Lane& lane) {
    const int n = plan.structure.variable_count;
    for (int k = 0; k < plan.size(); ++k) {
        const int index = plan.kkt.index[k], row = index - n;
        if (row < 0) {
            lane(work.linear(), k) = item.linear[index] * scale.column[index];
            lane(work.unscale(), k) = 1 / scale.column[index];
        } else {
            const bool equation = plan.kind[k] == position_equation;
            lane(work.linear(), k) = equation ? item.row_lower[row] * scale.row[row] : 0.0;
            lane(work.unscale(), k) = 1 / scale.row[row];
        }
        lane(work.iterate.state, k) = 0;
    }
}

/// Scaled bounds into `slack`, where the start finds them. Equal ones are moved apart to get an interior.
bool load_bounds(const ConvexPlan& plan, const ConvexItem& item, const Equilibration& scale, LaneWorkspace& work,
                 const Lane& lane) {
    const int n = plan.structure.variable_count;
    for (int p = 0; p < plan.pair_count(); ++p) {
        const bool is_lower = p < plan.lower_count;
        const int source = plan.pair_source[p], row = source - n;
        const double bound = row < 0 ? (is_lower ? item.lower : item.upper)[source] / scale.column[source]
                                     : (is_lower ? item.row_lower : item.row_upper)[row] * scale.row[row];
        lane(work.iterate.slack, p) = bound;
    }
    for (int q = 0; q < plan.quantity_count(); ++q) {
        if (plan.lower_pair[q] < 0 || plan.upper_pair[q] < 0) continue;
        double& lower = lane(work.iterate.slack, plan.lower_pair[q]);
        double& upper = lane(work.iterate.slack, plan.upper_pair[q]);
        if (lower > upper) return false;
        const double least = fixed_half_width * (1 + std::abs(lower));
        if (upper - lower >= 2 * least) continue;
        const double middle = 0.5 * (lower + upper);
        lower = middle - least;
        upper = middle + least;
    }
    return true;
}

/// The wish, moved off the bounds of quantity q.
double inside(const ConvexPlan& plan, const LaneWorkspace& work, const Lane& lane, int q, double wish,
              double distance = inner_distance) {
    const int low = plan.lower_pair[q], high = plan.upper_pair[q];
    if (low >= 0 && high >= 0) {
        const double lower = lane(work.iterate.slack, low), upper = lane(work.iterate.slack, high);
        const double margin = std::min(inner_share * (upper - lower), distance);
        return std::clamp(wish, lower + margin, upper - margin);
    }
    if (low >= 0) return std::max(wish, lane(work.iterate.slack, low) + distance);
    if (high >= 0) return std::min(wish, lane(work.iterate.slack, high) - distance);
    return wish;
}

double middle(const ConvexPlan& plan, const LaneWorkspace& work, const Lane& lane, int q) {
    const int low = plan.lower_pair[q], high = plan.upper_pair[q];
    if (low < 0 || high < 0) return 0;
    return 0.5 * (lane(work.iterate.slack, low) + lane(work.iterate.slack, high));
}

/// A point well inside of what a term allows: half way to the upper bound, or one.
double positive_start(const ConvexPlan& plan, const LaneWorkspace& work, const Lane& lane, int q) {
    const int high = plan.upper_pair[q];
    const double wish = high < 0 ? inner_distance : std::min(inner_distance, 0.5 * lane(work.iterate.slack, high));
    const int low = plan.lower_pair[q];
    return low < 0 ? wish : std::max(wish, lane(work.iterate.slack, low));
}

/// A cone needs its first variable to be longer than the other two together.
bool enter_cones(const ConvexPlan& plan, LaneWorkspace& work, const Lane& lane) {
    for (std::size_t i = 0; i + 2 < plan.cone.size(); i += 3) {
        double& first = lane(work.iterate.state, plan.cone[i]);
        const double length =
            std::hypot(lane(work.iterate.state, plan.cone[i + 1]), lane(work.iterate.state, plan.cone[i + 2]));
        const double wish = std::max(first, 1.5 * length + inner_distance);
        first = inside(plan, work, lane, plan.cone[i], wish);
        if (first < 1.1 * length || !(first > 0)) return false;
    }
    return true;
}

}  // namespace

bool load_item(const ConvexPlan& plan, const ConvexItem& item, LaneWorkspace& work, int lane_number) {
    const Lane lane(work, lane_number);
    const Equilibration& scale = load_values(plan, item, work, lane);
    load_augmentation(plan, work, lane);
    load_terms(plan, item, work, lane);
    load_positions(plan, item, scale, work, lane);
    if (!load_bounds(plan, item, scale, work, lane)) return false;
    for (int q = 0; q < plan.quantity_count(); ++q) {
        const bool variable = q < plan.size() && plan.kind[q] == position_variable;
        if (!variable && q < plan.size()) continue;
        const double wish = variable && item.start != nullptr ? item.start[plan.kkt.index[q]] * lane(work.unscale(), q)
                                                              : middle(plan, work, lane, q);
        lane(work.iterate.state, q) = inside(plan, work, lane, q, wish);
    }
    return true;
}

double inside_bounds(const ConvexPlan& plan, const LaneWorkspace& work, int lane, int q, double wish, double margin) {
    return inside(plan, work, Lane(work, lane), q, wish, margin);
}

bool start_item(const ConvexPlan& plan, LaneWorkspace& work, int lane_number) {
    const Lane lane(work, lane_number);
    const IterateView& v = work.iterate;
    if (!enter_cones(plan, work, lane)) return false;
    lane(v.length, 0) = lane(v.length, 1) = 1;
    double gradient = 0;
    for (int k = 0; k < plan.size(); ++k)
        if (plan.kind[k] == position_variable) gradient = std::max(gradient, std::abs(lane(work.linear(), k)));
    for (std::size_t i = 0; i < plan.term.size(); ++i) {
        double& x = lane(v.state, plan.term[i]);
        if (!(lane(work.weight(), i) > 0)) continue;
        // The bounds may leave x anywhere, the term does not.
        if (!(x > inner_share)) x = std::max(x, positive_start(plan, work, lane, plan.term[i]));
        if (!(x > 0)) return false;
        gradient = std::max(gradient, lane(work.weight(), i) / x);
    }
    double slack_sum = 0;
    for (int p = 0; p < plan.pair_count(); ++p) {
        const double distance = lane(v.state, plan.pair[p]) - lane(v.slack, p);
        lane(v.slack, p) = p < plan.lower_count ? distance : -distance;
        slack_sum += lane(v.slack, p);
    }
    if (gradient == 0) gradient = 1;
    const double mu = plan.pair_count() > 0 ? gradient * slack_sum / plan.pair_count() : gradient;
    for (int p = 0; p < plan.pair_count(); ++p)
        lane(v.z, p) = std::min(mu / lane(v.slack, p), steepest_start * gradient);
    for (std::size_t i = 0; i < plan.cone.size(); ++i) {
        // z = mu times the inverse of x in the cone's algebra: the central point.
        const std::size_t first = i - i % 3;
        const double x0 = lane(v.state, plan.cone[first]), x1 = lane(v.state, plan.cone[first + 1]),
                     x2 = lane(v.state, plan.cone[first + 2]);
        const double x = lane(v.state, plan.cone[i]);
        lane(v.cone_z, i) = (i == first ? mu * x : -mu * x) / (x0 * x0 - x1 * x1 - x2 * x2);
    }
    return true;
}

void store_item(const ConvexPlan& plan, const ConvexItem& item, const LaneWorkspace& work, int lane_number) {
    const Lane lane(work, lane_number);
    const int n = plan.structure.variable_count;
    for (int k = 0; k < plan.size(); ++k) {
        const int index = plan.kkt.index[k];
        const double unscale = lane(work.unscale(), k);
        if (index < n) {
            item.x[index] = lane(work.iterate.state, k) / unscale;
            item.z[index] = 0;
        } else {
            item.y[index - n] = -lane(work.iterate.state, k) / unscale;
        }
    }
    for (int p = 0; p < plan.pair_count(); ++p) {
        const int source = plan.pair_source[p];
        if (source >= n) continue;
        const double z = lane(work.iterate.z, p) * lane(work.unscale(), plan.pair[p]);
        item.z[source] += p < plan.lower_count ? z : -z;
    }
    for (std::size_t i = 0; i < plan.cone.size(); ++i)
        item.cone_z[i] = lane(work.iterate.cone_z, i) * lane(work.unscale(), plan.cone[i]);
    for (int j = 0; j < n; ++j) {
        if (has_lower(plan.structure.sides[j])) item.x[j] = std::max(item.x[j], item.lower[j]);
        if (has_upper(plan.structure.sides[j])) item.x[j] = std::min(item.x[j], item.upper[j]);
    }
}

}  // namespace headroom
