#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "solver/certificate/bottleneck.hpp"
#include "solver/packing/filling.hpp"
#include "solver/reference/plain_filling.hpp"

namespace headroom {
namespace {

struct Problem {
    std::vector<double> room, start, cap, reference;
};

struct Answer {
    std::vector<double> limit;
    std::vector<int> stop;
    double level;
    int rounds;
};

PackingRows rows_of(const std::vector<std::vector<double>>& dense) {
    PackingRows rows;
    rows.limit_count = static_cast<int>(dense.front().size());
    for (const auto& row : dense) {
        for (std::size_t c = 0; c < row.size(); ++c)
            if (row[c] != 0) {
                rows.column.push_back(static_cast<int>(c));
                rows.value.push_back(row[c]);
            }
        rows.start.push_back(static_cast<int>(rows.column.size()));
    }
    return rows;
}

/// Solves up to eight problems of one pattern side by side; absent lanes are filled with NaN and switched off.
std::vector<Answer> solve(const PackingRows& rows, FillingRule rule, const std::vector<Problem>& problems,
                          std::vector<int> first_rows = {}) {
    const double nan = std::nan("");
    const auto m = static_cast<std::size_t>(rows.row_count()), n = static_cast<std::size_t>(rows.limit_count);
    LaneArray room(m * lane_count, nan), start(n * lane_count, nan), cap = start, reference = start, limit = start;
    LaneArray live(lane_count, 0.0), level(lane_count);
    std::vector<int> stop(n * lane_count), rounds(lane_count);
    for (std::size_t lane = 0; lane < problems.size(); ++lane) {
        live[lane] = 1;
        for (std::size_t r = 0; r < m; ++r) room[r * lane_count + lane] = problems[lane].room[r];
        for (std::size_t c = 0; c < n; ++c) {
            start[c * lane_count + lane] = problems[lane].start[c];
            cap[c * lane_count + lane] = problems[lane].cap[c];
            reference[c * lane_count + lane] = problems[lane].reference[c];
        }
    }
    FillingPlan plan(rows);
    plan.first_rows = std::move(first_rows);
    FillingWorkspace workspace(rows);
    fill(plan, rule,
         {room.data(), start.data(), cap.data(), reference.data(), live.data(), limit.data(), stop.data(), level.data(),
          rounds.data()},
         workspace);
    std::vector<Answer> answers;
    for (std::size_t lane = 0; lane < problems.size(); ++lane) {
        Answer answer{{}, {}, level[lane], rounds[lane]};
        for (std::size_t c = 0; c < n; ++c) {
            answer.limit.push_back(limit[c * lane_count + lane]);
            answer.stop.push_back(stop[c * lane_count + lane]);
        }
        answers.push_back(answer);
    }
    return answers;
}

Problem plain_problem(std::vector<double> room, std::size_t limits, double cap) {
    return {std::move(room), std::vector<double>(limits, 0), std::vector<double>(limits, cap),
            std::vector<double>(limits, 1)};
}

//  w0 + w1 <= 4  and  w1 + w2 <= 10: the first row stops 0 and 1 at 2, then 2 rises alone to 8.
TEST(Filling, FreezesTheFirstTightRowAndGoesOnWithTheOthers) {
    const auto rows = rows_of({{1, 1, 0}, {0, 1, 1}});

    const auto answer = solve(rows, FillingRule::lexicographic, {plain_problem({4, 10}, 3, 100)}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{2, 2, 8}));
    EXPECT_EQ(answer.stop, (std::vector<int>{0, 0, 1}));
    EXPECT_EQ(answer.rounds, 2);
    EXPECT_DOUBLE_EQ(answer.level, 8);
}

TEST(Filling, EqualShareStopsEverybodyAtTheFirstTightRow) {
    const auto rows = rows_of({{1, 1, 0}, {0, 1, 1}});

    const auto answer = solve(rows, FillingRule::equal_share, {plain_problem({4, 10}, 3, 100)}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{2, 2, 2}));
    EXPECT_EQ(answer.stop, (std::vector<int>{0, 0, stopped_with_others}));
}

TEST(Filling, ALimitAtItsCapStopsAloneAndTheOthersUseWhatItLeaves) {
    const auto rows = rows_of({{1, 1}});
    Problem problem = plain_problem({10}, 2, 100);
    problem.cap[0] = 3;

    const auto answer = solve(rows, FillingRule::lexicographic, {problem}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{3, 7}));
    EXPECT_EQ(answer.stop, (std::vector<int>{stopped_by_cap, 0}));
}

// The first limit begins at 6 and waits; the other two rise to (10 - 6) / 2.
TEST(Filling, LimitsThatBeginAboveTheLevelWaitUntilItHasCaughtUp) {
    const auto rows = rows_of({{1, 1, 1}});
    Problem problem = plain_problem({10}, 3, 100);
    problem.start[0] = 6;

    const auto answer = solve(rows, FillingRule::lexicographic, {problem}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{6, 2, 2}));
}

TEST(Filling, ReferencesAreTheUnitsInWhichLimitsAreEqual) {
    const auto rows = rows_of({{1, 1}});
    Problem problem = plain_problem({12}, 2, 100);
    problem.reference = {1, 3};

    const auto answer = solve(rows, FillingRule::lexicographic, {problem}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{3, 9}));
}

TEST(Filling, ARowWithoutRoomStopsItsLimitsAtZero) {
    const auto rows = rows_of({{1, 1, 0}, {0, 0, 1}});

    const auto answer = solve(rows, FillingRule::lexicographic, {plain_problem({0, 5}, 3, 4)}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{0, 0, 4}));
}

TEST(Filling, InfiniteRoomSwitchesARowOff) {
    const auto rows = rows_of({{1, 1}, {1, 0}});

    const auto answer = solve(rows, FillingRule::lexicographic, {plain_problem({INFINITY, 3}, 2, 9)}).front();

    EXPECT_EQ(answer.limit, (std::vector<double>{3, 9}));
}

struct RandomProblems {
    PackingRows rows;
    std::vector<Problem> problems;
};

/// Sparse rows; starts that fit; caps, references and rooms over several orders of magnitude, some exactly zero.
RandomProblems random_problems(unsigned seed) {
    std::mt19937 random(seed);
    const auto uniform = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(random); };
    const int n = 1 + static_cast<int>(random() % 24), m = 1 + static_cast<int>(random() % 30);
    std::vector<std::vector<double>> dense(static_cast<std::size_t>(m),
                                           std::vector<double>(static_cast<std::size_t>(n)));
    for (auto& row : dense)
        for (double& a : row)
            if (uniform(0, 1) < 0.5) a = std::pow(10.0, uniform(-3, 1));
    RandomProblems result{rows_of(dense), {}};
    for (int lane = 0; lane < lane_count; ++lane) {
        Problem p;
        for (int c = 0; c < n; ++c) {
            p.cap.push_back(uniform(0, 1) < 0.1 ? 0.0 : uniform(0.1, 20));
            p.start.push_back(uniform(0, 1) < 0.5 ? 0.0 : uniform(0, 1) * p.cap.back());
            p.reference.push_back(uniform(0, 1) < 0.5 ? 1.0 : uniform(0.2, 5));
        }
        for (const auto& row : dense) {
            double used = 0;
            for (std::size_t c = 0; c < row.size(); ++c) used += row[c] * p.start[c];
            p.room.push_back(uniform(0, 1) < 0.1 ? used : used + std::pow(10.0, uniform(-2, 2)));
        }
        result.problems.push_back(p);
    }
    return result;
}

class RandomFilling : public testing::TestWithParam<FillingRule> {};

TEST_P(RandomFilling, AgreesWithTheJudgeAndCarriesItsCertificate) {
    for (unsigned seed = 0; seed < 1500; ++seed) {
        const RandomProblems random = random_problems(seed);
        const auto answers = solve(random.rows, GetParam(), random.problems);
        for (std::size_t lane = 0; lane < answers.size(); ++lane) {
            const Problem& p = random.problems[lane];
            const auto judge = plain_filling(random.rows, GetParam(), p.room, p.start, p.cap, p.reference);
            ASSERT_GE(answers[lane].rounds, 0) << "seed " << seed << " lane " << lane;
            for (std::size_t c = 0; c < p.cap.size(); ++c)
                ASSERT_NEAR(answers[lane].limit[c], judge.limit[c], 1e-8)
                    << "seed " << seed << " lane " << lane << " limit " << c;
            const auto check = GetParam() == FillingRule::lexicographic ? check_lexicographic : check_equal_share;
            const auto certificate = check(random.rows, p.room, p.start, p.cap, p.reference, answers[lane].limit);
            ASSERT_LE(certificate.row_violation, 1e-8) << "seed " << seed;
            ASSERT_LE(certificate.bound_violation, 1e-12) << "seed " << seed;
            ASSERT_LE(certificate.bottleneck_gap, 1e-8) << "seed " << seed << " limit " << certificate.worst_limit;
        }
    }
}

TEST_P(RandomFilling, ALaneKnowsNothingOfItsNeighboursOrItsPlace) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        const RandomProblems random = random_problems(seed);
        const auto together = solve(random.rows, GetParam(), random.problems);
        auto reversed = random.problems;
        std::reverse(reversed.begin(), reversed.end());
        const auto turned = solve(random.rows, GetParam(), reversed);
        for (std::size_t lane = 0; lane < together.size(); ++lane) {
            const auto alone = solve(random.rows, GetParam(), {random.problems[lane]}).front();
            ASSERT_EQ(alone.limit, together[lane].limit) << "seed " << seed << " lane " << lane;
            ASSERT_EQ(alone.stop, together[lane].stop);
            ASSERT_EQ(turned[together.size() - 1 - lane].limit, together[lane].limit);
        }
    }
}

// Whatever rows a search begins with, it ends at the same point.
TEST_P(RandomFilling, TheRowsItBeginsWithDoNotMoveTheAnswer) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        const RandomProblems random = random_problems(seed);
        std::vector<int> every_second;
        for (int r = 0; r < random.rows.row_count(); r += 2) every_second.push_back(r);
        const auto none = solve(random.rows, GetParam(), random.problems);
        const auto some = solve(random.rows, GetParam(), random.problems, every_second);
        for (std::size_t lane = 0; lane < none.size(); ++lane)
            for (std::size_t c = 0; c < none[lane].limit.size(); ++c)
                ASSERT_NEAR(some[lane].limit[c], none[lane].limit[c], 1e-9) << "seed " << seed << " lane " << lane;
    }
}

TEST(RowBlocks, MultiplyLikeTheRowsTheyAreMadeOf) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        const RandomProblems random = random_problems(seed);
        const FillingPlan plan(random.rows);
        const auto m = static_cast<std::size_t>(plan.rows.row_count()),
                   n = static_cast<std::size_t>(plan.rows.limit_count);
        LaneArray w(n * lane_count), product(m * lane_count, -1.0);
        for (std::size_t k = 0; k < w.size(); ++k) w[k] = 1.0 + static_cast<double>(k % 7);

        LaneArray sums;
        multiply(plan, w.data(), product.data(), sums);

        for (std::size_t r = 0; r < m; ++r)
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                double expected = 0;
                for (int e = plan.rows.start[r]; e < plan.rows.start[r + 1]; ++e)
                    expected += plan.rows.value[static_cast<std::size_t>(e)]
                                * w[static_cast<std::size_t>(plan.rows.column[static_cast<std::size_t>(e)]) * lane_count
                                    + lane];
                ASSERT_NEAR(product[r * lane_count + lane], expected, 1e-12 * expected)
                    << "seed " << seed << " row " << r;
            }
    }
}

INSTANTIATE_TEST_SUITE_P(Rules, RandomFilling, testing::Values(FillingRule::lexicographic, FillingRule::equal_share),
                         [](const auto& rule) {
                             return rule.param == FillingRule::lexicographic ? "Lexicographic" : "EqualShare";
                         });

TEST(BottleneckCertificate, RejectsEveryChangedLimit) {
    int rejected = 0, tried = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const RandomProblems random = random_problems(seed);
        const Problem& p = random.problems.front();
        const auto good =
            plain_filling(random.rows, FillingRule::lexicographic, p.room, p.start, p.cap, p.reference).limit;
        for (std::size_t c = 0; c < good.size(); ++c)
            for (const double change : {-1e-3, 1e-3}) {
                auto bad = good;
                bad[c] += change;
                const auto check = check_lexicographic(random.rows, p.room, p.start, p.cap, p.reference, bad);
                ++tried;
                rejected += check.row_violation > 1e-7 || check.bound_violation > 1e-7 || check.bottleneck_gap > 1e-7;
            }
    }
    EXPECT_GT(tried, 1000);
    EXPECT_EQ(rejected, tried);
}

/// The same check for eight answers side by side.
std::vector<BottleneckCertificate> check_side_by_side(const PackingRows& rows, const std::vector<Problem>& problems,
                                                      const std::vector<std::vector<double>>& answers) {
    const auto lanes = [&](std::size_t slots, const auto& value) {
        LaneArray array(slots * lane_count);
        for (std::size_t k = 0; k < array.size(); ++k) array[k] = value(k % lane_count, k / lane_count);
        return array;
    };
    const auto m = static_cast<std::size_t>(rows.row_count()), n = static_cast<std::size_t>(rows.limit_count);
    const auto room = lanes(m, [&](std::size_t lane, std::size_t r) { return problems[lane].room[r]; });
    const auto start = lanes(n, [&](std::size_t lane, std::size_t c) { return problems[lane].start[c]; });
    const auto cap = lanes(n, [&](std::size_t lane, std::size_t c) { return problems[lane].cap[c]; });
    const auto reference = lanes(n, [&](std::size_t lane, std::size_t c) { return problems[lane].reference[c]; });
    const auto w = lanes(n, [&](std::size_t lane, std::size_t c) { return answers[lane][c]; });
    LaneArray row(lane_count), bound(lane_count), gap(lane_count);
    BottleneckWorkspace workspace(rows);
    check_lexicographic_pack(
        rows, {room.data(), start.data(), cap.data(), reference.data(), w.data(), row.data(), bound.data(), gap.data()},
        workspace);
    std::vector<BottleneckCertificate> certificates;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        certificates.push_back({row[lane], -1, bound[lane], gap[lane], -1});
    return certificates;
}

TEST(BottleneckCertificate, SideBySideGivesTheSameNumbers) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        const RandomProblems random = random_problems(seed);
        std::vector<std::vector<double>> answers;
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const Problem& p = random.problems[lane];
            answers.push_back(
                plain_filling(random.rows, FillingRule::lexicographic, p.room, p.start, p.cap, p.reference).limit);
            answers.back()[seed % answers.back().size()] *= lane % 2 == 0 ? 1.0 : 0.9 + 0.1 * static_cast<double>(lane);
        }
        const auto together = check_side_by_side(random.rows, random.problems, answers);
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const Problem& p = random.problems[lane];
            const auto alone = check_lexicographic(random.rows, p.room, p.start, p.cap, p.reference, answers[lane]);
            ASSERT_NEAR(together[lane].bound_violation, alone.bound_violation, 1e-12);
            ASSERT_NEAR(together[lane].bottleneck_gap, alone.bottleneck_gap, 1e-9) << "seed " << seed;
            if (std::isfinite(alone.row_violation)) {
                ASSERT_NEAR(together[lane].row_violation, alone.row_violation, 1e-9);
            }
        }
    }
}

TEST(BottleneckCertificate, CountsNaNAsAViolation) {
    const auto rows = rows_of({{1, 1}});
    const std::vector<double> room{4}, start{0, 0}, cap{9, 9}, reference{1, 1}, w{std::nan(""), 2};

    const auto check = check_lexicographic(rows, room, start, cap, reference, w);

    EXPECT_GT(check.row_violation, 1.0);
    EXPECT_GT(check.bound_violation, 1.0);

    const std::vector<Problem> problems(lane_count, {room, start, cap, reference});
    const auto side_by_side = check_side_by_side(rows, problems, std::vector<std::vector<double>>(lane_count, w));
    EXPECT_GT(side_by_side[3].row_violation, 1.0);
    EXPECT_GT(side_by_side[3].bound_violation, 1.0);
}

}  // namespace
}  // namespace headroom
