#include "io/result/row_table.hpp"

#include "io/hdf5/time_axis.hpp"

namespace headroom {
namespace {

using namespace result_axis;

bool is_voltage(RowKind kind) { return kind == RowKind::voltage_max || kind == RowKind::voltage_min; }

/// Longest prefix of at most `bytes_max` bytes that does not cut a UTF-8 character.
std::string shorten(const std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace

RowNames row_names(const RowTable& table, const Region& region) {
    const auto id = [](const std::vector<std::string>& ids, std::int32_t row) {
        return row < 0 ? "" : ids.at(static_cast<std::size_t>(row));
    };
    RowNames names;
    for (std::size_t k = 0; k < table.size(); ++k) {
        names.bus.push_back(id(region.bus.id, table.bus[k]));
        names.branch.push_back(id(region.branch.id, table.branch[k]));
    }
    return names;
}

void ByUnit::add(RowKind kind, double value) {
    voltage.push_back(is_voltage(kind) ? value : not_given);
    power.push_back(is_voltage(kind) ? not_given : value);
}

std::vector<double> join_units(const RowTable& table, const std::vector<std::int32_t>& row,
                               const std::vector<double>& voltage, const std::vector<double>& power) {
    std::vector<double> all(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        all[i] = is_voltage(table.kind[static_cast<std::size_t>(row[i])]) ? voltage[i] : power[i];
    return all;
}

void write_feeders(const ResultPage& page, const std::vector<std::string>& ids,
                   const std::vector<std::string>& feeder_fault) {
    page.group("/feeder", "feeders in the order of the case");
    page.text("/feeder/id", feeders, "identifier of the feeder", ids);
    std::vector<std::string> faults;
    for (const std::string& fault : feeder_fault) faults.push_back(shorten(fault, result_schema::fault_bytes_max));
    page.text("/feeder/fault", feeders, "why the feeder is invalid_input; empty: no fault", faults);
}

void write_row_table(const ResultPage& page, const RowTable& table, const Region& region) {
    page.group("/row", "security rows: limits of the network that envelopes may meet");
    const RowNames names = row_names(table, region);
    ByUnit limit;
    for (std::size_t k = 0; k < table.size(); ++k) limit.add(table.kind[k], table.limit[k]);
    Attributes kind = describe("what is limited");
    add_counting_flags<std::int8_t>(kind, result_schema::row_kind_meanings);
    page.column("/row/feeder", rows, describe("row of /feeder", "1"), table.feeder);
    page.column("/row/kind", rows, std::move(kind), table.kind);
    page.text("/row/bus", rows, "identifier of the bus; of the sending end for branches", names.bus);
    page.column("/row/bus_row", rows, describe("row of /bus in the case, among the feeders of this file", "1"),
                table.bus);
    page.text("/row/branch", rows, "identifier of the branch; empty for voltages", names.branch);
    page.column("/row/branch_row", rows,
                describe("row of /branch in the case, among the feeders of this file; -1 for voltages", "1"),
                table.branch);
    page.text("/row/phases", rows, "phases: a, ab (phase to phase), abc (total)", table.phases);
    page.column("/row/voltage_limit", rows, describe_float("limit of a voltage; NaN for other kinds", "V"),
                limit.voltage);
    page.column("/row/power_limit", rows, describe_float("limit of a branch; NaN for voltages", "V A"), limit.power);
}

ResultFrame read_frame(const Hdf5Reader& reader, const ResultReader& page) {
    TimeAxis axis = read_time_axis(reader, "", result_schema::steps_max);
    const std::uint64_t count = page.length("/feeder/id", ElementType::text, 2);
    return {.start = std::move(axis.start),
            .end = std::move(axis.end),
            .feeder_id = page.text("/feeder/id", count, result_schema::id_bytes_max),
            .feeder_fault = page.text("/feeder/fault", count, result_schema::fault_bytes_max)};
}

RowTable read_row_table(const ResultReader& page, std::int32_t feeder_last, RowNames& names) {
    RowTable table;
    const std::uint64_t n = page.length("/row/feeder", ElementType::int32, 1);
    table.feeder = page.values<std::int32_t>("/row/feeder", {n}, 0, feeder_last);
    for (const std::int8_t kind : page.values<std::int8_t>("/row/kind", {n}, 0, result_schema::row_kind_last))
        table.kind.push_back(static_cast<RowKind>(kind));
    table.bus = page.values<std::int32_t>("/row/bus_row", {n});
    table.branch = page.values<std::int32_t>("/row/branch_row", {n});
    names.bus = page.text("/row/bus", n, result_schema::id_bytes_max);
    names.branch = page.text("/row/branch", n, result_schema::id_bytes_max);
    table.phases = page.text("/row/phases", n, result_schema::id_bytes_max);
    std::vector<std::int32_t> each(n);
    for (std::size_t k = 0; k < n; ++k) each[k] = static_cast<std::int32_t>(k);
    table.limit = join_units(table, each, page.values<double>("/row/voltage_limit", {n}),
                            page.values<double>("/row/power_limit", {n}));
    return table;
}

}  // namespace headroom
