#include "io/mps/model.hpp"

#include <cmath>

#include <fmt/format.h>

namespace headroom::mps {
namespace {

/// A number, or an infinity where the file means one.
double read_side(std::string_view text, const Place& place) {
    const auto value = parse_number(text);
    if (!value) place.fail(fmt::format("{} is not a number, or too large for one", shown_name(text)));
    return std::abs(*value) >= infinite_from ? std::copysign(infinity, *value) : *value;
}

double read_finite(std::string_view text, const Place& place) {
    const auto value = parse_number(text);
    if (!value || std::isinf(*value)) place.fail(fmt::format("{} is not a finite number", shown_name(text)));
    return *value;
}

/// Whether a line belongs to the first set of its section: of several, that one counts.
bool is_of_first_set(std::string_view set, std::optional<std::string>& first) {
    if (!first) first = set;
    return set == *first;
}

}  // namespace

std::int32_t Model::find_row(std::string_view name, const Place& place) const {
    const auto found = row_of_.find(std::string(name));
    if (found == row_of_.end()) place.fail(fmt::format("row {} is not known", shown_name(name)));
    return found->second;
}

std::int32_t Model::find_column(std::string_view name, const Place& place) const {
    const auto found = column_of_.find(std::string(name));
    if (found == column_of_.end()) place.fail(fmt::format("column {} is not known", shown_name(name)));
    return found->second;
}

void Model::add_row(const Fields& fields, const Place& place) {
    const std::string_view type = fields.code;
    if (type != "N" && type != "E" && type != "L" && type != "G")
        place.fail(fmt::format("row type {}, must be N, E, L or G", shown_name(type)));
    auto index = static_cast<std::int32_t>(rows_.size());
    if (type == "N") index = has_objective_ ? ignored_row : objective_row;
    if (!row_of_.try_emplace(std::string(fields.owner), index).second)
        place.fail(fmt::format("row {} stands twice", shown_name(fields.owner)));
    if (index == objective_row) {
        objective_ = fields.owner;
        has_objective_ = true;
    }
    if (index >= 0) rows_.push_back({.name = std::string(fields.owner), .type = type.front(), .line = place.line});
}

void Model::begin_column(std::string_view name, const Place& place) {
    if (!columns_.empty() && columns_.back().name == name) return;
    const auto index = static_cast<std::int32_t>(columns_.size());
    if (!column_of_.try_emplace(std::string(name), index).second)
        place.fail(fmt::format("column {} stands twice: its lines must follow each other", shown_name(name)));
    columns_.push_back({.name = std::string(name)});
}

void Model::add_column_entries(const Fields& fields, const Place& place) {
    begin_column(fields.owner, place);
    for (const NamedNumber& entry : fields.entry)
        if (!entry.name.empty()) add_entry(entry, place);
}

void Model::add_entry(const NamedNumber& entry, const Place& place) {
    const std::int32_t row = find_row(entry.name, place);
    const double value = read_finite(entry.number, place);
    Column& column = columns_.back();
    const auto fail_twice = [&] {
        place.fail(fmt::format("column {} has two entries in row {}", shown_name(column.name), shown_name(entry.name)));
    };
    if (row == ignored_row) return;
    if (row == objective_row) {
        if (column.has_cost) fail_twice();
        column.cost = value;
        column.has_cost = true;
        return;
    }
    const auto index = static_cast<std::int32_t>(columns_.size() - 1);
    last_column_.resize(rows_.size(), -1);
    if (last_column_[row] == index) fail_twice();
    last_column_[row] = index;
    if (value != 0) entries_.push_back({row, index, value});
}

void Model::set_rhs(const Fields& fields, const Place& place) {
    if (!is_of_first_set(fields.owner, rhs_set_)) return;
    for (const NamedNumber& entry : fields.entry)
        if (!entry.name.empty()) set_one_rhs(entry, place);
}

void Model::set_one_rhs(const NamedNumber& entry, const Place& place) {
    const std::int32_t row = find_row(entry.name, place);
    const auto fail_twice = [&] { place.fail(fmt::format("row {} has two right-hand sides", shown_name(entry.name))); };
    if (row == objective_row) {
        if (has_offset_) fail_twice();
        has_offset_ = true;
        // The objective "equals" its right-hand side, so the constant stands on the other side.
        objective_offset_ = 0 - read_finite(entry.number, place);
    } else if (row >= 0) {
        if (rows_[row].has_rhs) fail_twice();
        rows_[row].has_rhs = true;
        rows_[row].rhs = read_side(entry.number, place);
    }
}

void Model::set_ranges(const Fields& fields, const Place& place) {
    if (!is_of_first_set(fields.owner, range_set_)) return;
    for (const NamedNumber& entry : fields.entry)
        if (!entry.name.empty()) set_one_range(entry, place);
}

void Model::set_one_range(const NamedNumber& entry, const Place& place) {
    const std::int32_t row = find_row(entry.name, place);
    if (row == objective_row) place.fail(fmt::format("the objective {} takes no range", shown_name(entry.name)));
    if (row == ignored_row) return;
    if (rows_[row].has_range) place.fail(fmt::format("row {} has two ranges", shown_name(entry.name)));
    rows_[row].has_range = true;
    rows_[row].range = read_side(entry.number, place);
}

void Model::set_bound(const Fields& fields, const Place& place) {
    const std::string_view type = fields.code;
    if (type == "BV" || type == "LI" || type == "UI") place.fail(no_integers);
    const bool lower = type == "LO" || type == "FX" || type == "FR" || type == "MI";
    const bool upper = type == "UP" || type == "FX" || type == "FR" || type == "PL";
    if (!lower && !upper) place.fail(fmt::format("bound type {}, must be UP, LO, FX, FR, MI or PL", shown_name(type)));
    if (!is_of_first_set(fields.owner, bound_set_)) return;
    Column& column = columns_[find_column(fields.entry[0].name, place)];
    if ((lower && column.has_lower) || (upper && column.has_upper))
        place.fail(fmt::format("column {} has two {} bounds", shown_name(column.name),
                               lower && column.has_lower ? "lower" : "upper"));
    const double value = has_number(type) ? read_side(fields.entry[0].number, place) : infinity;
    if ((type == "FX" && std::isinf(value)) || (type == "LO" && value == infinity)
        || (type == "UP" && value == -infinity))
        place.fail(fmt::format("column {} has a bound that no number meets", shown_name(column.name)));
    if (lower) column.lower = has_number(type) ? value : -infinity;
    if (upper) column.upper = value;
    column.has_lower |= lower;
    column.has_upper |= upper;
    // Without a lower bound of its own, a column that must be negative reaches down for ever.
    if (type == "UP" && value < 0 && !column.has_lower) column.lower = -infinity;
}

void Model::add_quadratic(const Fields& fields, const Place& place) {
    const std::int32_t row = find_column(fields.owner, place);
    for (const NamedNumber& entry : fields.entry) {
        if (entry.name.empty()) continue;
        const std::int32_t column = find_column(entry.name, place);
        quadratic_.push_back({row, column, read_finite(entry.number, place), place.line});
    }
}

void Model::check_quadratic_row(std::string_view name, const Place& place) const {
    if (!name.empty() && (!has_objective_ || name != objective_))
        place.fail(fmt::format("{} is not the objective: only it may be quadratic", shown_name(name)));
}

}  // namespace headroom::mps
