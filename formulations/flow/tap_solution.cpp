#include "formulations/flow/tap_solution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/series_taps.hpp"

namespace headroom {

using Complex = std::complex<double>;

std::vector<TapControls::Control> TapControls::controls_of(const Region& region, std::int64_t feeder) {
    std::multimap<std::int32_t, std::int64_t> users;  // rows of /transformer, and closed branches that are such
    for (auto k = region.feeder.branch_offset[feeder]; k < region.feeder.branch_offset[feeder + 1]; ++k)
        if (region.branch.transformer[k] >= 0 && region.branch.closed[k])
            users.emplace(region.branch.transformer[k], k);
    std::vector<Control> controls;
    for (std::size_t row = 0; row < region.tap_control.id.size(); ++row) {
        const auto [first, last] = users.equal_range(region.tap_control.transformer[row]);
        if (first == last) continue;
        if (std::next(first) != last)
            throw InvalidFeeder(fmt::format("tap control '{}' has a transformer that several branches share",
                                            region.tap_control.id[row]));
        controls.push_back({row, first->second});
    }
    return controls;
}

TapControls::TapControls(const Region& region, std::int64_t feeder, TapPositions taps, const TapSettings& settings)
    : region_(region),
      feeder_(feeder),
      settings_(settings),
      controls_(controls_of(region, feeder)),
      taps_(taps.empty() ? standing_taps(region.transformer, 1) : std::vector<double>(taps.begin(), taps.end())) {}

std::vector<std::size_t> TapControls::transformers() const {
    std::vector<std::size_t> rows;
    for (const Control& control : controls_)
        rows.push_back(static_cast<std::size_t>(region_.tap_control.transformer[control.row]));
    return rows;
}

void TapControls::put_back(TapPositions taps) {
    if (std::ranges::equal(taps, taps_)) return;
    taps_.assign(taps.begin(), taps.end());
    flow_.reset();
}

TapOutcome TapControls::settle(const AcPoint& point) {
    if (controls_.empty()) return {};
    TapOutcome outcome{TapStatus::round_limit, 0};
    while (outcome.rounds < settings_.round_limit && outcome.status == TapStatus::round_limit) {
        ++outcome.rounds;
        if (!has_flow(point))
            outcome.status = TapStatus::flow_diverged;
        else if (!move())
            outcome.status = TapStatus::settled;
    }
    return outcome;
}

bool TapControls::has_flow(const AcPoint& point) {
    if (!flow_) {
        AcSettings settings = settings_.flow;
        settings.taps = taps_;
        flow_.emplace(region_, feeder_, settings);
    }
    AcInputs inputs = flow_->inputs();
    AcLanes lanes = flow_->lanes();
    inputs.count = 1;
    set_lane(point, 0, inputs);
    flow_->solve(inputs, lanes);
    voltage_.assign(static_cast<std::size_t>(flow_->slot_count()), 0.0);
    for (std::size_t s = 0; s < voltage_.size(); ++s)
        voltage_[s] = {lanes.voltage[2 * lane_count * s], lanes.voltage[(2 * s + 1) * lane_count]};
    return lanes.lane[0].status == AcStatus::converged;
}

/// What a control sees: |V / pt_ratio + (r + j x) I / ct_primary|, I into the coil's first end.
double TapControls::measured(const Control& control, const CoilPair& pair) const {
    const TapControlColumns& c = region_.tap_control;
    const Complex from = voltage_[pair.node[0]] - voltage_[pair.node[1]];
    const Complex to = voltage_[pair.node[2]] - voltage_[pair.node[3]];
    const Complex per_turn = pair.series * (pair.from_turns * from - pair.to_turns * to);
    const Complex i = -pair.to_turns * (per_turn - pair.core * pair.to_turns * to);
    const std::size_t row = control.row;
    return std::abs(to / c.pt_ratio[row] + Complex(c.r[row], c.x[row]) * i / c.ct_primary[row]);
}

/// Steps that bring a control's voltage to its target; 0 within the band, and at the end of its range.
int TapControls::wanted(const Control& control) const {
    const TapControlColumns& c = region_.tap_control;
    const std::size_t row = control.row, type = static_cast<std::size_t>(c.transformer[row]);
    const std::size_t coil = static_cast<std::uint8_t>(c.coil[row]);
    for (const CoilPair& pair : coil_pairs(region_, control.branch, flow_->network().terminals, taps_)) {
        if (pair.coil != c.coil[row]) continue;
        const double missing = c.voltage[row] - measured(control, pair);
        if (std::abs(missing) <= 0.5 * c.band[row]) return 0;
        const double boost = missing * c.pt_ratio[row] / region_.transformer.to_voltage[type];
        const auto steps = static_cast<int>(std::nearbyint(boost / c.tap_step[row]));
        const double tap = taps_[3 * type + coil];
        const bool at_end = steps > 0 ? tap >= c.tap_max[row] - 1e-9 : tap <= c.tap_min[row] + 1e-9;
        return at_end ? 0 : steps;
    }
    return 0;  // nothing feeds its coil
}

/// Moves the controls with the shortest delay of those out of band; false: there are none.
bool TapControls::move() {
    const TapControlColumns& c = region_.tap_control;
    std::vector<int> steps;
    double shortest = std::numeric_limits<double>::infinity();
    for (const Control& control : controls_) {
        steps.push_back(wanted(control));
        if (steps.back() != 0) shortest = std::min(shortest, c.delay[control.row]);
    }
    for (std::size_t k = 0; k < controls_.size(); ++k)
        if (steps[k] != 0 && c.delay[controls_[k].row] == shortest) step_tap(controls_[k].row, steps[k]);
    return std::isfinite(shortest);
}

/// Seven tenths of the way, at least one step: the network answers with more or less than a tap promises.
void TapControls::step_tap(std::size_t row, int wanted_steps) {
    const TapControlColumns& c = region_.tap_control;
    const int count = std::clamp(static_cast<int>(0.7 * std::abs(wanted_steps)), 1, static_cast<int>(c.max_steps[row]));
    const double change = (wanted_steps > 0 ? count : -count) * c.tap_step[row];
    const std::span<double> taps = taps_of(row);
    const std::size_t own = static_cast<std::uint8_t>(c.coil[row]);
    const double tap = std::clamp(taps[own] + change, c.tap_min[row], c.tap_max[row]);
    if (c.ganged[row]) std::ranges::fill(taps, tap);
    taps[own] = tap;
    flow_.reset();
}

SeriesTaps TapControls::follow(SeriesSet& series) {
    SeriesTaps followed;
    const std::vector<std::size_t> rows = transformers();
    for (std::size_t step = 0; step < series.step_count(); ++step) {
        const std::vector<double> before = taps_;
        const TapOutcome outcome = settle(base_point(region_, feeder_, series, step));
        followed.rounds += outcome.rounds;
        if (outcome.status != TapStatus::settled) {
            followed.restless.push_back(step);
            put_back(before);
        }
        for (const std::size_t row : rows)
            std::ranges::copy(taps().subspan(3 * row, 3),
                              series.to_tap.begin() + static_cast<std::ptrdiff_t>(step * taps_.size() + 3 * row));
    }
    return followed;
}

TapOutcome settle_taps(Region& region, std::int64_t feeder, const AcPoint& point, const TapSettings& settings) {
    TapControls controls(region, feeder, {}, settings);
    const TapOutcome outcome = controls.settle(point);
    for (const std::size_t row : controls.transformers())
        std::ranges::copy(controls.taps().subspan(3 * row, 3), region.transformer.to_tap[row].begin());
    return outcome;
}

AcPoint base_point(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step) {
    AcPoint point = forecast_point(region, feeder, series, step);
    const auto first = static_cast<std::size_t>(region.feeder.customer_offset[feeder]);
    for (std::size_t c = 0; c < point.p.size(); ++c)
        if (region.customer.active[first + c] != 0) point.p[c] = 0.0;
    return point;
}

bool has_tap_controls(const Region& region, std::int64_t feeder) { return !TapControls(region, feeder).none(); }

}  // namespace headroom
