#include "io/import/opendss/bus_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::opendss {

void BusTable::use(const std::string& bus, int node) {
    const auto [entry, is_new] = rows_.try_emplace(bus, static_cast<int>(names_.size()));
    if (is_new) {
        names_.push_back(bus);
        phases_.push_back(0);
        extra_.emplace_back();
        neutral_node_.push_back(0);
    }
    if (node < 4) return;
    auto& extra = extra_[entry->second];
    const auto found = std::ranges::find(extra, node, &Extra::node);
    if (found == extra.end())
        extra.push_back({node, 1});
    else
        ++found->uses;
}

int BusTable::uses(const std::string& bus, int node) const {
    const auto& extra = extra_[row(bus)];
    const auto found = std::ranges::find(extra, node, &Extra::node);
    return found == extra.end() ? 0 : found->uses;
}

int BusTable::terminal(const std::string& bus, int node, const Location& where) {
    if (node == 0) return 0;
    const int index = row(bus), terminal = std::min(node, 4);
    if (terminal == 4) {
        if (neutral_node_[index] == 0) neutral_node_[index] = node;
        if (neutral_node_[index] == earthed)
            fail(where,
                 fmt::format("bus '{}' has node {} beside a conductor that is grounded there and is a neutral at "
                             "its other end: one neutral can be held",
                             bus, node));
        if (neutral_node_[index] != node)
            fail(where, fmt::format("bus '{}' has nodes {} and {} beside its phases: one neutral can be held", bus,
                                    neutral_node_[index], node));
    }
    phases_[index] = static_cast<std::uint8_t>(phases_[index] | (1u << (terminal - 1)));
    return terminal;
}

int BusTable::earthed_neutral(const std::string& bus, const Location& where) {
    const int index = row(bus);
    if (neutral_node_[index] == 0) neutral_node_[index] = earthed;
    if (neutral_node_[index] != earthed)
        fail(where,
             fmt::format("bus '{}' has node {} beside a conductor that is grounded there and is a neutral at its "
                         "other end: one neutral can be held",
                         bus, neutral_node_[index]));
    phases_[index] = static_cast<std::uint8_t>(phases_[index] | (1u << 3));
    return 4;
}

}  // namespace headroom::opendss
