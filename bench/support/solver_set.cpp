#include "bench/support/solver_set.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"

namespace headroom::bench {
namespace {

namespace fs = std::filesystem;

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// "afiro" of "AFIRO.mps.gz"; nothing if this is no problem.
std::optional<std::string> problem_name(const fs::path& file) {
    const std::string name = lower_case(file.filename().string());
    for (const std::string_view ending : {".mps.gz", ".qps.gz", ".mps", ".qps"})
        if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    return std::nullopt;
}

std::map<std::string, double> published_values(const fs::path& file) {
    std::map<std::string, double> values;
    if (!fs::exists(file)) return values;
    const csv::Table table(file);
    const auto name = table.column("problem");
    auto value = table.column("optimal_objective");
    if (!value) value = table.column("opt_bpmpd");
    if (!name || !value) table.fail("columns problem and optimal_objective or opt_bpmpd are needed");
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        const std::string_view text = table.cell(row, *value);
        if (text.empty()) continue;
        const auto number = csv::parse_number(text, 0);
        if (!number) table.fail(row, *value, "a number is needed");
        values[lower_case(std::string(table.cell(row, *name)))] = *number;
    }
    return values;
}

}  // namespace

SolverSet find_solver_set(const fs::path& folder) {
    if (!fs::is_directory(folder)) throw InputError(fmt::format("{}: there is no such folder", folder.string()));
    const fs::path clean = fs::canonical(folder);
    SolverSet set{.name = clean.filename().string(), .infeasible = false, .problems = {}};
    set.infeasible = lower_case(set.name).find("infeasible") != std::string::npos;
    const std::map<std::string, double> published = published_values(clean / "optimal_values.csv");
    for (const fs::directory_entry& entry : fs::directory_iterator(clean)) {
        const auto name = problem_name(entry.path());
        if (!name) continue;
        const auto value = published.find(*name);
        set.problems.push_back(
            {*name, entry.path(), value == published.end() ? std::nullopt : std::optional(value->second)});
    }
    if (set.problems.empty()) throw InputError(fmt::format("{}: no .mps, .mps.gz or .qps file", folder.string()));
    std::ranges::sort(set.problems, {}, &SetProblem::name);
    return set;
}

}  // namespace headroom::bench
