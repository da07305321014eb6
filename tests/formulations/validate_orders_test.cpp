#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "formulations/network/validate.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Region region_with_orders() {
    Region region = test::small_region();
    test::add_small_orders(region);
    return region;
}

/// A region with one order wrong, and what validate() must say. Rows are of feeder 1, the second of two: its orders are
/// 6 evening, 7 night, 8 dawn, 9 leg 1, 10 leg 2, 11 reserve; its customers 5 c1 to 9 c5, of which 8 and 9 are passive.
struct Wrong {
    const char* name;
    std::function<void(Region&, OrderColumns&)> spoil;
    std::string message;
};

std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.name; }

class ValidateOrder : public testing::TestWithParam<Wrong> {};
class ValidateOrderStructure : public testing::TestWithParam<Wrong> {};

TEST_P(ValidateOrder, NamesTheFaultAndKeepsItInsideTheFeeder) {
    Region region = region_with_orders();
    GetParam().spoil(region, region.order);

    const std::vector<Fault> faults = validate(region);

    ASSERT_EQ(faults.size(), 1U) << summarise(faults);
    EXPECT_NE(faults[0].message().find(GetParam().message), std::string::npos) << summarise(faults);
    EXPECT_EQ(faults[0].feeder, 1);
    EXPECT_TRUE(validate_structure(region).empty());
}

TEST_P(ValidateOrderStructure, NamesTheFaultAndStopsThere) {
    Region region = region_with_orders();
    GetParam().spoil(region, region.order);

    const std::vector<Fault> faults = validate(region);

    ASSERT_FALSE(faults.empty());
    EXPECT_NE(faults[0].message().find(GetParam().message), std::string::npos) << summarise(faults);
    for (const Fault& fault : faults) EXPECT_EQ(fault.feeder, -1) << fault.message();
    EXPECT_EQ(messages(validate_structure(region)), messages(faults));
}

const std::vector<Wrong> values{
    {"SideUnknown", [](Region&, OrderColumns& o) { o.side[6] = static_cast<OrderSide>(2); },
     "/order/side row 6 (order 'evening' of feeder 'feeder-1-é'): must be 0 to 1, is 2"},
    {"SideNegative", [](Region&, OrderColumns& o) { o.side[6] = static_cast<OrderSide>(-1); }, "/order/side row 6"},
    {"LimitUnknown", [](Region&, OrderColumns& o) { o.limit[6] = static_cast<TradedLimit>(6); },
     "/order/limit row 6 (order 'evening' of feeder 'feeder-1-é'): must be 0 to 5, is 6"},
    {"LimitNegative", [](Region&, OrderColumns& o) { o.limit[6] = static_cast<TradedLimit>(-1); },
     "/order/limit row 6"},
    {"AllOrNoneTwice", [](Region&, OrderColumns& o) { o.all_or_none[6] = 2; }, "/order/all_or_none row 6"},
    {"TimeInForceUnknown", [](Region&, OrderColumns& o) { o.time_in_force[6] = static_cast<TimeInForce>(3); },
     "/order/time_in_force row 6 (order 'evening' of feeder 'feeder-1-é'): must be 0 to 2, is 3"},
    {"ConditionalTwice", [](Region&, OrderColumns& o) { o.conditional[11] = 2; }, "/order/conditional row 11"},
    {"BlockBelowNone", [](Region&, OrderColumns& o) { o.block[6] = -2; },
     "/order/block row 6 (order 'evening' of feeder 'feeder-1-é'): must be -1 or a number from 0, is -2"},
    {"GroupBelowNone", [](Region&, OrderColumns& o) { o.exclusive_group[6] = -2147483647; },
     "/order/exclusive_group row 6"},
    {"PassiveCustomerSellsImport",
     [](Region&, OrderColumns& o) {
         o.limit[11] = TradedLimit::import_power;
         o.conditional[11] = 0;
     },
     "/order/customer row 11 (order 'reserve, \"up\"' of feeder 'feeder-1-é'): customer 'c4' must be active to trade"},
    {"ReactiveLimitWithoutARange", [](Region&, OrderColumns& o) { o.limit[6] = TradedLimit::q_inject; },
     "/order/customer row 6 (order 'evening' of feeder 'feeder-1-é'): customer 'c1' must have a reactive range"},
    {"ReactiveLimitOfACurve", [](Region&, OrderColumns& o) { o.limit[9] = TradedLimit::q_absorb; },
     "/order/customer row 9"},
    {"FirstStepNegative", [](Region&, OrderColumns& o) { o.first_step[6] = -1; },
     "/order/first_step row 6 (order 'evening' of feeder 'feeder-1-é'): must be a step of series 'day', 0 to 3, is -1"},
    {"FirstStepBeyondTheSeries", [](Region&, OrderColumns& o) { o.first_step[6] = o.last_step[6] = 4; },
     "/order/first_step row 6"},
    {"LastStepBeforeFirst", [](Region&, OrderColumns& o) { o.last_step[8] = 0; },
     "/order/last_step row 8 (order 'dawn' of feeder 'feeder-1-é'): must be a step of series 'day' from first_step on, "
     "1 to 3, is 0"},
    {"LastStepBeyondTheSeries", [](Region&, OrderColumns& o) { o.last_step[6] = 4; }, "/order/last_step row 6"},
    {"QuantityZero", [](Region&, OrderColumns& o) { o.quantity[7] = 0; },
     "/order/quantity row 7 (order 'night' of feeder 'feeder-1-é'): must be positive and at most 1000000000000 W, is "
     "0 W"},
    {"QuantityNegative", [](Region&, OrderColumns& o) { o.quantity[7] = -1; }, "/order/quantity row 7"},
    {"QuantityNaN", [](Region&, OrderColumns& o) { o.quantity[7] = not_given; }, "/order/quantity row 7"},
    {"QuantityAbsurd", [](Region&, OrderColumns& o) { o.quantity[7] = std::nextafter(1e12, infinity); },
     "/order/quantity row 7"},
    {"PriceNaN", [](Region&, OrderColumns& o) { o.price[7] = not_given; }, "/order/price row 7"},
    {"PriceInfinite", [](Region&, OrderColumns& o) { o.price[7] = -infinity; }, "/order/price row 7"},
    {"PriceAbsurd", [](Region&, OrderColumns& o) { o.price[7] = std::nextafter(1e9, infinity); }, "/order/price row 7"},
    {"MinFillNegative", [](Region&, OrderColumns& o) { o.min_fill[7] = -1; }, "/order/min_fill row 7"},
    {"MinFillAboveQuantity", [](Region&, OrderColumns& o) { o.min_fill[6] = std::nextafter(2000.0, infinity); },
     "/order/min_fill row 6 (order 'evening' of feeder 'feeder-1-é'): must lie in [0, quantity], [0, 2000] W, is"},
    {"MinFillNaN", [](Region&, OrderColumns& o) { o.min_fill[7] = not_given; }, "/order/min_fill row 7"},
    {"ExpiryAtArrival", [](Region&, OrderColumns& o) { o.expiry[6] = o.arrival[6]; },
     "/order/expiry row 6 (order 'evening' of feeder 'feeder-1-é'): must be after arrival"},
    {"OwnParent", [](Region&, OrderColumns& o) { o.parent[7] = 7; },
     "/order/parent row 7 (order 'night' of feeder 'feeder-1-é'): must not be the order itself"},
    {"CircleOfParents", [](Region&, OrderColumns& o) { o.parent[6] = 11; },
     "/order/parent row 6 (order 'evening' of feeder 'feeder-1-é'): must not lead back to the order"},
    {"GroupOverSteps", [](Region&, OrderColumns& o) { o.last_step[7] = 2; },
     "/order/last_step row 7 (order 'night' of feeder 'feeder-1-é'): must be first_step, 0, or the order part of a "
     "block"},
    {"ParentOverSteps", [](Region&, OrderColumns& o) { o.last_step[6] = 3; },
     "/order/parent row 8 (order 'dawn' of feeder 'feeder-1-é'): must stand in one step or be part of a block"},
    {"ConditionalSeller", [](Region&, OrderColumns& o) { o.side[11] = OrderSide::sell; },
     "/order/conditional row 11 (order 'reserve, \"up\"' of feeder 'feeder-1-é'): must be 0 unless up or down is "
     "bought"},
    {"ConditionalBuyerOfALimit", [](Region&, OrderColumns& o) { o.conditional[6] = 1; }, "/order/conditional row 6"},
    {"LegThatTradesPartly", [](Region&, OrderColumns& o) { o.time_in_force[9] = TimeInForce::immediate_or_cancel; },
     "/order/time_in_force row 9 (order 'leg 1' of feeder 'feeder-1-é'): must not be immediate_or_cancel (1) in a "
     "block"},
};

const std::vector<Wrong> structures{
    {"ColumnTooShort", [](Region&, OrderColumns& o) { o.price.pop_back(); }, "/order/price: must have 12 rows, has 11"},
    {"ColumnTooLong", [](Region&, OrderColumns& o) { o.parent.push_back(-1); },
     "/order/parent: must have 12 rows, has 13"},
    {"ColumnMissing", [](Region&, OrderColumns& o) { o.expiry.clear(); }, "/order/expiry: must have 12 rows, has 0"},
    {"OffsetOfNoOrders", [](Region& r, OrderColumns&) { r.feeder.order_offset = {0}; },
     "/feeder/order_offset: must have 3 rows, has 1"},
    {"OffsetMissing", [](Region& r, OrderColumns&) { r.feeder.order_offset.clear(); },
     "/feeder/order_offset: must have 3 rows, has 0"},
    {"OffsetFalling", [](Region& r, OrderColumns&) { r.feeder.order_offset[1] = 13; }, "/feeder/order_offset row 2"},
    {"OffsetEndsEarly", [](Region& r, OrderColumns&) { r.feeder.order_offset[2] = 11; },
     "/feeder/order_offset row 2: must be the number of rows, 12, is 11"},
    {"OrdersGoneOffsetLeft", [](Region&, OrderColumns& o) { o = {}; },
     "/feeder/order_offset row 2: must be the number of rows, 0, is 12"},
    {"NoOrdersNotFromZero",
     [](Region& r, OrderColumns& o) {
         o = {};
         r.feeder.order_offset = {1};
     },
     "/feeder/order_offset row 0: must be 0, is 1"},
    {"IdTwice", [](Region&, OrderColumns& o) { o.id[8] = "evening"; },
     "/order/id row 8 (feeder 'feeder-1-é'): 'evening' must be unique, row 6 has it too"},
    {"IdEmpty", [](Region&, OrderColumns& o) { o.id[8].clear(); }, "/order/id row 8 (feeder 'feeder-1-é')"},
    {"IdTooLong", [](Region&, OrderColumns& o) { o.id[8] = std::string(65, 'x'); }, "must have at most 64 bytes"},
    {"CustomerOfOtherFeeder", [](Region&, OrderColumns& o) { o.customer[6] = 4; },
     "/order/customer row 6 (order 'evening' of feeder 'feeder-1-é'): must be a customer of its feeder, rows 5 to 9 of "
     "/customer, is 4"},
    {"CustomerNowhere", [](Region&, OrderColumns& o) { o.customer[6] = -1; }, "/order/customer row 6"},
    {"ParentOfOtherFeeder", [](Region&, OrderColumns& o) { o.parent[8] = 0; },
     "/order/parent row 8 (order 'dawn' of feeder 'feeder-1-é'): must be -1 or an order of its feeder, rows 6 to 11 of "
     "/order, is 0"},
    {"ParentBelowNone", [](Region&, OrderColumns& o) { o.parent[8] = -2; }, "/order/parent row 8"},
    {"ParentBeyond", [](Region&, OrderColumns& o) { o.parent[8] = 12; }, "/order/parent row 8"},
};

const auto name_of = [](const testing::TestParamInfo<Wrong>& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Values, ValidateOrder, testing::ValuesIn(values), name_of);
INSTANTIATE_TEST_SUITE_P(Structures, ValidateOrderStructure, testing::ValuesIn(structures), name_of);

TEST(ValidateOrders, SoundOnesHaveNoFaults) {
    EXPECT_TRUE(validate(region_with_orders()).empty()) << summarise(validate(region_with_orders()));
}

// The other side of every border.
TEST(ValidateOrders, WhatIsJustPermittedIsNoFault) {
    Region region = region_with_orders();
    OrderColumns& order = region.order;
    order.id[8] = std::string(64, 'x');
    order.quantity[7] = 1e12;
    order.price[7] = -1e9;
    order.min_fill[6] = order.quantity[6];
    order.expiry[6] = order.arrival[6] + 1;
    order.first_step[6] = order.last_step[6] = 3;
    order.limit[11] = TradedLimit::down;
    order.block[6] = order.exclusive_group[6] = std::numeric_limits<std::int32_t>::max();
    order.time_in_force[9] = TimeInForce::good_till_expiry;

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(ValidateOrders, ReactiveLimitsAreTradedByCustomersWithARange) {
    Region region = region_with_orders();
    region.customer.reactive_mode[5] = ReactiveMode::range;
    for (const TradedLimit limit : {TradedLimit::q_inject, TradedLimit::q_absorb}) {
        region.order.limit[6] = limit;
        EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
    }
    region.customer.active[5] = 0;
    EXPECT_NE(summarise(validate(region)).find("must be active"), std::string::npos);
}

TEST(ValidateOrders, NoOrdersMayBeSaidInTwoWays) {
    Region region = test::small_region();
    EXPECT_EQ(region.feeder.order_offset.size(), 1U);
    EXPECT_TRUE(validate(region).empty());

    region.feeder.order_offset = {0, 0, 0};
    EXPECT_TRUE(validate(region).empty());
    EXPECT_EQ(region.feeder.order_rows(1), (std::pair<std::int64_t, std::int64_t>{0, 0}));
}

TEST(ValidateOrders, RowsOfAFeederAreAskedForInEitherForm) {
    Region region = test::small_region();
    EXPECT_EQ(region.feeder.order_rows(1), (std::pair<std::int64_t, std::int64_t>{0, 0}));

    test::add_small_orders(region);
    EXPECT_EQ(region.feeder.order_rows(1), (std::pair<std::int64_t, std::int64_t>{6, 12}));
}

TEST(ValidateOrders, EachCircleOfParentsIsToldOnce) {
    Region region = region_with_orders();
    // 6 -> 7 -> 6 and 8 -> 9 -> 10 -> 8; 11 leads into the second circle without being on it.
    const std::vector<std::int32_t> parents{7, 6, 9, 10, 8, 9};
    for (std::size_t k = 0; k < parents.size(); ++k) region.order.parent[6 + k] = parents[k];

    const std::vector<Fault> faults = validate(region);

    ASSERT_EQ(faults.size(), 2U) << summarise(faults);
    EXPECT_EQ(faults[0].row, 6);
    EXPECT_EQ(faults[1].row, 8);
}

// A walk from every order to the root of this chain would take 10^11 steps.
TEST(ValidateOrders, ALongChainOfParentsTakesLinearTime) {
    constexpr std::int32_t count = 400'000;
    Region region = test::small_region(1);
    test::add_small_orders(region);
    OrderColumns& order = region.order;
    const auto repeat = [&](auto& column) {
        column.assign(count, typename std::decay_t<decltype(column)>::value_type(column[0]));
    };
    repeat(order.customer), repeat(order.side), repeat(order.limit), repeat(order.first_step), repeat(order.last_step);
    repeat(order.quantity), repeat(order.price), repeat(order.arrival), repeat(order.expiry), repeat(order.min_fill);
    repeat(order.all_or_none), repeat(order.time_in_force), repeat(order.block), repeat(order.exclusive_group);
    repeat(order.parent), repeat(order.conditional);
    order.id.clear();
    for (std::int32_t k = 0; k < count; ++k) {
        order.id.push_back(std::to_string(k));
        order.parent[static_cast<std::size_t>(k)] = k + 1 < count ? k + 1 : -1;
    }
    region.feeder.order_offset = {0, count};
    EXPECT_TRUE(validate(region).empty());

    order.parent.back() = 0;
    EXPECT_EQ(validate(region).size(), 1U);
}

}  // namespace
}  // namespace headroom
