#include "io/result/read_page.hpp"

namespace headroom {

RunInfo read_run(const Page& page) {
    return {.flow = page.note("flow"),
            .policy = page.note("policy"),
            .direction = page.note("direction"),
            .reference = page.note("reference"),
            .case_name = page.note("case_name"),
            .case_digest = page.note("case_digest"),
            .series = page.note("series"),
            .version = page.note("version"),
            .simd = page.note("simd"),
            .options = page.note("options")};
}

std::vector<double> join_units(const RowTable& rows, const std::vector<std::int32_t>& row,
                               const std::vector<double>& voltage, const std::vector<double>& power) {
    std::vector<double> all(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        const RowKind kind = rows.kind[static_cast<std::size_t>(row[i])];
        all[i] = kind == RowKind::voltage_max || kind == RowKind::voltage_min ? voltage[i] : power[i];
    }
    return all;
}

void read_rows(const Page& page, std::int32_t feeder_last, const RowPlace& place) {
    RowTable& rows = place.rows;
    const std::uint64_t n = page.length("/row/feeder", ElementType::int32, 1);
    rows.feeder = page.values<std::int32_t>("/row/feeder", {n}, 0, feeder_last);
    for (const std::int8_t kind : page.values<std::int8_t>("/row/kind", {n}, 0, result_schema::row_kind_last))
        rows.kind.push_back(static_cast<RowKind>(kind));
    rows.bus = page.values<std::int32_t>("/row/bus_row", {n});
    rows.branch = page.values<std::int32_t>("/row/branch_row", {n});
    place.bus = page.text("/row/bus", n, result_schema::id_bytes_max);
    place.branch = page.text("/row/branch", n, result_schema::id_bytes_max);
    rows.phases = page.text("/row/phases", n, result_schema::id_bytes_max);
    std::vector<std::int32_t> each(n);
    for (std::size_t k = 0; k < n; ++k) each[k] = static_cast<std::int32_t>(k);
    rows.limit = join_units(rows, each, page.values<double>("/row/voltage_limit", {n}),
                            page.values<double>("/row/power_limit", {n}));
}

}  // namespace headroom
