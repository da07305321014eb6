#include "formulations/flow/ac_newton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formulations/flow/ac_jacobian.hpp"
#include "solver/lu/sparse_lu.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;

/// p.u.: steps below this one are taken as they are. There the method converges in a step or two, and |F| may be only
/// rounding, large as admittances are.
constexpr double small_step = 1e-6;

class Newton {
public:
    Newton(const AcNetwork& net, const AcSettings& settings, std::span<const Complex> power, std::span<Complex> voltage)
        : net_(net),
          settings_(settings),
          power_(power),
          v_(voltage),
          free_(net.terminals.free_count),
          mismatch_(voltage.size()) {}

    NewtonAnswer run() {
        std::fill_n(v_.begin(), free_, Complex(0.0));
        write_jacobian(net_, {}, entries_);
        SparseLu without_load(2 * free_, entries_);
        if (!without_load.factorise(entries_)) return answer_;
        evaluate(false);
        step(without_load);
        apply(1.0);

        linearise();
        SparseLu lu(2 * free_, entries_);
        double norm = evaluate(true);
        while (answer_.steps < settings_.newton_limit && std::isfinite(norm)) {
            ++answer_.steps;
            const bool was_small = answer_.steps > 1 && answer_.change <= small_step;
            linearise();
            if (!lu.factorise(entries_)) break;
            step(lu);
            const double reached = descend(norm);
            if (!(reached < norm) && answer_.change > small_step) break;
            norm = reached;
            answer_.converged = answer_.change <= settings_.tolerance
                                || (was_small && answer_.change <= small_step && only_rounding_is_left());
            if (answer_.converged) break;
        }
        return answer_;
    }

private:
    /// F at the voltages at hand: its norm, and in answer_ its largest entry.
    double evaluate(bool with_load) {
        std::fill(mismatch_.begin(), mismatch_.end(), Complex(0.0));
        for (const AcCurrent& current : net_.equations.currents)
            for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
                const AcTerm& term = net_.equations.terms[t];
                mismatch_[current.node] += term.y * (v_[term.plus] - v_[term.minus]);
            }
        if (with_load)
            for (const CustomerLeg& leg : net_.legs) {
                const Complex i =
                    leg_current(net_, leg, settings_, power_[leg.customer], v_[leg.head] - v_[leg.tail]).i;
                mismatch_[leg.head] -= i;
                mismatch_[leg.tail] += i;
            }
        double sum = 0.0;
        answer_.mismatch = 0.0;
        for (std::int32_t node = 0; node < free_; ++node) {
            const double power = std::abs(mismatch_[node]) * net_.base_voltage[node];
            sum += power * power;
            if (power > answer_.mismatch) answer_.mismatch = power, answer_.node = node;
        }
        return std::sqrt(sum);
    }

    /// Whether the mismatch of every node is one that rounding its neighbours' voltages makes: further steps only
    /// follow that, and where little holds a voltage (a zero sequence held by millionths) they never get below a
    /// tolerance.
    bool only_rounding_is_left() const {
        std::vector<double> rounding(mismatch_.size(), 0.0);
        for (const AcCurrent& current : net_.equations.currents)
            for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
                const AcTerm& term = net_.equations.terms[t];
                rounding[current.node] += std::abs(term.y) * (std::abs(v_[term.plus]) + std::abs(v_[term.minus]));
            }
        for (std::int32_t node = 0; node < free_; ++node)
            if (!(std::abs(mismatch_[node]) <= std::numeric_limits<double>::epsilon() * rounding[node])) return false;
        return true;
    }

    void linearise() {
        legs_.clear();
        for (const CustomerLeg& leg : net_.legs)
            legs_.push_back(leg_current(net_, leg, settings_, power_[leg.customer], v_[leg.head] - v_[leg.tail]));
        write_jacobian(net_, legs_, entries_);
    }

    /// Jacobian dV = -F.
    void step(const SparseLu& lu) {
        step_.resize(2 * static_cast<std::size_t>(free_));
        for (std::int32_t node = 0; node < free_; ++node) {
            step_[2 * node] = -mismatch_[node].real();
            step_[2 * node + 1] = -mismatch_[node].imag();
        }
        lu.solve(step_);
        answer_.change = 0.0;
        for (std::int32_t node = 0; node < free_; ++node) {
            const double size = std::hypot(step_[2 * node], step_[2 * node + 1]) / net_.base_voltage[node];
            answer_.change = size <= answer_.change ? answer_.change : size;
        }
    }

    void apply(double share) {
        for (std::int32_t node = 0; node < free_; ++node)
            v_[node] += share * Complex(step_[2 * node], step_[2 * node + 1]);
    }

    /// Goes the longest of the halved steps that lowers |F|.
    double descend(double norm) {
        apply(1.0);
        double reached = evaluate(true);
        for (double share = 1.0; !(reached < norm) && answer_.change > small_step && share > 1e-4; share *= 0.5) {
            apply(-0.5 * share);
            reached = evaluate(true);
        }
        return reached;
    }

    const AcNetwork& net_;
    const AcSettings& settings_;
    std::span<const Complex> power_;
    std::span<Complex> v_;
    std::int32_t free_;
    std::vector<Complex> mismatch_;
    std::vector<LegCurrent> legs_;
    std::vector<MatrixEntry> entries_;
    std::vector<double> step_;
    NewtonAnswer answer_;
};

}  // namespace

NewtonAnswer newton_flow(const AcNetwork& net, const AcSettings& settings, std::span<const Complex> power,
                         std::span<Complex> voltage) {
    return Newton(net, settings, power, voltage).run();
}

}  // namespace headroom
