#include "io/report/table.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Table, ColumnsLineUpAndNumbersEndAtTheSamePlace) {
    Table table({{"feeder", Align::left}, {"kW", Align::right}});
    table.add({"a", "7.5"});
    table.add({"long name", "120.0"});

    EXPECT_EQ(table.text(),
              "feeder        kW\n"
              "a            7.5\n"
              "long name  120.0\n");
}

TEST(Table, WithoutTitlesHasNoHeadLineAndLinesHaveNoTrailingSpaces) {
    Table table({{}, {}});
    table.add({"buses", "906"});
    table.add({"note", ""});

    EXPECT_EQ(table.text(2), "  buses  906\n  note\n");
}

TEST(Table, CountsCharactersNotBytes) {
    Table table({{}, {}});
    table.add({"é", "1"});
    table.add({"ab", "2"});

    EXPECT_EQ(table.text(), "é   1\nab  2\n");
}

}  // namespace
}  // namespace headroom
