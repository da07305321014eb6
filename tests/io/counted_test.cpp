#include "io/report/counted.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Counted, ANounAgreesWithItsNumber) {
    EXPECT_EQ(counted(0, "item"), "0 items");
    EXPECT_EQ(counted(1, "item"), "1 item");
    EXPECT_EQ(counted(2U, "item"), "2 items");
    EXPECT_EQ(counted(std::int64_t{-1}, "step"), "-1 steps");
    EXPECT_EQ(counted(1, "bus"), "1 bus");
    EXPECT_EQ(counted(3, "bus"), "3 buses");
    EXPECT_EQ(counted(3, "branch"), "3 branches");
    EXPECT_EQ(counted(12, "power flow"), "12 power flows");
}

}  // namespace
}  // namespace headroom
