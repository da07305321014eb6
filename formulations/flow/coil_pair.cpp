#include "formulations/flow/coil_pair.hpp"

#include <algorithm>

#include "formulations/network/tap_runs.hpp"

namespace headroom {
namespace {

using T = TransformerColumns;
using Complex = std::complex<double>;

/// Node of a coil's end; -1: nothing feeds it.
std::int32_t end_node(const Region& region, const AcTerminals& terminals, std::int64_t k, int side, std::int8_t end) {
    if (end == T::ground) return terminals.ground();
    if (end == T::floating_star) return terminals.star_node[k - terminals.branch_first][side];
    return terminals.of(side == 0 ? region.branch.from_bus[k] : region.branch.to_bus[k], end - T::terminal_a);
}

}  // namespace

std::vector<CoilPair> coil_pairs(const Region& region, std::int64_t branch, const AcTerminals& terminals,
                                 TapPositions taps) {
    const TransformerColumns& t = region.transformer;
    const auto row = static_cast<std::size_t>(region.branch.transformer[branch]);
    const auto count = std::count_if(t.from_coil[row].begin(), t.from_coil[row].end(),
                                     [](const auto& coil) { return coil[0] != T::unused; });
    const std::array<double, 3> to_tap = to_taps(region, taps, row);
    std::vector<CoilPair> pairs;
    for (std::size_t c = 0; c < 3; ++c) {
        if (t.from_coil[row][c][0] == T::unused) continue;
        CoilPair pair{};
        pair.coil = static_cast<int>(c);
        bool fed = true;
        for (int e = 0; e < 4; ++e) {
            const auto& coil = e < 2 ? t.from_coil[row][c] : t.to_coil[row][c];
            const std::int8_t end = coil[static_cast<std::size_t>(e % 2)];
            pair.node[e] = end_node(region, terminals, branch, e / 2, end);
            pair.conductor[e] = end == T::floating_star ? AcTerminals::star : end - T::terminal_a;
            fed = fed && pair.node[e] >= 0;
        }
        if (!fed) continue;
        pair.from_turns = 1.0 / (t.from_voltage[row] * t.from_tap[row][c]);
        pair.to_turns = 1.0 / (t.to_voltage[row] * to_tap[c]);
        pair.series = t.to_voltage[row] * t.to_voltage[row] / Complex(t.r[row], t.x[row]);
        pair.core = Complex(t.no_load_loss[row], -t.magnetising_power[row]) / static_cast<double>(count);
        pairs.push_back(pair);
    }
    return pairs;
}

}  // namespace headroom
