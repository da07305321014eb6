#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/import/opendss/value.hpp"

namespace headroom::opendss {

/// Buses in the order they are met, and what their node numbers mean. Node 0 is ground, 1 to 3 are phases; one further
/// node (usually 4) may be the neutral.
class BusTable {
public:
    /// First pass: makes the bus known and counts what stands on its extra nodes.
    void use(const std::string& bus, int node);

    int row(const std::string& bus) const { return rows_.at(bus); }
    const std::vector<std::string>& names() const { return names_; }
    const std::vector<std::uint8_t>& phases() const { return phases_; }

    /// How many things stand on an extra node.
    int uses(const std::string& bus, int node) const;

    /// An extra node with one user: a star point that goes nowhere.
    bool is_lonely(const std::string& bus, int node) const { return uses(bus, node) == 1; }

    /// 0 ground, 1 to 3 phases, 4 neutral; marks the conductor as present at the bus. Throws InputError on a second
    /// extra node.
    int terminal(const std::string& bus, int node, const Location& where);

    /// The neutral of a bus that is ground there, for conductors that are earthed at this end alone. Throws InputError
    /// where the bus has a neutral of its own.
    int earthed_neutral(const std::string& bus, const Location& where);
    bool has_earthed_neutral(std::size_t row) const { return neutral_node_[row] == earthed; }

private:
    static constexpr int earthed = -1;

    struct Extra {
        int node = 0, uses = 0;
    };
    std::unordered_map<std::string, int> rows_;
    std::vector<std::string> names_;
    std::vector<std::uint8_t> phases_;
    std::vector<std::vector<Extra>> extra_;  ///< per bus
    std::vector<int> neutral_node_;          ///< per bus; 0: none yet, or `earthed`
};

}  // namespace headroom::opendss
