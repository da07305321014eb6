// Generated regions: what generate.md promises of them, by numbers.

#include "formulations/generate/generate_region.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>

#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/generate/day_shape.hpp"
#include "formulations/generate/feeder_plan.hpp"
#include "formulations/generate/random_stream.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/validate.hpp"
#include "tests/support/same_region.hpp"

namespace headroom::test {
namespace {

GeneratorSettings regular(std::int64_t feeders, std::int64_t steps = 96) {
    return {.feeder_count = feeders, .step_count = steps, .hard_share = 0};
}

/// Hard feeders alone, `rounds` of each kind in turn.
GeneratorSettings hard(std::int64_t rounds) {
    return {.feeder_count = rounds * static_cast<std::int64_t>(feeder_kind_count - 1), .hard_share = 1};
}

std::vector<std::string> first_faults(const Region& region) {
    std::vector<std::string> faults(region.feeder_count());
    for (const Fault& fault : validate(region)) {
        EXPECT_GE(fault.feeder, 0) << fault.message();
        faults[static_cast<std::size_t>(fault.feeder)] = fault.rule;
    }
    return faults;
}

EnvelopeResult solve(const Region& region, Secure secure) {
    return allocate(region, region.series.front(), {.secure = secure}, first_faults(region), {.threads = 2});
}

double share_of(const EnvelopeResult& result, ItemStatus status) {
    return static_cast<double>(std::count(result.status.begin(), result.status.end(), status))
           / static_cast<double>(result.status.size());
}

TEST(GeneratedRegion, IsTheSameOnOneAndTwoThreads) {
    GeneratorSettings settings = {.feeder_count = 60, .step_count = 8, .hard_share = 0.2, .prices = true};
    settings.threads = 1;
    const Region one = generate_region(settings);
    settings.threads = 2;

    EXPECT_EQ(difference(one, generate_region(settings)), "");
}

TEST(GeneratedRegion, SeedsMakeDifferentFeeders) {
    GeneratorSettings settings = regular(1, 1);
    const Region one = generate_region(settings);
    settings.seed = 2;

    EXPECT_NE(difference(one, generate_region(settings)), "");
}

TEST(GeneratedRegion, EveryFeederIsDistinct) {
    const Region region = generate_region(regular(300, 1));
    std::map<std::vector<double>, std::size_t> lengths;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const auto begin = region.branch.length.begin();
        const std::vector<double> own(begin + region.feeder.branch_offset[f],
                                      begin + region.feeder.branch_offset[f + 1]);
        EXPECT_TRUE(lengths.emplace(own, f).second) << "feeders " << f << " and " << lengths[own];
    }
}

TEST(GeneratedRegion, HasTheSizesOfTheBenchmark) {
    const Region region = generate_region(regular(1000, 1));
    const auto feeders = static_cast<double>(region.feeder_count());
    int large = 0;
    for (std::size_t f = 0; f < region.feeder_count(); ++f)
        large += region.feeder.bus_offset[f + 1] - region.feeder.bus_offset[f] > 1000;

    const double buses = static_cast<double>(region.bus_count()) / feeders;
    const double customers = static_cast<double>(region.customer_count()) / feeders;
    EXPECT_GE(buses, 300);
    EXPECT_LE(buses, 340);
    EXPECT_GE(customers, 43);
    EXPECT_LE(customers, 50);
    EXPECT_NEAR(large / feeders, 0.02, 0.008);
}

TEST(GeneratedRegion, LooksLikeRealFeeders) {
    const Region region = generate_region(regular(300));
    const auto customers = static_cast<double>(region.customer_count());
    double length = 0, distance = 0, active = 0, three_phase = 0;
    std::vector<double> from_slack(region.bus_count(), 0);
    for (std::size_t i = 0; i < region.branch_count(); ++i) {  // root to leaf
        length += region.branch.length[i];
        from_slack[static_cast<std::size_t>(region.branch.to_bus[i])] =
            from_slack[static_cast<std::size_t>(region.branch.from_bus[i])] + region.branch.length[i];
    }
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        distance += from_slack[static_cast<std::size_t>(region.customer.bus[c])] / customers;
        active += region.customer.active[c] / customers;
        three_phase += (region.customer.phases[c] == phase::abc) / customers;
    }
    EXPECT_NEAR(length / customers, 28.6, 3) << "m of cable per customer";
    EXPECT_NEAR(distance, 274, 40) << "m from the transformer to a customer";
    EXPECT_NEAR(active, 0.4, 0.02);
    EXPECT_NEAR(three_phase, 0.06, 0.01);
}

TEST(GeneratedRegion, KeepsFreeReactivePowerToItsShareOfFeeders) {
    const GeneratorSettings settings = regular(300, 1);
    const Region region = generate_region(settings);
    int free_feeders = 0;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const bool meant = plan_feeder(settings, static_cast<std::uint32_t>(f)).free_reactive;
        free_feeders += meant;
        for (auto row = region.feeder.customer_offset[f]; row < region.feeder.customer_offset[f + 1]; ++row) {
            const auto c = static_cast<std::size_t>(row);
            const ReactiveMode mode = region.customer.reactive_mode[c];
            EXPECT_TRUE(meant || mode == ReactiveMode::unity || mode == ReactiveMode::power_factor);
            EXPECT_TRUE(region.customer.active[c] || mode == ReactiveMode::unity);
        }
    }
    EXPECT_NEAR(free_feeders / 300.0, 0.1, 0.05);
}

/// Passive single-phase customers: about one in fourteen has panels, the others only draw.
TEST(GeneratedRegion, DrawsPowerAsRealCustomersDo) {
    const Region region = generate_region({.feeder_count = 300, .active_share = 0, .hard_share = 0});
    const SeriesSet& day = region.series.front();
    double energy = 0, reactive = 0, peak = 0;
    std::vector<double> of_step(day.step_count(), 0);
    int count = 0;
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        if (region.customer.phases[c] == phase::abc || !std::isnan(region.customer.nameplate[c])) continue;
        ++count;
        double highest = 0;
        for (std::size_t t = 0; t < day.step_count(); ++t) {
            const double load = -day.p_forecast[t * region.customer_count() + c] / 1000;
            EXPECT_GE(load, 0);
            energy += load * day.hours(t);
            reactive -= day.q_forecast[t * region.customer_count() + c] / 1000 * day.hours(t);
            highest = std::max(highest, load);
            of_step[t] += load;
        }
        peak += highest;
    }
    EXPECT_NEAR(energy / count, 9.6, 1.2) << "kWh a day: 9.0 measured in summer, and one in ten charges a car";
    EXPECT_NEAR(reactive / energy, 0.31, 0.03);
    EXPECT_NEAR(peak / count, 2.7, 0.4) << "kW, largest quarter of an hour";
    EXPECT_NEAR(*std::max_element(of_step.begin(), of_step.end()) / count, 0.85, 0.15) << "kW after diversity";
}

TEST(GeneratedRegion, RegularFeedersAreValid) {
    for (const std::string& fault : first_faults(generate_region(regular(300, 4)))) EXPECT_EQ(fault, "");
}

TEST(GeneratedRegion, RegularFeedersAreMostlySecureAndOftenCongested) {
    const Region region = generate_region(regular(100));
    const EnvelopeResult result = solve(region, Secure::linear);
    std::size_t congested = 0, limits = 0;
    for (std::size_t k = 0; k < result.export_limit.size(); ++k) {
        if (std::isnan(result.export_limit[k])) continue;
        ++limits;
        congested += result.export_binding_row[k] >= 0;
    }

    EXPECT_GE(share_of(result, ItemStatus::solved), 0.95);
    EXPECT_GE(static_cast<double>(congested) / static_cast<double>(limits), 0.5);
}

TEST(GeneratedRegion, RegularFeedersAreMostlySecureInAc) {
    GeneratorSettings settings = regular(8, 8);
    settings.step_seconds = 3 * 3600;
    const EnvelopeResult result = solve(generate_region(settings), Secure::ac);

    EXPECT_GE(share_of(result, ItemStatus::solved) + share_of(result, ItemStatus::ac_shrunk), 0.9);
    EXPECT_EQ(share_of(result, ItemStatus::uncertified), 0);
}

TEST(HardFeeders, StandEvenlyAndTakeTurns) {
    const RegionPlan plan = plan_region({.feeder_count = 10'000});

    EXPECT_EQ(plan.of_kind[0], 9800);
    for (std::size_t kind = 1; kind < feeder_kind_count; ++kind) EXPECT_EQ(plan.of_kind[kind], 40) << kind;
    EXPECT_EQ(plan_feeder({}, 49).id(), "f000049-insecure") << "floor(50 x 0.02) is the first above 0";
    EXPECT_EQ(plan_feeder({}, 50).id(), "f000050");
}

int insecure_steps(const EnvelopeResult& result, std::size_t feeder) {
    int count = 0;
    for (std::size_t item = feeder; item < result.status.size(); item += result.status.size() / result.step_count)
        count += result.status[item] == ItemStatus::insecure_base;
    return count;
}

double total_length(const Region& region, std::size_t feeder) {
    double length = 0;
    for (auto i = region.feeder.branch_offset[feeder]; i < region.feeder.branch_offset[feeder + 1]; ++i)
        length += region.branch.length[static_cast<std::size_t>(i)];
    return length;
}

/// Whether the AC power flow has an answer where every active customer of the feeder draws its cap, at the first step.
bool carries_import_caps(const Region& region, std::size_t feeder) {
    const AcPowerFlow flow(region, static_cast<std::int64_t>(feeder));
    AcInputs inputs = flow.inputs();
    inputs.count = 1;
    const auto first = static_cast<std::size_t>(region.feeder.customer_offset[feeder]);
    const auto last = static_cast<std::size_t>(region.feeder.customer_offset[feeder + 1]);
    for (std::size_t c = first; c < last; ++c) {
        const double forecast = region.series.front().p_forecast[c];
        inputs.p[(c - first) * lane_count] = region.customer.active[c] ? -region.customer.import_cap[c] : forecast;
    }
    constexpr double rotation = 0.86602540378443865;  // sin 120 degrees
    constexpr std::array<std::complex<double>, 3> direction{{{1, 0}, {-0.5, -rotation}, {-0.5, rotation}}};
    for (std::size_t k = 0; k < 3; ++k) {
        const auto voltage = direction[k] * region.series.front().slack_voltage[3 * feeder + k];
        inputs.slack_voltage[2 * k * lane_count] = voltage.real();
        inputs.slack_voltage[(2 * k + 1) * lane_count] = voltage.imag();
    }
    AcLanes lanes = flow.lanes();
    flow.solve(inputs, lanes);
    return lanes.lane[0].status == AcStatus::converged;
}

TEST(HardFeeders, RuralOnesDoNotCarryTheirCapsWhereRegularOnesDo) {
    const Region rural = generate_region(hard(8)), regular_ones = generate_region(regular(40));
    int carried = 0, rural_count = 0, regular_carried = 0;
    for (std::size_t f = 1; f < rural.feeder_count(); f += feeder_kind_count - 1) {
        ++rural_count;
        carried += carries_import_caps(rural, f);
    }
    for (std::size_t f = 0; f < regular_ones.feeder_count(); ++f)
        regular_carried += carries_import_caps(regular_ones, f);

    EXPECT_LE(carried, rural_count / 2);
    EXPECT_GE(regular_carried, 30);
}

TEST(HardFeeders, DoWhatTheirKindSays) {
    const Region region = generate_region(hard(3));
    const std::vector<std::string> faults = first_faults(region);
    const EnvelopeResult result = solve(region, Secure::linear);
    for (std::size_t f = 0; f < region.feeder_count(); ++f) {
        const FeederKind kind = plan_feeder(hard(3), static_cast<std::uint32_t>(f)).kind;
        SCOPED_TRACE(region.feeder.id[f] + ": " + faults[f]);
        EXPECT_TRUE(region.feeder.id[f].ends_with("-" + std::string(kind_name(kind))));
        const FeederTree tree = feeder_tree(region, static_cast<std::int64_t>(f));
        EXPECT_EQ(std::ranges::any_of(tree.closes, [](std::int32_t node) { return node >= 0; }),
                  kind == FeederKind::mesh);
        EXPECT_EQ(faults[f].find("nan") != std::string::npos, kind == FeederKind::gap);
        const std::int64_t buses = region.feeder.bus_offset[f + 1] - region.feeder.bus_offset[f];
        EXPECT_EQ(buses > 4000 && buses < 6000, kind == FeederKind::medium_voltage) << buses;
        if (kind == FeederKind::insecure) {
            EXPECT_GE(insecure_steps(result, f), 8);
        } else if (kind == FeederKind::rural) {
            EXPECT_GE(total_length(region, f), 1000);
            EXPECT_LE(insecure_steps(result, f), 48);
        }
    }
}

TEST(RandomStream, IsAFunctionOfItsPlaceAlone) {
    RandomStream one(1, 5, Purpose::tree), again(1, 5, Purpose::tree), other(1, 6, Purpose::tree);
    double sum = 0;
    constexpr int count = 10'000;
    for (int k = 0; k < count; ++k) {
        const double value = one.uniform();
        EXPECT_EQ(value, again.uniform());
        EXPECT_NE(value, other.uniform());
        sum += value;
    }
    EXPECT_NEAR(sum / count, 0.5, 5 * std::sqrt(1.0 / 12 / count));
}

TEST(DayShape, HasItsSeasonsAndItsMeanIsOne) {
    const std::int64_t summer = 1'750'464'000, half_year = 182 * 86'400;
    double load = 0, sun_in_summer = 0, sun_in_winter = 0;
    for (int quarter = 0; quarter < 96; ++quarter) {
        load += load_shape(moment(summer + quarter * 900, 900)) / 96;
        sun_in_summer += clear_sky(moment(summer + quarter * 900, 900), 0) / 4;
        sun_in_winter += clear_sky(moment(summer + half_year + quarter * 900, 900), 0) / 4;
    }
    EXPECT_NEAR(load, 1, 0.01);
    EXPECT_NEAR(sun_in_summer, 8.0, 0.2) << "kWh of a clear day per kW";
    EXPECT_NEAR(sun_in_winter, 2.1, 0.1);
    EXPECT_NEAR(moment(summer, 900).season, 1, 1e-3);
    EXPECT_NEAR(moment(summer + half_year, 900).season, -1, 1e-2);
    EXPECT_EQ(moment(-86'400, 900).day, -1);
}

TEST(GeneratedRegion, LiesOnAMapWhereLinesAreAsLongAsTheyAre) {
    const Region region = generate_region(regular(20, 1));
    for (std::size_t k = 0; k < region.branch_count(); ++k) {
        const auto from = static_cast<std::size_t>(region.branch.from_bus[k]),
                   to = static_cast<std::size_t>(region.branch.to_bus[k]);
        const double distance =
            std::hypot(region.bus.x[to] - region.bus.x[from], region.bus.y[to] - region.bus.y[from]);
        const bool line = region.branch.kind[k] == BranchKind::line;
        EXPECT_NEAR(distance, line ? region.branch.length[k] : 5, 1e-6);
    }
    const auto busbar_of = [&](std::size_t feeder) {
        return static_cast<std::size_t>(region.feeder.bus_offset[feeder]) + 1;
    };
    EXPECT_EQ(region.bus.x[busbar_of(7)] - region.bus.x[busbar_of(6)], 2000);
    EXPECT_EQ(region.bus.y[busbar_of(7)], region.bus.y[busbar_of(6)]);
}

GeneratorSettings trading(std::int64_t feeders) {
    return {.feeder_count = feeders, .step_count = 96, .hard_share = 0.1, .orders_share = 0.5};
}

TEST(GeneratedOrders, AreValidAndTheSameOnOneAndTwoThreads) {
    GeneratorSettings settings = trading(60);
    settings.threads = 1;
    const Region region = generate_region(settings);
    settings.threads = 2;

    EXPECT_EQ(difference(region, generate_region(settings)), "");
    EXPECT_GT(region.order_count(), 1000U);
    for (const Fault& fault : validate(region)) EXPECT_FALSE(fault.dataset.starts_with("/order")) << fault.message();
}

TEST(GeneratedOrders, ChangeNothingElse) {
    Region with = generate_region(trading(30));
    GeneratorSettings settings = trading(30);
    settings.orders_share = 0;
    with.order = {};
    with.feeder.order_offset = {0};

    EXPECT_EQ(difference(with, generate_region(settings)), "");
}

TEST(GeneratedOrders, ComeFromTheShareThatTradesAtPricesThatCanMeet) {
    const Region region = generate_region(trading(200));
    const OrderColumns& order = region.order;
    std::vector<bool> trades(region.customer_count(), false);
    int bids = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto customer = static_cast<std::size_t>(order.customer[k]);
        const bool exports = order.limit[k] == TradedLimit::export_power, buys = order.side[k] == OrderSide::buy;
        trades[customer] = true;
        bids += buys;
        EXPECT_EQ(region.customer.active[customer], 1);
        EXPECT_GE(order.price[k], buys ? (exports ? 40 : 150) : 5);
        EXPECT_LE(order.price[k], buys ? (exports ? 120 : 400) : 50);
        EXPECT_GE(order.quantity[k], 50);
        EXPECT_LE(order.quantity[k],
                  0.3 * (exports ? region.customer.export_cap : region.customer.import_cap)[customer]);
        EXPECT_LT(order.last_step[k] - order.first_step[k], 8) << "two hours";
    }
    const auto active = std::count(region.customer.active.begin(), region.customer.active.end(), 1);
    EXPECT_NEAR(static_cast<double>(std::count(trades.begin(), trades.end(), true)) / static_cast<double>(active), 0.5,
                0.03);
    EXPECT_NEAR(static_cast<double>(bids) / static_cast<double>(order.size()), 0.35, 0.15);
}

/// Share of orders for which something holds.
template <class Has> double share_of(const OrderColumns& order, const Has& has) {
    double count = 0;
    for (std::size_t k = 0; k < order.size(); ++k) count += has(k);
    return count / static_cast<double>(order.size());
}

TEST(GeneratedOrders, HaveEveryWishThatTheMarketKnows) {
    const Region region = generate_region(trading(200));
    const OrderColumns& order = region.order;

    EXPECT_NEAR(share_of(order, [&](std::size_t k) { return order.all_or_none[k] == 1; }), 0.05, 0.01);
    EXPECT_NEAR(share_of(order, [&](std::size_t k) { return order.min_fill[k] > 0; }), 0.05, 0.01);
    EXPECT_NEAR(share_of(order, [&](std::size_t k) { return order.block[k] >= 0; }), 0.06, 0.02);
    EXPECT_NEAR(share_of(order, [&](std::size_t k) { return order.expiry[k] != OrderColumns::never; }), 0.1, 0.02);
    for (const TimeInForce time : {TimeInForce::immediate_or_cancel, TimeInForce::fill_or_kill})
        EXPECT_GT(share_of(order, [&](std::size_t k) { return order.time_in_force[k] == time; }), 0.01);
    EXPECT_GT(share_of(order, [&](std::size_t k) { return order.exclusive_group[k] >= 0; }), 0.01);
    EXPECT_GT(share_of(order, [&](std::size_t k) { return order.parent[k] >= 0; }), 0.002);
}

TEST(GeneratorSettings, SayWhatIsOutOfRange) {
    EXPECT_EQ(GeneratorSettings{}.fault(), std::nullopt);
    EXPECT_EQ(GeneratorSettings{.feeder_count = 0}.fault(), "feeder_count = 0, must lie in [1, 1048576]");
    EXPECT_TRUE((GeneratorSettings{.feeder_first = 1 << 20}.fault()));
    EXPECT_TRUE((GeneratorSettings{.feeder_first = 1, .feeder_count = 1 << 20}.fault()));
    EXPECT_TRUE((GeneratorSettings{.active_share = std::nan("")}.fault()));
    EXPECT_TRUE((GeneratorSettings{.hard_share = 1.1}.fault()));
    EXPECT_TRUE((GeneratorSettings{.orders_share = -0.1}.fault()));
    EXPECT_FALSE((GeneratorSettings{.step_count = 4800, .orders_share = 1}.fault())) << "50 days";
    EXPECT_TRUE((GeneratorSettings{.step_count = 4801, .orders_share = 1}.fault()));
    EXPECT_FALSE((GeneratorSettings{.step_count = 4801}.fault()));
}

}  // namespace
}  // namespace headroom::test
