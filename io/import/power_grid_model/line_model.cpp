#include "io/import/power_grid_model/line_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace headroom::pgm {
namespace {

/// A; NaN where none is given or it is as large as one likes.
double rating(const Component& component) {
    const double current = component.number_or_infinite("i_n", not_given);
    if (current <= 0.0) component.fail(fmt::format("i_n must be positive, is {}", current));
    return std::isinf(current) ? not_given : current;
}

Complex impedance(const Component& component, const std::string& r, const std::string& x) {
    const Complex z(component.not_negative(r), component.number(x));
    if (z == 0.0) component.fail(fmt::format("{} and {} must not both be 0; a link has no impedance", r, x));
    return z;
}

/// S of a capacitance in F with losses, at 1 rad/s.
Complex capacitance(const Component& component, const std::string& c, const std::string& tangent) {
    return component.number(c) * Complex(component.number(tangent), 1.0);
}

/// Elements "r_aa", "r_ba", ... of a symmetric matrix.
Eigen::MatrixXd symmetric(const Component& component, char quantity, Eigen::Index size) {
    Eigen::MatrixXd matrix(size, size);
    for (Eigen::Index i = 0; i < size; ++i)
        for (Eigen::Index j = 0; j <= i; ++j)
            matrix(i, j) = matrix(j, i) = component.number(fmt::format("{}_{}{}", quantity, "abcn"[i], "abcn"[j]));
    return matrix;
}

bool has_neutral(const Component& component) {
    for (const char* attribute : {"r_na", "r_nb", "r_nc", "r_nn", "x_na", "x_nb", "x_nc", "x_nn"})
        if (component.has(attribute)) return true;
    return false;
}

PhaseMatrix series_impedance(const Component& component) {
    const Eigen::Index size = has_neutral(component) ? 4 : 3;
    Eigen::MatrixXcd z(size, size);
    z.real() = symmetric(component, 'r', size);
    z.imag() = symmetric(component, 'x', size);
    for (Eigen::Index k = 0; k < size; ++k) {
        if (z(k, k).real() < 0.0)
            component.fail(fmt::format("r_{0}{0} must not be negative, is {1}", "abcn"[k], z(k, k).real()));
        if (z(k, k) == 0.0) component.fail(fmt::format("r_{0}{0} and x_{0}{0} must not both be 0", "abcn"[k]));
    }
    if (size == 3) return z;
    const Eigen::Vector3cd neutral = z.topRightCorner<3, 1>();
    return z.topLeftCorner<3, 3>() - neutral * neutral.transpose() / z(3, 3);
}

}  // namespace

LineModel line_model(const Component& component, double frequency, ImportReport& report) {
    const double omega = 2.0 * std::numbers::pi * frequency;
    const bool has_zero = component.has("r0") || component.has("x0") || component.has("c0") || component.has("tan0");
    const Complex one = impedance(component, "r1", "x1"), y_one = omega * capacitance(component, "c1", "tan1");
    const Complex zero = has_zero ? impedance(component, "r0", "x0") : one;
    const Complex y_zero = has_zero ? omega * capacitance(component, "c0", "tan0") : y_one;
    if (!has_zero) report.note("lines without zero sequence have that of their positive one");
    return {from_sequences(one, zero), from_sequences(y_one, y_zero), rating(component)};
}

LineModel asym_line_model(const Component& component, double frequency) {
    const Complex omega(0.0, 2.0 * std::numbers::pi * frequency);
    LineModel line{series_impedance(component), {}, rating(component)};
    if (component.has("c0") && component.has("c1"))
        line.y = omega * from_sequences(component.number("c1"), component.number("c0"));
    else
        line.y = omega * symmetric(component, 'c', 3);
    return line;
}

}  // namespace headroom::pgm
