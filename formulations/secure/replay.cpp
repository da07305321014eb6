#include "formulations/secure/replay.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <stdexcept>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/network/feeder_parts.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/free_taps.hpp"
#include "formulations/secure/worst_points.hpp"
#include "formulations/units.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double violated_excess = 1e-6;  // per unit: what a clean limit may be passed by
constexpr int chunk = 8 * lane_count;     // random points solved and forgotten at a time
constexpr std::size_t most_coordinates = 20;
constexpr std::size_t limits_at_once = 64;  // of feeders that are too large for all
constexpr std::int64_t shard_feeders = 64;  // made ready at a time, which bounds memory for any region

/// The same limits of the network whatever model the envelopes were made with.
AllocationQuestion replay_question(const AllocationQuestion& question) {
    AllocationQuestion of_rows;
    of_rows.basis = question.basis;
    of_rows.monitoring = question.monitoring;
    of_rows.reactive = question.reactive;
    of_rows.errors = errors_of_points(question.errors);
    return of_rows;
}

/// One feeder in a run of steps: its limits, and the steps in packs of eight.
class FeederReplay {
public:
    FeederReplay(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                 const AllocationQuestion& question, const ReplayedLimits& limits, const ReplaySettings& settings,
                 std::int64_t row_in_case)
        : series_(series),
          limits_(limits),
          settings_(settings),
          row_in_case_(row_in_case),
          customer_count_(region.customer_count()),
          linear_(region, feeder, series, run, replay_question(question)),
          ac_settings_{.window = settings.window, .errors = linear_.question().errors, .taps = run.taps},
          ac_(region, feeder, linear_.rows(), {}, ac_settings_),
          columns_(columns_of(ac_.coordinates(), linear_.rows().columns())),
          frees_taps_(settings.free_taps && has_tap_controls(region, feeder)) {}

    const FeederAllocation& linear() const { return linear_; }

    std::size_t steps_at_once() const { return is_together() ? lane_count : 1; }

    /// Replays up to steps_at_once() steps.
    /// @param row_offset  of this feeder's limits in result.rows
    /// @param values      [#step x #limit of this feeder] out: V or V A
    void replay_pack(std::size_t first_step, std::int32_t row_offset, ReplayResult& result,
                     std::vector<double>& values) const;

private:
    std::size_t item_of(std::size_t step, const ReplayResult& result) const {
        return step * result.feeder_count + linear_.feeder();
    }
    bool load_limits(std::size_t step, std::size_t lane, FeederAllocation::Workspace& work) const;
    EnvelopeBox box(std::size_t lane, const AcBase& base, const FeederAllocation::Workspace& work) const;
    void take(const EnvelopePoints& points, int step, ReplayPoints kind, std::size_t item, std::vector<double>& worst,
              ReplayResult& result) const;
    void try_random(std::size_t step, int lane, std::size_t item, EnvelopePoints& points, std::vector<double>& worst,
                    ReplayResult& result) const;
    void try_free_taps(const EnvelopePoints& points, std::span<const int> lanes, std::size_t first_step,
                       ReplayResult& result) const;

    /// Limits that are searched together, of SecurityRows::limits().
    struct LimitRange {
        std::size_t first, last;
        bool holds(std::size_t limit) const { return first <= limit && limit < last; }
    };
    bool is_together() const {
        return linear_.rows().limits().size() * linear_.rows().active_count() <= settings_.together;
    }
    std::vector<LimitRange> ranges() const;
    std::vector<char> watched_of(const LimitRange& range) const;
    /// The worst point of a limit that is still to be searched, found in the search of others.
    struct Found {
        double excess = -infinity;
        std::vector<double> share;
    };
    void add_starts(const LimitRange& range, int lane, const FeederAllocation::Workspace& work,
                    const std::vector<Found>& found, EnvelopePoints& points) const;
    void pass_on(const WorstPoints& search, const EnvelopePoints& points, int lane, std::size_t searched,
                 std::vector<Found>& found) const;
    void try_all_corners(int lane, std::size_t item, EnvelopePoints& points, std::vector<double>& worst,
                         ReplayResult& result) const;
    void conclude(std::size_t step, std::int32_t row_offset, const std::vector<double>& worst, ReplayResult& result,
                  std::vector<double>& values) const;

    const SeriesSet& series_;
    const ReplayedLimits& limits_;
    const ReplaySettings& settings_;
    std::int64_t row_in_case_;
    std::size_t customer_count_;
    FeederAllocation linear_;
    AcFeederSettings ac_settings_;
    AcFeeder ac_;
    std::vector<CoordinateColumns> columns_;
    bool frees_taps_;
};

std::size_t slot(std::size_t index, std::size_t lane) { return index * lane_count + lane; }

/// Published limits as those of a solved lane, kW and kvar. False: some are missing.
bool FeederReplay::load_limits(std::size_t step, std::size_t lane, FeederAllocation::Workspace& work) const {
    const std::vector<double>* of_kind[] = {&limits_.export_limit, &limits_.import_limit, &limits_.q_inject_limit,
                                            &limits_.q_absorb_limit};
    const auto columns = linear_.rows().columns();
    bool complete = !columns.empty();
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto customer =
            static_cast<std::size_t>(linear_.rows().active()[static_cast<std::size_t>(columns[c].active)]);
        const double limit = (*of_kind[static_cast<std::size_t>(columns[c].kind)])[step * customer_count_ + customer];
        complete = complete && !std::isnan(limit);
        work.limit[slot(c, lane)] = std::isnan(limit) ? 0.0 : limit / watt_per_kilowatt;
    }
    return complete;
}

EnvelopeBox FeederReplay::box(std::size_t lane, const AcBase& base, const FeederAllocation::Workspace& work) const {
    std::vector<double> limit;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) limit.push_back(work.limit[slot(c, lane)]);
    EnvelopeBox ranges = adversarial_ranges(linear_.rows(), ac_.coordinates(), columns_);
    set_error_ranges(ac_.coordinates(), ac_.errors(), base, ranges);
    return box_of_limits(columns_, ranges, limit);
}

/// Worst excess of every limit among the points of a step.
void FeederReplay::take(const EnvelopePoints& points, int step, ReplayPoints kind, std::size_t item,
                        std::vector<double>& worst, ReplayResult& result) const {
    double& largest = result.worst_excess[static_cast<std::size_t>(kind)][item];
    for (const int point : points.points_of(step)) {
        const std::span<const double> excess = points.excess(point);
        for (std::size_t l = 0; l < excess.size(); ++l) {
            worst[l] = std::max(worst[l], excess[l]);
            if (!(excess[l] <= largest)) largest = excess[l];
        }
        if (!points.converged(point)) result.status[item] = ReplayStatus::diverged;
    }
    result.points[item] += static_cast<std::int32_t>(points.points_of(step).size());
}

void FeederReplay::try_random(std::size_t step, int lane, std::size_t item, EnvelopePoints& points,
                              std::vector<double>& worst, ReplayResult& result) const {
    std::seed_seq seed{settings_.seed, static_cast<std::uint64_t>(row_in_case_), static_cast<std::uint64_t>(step)};
    std::mt19937_64 random(seed);
    std::vector<double> share(columns_.size());
    const EnvelopeBox whole = points.box(lane);
    for (const auto& [kind, count] : {std::pair{ReplayPoints::random_corners, settings_.random_corners},
                                      std::pair{ReplayPoints::random_points, settings_.random_points}})
        for (int first = 0; first < count; first += chunk) {
            points.set_box(lane, whole);
            for (int k = first; k < std::min(count, first + chunk); ++k) {
                for (double& s : share) {
                    const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
                    s = kind == ReplayPoints::random_corners ? (uniform < 0.5 ? 0.0 : 1.0) : uniform;
                }
                points.add(lane, share);
            }
            points.solve();
            take(points, lane, kind, item, worst, result);
            points.clear();
        }
    points.set_box(lane, whole);
}

void FeederReplay::try_all_corners(int lane, std::size_t item, EnvelopePoints& points, std::vector<double>& worst,
                                   ReplayResult& result) const {
    if (columns_.size() > most_coordinates) return;
    std::vector<double> share(columns_.size());
    const EnvelopeBox whole = points.box(lane);
    const std::uint32_t count = 1u << columns_.size();
    for (std::uint32_t first = 0; first < count; first += chunk) {
        points.set_box(lane, whole);
        for (std::uint32_t corner = first; corner < std::min<std::uint32_t>(count, first + chunk); ++corner) {
            for (std::size_t k = 0; k < share.size(); ++k) share[k] = corner >> k & 1u ? 1.0 : 0.0;
            points.add(lane, share);
        }
        points.solve();
        take(points, lane, ReplayPoints::all_corners, item, worst, result);
        points.clear();
    }
    points.set_box(lane, whole);
}

std::vector<FeederReplay::LimitRange> FeederReplay::ranges() const {
    const std::size_t limits = linear_.rows().limits().size(), most = is_together() ? limits : limits_at_once;
    std::vector<LimitRange> ranges;
    for (std::size_t first = 0; first < limits; first += most)
        ranges.push_back({first, std::min(limits, first + most)});
    return ranges;
}

/// [#limit of ac_.limits()]
std::vector<char> FeederReplay::watched_of(const LimitRange& range) const {
    std::vector<char> wanted(ac_.limits().size());
    for (std::size_t l = 0; l < wanted.size(); ++l)
        wanted[l] = range.holds(static_cast<std::size_t>(ac_.limits().in_rows(l))) ? 1 : 0;
    return wanted;
}

/// The corners that rows of these limits name, and the worst points that the search of others has found for them.
void FeederReplay::add_starts(const LimitRange& range, int lane, const FeederAllocation::Workspace& work,
                              const std::vector<Found>& found, EnvelopePoints& points) const {
    const SecurityRows& rows = linear_.rows();
    add_search_starts(points, lane, rows, columns_, 2 * settings_.near, [&](int r) {
        if (!range.holds(static_cast<std::size_t>(rows.limit_of_row(r)))) return infinity;
        const std::size_t at = slot(static_cast<std::size_t>(r), static_cast<std::size_t>(lane));
        return work.rows.room[at] - work.product[at];
    });
    for (std::size_t l = 0; l < found.size(); ++l)
        if (!found[l].share.empty() && range.holds(static_cast<std::size_t>(ac_.limits().in_rows(l))))
            points.add(lane, found[l].share);
}

/// @param searched  limits before it are done
void FeederReplay::pass_on(const WorstPoints& search, const EnvelopePoints& points, int lane, std::size_t searched,
                           std::vector<Found>& found) const {
    for (std::size_t l = 0; l < found.size(); ++l) {
        if (static_cast<std::size_t>(ac_.limits().in_rows(l)) < searched) {
            found[l] = {};
            continue;
        }
        const auto limit = static_cast<std::int32_t>(l);
        if (!(search.excess(lane, limit) > std::max(found[l].excess, -2 * settings_.near))) continue;
        const std::span<const double> share = points.share(search.point(lane, limit));
        found[l] = {search.excess(lane, limit), {share.begin(), share.end()}};
    }
}

/// The points searched once more, each with its own taps.
void FeederReplay::try_free_taps(const EnvelopePoints& points, std::span<const int> lanes, std::size_t first_step,
                                 ReplayResult& result) const {
    FreeTaps taps(ac_.region(), static_cast<std::int64_t>(linear_.feeder()), linear_.rows(), ac_settings_);
    AcPoint whole;
    for (const int lane : lanes) {
        const std::size_t item = item_of(first_step + static_cast<std::size_t>(lane), result);
        double& largest = result.worst_excess[static_cast<std::size_t>(ReplayPoints::free_taps)][item];
        for (const int point : points.points_of(lane)) {
            points.inject(point, whole);
            if (const double excess = taps.excess(whole); !(excess <= largest)) largest = excess;
        }
    }
}

/// Of the two directions of a branch, which are one row, the worse one counts.
void FeederReplay::conclude(std::size_t step, std::int32_t row_offset, const std::vector<double>& worst,
                            ReplayResult& result, std::vector<double>& values) const {
    const std::size_t item = item_of(step, result), rows = linear_.rows().limits().size();
    std::vector<double> excess(rows, -infinity);
    for (std::size_t l = 0; l < worst.size(); ++l) {
        const auto row = static_cast<std::size_t>(ac_.limits().in_rows(l));
        if (!(worst[l] > excess[row])) continue;
        excess[row] = worst[l];
        values[step * rows + row] = ac_.limits().value(l, worst[l]);
    }
    double largest = -infinity;
    for (std::size_t row = 0; row < rows; ++row) {
        if (excess[row] > violated_excess) ++result.violated[item];
        if (!(excess[row] > largest)) continue;
        largest = excess[row];
        result.worst_row[item] = row_offset + static_cast<std::int32_t>(row);
    }
}

void FeederReplay::replay_pack(std::size_t first_step, std::int32_t row_offset, ReplayResult& result,
                               std::vector<double>& values) const {
    const std::size_t count = std::min(steps_at_once(), linear_.run().end - first_step);
    FeederAllocation::Workspace work = linear_.workspace();
    linear_.load_pack(first_step, work);
    std::vector<AcBase> bases;
    for (std::size_t k = 0; k < count; ++k) bases.push_back(ac_base(ac_, series_, first_step + k, linear_.question()));
    EnvelopePoints points(ac_, bases);
    WorstPoints search(ac_, points, count);
    std::vector<int> lanes;
    for (std::size_t lane = 0; lane < count; ++lane)
        if (load_limits(first_step + lane, lane, work)) lanes.push_back(static_cast<int>(lane));
    multiply(linear_.plan(), work.limit.data(), work.product.data(), work.filling.sums);
    for (const int lane : lanes) {
        const auto l = static_cast<std::size_t>(lane);
        points.set_box(lane, box(l, bases[l], work));
        result.status[item_of(first_step + l, result)] = ReplayStatus::replayed;
    }
    const std::size_t watched = ac_.limits().size();
    std::vector<std::vector<double>> worst(count, std::vector<double>(watched, -infinity));
    std::vector<std::vector<Found>> found(count, std::vector<Found>(watched));
    for (const LimitRange& range : ranges()) {
        search.clear();
        search.confine(watched_of(range));
        for (const int lane : lanes) add_starts(range, lane, work, found[static_cast<std::size_t>(lane)], points);
        search.search(lanes, settings_.near);
        search.add_doubtful_flips(lanes, settings_.near);
        search.search(lanes, settings_.near);
        for (const int lane : lanes) {
            const auto l = static_cast<std::size_t>(lane);
            take(points, lane, ReplayPoints::searched, item_of(first_step + l, result), worst[l], result);
            pass_on(search, points, lane, range.last, found[l]);
        }
        if (frees_taps_) try_free_taps(points, lanes, first_step, result);
    }
    EnvelopePoints others(ac_, bases);
    for (const int lane : lanes) {
        const auto l = static_cast<std::size_t>(lane);
        const std::size_t step = first_step + l, item = item_of(step, result);
        others.set_box(lane, points.box(lane));
        try_random(step, lane, item, others, worst[l], result);
        if (settings_.all_corners) try_all_corners(lane, item, others, worst[l], result);
        conclude(step, row_offset, worst[l], result, values);
    }
}

ReplayResult empty_replay(std::size_t steps, std::size_t feeders) {
    ReplayResult result;
    result.step_count = steps;
    result.feeder_count = feeders;
    const std::size_t items = steps * feeders;
    result.status.assign(items, ReplayStatus::invalid_input);
    for (auto& excess : result.worst_excess) excess.assign(items, nan);
    result.worst_row.assign(items, -1);
    result.violated.assign(items, 0);
    result.points.assign(items, 0);
    return result;
}

/// A shard of feeders: made ready, replayed, and only their numbers kept.
class ReplayShard {
public:
    ReplayShard(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                const ReplayedLimits& limits, const ReplaySettings& settings, const ReplayRun& run,
                ReplayResult& result)
        : region_(region),
          series_(series),
          question_(question),
          limits_(limits),
          settings_(settings),
          run_(run),
          result_(result) {}

    /// @param values  [#feeder of the shard] out
    void replay(std::int64_t first, std::span<std::vector<double>> values) {
        parts_.prepare(region_, series_, first, values.size(), run_.threads, result_.feeder_fault,
                       [&](std::int64_t feeder, const TapRun& run) {
                           return std::make_unique<FeederReplay>(region_, feeder, series_, run, question_, limits_,
                                                                 settings_, run_.first_feeder + feeder);
                       });
        std::vector<std::int32_t> row_offset;
        for (std::size_t k = 0; k < values.size(); ++k) {
            row_offset.push_back(static_cast<std::int32_t>(result_.rows.size()));
            if (const FeederReplay* feeder = parts_.first_of(k))
                add(first + static_cast<std::int64_t>(k), *feeder, values[k]);
        }
        const std::vector<Pack> packs = split();
        const auto replay_pack = [&](int item, int) {
            const auto& [part, step, count] = packs[static_cast<std::size_t>(item)];
            if (part.ready) part.ready->replay_pack(step, row_offset[part.feeder], result_, values[part.feeder]);
            if (run_.finished) run_.finished(static_cast<std::int64_t>(count));
        };
        run_batch(static_cast<int>(packs.size()), run_.threads, replay_pack, 1, run_.stop);
    }

private:
    using Parts = FeederParts<FeederReplay>;

    /// Steps of one feeder that are replayed together.
    struct Pack {
        const Parts::Part& part;
        std::size_t first_step, count;
    };
    std::vector<Pack> split() const {
        std::vector<Pack> packs;
        for (const Parts::Part& part : parts_.all()) {
            const std::size_t most = part.ready ? part.ready->steps_at_once() : part.run.step_count();
            for (std::size_t step = part.run.first; step < part.run.end; step += most)
                packs.push_back({part, step, std::min(most, part.run.end - step)});
        }
        return packs;
    }

    void add(std::int64_t feeder, const FeederReplay& replay, std::vector<double>& values) {
        const std::vector<SecurityLimit>& limits = replay.linear().rows().limits();
        result_.rows.add(feeder, limits);
        values.assign(result_.step_count * limits.size(), nan);
        for (std::size_t step = 0; step < result_.step_count; ++step)
            result_.status[step * result_.feeder_count + static_cast<std::size_t>(feeder)] = ReplayStatus::no_limits;
    }

    const Region& region_;
    const SeriesSet& series_;
    const AllocationQuestion& question_;
    const ReplayedLimits& limits_;
    const ReplaySettings& settings_;
    const ReplayRun& run_;
    ReplayResult& result_;
    Parts parts_;
};

void require_limits(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                    const ReplayedLimits& limits) {
    const std::size_t size = series.step_count() * region.customer_count();
    const bool joint = question.reactive == Reactive::joint;
    if (limits.export_limit.size() != size || limits.import_limit.size() != size
        || (joint && (limits.q_inject_limit.size() != size || limits.q_absorb_limit.size() != size)))
        throw std::invalid_argument("limits to replay do not have one number for every step and customer");
}

}  // namespace

std::vector<double> ReplayResult::worst_share() const {
    std::vector<double> share(worst_value.size());
    for (std::size_t k = 0; k < share.size(); ++k) share[k] = worst_value[k] / rows.limit[k % rows.size()];
    return share;
}

double ReplayResult::excess(std::size_t item) const {
    double largest = nan;
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind) {
        const double excess = worst_excess[kind][item];
        if (kind == static_cast<std::size_t>(ReplayPoints::free_taps) || std::isnan(excess)) continue;
        if (!(excess <= largest)) largest = excess;
    }
    return largest;
}

bool ReplayResult::clean(std::size_t item) const {
    return status[item] == ReplayStatus::replayed && violated[item] == 0;
}

ReplayResult replay(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                    const ReplayedLimits& limits, const std::vector<std::string>& faults,
                    const ReplaySettings& settings, const ReplayRun& run) {
    require_limits(region, series, question, limits);
    const auto feeders = static_cast<std::int64_t>(region.feeder_count());
    ReplayResult result = empty_replay(series.step_count(), region.feeder_count());
    result.feeder_fault = faults;
    std::vector<std::vector<double>> values(region.feeder_count());
    ReplayShard shard(region, series, question, limits, settings, run, result);
    for (std::int64_t first = 0; first < feeders; first += shard_feeders)
        shard.replay(first,
                     std::span(values).subspan(static_cast<std::size_t>(first),
                                               static_cast<std::size_t>(std::min(shard_feeders, feeders - first))));
    for (std::size_t step = 0; step < result.step_count; ++step)
        for (const std::vector<double>& of_feeder : values)
            append_step(of_feeder, step, result.step_count, result.worst_value);
    return result;
}

}  // namespace headroom
