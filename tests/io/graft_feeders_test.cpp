#include "formulations/network/graft_feeders.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <fstream>
#include <map>

#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/csv/csv_grafts.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

using Tables = std::map<std::string, std::string>;
using Volts = std::complex<double>;

Region region_of(const Tables& tables) {
    const TemporaryDirectory folder;
    for (const auto& [name, text] : tables) {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
    }
    return import_csv(folder.path()).region;
}

const Tables types{
    {"region.csv", "name,series\ntown,hour\n"},
    {"line_code.csv",
     "id,r_aa_ohm_per_km,r_bb_ohm_per_km,r_cc_ohm_per_km,x_aa_ohm_per_km,x_bb_ohm_per_km,x_cc_ohm_per_km\n"
     "thick,0.2,0.2,0.2,0.1,0.1,0.1\nthin,0.4,0.4,0.4,0.08,0.08,0.08\n"},
    {"transformer.csv",
     "id,from_coils,to_coils,from_voltage_v,to_voltage_v,r_ohm,x_ohm\n"
     "dyn,ab bc ca,ag bg cg,11000,231,0.01,0.03\nsingle,ag,ag,6350,231,0.01,0.03\n"},
};

/// Medium voltage: grid -- m1 -- m2, substations s1 (as three customers, one per phase) and s2, a factory. lv1 begins
/// above its transformer, lv2 at the busbar.
Tables apart() {
    Tables tables = types;
    tables["feeder.csv"] = "id,slack_bus\nlv1,source\nmv,grid\nother,s\nlv2,source\n";
    tables["bus.csv"] =
        "feeder,id,phases,base_voltage_v\n"
        "mv,grid,abc,6350\nmv,m1,abc,6350\nmv,m2,abc,6350\nmv,m3,ab,6350\n"
        "lv1,busbar,abc,230\nlv1,source,abc,6351\nlv1,end,abc,230\n"
        "lv2,source,abc,230\nlv2,end,abc,230\n"
        "other,s,abc,230\nother,e,abc,230\n";
    tables["branch.csv"] =
        "feeder,id,kind,from_bus,to_bus,phases,line_code,length_m,transformer,rating_power_kva\n"
        "mv,l1,line,grid,m1,abc,thick,2000,,15\nmv,l2,line,m1,m2,abc,thick,3000,,\nmv,l3,line,m1,m3,ab,thick,1,,\n"
        "lv1,t,transformer,source,busbar,abc,,0,dyn,8\nlv1,l,line,busbar,end,abc,thin,200,,\n"
        "lv2,l,line,source,end,abc,thin,100,,\n"
        "other,l,line,s,e,abc,thin,100,,\n";
    tables["shunt.csv"] = "feeder,id,bus,b_aa_us,b_bb_us,b_cc_us\nlv1,k,busbar,100,100,100\n";
    tables["customer.csv"] =
        "feeder,id,bus,phases,active,export_cap_kw,import_cap_kw\n"
        "mv,s1a,m1,a,no,0,9\nmv,s1b,m1,b,no,0,9\nmv,s1c,m1,c,no,0,9\nmv,s2,m2,abc,no,0,9\nmv,factory,m2,abc,no,0,9\n"
        "lv1,c1,end,a,yes,10,10\nlv1,c2,busbar,b,yes,10,10\nlv2,c1,end,c,yes,10,10\nother,c,e,a,yes,5,5\n";
    tables["order.csv"] =
        "feeder,id,customer,side,limit,first_step,quantity_kw,price_per_mwh,block,parent\n"
        "lv1,o1,c1,buy,export,0,1,20,b,\nlv1,o2,c2,sell,export,0,1,10,b,\n"
        "lv2,o1,c1,buy,export,0,1,20,b,\nlv2,o2,c1,buy,import,0,1,20,,o1\n";
    tables["series/hour/time.csv"] = "start,end\n0,3600\n";
    tables["series/hour/p_forecast_kw.csv"] =
        "start,mv/s1a,mv/s1b,mv/s1c,mv/s2,mv/factory,lv1/c1,lv1/c2,lv2/c1,other/c\n0,-1,-1,-1,-2,-3,-2,-1,1,0\n";
    tables["series/hour/slack_voltage_v.csv"] =
        "start,mv/a,mv/b,mv/c,lv1/a,lv1/b,lv1/c,lv2/a,lv2/b,lv2/c,other/a,other/b,other/c\n"
        "0,6400,6390,6410,6351,6351,6351,235,235,235,230,230,230\n";
    return tables;
}

/// The tree of apart() by hand.
Tables together() {
    Tables tables = types;
    tables["feeder.csv"] = "id,slack_bus\nmv,grid\nother,s\n";
    tables["bus.csv"] =
        "feeder,id,phases,base_voltage_v\n"
        "mv,grid,abc,6350\nmv,m1,abc,6350\nmv,m2,abc,6350\nmv,m3,ab,6350\n"
        "mv,lv1/busbar,abc,230\nmv,lv1/end,abc,230\nmv,lv2/source,abc,230\nmv,lv2/end,abc,230\n"
        "other,s,abc,230\nother,e,abc,230\n";
    tables["branch.csv"] =
        "feeder,id,kind,from_bus,to_bus,phases,line_code,length_m,transformer,rating_power_kva\n"
        "mv,l1,line,grid,m1,abc,thick,2000,,15\nmv,l2,line,m1,m2,abc,thick,3000,,\nmv,l3,line,m1,m3,ab,thick,1,,\n"
        "mv,lv1/t,transformer,m1,lv1/busbar,abc,,0,dyn,8\nmv,lv1/l,line,lv1/busbar,lv1/end,abc,thin,200,,\n"
        "mv,lv2/l,line,lv2/source,lv2/end,abc,thin,100,,\n"
        "mv,lv2/transformer,transformer,m2,lv2/source,abc,,0,dyn,100\n"
        "other,l,line,s,e,abc,thin,100,,\n";
    tables["shunt.csv"] = "feeder,id,bus,b_aa_us,b_bb_us,b_cc_us\nmv,lv1/k,lv1/busbar,100,100,100\n";
    tables["customer.csv"] =
        "feeder,id,bus,phases,active,export_cap_kw,import_cap_kw\nmv,factory,m2,abc,no,0,9\n"
        "mv,lv1/c1,lv1/end,a,yes,10,10\nmv,lv1/c2,lv1/busbar,b,yes,10,10\nmv,lv2/c1,lv2/end,c,yes,10,10\n"
        "other,c,e,a,yes,5,5\n";
    tables["order.csv"] =
        "feeder,id,customer,side,limit,first_step,quantity_kw,price_per_mwh,block,parent\n"
        "mv,lv1/o1,lv1/c1,buy,export,0,1,20,one,\nmv,lv1/o2,lv1/c2,sell,export,0,1,10,one,\n"
        "mv,lv2/o1,lv2/c1,buy,export,0,1,20,two,\nmv,lv2/o2,lv2/c1,buy,import,0,1,20,,lv2/o1\n";
    tables["series/hour/time.csv"] = "start,end\n0,3600\n";
    tables["series/hour/p_forecast_kw.csv"] =
        "start,mv/factory,mv/lv1/c1,mv/lv1/c2,mv/lv2/c1,other/c\n0,-3,-2,-1,1,0\n";
    tables["series/hour/slack_voltage_v.csv"] =
        "start,mv/a,mv/b,mv/c,other/a,other/b,other/c\n0,6400,6390,6410,230,230,230\n";
    return tables;
}

constexpr const char* whole_map = "feeder,bus,replaces,transformer,rating_power_kva\nlv1,m1,,,\nlv2,m2,s2,dyn,100\n";
constexpr std::size_t lv1 = 0, mv = 1;

std::vector<Graft> grafts_of(const Region& region, const std::string& map, std::size_t onto = mv) {
    const TemporaryDirectory folder;
    std::ofstream(folder / "map.csv") << map;
    return read_grafts_csv(folder / "map.csv", region, onto);
}

Region tree() {
    const Region region = region_of(apart());
    std::vector<Graft> grafts = grafts_of(region, whole_map);
    const std::int64_t first = region.feeder.customer_offset[mv];
    grafts[0].replaced = {first, first + 1, first + 2};
    return graft_feeders(region, mv, grafts);
}

TEST(GraftFeeders, MakeTheTreeThatIsWrittenByHand) {
    EXPECT_EQ(difference(tree(), region_of(together())), "");
    EXPECT_TRUE(validate(tree()).empty());
}

TEST(GraftFeeders, TakeThePlaceOfAllCustomersAtTheBusWhereNoneIsNamed) {
    const Region region = region_of(apart());
    const std::vector<Graft> grafts = grafts_of(region, "feeder,bus\nlv1,m1\n");
    const std::int64_t first = region.feeder.customer_offset[mv];

    EXPECT_EQ(grafts[0].replaced, (std::vector<std::int64_t>{first, first + 1, first + 2}));
}

// Through the line grid-m1 (15 kVA) export all three, less 3 kW that the factory takes: 18 kW. c1 and c2 of lv1 share
// its 8 kVA: 4 each. c1 of lv2 stops at its cap, 10. Import: the line leaves 15 - 3 = 12 kW, 4 for each.
TEST(GraftFeeders, ShareTheRatingsOfBothVoltagesAsDerivedByHand) {
    const Region region = tree();
    AllocationQuestion question;
    question.flow = FlowModel::dc;
    question.contain = Contain::zero;

    const EnvelopeResult result =
        allocate(region, region.series.front(), question, first_faults(validate(region), region.feeder_count()), {});

    const std::array<double, 3> exported{4e3, 4e3, 10e3}, imported{4e3, 4e3, 4e3};
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(result.export_limit[1 + k], exported[k], 1e-6) << k;
        EXPECT_NEAR(result.import_limit[1 + k], imported[k], 1e-6) << k;
    }
}

/// A feeder's power flow in lane 0.
struct Flow {
    Flow(const Region& solved, std::size_t row)
        : region(solved),
          feeder(row),
          flow(solved, static_cast<std::int64_t>(row)),
          inputs(flow.inputs()),
          lanes(flow.lanes()) {
        inputs.count = 1;
        const SeriesSet& series = solved.series.front();
        const auto first = static_cast<std::size_t>(solved.feeder.customer_offset[row]);
        for (std::size_t k = 0; k < inputs.p.size() / lane_count; ++k)
            inject(k, {series.p_forecast[first + k], series.q_forecast[first + k]});
        for (std::size_t p = 0; p < 3; ++p)
            feed(p, std::polar(series.slack_voltage[3 * row + p], series.slack_angle[3 * row + p] * M_PI / 180));
    }
    void inject(std::size_t customer, Volts power) {
        inputs.p[customer * lane_count] = power.real();
        inputs.q[customer * lane_count] = power.imag();
    }
    void feed(std::size_t phase, Volts voltage) {
        inputs.slack_voltage[2 * phase * lane_count] = voltage.real();
        inputs.slack_voltage[(2 * phase + 1) * lane_count] = voltage.imag();
    }
    void solve() {
        flow.solve(inputs, lanes);
        ASSERT_EQ(lanes.lane[0].status, AcStatus::converged);
    }
    Volts voltage(const std::string& bus, int phase) const {
        for (auto k = region.feeder.bus_offset[feeder]; k < region.feeder.bus_offset[feeder + 1]; ++k)
            if (region.bus.id[static_cast<std::size_t>(k)] == bus) {
                const double* at = lanes.voltage.data() + flow.slot(k, phase) * 2 * lane_count;
                return {at[0], at[lane_count]};
            }
        throw std::out_of_range(bus);
    }

    const Region& region;
    std::size_t feeder;
    AcPowerFlow flow;
    AcInputs inputs;
    AcLanes lanes;
};

// Solved in turns: medium voltage with what the low-voltage feeder took last, that with the voltages it gets, until
// both hold. lv2 is left away.
TEST(GraftFeeders, HaveThePowerFlowOfBothVoltagesMatchedAtTheBoundary) {
    const Region region = region_of(apart());
    std::vector<Graft> grafts = grafts_of(region, "feeder,bus\nlv1,m1\n");
    const Region joined = graft_feeders(region, mv, grafts);
    Flow high(region, mv), low(region, lv1), whole(joined, 0);
    const AcBranchFlow branches(region, low.flow);
    AcFlowLanes currents = branches.lanes();
    const std::int64_t transformer = region.feeder.branch_offset[lv1];
    for (int turn = 0; turn < 30; ++turn) {
        high.solve();
        for (int p = 0; p < 3; ++p) low.feed(static_cast<std::size_t>(p), high.voltage("m1", p));
        low.solve();
        branches.evaluate(low.inputs, low.lanes, currents);
        for (int p = 0; p < 3; ++p) {
            const double* at = currents.current.data() + branches.current(transformer, 0, p) * 2 * lane_count;
            high.inject(static_cast<std::size_t>(p), -high.voltage("m1", p) * std::conj(Volts(at[0], at[lane_count])));
        }
    }

    whole.solve();

    for (int p = 0; p < 3; ++p) {
        for (const char* bus : {"m1", "m2"})
            EXPECT_LE(std::abs(whole.voltage(bus, p) - high.voltage(bus, p)), 1e-6 * 6350) << bus << p;
        for (const char* bus : {"busbar", "end"})
            EXPECT_LE(std::abs(whole.voltage(std::string("lv1/") + bus, p) - low.voltage(bus, p)), 1e-6 * 230)
                << bus << p;
    }
    EXPECT_GT(std::abs(low.voltage("busbar", 0) - low.voltage("end", 0)), 0.1) << "nothing flows";
}

/// What grafting by this map says.
std::string refusal(const std::string& map, const Tables& tables = apart(), std::size_t onto = mv) {
    const Region region = region_of(tables);
    try {
        graft_feeders(region, onto, grafts_of(region, map, onto));
    } catch (const GraftFault& fault) {
        return fault.what();
    } catch (const InputError& fault) {
        return fault.what();
    }
    return "";
}

Tables with(const std::string& name, const std::string& from, const std::string& to) {
    Tables tables = apart();
    std::string& text = tables[name];
    text.replace(text.find(from), from.size(), to);
    return tables;
}

TEST(GraftFeeders, RefuseWhatTheRegionHasNot) {
    EXPECT_EQ(refusal("feeder,bus\nlv7,m1\n"), "map.csv:2, column 'feeder': there is no such feeder");
    EXPECT_EQ(refusal("feeder,bus\nlv1,m7\n"), "map.csv:2, column 'bus': there is no such bus in feeder 'mv'");
    EXPECT_EQ(refusal("feeder,bus,replaces\nlv1,m1,x\n"), "map.csv:2, column 'replaces': there is no such customer");
    EXPECT_EQ(refusal("feeder,bus,transformer\nlv1,m1,x\n"),
              "map.csv:2, column 'transformer': there is no such transformer");
    EXPECT_EQ(refusal("feeder,bus,transformer,rating_power_kva\nlv2,m2,dyn,-1\n"),
              "map.csv:2, column 'rating_power_kva': a number above 0 is needed");
    EXPECT_EQ(refusal("feeder,bus,rating_power_kva\nlv1,m1,5\n"),
              "map.csv:2, column 'rating_power_kva': it rates a transformer, none is named");
    EXPECT_EQ(refusal("feeder\nlv1\n"), "map.csv: column 'bus' is needed");
    EXPECT_EQ(refusal("feeder,bus,color\nlv1,m1,red\n"), "map.csv: column 'color' is not known");
    EXPECT_EQ(refusal("feeder,bus\n"), "map.csv: it names no feeder");
}

TEST(GraftFeeders, RefuseWhatDoesNotFit) {
    EXPECT_EQ(refusal("feeder,bus\nmv,m1\n"), "feeder 'mv': it cannot be grafted onto itself");
    EXPECT_EQ(refusal("feeder,bus\nlv1,m1\nlv1,m2\n"), "feeder 'lv1': it is grafted twice");
    EXPECT_EQ(refusal("feeder,bus\nlv2,m1\n"),
              "feeder 'lv2': its source has 230.0 V from phase to neutral, bus 'm1' has 6350.0 V; name the transformer "
              "between them");
    EXPECT_EQ(refusal("feeder,bus\nlv1,m3\n"),
              "feeder 'lv1': it uses conductors c of its source, and bus 'm3' has ab alone");
    EXPECT_EQ(refusal("feeder,bus,transformer\nlv2,m3,dyn\n"),
              "feeder 'lv2': the from side of transformer 'dyn' needs conductors c, and bus 'm3' has ab alone");
    EXPECT_EQ(
        refusal("feeder,bus,transformer\nlv1,m1,dyn\n"),
        "feeder 'lv1': a coil of the to side of transformer 'dyn' is rated 231.0 V, bus 'source' has 6351.0 V there");
    EXPECT_EQ(refusal("feeder,bus,replaces\nlv1,m1,s2\n"),
              "feeder 'lv1': customer 's2', which it replaces, is not at bus 'm1'");
}

TEST(GraftFeeders, RefuseOrdersOfReplacedCustomersTurningFieldsAndLongNames) {
    EXPECT_EQ(refusal("feeder,bus\nlv1,m1\n",
                      with("order.csv", "lv1,o1,c1,buy", "mv,o,s1a,buy,import,0,1,20,,\nlv1,o1,c1,buy")),
              "feeder 'lv1': customer 's1a', which it replaces, has order 'o'");
    Tables turned = apart();
    turned["series/hour/slack_angle_degree.csv"] =
        "start,mv/a,mv/b,mv/c,lv1/a,lv1/b,lv1/c,lv2/a,lv2/b,lv2/c,other/a,other/b,other/c\n"
        "0,0,-120,120,30,150,-90,0,-120,120,0,-120,120\n";
    EXPECT_EQ(refusal("feeder,bus\nlv1,m1\n", turned),
              "feeder 'lv1': in series 'hour' its phases follow each other against those of feeder 'mv'");
    Region region = region_of(apart());
    region.bus.id[0] = std::string(61, 'x');  // lv1's busbar: 65 bytes with "lv1/"
    EXPECT_THROW(graft_feeders(region, mv, grafts_of(region, "feeder,bus\nlv1,m1\n")), GraftFault);
    region.bus.id[0] = std::string(60, 'x');
    EXPECT_NO_THROW(graft_feeders(region, mv, grafts_of(region, "feeder,bus\nlv1,m1\n")));
}

TEST(GraftFeeders, KeepTheRatedVoltageOfALoadThatMovesToTheBus) {
    const Region region = region_of(with("customer.csv", "lv1,c2,busbar", "lv1,c2,source"));
    const Region joined = graft_feeders(region, mv, grafts_of(region, "feeder,bus\nlv1,m1\n"));

    const auto k = static_cast<std::size_t>(std::find(joined.customer.id.begin(), joined.customer.id.end(), "lv1/c2")
                                            - joined.customer.id.begin());
    ASSERT_LT(k, joined.customer_count());
    EXPECT_EQ(joined.bus.id[static_cast<std::size_t>(joined.customer.bus[k])], "m1");
    EXPECT_EQ(joined.customer.rated_voltage[k], 6351);
}

}  // namespace
}  // namespace headroom::test
