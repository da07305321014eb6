#include "formulations/flow/ac_network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

/// Pairs of conductors between which a customer is connected; -1: ground.
std::vector<std::array<int, 2>> connected_pairs(const Region& region, std::size_t customer) {
    const CustomerColumns& c = region.customer;
    std::vector<int> phases;
    for (int p = 0; p < 3; ++p)
        if (c.phases[customer] >> p & 1) phases.push_back(p);
    const bool explicit_neutral = (region.bus.phases[c.bus[customer]] & phase::neutral) != 0;
    std::vector<std::array<int, 2>> pairs;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        if (c.connection[customer] == Connection::wye)
            pairs.push_back({phases[i], explicit_neutral ? 3 : -1});
        else if (phases.size() == 3 || i == 0)
            pairs.push_back({phases[i], phases[(i + 1) % phases.size()]});
    }
    return pairs;
}

bool follows_curve(const Region& region, std::size_t customer) {
    return region.customer.reactive_mode[customer] == ReactiveMode::volt_var;
}

LoadShares declared(const Region& region, std::size_t customer) {
    LoadShares shares;
    if (!region.customer.active[customer]) shares = {region.customer.zip_p[customer], region.customer.zip_q[customer]};
    if (follows_curve(region, customer)) shares.q = {0, 0, 0};
    return shares;
}

/// Outside its window a load of linear P and quadratic Q (conservation voltage reduction) is taken for constant power.
LoadShares beyond_window(const LoadShares& shares) {
    const bool reduction = shares.p[1] == 1.0 && shares.q[0] == 1.0;
    return reduction ? LoadShares{} : shares;
}

void add_customer(const Region& region, std::int64_t row, AcNetwork& net) {
    const auto k = static_cast<std::size_t>(row);
    const std::int32_t bus = region.customer.bus[k], number = static_cast<std::int32_t>(row - net.customer_first);
    const auto pairs = connected_pairs(region, k);
    const auto node = [&](int conductor) {
        return conductor < 0 ? net.terminals.ground() : net.terminals.of(bus, conductor);
    };
    for (const auto& [head, tail] : pairs) {
        if (node(head) >= 0 && node(tail) >= 0) continue;
        if (node(head) >= 0 && tail == 3)
            throw InvalidFeeder(fmt::format("the neutral of customer '{}' leads nowhere", region.customer.id[k]));
        if (region.customer.active[k])
            throw InvalidFeeder(fmt::format("no branch feeds active customer '{}'", region.customer.id[k]));
        net.unfed_customers.push_back(number);
        return;
    }
    const bool delta = region.customer.connection[k] == Connection::delta;
    const double base = region.bus.base_voltage[bus] * (delta ? std::numbers::sqrt3 : 1.0);
    const double rated = region.customer.rated_voltage[k];
    const LoadShares inside = declared(region, k);
    CustomerLeg leg{.customer = number,
                    .head = 0,
                    .tail = 0,
                    .share = 1.0 / static_cast<double>(pairs.size()),
                    .rated_voltage = std::isnan(rated) ? base : rated,
                    .inside = inside,
                    .outside = region.customer.active[k] ? inside : beyond_window(inside),
                    .volt_var = -1};
    if (follows_curve(region, k)) {
        leg.volt_var = static_cast<std::int32_t>(net.volt_vars.size());
        net.volt_vars.push_back(volt_var_law(region, k, leg.share, leg.rated_voltage));
    }
    for (const auto& [head, tail] : pairs) {
        leg.head = node(head);
        leg.tail = node(tail);
        net.legs.push_back(leg);
    }
}

}  // namespace

AcNetwork ac_network(const Region& region, std::int64_t feeder, TapPositions taps) {
    AcNetwork net;
    net.feeder = feeder;
    net.customer_first = region.feeder.customer_offset[feeder];
    net.customer_count = region.feeder.customer_offset[feeder + 1] - net.customer_first;
    net.taps = taps;
    net.terminals = ac_terminals(region, feeder);
    net.equations = ac_equations(region, feeder, net.terminals, taps);
    for (const AcTerminals::Place& place : net.terminals.place)
        net.base_voltage.push_back(region.bus.base_voltage[place.bus]);
    for (std::int64_t row = 0; row < net.customer_count; ++row) add_customer(region, net.customer_first + row, net);
    return net;
}

std::vector<ComplexEntry> AcNetwork::admittance() const {
    std::vector<ComplexEntry> entries;
    const auto add = [&](std::int32_t row, std::int32_t column, std::complex<double> y) {
        if (column <= row) entries.push_back({row, column, y});
    };
    for (const AcCurrent& current : equations.currents) {
        if (current.node >= terminals.free_count) continue;
        for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
            const AcTerm& term = equations.terms[t];
            add(current.node, term.plus, term.y);
            add(current.node, term.minus, -term.y);
        }
    }
    return entries;
}

std::vector<ComplexEntry> AcNetwork::slack_admittance() const {
    std::vector<ComplexEntry> entries;
    const auto add = [&](std::int32_t row, std::int32_t column, std::complex<double> y) {
        if (column >= terminals.free_count && column != terminals.ground())
            entries.push_back({row, column - terminals.free_count, y});
    };
    for (const AcCurrent& current : equations.currents) {
        if (current.node >= terminals.free_count) continue;
        for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
            add(current.node, equations.terms[t].plus, equations.terms[t].y);
            add(current.node, equations.terms[t].minus, -equations.terms[t].y);
        }
    }
    return entries;
}

std::array<std::int32_t, 2> AcNetwork::ends_at_source(const CustomerLeg& leg) const {
    const auto held = [&](std::int32_t node) { return node < terminals.free_count ? terminals.ground() : node; };
    return {held(leg.head), held(leg.tail)};
}

}  // namespace headroom
