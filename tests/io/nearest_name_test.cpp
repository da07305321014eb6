#include "io/cli/nearest_name.hpp"

#include <gtest/gtest.h>

namespace headroom::cli {
namespace {

const std::vector<std::string> verbs{"import", "info", "allocate"};

TEST(NearestName, FindsAWordWithLettersMissingSwappedOrWrong) {
    EXPECT_EQ(nearest_name("alocate", verbs), "allocate");
    EXPECT_EQ(nearest_name("imprt", verbs), "import");
    EXPECT_EQ(nearest_name("infos", verbs), "info");
}

TEST(NearestName, SaysNothingWhenNothingIsNear) {
    EXPECT_EQ(nearest_name("solve", verbs), std::nullopt);
    EXPECT_EQ(nearest_name("", verbs), std::nullopt);
    EXPECT_EQ(nearest_name("x", {}), std::nullopt);
}

}  // namespace
}  // namespace headroom::cli
