#include <fmt/format.h>

#include <stdexcept>

#include "io/hdf5/time_axis.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/result_page.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"
#include "solver/statistics/wilson_interval.hpp"

namespace headroom {
namespace {

using namespace result_axis;
constexpr const char* quantiles = "/quantiles";

void require_forecast(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(fmt::format("a forecast does not fit its region: {}", what));
}

void check_fit(const CongestionResult& result, const Region& region, const SeriesSet& series) {
    const std::size_t steps = series.step_count(), items = steps * region.feeder_count(),
                      values = steps * result.rows.size(), levels = result.probability.size();
    require_forecast(result.step_count == steps, "number of steps");
    require_forecast(result.feeder_count == region.feeder_count() && result.feeder_fault.size() == region.feeder_count(),
            "number of feeders");
    require_forecast(result.sample_count > 0, "number of samples");
    require_forecast(result.status.size() == items && result.diverged.size() == items && result.violated.size() == items
                && result.violated_limits.size() == items && result.head_power_quantile.size() == items * levels,
            "values of feeders");
    require_forecast(result.row_violated.size() == values && result.row_mean.size() == values
                && result.row_deviation.size() == values && result.row_excess.size() == values
                && result.row_quantile.size() == values * levels,
            "values of rows");
}

Attributes page_notes(const CongestionResult& result, const ForecastRunInfo& run) {
    Attributes notes = root_notes(congestion_schema::name, congestion_schema::version, notes_of(run));
    notes.push_back({"flow", "ac-power-flow"});
    notes.push_back({"samples", std::vector<std::int32_t>{result.sample_count}});
    notes.push_back({"confidence", "probabilities with Wilson's 95 % interval"});
    notes.push_back({"time_zone", "UTC"});
    return notes;
}

struct Probabilities {
    std::vector<double> estimate, lower, upper;

    void add(std::int32_t violated, std::int32_t samples, bool known) {
        const Interval interval = wilson_interval(violated, samples);
        estimate.push_back(known ? static_cast<double>(violated) / samples : not_given);
        lower.push_back(known ? interval.lower : not_given);
        upper.push_back(known ? interval.upper : not_given);
    }
};

void write_probabilities(const ResultPage& page, const std::string& group, const char* axis, const std::string& what,
                         const Probabilities& p) {
    page.series(group + "/probability", axis, describe_float("share of samples in which " + what, "1"), p.estimate);
    page.series(group + "/probability_lower", axis, describe_float("lower end of its 95 % interval", "1"), p.lower);
    page.series(group + "/probability_upper", axis, describe_float("upper end of its 95 % interval", "1"), p.upper);
}

void write_quantiles(const ResultPage& page, const std::string& path, const char* axis, Attributes notes,
                     const std::vector<double>& values) {
    page.writer.write({path, ElementType::float64, {"/time", axis, quantiles}, std::move(notes), Chunking::ranges},
                      values.data());
}

void write_limits(const ResultPage& page, const CongestionResult& result) {
    page.group("/limit", "how probable it is that the limits of /row are passed; values as shares of the limit");
    page.series("/limit/violated_samples", rows, describe("samples that pass the limit, diverged ones among them", "1"),
                result.row_violated);
    Probabilities p;
    for (const std::int32_t violated : result.row_violated) p.add(violated, result.sample_count, true);
    write_probabilities(page, "/limit", rows, "the limit is passed", p);
    page.series("/limit/value_mean", rows, describe_float("mean of value / limit", "1"), result.row_mean);
    page.series("/limit/value_deviation", rows, describe_float("standard deviation of value / limit", "1"),
                result.row_deviation);
    page.series("/limit/excess", rows,
                describe_float("mean of abs(value / limit - 1) of samples that pass the limit; NaN: none", "1"),
                result.row_excess);
    write_quantiles(page, "/limit/value_quantile", rows, describe_float("quantiles of value / limit", "1"),
                    result.row_quantile);
}

void write_items(const ResultPage& page, const CongestionResult& result) {
    page.group("/solve", "each feeder and step as a whole");
    Attributes status = describe("worth of the forecast");
    add_counting_flags<std::int8_t>(status, congestion_schema::status_meanings);
    page.series("/solve/status", feeders, std::move(status), result.status);
    page.series("/solve/diverged", feeders,
                describe("samples whose power flow found no answer: counted as passing every limit", "1"),
                result.diverged);
    page.series("/solve/violated_samples", feeders, describe("samples that pass any limit", "1"), result.violated);
    Probabilities p;
    for (std::size_t i = 0; i < result.violated.size(); ++i)
        p.add(result.violated[i], result.sample_count, result.status[i] == ForecastStatus::done);
    write_probabilities(page, "/solve", feeders, "any limit is passed", p);
    page.series("/solve/violated_limits", feeders, describe_float("mean number of limits passed", "1"),
                result.violated_limits);
    write_quantiles(page, "/solve/head_power_quantile", feeders,
                    describe_float("quantiles of the power out of the source", "W"), result.head_power_quantile);
}

std::uint64_t planned_bytes(const CongestionResult& result) {
    const std::uint64_t levels = result.probability.size();
    return (64 + 8 * levels) * (result.row_violated.size() + result.status.size()) + 24 * result.step_count
           + 40 * result.rows.size() + result_schema::id_bytes_max * (result.feeder_count + 2 * result.rows.size());
}

}  // namespace

void write_congestion(const CongestionResult& result, const Region& region, const SeriesSet& series,
                      const ForecastRunInfo& run, const std::filesystem::path& path) {
    check_fit(result, region, series);
    Hdf5Writer writer(path, planned_bytes(result));
    writer.annotate("/", page_notes(result, run));
    writer.dimension("/bound", 2);
    writer.dimension(feeders, region.feeder_count());
    writer.dimension(rows, result.rows.size());
    writer.dimension(quantiles, result.probability.size());
    write_time_axis(writer, "", series.start, series.end);

    const ResultPage page{writer};
    page.column("/quantile_level", quantiles, describe_float("probability of not more than the quantile", "1"),
                result.probability);
    write_feeders(page, region.feeder.id, result.feeder_fault);
    write_row_table(page, result.rows, region);
    write_limits(page, result);
    write_items(page, result);
    writer.commit();
}

}  // namespace headroom
