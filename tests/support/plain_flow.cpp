#include "tests/support/plain_flow.hpp"

#include <array>
#include <cmath>
#include <Eigen/Dense>
#include <numbers>

namespace headroom::test {
namespace {

using Complex = std::complex<double>;
using Phases = std::array<Complex, 3>;

Complex phasor(double magnitude, double degree) { return std::polar(magnitude, degree * std::numbers::pi / 180); }

struct Judge {
    const Region& region;
    std::size_t step;
    std::vector<Phases> power;                // [#bus] injected, phase by phase
    std::vector<Phases> flat, no_load, rise;  // [#bus]
    PlainFlow result;

    void inject(const std::vector<double>& p, const std::vector<double>& q) {
        power.assign(region.bus_count(), Phases{});
        for (std::size_t c = 0; c < region.customer_count(); ++c) {
            const auto bus = static_cast<std::size_t>(region.customer.bus[c]);
            const Complex s(p[c], q[c]);
            std::vector<std::size_t> on;
            for (std::size_t k = 0; k < 3; ++k)
                if (region.customer.phases[c] >> k & 1) on.push_back(k);
            if (region.customer.connection[c] == Connection::wye) {
                for (const std::size_t k : on) power[bus][k] += s / static_cast<double>(on.size());
                continue;
            }
            std::vector<std::array<std::size_t, 2>> pairs;
            if (on.size() == 3)
                pairs = {{0, 1}, {1, 2}, {2, 0}};
            else
                pairs = {{on[0], on[1]}};
            for (const auto& [a, b] : pairs) {
                const Complex va = flat[bus][a] / std::abs(flat[bus][a]), vb = flat[bus][b] / std::abs(flat[bus][b]);
                const Complex share = s / static_cast<double>(pairs.size());
                power[bus][a] += share * va / (va - vb);
                power[bus][b] += share * vb / (vb - va);
            }
        }
    }

    bool is_transformer(std::size_t k) const { return region.branch.kind[k] == BranchKind::transformer; }

    /// Dyn: each wye phase sees a pair of the delta side.
    Phases through_transformer(const Phases& v) const {
        const double ratio = region.transformer.to_voltage[0] / region.transformer.from_voltage[0];
        return {ratio * (v[0] - v[1]), ratio * (v[1] - v[2]), ratio * (v[2] - v[0])};
    }

    void set_no_load() {
        flat.resize(region.bus_count());
        no_load.resize(region.bus_count());
        for (std::size_t k = 0; k < 3; ++k) {
            flat[0][k] = phasor(region.bus.base_voltage[0], -120.0 * static_cast<double>(k));
            no_load[0][k] =
                phasor(region.series[0].slack_voltage[3 * step + k], region.series[0].slack_angle[3 * step + k]);
        }
        for (std::size_t k = 0; k < region.branch_count(); ++k) {
            const auto from = static_cast<std::size_t>(region.branch.from_bus[k]),
                       to = static_cast<std::size_t>(region.branch.to_bus[k]);
            flat[to] = is_transformer(k) ? through_transformer(flat[from]) : flat[from];
            no_load[to] = is_transformer(k) ? through_transformer(no_load[from]) : no_load[from];
        }
    }

    Complex impedance(std::size_t branch, std::size_t i, std::size_t j) const {
        if (is_transformer(branch))
            return i == j ? Complex(region.transformer.r[0], region.transformer.x[0]) : Complex{};
        const auto code = static_cast<std::size_t>(region.branch.line_code[branch]);
        return region.branch.length[branch] * Complex(region.line_code.r[code][i][j], region.line_code.x[code][i][j]);
    }

    /// The random feeders list branches from the slack bus outwards, so that one pass each way is enough.
    void sweep() {
        result.flow.assign(region.branch_count(), Phases{});
        std::vector<Phases> below = power;
        for (std::size_t k = region.branch_count(); k-- > 0;) {
            const auto from = static_cast<std::size_t>(region.branch.from_bus[k]),
                       to = static_cast<std::size_t>(region.branch.to_bus[k]);
            for (std::size_t i = 0; i < 3; ++i) {
                result.flow[k][i] = -below[to][i];
                if (!is_transformer(k)) below[from][i] += below[to][i];
            }
        }
        rise.assign(region.bus_count(), Phases{});
        for (std::size_t k = 0; k < region.branch_count(); ++k) {
            const auto from = static_cast<std::size_t>(region.branch.from_bus[k]),
                       to = static_cast<std::size_t>(region.branch.to_bus[k]);
            for (std::size_t i = 0; i < 3; ++i) {
                if (!is_transformer(k)) rise[to][i] += rise[from][i];
                for (std::size_t j = 0; j < 3; ++j)
                    if (flat[to][j] != Complex{})
                        rise[to][i] -= impedance(k, i, j) * std::conj(result.flow[k][j] / flat[to][j]);
            }
        }
        observe();
    }

    bool is_meshed() const { return region.branch_count() >= region.bus_count(); }

    /// Unknown: rises of all buses, then currents of all branches; an equation for each, phase by phase.
    void solve_mesh() {
        const auto buses = static_cast<Eigen::Index>(region.bus_count()),
                   branches = static_cast<Eigen::Index>(region.branch_count());
        Eigen::MatrixXcd a = Eigen::MatrixXcd::Zero(3 * (buses + branches), 3 * (buses + branches));
        Eigen::VectorXcd b = Eigen::VectorXcd::Zero(a.rows());
        const auto rise_at = [](std::int32_t bus, int phase) { return 3 * static_cast<Eigen::Index>(bus) + phase; };
        for (std::int32_t bus = 0; bus < buses; ++bus)
            for (int i = 0; i < 3; ++i) {  // what comes in, leaves; without supply, and at the source, nothing rises
                const auto at = static_cast<std::size_t>(bus), phase = static_cast<std::size_t>(i);
                const bool free = bus > 0 && (region.bus.phases[at] >> i & 1) != 0;
                if (!free) a(rise_at(bus, i), rise_at(bus, i)) = 1.0;
                if (free) b(rise_at(bus, i)) = -std::conj(power[at][phase] / flat[at][phase]);
            }
        for (Eigen::Index k = 0; k < branches; ++k)
            for (int i = 0; i < 3; ++i) {
                const auto branch = static_cast<std::size_t>(k);
                const std::int32_t from = region.branch.from_bus[branch], to = region.branch.to_bus[branch];
                const Eigen::Index current = 3 * (buses + k) + i;
                if ((region.branch.phases[branch] >> i & 1) == 0) {
                    a(current, current) = 1.0;
                    continue;
                }
                a(rise_at(to, i), current) += 1.0;
                if (from > 0) a(rise_at(from, i), current) -= 1.0;
                a(current, rise_at(to, i)) = 1.0;
                if (from > 0) a(current, rise_at(from, i)) = -1.0;
                for (int j = 0; j < 3; ++j)
                    a(current, 3 * (buses + k) + j) +=
                        impedance(branch, static_cast<std::size_t>(i), static_cast<std::size_t>(j));
            }
        const Eigen::VectorXcd x = a.partialPivLu().solve(b);
        rise.assign(region.bus_count(), Phases{});
        result.flow.assign(region.branch_count(), Phases{});
        for (std::size_t bus = 0; bus < region.bus_count(); ++bus)
            for (std::size_t i = 0; i < 3; ++i) rise[bus][i] = x(static_cast<Eigen::Index>(3 * bus + i));
        for (std::size_t k = 0; k < region.branch_count(); ++k)
            for (std::size_t i = 0; i < 3; ++i)
                result.flow[k][i] = flat[static_cast<std::size_t>(region.branch.to_bus[k])][i]
                                    * std::conj(x(3 * buses + static_cast<Eigen::Index>(3 * k + i)));
        observe();
    }

    void observe() {
        result.v_sq.resize(region.bus_count());
        result.pair_sq.resize(region.bus_count());
        for (std::size_t b = 0; b < region.bus_count(); ++b)
            for (std::size_t i = 0; i < 3; ++i) {
                const std::size_t j = (i + 1) % 3;
                result.v_sq[b][i] = first_order(no_load[b][i], flat[b][i], rise[b][i]);
                result.pair_sq[b][i] =
                    first_order(no_load[b][i] - no_load[b][j], flat[b][i] - flat[b][j], rise[b][i] - rise[b][j]);
            }
    }

    static double first_order(Complex at_no_load, Complex at_flat, Complex rise_of_it) {
        return std::norm(at_no_load) + 2 * (std::conj(at_flat) * rise_of_it).real();
    }
};

}  // namespace

PlainFlow plain_flow(const Region& region, std::size_t step, const std::vector<double>& p,
                     const std::vector<double>& q) {
    Judge judge{region, step, {}, {}, {}, {}, {}};
    judge.set_no_load();
    judge.inject(p, q);
    judge.is_meshed() ? judge.solve_mesh() : judge.sweep();
    return std::move(judge.result);
}

}  // namespace headroom::test
