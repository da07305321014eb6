#include <algorithm>
#include <cmath>
#include <filesystem>
#include <unordered_map>

#include <fmt/format.h>

#include "formulations/network/series_taps.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/csv/csv_fields.hpp"
#include "io/import/csv/csv_file_reader.hpp"
#include "io/import/csv/csv_orders.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"
#include "io/report/counted.hpp"

namespace headroom {
namespace fs = std::filesystem;
namespace csv {
namespace {

class CaseReader {
public:
    explicit CaseReader(const fs::path& folder) : folder_(folder) {}

    Imported read() {
        region_.name = fs::absolute(folder_).lexically_normal().filename().string();
        FileReader feeder(folder_ / "feeder.csv");
        feeder.text("id", region_.feeder.id);
        read_buses();
        feeder.set_buses(buses_, region_.feeder.id);
        feeder.bus("slack_bus", region_.feeder.slack_bus);
        feeder.finish();
        optional("line_code", [&](FileReader& f) { visit(f, region_.line_code); });
        optional("transformer", [&](FileReader& f) { visit(f, region_.transformer); });
        optional("tap_control", [&](FileReader& f) { visit(f, region_.tap_control, region_.transformer); });
        optional("volt_var", [&](FileReader& f) { visit(f, region_.volt_var); });
        inside_feeders("branch", region_.feeder.branch_offset,
                       [&](FileReader& f) { visit(f, region_.branch, region_.line_code, region_.transformer); });
        complete_switches();
        inside_feeders("customer", region_.feeder.customer_offset,
                       [&](FileReader& f) { visit(f, region_.customer, region_.volt_var); });
        region_.feeder.shunt_offset.assign(region_.feeder_count() + 1, 0);
        if (fs::exists(folder_ / "shunt.csv"))
            inside_feeders("shunt", region_.feeder.shunt_offset, [&](FileReader& f) { visit(f, region_.shunt); });
        read_region();
        if (const fs::path orders = folder_ / "order.csv"; fs::exists(orders)) read_orders_csv(orders, region_);
        count();
        return {std::move(region_), std::move(report_)};
    }

private:
    void read_buses() {
        FileReader file(folder_ / "bus.csv");
        region_.feeder.bus_offset = file.group_by_feeder(region_.feeder.id);
        BusColumns& bus = region_.bus;
        visit(file, bus);
        file.finish();
        for (std::size_t k = 0; k < bus.id.size(); ++k) {
            if (std::isnan(bus.voltage_min[k])) bus.voltage_min[k] = 0.9 * bus.base_voltage[k];
            if (std::isnan(bus.voltage_max[k])) bus.voltage_max[k] = 1.1 * bus.base_voltage[k];
        }
        for (std::size_t f = 0; f < region_.feeder_count(); ++f)
            for (auto k = region_.feeder.bus_offset[f]; k < region_.feeder.bus_offset[f + 1]; ++k)
                buses_.try_emplace(path_of(region_.feeder.id[f], bus.id[std::size_t(k)]), static_cast<std::int32_t>(k));
    }

    /// A switch that names no line code has no impedance: a bare limit, where it is rated.
    void complete_switches() {
        BranchColumns& branch = region_.branch;
        LineCodeColumns& codes = region_.line_code;
        std::int32_t none = -1;
        for (std::size_t k = 0; k < branch.id.size(); ++k) {
            if (branch.kind[k] != BranchKind::circuit_switch || branch.line_code[k] >= 0) continue;
            if (none < 0) {
                none = static_cast<std::int32_t>(codes.id.size());
                std::string id = "switch";
                while (std::ranges::find(codes.id, id) != codes.id.end()) id += "_";
                codes.id.push_back(std::move(id));
                for (auto* matrices : {&codes.r, &codes.x, &codes.g, &codes.b}) matrices->emplace_back();
            }
            branch.line_code[k] = none;
        }
    }

    template <class Visit> void optional(const char* name, const Visit& visit_columns) {
        const fs::path file = folder_ / (std::string(name) + ".csv");
        if (!fs::exists(file)) return;
        FileReader reader(file);
        visit_columns(reader);
        reader.finish();
    }

    template <class Visit>
    void inside_feeders(const char* name, std::vector<std::int64_t>& offset, const Visit& visit_columns) {
        FileReader reader(folder_ / (std::string(name) + ".csv"));
        offset = reader.group_by_feeder(region_.feeder.id);
        reader.set_buses(buses_, region_.feeder.id);
        visit_columns(reader);
        reader.finish();
    }

    void read_region() {
        std::vector<std::string> series;
        if (fs::exists(folder_ / "region.csv")) {
            const Table table(folder_ / "region.csv");
            if (table.row_count() != 1) table.fail("one row is needed");
            for (std::size_t c = 0; c < table.header().size(); ++c) {
                const std::string value(table.cell(0, c));
                if (table.header()[c] == "name")
                    region_.name = value;
                else if (table.header()[c] == "currency")
                    region_.currency = value;
                else if (table.header()[c] == "series")
                    series = words(value);
                else
                    table.fail(fmt::format("column '{}' is not known", table.header()[c]));
            }
        }
        if (series.empty() && fs::is_directory(folder_ / "series")) {
            for (const auto& entry : fs::directory_iterator(folder_ / "series"))
                if (entry.is_directory()) series.push_back(entry.path().filename().string());
            std::ranges::sort(series);
            if (series.size() > 1)
                report_.note(fmt::format("'{}' is the default series: the first by name", series.front()));
        }
        for (const std::string& name : series) read_series(name);
    }

    static std::vector<std::string> words(std::string_view text) {
        std::vector<std::string> result;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find(' ', begin), text.size());
            if (end > begin) result.emplace_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
        return result;
    }

    void read_series(const std::string& name) {
        if (name.find_first_of("/\\") != std::string::npos || name.starts_with("."))
            throw InputError(fmt::format("region.csv: '{}' is no name of a series", name));
        const fs::path folder = folder_ / "series" / name;
        SeriesSet set;
        set.name = name;
        read_time(folder / "time.csv", set);
        std::vector<std::string> customers, phases;
        for (std::size_t f = 0; f < region_.feeder_count(); ++f) {
            const std::string& feeder = region_.feeder.id[f];
            for (auto k = region_.feeder.customer_offset[f]; k < region_.feeder.customer_offset[f + 1]; ++k)
                customers.push_back(path_of(feeder, region_.customer.id[std::size_t(k)]));
            for (const char* phase : {"a", "b", "c"}) phases.push_back(path_of(feeder, phase));
        }
        set.p_forecast = read_values(folder / "p_forecast_kw.csv", set, customers, 3);
        const auto q = folder / "q_forecast_kvar.csv";
        if (fs::exists(q))
            set.q_forecast = read_values(q, set, customers, 3);
        else
            set.q_forecast.assign(set.p_forecast.size(), 0.0);
        set.slack_voltage = slack_values(folder / "slack_voltage_v.csv", set, phases, true);
        set.slack_angle = slack_values(folder / "slack_angle_degree.csv", set, phases, false);
        const auto price = folder / "price_per_mwh.csv";
        if (fs::exists(price)) set.price = read_values(price, set, region_.feeder.id, 0);
        if (const auto taps = folder / "to_tap.csv"; fs::exists(taps)) set.to_tap = read_taps(taps, set);
        region_.series.push_back(std::move(set));
    }

    std::vector<double> slack_values(const fs::path& file, const SeriesSet& set, const std::vector<std::string>& phases,
                                     bool voltage) {
        if (fs::exists(file)) return read_values(file, set, phases, 0);
        report_.note(voltage ? "no slack_voltage_v.csv: base voltage assumed at the slack bus"
                             : "no slack_angle_degree.csv: 0, -120 and 120 degrees assumed");
        constexpr double angle[3] = {0.0, -120.0, 120.0};
        std::vector<double> values;
        for (std::size_t t = 0; t < set.step_count(); ++t)
            for (std::size_t k = 0; k < phases.size(); ++k)
                values.push_back(voltage ? region_.bus.base_voltage[std::size_t(region_.feeder.slack_bus[k / 3])]
                                         : angle[k % 3]);
        return values;
    }

    /// Coils that have no column stand where transformer.csv has them.
    std::vector<double> read_taps(const fs::path& file, const SeriesSet& set) {
        const std::size_t transformers = region_.transformer.id.size();
        std::unordered_map<std::string, std::size_t> coil_of;
        for (std::size_t row = 0; row < transformers; ++row)
            for (std::size_t coil = 0; coil < 3; ++coil)
                coil_of.emplace(fmt::format("{}/{}", region_.transformer.id[row], coil + 1), 3 * row + coil);
        const Table table(file);
        std::vector<std::string> names;
        for (const std::string& name : table.header()) {
            if (name == "start") continue;
            if (!coil_of.contains(name))
                table.fail(fmt::format("column '{}' is no coil of a transformer: ID/1, ID/2 or ID/3", name));
            names.push_back(name);
        }
        const std::vector<double> moved = read_values(file, set, names, 0);
        std::vector<double> taps = standing_taps(region_.transformer, set.step_count());
        for (std::size_t step = 0; step < set.step_count(); ++step)
            for (std::size_t k = 0; k < names.size(); ++k)
                taps[step * 3 * transformers + coil_of.at(names[k])] = moved[step * names.size() + k];
        return taps;
    }

    static void read_time(const fs::path& file, SeriesSet& set) {
        const Table table(file);
        const auto start = table.column("start"), end = table.column("end");
        if (!start || table.header().size() != (end ? 2u : 1u))
            table.fail("columns 'start' and 'end' are needed, no others");
        const auto read = [&](std::size_t row, std::size_t column) {
            const auto time = parse_time(table.cell(row, column));
            if (!time) table.fail(row, column, "a time like 2025-03-01T00:30:00Z is needed, with its zone");
            return *time;
        };
        for (std::size_t t = 0; t < table.row_count(); ++t) set.start.push_back(read(t, *start));
        for (std::size_t t = 0; t < table.row_count(); ++t) {
            if (end)
                set.end.push_back(read(t, *end));
            else if (t + 1 < table.row_count())
                set.end.push_back(set.start[t + 1]);
            else if (t > 0)
                set.end.push_back(set.start[t] + (set.start[t] - set.start[t - 1]));
            else
                table.fail("column 'end' is needed where there is one step");
        }
    }

    /// One row per step, in the order of time.csv; one column per name, in any order. "feeder/x" may be "x" where there
    /// is one feeder.
    std::vector<double> read_values(const fs::path& file, const SeriesSet& set, const std::vector<std::string>& names,
                                    int shift) {
        const Table table(file);
        if (table.row_count() != set.step_count())
            table.fail(fmt::format("{}, time.csv has {}", counted(table.row_count(), "row"),
                                   counted(set.step_count(), "step")));
        const auto start = table.column("start");
        if (!start) table.fail("column 'start' is missing");
        Rows columns = rows_of(table.header());
        std::vector<std::size_t> at;
        for (const std::string& name : names) {
            auto found = columns.find(name);
            if (found == columns.end() && region_.feeder_count() == 1)
                found = columns.find(name.substr(name.find('/') + 1));
            if (found == columns.end()) table.fail(fmt::format("column '{}' is missing", name));
            at.push_back(std::size_t(found->second));
        }
        if (table.header().size() != names.size() + 1)
            table.fail(fmt::format("{} beside 'start', {} are needed", counted(table.header().size() - 1, "column"),
                                   names.size()));
        std::vector<double> values;
        values.reserve(set.step_count() * names.size());
        for (std::size_t t = 0; t < set.step_count(); ++t) {
            if (parse_time(table.cell(t, *start)) != set.start[t])
                table.fail(t, *start, "is not this step's start in time.csv");
            for (const std::size_t column : at) {
                const std::string_view cell = table.cell(t, column);
                const auto value = cell.empty() ? std::optional(not_given) : parse_number(cell, shift);
                if (!value) table.fail(t, column, fmt::format("'{:.40}': a number is needed", cell));
                values.push_back(*value);
            }
        }
        return values;
    }

    void count() {
        const auto note = [&](const char* what, std::size_t rows) {
            for (std::size_t k = 0; k < rows; ++k) report_.understand(what);
        };
        note("feeder", region_.feeder_count());
        note("bus", region_.bus_count());
        note("branch", region_.branch_count());
        note("customer", region_.customer_count());
        note("order", region_.order_count());
        note("series", region_.series.size());
    }

    const fs::path folder_;
    Region region_;
    ImportReport report_;
    Rows buses_;
};

}  // namespace
}  // namespace csv

Imported import_csv(const fs::path& folder) {
    if (!fs::is_directory(folder)) throw InputError(fmt::format("{}: there is no such folder", folder.string()));
    return csv::CaseReader(folder).read();
}

}  // namespace headroom
