// Many feeders from many sources into one region: what is found, what it is called, and what does not go together.

#include "io/import/import_sources.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "formulations/envelope/allocation.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/feeder_names.hpp"
#include "io/import/source_list.hpp"
#include "tests/support/same_region.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

std::string text(const fs::path& path) { return path.string(); }

class ImportSources : public testing::Test {
protected:
    /// A feeder of one cable, so many ohm per km, and one house with a shape of the day in steps of so many hours.
    fs::path master(const std::string& name, const std::string& circuit, double ohm = 0.3, double hours = 1) const {
        const fs::path path = folder_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "New Circuit." << circuit << " basekv=0.4 pu=1.0 phases=3 bus1=source\n"
                            << "New LineCode.cable nphases=3 r1=" << ohm << " x1=0.1 r0=1 x0=0.3 units=km\n"
                            << "New Line.street bus1=source bus2=far linecode=cable length=0.4 units=km\n"
                            << "New LoadShape.day npts=4 interval=" << hours << " mult=(0.2 0.9 0.5 0.1)\n"
                            << "New Load.home bus1=far.1 phases=1 kv=0.23 kw=2 pf=0.95 daily=day\n"
                            << "New Load.shop bus1=far phases=3 kv=0.4 kw=5 pf=0.9 daily=day\n";
        return path;
    }

    /// A region of small feeders, with orders, as a folder of CSV files.
    fs::path csv(const std::string& name, const std::string& currency = "AUD") const {
        Region region = small_region(2);
        add_small_orders(region);
        region.currency = currency;
        fs::create_directories(folder_ / name);
        export_csv(region, folder_ / name);
        return folder_ / name;
    }

    void file(const std::string& name, const std::string& content) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << content;
    }

    std::vector<std::string> found(const std::vector<std::string>& names = usual_master_names) const {
        std::vector<std::string> paths;
        for (const Source& source : list_sources({text(folder_.path())}, names).sources)
            paths.push_back(source.path.lexically_relative(folder_.path()).generic_string()
                            + (source.kind == SourceKind::csv ? " (csv)" : "")
                            + (source.fault.empty() ? "" : " (fault)"));
        return paths;
    }

    ImportedSources import(const std::vector<fs::path>& paths, SourceSettings settings = {}) const {
        std::vector<std::string> names;
        for (const fs::path& path : paths) names.push_back(text(path));
        return import_sources(list_sources(names, usual_master_names).sources, settings);
    }

    static SourceSettings daily() {
        SourceSettings settings;
        settings.opendss.series = OpenDssSeries::daily;
        return settings;
    }

    const TemporaryDirectory folder_;
};

TEST_F(ImportSources, AreTheMastersAndTheCsvFoldersAtAnyDepthSortedByPath) {
    master("north/deep/deeper/MASTER_7.DSS", "x");
    master("north/Master.txt", "x");
    master("a/master.dss", "x");
    file("a/Lines.dss", "");
    file("a/old_master.dss", "");
    file("a/master.dss.bak", "");
    csv("south/tables");
    master("south/tables/Master.dss", "x");

    EXPECT_EQ(found(), (std::vector<std::string>{"a/master.dss", "north/Master.txt", "north/deep/deeper/MASTER_7.DSS",
                                                 "south/tables (csv)"}))
        << "nothing is looked for inside a folder of tables";
    EXPECT_EQ(found({"LINES.*", "old?master.dss"}),
              (std::vector<std::string>{"a/Lines.dss", "a/old_master.dss", "south/tables (csv)"}));
}

TEST_F(ImportSources, AFolderWithoutAnyAndAPathToNothingAreFaults) {
    file("a/Lines.dss", "");

    EXPECT_EQ(found(), std::vector<std::string>{". (fault)"});
    for (const Source& source : list_sources({text(folder_ / "a"), text(folder_ / "b")}, usual_master_names).sources)
        EXPECT_NE(source.fault, "") << source.path;
    EXPECT_THROW(import({folder_.path()}), InputError);
    EXPECT_THROW(import({folder_ / "b"}), InputError);
}

TEST_F(ImportSources, WhatIsNamedTwiceIsReadOnce) {
    const fs::path one = master("a/Master.dss", "x");
    fs::create_symlink(one, folder_ / "Master_link.dss");
    fs::create_directory_symlink(folder_.path(), folder_ / "a" / "circle");

    const SourceList list = list_sources({text(folder_.path()), text(one)}, usual_master_names);

    EXPECT_EQ(list.sources.size(), 1U);
    EXPECT_EQ(list.repeated, 2U);
}

TEST_F(ImportSources, ArePutIntoOneRegionInTheirOrder) {
    const auto imported = import({master("b/Master.dss", "second"), master("a/Master.dss", "first")});

    EXPECT_EQ(imported.region.feeder.id, (std::vector<std::string>{"second", "first"}));
    EXPECT_EQ(imported.region.line_code.id.size(), 2U) << "source impedance and cable, the same in both";
    EXPECT_EQ(imported.outcomes.size(), 2U);
    EXPECT_EQ(imported.outcomes[0].feeders, std::vector<std::string>{"second"});
    EXPECT_EQ(imported.outcomes[0].customers, 2U);
    EXPECT_TRUE(validate(imported.region).empty());
}

TEST_F(ImportSources, FeedersOfOneNameAreToldApartByTheirFolders) {
    master("n1/f1/dss/Master.dss", "feeder");
    master("n1/f2/dss/Master.dss", "feeder");
    master("n2/f1/dss/Master.dss", "feeder");
    master("n2/other/dss/Master.dss", "other");

    EXPECT_EQ(import({folder_.path()}).region.feeder.id,
              (std::vector<std::string>{"n1.f1.feeder", "n1.f2.feeder", "n2.f1.feeder", "other"}));
}

TEST(FeederNames, FallBackOnTheFileAndOnNumbers) {
    EXPECT_EQ(unique_feeder_ids({{"x", "/r/a/m1.dss"}, {"x", "/r/a/m2.dss"}, {"x", "/r/b/m1.dss"}}),
              (std::vector<std::string>{"a.m1.dss.x", "a.m2.dss.x", "b.m1.dss.x"}));
    EXPECT_EQ(unique_feeder_ids({{"x", "/a/\xff/m.dss"}, {"x", "/a/b/m.dss"}, {"b.x", "/a/c/m.dss"}}),
              (std::vector<std::string>{"x", "b.x#2", "b.x"}))
        << "a folder that is no UTF-8 lends no name, and who is alone with its name keeps it";
    const std::string longest(64, 'y');
    EXPECT_EQ(unique_feeder_ids({{longest, "/a/b/m.dss"}, {longest, "/a/c/m.dss"}}),
              (std::vector<std::string>{"b." + std::string(60, 'y') + "#2", "c." + std::string(60, 'y') + "#2"}));
}

/// Every branch and customer with rows of its own in the tables, nameless: what feeders are, apart from who shares
/// what. Without tap controls, of which a part of a file may hold those of others too.
Region unshared(Region region) {
    const Region given = region;
    region.line_code = {};
    region.transformer = {};
    region.volt_var = {};
    const auto own = [](auto& to, const auto& from, std::vector<std::int32_t>& references, auto... columns) {
        for (std::int32_t& reference : references) {
            if (reference < 0) continue;
            ((to.*columns).push_back((from.*columns)[static_cast<std::size_t>(reference)]), ...);
            reference = static_cast<std::int32_t>((to.*std::get<0>(std::tuple(columns...))).size()) - 1;
        }
    };
    own(region.line_code, given.line_code, region.branch.line_code, &LineCodeColumns::r, &LineCodeColumns::x,
        &LineCodeColumns::g, &LineCodeColumns::b);
    own(region.transformer, given.transformer, region.branch.transformer, &TransformerColumns::r,
        &TransformerColumns::x, &TransformerColumns::from_coil, &TransformerColumns::to_coil,
        &TransformerColumns::from_voltage, &TransformerColumns::to_voltage, &TransformerColumns::from_tap,
        &TransformerColumns::to_tap, &TransformerColumns::no_load_loss, &TransformerColumns::magnetising_power);
    own(region.volt_var, given.volt_var, region.customer.volt_var, &VoltVarColumns::voltage, &VoltVarColumns::q);
    region.tap_control = {};
    region.name = region.currency = "";
    return region;
}

EnvelopeResult solve(const Region& region) {
    return allocate(region, region.series.front(), {.secure = Secure::ac},
                    first_faults(validate(region), region.feeder_count()), {});
}

TEST_F(ImportSources, AFeederOfARegionIsWhatItIsAlone) {
    std::vector<fs::path> paths{master("a/Master.dss", "a", 0.3), master("b/Master.dss", "b", 3),
                                master("c/Master.dss", "c", 0.3), master("d/Master.dss", "d", 0.9)};
    write_case(import(paths, daily()).region, folder_ / "region.h5");
    const EnvelopeResult together = solve(read_case(folder_ / "region.h5"));

    for (std::size_t f = 0; f < paths.size(); ++f) {
        const Region part = read_case(folder_ / "region.h5", {.feeder_first = f, .feeder_count = 1});
        const Region alone = import({paths[f]}, daily()).region;

        EXPECT_EQ(difference(unshared(part), unshared(alone)), "") << paths[f];
        const EnvelopeResult expected = solve(alone);
        EXPECT_EQ(expected.status.front(), ItemStatus::solved);
        for (std::size_t t = 0; t < alone.series.front().step_count(); ++t)
            EXPECT_EQ(std::memcmp(together.import_limit.data() + (t * paths.size() + f) * 2,
                                  expected.import_limit.data() + t * 2, 2 * sizeof(double)),
                      0)
                << paths[f] << " step " << t;
    }
}

TEST_F(ImportSources, TablesWithOrdersGoTogetherWithTablesWithout) {
    const auto imported = import({csv("one"), csv("two")});

    const Region alone = import_csv(folder_ / "two").region;
    write_case(imported.region, folder_ / "region.h5");
    Region part = read_case(folder_ / "region.h5", {.all_series = true, .feeder_first = 2, .feeder_count = 2});
    EXPECT_EQ(part.feeder.id, (std::vector<std::string>{"two.feeder-0-é", "two.feeder-1-é"}));
    part.feeder.id = alone.feeder.id;
    EXPECT_EQ(difference(unshared(part), unshared(alone)), "");
    EXPECT_EQ(imported.region.currency, "AUD");
}

TEST_F(ImportSources, AreTheSameOnAnyNumberOfThreads) {
    for (int k = 0; k < 20; ++k) master("f" + std::to_string(k) + "/Master.dss", "x", 0.1 * (1 + k % 5));
    SourceSettings settings = daily();
    settings.threads = 1;
    const Region one = import({folder_.path()}, settings).region;
    settings.threads = 4;

    EXPECT_EQ(one.feeder_count(), 20U);
    EXPECT_EQ(difference(one, import({folder_.path()}, settings).region), "");
}

TEST_F(ImportSources, ABrokenOneIsLeftOutAndNamedUnlessStrict) {
    master("a/Master.dss", "a");
    file("b/Master.dss", "New Circuit.b\nNew Line.l bus1=sourcebus bus2=far linecode=none\n");
    file("c/feeder.csv", "id,slack_bus\nf,nowhere\n");
    master("d/Master.dss", "d");

    const ImportedSources imported = import({folder_.path()});

    EXPECT_EQ(imported.region.feeder.id, (std::vector<std::string>{"a", "d"}));
    EXPECT_NE(imported.outcomes[1].fault.find("Master.dss:2: there is no linecode 'none'"), std::string::npos);
    EXPECT_NE(imported.outcomes[2].fault.find("bus.csv"), std::string::npos) << imported.outcomes[2].fault;
    SourceSettings strict;
    strict.strict = true;
    try {
        import({folder_.path()}, strict);
        FAIL() << "was imported";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find("2 of 4 sources cannot be read"), std::string::npos) << error.what();
        EXPECT_EQ(error.faults().size(), 2U);
    }
}

TEST_F(ImportSources, NoneThatCanBeReadIsAnError) {
    file("a/Master.dss", "frobnicate\n");
    file("b/Master.dss", "frobnicate\n");

    EXPECT_THROW(import({folder_.path()}), InputError);
}

TEST_F(ImportSources, OtherTimeAxesAreLeftOutNamingBoth) {
    const std::vector<fs::path> paths{master("a/Master.dss", "a", 0.3, 1), master("b/Master.dss", "b", 0.3, 0.5),
                                      master("c/Master.dss", "c", 0.3, 1)};

    const ImportedSources own = import(paths, daily());
    EXPECT_EQ(own.region.feeder.id, (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(own.outcomes[1].fault,
              "cannot stand in one region with " + text(paths[0]) + ": it has the series half_hour, not hour");
    SourceSettings same = daily();
    same.opendss.steps = {900, 3600};
    const ImportedSources given = import(paths, same);
    EXPECT_EQ(given.region.feeder_count(), 3U);
    EXPECT_EQ(given.region.series.size(), 2U);
}

TEST_F(ImportSources, StepsThatDifferAreLeftOutToo) {
    csv("one");
    csv("two");
    file("two/series/peak/time.csv", "start,end\n1700000000,1700001800\n");

    const ImportedSources imported = import({folder_.path()});

    EXPECT_EQ(imported.region.feeder_count(), 2U);
    EXPECT_NE(imported.outcomes[1].fault.find("its series 'peak' has 1 step from 2023-11-14T22:13:20Z to "
                                              "2023-11-14T22:43:20Z, the first of 1800 s, not 1 step"),
              std::string::npos)
        << imported.outcomes[1].fault;
}

TEST_F(ImportSources, MoneyIsOfOneCurrencyAndPricesOfAllOrNone) {
    const ImportedSources imported = import({csv("one", "AUD"), csv("two", "EUR")});
    EXPECT_EQ(imported.region.feeder_count(), 2U);
    EXPECT_NE(imported.outcomes[1].fault.find("it counts in EUR, not in AUD"), std::string::npos);

    fs::remove(csv("three") / "series/day/price_per_mwh.csv");
    EXPECT_NE(import({folder_ / "one", folder_ / "three"}).outcomes[1].fault.find("'day' has no prices of energy"),
              std::string::npos);
}

TEST_F(ImportSources, JsonFilesAreCasesOfPowerGridModelAndStandBesideSnapshotsOfOpenDss) {
    file("town/input.JSON", R"({"version": "1.0", "type": "input", "is_batch": false, "data": {
        "node": [{"id": 1, "u_rated": 400}], "source": [{"id": 2, "node": 1, "status": 1, "u_ref": 1.0}]}})");
    EXPECT_EQ(found(), std::vector<std::string>{". (fault)"});
    EXPECT_EQ(found({"*.json"}), std::vector<std::string>{"town/input.JSON"});
    const ImportedSources imported = import({master("a/Master.dss", "a"), folder_ / "town/input.JSON"});
    EXPECT_EQ(imported.outcomes[1].fault, "");
    EXPECT_EQ(imported.region.feeder.id, (std::vector<std::string>{"a", "input"}));
}

TEST_F(ImportSources, OptionsThatCannotBeMeantEndIt) {
    SourceSettings settings;
    settings.opendss.voltage_pu_min = 2;

    EXPECT_THROW(import({master("a/Master.dss", "a"), master("b/Master.dss", "b")}, settings), UsageError);
}

}  // namespace
}  // namespace headroom::test
