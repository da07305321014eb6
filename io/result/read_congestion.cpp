#include "io/hdf5/file_schema.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/schema.hpp"

namespace headroom {
namespace {

/// Probabilities follow from the counts, so they are not kept.
void read_values(const ResultReader& page, CongestionResult& result) {
    const std::int32_t samples = result.sample_count;
    const Shape by_row{result.step_count, result.rows.size()}, by_feeder{result.step_count, result.feeder_count};
    const auto with_levels = [&result](Shape shape) {
        shape.push_back(result.probability.size());
        return shape;
    };
    result.row_violated = page.values<std::int32_t>("/limit/violated_samples", by_row, 0, samples);
    result.row_mean = page.values<double>("/limit/value_mean", by_row);
    result.row_deviation = page.values<double>("/limit/value_deviation", by_row);
    result.row_excess = page.values<double>("/limit/excess", by_row);
    result.row_quantile = page.values<double>("/limit/value_quantile", with_levels(by_row));
    for (const std::int8_t status :
         page.values<std::int8_t>("/solve/status", by_feeder, 0, congestion_schema::status_last))
        result.status.push_back(static_cast<ForecastStatus>(status));
    result.diverged = page.values<std::int32_t>("/solve/diverged", by_feeder, 0, samples);
    result.violated = page.values<std::int32_t>("/solve/violated_samples", by_feeder, 0, samples);
    result.violated_limits = page.values<double>("/solve/violated_limits", by_feeder);
    result.head_power_quantile = page.values<double>("/solve/head_power_quantile", with_levels(by_feeder));
}

}  // namespace

CongestionFile read_congestion(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    require_schema(reader, "congestion forecast", congestion_schema::name, congestion_schema::version);
    const ResultReader page(reader);
    CongestionFile file;
    file.run = read_forecast_run(page);
    ResultFrame frame = read_frame(reader, page);
    file.start = std::move(frame.start);
    file.end = std::move(frame.end);
    file.feeder_id = std::move(frame.feeder_id);

    CongestionResult& result = file.result;
    const std::int64_t samples = reader.integer_attribute("/", "samples");
    if (samples < 1 || samples > congestion_schema::samples_max)
        reader.fail(
            "/", fmt::format("attribute samples must lie in [1, {}], is {}", congestion_schema::samples_max, samples));
    result.sample_count = static_cast<std::int32_t>(samples);
    result.step_count = file.start.size();
    result.feeder_fault = std::move(frame.feeder_fault);
    result.feeder_count = file.feeder_id.size();
    result.probability =
        page.values<double>("/quantile_level", {page.length("/quantile_level", ElementType::float64, 1)});
    result.rows = read_row_table(page, static_cast<std::int32_t>(result.feeder_count) - 1, file.row_names);
    read_values(page, result);
    return file;
}

}  // namespace headroom
