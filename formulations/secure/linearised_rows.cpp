#include "formulations/secure/linearised_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

namespace headroom {
namespace {

using Complex = std::complex<double>;

constexpr int sides = SecurityRows::polygon_sides;

/// A quantity at the base cases of all lanes, and its derivatives by the coordinates.
struct Derivative {
    std::array<double, lane_count> value{};
    std::array<bool, lane_count> ready{};
    std::array<std::vector<double>, lane_count> slope;  ///< [#coordinate] per W and V A
};

/// The power flows of the base cases.
class BaseCases {
public:
    BaseCases(const AcFeeder& feeder, std::span<const AcBase> bases)
        : feeder_(feeder),
          inputs_(feeder.flow().inputs()),
          lanes_(feeder.flow().lanes()),
          gradient_(feeder.gradients().lanes()) {
        inputs_.count = static_cast<int>(bases.size());
        for (int lane = 0; lane < inputs_.count; ++lane) set_lane(bases[static_cast<std::size_t>(lane)], lane, inputs_);
        feeder.flow().solve_swept(inputs_, lanes_);
    }

    std::vector<LinearisedStep> steps() const {
        WatchedLimits::Workspace work = feeder_.limits().workspace();
        feeder_.limits().evaluate(inputs_, lanes_, work);
        std::vector<LinearisedStep> steps(static_cast<std::size_t>(inputs_.count));
        for (std::size_t lane = 0; lane < steps.size(); ++lane) {
            steps[lane].converged = steps[lane].differentiable = lanes_.lane[lane].status == AcStatus::converged;
            for (std::size_t l = 0; l < feeder_.limits().size(); ++l)
                steps[lane].excess.push_back(work.excess[l * lane_count + lane]);
        }
        return steps;
    }

    Derivative derivative(const AcQuantity& quantity) {
        std::array<const AcQuantity*, lane_count> asked;
        asked.fill(&quantity);
        feeder_.gradients().evaluate(inputs_, lanes_, asked, gradient_);
        Derivative result;
        result.value = gradient_.value;
        for (std::size_t lane = 0; lane < static_cast<std::size_t>(inputs_.count); ++lane) {
            result.ready[lane] = gradient_.status[lane] == AcGradientStatus::ready;
            for (const EnvelopeCoordinate& at : feeder_.coordinates()) {
                const std::size_t slot = static_cast<std::size_t>(at.customer) * lane_count + lane;
                const double by_p = gradient_.by_p[slot], by_q = gradient_.by_q[slot];
                result.slope[lane].push_back(at.is_reactive() ? by_q : by_p + at.tangent * by_q);
            }
        }
        return result;
    }

private:
    const AcFeeder& feeder_;
    AcInputs inputs_;
    AcLanes lanes_;
    AcGradients::Lanes gradient_;
};

/// The way in which the active power of one customer moves a phasor most; any where none does.
Complex axis_of(std::span<const EnvelopeCoordinate> coordinates, std::span<const Complex> slope) {
    Complex longest = 0.0;
    for (std::size_t k = 0; k < slope.size(); ++k)
        if (!coordinates[k].is_reactive() && std::norm(slope[k]) > std::norm(longest)) longest = slope[k];
    return longest == 0.0 ? 1.0 : longest / std::abs(longest);
}

/// Component of z along a unit vector.
double along(Complex direction, Complex z) { return (std::conj(direction) * z).real(); }

void add_voltage_row(std::int32_t limit, double slope_of_excess, std::vector<double> slope, LinearisedStep& step) {
    for (double& s : slope) s *= slope_of_excess;
    step.rows.push_back({limit, {}, std::move(slope), -step.excess[static_cast<std::size_t>(limit)]});
}

const double inscribed = std::cos(std::numbers::pi / sides);

/// Outward normal of a side where a corner lies at `axis`.
Complex normal_of(int side, Complex axis) {
    return axis * std::polar(1.0, 2 * std::numbers::pi * (side + 0.5) / sides);
}

/// Where the first corner of the polygon lies: the way in which active power moves the phasor, unless that cuts the
/// base case off; then the way to the base case, which so keeps all of its room.
Complex first_corner(Complex z0, Complex axis) {
    for (int side = 0; side < sides; ++side)
        if (along(normal_of(side, axis), z0) > inscribed) return z0 / std::abs(z0);
    return axis;
}

/// |z| <= 1 for z = z0 + slope' x by the sides of a polygon.
void add_sides(std::int32_t limit, Complex z0, std::span<const Complex> slope, Complex axis, LinearisedStep& step) {
    const Complex corner = first_corner(z0, axis);
    for (int side = 0; side < sides; ++side) {
        const Complex normal = normal_of(side, corner);
        const double at_base = along(normal, z0), held = std::max(inscribed, at_base);
        AcRow row{limit, {}, {}, held - at_base, ac_side + 1 + side, held - 1};
        for (const Complex c : slope) row.slope.push_back(along(normal, c));
        step.rows.push_back(std::move(row));
    }
}

void add_voltage(const AcFeeder& feeder, std::int32_t limit, const Derivative& magnitude,
                 std::span<LinearisedStep> steps) {
    const double slope = feeder.limits().slope(static_cast<std::size_t>(limit));
    for (std::size_t lane = 0; lane < steps.size(); ++lane) {
        steps[lane].differentiable = steps[lane].differentiable && magnitude.ready[lane];
        if (steps[lane].differentiable) add_voltage_row(limit, slope, magnitude.slope[lane], steps[lane]);
    }
}

void add_rating(const AcFeeder& feeder, std::int32_t limit, BaseCases& bases, std::span<LinearisedStep> steps) {
    const auto l = static_cast<std::size_t>(limit);
    const std::vector<AcQuantity::Product>& products = feeder.limits().quantity(l).products;
    const Derivative real = bases.derivative({AcQuantity::Measure::real_part, products});
    const Derivative imaginary = bases.derivative({AcQuantity::Measure::imaginary_part, products});
    const double per_unit = feeder.limits().slope(l);
    for (std::size_t lane = 0; lane < steps.size(); ++lane) {
        steps[lane].differentiable = steps[lane].differentiable && real.ready[lane] && imaginary.ready[lane];
        if (!steps[lane].differentiable) continue;
        std::vector<Complex> slope;
        for (std::size_t k = 0; k < real.slope[lane].size(); ++k)
            slope.push_back(per_unit * Complex(real.slope[lane][k], imaginary.slope[lane][k]));
        add_sides(limit, per_unit * Complex(real.value[lane], imaginary.value[lane]), slope,
                  axis_of(feeder.coordinates(), slope), steps[lane]);
    }
}

}  // namespace

std::vector<LinearisedStep> linearise(const AcFeeder& feeder, std::span<const AcBase> bases) {
    const WatchedLimits& limits = feeder.limits();
    BaseCases base_cases(feeder, bases);
    std::vector<LinearisedStep> steps = base_cases.steps();
    Derivative magnitude;  // of the last voltage: both of its limits follow each other
    std::size_t known = std::numeric_limits<std::size_t>::max();
    for (std::size_t l = 0; l < limits.size(); ++l) {
        const auto limit = static_cast<std::int32_t>(l);
        if (!limits.is_voltage(l)) {
            add_rating(feeder, limit, base_cases, steps);
            continue;
        }
        if (limits.quantity_number(l) != known) magnitude = base_cases.derivative(limits.quantity(l));
        known = limits.quantity_number(l);
        add_voltage(feeder, limit, magnitude, steps);
    }
    for (LinearisedStep& step : steps)
        if (!step.differentiable) step.rows.clear();
    return steps;
}

std::vector<AcBase> bases_of(const AcFeeder& feeder, const SeriesSet& series, const TapRun& run, std::size_t first_step,
                             const AllocationQuestion& question) {
    std::vector<AcBase> bases;
    for (std::size_t step = first_step; step < std::min(first_step + lane_count, run.end); ++step)
        bases.push_back(ac_base(feeder, series, step, question));
    return bases;
}

bool can_fill(const AcRow& row, const EnvelopeBox& box) {
    constexpr double clearly_left = 1e-6, unmoved = 1e-8;  // per unit
    return reach(row, box) > std::max(row.room - clearly_left, unmoved);
}

double reach(const AcRow& row, const EnvelopeBox& box) {
    double sum = 0;
    for (std::size_t k = 0; k < row.slope.size(); ++k)
        sum += row.slope[k] * (row.slope[k] > 0 ? box.upper[k] : box.lower[k]);
    return sum;
}

}  // namespace headroom
