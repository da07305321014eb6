#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/mps/fields.hpp"
#include "io/mps/text.hpp"

namespace headroom::mps {

/// Values from here on mean infinity in right-hand sides, ranges and bounds.
inline constexpr double infinite_from = 1e20;
inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct Row {
    std::string name;
    char type = 'E';  ///< E, L, G
    int line = 0;
    double rhs = 0, range = 0;
    bool has_rhs = false, has_range = false;
};

struct Column {
    std::string name;
    double cost = 0;
    bool has_cost = false;
    double lower = 0, upper = infinity;
    bool has_lower = false, has_upper = false;  ///< a line of BOUNDS named this side
};

struct MatrixEntry {
    std::int32_t row, column;
    double value;
};

struct QuadraticEntry {
    std::int32_t row, column;  ///< as written
    double value;
    int line;
};

/// A file as its sections fill it, line by line. Every function throws InputError for a line that breaks a rule.
class Model {
public:
    void add_row(const Fields& fields, const Place& place);
    void add_column_entries(const Fields& fields, const Place& place);
    void set_rhs(const Fields& fields, const Place& place);
    void set_ranges(const Fields& fields, const Place& place);
    void set_bound(const Fields& fields, const Place& place);
    void add_quadratic(const Fields& fields, const Place& place);
    /// May only name the objective: rows are linear.
    void check_quadratic_row(std::string_view name, const Place& place) const;

    const std::vector<Row>& rows() const { return rows_; }
    const std::vector<Column>& columns() const { return columns_; }
    const std::vector<MatrixEntry>& entries() const { return entries_; }  ///< column by column
    const std::vector<QuadraticEntry>& quadratic() const { return quadratic_; }
    double objective_offset() const { return objective_offset_; }

private:
    /// Row of the name, or one of these.
    static constexpr std::int32_t objective_row = -1, ignored_row = -2;

    std::int32_t find_row(std::string_view name, const Place& place) const;
    std::int32_t find_column(std::string_view name, const Place& place) const;
    void begin_column(std::string_view name, const Place& place);
    void add_entry(const NamedNumber& entry, const Place& place);
    void set_one_rhs(const NamedNumber& entry, const Place& place);
    void set_one_range(const NamedNumber& entry, const Place& place);

    std::vector<Row> rows_;
    std::vector<Column> columns_;
    std::vector<MatrixEntry> entries_;
    std::vector<QuadraticEntry> quadratic_;
    std::unordered_map<std::string, std::int32_t> row_of_, column_of_;
    std::vector<std::int32_t> last_column_;  ///< [#row] that has an entry in the row
    std::string objective_;
    std::optional<std::string> rhs_set_, range_set_, bound_set_;
    bool has_objective_ = false;
    bool has_offset_ = false;
    double objective_offset_ = 0;
};

}  // namespace headroom::mps
