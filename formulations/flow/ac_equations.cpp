#include "formulations/flow/ac_equations.hpp"

#include <fmt/format.h>

#include <cmath>
#include <Eigen/LU>

#include "formulations/flow/coil_pair.hpp"
#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;
using Matrix = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, 0, conductor_count, conductor_count>;

class Equations {
public:
    Equations(const Region& region, const AcTerminals& terminals, TapPositions taps)
        : region_(region), terminals_(terminals), taps_(taps) {}

    AcEquations make(std::int64_t feeder) {
        for (std::int64_t k = region_.feeder.branch_offset[feeder]; k < region_.feeder.branch_offset[feeder + 1]; ++k) {
            if (!region_.branch.closed[k] || terminals_.merged[k - terminals_.branch_first]) continue;
            if (region_.branch.transformer[k] >= 0)
                add_transformer(k);
            else
                add_line(k);
        }
        for (std::int64_t k = region_.feeder.shunt_offset[feeder]; k < region_.feeder.shunt_offset[feeder + 1]; ++k)
            add_shunt(k);
        for (const std::vector<std::int32_t>& nodes : terminals_.ungrounded) add_tie(nodes);
        return std::move(result_);
    }

private:
    void begin(std::int32_t node, std::int64_t bus, std::int64_t branch, int side, int conductor) {
        const auto at = static_cast<std::int32_t>(result_.terms.size());
        result_.currents.push_back({node, static_cast<std::int32_t>(bus), branch, static_cast<std::int8_t>(side),
                                    static_cast<std::int8_t>(conductor), at, at});
    }
    void add(std::int32_t plus, std::int32_t minus, Complex y) {
        if (y == 0.0 || plus == minus) return;
        result_.terms.push_back({plus, minus, y});
        ++result_.currents.back().term_end;
    }

    Complex per_length(const std::vector<ConductorMatrix>& re, const std::vector<ConductorMatrix>& im, std::int64_t k,
                       int i, int j) const {
        const auto code = static_cast<std::size_t>(region_.branch.line_code[k]);
        const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
        return region_.branch.length[k] * Complex(re[code][row][column], im[code][row][column]);
    }

    void add_line(std::int64_t k) {
        // A conductor that nothing feeds carries no current: it has no say in the others' impedances.
        std::vector<int> live;
        for (int c = 0; c < conductor_count; ++c)
            if ((region_.branch.phases[k] >> c & 1) && terminals_.of(region_.branch.from_bus[k], c) >= 0)
                live.push_back(c);
        const auto n = static_cast<Eigen::Index>(live.size());
        if (n == 0) return;
        Matrix z(n, n);
        for (Eigen::Index i = 0; i < n; ++i)
            for (Eigen::Index j = 0; j < n; ++j)
                z(i, j) = per_length(region_.line_code.r, region_.line_code.x, k, live[i], live[j]);
        const Matrix y = z.inverse();
        if (!y.allFinite())
            throw InvalidFeeder(fmt::format("the impedance matrix of branch '{}' is singular", region_.branch.id[k]));
        for (int side = 0; side < 2; ++side) {
            const std::int64_t here = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
            const std::int64_t there = side == 0 ? region_.branch.to_bus[k] : region_.branch.from_bus[k];
            for (Eigen::Index i = 0; i < n; ++i) {
                begin(terminals_.of(here, live[i]), here, k, side, live[i]);
                for (Eigen::Index j = 0; j < n; ++j)
                    add(terminals_.of(here, live[j]), terminals_.of(there, live[j]), 0.5 * (y(i, j) + y(j, i)));
                for (Eigen::Index j = 0; j < n; ++j)
                    add(terminals_.of(here, live[j]), terminals_.ground(),
                        0.5 * per_length(region_.line_code.g, region_.line_code.b, k, live[i], live[j]));
            }
        }
    }

    void add_transformer(std::int64_t k) {
        const std::vector<CoilPair> pairs = coil_pairs(region_, k, terminals_, taps_);
        for (int side = 0; side < 2; ++side) {
            const std::int64_t bus = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
            for (int conductor = 0; conductor <= AcTerminals::star; ++conductor) {
                bool begun = false;
                for (const CoilPair& pair : pairs)
                    for (int e = 2 * side; e < 2 * side + 2; ++e) {
                        if (pair.conductor[e] != conductor) continue;
                        if (!begun) begin(pair.node[e], bus, k, side, conductor);
                        begun = true;
                        const double sign = (e == 0 || e == 3) ? 1.0 : -1.0;
                        const double turns = sign * (side == 0 ? pair.from_turns : pair.to_turns);
                        add(pair.node[0], pair.node[1], pair.series * (turns * pair.from_turns));
                        add(pair.node[2], pair.node[3], -pair.series * (turns * pair.to_turns));
                        if (side == 1) add(pair.node[2], pair.node[3], -pair.core * (turns * pair.to_turns));
                    }
            }
        }
    }

    void add_shunt(std::int64_t k) {
        for (int i = 0; i < conductor_count; ++i) {
            const std::int32_t node = terminals_.of(region_.shunt.bus[k], i);
            if (node < 0) continue;
            begin(node, region_.shunt.bus[k], -1, 0, i);
            for (int j = 0; j < conductor_count; ++j) {
                const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
                const std::int32_t other = terminals_.of(region_.shunt.bus[k], j);
                if (other >= 0)
                    add(other, terminals_.ground(), {region_.shunt.g[k][row][column], region_.shunt.b[k][row][column]});
            }
        }
    }

    /// Kirchhoff's law leaves this tie no current, however large its admittance: it only settles the mean.
    void add_tie(const std::vector<std::int32_t>& nodes) {
        double size = 0.0;
        for (const AcCurrent& current : result_.currents)
            if (std::find(nodes.begin(), nodes.end(), current.node) != nodes.end())
                for (std::int32_t t = current.term_begin; t < current.term_end; ++t)
                    size = std::max(size, std::abs(result_.terms[t].y));
        for (const std::int32_t node : nodes) {
            begin(node, terminals_.place[node].bus, -1, 0, terminals_.place[node].conductor);
            for (const std::int32_t other : nodes)
                add(other, terminals_.ground(), size / static_cast<double>(nodes.size() * nodes.size()));
        }
    }

    const Region& region_;
    const AcTerminals& terminals_;
    TapPositions taps_;
    AcEquations result_;
};

}  // namespace

AcEquations ac_equations(const Region& region, std::int64_t feeder, const AcTerminals& terminals, TapPositions taps) {
    return Equations(region, terminals, taps).make(feeder);
}

}  // namespace headroom
