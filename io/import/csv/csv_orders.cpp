#include "io/import/csv/csv_orders.hpp"

#include <utility>

#include "io/import/csv/csv_fields.hpp"
#include "io/import/csv/csv_file_reader.hpp"

namespace headroom {

OrderLines read_orders_csv(const std::filesystem::path& file, Region& region) {
    csv::FileReader reader(file);
    OrderColumns order;
    std::vector<std::int64_t> offset = reader.group_by_feeder(region.feeder.id);
    const std::vector<std::int64_t> starts =
        region.series.empty() ? std::vector<std::int64_t>{} : region.series.front().start;
    csv::visit(reader, order, {region.customer.id, region.feeder.customer_offset}, {order.id, offset}, starts);
    reader.require_distinct("id");
    reader.finish();
    for (std::size_t k = 0; k < order.size(); ++k)
        if (order.last_step[k] == OrderColumns::none) order.last_step[k] = order.first_step[k];
    if (order.size() == 0) offset = {0};
    region.order = std::move(order);
    region.feeder.order_offset = std::move(offset);
    return {reader.table().file(), reader.lines()};
}

}  // namespace headroom
