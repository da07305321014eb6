#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/LU>
#include <Eigen/SparseLU>

#include "formulations/network/region.hpp"

namespace headroom::test {

using Complex = std::complex<double>;

/// Node voltages of a region of one feeder at one step: the plain nodal fixed point V = Y^-1 I(V), the customers as
/// currents. Slow and obvious; it judges importers against voltages published elsewhere and shares nothing with
/// formulations/flow. Radial or meshed; what nothing feeds is left at zero by a leak of 1e-12 S at every node.
///
/// Powers follow the ZIP shares inside [v_min, v_max] per unit of the customer's rated voltage. Outside they do what
/// OpenDSS does (Vminpu, Vmaxpu): impedances above, a current that falls linearly to the rated impedance's at 0.5 p.u.
/// below, and loads of linear P and quadratic Q (its model 4) as if they were of constant power. Active customers are
/// constant power at any voltage but for that window.
class PlainPowerFlow {
public:
    PlainPowerFlow(const Region& region, std::size_t step, double v_min = -1.0, double v_max = 1e9)
        : region_(region), step_(step), v_min_(v_min), v_max_(v_max) {
        number_nodes();
        for (std::size_t k = 0; k < region.branch_count(); ++k) {
            if (!region.branch.closed[k]) continue;
            if (region.branch.transformer[k] >= 0)
                add_transformer(k);
            else
                add_line(k);
        }
        for (std::size_t k = 0; k < region.shunt.id.size(); ++k) add_shunt(k);
    }

    /// Solves until no voltage changes by more than this share of the largest; false: no convergence.
    bool solve(double tolerance = 1e-9) {
        const int slack = 3, free = node_count_ - slack;
        Eigen::SparseMatrix<Complex> y(free, free);
        std::vector<Eigen::Triplet<Complex>> inner;
        Eigen::VectorXcd fixed = Eigen::VectorXcd::Zero(free), v_slack(slack);
        const SeriesSet& set = region_.series.front();
        for (int k = 0; k < slack; ++k)
            v_slack[k] = std::polar(set.slack_voltage[step_ * 3 + k], set.slack_angle[step_ * 3 + k] * M_PI / 180.0);
        for (const auto& t : entries_) {
            if (t.row() < slack) continue;
            if (t.col() < slack)
                fixed[t.row() - slack] -= t.value() * v_slack[t.col()];
            else
                inner.emplace_back(t.row() - slack, t.col() - slack, t.value());
        }
        for (int k = 0; k < free; ++k) inner.emplace_back(k, k, Complex(1e-12, 0.0));
        y.setFromTriplets(inner.begin(), inner.end());
        Eigen::SparseLU<Eigen::SparseMatrix<Complex>> lu(y);
        if (lu.info() != Eigen::Success) return false;
        v_.resize(node_count_);
        v_.head(slack) = v_slack;
        v_.tail(free) = lu.solve(fixed);
        for (int iteration = 0; iteration < 500; ++iteration) {
            const Eigen::VectorXcd next = lu.solve(fixed + customer_currents().tail(free));
            const double change = (next - v_.tail(free)).cwiseAbs().maxCoeff() / next.cwiseAbs().maxCoeff();
            v_.tail(free) = next;
            if (change < tolerance) return true;
        }
        return false;
    }

    /// Voltage of terminal 1..4 of a bus, to ground.
    Complex voltage(int bus, int terminal) const { return v_[node_.at({bus, terminal})]; }
    bool has(int bus, int terminal) const { return node_.contains({bus, terminal}); }

private:
    void number_nodes() {
        const int slack = region_.feeder.slack_bus[0];
        for (int t = 1; t <= 3; ++t) node_[{slack, t}] = node_count_++;
        for (int bus = 0; bus < int(region_.bus_count()); ++bus)
            for (int t = 1; t <= 4; ++t)
                if (bus != slack && (region_.bus.phases[bus] >> (t - 1) & 1)) node_[{bus, t}] = node_count_++;
    }

    void add(int row, int column, Complex y) {
        if (row >= 0 && column >= 0) entries_.emplace_back(row, column, y);
    }

    int node(int bus, int terminal) { return terminal == 0 ? -1 : node_.at({bus, terminal}); }

    void add_line(std::size_t k) {
        const BranchColumns& b = region_.branch;
        std::vector<int> position;
        for (int t = 0; t < 4; ++t)
            if (b.phases[k] >> t & 1) position.push_back(t);
        const int code = b.line_code[k], n = int(position.size());
        Eigen::MatrixXcd z(n, n), half(n, n);
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
                const int r = position[i], c = position[j];
                z(i, j) = b.length[k] * Complex(region_.line_code.r[code][r][c], region_.line_code.x[code][r][c]);
                half(i, j) =
                    0.5 * b.length[k] * Complex(region_.line_code.g[code][r][c], region_.line_code.b[code][r][c]);
            }
        const Eigen::MatrixXcd y = z.inverse();
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
                const int fi = node(b.from_bus[k], position[i] + 1), fj = node(b.from_bus[k], position[j] + 1);
                const int ti = node(b.to_bus[k], position[i] + 1), tj = node(b.to_bus[k], position[j] + 1);
                add(fi, fj, y(i, j) + half(i, j));
                add(ti, tj, y(i, j) + half(i, j));
                add(fi, tj, -y(i, j));
                add(ti, fj, -y(i, j));
            }
    }

    void add_transformer(std::size_t k) {
        const TransformerColumns& t = region_.transformer;
        const int row = region_.branch.transformer[k];
        const int star[2] = {node_count_, node_count_ + 1};
        int pairs = 0;
        bool used[2] = {false, false};
        while (pairs < 3 && t.to_coil[row][pairs][0] >= 0) ++pairs;
        const Complex z(t.r[row], t.x[row] == 0.0 && t.r[row] == 0.0 ? 1e-9 : t.x[row]);
        for (int c = 0; c < pairs; ++c) {
            const double vf = t.from_voltage[row] * t.from_tap[row][c], vt = t.to_voltage[row] * t.to_tap[row][c];
            const double rated = t.to_voltage[row];
            const Complex y1 = rated * rated / z;  // per squared volt per turn
            const Complex core = Complex(t.no_load_loss[row], -t.magnetising_power[row]) / double(pairs);
            int end[4];
            double weight[4] = {1 / vf, -1 / vf, -1 / vt, 1 / vt};
            for (int side = 0; side < 2; ++side)
                for (int e = 0; e < 2; ++e) {
                    const auto& coil = side == 0 ? t.from_coil[row][c] : t.to_coil[row][c];
                    const int bus = side == 0 ? region_.branch.from_bus[k] : region_.branch.to_bus[k];
                    const bool floats = coil[e] == TransformerColumns::floating_star;
                    used[side] = used[side] || floats;
                    end[2 * side + e] = floats ? star[side] : node(bus, coil[e]);
                }
            for (int i = 0; i < 4; ++i)
                for (int j = 0; j < 4; ++j) {
                    add(end[i], end[j], y1 * weight[i] * weight[j]);
                    if (i >= 2 && j >= 2) add(end[i], end[j], core * weight[i] * weight[j]);
                }
        }
        if (used[0] || used[1]) node_count_ += 2;
    }

    void add_shunt(std::size_t k) {
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 4; ++j) {
                const Complex y(region_.shunt.g[k][i][j], region_.shunt.b[k][i][j]);
                if (y != 0.0) add(node(region_.shunt.bus[k], i + 1), node(region_.shunt.bus[k], j + 1), y);
            }
    }

    Eigen::VectorXcd customer_currents() {
        Eigen::VectorXcd current = Eigen::VectorXcd::Zero(node_count_);
        const CustomerColumns& c = region_.customer;
        for (std::size_t k = 0; k < region_.customer_count(); ++k) {
            std::vector<int> phase;
            for (int t = 1; t <= 3; ++t)
                if (c.phases[k] >> (t - 1) & 1) phase.push_back(t);
            std::vector<std::pair<int, int>> pairs;
            const int neutral = region_.bus.phases[c.bus[k]] & phase::neutral ? 4 : 0;
            for (std::size_t i = 0; i < phase.size(); ++i) {
                if (c.connection[k] == Connection::wye)
                    pairs.emplace_back(phase[i], neutral);
                else if (phase.size() == 3 || i == 0)
                    pairs.emplace_back(phase[i], phase[(i + 1) % phase.size()]);
            }
            for (const auto& [a, b] : pairs) add_current(current, k, a, b, double(pairs.size()));
        }
        return current;
    }

    void add_current(Eigen::VectorXcd& current, std::size_t k, int a, int b, double share) {
        const CustomerColumns& c = region_.customer;
        const SeriesSet& set = region_.series.front();
        const int head = node(c.bus[k], a), tail = node(c.bus[k], b);
        const Complex v = v_[head] - (tail < 0 ? Complex(0.0) : v_[tail]);
        const double base =
            region_.bus.base_voltage[c.bus[k]] * (c.connection[k] == Connection::delta ? std::sqrt(3.0) : 1.0);
        const double pu = std::abs(v) / (std::isnan(c.rated_voltage[k]) ? base : c.rated_voltage[k]);
        const bool reduction = c.zip_p[k][1] == 1.0 && c.zip_q[k][0] == 1.0;
        const auto factor = [&](std::array<double, 3> zip) {
            if (c.active[k]) zip = {0, 0, 1};
            if (pu > v_min_ && pu <= v_max_) return zip[0] * pu * pu + zip[1] * pu + zip[2];
            if (reduction && !c.active[k]) zip = {0, 0, 1};
            return pu * outside_current(zip, pu);
        };
        const std::size_t at = step_ * region_.customer_count() + k;
        Complex s(set.p_forecast[at] * factor(c.zip_p[k]), set.q_forecast[at] * factor(c.zip_q[k]));
        if (c.reactive_mode[k] == ReactiveMode::volt_var)
            s.imag(curve_power(k, std::abs(v) / (std::isnan(c.rated_voltage[k]) ? base : c.rated_voltage[k]),
                               set.p_forecast[at]));
        const Complex i = std::conj(s / share / v);
        current[head] += i;
        if (tail >= 0) current[tail] -= i;
    }

    /// Q of a Volt-VAr curve at a voltage per unit of the rated one.
    double curve_power(std::size_t k, double pu, double p) const {
        const auto &v = region_.volt_var.voltage[region_.customer.volt_var[k]],
                   &q = region_.volt_var.q[region_.customer.volt_var[k]];
        std::size_t next = 1;
        while (next < v.size() && v[next] < pu) ++next;  // comparisons with NaN, behind the last point, are false
        double y = q[next - 1];
        if (pu <= v[0])
            y = q[0];
        else if (next < v.size() && !std::isnan(v[next]))
            y += (pu - v[next - 1]) / (v[next] - v[next - 1]) * (q[next] - q[next - 1]);
        double most = y > 0 ? region_.customer.q_inject_max[k] : region_.customer.q_absorb_max[k];
        if (const double apparent = region_.customer.apparent_max[k]; !std::isnan(apparent))
            most = std::min(most, apparent > std::abs(p) ? std::sqrt(apparent * apparent - p * p) : 0.0);
        return y * most;
    }

    /// Per unit of the rated current, in phase with the voltage.
    double outside_current(const std::array<double, 3>& zip, double pu) const {
        if (pu > v_max_) return zip[0] * pu + zip[1] * pu / v_max_ + zip[2] * pu / (v_max_ * v_max_);
        constexpr double low = 0.5;
        if (pu <= low) return pu;
        const double along = (pu - low) / (v_min_ - low);
        return zip[0] * pu + zip[1] * (low + along * (1.0 - low)) + zip[2] * (low + along * (1.0 / v_min_ - low));
    }

    const Region& region_;
    std::size_t step_;
    double v_min_, v_max_;
    std::map<std::pair<int, int>, int> node_;
    int node_count_ = 0;
    std::vector<Eigen::Triplet<Complex>> entries_;
    Eigen::VectorXcd v_;
};

}  // namespace headroom::test
