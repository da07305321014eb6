#include "solver/convex/convex_problem.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "tests/support/small_convex.hpp"

namespace headroom {
namespace {

/// Two rows, the first an equation, Q, all kinds of terms, one cone.
ConvexProblem sound_problem() {
    return test::SmallConvex{.linear = {1, 2, 3, 4, 5},
                             .rows = {{1, 2, 0, 0, 0}, {0, 3, 4, 0, 5}},
                             .row_lower = {1, -no_bound},
                             .row_upper = {1, 7},
                             .lower = {0, -no_bound, 0, 2, -no_bound},
                             .upper = {9, no_bound, no_bound, 2, 9},
                             .quadratic = {{1, 1, 0, 0, 0}, {1, 2, 0, 0, 0}, {}, {}, {}},
                             .term = {Term::log, Term::power, Term::none, Term::none, Term::none},
                             .exponent = {0, 2, 0, 0, 0},
                             .weight = {1, 1, 0, 0, 0},
                             .cones = {{2, 3, 4}}}
        .problem();
}

struct Fault {
    std::string text;
    std::function<void(ConvexStructure&, ConvexValues&)> make;
};

void expect_faults(const std::vector<Fault>& faults) {
    for (const auto& fault : faults) {
        ConvexProblem problem = sound_problem();
        fault.make(problem.structure, problem.values);
        EXPECT_EQ(problem.fault(), fault.text);
    }
}

TEST(ConvexProblem, ASoundOneHasNoFault) { EXPECT_EQ(sound_problem().fault(), ""); }

TEST(ConvexProblem, AnEmptyOneHasNoFault) { EXPECT_EQ(ConvexProblem{}.fault(), ""); }

TEST(ConvexProblem, CrossedBoundsAreNoFault) {
    ConvexProblem problem = sound_problem();
    problem.values.lower[0] = 10;

    EXPECT_EQ(problem.fault(), "");
}

TEST(ConvexProblem, SaysWhatIsWrongWithItsPatterns) {
    expect_faults({
        {"variable_count = -1 is below 0", [](auto& s, auto&) { s.variable_count = -1; }},
        {"column 5 of row 1: there are 5 variables", [](auto& s, auto&) { s.rows.column[4] = 5; }},
        {"column -1 of row 0: there are 5 variables", [](auto& s, auto&) { s.rows.column[0] = -1; }},
        {"column 0 of row 0 follows column 1: columns must increase",
         [](auto& s, auto&) { std::swap(s.rows.column[0], s.rows.column[1]); }},
        {"column 1 of row 1 follows column 1: columns must increase", [](auto& s, auto&) { s.rows.column[3] = 1; }},
        {"the starts of rows do not rise from 0 to 5, their number of entries",
         [](auto& s, auto&) { s.rows.start[1] = 6; }},
        {"the starts of rows do not rise from 0 to 5, their number of entries",
         [](auto& s, auto&) { s.rows.start.back() = 4; }},
        {"the starts of rows do not rise from 0 to 5, their number of entries",
         [](auto& s, auto&) { s.rows.start.clear(); }},
        {"column 0 of quadratic row 1 is below the diagonal", [](auto& s, auto&) { s.quadratic.column[2] = 0; }},
        {"there are 4 quadratic rows, needs 5 or none", [](auto& s, auto&) { s.quadratic.start.pop_back(); }},
    });
}

TEST(ConvexProblem, SaysWhatIsWrongWithItsTermsAndCones) {
    expect_faults({
        {"exponent[1] = 1, must be above 0 and not 1 (which is Term::log)", [](auto& s, auto&) { s.exponent[1] = 1; }},
        {"exponent[1] = 0, must be above 0 and not 1 (which is Term::log)", [](auto& s, auto&) { s.exponent[1] = 0; }},
        {"exponent[1] = nan, must be above 0 and not 1 (which is Term::log)",
         [](auto& s, auto&) { s.exponent[1] = std::nan(""); }},
        {"exponent has 0 values, needs 5", [](auto& s, auto&) { s.exponent.clear(); }},
        {"term has 4 values, needs 5", [](auto& s, auto&) { s.term.pop_back(); }},
        {"term[2] = 3 is none of the terms", [](auto& s, auto&) { s.term[2] = static_cast<Term>(3); }},
        {"variable 5 of cone 0: there are 5 variables", [](auto& s, auto&) { s.cones[0][2] = 5; }},
        {"variable 3 of cone 0 is in cone 0 already", [](auto& s, auto&) { s.cones[0][2] = 3; }},
        {"variable 4 of cone 1 is in cone 0 already",
         [](auto& s, auto&) {
             s.cones.push_back({0, 1, 4});
         }},
    });
}

TEST(ConvexProblem, SaysWhatIsWrongWithItsSidesAndEquations) {
    expect_faults({
        {"sides has 4 values, needs 5", [](auto& s, auto&) { s.sides.pop_back(); }},
        {"sides[1] = 4 is none of the sides", [](auto& s, auto&) { s.sides[1] = static_cast<Sides>(4); }},
        {"row_sides has 3 values, needs 2", [](auto& s, auto&) { s.row_sides.push_back(Sides::none); }},
        {"equation has 1 values, needs 2", [](auto& s, auto&) { s.equation.pop_back(); }},
        {"row 1 is an equation without both sides", [](auto& s, auto&) { s.equation[1] = 1; }},
        {"row 0 is an equation, but row_lower = 1 and row_upper = 2", [](auto&, auto& v) { v.row_upper[0] = 2; }},
    });
}

TEST(ConvexProblem, NamesTheArrayAndIndexOfAWrongNumber) {
    const double nan = std::nan("");
    expect_faults({
        {"linear[2] = nan is not a finite number", [&](auto&, auto& v) { v.linear[2] = nan; }},
        {"quadratic[1] = inf is not a finite number", [&](auto&, auto& v) { v.quadratic[1] = no_bound; }},
        {"row_value[4] = nan is not a finite number", [&](auto&, auto& v) { v.row_value[4] = nan; }},
        {"row_lower[0] = nan is not a finite number, but its side exists",
         [&](auto&, auto& v) { v.row_lower[0] = nan; }},
        {"row_upper[1] = inf is not a finite number, but its side exists",
         [&](auto&, auto& v) { v.row_upper[1] = no_bound; }},
        {"lower[3] = nan is not a finite number, but its side exists", [&](auto&, auto& v) { v.lower[3] = nan; }},
        {"upper[4] = nan is not a finite number, but its side exists", [&](auto&, auto& v) { v.upper[4] = nan; }},
        {"weight[1] = nan is not a finite number", [&](auto&, auto& v) { v.weight[1] = nan; }},
        {"weight[1] = -0.5 is below 0", [&](auto&, auto& v) { v.weight[1] = -0.5; }},
        {"linear has 4 values, needs 5", [&](auto&, auto& v) { v.linear.pop_back(); }},
        {"lower has 6 values, needs 5", [&](auto&, auto& v) { v.lower.push_back(0); }},
        {"weight has 0 values, needs 5", [&](auto&, auto& v) { v.weight.clear(); }},
    });
}

TEST(ConvexProblem, DoesNotLookAtBoundsThatDoNotExist) {
    ConvexProblem problem = sound_problem();
    problem.values.lower[1] = problem.values.upper[1] = problem.values.row_lower[1] = std::nan("");

    EXPECT_EQ(problem.fault(), "");
}

TEST(ConvexProblem, FindsSidesAndEquationsInItsValues) {
    ConvexProblem problem = sound_problem();
    problem.structure.sides.clear();
    problem.structure.row_sides.clear();
    problem.structure.equation.clear();

    problem.find_sides();

    EXPECT_EQ(problem.structure.sides,
              (std::vector{Sides::both, Sides::none, Sides::lower, Sides::both, Sides::upper}));
    EXPECT_EQ(problem.structure.row_sides, (std::vector{Sides::both, Sides::upper}));
    EXPECT_EQ(problem.structure.equation, (std::vector<char>{1, 0}));
}

// Otherwise a bound that no number meets would be taken for none.
TEST(ConvexProblem, ABoundThatIsNoNumberOrOfTheWrongInfinityIsASideAndAFault) {
    for (const double wrong : {std::nan(""), no_bound}) {
        ConvexProblem problem = sound_problem();
        problem.values.lower[1] = wrong;
        problem.find_sides();
        EXPECT_EQ(problem.structure.sides[1], Sides::lower);
        EXPECT_NE(problem.fault(), "");
    }
}

}  // namespace
}  // namespace headroom
