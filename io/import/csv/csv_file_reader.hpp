#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "formulations/network/region.hpp"
#include "io/import/csv/csv_fields.hpp"
#include "io/import/csv/csv_labels.hpp"
#include "io/import/csv/csv_moment.hpp"
#include "io/import/csv/csv_table.hpp"
#include "io/import/csv/csv_value.hpp"

namespace headroom::csv {

/// Where an id stands; for groups inside feeders "feeder/id".
using Rows = std::unordered_map<std::string, std::int32_t>;

inline Rows rows_of(const std::vector<std::string>& ids) {
    Rows rows;
    for (std::size_t k = 0; k < ids.size(); ++k) rows.try_emplace(ids[k], static_cast<std::int32_t>(k));
    return rows;
}

inline std::string path_of(const std::string& feeder, std::string_view id) { return fmt::format("{}/{}", feeder, id); }

/// Hands the cells of one file to the columns, in the order of `rows_` (grouped by feeder).
class FileReader {
public:
    explicit FileReader(const std::filesystem::path& file) : table_(file) {
        for (std::size_t k = 0; k < table_.row_count(); ++k) rows_.push_back(k);
    }

    /// Sorts the rows by feeder and returns the ranges; without a feeder column all belong to the only one.
    std::vector<std::int64_t> group_by_feeder(const std::vector<std::string>& feeders) {
        feeder_.assign(rows_.size(), 0);
        feeders_ = &feeders;
        const Rows index = rows_of(feeders);
        if (const auto column = use("feeder")) {
            for (const std::size_t row : rows_) {
                const auto found = index.find(std::string(table_.cell(row, *column)));
                if (found == index.end()) table_.fail(row, *column, "there is no such feeder");
                feeder_[row] = found->second;
            }
        } else if (feeders.size() > 1) {
            table_.fail("column 'feeder' is needed where there are several feeders");
        } else if (feeders.empty() && !rows_.empty()) {
            table_.fail("its rows belong to no feeder: feeder.csv names none");
        }
        std::ranges::stable_sort(rows_, {}, [&](std::size_t row) { return feeder_[row]; });
        std::vector<std::int64_t> offset(feeders.size() + 1, 0);
        for (const std::size_t row : rows_) ++offset[feeder_[row] + 1];
        for (std::size_t f = 0; f < feeders.size(); ++f) offset[f + 1] += offset[f];
        return offset;
    }

    void set_buses(const Rows& buses, const std::vector<std::string>& feeders) {
        buses_ = &buses;
        feeders_ = &feeders;
    }

    void text(std::string_view name, std::vector<std::string>& c) {
        fill(
            name, c, std::string{}, [](std::string_view t) { return std::optional<std::string>(t); }, "text is needed",
            true);
    }
    void number(std::string_view name, int shift, std::vector<double>& c) {
        fill(
            name, c, 0.0, [=](std::string_view t) { return parse_number(t, shift); }, "a number is needed", true);
    }
    void number(std::string_view name, int shift, std::vector<double>& c, double fallback) {
        fill(
            name, c, fallback, [=](std::string_view t) { return parse_number(t, shift); }, "a number is needed", false);
    }
    void phases(std::string_view name, std::vector<std::uint8_t>& c) {
        fill_cells(name, c, parse_phases, "letters of abcn are needed, each once");
    }
    void coils(std::string_view name, std::vector<TransformerColumns::Coils>& c) {
        fill_cells(name, c, parse_coils, "coils such as 'ab bc ca' of a b c n g s are needed");
    }
    void taps(std::string_view name, std::vector<std::array<double, 3>>& c) {
        const std::array<std::string, 3> names = {fmt::format("{}_1", name), fmt::format("{}_2", name),
                                                  fmt::format("{}_3", name)};
        list<3>({names[0], names[1], names[2]}, c, {1.0, 1.0, 1.0});
    }
    void matrix(std::string_view name, std::string_view unit, int shift, std::vector<ConductorMatrix>& c) {
        c.assign(rows_.size(), ConductorMatrix{});
        std::vector<double> element;
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = i; j < 4; ++j) {
                number(fmt::format("{}_{}{}_{}", name, "abcn"[i], "abcn"[j], unit), shift, element, 0.0);
                for (std::size_t k = 0; k < c.size(); ++k) c[k][i][j] = c[k][j][i] = element[k];
            }
    }
    template <class Code>
    void word(std::string_view name, const std::vector<std::string_view>& words, std::vector<Code>& c) {
        fill(name, c, Code{}, word_reader<Code>(words), word_rule(words), true);
    }
    template <class Code>
    void word(std::string_view name, const std::vector<std::string_view>& words, std::vector<Code>& c, Code fallback) {
        fill(name, c, fallback, word_reader<Code>(words), word_rule(words), false);
    }
    void bus(std::string_view name, std::vector<std::int32_t>& c) {
        const std::size_t column = need(name);
        c.clear();
        for (const std::size_t row : rows_) {
            const auto found =
                buses_->find(path_of((*feeders_)[feeder_.empty() ? row : feeder_[row]], table_.cell(row, column)));
            if (found == buses_->end())
                table_.fail(row, column,
                            fmt::format("'{:.40}': there is no such bus in this feeder", table_.cell(row, column)));
            c.push_back(found->second);
        }
    }
    void row(std::string_view name, const std::vector<std::string>& ids, std::vector<std::int32_t>& c) {
        const Rows index = rows_of(ids);
        const auto read = [&](std::string_view t) -> std::optional<std::int32_t> {
            const auto found = index.find(std::string(t));
            return found == index.end() ? std::nullopt : std::optional(found->second);
        };
        fill(name, c, std::int32_t{-1}, read, fmt::format("there is no such {}", name), false);
    }
    /// References by id to a group inside feeders; @pre group_by_feeder
    void within(std::string_view name, const InFeeders& group, std::vector<std::int32_t>& c) {
        references(name, group, c, true);
    }
    void within(std::string_view name, const InFeeders& group, std::vector<std::int32_t>& c, std::int32_t /*none*/) {
        references(name, group, c, false);
    }
    /// Steps by number, or by the start of the step; `starts` rise.
    void step(std::string_view name, const std::vector<std::int64_t>& starts, std::vector<std::int32_t>& c) {
        fill(
            name, c, 0, [&](std::string_view t) { return parse_step(t, starts); }, step_rule, true);
    }
    void step(std::string_view name, const std::vector<std::int64_t>& starts, std::vector<std::int32_t>& c,
              std::int32_t fallback) {
        fill(
            name, c, fallback, [&](std::string_view t) { return parse_step(t, starts); }, step_rule, false);
    }
    void moment(std::string_view name, std::vector<std::int64_t>& c, std::int64_t fallback) {
        fill(name, c, fallback, parse_moment,
             "a time like 2025-03-01T00:30:00.25Z with its zone, or UTC seconds, is needed", false);
    }
    /// Groups of rows of a feeder by any text. @pre group_by_feeder
    void label(std::string_view name, std::vector<std::int32_t>& c) {
        const auto column = use(name);
        c.assign(rows_.size(), -1);
        if (!column) return;
        for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
            std::vector<std::string_view> labels;
            for (; end < rows_.size() && feeder_[rows_[end]] == feeder_[rows_[begin]]; ++end)
                labels.push_back(table_.cell(rows_[end], *column));
            std::ranges::copy(label_numbers(labels), c.begin() + static_cast<std::ptrdiff_t>(begin));
        }
    }
    template <std::size_t n>
    void list(const std::array<std::string_view, n>& names, std::vector<std::array<double, n>>& c,
              const std::array<double, n>& fallback) {
        c.assign(rows_.size(), fallback);
        std::vector<double> element;
        for (std::size_t i = 0; i < n; ++i) {
            number(names[i], 0, element, fallback[i]);
            for (std::size_t k = 0; k < c.size(); ++k) c[k][i] = element[k];
        }
    }

    /// Columns that nobody asked for are mistakes.
    void finish() const {
        for (const std::string& name : table_.header())
            if (!used_.contains(name)) table_.fail(fmt::format("column '{}' is not known", name));
    }
    const Table& table() const { return table_; }

    /// [#row of the columns] lines of the file.
    std::vector<int> lines() const {
        std::vector<int> lines;
        for (const std::size_t row : rows_) lines.push_back(table_.line(row));
        return lines;
    }

    /// Of rows of one feeder no two have the same text. @pre group_by_feeder
    void require_distinct(std::string_view name) {
        const std::size_t column = need(name);
        std::unordered_map<std::string, std::size_t> first;
        for (const std::size_t row : rows_) {
            const std::string_view cell = table_.cell(row, column);
            const auto [seen, is_new] = first.try_emplace(path_of((*feeders_)[feeder_[row]], cell), row);
            if (!is_new)
                table_.fail(
                    row, column,
                    fmt::format("'{:.40}' must be unique, line {} has it too", cell, table_.line(seen->second)));
        }
    }

private:
    static constexpr std::string_view step_rule =
        "a step is needed: its number, counted from 0, or its start like 2025-03-01T00:30:00Z";

    static std::string word_rule(const std::vector<std::string_view>& words) {
        return fmt::format("one of {} is needed", fmt::join(words, ", "));
    }
    template <class Code> static auto word_reader(const std::vector<std::string_view>& words) {
        return [&words](std::string_view t) -> std::optional<Code> {
            const auto found = std::ranges::find(words, t);
            if (found == words.end()) return std::nullopt;
            return static_cast<Code>(found - words.begin());
        };
    }
    void references(std::string_view name, const InFeeders& group, std::vector<std::int32_t>& c, bool needed) {
        const auto column = needed ? need(name) : use(name);
        c.assign(rows_.size(), -1);
        if (!column) return;
        Rows index;
        for (std::size_t f = 0; f < feeders_->size(); ++f)
            for (auto k = group.offset[f]; k < group.offset[f + 1]; ++k)
                index.try_emplace(path_of((*feeders_)[f], group.ids[static_cast<std::size_t>(k)]),
                                  static_cast<std::int32_t>(k));
        for (std::size_t k = 0; k < rows_.size(); ++k) {
            const std::string_view cell = table_.cell(rows_[k], *column);
            if (cell.empty() && !needed) continue;
            const auto found = index.find(path_of((*feeders_)[feeder_[rows_[k]]], cell));
            if (found == index.end())
                table_.fail(rows_[k], *column, fmt::format("'{:.40}': there is no such {} in this feeder", cell, name));
            c[k] = found->second;
        }
    }
    std::optional<std::size_t> use(std::string_view name) {
        used_.insert(std::string(name));
        return table_.column(name);
    }
    std::size_t need(std::string_view name) {
        const auto column = use(name);
        if (!column) table_.fail(fmt::format("column '{}' is missing", name));
        return *column;
    }
    /// Empty cells and an absent column mean the fallback, unless the column is needed.
    template <class T, class Read>
    void fill(std::string_view name, std::vector<T>& c, const T& fallback, const Read& read, std::string_view rule,
              bool needed) {
        const auto column = needed ? need(name) : use(name);
        c.assign(rows_.size(), fallback);
        if (!column) return;
        for (std::size_t k = 0; k < rows_.size(); ++k) {
            const std::string_view cell = table_.cell(rows_[k], *column);
            if (cell.empty() && !needed) continue;
            const auto value = cell.empty() ? decltype(read(cell)){} : read(cell);
            if (!value) table_.fail(rows_[k], *column, fmt::format("'{:.40}': {}", cell, rule));
            c[k] = *value;
        }
    }
    template <class T, class Read>
    void fill_cells(std::string_view name, std::vector<T>& c, const Read& read, std::string_view rule) {
        const std::size_t column = need(name);
        c.clear();
        for (const std::size_t row : rows_) {
            const auto value = read(table_.cell(row, column));
            if (!value) table_.fail(row, column, rule);
            c.push_back(*value);
        }
    }

    Table table_;
    std::vector<std::size_t> rows_;    ///< of the table, in the order of the columns
    std::vector<std::size_t> feeder_;  ///< of each row of the table
    std::set<std::string, std::less<>> used_;
    const Rows* buses_ = nullptr;
    const std::vector<std::string>* feeders_ = nullptr;
};

}  // namespace headroom::csv
