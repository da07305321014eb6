#include "io/cli/policy_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "io/cli/policy_arguments.hpp"
#include "io/cli/question_text.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_feeders.hpp"
#include "io/import/csv/csv_table.hpp"

namespace headroom::cli {

namespace {

constexpr std::string_view feeder_column = "feeder", policy_column = "policy", reference_column = "reference";

void require_columns(const csv::Table& table) {
    for (const std::string& name : table.header())
        if (name != feeder_column && name != policy_column && name != reference_column)
            table.fail(fmt::format("there is no column '{}'", name));
    for (const std::string_view name : {feeder_column, policy_column})
        if (!table.column(name)) table.fail(fmt::format("column '{}' is needed", name));
}

/// Words of an option in a column of its name, which the complaint then names instead.
template <class Set> void set_from_cell(const csv::Table& table, std::size_t row, std::size_t column, Set set) {
    try {
        set();
    } catch (const UsageError& fault) {
        const std::string_view complaint = fault.what();
        table.fail(row, column, complaint.substr(complaint.find(": ") + 2));
    }
}

/// What a row says, as --policy and --reference would; an empty reference is that which the policy usually takes.
Sharing sharing_at(const csv::Table& table, std::size_t row) {
    AllocationQuestion question;
    const std::size_t policy = *table.column(policy_column);
    set_from_cell(table, row, policy, [&] { set_policy(std::string(table.cell(row, policy)), question); });
    const std::optional<std::size_t> column = table.column(reference_column);
    std::optional<std::string> reference;
    if (column && !table.cell(row, *column).empty()) reference = table.cell(row, *column);
    set_from_cell(table, row, column.value_or(policy), [&] { set_reference(reference, question); });
    return sharing_of(question);
}

void require_use_of_solver(const AllocateOptions& options, const std::vector<Sharing>& sharing) {
    if (options.solver == SolverChoice::lanes) return;
    if (std::ranges::none_of(sharing, [](const Sharing& one) { return is_concave(one.policy); }))
        throw UsageError(
            fmt::format("--solver: no policy of '{}' and no --policy needs a solver", options.policies_path));
}

}  // namespace

PolicyTable PolicyTable::part(std::size_t first_feeder, std::size_t count) const {
    PolicyTable some{.sharing = {}, .asked = asked.part(first_feeder, count), .digest = digest};
    if (!sharing.empty()) {
        const auto first = sharing.begin() + static_cast<std::ptrdiff_t>(first_feeder);
        some.sharing.assign(first, first + static_cast<std::ptrdiff_t>(count));
    }
    return some;
}

PolicyTable read_policies(const AllocateOptions& options, const std::vector<std::string>& feeder_id) {
    PolicyTable policies;
    if (options.policies_path.empty()) return policies;
    const csv::Table table(options.policies_path);
    require_columns(table);
    const csv::FeederFinder finder(feeder_id);
    policies.sharing.assign(feeder_id.size(), sharing_of(options.question));
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        const Sharing sharing = sharing_at(table, row);
        for (const std::size_t feeder : finder.find(table, row, *table.column(feeder_column)))
            policies.sharing[feeder] = sharing;
    }
    require_use_of_solver(options, policies.sharing);
    for (const Sharing& sharing : policies.sharing) {
        const AllocationQuestion question = with(options.question, sharing);
        policies.asked.policy.push_back(policy_name(question));
        policies.asked.reference.push_back(reference_name(question));
    }
    policies.digest = policies.asked.digest(feeder_id);
    return policies;
}

}  // namespace headroom::cli
