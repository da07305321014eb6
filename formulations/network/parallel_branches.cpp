#include "formulations/network/parallel_branches.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace headroom {
namespace {

using Tie = std::pair<int, int>;  ///< terminals 0 ground, 1 a, 2 b, 3 c, the lower first

/// Neutrals and star points count as ground here.
int node(std::int8_t terminal) { return terminal > TransformerColumns::terminal_c ? 0 : terminal; }

std::vector<Tie> ties_of(const Region& region, std::size_t branch) {
    std::vector<Tie> ties;
    if (const std::int32_t type = region.branch.transformer[branch]; type >= 0) {
        for (const auto& coil : region.transformer.to_coil[static_cast<std::size_t>(type)])
            if (coil[0] != TransformerColumns::unused) ties.push_back(std::minmax({node(coil[0]), node(coil[1])}));
    } else {
        for (int k = 0; k < 3; ++k)
            if (region.branch.phases[branch] & (1U << k)) ties.emplace_back(0, k + 1);
    }
    return ties;
}

/// Which of the four terminals are tied together, directly or through others.
class TiedTerminals {
public:
    /// False when both were tied before.
    bool join(const Tie& tie) {
        const int one = group_[static_cast<std::size_t>(tie.first)],
                  other = group_[static_cast<std::size_t>(tie.second)];
        if (one == other) return false;
        std::replace(group_.begin(), group_.end(), other, one);
        return true;
    }

private:
    std::array<int, 4> group_{0, 1, 2, 3};
};

}  // namespace

std::optional<std::size_t> circulating_branch(const Region& region, std::span<const std::size_t> branches) {
    std::set<Tie> seen;
    TiedTerminals all;
    std::optional<std::size_t> detour;  // tied by way of other pairs; harmless in a closed delta, which knows no ground
    bool grounded = false;
    for (const std::size_t branch : branches) {
        TiedTerminals own;  // a delta winding is no circle with itself
        const std::vector<Tie> ties = ties_of(region, branch);
        for (const Tie& tie : ties) {
            if (seen.contains(tie)) return branch;
            grounded = grounded || tie.first == 0;
            if (own.join(tie) && !all.join(tie) && !detour) detour = branch;
        }
        seen.insert(ties.begin(), ties.end());
    }
    return grounded ? detour : std::nullopt;
}

}  // namespace headroom
