#include "io/import/csv/case_orders.hpp"

#include <numeric>
#include <vector>

#include "formulations/network/region_columns.hpp"
#include "io/hdf5/reader.hpp"
#include "io/import/csv/csv_orders.hpp"

namespace headroom {
CaseOrders::CaseOrders(const std::filesystem::path& file, const std::filesystem::path& case_path,
                       const CaseOutline& outline) {
    names_.feeder.id = outline.feeder_id;
    names_.feeder.customer_offset = outline.customer_offset;
    names_.customer.id =
        Hdf5Reader(case_path).dataset("/customer/id", ElementType::text, 2).read_text(0, outline.customer_count());
    names_.series.emplace_back();
    names_.series.front().start = outline.start;
    lines_ = read_orders_csv(file, names_);
    if (names_.order_count() == 0) names_.feeder.order_offset.assign(outline.feeder_count() + 1, 0);
}

void CaseOrders::give(std::size_t first_feeder, Region& region) const {
    const std::vector<std::int64_t>& all = names_.feeder.order_offset;
    const std::size_t last_feeder = first_feeder + region.feeder_count();
    const std::int64_t first = all[first_feeder];
    std::vector<std::int64_t> rows(static_cast<std::size_t>(all[last_feeder] - first));
    std::iota(rows.begin(), rows.end(), first);
    region.order = picked(names_.order, rows);
    count_from(region.order.customer, -names_.feeder.customer_offset[first_feeder]);
    count_from(region.order.parent, -first);
    std::vector<std::int64_t>& offset = region.feeder.order_offset;
    offset.assign(all.begin() + static_cast<std::ptrdiff_t>(first_feeder),
                  all.begin() + static_cast<std::ptrdiff_t>(last_feeder) + 1);
    for (std::int64_t& row : offset) row -= first;
}

std::vector<Fault> CaseOrders::faults(std::size_t first_feeder, const Region& region) const {
    std::vector<Fault> found = validate_orders(region);
    lines_.place(found, "", static_cast<std::size_t>(names_.feeder.order_offset[first_feeder]));
    return found;
}

}  // namespace headroom
