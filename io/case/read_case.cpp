#include <fmt/format.h>

#include "formulations/network/validate.hpp"
#include "io/case/case_columns.hpp"
#include "io/case/case_file.hpp"
#include "io/case/read_tables.hpp"
#include "io/case/schema.hpp"
#include "io/case/series_choice.hpp"
#include "io/errors.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/hdf5/reader.hpp"
#include "io/hdf5/time_axis.hpp"

namespace headroom {
namespace {

RowRange feeder_range(const Hdf5Reader& reader, const CaseReadOptions& options) {
    const std::uint64_t total = all_feeders(reader).total;
    const bool rest = options.feeder_count == CaseReadOptions{}.feeder_count;
    const std::uint64_t first = options.feeder_first;
    if (first > total || (!rest && options.feeder_count > total - first))
        throw InputError(fmt::format("'{}' has {} feeders, asked for {} from number {} on", reader.name(), total,
                                     rest ? std::string("those") : std::to_string(options.feeder_count), first));
    return {first, rest ? total - first : options.feeder_count, total};
}

SeriesSet read_series(const Hdf5Reader& reader, const std::string& name, const RowRange& feeders,
                      const SeriesRows& rows) {
    const std::string group = "/series/" + name;
    TimeAxis axis = read_time_axis(reader, group, case_schema::steps_max);
    const std::uint64_t steps = axis.start.size();
    const auto read = [&](const std::string& column, const RowRange& range, const Shape& inner) {
        const DatasetReader dataset = reader.dataset(group + "/" + column, ElementType::float64, 2 + inner.size());
        Shape shape{steps, range.total};
        Slab slab{{0, range.first}, {steps, range.count}};
        for (const std::uint64_t length : inner) {
            shape.push_back(length);
            slab.offset.push_back(0);
            slab.count.push_back(length);
        }
        dataset.require_shape(shape);
        std::vector<double> values(element_count(slab.count));
        dataset.read(slab, values.data());
        return values;
    };
    SeriesSet series;
    series.name = name;
    series.start = std::move(axis.start);
    series.end = std::move(axis.end);
    series.p_forecast = read("p_forecast", rows.customers, {});
    series.q_forecast = read("q_forecast", rows.customers, {});
    series.slack_voltage = read("slack_voltage", feeders, {3});
    series.slack_angle = read("slack_angle", feeders, {3});
    if (reader.has(group + "/price")) series.price = read("price", feeders, {});
    if (rows.transformers.count > 0 && reader.has(group + "/to_tap"))
        series.to_tap = read("to_tap", rows.transformers, {3});
    return series;
}

std::vector<std::string> wanted_series(const Hdf5Reader& reader, const CaseReadOptions& options) {
    if (options.all_series) return series_names(reader);
    return {chosen_series(reader, options.series)};
}

}  // namespace

Region read_case(const std::filesystem::path& path, const CaseReadOptions& options) {
    RowOrigin origin;
    return read_case(path, options, origin);
}

Region read_case(const std::filesystem::path& path, const CaseReadOptions& options, RowOrigin& origin) {
    const Hdf5Reader reader(path);
    require_schema(reader, "case file", case_schema::name, case_schema::version);
    Region region;
    if (reader.has_attribute("/", "name")) region.name = reader.text_attribute("/", "name");
    if (reader.has_attribute("/", "currency")) region.currency = reader.text_attribute("/", "currency");
    const RowRange feeders = feeder_range(reader, options);
    const SeriesRows rows = read_tables(reader, feeders, region, origin);
    if (options.orders) read_orders(reader, feeders, rows.customers, region);
    for (const std::string& name : wanted_series(reader, options))
        region.series.push_back(read_series(reader, name, feeders, rows));

    std::vector<Fault> faults = validate_structure(region);
    origin.restore(faults);
    if (!faults.empty()) throw InputError(fmt::format("'{}': {}", path.string(), summarise(faults)), messages(faults));
    return region;
}

std::vector<std::string> list_series(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    require_schema(reader, "case file", case_schema::name, case_schema::version);
    return series_names(reader);
}

std::size_t count_feeders(const std::filesystem::path& path) {
    const Hdf5Reader reader(path);
    require_schema(reader, "case file", case_schema::name, case_schema::version);
    return all_feeders(reader).total;
}

}  // namespace headroom
