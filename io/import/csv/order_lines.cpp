#include "io/import/csv/order_lines.hpp"

#include <fmt/format.h>

#include <string_view>

namespace headroom {
namespace {

constexpr std::string_view group = "/order/";

/// The column of the table that holds a column of the case.
std::string column_name(std::string_view dataset) {
    const std::string_view name = dataset.substr(group.size());
    if (name == "quantity" || name == "min_fill") return fmt::format("{}_kw", name);
    if (name == "price") return "price_per_mwh";
    return std::string(name);
}

}  // namespace

std::string OrderLines::place(std::vector<Fault>& faults, const std::string& case_path, std::size_t first) const {
    bool of_case = false, of_table = false;
    for (Fault& fault : faults) {
        const bool is_named = fault.dataset.starts_with(group) && fault.row >= 0;
        (is_named ? of_table : of_case) = true;
        if (!is_named) continue;
        const int at = line[first + static_cast<std::size_t>(fault.row)];
        fault.dataset = fmt::format("{}:{}, column '{}'", file, at, column_name(fault.dataset));
        fault.row = -1;
    }
    if (!of_table) return case_path;
    return of_case ? fmt::format("{}, {}", case_path, file) : file;
}

}  // namespace headroom
