#include "io/result/write_rows.hpp"

#include "io/result/schema.hpp"

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

void ByUnit::add(RowKind kind, double value) {
    voltage.push_back(is_voltage(kind) ? value : not_given);
    power.push_back(is_voltage(kind) ? not_given : value);
}

void write_feeders(const ResultPage& page, const Region& region, const std::vector<std::string>& faults) {
    page.group("/feeder", "feeders in the order of the case");
    page.text("/feeder/id", feeders, "identifier of the feeder", region.feeder.id);
    std::vector<std::string> shortened;
    for (const std::string& fault : faults) shortened.push_back(shorten(fault, result_schema::fault_bytes_max));
    page.text("/feeder/fault", feeders, "why the feeder is invalid_input; empty: no fault", shortened);
}

void write_rows(const ResultPage& page, const RowTable& table, const Region& region) {
    page.group("/row", "security rows: limits of the network that envelopes may meet");
    std::vector<std::string> bus, branch;
    ByUnit limit;
    for (std::size_t k = 0; k < table.size(); ++k) {
        bus.push_back(table.bus[k] < 0 ? "" : region.bus.id.at(static_cast<std::size_t>(table.bus[k])));
        branch.push_back(table.branch[k] < 0 ? "" : region.branch.id.at(static_cast<std::size_t>(table.branch[k])));
        limit.add(table.kind[k], table.limit[k]);
    }
    Attributes kind = describe("what is limited");
    add_counting_flags<std::int8_t>(kind, result_schema::row_kind_meanings);
    page.column("/row/feeder", rows, describe("row of /feeder", "1"), table.feeder);
    page.column("/row/kind", rows, std::move(kind), table.kind);
    page.text("/row/bus", rows, "identifier of the bus; of the sending end for branches", bus);
    page.column("/row/bus_row", rows, describe("row of /bus in the case, among the feeders of this file", "1"),
                table.bus);
    page.text("/row/branch", rows, "identifier of the branch; empty for voltages", branch);
    page.column("/row/branch_row", rows,
                describe("row of /branch in the case, among the feeders of this file; -1 for voltages", "1"),
                table.branch);
    page.text("/row/phases", rows, "phases: a, ab (phase to phase), abc (total)", table.phases);
    page.column("/row/voltage_limit", rows, describe_float("limit of a voltage; NaN for other kinds", "V"),
                limit.voltage);
    page.column("/row/power_limit", rows, describe_float("limit of a branch; NaN for voltages", "V A"), limit.power);
}

}  // namespace headroom
