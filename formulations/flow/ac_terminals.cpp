#include "formulations/flow/ac_terminals.hpp"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <numeric>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

using T = TransformerColumns;

class DisjointSets {
public:
    explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }

    std::int32_t find(std::int32_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void join(std::int32_t a, std::int32_t b) { parent_[find(b)] = find(a); }

private:
    std::vector<std::int32_t> parent_;
};

/// Terminals are numbered bus by bus, star points of all branches follow.
class Terminals {
public:
    Terminals(const Region& region, std::int64_t feeder)
        : region_(region),
          slack_(region.feeder.slack_bus[feeder]),
          bus_end_(region.feeder.bus_offset[feeder + 1]),
          branch_end_(region.feeder.branch_offset[feeder + 1]),
          same_(count(region, feeder)),
          wired_(count(region, feeder)),
          grounded_(count(region, feeder), 0),
          supplied_(count(region, feeder), 0) {
        result_.bus_first = region.feeder.bus_offset[feeder];
        result_.branch_first = region.feeder.branch_offset[feeder];
        result_.merged.assign(static_cast<std::size_t>(branch_end_ - result_.branch_first), 0);
    }

    AcTerminals make(std::int64_t feeder) {
        for (std::int64_t k = result_.branch_first; k < branch_end_; ++k) {
            if (!region_.branch.closed[k]) continue;
            if (region_.branch.transformer[k] >= 0)
                wire_transformer(k);
            else
                wire_line(k);
        }
        for (std::int64_t k = region_.feeder.shunt_offset[feeder]; k < region_.feeder.shunt_offset[feeder + 1]; ++k)
            wire_shunt(k);
        for (int c = 0; c < conductor_count; ++c) touch_ground(terminal(slack_, c));
        supply();
        number();
        find_ungrounded();
        return std::move(result_);
    }

private:
    static std::size_t count(const Region& region, std::int64_t feeder) {
        const auto buses = region.feeder.bus_offset[feeder + 1] - region.feeder.bus_offset[feeder];
        const auto branches = region.feeder.branch_offset[feeder + 1] - region.feeder.branch_offset[feeder];
        return static_cast<std::size_t>(conductor_count * buses + 2 * branches);
    }
    std::int32_t terminal(std::int64_t bus, int conductor) const {
        return static_cast<std::int32_t>(conductor_count * (bus - result_.bus_first) + conductor);
    }
    std::int32_t star_terminal(std::int64_t branch, int side) const {
        return static_cast<std::int32_t>(conductor_count * (bus_end_ - result_.bus_first)
                                         + 2 * (branch - result_.branch_first) + side);
    }
    bool is_slack(std::int32_t t) const { return t / conductor_count == slack_ - result_.bus_first; }

    void touch_ground(std::int32_t t) { ground_touched_.push_back(t); }

    bool has_no_impedance(std::int64_t k) const {
        if (region_.branch.kind[k] != BranchKind::circuit_switch) return false;
        constexpr double least = 1e-9;  // ohm: nearer to zero than that, admittances drown everything else
        int zero = 0, conductors = 0;
        for (int c = 0; c < conductor_count; ++c) {
            if ((region_.branch.phases[k] >> c & 1) == 0) continue;
            const auto code = static_cast<std::size_t>(region_.branch.line_code[k]), i = static_cast<std::size_t>(c);
            const double z = std::hypot(region_.line_code.r[code][i][i], region_.line_code.x[code][i][i]);
            ++conductors;
            if (z * region_.branch.length[k] < least) ++zero;
        }
        if (zero != 0 && zero != conductors)
            throw InvalidFeeder(
                fmt::format("switch '{}' is without impedance on some of its conductors only", region_.branch.id[k]));
        return zero != 0;
    }

    void wire_line(std::int64_t k) {
        const bool merged = has_no_impedance(k);
        result_.merged[k - result_.branch_first] = merged;
        const auto code = static_cast<std::size_t>(region_.branch.line_code[k]);
        for (int c = 0; c < conductor_count; ++c) {
            if ((region_.branch.phases[k] >> c & 1) == 0) continue;
            const auto i = static_cast<std::size_t>(c);
            const std::int32_t from = terminal(region_.branch.from_bus[k], c),
                               to = terminal(region_.branch.to_bus[k], c);
            wired_.join(from, to);
            if (merged)
                same_.join(from, to);
            else if (region_.line_code.g[code][i][i] != 0.0 || region_.line_code.b[code][i][i] != 0.0)
                touch_ground(from);
        }
    }

    std::int32_t coil_terminal(std::int64_t k, int side, std::int8_t end) const {
        if (end == T::floating_star) return star_terminal(k, side);
        return terminal(side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k], end - T::terminal_a);
    }

    void wire_transformer(std::int64_t k) {
        const auto row = static_cast<std::size_t>(region_.branch.transformer[k]);
        for (std::size_t c = 0; c < 3; ++c) {
            const std::array<const std::array<std::int8_t, 2>*, 2> coil{&region_.transformer.from_coil[row][c],
                                                                        &region_.transformer.to_coil[row][c]};
            if ((*coil[0])[0] == T::unused) continue;
            std::array<std::int32_t, 2> some{-1, -1};  // a terminal of either side
            for (int side = 0; side < 2; ++side) {
                const std::array<std::int8_t, 2>& ends = *coil[side];
                for (const std::int8_t end : ends)
                    if (end != T::ground) some[side] = coil_terminal(k, side, end);
                if (ends[0] != T::ground && ends[1] != T::ground)
                    wired_.join(coil_terminal(k, side, ends[0]), coil_terminal(k, side, ends[1]));
                else if (some[side] >= 0)
                    touch_ground(some[side]);
            }
            if (some[0] >= 0 && some[1] >= 0) coupled_.emplace_back(some[0], some[1]);
        }
    }

    void wire_shunt(std::int64_t k) {
        std::complex<double> sum = 0.0;
        double size = 0.0;
        std::int32_t first = -1;
        for (int i = 0; i < conductor_count; ++i)
            for (int j = 0; j < conductor_count; ++j) {
                const auto r = static_cast<std::size_t>(i), c = static_cast<std::size_t>(j);
                const double g = region_.shunt.g[k][r][c], b = region_.shunt.b[k][r][c];
                if (g == 0.0 && b == 0.0) continue;
                if (first < 0) first = terminal(region_.shunt.bus[k], i);
                wired_.join(first, terminal(region_.shunt.bus[k], i));
                wired_.join(first, terminal(region_.shunt.bus[k], j));
                sum += std::complex(g, b);
                size += std::abs(g) + std::abs(b);
            }
        if (std::abs(sum) > 1e-12 * size) touch_ground(first);
    }

    void supply() {
        for (const std::int32_t t : ground_touched_) grounded_[wired_.find(t)] = 1;
        for (int c = 0; c < conductor_count; ++c)
            if (region_.bus.phases[slack_] >> c & 1) supplied_[wired_.find(terminal(slack_, c))] = 1;
        supply_neutrals();
        for (bool grows = true; grows;) {
            grows = false;
            for (const auto& [a, b] : coupled_) {
                char &from = supplied_[wired_.find(a)], &to = supplied_[wired_.find(b)];
                grows = grows || from != to;
                from = to = static_cast<char>(from | to);
            }
        }
    }

    /// A neutral on its own that is earthed needs no branch to the slack bus: it returns currents through the ground.
    void supply_neutrals() {
        std::vector<char> has_phase(grounded_.size(), 0);
        for (std::int64_t bus = result_.bus_first; bus < bus_end_; ++bus)
            for (int c = 0; c < 3; ++c) has_phase[wired_.find(terminal(bus, c))] = 1;
        for (std::int64_t bus = result_.bus_first; bus < bus_end_; ++bus)
            if (const std::int32_t part = wired_.find(terminal(bus, 3)); grounded_[part] && !has_phase[part])
                supplied_[part] = 1;
    }

    void number() {
        result_.node.assign(static_cast<std::size_t>(conductor_count * (bus_end_ - result_.bus_first)), -1);
        result_.star_node.assign(result_.merged.size(), {-1, -1});
        std::vector<std::int32_t> number(grounded_.size(), -1);
        for (const bool slack_turn : {false, true}) {
            for (std::int64_t bus = result_.bus_first; bus < bus_end_; ++bus)
                for (int c = 0; c < conductor_count; ++c)
                    if (region_.bus.phases[bus] >> c & 1)
                        give_number(terminal(bus, c), {static_cast<std::int32_t>(bus), static_cast<std::int8_t>(c)},
                                    slack_turn, number);
            if (!slack_turn) number_stars(number);
            (slack_turn ? result_.slack_count : result_.free_count) =
                static_cast<int>(result_.place.size()) - (slack_turn ? result_.free_count : 0);
        }
        for (std::size_t t = 0; t < result_.node.size(); ++t)
            result_.node[t] = number[same_.find(static_cast<std::int32_t>(t))];
    }

    void number_stars(std::vector<std::int32_t>& number) {
        for (std::int64_t k = result_.branch_first; k < branch_end_; ++k) {
            if (!region_.branch.closed[k] || region_.branch.transformer[k] < 0) continue;
            const auto row = static_cast<std::size_t>(region_.branch.transformer[k]);
            for (int side = 0; side < 2; ++side) {
                const T::Coils& coils =
                    side == 0 ? region_.transformer.from_coil[row] : region_.transformer.to_coil[row];
                bool floats = false;
                for (const auto& coil : coils)
                    floats = floats || coil[0] == T::floating_star || coil[1] == T::floating_star;
                if (!floats) continue;
                const std::int32_t t = star_terminal(k, side),
                                   bus = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
                give_number(t, {bus, AcTerminals::star}, false, number);
                result_.star_node[k - result_.branch_first][side] = number[t];
            }
        }
    }

    /// Free terminals are numbered first; what is one node with a terminal of the slack bus waits for its turn.
    void give_number(std::int32_t t, AcTerminals::Place place, bool slack_turn, std::vector<std::int32_t>& number) {
        const std::int32_t root = same_.find(t);
        if (number[root] >= 0 || !supplied_[wired_.find(t)]) return;
        if (slack_turn ? !is_slack(t) : joined_with_slack(root)) return;
        number[root] = static_cast<std::int32_t>(result_.place.size());
        result_.place.push_back(place);
    }

    bool joined_with_slack(std::int32_t root) {
        for (int c = 0; c < conductor_count; ++c)
            if (same_.find(terminal(slack_, c)) == root) return true;
        return false;
    }

    void find_ungrounded() {
        std::vector<std::vector<std::int32_t>> best(grounded_.size());
        for (std::int64_t bus = result_.bus_first; bus < bus_end_; ++bus) {
            std::vector<std::pair<std::int32_t, std::int32_t>> here;  // part of the network, node
            for (int c = 0; c < 3; ++c)
                if (const std::int32_t node = result_.of(bus, c); node >= 0)
                    here.emplace_back(wired_.find(terminal(bus, c)), node);
            for (const auto& [part, node] : here) {
                std::vector<std::int32_t> nodes;
                for (const auto& [other, other_node] : here)
                    if (other == part) nodes.push_back(other_node);
                if (!grounded_[part] && nodes.size() > best[part].size()) best[part] = nodes;
            }
        }
        for (std::vector<std::int32_t>& nodes : best)
            if (!nodes.empty()) result_.ungrounded.push_back(std::move(nodes));
    }

    const Region& region_;
    std::int32_t slack_;
    std::int64_t bus_end_, branch_end_;
    DisjointSets same_, wired_;              ///< one node; joined by conductors and coils of one side
    std::vector<char> grounded_, supplied_;  ///< [#terminal], at the root of wired_
    std::vector<std::int32_t> ground_touched_;
    std::vector<std::pair<std::int32_t, std::int32_t>> coupled_;  ///< terminals that a coil pair couples
    AcTerminals result_;
};

}  // namespace

AcTerminals ac_terminals(const Region& region, std::int64_t feeder) { return Terminals(region, feeder).make(feeder); }

}  // namespace headroom
