#include "bench/support/matpower_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>
#include <sstream>

#include "io/errors.hpp"

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::vector<double>>;

/// Columns that are read, counted from 0 as MATPOWER's manual names them.
enum BusColumn { bus_number = 0, bus_type = 1, pd = 2, qd = 3, gs = 4, bs = 5, base_kv = 9 };
enum BranchColumn { from = 0, to = 1, br_r = 2, br_x = 3, br_b = 4, ratio = 8, shift = 9, br_status = 10 };
enum GenColumn { gen_bus = 0, vg = 5 };

struct Case {
    double base_mva = 0;
    std::map<std::string, Rows> matrix;
    std::vector<std::string> statements;  ///< what is left, without blanks
};

std::string without_blanks(std::string text) {
    std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
    return text;
}

Case read(const fs::path& file) {
    std::ifstream stream(file);
    if (!stream) throw InputError(fmt::format("{}: cannot be read", file.string()));
    Case result;
    Rows* open = nullptr;
    std::string line, statement;
    while (std::getline(stream, line)) {
        line = line.substr(0, line.find('%'));
        const std::string dense = without_blanks(line);
        if (open != nullptr) {
            if (dense == "];") {
                open = nullptr;
            } else if (!dense.empty()) {
                open->emplace_back();
                std::istringstream numbers(line.substr(0, line.find(';')));
                for (double value = 0; numbers >> value;) open->back().push_back(value);
            }
            continue;
        }
        statement += dense;
        if (statement.ends_with("...")) {
            statement.resize(statement.size() - 3);
        } else if (statement.starts_with("mpc.") && statement.ends_with("=[")) {
            open = &result.matrix[statement.substr(4, statement.size() - 6)];
            statement.clear();
        } else if (statement.starts_with("mpc.baseMVA=")) {
            result.base_mva = std::stod(statement.substr(12));
            statement.clear();
        } else {
            if (!statement.empty()) result.statements.push_back(statement);
            statement.clear();
        }
    }
    return result;
}

/// Does what the statements after the matrices say.
void convert(Case& c, const fs::path& file) {
    Rows &bus = c.matrix["bus"], &branch = c.matrix["branch"];
    double power_factor = 1.0;
    for (const std::string& s : c.statements) {
        const bool names = s.starts_with("function") || s.starts_with("mpc.version") || s.ends_with("=idx_bus;")
                           || s.ends_with("=idx_brch;") || s == "Vbase=mpc.bus(1,BASE_KV)*1e3;"
                           || s == "Sbase=mpc.baseMVA*1e6;";
        if (names) continue;
        if (s == "mpc.branch(:,[BR_RBR_X])=mpc.branch(:,[BR_RBR_X])/(Vbase^2/Sbase);") {
            const double ohm = bus[0][base_kv] * bus[0][base_kv] / c.base_mva;
            for (auto& row : branch) row[br_r] /= ohm, row[br_x] /= ohm;
        } else if (s == "mpc.bus(:,[PD,QD])=mpc.bus(:,[PD,QD])/1e3;") {
            for (auto& row : bus) row[pd] /= 1e3, row[qd] /= 1e3;
        } else if (s.starts_with("pf=")) {
            power_factor = std::stod(s.substr(3));
        } else if (s == "mpc.bus(:,QD)=mpc.bus(:,PD)*sin(acos(pf));") {
            for (auto& row : bus) row[qd] = row[pd] * std::sin(std::acos(power_factor));
        } else if (s == "mpc.bus(:,PD)=mpc.bus(:,PD)*pf;") {
            for (auto& row : bus) row[pd] *= power_factor;
        } else {
            throw InputError(fmt::format("{}: statement '{}' is not understood", file.string(), s));
        }
    }
    for (const auto& row : bus)
        if (row[bus_type] == 2 || row[gs] != 0 || row[bs] != 0)
            throw InputError(fmt::format("{}: bus {} is a PV bus or has a shunt", file.string(), row[bus_number]));
    for (const auto& row : branch)
        if ((row[ratio] != 0 && row[ratio] != 1) || row[shift] != 0)
            throw InputError(fmt::format("{}: branch {}-{} is a transformer", file.string(), row[from], row[to]));
}

std::int32_t find_bus(const Region& region, double number) {
    const auto found = std::find(region.bus.id.begin(), region.bus.id.end(), fmt::format("{}", number));
    return static_cast<std::int32_t>(found - region.bus.id.begin());
}

void add_buses(const Case& c, Region& region) {
    for (const auto& row : c.matrix.at("bus")) {
        const double volt = 1e3 * row[base_kv] / std::numbers::sqrt3;
        if (row[bus_type] == 3) region.feeder.slack_bus.push_back(static_cast<std::int32_t>(region.bus_count()));
        region.bus.id.push_back(fmt::format("{}", row[bus_number]));
        region.bus.phases.push_back(phase::a);
        region.bus.base_voltage.push_back(volt);
        region.bus.voltage_min.push_back(0.5 * volt);
        region.bus.voltage_max.push_back(1.5 * volt);
    }
    region.bus.x.assign(region.bus_count(), not_given);
    region.bus.y.assign(region.bus_count(), not_given);
}

void add_branches(const Case& c, Region& region) {
    const double kv = c.matrix.at("bus")[0][base_kv], ohm = kv * kv / c.base_mva;
    for (const auto& row : c.matrix.at("branch")) {
        LineCodeColumns& code = region.line_code;
        for (auto* column : {&code.r, &code.x, &code.g, &code.b}) column->push_back({});
        code.r.back()[0][0] = row[br_r] * ohm;
        code.x.back()[0][0] = row[br_x] * ohm;
        code.b.back()[0][0] = row[br_b] / ohm;
        code.id.push_back(fmt::format("{}-{}#{}", row[from], row[to], code.id.size()));
        BranchColumns& branch = region.branch;
        branch.line_code.push_back(static_cast<std::int32_t>(branch.id.size()));
        branch.id.push_back(code.id.back());
        branch.kind.push_back(BranchKind::line);
        branch.from_bus.push_back(find_bus(region, row[from]));
        branch.to_bus.push_back(find_bus(region, row[to]));
        branch.phases.push_back(phase::a);
        branch.length.push_back(1.0);
        branch.transformer.push_back(-1);
        branch.rating_current.push_back(not_given);
        branch.rating_power.push_back(not_given);
        branch.closed.push_back(row[br_status] != 0 ? 1 : 0);
    }
}

void add_loads(const Case& c, Region& region, SeriesSet& series) {
    CustomerColumns& customer = region.customer;
    for (const auto& row : c.matrix.at("bus")) {
        if (row[pd] == 0 && row[qd] == 0) continue;
        customer.id.push_back(fmt::format("load {}", row[bus_number]));
        customer.bus.push_back(find_bus(region, row[bus_number]));
        series.p_forecast.push_back(-1e6 * row[pd] / 3);
        series.q_forecast.push_back(-1e6 * row[qd] / 3);
    }
    const std::size_t count = customer.id.size();
    customer.phases.assign(count, phase::a);
    customer.connection.assign(count, Connection::wye);
    customer.active.assign(count, 0);
    customer.reactive_mode.assign(count, ReactiveMode::unity);
    customer.apparent_max.assign(count, not_given);
    customer.rated_voltage.assign(count, not_given);
    customer.zip_p.assign(count, {0, 0, 1});
    customer.zip_q.assign(count, {0, 0, 1});
}

}  // namespace

Region read_matpower(const fs::path& file) {
    Case c = read(file);
    convert(c, file);
    Region region;
    region.name = file.stem().string();
    region.feeder.id = {region.name};
    add_buses(c, region);
    add_branches(c, region);
    SeriesSet series;
    series.start = {0};
    series.end = {3600};
    add_loads(c, region, series);
    const double slack = c.matrix.at("gen")[0][vg] * region.bus.base_voltage[0];
    series.slack_voltage = {slack, 0, 0};
    series.slack_angle = {0, 0, 0};
    region.series = {std::move(series)};
    region.feeder.bus_offset.push_back(static_cast<std::int64_t>(region.bus_count()));
    region.feeder.branch_offset.push_back(static_cast<std::int64_t>(region.branch_count()));
    region.feeder.shunt_offset.push_back(0);
    region.feeder.customer_offset.push_back(static_cast<std::int64_t>(region.customer_count()));
    return region;
}

}  // namespace headroom::bench
