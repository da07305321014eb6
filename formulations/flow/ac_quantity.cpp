#include "formulations/flow/ac_quantity.hpp"

#include "formulations/flow/coil_pair.hpp"

namespace headroom {
namespace {

AcQuantity magnitude(AcPhasor phasor) {
    AcQuantity quantity;
    quantity.products.push_back({AcPhasor{.constant = 1.0, .terms = {}, .legs = {}}, std::move(phasor)});
    return quantity;
}

}  // namespace

AcQuantities::AcQuantities(const Region& region, const AcPowerFlow& flow)
    : region_(region), flow_(flow), branch_flow_(region, flow), merged_(merged_currents(region, flow.network())) {}

AcPhasor AcQuantities::voltage_at(std::int32_t node) const {
    AcPhasor phasor;
    phasor.terms.push_back({node, flow_.network().terminals.ground(), 1.0});
    return phasor;
}

void AcQuantities::add_equation_current(std::size_t number, double sign, AcPhasor& sum) const {
    const AcEquations& equations = flow_.network().equations;
    const AcCurrent& current = equations.currents[number];
    for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
        sum.terms.push_back(equations.terms[t]);
        sum.terms.back().y *= sign;
    }
}

AcPhasor AcQuantities::equation_current(std::size_t number) const {
    AcPhasor phasor;
    add_equation_current(number, 1.0, phasor);
    return phasor;
}

std::optional<AcPhasor> AcQuantities::branch_current(std::int64_t branch, int side, int conductor) const {
    const std::int32_t row = branch_flow_.current(branch, side, conductor);
    if (row < 0) return std::nullopt;
    const std::size_t number = static_cast<std::size_t>(row), own = flow_.network().equations.currents.size();
    if (number < own) return equation_current(number);
    // a switch of no impedance carries what leaves the network behind it
    const MergedCurrent& merged = merged_[(number - own) / 2];
    if (!merged.determined) return std::nullopt;
    const double sign = side == 0 ? merged.sign : -merged.sign;
    AcPhasor phasor;
    for (const std::size_t k : merged.currents) add_equation_current(k, sign, phasor);
    for (const std::size_t k : merged.legs)
        phasor.legs.push_back({k, flow_.network().legs[k].head == merged.node ? -sign : sign});
    return phasor;
}

std::optional<AcQuantity> AcQuantities::voltage(std::int64_t bus, const PhaseVector& pick) const {
    const std::int32_t neutral = flow_.slot(bus, 3);
    const bool between_phases = pick.sum() == Complex{};  // the neutral cancels, and need not be swept
    const std::int32_t reference = neutral >= 0 && !between_phases ? neutral : flow_.network().terminals.ground();
    AcPhasor phasor;
    for (int c = 0; c < 3; ++c) {
        if (pick[c] == Complex{}) continue;
        const std::int32_t slot = flow_.slot(bus, c);
        if (slot < 0) return std::nullopt;
        phasor.terms.push_back({slot, reference, pick[c]});
    }
    return magnitude(std::move(phasor));
}

std::optional<AcQuantity> AcQuantities::current(std::int64_t branch, int side, int conductor) const {
    std::optional<AcPhasor> phasor = branch_current(branch, side, conductor);
    if (!phasor) return std::nullopt;
    return magnitude(std::move(*phasor));
}

std::optional<AcQuantity> AcQuantities::branch_power(std::int64_t branch, int side) const {
    const std::int64_t bus = side == 0 ? region_.branch.from_bus[branch] : region_.branch.to_bus[branch];
    AcQuantity power;
    for (int c = 0; c < conductor_count; ++c) {
        if (branch_flow_.current(branch, side, c) < 0) continue;
        std::optional<AcPhasor> phasor = branch_current(branch, side, c);
        if (!phasor) return std::nullopt;
        power.products.push_back({voltage_at(flow_.slot(bus, c)), std::move(*phasor)});
    }
    if (power.products.empty()) return std::nullopt;
    return power;
}

std::optional<AcQuantity> AcQuantities::winding_power(std::int64_t branch, int side, int coil) const {
    const AcTerminals& terminals = flow_.network().terminals;
    if (region_.branch.transformer[branch] < 0 || !region_.branch.closed[branch]) return std::nullopt;
    for (const CoilPair& pair : coil_pairs(region_, branch, terminals, flow_.network().taps)) {
        if (pair.coil != coil) continue;
        const std::size_t first = side == 0 ? 0 : 2;
        const double turns = side == 0 ? pair.from_turns : -pair.to_turns;
        AcQuantity power;
        AcQuantity::Product& product = power.products.emplace_back();
        product.voltage.terms.push_back({pair.node[first], pair.node[first + 1], 1.0});
        product.current.terms.push_back({pair.node[0], pair.node[1], pair.series * (turns * pair.from_turns)});
        product.current.terms.push_back({pair.node[2], pair.node[3], -pair.series * (turns * pair.to_turns)});
        if (side == 1)
            product.current.terms.push_back({pair.node[2], pair.node[3], -pair.core * (turns * pair.to_turns)});
        return power;
    }
    return std::nullopt;
}

AcQuantity AcQuantities::losses() const {
    const std::vector<AcCurrent>& currents = flow_.network().equations.currents;
    AcQuantity sum{AcQuantity::Measure::real_part, {}};
    for (std::size_t k = 0; k < currents.size(); ++k)
        sum.products.push_back({voltage_at(currents[k].node), equation_current(k)});
    return sum;
}

AcQuantity AcQuantities::head_power() const {
    const AcNetwork& net = flow_.network();
    AcQuantity sum{AcQuantity::Measure::real_part, {}};
    for (std::size_t k = 0; k < net.equations.currents.size(); ++k)
        if (net.equations.currents[k].node >= net.terminals.free_count)
            sum.products.push_back({voltage_at(net.equations.currents[k].node), equation_current(k)});
    for (std::size_t k = 0; k < net.legs.size(); ++k) {
        const auto [head, tail] = net.ends_at_source(net.legs[k]);
        if (head == tail) continue;
        AcQuantity::Product& product = sum.products.emplace_back();
        product.voltage.terms.push_back({head, tail, -1.0});
        product.current.legs.push_back({k, 1.0});
    }
    return sum;
}

}  // namespace headroom
