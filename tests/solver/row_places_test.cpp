#include "solver/packing/row_places.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "solver/certificate/packing_gap.hpp"
#include "solver/packing/packing_program.hpp"
#include "tests/support/packing_family.hpp"

namespace headroom {
namespace {

using Rooms = std::vector<std::vector<double>>;

PackingItem with_room(const std::vector<double>& room) {
    return {room.data(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
}

RowPlaces places_of(const Rooms& rooms) {
    std::vector<PackingItem> items;
    for (const auto& room : rooms) items.push_back(with_room(room));
    std::vector<std::int32_t> rows(rooms[0].size());
    std::iota(rows.begin(), rows.end(), 0);
    return shared_places(rows, items);
}

constexpr double none = no_bound;

TEST(RowPlaces, HoldRowsThatNoProblemHasTogether) {
    const Rooms rooms{{1, 1, none, none, none, none}, {none, none, 1, 1, none, none}, {none, none, none, none, 1, 1}};

    const RowPlaces places = places_of(rooms);

    ASSERT_EQ(places.count(), 2);
    EXPECT_EQ(places.row, (std::vector<std::int32_t>{0, 2, 4, 1, 3, 5}));
    EXPECT_EQ(places.row_of(with_room(rooms[1]), 0), 2);
    EXPECT_EQ(places.row_of(with_room(rooms[2]), 1), 5);
}

TEST(RowPlaces, AreTakenByTheFirstRowWhereAProblemHasNone) {
    const Rooms rooms{{1, none, none, none}, {none, 1, none, none}, {none, none, 1, none}, {none, none, none, none}};
    const RowPlaces places = places_of(rooms);
    ASSERT_EQ(places.count(), 1);
    EXPECT_EQ(places.row_of(with_room(rooms[3]), 0), 0);
}

TEST(RowPlaces, AreNotMadeWhereTheyWouldSaveLessThanHalf) {
    EXPECT_EQ(places_of({{1, 1, 1}, {1, 1, 1}}).count(), 0);
    EXPECT_EQ(places_of({{1, 1, none}, {1, none, 1}}).count(), 0);
    EXPECT_EQ(places_of({{1, none}, {none, 1}}).count(), 1);
}

/// Of the rows from the fourth on every problem has one in eight.
PackingFamily steps_with_rows_of_their_own(std::uint64_t seed) {
    PackingFamily family(seed, 12, 84, 24);
    for (std::size_t k = 0; k < family.room.size(); ++k)
        for (std::size_t r = 4; r < 84; ++r)
            if (r % 8 != k % 8) family.room[k][r] = no_bound;
    family.plan->first_rows.resize(84);
    std::iota(family.plan->first_rows.begin(), family.plan->first_rows.end(), 0);
    return family;
}

// Twice, the second time on three threads: the same bits.
TEST(RowPlaces, GiveThePackingProgramItsCertifiedAnswers) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
        for (const Term term : {Term::log, Term::none}) {
            PackingFamily family = steps_with_rows_of_their_own(seed);
            const std::size_t limits = 12, count = family.room.size();
            const bool logs = term == Term::log;
            const PackingUtility utility{term, 1, logs ? std::vector<double>{} : std::vector<double>(limits, 1.0)};
            const std::vector<double> linear(limits, logs ? 0.0 : -6.0), weight(limits, logs ? 1.0 : 0.0);
            const std::vector<LimitCost> cost(limits, {linear[0], logs ? 0.0 : 1.0, weight[0], 1});
            std::vector<std::vector<double>> w(count, std::vector<double>(limits)), price(count);
            std::vector<PackingItem> items;
            for (std::size_t k = 0; k < count; ++k) {
                price[k].resize(84);
                items.push_back({family.room[k].data(), family.lower[k].data(), family.upper[k].data(), linear.data(),
                                 weight.data(), w[k].data(), price[k].data()});
            }
            std::vector<PackingOutcome> outcomes(count);

            PackingProgram(*family.plan, utility, {.tolerance = 1e-10}).solve(items, outcomes, 1);

            for (std::size_t k = 0; k < count; ++k) {
                ASSERT_TRUE(outcomes[k].solved) << seed << ' ' << k;
                const PackingCertificate found = check_packing(family.plan->rows, family.room[k], family.lower[k],
                                                               family.upper[k], cost, w[k], price[k]);
                EXPECT_LE(found.row_violation, 1e-12) << seed << ' ' << k;
                // The bound of packing_program_test: residuals are charged to the bounds of limits.
                EXPECT_LE(found.gap_relative(), 1e-7) << seed << ' ' << k;
            }
            std::vector<std::vector<double>> first = w;
            for (auto& limit : w) std::ranges::fill(limit, 0.0);
            outcomes.assign(count, {});
            PackingProgram(*family.plan, utility, {.tolerance = 1e-10}).solve(items, outcomes, 3);
            for (std::size_t k = 0; k < count; ++k)
                EXPECT_EQ(std::memcmp(first[k].data(), w[k].data(), limits * sizeof(double)), 0) << seed << ' ' << k;
        }
}

}  // namespace
}  // namespace headroom
