#include "io/import/csv/case_orders.hpp"

#include <concepts>

#include "io/case/case_columns.hpp"
#include "io/hdf5/reader.hpp"
#include "io/import/csv/csv_orders.hpp"

namespace headroom {
namespace {

/// Rows [first, last) of each column.
OrderColumns rows_of(const OrderColumns& all, std::size_t first, std::size_t last) {
    OrderColumns some;
    visit_columns(some, [&]<class T>(const ColumnNote& note, std::vector<T>& column, auto&&...) {
        visit_columns(all, [&]<class Other>(const ColumnNote& other, const std::vector<Other>& whole, auto&&...) {
            if constexpr (std::same_as<T, Other>)
                if (note.name == other.name)
                    column.assign(whole.begin() + static_cast<std::ptrdiff_t>(first),
                                  whole.begin() + static_cast<std::ptrdiff_t>(last));
        });
    });
    return some;
}

void shift(std::vector<std::int32_t>& references, std::int64_t rows) {
    for (std::int32_t& reference : references)
        if (reference >= 0) reference -= static_cast<std::int32_t>(rows);
}

}  // namespace

CaseOrders::CaseOrders(const std::filesystem::path& file, const std::filesystem::path& case_path,
                       const CaseOutline& outline) {
    names_.feeder.id = outline.feeder_id;
    names_.feeder.customer_offset = outline.customer_offset;
    names_.customer.id =
        Hdf5Reader(case_path).dataset("/customer/id", ElementType::text, 2).read_text(0, outline.customer_count());
    names_.series.emplace_back();
    names_.series.front().start = outline.start;
    read_orders_csv(file, names_);
    if (names_.order_count() == 0) names_.feeder.order_offset.assign(outline.feeder_count() + 1, 0);
}

void CaseOrders::give(std::size_t first_feeder, Region& region) const {
    const std::vector<std::int64_t>& all = names_.feeder.order_offset;
    const std::size_t last_feeder = first_feeder + region.feeder_count();
    const std::int64_t first = all[first_feeder];
    region.order = rows_of(names_.order, static_cast<std::size_t>(first), static_cast<std::size_t>(all[last_feeder]));
    shift(region.order.customer, names_.feeder.customer_offset[first_feeder]);
    shift(region.order.parent, first);
    std::vector<std::int64_t>& offset = region.feeder.order_offset;
    offset.assign(all.begin() + static_cast<std::ptrdiff_t>(first_feeder),
                  all.begin() + static_cast<std::ptrdiff_t>(last_feeder) + 1);
    for (std::int64_t& row : offset) row -= first;
}

}  // namespace headroom
