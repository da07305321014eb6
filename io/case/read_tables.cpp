#include "io/case/read_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "io/case/case_columns.hpp"
#include "io/case/column_reader.hpp"
#include "io/case/schema.hpp"

namespace headroom {
namespace {

/// What a reference becomes that pointed outside the rows read: beyond every table, so that validation finds it.
constexpr std::int32_t dangling = std::numeric_limits<std::int32_t>::max();

template <class Columns>
void read_group(const Hdf5Reader& reader, const GroupNote& group, const RowRange& rows, Columns& columns,
                RowOrigin& origin) {
    origin.first[std::string(group.path)] = static_cast<std::int64_t>(rows.first);
    if (rows.total == 0 && !reader.has(std::string(group.path))) return;
    visit_columns(columns, ColumnReader(reader, group, rows));
}

std::int64_t read_one(const DatasetReader& dataset, std::uint64_t row) {
    std::int64_t value = 0;
    dataset.read({{row}, {1}}, &value);
    return value;
}

/// Lets references count from the first row read; -1 (none) stays.
void shift(std::vector<std::int32_t>& references, const RowRange& rows) {
    if (rows.whole()) return;
    for (std::int32_t& reference : references) {
        if (reference == -1) continue;
        const std::int64_t row = std::int64_t{reference} - static_cast<std::int64_t>(rows.first);
        const bool inside = row >= 0 && row < static_cast<std::int64_t>(rows.count);
        reference = inside ? static_cast<std::int32_t>(row) : dangling;
    }
}

/// Rows of a shared table from the first to the last one that the references of a part of the file name.
RowRange used_rows(const Hdf5Reader& reader, const GroupNote& group, const std::vector<std::int32_t>& references,
                   bool whole) {
    if (!reader.has(std::string(group.path))) return {};
    const std::string id = fmt::format("{}/id", group.path);
    const std::uint64_t total = reader.dataset(id, ElementType::text, 2).shape()[0];
    if (total > case_schema::table_rows_max) reader.fail(id, "has too many rows");
    if (whole) return {0, total, total};
    std::int64_t first = static_cast<std::int64_t>(total), last = -1;
    for (const std::int32_t reference : references) {
        if (reference < 0 || static_cast<std::uint64_t>(reference) >= total) continue;
        first = std::min<std::int64_t>(first, reference);
        last = std::max<std::int64_t>(last, reference);
    }
    if (last < 0) return {0, 0, total};
    return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last - first + 1), total};
}

template <class Columns>
RowRange read_shared(const Hdf5Reader& reader, const GroupNote& group, bool whole,
                     std::vector<std::int32_t>& references, Columns& columns, RowOrigin& origin) {
    const RowRange rows = used_rows(reader, group, references, whole);
    read_group(reader, group, rows, columns, origin);
    shift(references, rows);
    return rows;
}

/// All controls of the file, then those alone whose transformers were read.
void read_tap_controls(const Hdf5Reader& reader, const RowRange& transformers, TapControlColumns& control,
                       RowOrigin& origin) {
    const RowRange rows = used_rows(reader, case_group::tap_control, {}, true);
    read_group(reader, case_group::tap_control, rows, control, origin);
    for (std::uint64_t row = 0; row < rows.count; ++row) origin.tap_control.push_back(static_cast<std::int64_t>(row));
    if (transformers.whole()) return;
    const std::vector<std::int32_t> named = control.transformer;
    const auto inside = [&](std::size_t row) {
        const std::int64_t at = std::int64_t{named[row]} - static_cast<std::int64_t>(transformers.first);
        return at >= 0 && at < static_cast<std::int64_t>(transformers.count);
    };
    visit_columns(control, [&](const ColumnNote&, auto& column, const auto&...) {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < named.size(); ++row)
            if (inside(row)) column[kept++] = column[row];
        column.resize(kept);
    });
    std::erase_if(origin.tap_control, [&](std::int64_t row) { return !inside(static_cast<std::size_t>(row)); });
    shift(control.transformer, transformers);
}

}  // namespace

RowRange read_offset(const Hdf5Reader& reader, const GroupNote& group, const std::string& path, const RowRange& feeders,
                     std::vector<std::int64_t>& offset) {
    offset.assign(feeders.count + 1, 0);
    if (!reader.has(std::string(group.path)) && !reader.has(path)) return {};
    const DatasetReader dataset = reader.dataset(path, ElementType::int64, 1);
    dataset.require_shape({feeders.total + 1});
    dataset.read({{feeders.first}, {feeders.count + 1}}, offset.data());
    const std::int64_t total = read_one(dataset, feeders.total);
    if (read_one(dataset, 0) != 0) reader.fail(path, "row 0: must be 0");
    if (total < 0 || static_cast<std::uint64_t>(total) > case_schema::table_rows_max)
        reader.fail(path, fmt::format("row {}: is {}, at most {} rows are accepted", feeders.total, total,
                                      case_schema::table_rows_max));
    for (std::uint64_t f = 0; f < feeders.count; ++f) {
        const bool rising = offset[f] >= 0 && offset[f] <= offset[f + 1] && offset[f + 1] <= total;
        if (!rising) reader.fail(path, fmt::format("row {}: must rise from 0 to {}", feeders.first + f, total));
        if (static_cast<std::uint64_t>(offset[f + 1] - offset[f]) > case_schema::rows_per_feeder_max)
            reader.fail(path, fmt::format("row {}: a feeder has at most {} rows", feeders.first + f,
                                          case_schema::rows_per_feeder_max));
    }
    const std::int64_t first = offset.front();
    for (std::int64_t& value : offset) value -= first;
    return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(offset.back()),
            static_cast<std::uint64_t>(total)};
}

SeriesRows read_tables(const Hdf5Reader& reader, const RowRange& feeders, Region& region, RowOrigin& origin) {
    FeederColumns& feeder = region.feeder;
    const RowRange buses = read_offset(reader, case_group::bus, "/feeder/bus_offset", feeders, feeder.bus_offset);
    const RowRange branches =
        read_offset(reader, case_group::branch, "/feeder/branch_offset", feeders, feeder.branch_offset);
    const RowRange shunts =
        read_offset(reader, case_group::shunt, "/feeder/shunt_offset", feeders, feeder.shunt_offset);
    const RowRange customers =
        read_offset(reader, case_group::customer, "/feeder/customer_offset", feeders, feeder.customer_offset);

    read_group(reader, case_group::feeder, feeders, feeder, origin);
    read_group(reader, case_group::bus, buses, region.bus, origin);
    read_group(reader, case_group::branch, branches, region.branch, origin);
    read_group(reader, case_group::shunt, shunts, region.shunt, origin);
    read_group(reader, case_group::customer, customers, region.customer, origin);
    for (auto* references :
         {&feeder.slack_bus, &region.branch.from_bus, &region.branch.to_bus, &region.shunt.bus, &region.customer.bus})
        shift(*references, buses);

    const bool whole = feeders.whole();
    read_shared(reader, case_group::line_code, whole, region.branch.line_code, region.line_code, origin);
    const RowRange transformers =
        read_shared(reader, case_group::transformer, whole, region.branch.transformer, region.transformer, origin);
    read_tap_controls(reader, transformers, region.tap_control, origin);
    read_shared(reader, case_group::volt_var, whole, region.customer.volt_var, region.volt_var, origin);
    return {customers, transformers};
}

void read_orders(const Hdf5Reader& reader, const RowRange& feeders, const RowRange& customers, Region& region) {
    std::vector<std::int64_t>& offset = region.feeder.order_offset;
    const RowRange orders = read_offset(reader, case_group::order, "/feeder/order_offset", feeders, offset);
    if (offset.back() == 0) offset = {0};  // however the file says that there are none
    RowOrigin origin;
    read_group(reader, case_group::order, orders, region.order, origin);
    shift(region.order.customer, customers);
    shift(region.order.parent, orders);
}

}  // namespace headroom
