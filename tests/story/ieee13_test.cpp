// IEEE 13: on the way to bus 675 overhead line 601 is followed by cable 606, and coefficients of phase pairs turn sign.

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "formulations/flow/path_sums.hpp"
#include "formulations/flow/reduced_network.hpp"
#include "io/case/case_file.hpp"

namespace headroom::test {
namespace {

const std::string ieee13 = HEADROOM_SOURCE_DIR "/cases/ieee13/ieee13.h5";

std::int32_t node_of_bus(const LinearNetwork& net, const Region& region, const std::string& id) {
    for (std::size_t i = 0; i < net.nodes.size(); ++i)
        if (region.bus.id[static_cast<std::size_t>(net.nodes[i].bus)] == id) return static_cast<std::int32_t>(i);
    throw std::out_of_range(id);
}

/// Rise of v_sq of phase i at `node` per watt injected into phase j at `at`, per unit of the flat magnitude squared.
double coefficient(const LinearNetwork& net, PathSums& sums, std::int32_t node, int i, std::int32_t at, int j) {
    PhaseVector pick = PhaseVector::Zero();
    pick[i] = 1.0;
    const PhaseVector flat = net.nodes[static_cast<std::size_t>(node)].flat;
    const PhaseVector there = net.nodes[static_cast<std::size_t>(at)].flat;
    if (there[j] == Complex{}) return 0.0;
    const PhaseVector f = sums.voltage(node, pick)[static_cast<std::size_t>(at)];
    return 2 * (std::conj(flat[i]) * f[j] * std::conj(1.0 / there[j])).real() / std::norm(flat[i]);
}

// The coefficient grows along the path: what each branch adds is the difference between its ends.
TEST(Ieee13, SplittingBranchByBranchWouldChargeBothSigns) {
    const Region region = read_case(ieee13);
    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    PathSums sums(net);
    const std::int32_t end = node_of_bus(net, region, "675");
    int sign_changes = 0, larger = 0;
    for (int i = 0; i < 3; ++i) {
        double path_split = 0, branch_split = 0;
        std::array<double, 3> a{};
        for (int j = 0; j < 3; ++j) {
            double above = 0, by_branch = 0;
            bool up = false, down = false;
            std::vector<std::int32_t> path;
            for (std::int32_t k = end; k > 0; k = net.nodes[static_cast<std::size_t>(k)].parent) path.push_back(k);
            for (auto k = path.rbegin(); k != path.rend(); ++k) {
                const double here = coefficient(net, sums, end, i, *k, j);
                by_branch += std::max(here - above, 0.0);
                up = up || here - above > 1e-15;
                down = down || here - above < -1e-15;
                above = here;
            }
            sign_changes += up && down;
            path_split += std::max(above, 0.0);
            branch_split += by_branch;
            a[static_cast<std::size_t>(j)] = above;
        }
        double worst_corner = 0;  // one exporter per phase, at its limit of 1 W or at zero
        for (unsigned corner = 0; corner < 8; ++corner)
            worst_corner =
                std::max(worst_corner, (corner & 1) * a[0] + (corner >> 1 & 1) * a[1] + (corner >> 2 & 1) * a[2]);
        EXPECT_NEAR(path_split, worst_corner, 1e-15) << "the split path sum is the worst corner itself";
        larger += branch_split > 1.001 * worst_corner;
    }
    EXPECT_GT(larger, 0) << "branch by branch, room would be given away";
    EXPECT_GT(sign_changes, 0) << "the case must show what it is for";
}

}  // namespace
}  // namespace headroom::test
