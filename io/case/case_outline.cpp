#include "io/case/case_outline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/case/case_columns.hpp"
#include "io/case/read_tables.hpp"
#include "io/case/schema.hpp"
#include "io/case/series_choice.hpp"
#include "io/errors.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/hdf5/notes.hpp"
#include "io/hdf5/time_axis.hpp"

namespace headroom {
namespace {

std::vector<std::int64_t> count_active(const Hdf5Reader& reader, const std::vector<std::int64_t>& customer_offset) {
    std::vector<std::int64_t> count(customer_offset.size() - 1, 0);
    const auto customers = static_cast<std::uint64_t>(customer_offset.back());
    if (customers == 0) return count;
    const DatasetReader column = reader.dataset("/customer/active", ElementType::uint8, 1);
    column.require_shape({customers});
    std::vector<std::uint8_t> active(customers);
    column.read({{0}, {customers}}, active.data());
    for (std::size_t feeder = 0; feeder < count.size(); ++feeder)
        count[feeder] = std::count(active.begin() + customer_offset[feeder],
                                   active.begin() + customer_offset[feeder + 1], std::uint8_t{1});
    return count;
}

}  // namespace

CaseOutline read_outline(const std::filesystem::path& path, const std::string& series) {
    const Hdf5Reader reader(path);
    require_schema(reader, "case file", case_schema::name, case_schema::version);
    CaseOutline outline;
    if (reader.has_attribute("/", "name")) outline.name = reader.text_attribute("/", "name");
    if (reader.has_attribute("/", "currency")) outline.currency = reader.text_attribute("/", "currency");
    outline.series = chosen_series(reader, series);
    const RowRange feeders = all_feeders(reader);
    outline.feeder_id = reader.dataset("/feeder/id", ElementType::text, 2).read_text(0, feeders.count);
    if (const auto twin = word_twice(outline.feeder_id))
        reader.fail("/feeder/id", fmt::format("'{}' is there twice", *twin));
    read_offset(reader, case_group::bus, "/feeder/bus_offset", feeders, outline.bus_offset);
    read_offset(reader, case_group::branch, "/feeder/branch_offset", feeders, outline.branch_offset);
    read_offset(reader, case_group::customer, "/feeder/customer_offset", feeders, outline.customer_offset);
    read_offset(reader, case_group::order, "/feeder/order_offset", feeders, outline.order_offset);
    outline.active_count = count_active(reader, outline.customer_offset);
    TimeAxis axis = read_time_axis(reader, "/series/" + outline.series, case_schema::steps_max);
    outline.start = std::move(axis.start);
    outline.end = std::move(axis.end);
    return outline;
}

}  // namespace headroom
