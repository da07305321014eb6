#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/csv/csv_fields.hpp"
#include "io/import/csv/csv_moment.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"

namespace headroom {
namespace fs = std::filesystem;
namespace csv {
namespace {

void write_file(const fs::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) throw OutputError(fmt::format("{}: cannot be written", file.string()));
}

/// Collects the columns of one file.
class FileWriter {
public:
    explicit FileWriter(std::vector<std::string> bus_ids = {}) : bus_ids_(std::move(bus_ids)) {}

    void column(std::string name, std::size_t count, const std::function<std::string(std::size_t)>& cell) {
        header_.push_back(std::move(name));
        cells_.emplace_back();
        for (std::size_t k = 0; k < count; ++k) cells_.back().push_back(quoted_field(cell(k)));
    }
    void text(std::string_view name, const std::vector<std::string>& c) {
        column(std::string(name), c.size(), [&](std::size_t k) { return c[k]; });
    }
    void number(std::string_view name, int shift, const std::vector<double>& c, double = 0.0) {
        column(std::string(name), c.size(), [&](std::size_t k) { return number_text(c[k], -shift); });
    }
    void phases(std::string_view name, const std::vector<std::uint8_t>& c) {
        column(std::string(name), c.size(), [&](std::size_t k) { return phases_text(c[k]); });
    }
    void coils(std::string_view name, const std::vector<TransformerColumns::Coils>& c) {
        column(std::string(name), c.size(), [&](std::size_t k) { return coils_text(c[k]); });
    }
    void taps(std::string_view name, const std::vector<std::array<double, 3>>& c) {
        for (std::size_t coil = 0; coil < 3; ++coil)
            column(fmt::format("{}_{}", name, coil + 1), c.size(),
                   [&](std::size_t k) { return number_text(c[k][coil], 0); });
    }
    void matrix(std::string_view name, std::string_view unit, int shift, const std::vector<ConductorMatrix>& c) {
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = i; j < 4; ++j)
                column(fmt::format("{}_{}{}_{}", name, "abcn"[i], "abcn"[j], unit), c.size(),
                       [&](std::size_t k) { return number_text(c[k][i][j], -shift); });
    }
    template <class Code>
    void word(std::string_view name, const std::vector<std::string_view>& words, const std::vector<Code>& c,
              Code = {}) {
        column(std::string(name), c.size(), [&](std::size_t k) { return std::string(words.at(std::size_t(c[k]))); });
    }
    void bus(std::string_view name, const std::vector<std::int32_t>& c) { row(name, bus_ids_, c); }
    void row(std::string_view name, const std::vector<std::string>& ids, const std::vector<std::int32_t>& c) {
        column(std::string(name), c.size(), [&](std::size_t k) { return c[k] < 0 ? "" : ids.at(std::size_t(c[k])); });
    }
    void within(std::string_view name, const InFeeders& group, const std::vector<std::int32_t>& c, std::int32_t = 0) {
        row(name, group.ids, c);
    }
    void step(std::string_view name, const std::vector<std::int64_t>&, const std::vector<std::int32_t>& c,
              std::int32_t = 0) {
        column(std::string(name), c.size(), [&](std::size_t k) { return fmt::format("{}", c[k]); });
    }
    void moment(std::string_view name, const std::vector<std::int64_t>& c, std::int64_t fallback) {
        column(std::string(name), c.size(), [&](std::size_t k) { return c[k] == fallback ? "" : moment_text(c[k]); });
    }
    void label(std::string_view name, const std::vector<std::int32_t>& c) {
        column(std::string(name), c.size(), [&](std::size_t k) { return c[k] < 0 ? "" : fmt::format("{}", c[k]); });
    }
    template <std::size_t n>
    void list(const std::array<std::string_view, n>& names, const std::vector<std::array<double, n>>& c,
              const std::array<double, n>&) {
        for (std::size_t i = 0; i < n; ++i)
            column(std::string(names[i]), c.size(), [&](std::size_t k) { return number_text(c[k][i], 0); });
    }

    /// The feeder of each row, from the ranges of the feeders.
    void feeders(const Region& region, const std::vector<std::int64_t>& offset) {
        std::vector<std::string> ids;
        for (std::size_t f = 0; f < region.feeder_count(); ++f)
            ids.insert(ids.end(), static_cast<std::size_t>(offset[f + 1] - offset[f]), region.feeder.id[f]);
        text("feeder", ids);
    }

    void save(const fs::path& file) const {
        if (cells_.empty() || cells_.front().empty()) {
            std::error_code error;
            fs::remove(file, error);  // an empty group has no file: a stale one must not be read back
            return;
        }
        std::string out = fmt::format("{}\n", fmt::join(header_, ","));
        for (std::size_t k = 0; k < cells_.front().size(); ++k)
            for (std::size_t c = 0; c < cells_.size(); ++c)
                out.append(cells_[c][k]).append(c + 1 < cells_.size() ? "," : "\n");
        write_file(file, out);
    }

private:
    std::vector<std::string> bus_ids_, header_;
    std::vector<std::vector<std::string>> cells_;
};

void write_groups(const Region& region, const fs::path& folder) {
    FileWriter feeder(region.bus.id), bus, code, type, control, branch(region.bus.id), shunt(region.bus.id),
        customer(region.bus.id), curve;
    feeder.text("id", region.feeder.id);
    feeder.bus("slack_bus", region.feeder.slack_bus);
    feeder.save(folder / "feeder.csv");
    bus.feeders(region, region.feeder.bus_offset);
    visit(bus, region.bus);
    bus.save(folder / "bus.csv");
    visit(code, region.line_code);
    code.save(folder / "line_code.csv");
    visit(type, region.transformer);
    type.save(folder / "transformer.csv");
    visit(control, region.tap_control, region.transformer);
    control.save(folder / "tap_control.csv");
    branch.feeders(region, region.feeder.branch_offset);
    visit(branch, region.branch, region.line_code, region.transformer);
    branch.save(folder / "branch.csv");
    shunt.feeders(region, region.feeder.shunt_offset);
    visit(shunt, region.shunt);
    shunt.save(folder / "shunt.csv");
    customer.feeders(region, region.feeder.customer_offset);
    visit(customer, region.customer, region.volt_var);
    customer.save(folder / "customer.csv");
    visit(curve, region.volt_var);
    curve.save(folder / "volt_var.csv");
    FileWriter order;
    if (region.order_count() > 0) {
        order.feeders(region, region.feeder.order_offset);
        visit(order, region.order, {region.customer.id, region.feeder.customer_offset},
              {region.order.id, region.feeder.order_offset}, {});
    }
    order.save(folder / "order.csv");
}

/// One row per step, one column per name.
void write_series(const fs::path& file, const SeriesSet& set, const std::vector<std::string>& names,
                  const std::vector<double>& values, int shift) {
    std::string out = "start";
    for (const std::string& name : names) out.append(",").append(quoted_field(name));
    out += '\n';
    for (std::size_t t = 0; t < set.step_count(); ++t) {
        out += time_text(set.start[t]);
        for (std::size_t k = 0; k < names.size(); ++k)
            out.append(",").append(number_text(values[t * names.size() + k], -shift));
        out += '\n';
    }
    write_file(file, out);
}

/// Coils that stand elsewhere than the table says in some step.
void write_taps(const TransformerColumns& transformer, const SeriesSet& set, const fs::path& file) {
    if (set.to_tap.empty()) {
        fs::remove(file);
        return;
    }
    const std::size_t width = 3 * transformer.id.size();
    std::vector<std::size_t> moved;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < width; ++k) {
        const double standing = transformer.to_tap[k / 3][k % 3];
        bool moves = false;
        for (std::size_t at = k; at < set.to_tap.size(); at += width) moves = moves || set.to_tap[at] != standing;
        if (!moves) continue;
        moved.push_back(k);
        names.push_back(fmt::format("{}/{}", transformer.id[k / 3], k % 3 + 1));
    }
    std::vector<double> values;
    for (std::size_t step = 0; step < set.step_count(); ++step)
        for (const std::size_t k : moved) values.push_back(set.to_tap[step * width + k]);
    write_series(file, set, names, values, 0);
}

void write_series(const Region& region, const SeriesSet& set, const fs::path& folder) {
    fs::create_directories(folder);
    std::string time = "start,end\n";
    for (std::size_t t = 0; t < set.step_count(); ++t)
        time += fmt::format("{},{}\n", time_text(set.start[t]), time_text(set.end[t]));
    write_file(folder / "time.csv", time);
    std::vector<std::string> customers, phases;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        for (auto k = region.feeder.customer_offset[f]; k < region.feeder.customer_offset[f + 1]; ++k)
            customers.push_back(region.feeder.id[f] + "/" + region.customer.id[static_cast<std::size_t>(k)]);
        for (const char* phase : {"/a", "/b", "/c"}) phases.push_back(region.feeder.id[f] + phase);
    }
    write_series(folder / "p_forecast_kw.csv", set, customers, set.p_forecast, 3);
    write_series(folder / "q_forecast_kvar.csv", set, customers, set.q_forecast, 3);
    write_series(folder / "slack_voltage_v.csv", set, phases, set.slack_voltage, 0);
    write_series(folder / "slack_angle_degree.csv", set, phases, set.slack_angle, 0);
    if (set.price.empty())
        fs::remove(folder / "price_per_mwh.csv");
    else
        write_series(folder / "price_per_mwh.csv", set, region.feeder.id, set.price, 0);
    write_taps(region.transformer, set, folder / "to_tap.csv");
}

}  // namespace
}  // namespace csv

void export_csv(const Region& region, const fs::path& folder) {
    try {
        fs::create_directories(folder);
        csv::write_groups(region, folder);
        std::string names;
        for (const SeriesSet& set : region.series) {
            names.append(names.empty() ? "" : " ").append(set.name);
            csv::write_series(region, set, folder / "series" / set.name);
        }
        csv::write_file(folder / "region.csv",
                        fmt::format("name,currency,series\n{},{},{}\n", csv::quoted_field(region.name),
                                    csv::quoted_field(region.currency), csv::quoted_field(names)));
    } catch (const fs::filesystem_error& error) {
        throw OutputError(error.what());
    }
}

}  // namespace headroom
