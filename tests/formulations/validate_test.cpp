#include "formulations/network/validate.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

using test::append_branch;
using test::own_transformer;
using test::small_region;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A region with one thing wrong, and where and how validate() must say so. Rows are of feeder 1, the second of two:
/// its buses are 6 source, 7 main, 8 mid, 9 end, 10 boosted, 11 spare; its branches 6 t, 7 l1, 8 l2, 9 ra, 10 rc, 11 s;
/// its customers 5 c1, 6 c2, 7 c3, 8 c4, 9 c5.
struct Wrong {
    const char* name;
    std::function<void(Region&)> spoil;
    std::string message;
};

std::ostream& operator<<(std::ostream& out, const Wrong& wrong) { return out << wrong.name; }

class ValidateFeeder : public testing::TestWithParam<Wrong> {};
class ValidateFile : public testing::TestWithParam<Wrong> {};

TEST(Validate, ASoundRegionHasNoFaults) {
    EXPECT_TRUE(validate(small_region(3)).empty()) << summarise(validate(small_region(3)));
}

TEST_P(ValidateFeeder, NamesTheFaultAndKeepsItInsideTheFeeder) {
    Region region = small_region();
    GetParam().spoil(region);

    const std::vector<Fault> faults = validate(region);

    ASSERT_FALSE(faults.empty());
    EXPECT_NE(faults[0].message().find(GetParam().message), std::string::npos) << summarise(faults);
    for (const Fault& fault : faults) EXPECT_EQ(fault.feeder, 1) << fault.message();
    EXPECT_TRUE(validate_structure(region).empty());
}

TEST_P(ValidateFile, NamesTheFaultAndStopsThere) {
    Region region = small_region();
    GetParam().spoil(region);

    const std::vector<Fault> faults = validate(region);

    ASSERT_FALSE(faults.empty());
    EXPECT_NE(faults[0].message().find(GetParam().message), std::string::npos) << summarise(faults);
    for (const Fault& fault : faults) EXPECT_EQ(fault.feeder, -1) << fault.message();
    EXPECT_EQ(messages(validate_structure(region)), messages(faults));
}

/// Gives feeder 1 a copy of a row of /line_code that it alone uses, for branch l1.
std::size_t own_line_code(Region& region) {
    LineCodeColumns& code = region.line_code;
    code.id.emplace_back("own");
    for (auto* matrix : {&code.r, &code.x, &code.g, &code.b}) matrix->push_back(matrix->front());
    region.branch.line_code[7] = static_cast<std::int32_t>(code.id.size() - 1);
    return code.id.size() - 1;
}

const std::vector<Wrong> values{
    {"BusWithoutPhases", [](Region& r) { r.bus.phases[11] = 8; },
     "/bus/phases row 11 (bus 'spare' of feeder 'feeder-1-é')"},
    {"BaseVoltageZero", [](Region& r) { r.bus.base_voltage[8] = 0; }, "/bus/base_voltage row 8"},
    {"BaseVoltageAbsurd", [](Region& r) { r.bus.base_voltage[8] = 1e9; }, "/bus/base_voltage row 8"},
    {"VoltageMinNaN", [](Region& r) { r.bus.voltage_min[8] = not_given; }, "/bus/voltage_min row 8"},
    {"VoltageMaxBelowMin", [](Region& r) { r.bus.voltage_max[8] = 200; }, "/bus/voltage_max row 8"},
    {"CoordinateInfinite", [](Region& r) { r.bus.x[8] = infinity; }, "/bus/x row 8"},
    {"BranchKindUnknown", [](Region& r) { r.branch.kind[7] = static_cast<BranchKind>(4); }, "/branch/kind row 7"},
    {"BranchToItself", [](Region& r) { r.branch.to_bus[7] = 7; }, "/branch/to_bus row 7 (branch 'l1' of feeder"},
    {"BranchWithoutPhases", [](Region& r) { r.branch.phases[7] = 0; }, "/branch/phases row 7"},
    {"BranchPhasesBeyondItsBus", [](Region& r) { r.bus.phases[9] = phase::a; },
     "/branch/phases row 8 (branch 'l2' of feeder 'feeder-1-é'): must be phases of its to bus (a), are abc"},
    {"LineWithoutCode", [](Region& r) { r.branch.line_code[7] = -1; }, "/branch/line_code row 7"},
    {"LineWithTransformer", [](Region& r) { r.branch.transformer[7] = 0; }, "/branch/transformer row 7"},
    {"LineOfZeroLength", [](Region& r) { r.branch.length[7] = 0; },
     "impedance of conductor a must be at least 1e-09 ohm"},
    {"LineOfNegativeLength", [](Region& r) { r.branch.length[7] = -3; }, "/branch/length row 7"},
    {"LineOfInfiniteLength", [](Region& r) { r.branch.length[7] = infinity; }, "/branch/length row 7"},
    {"LineWithNeutralItsCodeHasNot",
     [](Region& r) {
         r.bus.phases[7] = r.bus.phases[8] = 15;
         r.branch.phases[7] = 15;
     },
     "line code 'cable 95 mm²' has no conductor neutral"},
    {"LineCodeOfNegativeResistance", [](Region& r) { r.line_code.r[own_line_code(r)][1][1] = -1e-3; },
     "/line_code/r row 2 (line code 'own' of feeder 'feeder-1-é'): element [1, 1] must lie in [0, "},
    {"LineCodeNotSymmetric", [](Region& r) { r.line_code.x[own_line_code(r)][0][1] *= 2; }, "/line_code/x row 2"},
    {"LineCodeNaN", [](Region& r) { r.line_code.b[own_line_code(r)][2][0] = not_given; }, "/line_code/b row 2"},
    {"ImpedanceBelowASwitch",
     [](Region& r) {
         const std::size_t code = own_line_code(r);
         r.line_code.r[code][0][0] = 1e-12;
         r.line_code.x[code][0][0] = 0;
     },
     "/branch/length row 7"},
    {"RatingZero", [](Region& r) { r.branch.rating_current[7] = 0; }, "/branch/rating_current row 7"},
    {"RatingNegative", [](Region& r) { r.branch.rating_power[6] = -1; }, "/branch/rating_power row 6"},
    {"ClosedTwice", [](Region& r) { r.branch.closed[7] = 2; }, "/branch/closed row 7"},
    {"TransformerWithoutType", [](Region& r) { r.branch.transformer[6] = -1; }, "/branch/transformer row 6"},
    {"TransformerPhasesOfOtherTerminals", [](Region& r) { r.branch.phases[9] = phase::c; },
     "must be the terminals of its coils at the to bus (a), are c"},
    {"CoilWithoutItsTerminal", [](Region& r) { r.bus.phases[10] = phase::a, r.customer.phases[8] = phase::a; },
     "/branch/transformer row 10 (branch 'rc' of feeder 'feeder-1-é'): its coils need c at the to bus, which has a"},
    {"CoilShorted",
     [](Region& r) {
         r.transformer.to_coil[own_transformer(r, 6)][1] = {2, 2};
     },
     "/transformer/to_coil row 3"},
    {"CoilHalfUsed",
     [](Region& r) {
         r.transformer.from_coil[own_transformer(r, 6)][1] = {-1, -1};
     },
     "/transformer/from_coil row 3"},
    {"NoCoils",
     [](Region& r) {
         const std::size_t type = own_transformer(r, 9);
         r.transformer.from_coil[type][0] = r.transformer.to_coil[type][0] = {-1, -1};
     },
     "must have at least one coil pair"},
    {"TapZero", [](Region& r) { r.transformer.to_tap[own_transformer(r, 6)][2] = 0; }, "/transformer/to_tap row 3"},
    {"RatedVoltageNegative", [](Region& r) { r.transformer.to_voltage[own_transformer(r, 6)] = -1; },
     "/transformer/to_voltage"},
    {"TransformerResistanceNegative", [](Region& r) { r.transformer.r[own_transformer(r, 6)] = -1; },
     "/transformer/r row 3"},
    {"TransformerWithoutImpedance",
     [](Region& r) {
         const std::size_t type = own_transformer(r, 6);
         r.transformer.r[type] = r.transformer.x[type] = 0;
     },
     "impedance must be at least"},
    {"LossNaN", [](Region& r) { r.transformer.no_load_loss[own_transformer(r, 6)] = not_given; },
     "/transformer/no_load_loss"},
    {"ShuntNaN", [](Region& r) { r.shunt.b[1][0][0] = not_given; },
     "/shunt/b row 1 (shunt 'capacitor' of feeder 'feeder-1-é')"},
    {"ShuntNotSymmetric", [](Region& r) { r.shunt.g[1][0][1] = 1; }, "/shunt/g row 1"},
    {"CustomerWithoutPhases", [](Region& r) { r.customer.phases[5] = 0; }, "/customer/phases row 5"},
    {"CustomerOnPhaseOfNoBus", [](Region& r) { r.customer.phases[8] = phase::b; },
     "/customer/phases row 8 (customer 'c4' of feeder 'feeder-1-é'): must be phases of its bus (ac), are b"},
    {"DeltaOnOnePhase", [](Region& r) { r.customer.connection[5] = Connection::delta; },
     "a delta connection needs two phases"},
    {"CapNegative", [](Region& r) { r.customer.export_cap[5] = -1; }, "/customer/export_cap row 5"},
    {"CapNaN", [](Region& r) { r.customer.import_cap[5] = not_given; }, "/customer/import_cap row 5"},
    {"RequestInfinite", [](Region& r) { r.customer.export_request[5] = infinity; }, "/customer/export_request row 5"},
    {"WeightZero", [](Region& r) { r.customer.weight[5] = 0; }, "/customer/weight row 5"},
    {"ActiveTwice", [](Region& r) { r.customer.active[5] = 2; }, "/customer/active row 5"},
    {"ModeUnknown", [](Region& r) { r.customer.reactive_mode[5] = static_cast<ReactiveMode>(9); },
     "/customer/reactive_mode row 5"},
    {"PowerFactorZero", [](Region& r) { r.customer.power_factor[7] = 0; }, "/customer/power_factor row 7"},
    {"PowerFactorAboveOne", [](Region& r) { r.customer.power_factor[7] = -1.1; }, "/customer/power_factor row 7"},
    {"RangeNaN",
     [](Region& r) {
         r.customer.reactive_mode[5] = ReactiveMode::range;
         r.customer.q_absorb_max[5] = not_given;
     },
     "/customer/q_absorb_max row 5"},
    {"VoltVarWithoutCurve", [](Region& r) { r.customer.volt_var[6] = -1; }, "/customer/volt_var row 6"},
    {"InverterOfActiveCustomer", [](Region& r) { r.customer.apparent_max[6] = 5e3; }, "/customer/apparent_max row 6"},
    {"InverterNegative",
     [](Region& r) {
         r.customer.reactive_mode[8] = ReactiveMode::volt_var;
         r.customer.volt_var[8] = 0;
         r.customer.apparent_max[8] = -1;
     },
     "/customer/apparent_max row 8"},
    {"ZipNotOne",
     [](Region& r) {
         r.customer.zip_p[8] = {0.3, 0.3, 0.3};
     },
     "/customer/zip_p row 8"},
    {"ZipNaN", [](Region& r) { r.customer.zip_q[8][1] = not_given; }, "/customer/zip_q row 8"},
    {"LoadVoltageZero", [](Region& r) { r.customer.rated_voltage[8] = 0; }, "/customer/rated_voltage row 8"},
    {"ForecastNaN", [](Region& r) { r.series[0].p_forecast[2 * 10 + 7] = not_given; },
     "/series/day/p_forecast row 2 (customer 'c3' of feeder 'feeder-1-é'): must lie in [-1e+12, "
     "1e+12], is nan"},
    {"ForecastAbsurd", [](Region& r) { r.series[1].q_forecast[7] = 1e15; },
     "/series/peak/q_forecast row 0 (customer 'c3'"},
    {"SlackVoltageNegative", [](Region& r) { r.series[0].slack_voltage[6 + 4] = -1; },
     "/series/day/slack_voltage row 1 (feeder 'feeder-1-é'): phase b must lie in"},
    {"SlackVoltagePhaseToPhase", [](Region& r) { r.series[0].slack_voltage[3] = 11000; },
     "/series/day/slack_voltage row 0"},
    {"SlackAngleInfinite", [](Region& r) { r.series[0].slack_angle[5] = infinity; }, "/series/day/slack_angle row 0"},
    {"PriceNaN", [](Region& r) { r.series[0].price[3] = not_given; }, "/series/day/price row 1"},
};

const std::vector<Wrong> topologies{
    {"ActiveCustomerOnAnIsland", [](Region& r) { r.customer.active[9] = 1; },
     "/customer/bus row 9 (customer 'c5' of feeder 'feeder-1-é'): bus 'spare' is not connected to the slack bus"},
    {"EverythingIslanded", [](Region& r) { r.branch.closed[6] = 0; }, "bus 'mid' is not connected to the slack bus"},
    {"PhaseLostOnTheWay", [](Region& r) { r.branch.phases[8] = phase::a | phase::b; },
     "/customer/phases row 7 (customer 'c3' of feeder 'feeder-1-é'): phases ab reach bus 'end'"},
    {"PhaseLostInARegulator", [](Region& r) { r.branch.closed[10] = 0; },
     "phases a reach bus 'boosted' from the slack bus"},
};

const std::vector<Wrong> structures{
    {"NoFeeder", [](Region& r) { r = Region{}; }, "there must be at least one feeder"},
    {"ColumnTooShort", [](Region& r) { r.branch.length.pop_back(); }, "/branch/length: must have 12 rows, has 11"},
    {"ColumnMissing", [](Region& r) { r.customer.zip_p.clear(); }, "/customer/zip_p: must have 10 rows, has 0"},
    {"OffsetTooShort", [](Region& r) { r.feeder.bus_offset.pop_back(); },
     "/feeder/bus_offset: must have 3 rows, has 2"},
    {"OffsetFalling", [](Region& r) { r.feeder.bus_offset[1] = 13; }, "/feeder/bus_offset row 2"},
    {"OffsetEndsEarly", [](Region& r) { r.feeder.shunt_offset[2] = 1; }, "must be the number of rows, 2, is 1"},
    {"NameNotUtf8", [](Region& r) { r.name = "M\xFChle"; }, "name: must be UTF-8"},
    {"CurrencyNotUtf8", [](Region& r) { r.currency = "\x80"; }, "currency: must be UTF-8"},
    {"FeederTwice", [](Region& r) { r.feeder.id[1] = r.feeder.id[0]; }, "/feeder/id row 1"},
    {"BusTwice", [](Region& r) { r.bus.id[9] = "mid"; },
     "/bus/id row 9 (feeder 'feeder-1-é'): 'mid' must be unique, row 8 has it too"},
    {"CustomerTwice", [](Region& r) { r.customer.id[9] = "c1"; }, "/customer/id row 9"},
    {"IdEmpty", [](Region& r) { r.branch.id[0].clear(); }, "/branch/id row 0 (feeder 'feeder-0-é'): must not be empty"},
    {"IdTooLong", [](Region& r) { r.bus.id[3] = std::string(65, 'x'); }, "must have at most 64 bytes, has 65"},
    {"IdOverlongUtf8", [](Region& r) { r.bus.id[3] = "\xc0\xaf"; }, "must be UTF-8"},
    {"IdSurrogate", [](Region& r) { r.bus.id[3] = "\xed\xa0\x80"; }, "must be UTF-8"},
    {"IdWithZeroByte", [](Region& r) { r.bus.id[3] = std::string("a\0b", 3); }, "without zero bytes"},
    {"SlackNowhere", [](Region& r) { r.feeder.slack_bus[1] = -1; }, "/feeder/slack_bus row 1"},
    {"SlackOfOtherFeeder", [](Region& r) { r.feeder.slack_bus[1] = 0; },
     "must be a bus of its feeder, rows 6 to 11 of /bus, is 0"},
    {"BranchToOtherFeeder", [](Region& r) { r.branch.to_bus[2] = 6; }, "/branch/to_bus row 2"},
    {"ShuntNowhere", [](Region& r) { r.shunt.bus[0] = 12; }, "/shunt/bus row 0"},
    {"LineCodeNowhere", [](Region& r) { r.branch.line_code[1] = 2; },
     "/branch/line_code row 1: must be -1 or one of 2 rows, is 2"},
    {"CurveNowhere", [](Region& r) { r.customer.volt_var[1] = -2; }, "/customer/volt_var row 1"},
    {"NoSeries", [](Region& r) { r.series.clear(); }, "there must be at least one series"},
    {"SeriesTwice", [](Region& r) { r.series[1].name = "day"; }, "two series must not have the same name"},
    {"SeriesTooShort", [](Region& r) { r.series[0].q_forecast.pop_back(); },
     "/series/day/q_forecast: must have 4 x 10 values, has 39"},
    {"StepEmpty", [](Region& r) { r.series[0].end[0] = r.series[0].start[0]; },
     "/series/day/time_bounds row 0: a step must end after"},
    {"StepBeforeAllTime", [](Region& r) { r.series[0].start[0] = std::numeric_limits<std::int64_t>::min(); },
     "/series/day/time_bounds row 0: must lie in the years 0000 to 9999, [-62167219200, 253402300799] s from 1970"},
    {"StepInTheYear10000", [](Region& r) { r.series[0].end.back() = 253'402'300'800; }, "years 0000 to 9999"},
    {"StepAfterAllTime", [](Region& r) { r.series[0].end.back() = std::int64_t{1} << 62; }, "s from 1970"},
    {"StepsOverlap", [](Region& r) { r.series[0].end[1] += 1; },
     "/series/day/time_bounds row 2: a step must not start before"},
};

const auto name_of = [](const testing::TestParamInfo<Wrong>& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Values, ValidateFeeder, testing::ValuesIn(values), name_of);
INSTANTIATE_TEST_SUITE_P(Topologies, ValidateFeeder, testing::ValuesIn(topologies), name_of);
INSTANTIATE_TEST_SUITE_P(Structures, ValidateFile, testing::ValuesIn(structures), name_of);

std::string first_message(const Region& region) {
    const std::vector<Fault> faults = validate(region);
    return faults.empty() ? "" : faults[0].message();
}

TEST(Validate, LoopsAreNoFaults) {
    Region region = small_region();
    append_branch(region, 7, "tie", 7, 9);
    append_branch(region, 7, "second l1", 7, 8);
    append_branch(region, 6, "second t", 6, 7);
    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));

    region.branch.length[7] = -3;
    EXPECT_EQ(validate(region).size(), 1U) << summarise(validate(region));
}

// Phase c comes to the end of the loop by the longer way.
TEST(Validate, ACustomerBehindALoopIsFedFromEitherSide) {
    Region region = small_region();
    append_branch(region, 7, "short cut", 7, 9);
    region.branch.phases.back() = phase::a | phase::b;

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

// l1 has lost phase c, which comes to end by the tie and from there, against the file's order, to c2 at mid.
TEST(Validate, InAMeshPhasesComeFromSeveralSides) {
    Region region = small_region();
    region.branch.phases[7] = phase::a | phase::b;
    EXPECT_NE(first_message(region).find("phases ab reach bus 'mid'"), std::string::npos) << first_message(region);
    append_branch(region, 8, "tie", 7, 9);
    region.branch.phases.back() = phase::c;

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(Validate, ADeEnergisedIslandOfPassiveCustomersIsNoFault) {
    Region region = small_region();
    region.branch.closed[6] = 0;
    for (std::size_t c = 5; c < 10; ++c) region.customer.active[c] = 0;

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(Validate, ASwitchMayHaveNoImpedance) {
    Region region = small_region();
    region.branch.closed[11] = 1;  // its line code "ideal" is all zeros

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(Validate, ATableRowThatNobodyUsesHarmsNobody) {
    Region region = small_region();
    region.line_code.r[own_line_code(region)][0][0] = not_given;
    region.branch.line_code[7] = 0;

    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
}

TEST(Validate, AMeterThatFailedForADayIsOneFault) {
    Region region = small_region();
    for (std::size_t t = 0; t < 4; ++t) region.series[0].p_forecast[t * 10 + 2] = not_given;

    const std::vector<Fault> faults = validate(region);

    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].feeder, 0);
    EXPECT_EQ(faults[0].row, 0);
    EXPECT_NE(faults[0].message().find("first of 4 values"), std::string::npos) << faults[0].message();
}

TEST(Validate, TheSummaryListsTwentyFaultsAndCountsTheRest) {
    Region region = small_region(30);
    for (double& weight : region.customer.weight) weight = -1;

    const std::string text = summarise(validate(region));

    EXPECT_EQ(text.substr(0, 11), "150 faults:");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 21);
    EXPECT_NE(text.find("and 130 more"), std::string::npos);
}

}  // namespace
}  // namespace headroom
