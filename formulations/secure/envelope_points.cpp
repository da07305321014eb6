#include "formulations/secure/envelope_points.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/flow/ac_step.hpp"

namespace headroom {
namespace {

using Kind = EnvelopeCoordinate::Kind;

std::vector<EnvelopeCoordinate> coordinates_of(const Region& region, std::int64_t feeder, const SecurityRows& rows,
                                               const RowErrors& errors) {
    const std::int64_t first = region.feeder.customer_offset[static_cast<std::size_t>(feeder)];
    std::vector<EnvelopeCoordinate> coordinates;
    for (const bool reactive : {false, true})
        for (std::size_t k = 0; k < rows.active_count(); ++k) {
            if (reactive && rows.free_range(k) == std::pair{0.0, 0.0}) continue;
            const auto mode = region.customer.reactive_mode[static_cast<std::size_t>(rows.active()[k])];
            if (reactive && mode == ReactiveMode::volt_var) continue;
            coordinates.push_back({static_cast<std::int32_t>(rows.active()[k] - first), static_cast<std::int32_t>(k),
                                   reactive ? Kind::reactive_power : Kind::active_power,
                                   reactive ? 0.0 : rows.tangent(k)});
        }
    append_error_coordinates(region, feeder, rows, errors, coordinates);
    return coordinates;
}

/// Those that a flow may start from: of many thousand the last ones, which new points come from.
template <class Known> std::span<const Known> last_of(const std::vector<Known>& known) {
    constexpr std::size_t most = 1024;
    return std::span(known).last(std::min(most, known.size()));
}

std::vector<InjectedPower> units_of(const AcFeeder& feeder, std::span<const AcBase> bases) {
    std::vector<InjectedPower> units;
    for (const AcBase& base : bases)
        for (const EnvelopeCoordinate& coordinate : feeder.coordinates())
            units.push_back(injected_by_unit(coordinate, base));
    return units;
}

}  // namespace

AcFeeder::AcFeeder(const Region& region, std::int64_t feeder, const SecurityRows& rows, std::span<const char> watched,
                   const AcFeederSettings& settings)
    : region_(region),
      errors_(settings.errors),
      flow_(region, feeder, {.tolerance = settings.flow_tolerance, .window = settings.window, .taps = settings.taps},
            watched_buses(region, rows, watched)),
      limits_(region, flow_, rows, watched, settings.sides),
      gradients_(flow_, settings.gradient_tolerance, settings.response),
      coordinates_(coordinates_of(region, feeder, rows, settings.errors)),
      shared_error_count_(
          static_cast<std::size_t>(std::ranges::count(coordinates_, Kind::shared_error, &EnvelopeCoordinate::kind))) {}

AcBase ac_base(const AcFeeder& feeder, const SeriesSet& series, std::size_t step, const AllocationQuestion& question) {
    const AcNetwork& net = feeder.flow().network();
    const CustomerColumns& customer = feeder.region().customer;
    AcBase base = forecast_point(feeder.region(), net.feeder, series, step);
    for (std::size_t c = 0; c < base.p.size(); ++c) {
        const std::size_t k = static_cast<std::size_t>(net.customer_first) + c;
        if (customer.active[k] == 0) continue;
        if (question.basis != Basis::added) base.p[c] = 0.0;
        if (!keeps_reactive_forecast(customer.reactive_mode[k], question)) base.q[c] = 0.0;
    }
    return base;
}

EnvelopePoints::EnvelopePoints(const AcFeeder& feeder, std::span<const AcBase> bases)
    : feeder_(feeder),
      bases_(bases),
      units_(units_of(feeder, bases)),
      boxes_(bases.size()),
      of_step_(bases.size()),
      by_key_(bases.size()),
      past_(bases.size()),
      counts_(bases.size()),
      inputs_(feeder.flow().inputs()),
      lanes_(feeder.flow().lanes()),
      watch_(feeder.limits().workspace()),
      gradient_(feeder.gradients().lanes()) {}

void EnvelopePoints::clear() {
    for (std::size_t step = 0; step < of_step_.size(); ++step) {
        past_[step].clear();
        for (const int point : of_step_[step])
            if (at(point).solved && at(point).converged) past_[step].push_back({at(point).ends, at(point).voltage});
    }
    std::swap(memory_, past_memory_);
    memory_.clear();
    count_ = 0;
    waiting_.clear();
    for (std::vector<int>& points : of_step_) points.clear();
    for (auto& points : by_key_) points.clear();
}

void EnvelopePoints::set_box(int step, EnvelopeBox box) {
    boxes_[static_cast<std::size_t>(step)] = std::move(box);
    of_step_[static_cast<std::size_t>(step)].clear();
    by_key_[static_cast<std::size_t>(step)].clear();
}

/// The same of the same points: a coordinate without width is nowhere else at another share.
std::uint64_t EnvelopePoints::key_of(int step, std::span<const double> share) const {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
    const EnvelopeBox& box = boxes_[static_cast<std::size_t>(step)];
    std::uint64_t key = 0;
    for (std::size_t k = 0; k < share.size(); ++k)
        if (box.width(k) > 0) key = (std::rotl(key, 5) ^ std::bit_cast<std::uint64_t>(share[k] + 0.0)) * odd;
    return key;
}

int EnvelopePoints::add(int step, std::span<const double> share) {
    const EnvelopeBox& box = boxes_[static_cast<std::size_t>(step)];
    const auto same = [&](int point) {
        for (std::size_t k = 0; k < share.size(); ++k)
            if (at(point).share[k] != share[k] && box.width(k) > 0) return false;
        return true;
    };
    auto& by_key = by_key_[static_cast<std::size_t>(step)];
    const std::uint64_t key = key_of(step, share);
    for (auto [known, last] = by_key.equal_range(key); known != last; ++known)
        if (same(known->second)) return known->second;
    const int point = static_cast<int>(count_++);
    if (count_ > points_.size()) points_.emplace_back();
    Point& added = points_[static_cast<std::size_t>(point)];
    added.step = step;
    added.solved = added.converged = false;
    added.excess = {};
    const std::span<double> kept = memory_.add(share.size());
    std::ranges::copy(share, kept.begin());
    added.share = kept;
    added.level = std::accumulate(share.begin(), share.end(), 0.0);
    added.ends.assign(share);
    of_step_[static_cast<std::size_t>(step)].push_back(point);
    by_key.emplace(key, point);
    waiting_.push_back(point);
    return point;
}

std::vector<std::vector<double>> EnvelopePoints::reactive_ends(std::span<const double> share) const {
    const auto coordinates = feeder_.coordinates();
    if (std::ranges::none_of(coordinates, &EnvelopeCoordinate::is_reactive)) return {};
    std::vector<std::vector<double>> ends;
    for (const double end : {0.0, 1.0}) {
        std::vector<double>& moved = ends.emplace_back(share.begin(), share.end());
        for (std::size_t k = 0; k < moved.size(); ++k)
            if (coordinates[k].is_reactive()) moved[k] = end;
    }
    return ends;
}

void EnvelopePoints::add_with_reactive_ends(int step, std::span<const double> share) {
    add(step, share);
    for (const std::vector<double>& end : reactive_ends(share)) add(step, end);
}

std::vector<double> EnvelopePoints::injections(int point) const {
    const EnvelopeBox& box = boxes_[static_cast<std::size_t>(at(point).step)];
    std::vector<double> x(at(point).share.size());
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = box.at(k, at(point).share[k]);
    return x;
}

void EnvelopePoints::inject(int point, AcPoint& whole) const {
    const auto step = static_cast<std::size_t>(at(point).step);
    whole = bases_[step];
    const auto coordinates = feeder_.coordinates();
    const auto unit = units(at(point).step);
    for (std::size_t k = 0; k < coordinates.size(); ++k) {
        const double x = boxes_[step].at(k, at(point).share[k]);
        const auto customer = static_cast<std::size_t>(coordinates[k].customer);
        whole.p[customer] += unit[k].p * x;
        whole.q[customer] += unit[k].q * x;
    }
}

void EnvelopePoints::load(int point, int lane) {
    inject(point, whole_);
    set_lane(whole_, lane, inputs_);
}

/// Of the group that was just solved.
std::array<EnvelopePoints::Voltages, lane_count> EnvelopePoints::keep_voltages() {
    const std::span<const std::int32_t> slots = feeder_.flow().read_slots();
    const std::size_t size = 2 * slots.size();
    double* kept = memory_.add(size * lane_count).data();
    std::array<Voltages, lane_count> voltages;
    for (std::size_t lane = 0; lane < lane_count; ++lane) voltages[lane] = kept + lane * size;
    for (std::size_t k = 0; k < slots.size(); ++k) {
        const double* from = lanes_.voltage.data() + 2 * lane_count * slots[k];
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            kept[lane * size + 2 * k] = from[lane];
            kept[lane * size + 2 * k + 1] = from[lane_count + lane];
        }
    }
    return voltages;
}

void EnvelopePoints::load_voltages(const std::array<Voltages, lane_count>& from) {
    const std::span<const std::int32_t> slots = feeder_.flow().read_slots();
    for (std::size_t k = 0; k < slots.size(); ++k) {
        double* to = lanes_.voltage.data() + 2 * lane_count * slots[k];
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            to[lane] = from[lane][2 * k];
            to[lane_count + lane] = from[lane][2 * k + 1];
        }
    }
}

void EnvelopePoints::save(Point& point, int lane, Voltages voltage) {
    ++counts_[static_cast<std::size_t>(point.step)].flows;
    point.solved = true;
    point.converged = lanes_.lane[lane].status == AcStatus::converged;
    point.voltage = voltage;
    const std::span<double> excess = memory_.add(feeder_.limits().size());
    for (std::size_t l = 0; l < excess.size(); ++l)
        excess[l] = point.converged ? watch_.excess[l * lane_count + lane] : std::numeric_limits<double>::infinity();
    point.excess = excess;
}

/// Of the known point with most ends in common, the first of several.
EnvelopePoints::Voltages EnvelopePoints::nearest(const Point& point) const {
    const auto step = static_cast<std::size_t>(point.step);
    Voltages nearest = nullptr;
    int most = -1;
    const auto offer = [&](const PointEnds& ends, Voltages voltage) {
        const int common = ends.common(point.ends);
        if (common <= most) return;
        most = common;
        nearest = voltage;
    };
    for (const Past& past : last_of(past_[step])) offer(past.ends, past.voltage);
    for (const std::size_t other : {step, step - 1})
        if (other < of_step_.size())
            for (const int known : last_of(of_step_[other]))
                if (at(known).solved && at(known).converged) offer(at(known).ends, at(known).voltage);
    return nearest;
}

/// Neighbouring steps in different groups of lanes, so that one may start from the other; points with as many exports
/// in the same ones, because a group sweeps until its last lane is at rest.
void EnvelopePoints::order_waiting() {
    constexpr int apart = 4;
    std::ranges::stable_sort(waiting_, {},
                             [&](int point) { return std::pair(at(point).step % apart, at(point).level); });
}

void EnvelopePoints::solve() {
    order_waiting();
    for (std::size_t first = 0; first < waiting_.size(); first += lane_count) {
        inputs_.count = static_cast<int>(std::min<std::size_t>(lane_count, waiting_.size() - first));
        std::array<Voltages, lane_count> start{};
        for (int l = 0; l < inputs_.count; ++l) {
            load(waiting_[first + static_cast<std::size_t>(l)], l);
            start[l] = nearest(at(waiting_[first + static_cast<std::size_t>(l)]));
        }
        std::fill(start.begin() + inputs_.count, start.end(), start[0]);
        // Limits read nothing else.
        if (std::find(start.begin(), start.end(), nullptr) == start.end()) {
            load_voltages(start);
            feeder_.flow().solve_swept_on(inputs_, lanes_);
        } else {
            feeder_.flow().solve_swept(inputs_, lanes_);
        }
        feeder_.limits().evaluate(inputs_, lanes_, watch_);
        const std::array<Voltages, lane_count> voltages = keep_voltages();
        for (int l = 0; l < inputs_.count; ++l)
            save(points_[static_cast<std::size_t>(waiting_[first + static_cast<std::size_t>(l)])], l, voltages[l]);
    }
    waiting_.clear();
}

void EnvelopePoints::gradients(std::span<const GradientRequest> requests, std::vector<double>& result) {
    result.assign(requests.size() * gradient_size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t first = 0; first < requests.size(); first += lane_count) {
        inputs_.count = static_cast<int>(std::min<std::size_t>(lane_count, requests.size() - first));
        std::array<const AcQuantity*, lane_count> quantity{};
        std::array<Voltages, lane_count> voltages{};
        for (int l = 0; l < inputs_.count; ++l) {
            const GradientRequest& request = requests[first + static_cast<std::size_t>(l)];
            const Point& point = at(request.point);
            load(request.point, l);
            voltages[l] = point.voltage;
            lanes_.lane[l].status = point.converged ? AcStatus::converged : AcStatus::diverged;
            ++counts_[static_cast<std::size_t>(step_of(request.point))].gradients;
            const auto limit = static_cast<std::size_t>(request.limit);
            quantity[l] = request.turn ? &feeder_.limits().turn(limit) : &feeder_.limits().quantity(limit);
        }
        std::fill(voltages.begin() + inputs_.count, voltages.end(), voltages[0]);
        load_voltages(voltages);
        feeder_.gradients().evaluate(inputs_, lanes_, quantity, gradient_);
        for (int l = 0; l < inputs_.count; ++l) {
            if (gradient_.status[l] != AcGradientStatus::ready) continue;
            const auto request = first + static_cast<std::size_t>(l);
            save_gradient(requests[request], l, std::span(result).subspan(request * gradient_size(), gradient_size()));
        }
    }
}

void EnvelopePoints::save_gradient(const GradientRequest& request, int lane, std::span<double> row) const {
    const auto coordinates = feeder_.coordinates();
    const double slope = feeder_.limits().slope(static_cast<std::size_t>(request.limit));
    const std::size_t first_shared = coordinates.size() - feeder_.shared_error_count();
    for (std::size_t k = 0; k < coordinates.size(); ++k) {
        const auto slot =
            static_cast<std::size_t>(coordinates[k].customer) * lane_count + static_cast<std::size_t>(lane);
        const double by_p = gradient_.by_p[slot], by_q = gradient_.by_q[slot];
        if (k < first_shared) {
            row[k] = slope * (coordinates[k].is_reactive() ? by_q : by_p + coordinates[k].tangent * by_q);
        } else {
            row[k] = slope * by_p;
            row[k + feeder_.shared_error_count()] = slope * by_q;
        }
    }
}

std::span<const double> EnvelopePoints::slopes(int step, std::span<const double> row, std::vector<double>& room) const {
    const std::size_t size = feeder_.coordinates().size(), shared = feeder_.shared_error_count();
    if (shared == 0) return row;
    room.assign(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(size));
    const auto unit = units(step);
    for (std::size_t k = size - shared; k < size; ++k) room[k] = unit[k].p * row[k] + unit[k].q * row[k + shared];
    return room;
}

}  // namespace headroom
