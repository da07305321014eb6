#include <fmt/format.h>

#include <type_traits>

#include "formulations/network/validate.hpp"
#include "io/case/case_columns.hpp"
#include "io/case/case_file.hpp"
#include "io/case/column_writer.hpp"
#include "io/case/schema.hpp"
#include "io/errors.hpp"
#include "io/hdf5/notes.hpp"
#include "io/hdf5/time_axis.hpp"
#include "io/hdf5/writer.hpp"

namespace headroom {
namespace {

/// Adds up the bytes of the columns it is shown.
struct ByteCounter {
    std::uint64_t bytes = 0;

    void operator()(const ColumnNote&, const std::vector<std::string>& words) {
        bytes += words.size() * case_schema::id_bytes_max;
    }
    template <class T>
    void operator()(const ColumnNote&, const std::vector<T>& column, const std::type_identity_t<T>& = {}) {
        bytes += column.size() * sizeof(T);
    }
};

void write_offsets(Hdf5Writer& writer, const FeederColumns& feeder) {
    writer.dimension("/feeder_edges", feeder.id.size() + 1);
    const auto write = [&](const std::string& name, const std::string& group, const std::vector<std::int64_t>& offset) {
        const std::string meaning = fmt::format("feeder f owns rows [offset[f], offset[f + 1]) of /{}", group);
        writer.write({"/feeder/" + name, ElementType::int64, {"/feeder_edges"}, describe(meaning, "1"), Chunking::rows},
                     offset.data());
    };
    write("bus_offset", "bus", feeder.bus_offset);
    write("branch_offset", "branch", feeder.branch_offset);
    write("shunt_offset", "shunt", feeder.shunt_offset);
    write("customer_offset", "customer", feeder.customer_offset);
    if (feeder.order_offset.back() > 0) write("order_offset", "order", feeder.order_offset);
}

void write_series(Hdf5Writer& writer, const SeriesSet& series, const std::string& currency) {
    const std::string group = "/series/" + series.name;
    writer.group(group);
    write_time_axis(writer, group, series.start, series.end);
    const std::string time = group + "/time";
    const auto write = [&](const std::string& name, std::vector<std::string> axes, Attributes notes,
                           const std::vector<double>& values) {
        axes.insert(axes.begin(), time);
        writer.write({group + "/" + name, ElementType::float64, axes, std::move(notes), Chunking::ranges},
                     values.data());
    };
    write("p_forecast", {"/customers"}, describe_float("forecast of the injection, positive into the network", "W"),
          series.p_forecast);
    write("q_forecast", {"/customers"},
          describe_float("forecast of the reactive injection, positive into the network (capacitive)", "V A"),
          series.q_forecast);
    write("slack_voltage", {"/feeders", "/phase"}, describe_float("voltage of the slack bus, phase to neutral", "V"),
          series.slack_voltage);
    write("slack_angle", {"/feeders", "/phase"}, describe_float("angle of the voltage of the slack bus", "degree"),
          series.slack_angle);
    if (!series.to_tap.empty())
        write("to_tap", {"/transformers", "/coil"}, describe_float("tap in per unit of rated voltage, to side", "1"),
              series.to_tap);
    if (series.price.empty()) return;
    Attributes notes = describe_float("price of energy", "MW-1.h-1");
    notes.push_back({"currency", currency});
    write("price", {"/feeders"}, std::move(notes), series.price);
}

Attributes root_notes(const Region& region) {
    return {{"schema", std::string(case_schema::name)},
            {"schema_version", std::vector<std::int32_t>{static_cast<std::int32_t>(case_schema::version)}},
            {"name", region.name},
            {"currency", region.currency},
            {"power_sign", "injections, positive into the network; caps, limits and requests are not negative"},
            {"reactive_sign", "injections, positive into the network (capacitive)"},
            {"conductor_order", "a b c neutral"},
            {"time_zone", "UTC"}};
}

void write_axes(Hdf5Writer& writer) {
    writer.dimension("/conductor", conductor_count);
    writer.dimension("/other_conductor", conductor_count);
    writer.dimension("/coil", 3);
    writer.dimension("/terminal", 2);
    writer.dimension("/zip_part", 3);
    writer.dimension("/point", VoltVarColumns::point_count);
    writer.dimension("/phase", 3);
    writer.dimension("/bound", 2);
}

template <class Region, class Visit> void visit_groups(Region& region, Visit&& visit) {
    visit(case_group::feeder, region.feeder);
    visit(case_group::bus, region.bus);
    visit(case_group::line_code, region.line_code);
    visit(case_group::transformer, region.transformer);
    if (!region.tap_control.id.empty()) visit(case_group::tap_control, region.tap_control);
    visit(case_group::branch, region.branch);
    visit(case_group::shunt, region.shunt);
    visit(case_group::customer, region.customer);
    visit(case_group::volt_var, region.volt_var);
    if (region.order_count() > 0) visit(case_group::order, region.order);
}

std::uint64_t planned_bytes(const Region& region) {
    ByteCounter counter;
    visit_groups(region, [&](const GroupNote&, const auto& columns) { visit_columns(columns, counter); });
    counter.bytes += 5 * region.feeder.bus_offset.size() * sizeof(std::int64_t);
    for (const SeriesSet& s : region.series)
        counter.bytes += sizeof(double)
                         * (3 * s.start.size() + s.p_forecast.size() + s.q_forecast.size() + s.slack_voltage.size()
                            + s.slack_angle.size() + s.price.size() + s.to_tap.size());
    return counter.bytes;
}

void check_writable(const Region& region) {
    const std::vector<Fault> faults = validate_structure(region);
    if (!faults.empty()) throw InputError("the region cannot be written: " + summarise(faults), messages(faults));
    for (const SeriesSet& series : region.series)
        if (!case_schema::is_series_name(series.name))
            throw InputError(
                fmt::format("the region cannot be written: '{}' is no name for a series (letters, digits, "
                            "'-' and '_')",
                            series.name));
}

}  // namespace

void write_case(const Region& region, const std::filesystem::path& path, int threads) {
    check_writable(region);
    Hdf5Writer writer(path, planned_bytes(region), threads);
    writer.annotate("/", root_notes(region));
    write_axes(writer);
    visit_groups(region, [&](const GroupNote& group, const auto& columns) {
        write_group(writer, group, columns, region.currency);
    });
    write_offsets(writer, region.feeder);

    std::string names;
    for (const SeriesSet& series : region.series) names += (names.empty() ? "" : " ") + series.name;
    writer.group("/series");
    writer.annotate("/series", {{"names", names}, {"default", region.series.front().name}});
    for (const SeriesSet& series : region.series) write_series(writer, series, region.currency);
    writer.commit();
}

}  // namespace headroom
