#include "formulations/risk/congestion_forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "formulations/network/feeder_parts.hpp"
#include "formulations/risk/feeder_forecast.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

// Feeders made ready at a time: enough for any number of threads, little enough to bound memory for any region.
constexpr std::int64_t shard_feeders = 64;
constexpr double bytes_per_gigabyte = 1e9;

/// What a region's forecast fills, feeder by feeder, until rows stand side by side.
class Forecast {
public:
    Forecast(const Region& region, const SeriesSet& series, const CongestionQuestion& question,
             const std::vector<std::string>& faults, const CongestionRun& run);

    void add_shard(std::int64_t first, std::int64_t count);
    CongestionResult join();

private:
    using Parts = FeederParts<FeederForecast>;

    void check_memory(const FeederForecast& feeder, std::int64_t number) const;
    void solve(std::int64_t first, const Parts& parts);

    const Region& region_;
    const SeriesSet& series_;
    const CongestionQuestion& question_;
    const CongestionRun& run_;
    CongestionResult result_;
    std::vector<FeederForecast::LimitStatistics> limits_;  ///< [#feeder]
};

Forecast::Forecast(const Region& region, const SeriesSet& series, const CongestionQuestion& question,
                   const std::vector<std::string>& faults, const CongestionRun& run)
    : region_(region), series_(series), question_(question), run_(run), limits_(region.feeder_count()) {
    result_.step_count = series.step_count();
    result_.feeder_count = region.feeder_count();
    result_.sample_count = question.samples;
    result_.probability = question.quantiles;
    const std::size_t items = result_.step_count * result_.feeder_count;
    result_.status.assign(items, ForecastStatus::invalid_input);
    result_.diverged.assign(items, 0);
    result_.violated.assign(items, 0);
    result_.violated_limits.assign(items, nan);
    result_.head_power_quantile.assign(items * question.quantiles.size(), nan);
    result_.feeder_fault = faults;
}

void Forecast::check_memory(const FeederForecast& feeder, std::int64_t number) const {
    const auto threads = static_cast<std::uint64_t>(thread_count(run_.threads));
    const std::string& name = region_.feeder.id[static_cast<std::size_t>(number)];
    const auto refuse = [&](const std::string& what, std::uint64_t bytes) {
        throw std::invalid_argument(
            fmt::format("{} would take {:.1f} GB, of {:.1f} GB at most: ask for fewer samples, quantiles, threads or "
                        "steps, or watch "
                        "customers only",
                        what, static_cast<double>(bytes) / bytes_per_gigabyte,
                        static_cast<double>(run_.memory_bytes) / bytes_per_gigabyte));
    };
    if (const std::uint64_t bytes = threads * feeder.sample_bytes(); bytes > run_.memory_bytes)
        refuse(fmt::format("{} samples of feeder '{}' on {} threads", question_.samples, name, threads), bytes);
    // Twice: by feeder, and side by side.
    const std::uint64_t per_row = 2 * (sizeof(std::int32_t) + (3 + question_.quantiles.size()) * sizeof(double));
    if (const std::uint64_t bytes = result_.rows.size() * series_.step_count() * per_row; bytes > run_.memory_bytes)
        refuse(fmt::format("statistics of {} limits in {} steps up to feeder '{}'", result_.rows.size(),
                           series_.step_count(), name),
               bytes);
}

void Forecast::solve(std::int64_t first, const Parts& parts) {
    struct Item {
        const Parts::Part& part;
        std::size_t step;
    };
    std::vector<Item> items;
    for (const Parts::Part& part : parts.all())
        for (std::size_t step = part.run.first; step < part.run.end; ++step) items.push_back({part, step});
    std::vector<PartWorkspace<FeederForecast>> workers(static_cast<std::size_t>(thread_count(run_.threads)));
    const auto solve_step = [&](int item, int number) {
        const auto& [part, step] = items[static_cast<std::size_t>(item)];
        if (part.ready)
            part.ready->solve_step(step, workers[static_cast<std::size_t>(number)].of(*part.ready), result_,
                                   limits_[static_cast<std::size_t>(first) + part.feeder]);
        if (run_.finished) run_.finished(1);
    };
    run_batch(static_cast<int>(items.size()), run_.threads, solve_step, 1, run_.stop);
}

void Forecast::add_shard(std::int64_t first, std::int64_t count) {
    Parts parts;
    parts.prepare(region_, series_, first, static_cast<std::size_t>(count), run_.threads, result_.feeder_fault,
                  [&](std::int64_t feeder, const TapRun& run) {
                      return std::make_unique<FeederForecast>(region_, feeder, series_, run, question_,
                                                              run_.first_feeder + feeder);
                  });
    for (std::int64_t k = 0; k < count; ++k)
        if (const FeederForecast* feeder = parts.first_of(static_cast<std::size_t>(k)); feeder != nullptr) {
            result_.rows.add(first + k, feeder->limits());
            check_memory(*feeder, first + k);
            limits_[static_cast<std::size_t>(first + k)] = feeder->limit_statistics();
        }
    solve(first, parts);
}

/// Statistics of all feeders side by side, in the order of the row table.
CongestionResult Forecast::join() {
    const std::size_t steps = series_.step_count();
    for (std::size_t step = 0; step < steps; ++step)
        for (const FeederForecast::LimitStatistics& limits : limits_) {
            append_step(limits.violated, step, steps, result_.row_violated);
            append_step(limits.mean, step, steps, result_.row_mean);
            append_step(limits.deviation, step, steps, result_.row_deviation);
            append_step(limits.excess, step, steps, result_.row_excess);
            append_step(limits.quantile, step, steps, result_.row_quantile);
        }
    return std::move(result_);
}

}  // namespace

std::optional<std::string> CongestionQuestion::fault() const {
    if (auto text = uncertainty.fault()) return text;
    if (samples < 1) return fmt::format("samples = {}, must be 1 or more", samples);
    double last = -1;
    for (const double p : quantiles) {
        if (!(p >= 0 && p <= 1)) return fmt::format("quantiles: {} does not lie in [0, 1]", p);
        if (!(p > last)) return fmt::format("quantiles: {} does not lie above the one before", p);
        last = p;
    }
    return std::nullopt;
}

CongestionResult forecast_congestion(const Region& region, const SeriesSet& series, const CongestionQuestion& question,
                                     const std::vector<std::string>& faults, const CongestionRun& run) {
    if (const auto fault = question.fault()) throw std::invalid_argument(*fault);
    Forecast forecast(region, series, question, faults, run);
    const auto feeders = static_cast<std::int64_t>(region.feeder_count());
    for (std::int64_t first = 0; first < feeders; first += shard_feeders)
        forecast.add_shard(first, std::min(shard_feeders, feeders - first));
    return forecast.join();
}

}  // namespace headroom
