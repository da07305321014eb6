#include "formulations/market/ac_rows.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/ac_cut.hpp"
#include "formulations/secure/replay.hpp"
#include "formulations/secure/secure_settings.hpp"
#include "formulations/units.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double near_first = 0.02;  // per unit: voltages this close to their limit are linearised before the market
constexpr int halvings = 6;          // of the way to levels at which some point has no power flow
/// A direction in which no power flows has an excess of -1 and no slope.
constexpr double other_way = -0.5;

}  // namespace

struct AcRows::Pack {
    Pack(const AcRows& rows, std::size_t first, std::vector<int> lanes_)
        : first_step(first),
          lanes(std::move(lanes_)),
          bases(bases_from(rows, first)),
          points(*rows.network_of(first).ac, bases),
          search(*rows.network_of(first).ac, points, bases.size()),
          halved(bases.size(), 0),
          change(bases.size()) {
        for (const AcBase& base : bases) {
            ranges.push_back(rows.ranges_);
            set_error_ranges(rows.ac().coordinates(), rows.ac().errors(), base, ranges.back());
        }
    }

    static std::vector<AcBase> bases_from(const AcRows& rows, std::size_t first) {
        std::vector<AcBase> bases;
        for (std::size_t step = first; step < rows.pack_end(first); ++step)
            bases.push_back(ac_base(rows.ac(), rows.series_, step, rows.allocation_.question()));
        return bases;
    }

    std::size_t step(int lane) const { return first_step + static_cast<std::size_t>(lane); }
    double excess(int lane, std::size_t limit) const { return search.excess(lane, static_cast<std::int32_t>(limit)); }
    bool has_point(int lane, std::size_t limit) const {
        return search.point(lane, static_cast<std::int32_t>(limit)) >= 0;
    }

    std::size_t first_step;
    std::vector<int> lanes;  ///< those looked at
    std::vector<AcBase> bases;
    EnvelopePoints points;
    WorstPoints search;
    std::vector<EnvelopeBox> ranges;  ///< [#lane] what nobody's limits bound: reactive power, errors of forecasts
    std::vector<char> halved;         ///< [#lane] some point had no power flow: points are those of a smaller box
    std::vector<std::vector<double>> change;  ///< [#lane][#position] kW, of the box from the market's first levels
};

AcRows::AcRows(const Region& region, const SeriesSet& series, const FeederAllocation& allocation, FeederMarket& market)
    : series_(series), allocation_(allocation), market_(market), steps_(market.step_count) {
    const auto feeder = static_cast<std::int64_t>(allocation.feeder());
    if (tap_runs(region, feeder, series).size() > 1) {
        runs_.emplace(region, feeder, series, allocation.question());
        for (const LinearRuns::Run& run : runs_->runs())
            add_network(region, *run.allocation, run.place, runs_->rows(run));
    } else {
        std::vector<std::size_t> place(market.row_name.size());
        std::iota(place.begin(), place.end(), std::size_t{0});
        add_network(region, allocation, std::move(place), allocation.rows().rows());
    }
    columns_ = columns_of(ac().coordinates(), allocation.rows().columns());
    ranges_ = adversarial_ranges(allocation.rows(), ac().coordinates(), columns_);
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        at(step).replaced.assign(watched_.size(), 0);
        for (std::size_t r = 0; r < watched_.size(); ++r)
            at(step).linear_rest.push_back(market_.rest_of(step)[r] / market_.rows_of(step).scale(static_cast<int>(r)));
    }
    const std::vector<double> levels = market_.levels();
    for (std::size_t first = 0; first < steps_.size(); first = pack_end(first)) {
        std::vector<int> lanes = lanes_of(first, market_.open);
        if (lanes.empty()) continue;
        Pack pack(*this, first, std::move(lanes));
        search(pack, levels, near_first);
        std::vector<Wanted> wanted;
        for (const int lane : pack.lanes) {
            Wanted& of_lane = wanted.emplace_back(Wanted{lane, {}, {}});
            for (std::size_t l = 0; l < ac().limits().size(); ++l)
                if (ac().limits().is_voltage(l) && pack.excess(lane, l) >= -near_first && pack.has_point(lane, l))
                    of_lane.limits.push_back(static_cast<std::int32_t>(l));
        }
        linearise(pack, wanted, false);
    }
    write_rows();
}

void AcRows::add_network(const Region& region, const FeederAllocation& linear, std::vector<std::size_t> place,
                         PackingRows rows) {
    Network& network = networks_.emplace_back(Network{&linear, std::move(place), std::move(rows), {}, {}});
    network.market_rows = MarketRows::of_rows(network.rows);
    network.ac = std::make_unique<AcFeeder>(
        region, static_cast<std::int64_t>(linear.feeder()), linear.rows(), std::span<const char>{},
        AcFeederSettings{.errors = errors_of_points(linear.question().errors), .taps = linear.run().taps});
    number_.resize(linear.run().end, networks_.size() - 1);
    watched_.resize(static_cast<std::size_t>(network.rows.row_count()), -1);
    for (std::size_t r = 0; r < network.place.size(); ++r)
        watched_[network.place[r]] = network.ac->limits().of_row(linear.rows(), static_cast<int>(r));
}

/// Of the steps side by side from `first` on.
std::size_t AcRows::pack_end(std::size_t first) const {
    return std::min<std::size_t>(first + lane_count, network_of(first).linear->run().end);
}

/// Those of the steps side by side from `first` on that are looked at.
std::vector<int> AcRows::lanes_of(std::size_t first, std::span<const char> steps) const {
    std::vector<int> lanes;
    for (std::size_t step = first; step < pack_end(first); ++step)
        if (steps[step] != 0) lanes.push_back(static_cast<int>(step - first));
    return lanes;
}

std::vector<char> AcRows::correct(std::span<const double> levels, std::span<const char> steps,
                                  const std::vector<std::vector<std::int32_t>>& priced,
                                  const std::vector<std::vector<std::int32_t>>& proving, int round) {
    const SecureSettings settings;
    std::vector<char> corrected(steps_.size(), 0);
    for (std::size_t first = 0; first < steps_.size(); first = pack_end(first)) {
        std::vector<int> lanes = lanes_of(first, steps);
        if (lanes.empty()) continue;
        Pack pack(*this, first, std::move(lanes));
        search(pack, levels, ReplaySettings{}.near);
        std::vector<Wanted> all_wanted;
        for (const int lane : pack.lanes) {
            const std::size_t step = pack.step(lane);
            const bool passed =
                pack.halved[static_cast<std::size_t>(lane)] != 0 || pack.search.worst_excess(lane) > ac_refused;
            std::vector<char> wanted(ac().limits().size(), 0);
            const bool held = is_held(pack, lane, priced[step], round, wanted);
            if (round <= patience) want_limits_of_linear_rows(pack, lane, proving[step], wanted);
            if (held && !passed && std::ranges::count(wanted, 1) == 0) continue;
            corrected[step] = 1;
            Wanted& of_lane = all_wanted.emplace_back(Wanted{lane, {}, {}});
            for (std::size_t l = 0; l < wanted.size(); ++l)
                if ((wanted[l] != 0 || pack.excess(lane, l) >= -settings.adjoining) && pack.has_point(lane, l))
                    of_lane.limits.push_back(static_cast<std::int32_t>(l));
            of_lane.stale = stale_rows(pack, lane, levels_of(levels, step), round);
        }
        linearise(pack, all_wanted, round > patience);
    }
    write_rows();
    return corrected;
}

/// Worst points under levels; where a point has no power flow, half the way to them, and half of that.
void AcRows::search(Pack& pack, std::span<const double> levels, double near) {
    std::vector<int> again = pack.lanes;
    double factor = 1;
    for (int halving = 0; halving <= halvings && !again.empty(); ++halving, factor /= 2) {
        for (const int lane : again) {
            pack.halved[static_cast<std::size_t>(lane)] = halving > 0 ? 1 : 0;
            set_box(pack, lane, levels_of(levels, pack.step(lane)), factor, near);
        }
        pack.search.search(again, near);
        pack.search.add_doubtful_flips(again, near);
        pack.search.search(again, near);
        std::erase_if(again, [&](int lane) { return !pack.search.diverged(lane); });
    }
}

void AcRows::set_box(Pack& pack, int lane, std::span<const double> levels, double factor, double near) {
    const Step& step = at(pack.step(lane));
    const Network& network = network_of(pack.step(lane));
    std::vector<double>& change = pack.change[static_cast<std::size_t>(lane)];
    change.resize(levels.size());
    std::vector<double> level(levels.size()), used(watched_.size());
    for (std::size_t p = 0; p < level.size(); ++p) {
        const double from = market_.at(pack.step(lane), static_cast<std::int32_t>(p)).level;
        change[p] = factor * (levels[p] - from);
        level[p] = from + change[p];
    }
    network.market_rows.multiply(change, used);
    pack.search.forget(lane);
    pack.points.set_box(lane, box_of_limits(columns_, pack.ranges[static_cast<std::size_t>(lane)], level));
    add_search_starts(pack.points, lane, network.linear->rows(), columns_, 2 * near, [&](int own) {
        const std::size_t r = network.place[static_cast<std::size_t>(own)];
        return step.linear_rest[r] - used[r] / network.market_rows.scale(static_cast<int>(r));
    });
    for (const Row& row : step.rows)
        if (claim(row, level) >= -near) pack.points.add(lane, row.at.share);
}

/// Whether every row with a price is one of a limit that is full in AC.
/// @param wanted  [#limit of AcFeeder] 1: is not, though it has a price
bool AcRows::is_held(const Pack& pack, int lane, std::span<const std::int32_t> priced, int round,
                     std::vector<char>& wanted) const {
    const SecureSettings settings;
    bool held = true;
    for (const std::int32_t row : priced) {
        const auto r = static_cast<std::size_t>(row);
        const std::int32_t limit =
            is_linear(row) ? watched_[r] : at(pack.step(lane)).rows[r - watched_.size()].at.limit;
        if (limit < 0) continue;
        const auto l = static_cast<std::size_t>(limit);
        const double excess = pack.excess(lane, l);
        const double least =
            round <= patience ? settings.hold_closely : settings.hold_limit(ac().limits().is_voltage(l));
        if ((!is_linear(row) && excess >= -least) || !(excess > other_way)) continue;
        wanted[l] = 1;
        held = false;
    }
    return held;
}

/// Proofs that name linear rows cannot be followed from outside: nothing but a search says what AC leaves of them.
void AcRows::want_limits_of_linear_rows(const Pack& pack, int lane, std::span<const std::int32_t> proving,
                                        std::vector<char>& wanted) const {
    for (const std::int32_t row : proving) {
        if (!is_linear(row) || watched_[static_cast<std::size_t>(row)] < 0) continue;
        const auto limit = static_cast<std::size_t>(watched_[static_cast<std::size_t>(row)]);
        if (pack.has_point(lane, limit) && pack.excess(lane, limit) > other_way) wanted[limit] = 1;
    }
}

/// The excess that a row expects under levels.
double AcRows::claim(const Row& row, std::span<const double> level) const {
    double excess = -row.halves.room;
    for (const auto& [column, value] : row.halves.entries) excess += value * level[static_cast<std::size_t>(column)];
    return excess;
}

/// What a row leaves of the market's first levels. Where envelopes fill a limit, and where its excess bends, it may be
/// less than nothing: then nobody makes it worse.
double AcRows::first_rest(std::size_t step, const Row& row) const {
    return std::max(-claim(row, market_.levels(step)), 0.0);
}

/// Larger entries for some positions; the first levels keep what the row leaves them.
void AcRows::take_charge(std::size_t step, Row& row, std::span<const double> charge) const {
    if (charge.empty()) return;
    row.charge.resize(charge.size(), 1.0);
    for (auto& [column, value] : row.halves.entries) {
        const double more = charge[static_cast<std::size_t>(column)] - 1;
        row.halves.room += more * value * market_.at(step, column).level;
        value *= 1 + more;
        row.charge[static_cast<std::size_t>(column)] *= 1 + more;
    }
}

/// Sees to it that a row excludes the answer that passed its limit. A tangent at the answer need not, where the first
/// levels fill the limit already: curvature then says that they pass it, nobody makes it worse, and the same answer
/// comes again. What the answer raises is charged as much more as is missing between the first levels and it.
/// @param change  [#position] of the answer
/// @param excess  by which it passes the limit
void AcRows::refuse(std::size_t step, Row& row, std::span<const double> change, double excess) const {
    double raised = 0, used = 0;
    for (const auto& [column, value] : row.halves.entries) {
        const double moved = change[static_cast<std::size_t>(column)];
        used += value * moved;
        raised += std::max(value * moved, 0.0);
    }
    const double missing = first_rest(step, row) + excess - used;
    if (!(missing > 0) || !(raised > 0)) return;
    std::vector<double> charge(change.size(), 1.0);
    for (std::size_t p = 0; p < charge.size(); ++p)
        if (change[p] > 0) {
            const double already = row.charge.empty() ? 1.0 : row.charge[p];
            charge[p] = std::min(1 + missing / raised, steepest / already);
        }
    take_charge(step, row, charge);
}

/// Rows that the levels leave little room; of those that stay as they are only the ones that expect too much.
std::vector<std::size_t> AcRows::stale_rows(const Pack& pack, int lane, std::span<const double> level,
                                            int round) const {
    const SecureSettings settings;
    std::vector<std::size_t> stale;
    const std::vector<Row>& rows = at(pack.step(lane)).rows;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto limit = static_cast<std::size_t>(rows[k].at.limit);
        const double hold = settings.hold_limit(ac().limits().is_voltage(limit));
        const bool is_tight = claim(rows[k], level) >= -settings.near;
        if (is_tight && (round <= patience || -pack.excess(lane, limit) > hold)) stale.push_back(k);
    }
    return stale;
}

void AcRows::linearise(Pack& pack, const std::vector<Wanted>& all_wanted, bool keep) {
    std::vector<EnvelopePoints::GradientRequest> requests;
    for (const Wanted& wanted : all_wanted) {
        for (const std::int32_t limit : wanted.limits)
            requests.push_back({pack.search.point(wanted.lane, limit), limit});
        for (const std::size_t k : wanted.stale) {
            const AcRow& old = at(pack.step(wanted.lane)).rows[k].at;
            requests.push_back({pack.points.add(wanted.lane, old.share), old.limit});
        }
    }
    pack.points.solve();
    std::erase_if(requests, [&](const auto& request) { return !pack.points.converged(request.point); });
    pack.search.require_gradients(requests);
    const auto made_at = [&](int lane, int point, std::int32_t limit) -> std::optional<Row> {
        if (!pack.points.converged(point)) return {};
        auto row = linearised(pack.points, point, limit, pack.search.gradient(point, limit));
        if (!row) return {};
        SplitAcRow halves = split(*row, columns_, pack.ranges[static_cast<std::size_t>(lane)], allocation_.cap(),
                                  allocation_.question().dust);
        return Row{std::move(*row), std::move(halves), pack.points.excess(point)[static_cast<std::size_t>(limit)],
                   pack.points.injections(point)};
    };
    for (const Wanted& wanted : all_wanted) {
        std::vector<Row>& rows = at(pack.step(wanted.lane)).rows;
        for (const std::size_t k : wanted.stale)
            if (auto row = made_at(wanted.lane, pack.points.add(wanted.lane, rows[k].at.share), rows[k].at.limit)) {
                take_charge(pack.step(wanted.lane), *row, rows[k].charge);
                rows[k] = std::move(*row);
            }
        for (const std::int32_t limit : wanted.limits) {
            const std::size_t step = pack.step(wanted.lane);
            auto row = made_at(wanted.lane, pack.search.point(wanted.lane, limit), limit);
            if (!row) continue;
            Row& added = add(step, std::move(*row), keep);
            if (const double excess = pack.search.excess(wanted.lane, limit); excess > ac_refused)
                refuse(step, added, pack.change[static_cast<std::size_t>(wanted.lane)], excess);
        }
    }
}

/// Beside the others or, unless `keep`, in place of one of the same limit and point.
AcRows::Row& AcRows::add(std::size_t step, Row row, bool keep) {
    for (std::size_t r = 0; r < watched_.size(); ++r)
        if (watched_[r] == row.at.limit) at(step).replaced[r] = 1;
    std::vector<Row>& rows = at(step).rows;
    const auto same = std::ranges::find_if(rows, [&](const Row& other) {
        return !keep && other.at.limit == row.at.limit && other.at.share == row.at.share;
    });
    if (same == rows.end()) return rows.emplace_back(std::move(row));
    take_charge(step, row, same->charge);
    return *same = std::move(row);
}

std::optional<AcTangent> AcRows::tangent(std::size_t step, std::int32_t row) const {
    if (is_linear(row)) return std::nullopt;
    const Row& made = at(step).rows[static_cast<std::size_t>(row) - watched_.size()];
    std::map<std::int32_t, double> entries(made.halves.entries.begin(), made.halves.entries.end());
    AcTangent tangent{.step = static_cast<std::int32_t>(step),
                      .feeder = static_cast<std::int32_t>(allocation_.feeder()),
                      .row = ac().limits().in_rows(static_cast<std::size_t>(made.at.limit)),
                      .excess = made.excess,
                      .rest = -claim(made, market_.levels(step)),
                      .powers = {}};
    const std::span<const EnvelopeCoordinate> coordinates = ac().coordinates();
    for (std::size_t k = 0; k < coordinates.size(); ++k) {
        const bool up = made.at.slope[k] > 0;
        const auto entry = entries.find(up ? columns_[k].up : columns_[k].down);
        const double coefficient =
            entry == entries.end() ? 0 : (up ? entry->second : -entry->second) / watt_per_kilowatt;
        if (made.power[k] == 0 && coefficient == 0) continue;
        tangent.powers.push_back({static_cast<std::int32_t>(market_.first_customer) + coordinates[k].customer,
                                  coordinates[k].kind, made.power[k], coefficient});
    }
    return tangent;
}

/// All steps have as many rows: those that have fewer of AC have empty ones.
void AcRows::write_rows() {
    for (const Step& step : steps_) most_rows_ = std::max(most_rows_, step.rows.size());
    market_.step_rows.resize(steps_.size());
    market_.row_set.resize(steps_.size());
    std::iota(market_.row_set.begin(), market_.row_set.end(), std::size_t{0});
    market_.ac_row_name.resize(steps_.size());
    PackingRows linear = networks_.front().rows;
    for (std::size_t k = 0; k < most_rows_; ++k) linear.start.push_back(linear.start.back());
    market_.rows = MarketRows::of_rows(linear);
    market_.rest.assign(steps_.size() * market_.rows.rest_size(), 0.0);
    for (std::size_t step = 0; step < steps_.size(); ++step) write_rows(step);
}

void AcRows::write_rows(std::size_t s) {
    const PackingRows& linear = network_of(s).rows;
    const Step& step = at(s);
    PackingRows rows;
    rows.limit_count = linear.limit_count;
    const auto append = [&](std::int32_t column, double value) {
        rows.column.push_back(column);
        rows.value.push_back(value);
    };
    const auto end_row = [&] { rows.start.push_back(static_cast<std::int32_t>(rows.column.size())); };
    for (int r = 0; r < linear.row_count(); ++r) {
        for (int e = linear.start[r]; e < linear.start[r + 1] && step.replaced[static_cast<std::size_t>(r)] == 0; ++e)
            append(linear.column[e], linear.value[e]);
        end_row();
    }
    market_.ac_row_name[s].clear();
    for (std::size_t k = 0; k < most_rows_; ++k) {
        if (k < step.rows.size()) {
            for (const auto& [column, value] : step.rows[k].halves.entries) append(column, value);
            const auto limit = static_cast<std::size_t>(step.rows[k].at.limit);
            market_.ac_row_name[s].push_back({ac().limits().in_rows(limit), ac_side});
        }
        end_row();
    }
    MarketRows made = MarketRows::of_rows(rows);
    const std::vector<double> level = market_.levels(s);
    double* rest = market_.rest.data() + s * market_.rows.rest_size();
    for (std::size_t r = 0; r < step.linear_rest.size(); ++r)
        rest[r] = step.replaced[r] != 0 ? infinity : step.linear_rest[r] * made.scale(static_cast<int>(r));
    for (std::size_t k = 0; k < most_rows_; ++k) {
        const std::size_t r = step.linear_rest.size() + k;
        rest[r] = k < step.rows.size() ? -claim(step.rows[k], level) * made.scale(static_cast<int>(r)) : infinity;
    }
    market_.step_rows[s] = std::move(made);
}

}  // namespace headroom
