#include "io/result/order_differences.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "formulations/network/region_columns.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

/// Two feeders of six orders each: the rows 0 to 5 and 6 to 11.
Region region_with_orders() {
    Region region = test::small_region(2);
    test::add_small_orders(region);
    return region;
}

GivenOrders given_of(const Region& region) {
    return {region.order, region.feeder.order_offset, "t.csv",
            [](std::size_t row) { return "t.csv:" + std::to_string(row + 2); }};
}

/// What is found where `change` was done to the orders of the clearing.
std::vector<std::string> found(const std::function<void(OrderColumns&)>& change) {
    Region cleared = region_with_orders();
    const GivenOrders given = given_of(cleared);
    change(cleared.order);
    return order_differences(cleared, given);
}

/// One difference is found, and it says all of this.
void expect_one(const std::vector<std::string>& differences, const std::vector<std::string>& parts) {
    ASSERT_EQ(differences.size(), 1U) << parts.front();
    for (const std::string& part : parts)
        EXPECT_NE(differences.front().find(part), std::string::npos) << part << "\n" << differences.front();
}

TEST(OrderDifferences, OrdersAsTheyWereHaveNone) {
    EXPECT_TRUE(found([](OrderColumns&) {}).empty());
}

TEST(OrderDifferences, EveryColumnThatIsChangedIsNamedWithItsOrder) {
    const Region region = region_with_orders();
    const std::string order = "order '" + region.order.id[7] + "' of feeder '" + region.feeder.id[1] + "': ";
    struct Change {
        std::function<void(OrderColumns&)> make;
        std::string column;
    };
    const Change changes[] = {
        {[](OrderColumns& o) { o.customer[7] = 8; }, "customer"},
        {[](OrderColumns& o) { o.side[7] = o.side[7] == OrderSide::buy ? OrderSide::sell : OrderSide::buy; }, "side"},
        {[](OrderColumns& o) { o.limit[7] = TradedLimit::q_absorb; }, "limit"},
        {[](OrderColumns& o) { o.first_step[7] = 3 - o.first_step[7]; }, "first_step"},
        {[](OrderColumns& o) { o.last_step[7] = 3 - o.last_step[7]; }, "last_step"},
        {[](OrderColumns& o) { o.quantity[7] *= 1 + 1e-15; }, "quantity"},
        {[](OrderColumns& o) { o.price[7] = -o.price[7]; }, "price"},
        {[](OrderColumns& o) { ++o.arrival[7]; }, "arrival"},
        {[](OrderColumns& o) { --o.expiry[7]; }, "expiry"},
        {[](OrderColumns& o) { o.min_fill[7] += 1; }, "min_fill"},
        {[](OrderColumns& o) { o.all_or_none[7] ^= 1; }, "all_or_none"},
        {[](OrderColumns& o) {
             o.time_in_force[7] = static_cast<TimeInForce>((static_cast<int>(o.time_in_force[7]) + 1) % 3);
         },
         "time_in_force"},
        {[](OrderColumns& o) { o.block[7] = 99; }, "block"},
        {[](OrderColumns& o) { o.exclusive_group[7] = 98; }, "exclusive_group"},
        {[](OrderColumns& o) { o.parent[7] = 9; }, "parent"},
        {[](OrderColumns& o) { o.conditional[7] ^= 1; }, "conditional"},
    };
    ASSERT_EQ(std::size(changes) + 1, std::tuple_size_v<decltype(columns_of(region.order))>) << "and id, below";

    for (const Change& change : changes)
        expect_one(found(change.make), {order + change.column + " is ", ", in t.csv:9 it is "});
}

TEST(OrderDifferences, ValuesStandInTheWordsAndUnitsOfTables) {
    const Region region = region_with_orders();

    expect_one(found([](OrderColumns& o) { o.quantity[0] = 1500; }), {"quantity is 1.5 kW, in t.csv:2 it is 2 kW"});
    expect_one(found([](OrderColumns& o) { o.arrival[0] = 250'000; }), {"arrival is 1970-01-01T00:00:00.25Z"});
    expect_one(found([](OrderColumns& o) { o.parent[0] = 1; }),
               {"parent is '" + region.order.id[1] + "', in t.csv:2 it is none"});
    expect_one(found([](OrderColumns& o) { o.customer[0] = 4; }), {"customer is '" + region.customer.id[4] + "'"});
}

TEST(OrderDifferences, AnotherIdIsNamedByTheOrderThatStandsThere) {
    const std::string was = region_with_orders().order.id[3];

    expect_one(found([](OrderColumns& o) { o.id[3] = "other"; }),
               {"order 'other' of feeder '" + region_with_orders().feeder.id[0] + "': id is 'other', in t.csv:5 it is '"
                + was + "'"});
}

TEST(OrderDifferences, AnOrderThatIsMissingOrWasNeverGivenIsNamed) {
    Region one_less = region_with_orders();
    const GivenOrders all = given_of(one_less);
    const std::string left_out = one_less.order.id[11];
    one_less.order = picked(one_less.order, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    one_less.feeder.order_offset.back() = 11;

    expect_one(order_differences(one_less, all), {"order '" + left_out + "' of feeder '", "of t.csv:13 is not among"});
    expect_one(order_differences(region_with_orders(), given_of(one_less)), {"is none of t.csv"});
}

// Of orders that arrive together the first row trades first.
TEST(OrderDifferences, AnotherSequenceIsTold) {
    Region cleared = region_with_orders();
    const GivenOrders given = given_of(cleared);
    const std::string first = cleared.order.id[0], second = cleared.order.id[1];
    cleared.order = picked(cleared.order, {1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    for (std::int32_t& parent : cleared.order.parent)
        if (parent == 0 || parent == 1) parent = 1 - parent;

    expect_one(order_differences(cleared, given),
               {"order '" + first + "' of feeder '", "': stands behind '" + second + "', before it in t.csv"});
}

}  // namespace
}  // namespace headroom
