#pragma once

// Second-order cones of dimension 3 in lanes, for kernels only: x_0 >= sqrt(x_1^2 + x_2^2). Jordan algebra and
// Nesterov-Todd scaling W with W z = W^-1 x = lambda (interior_point.md, "Cones").

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

template <int W> struct Triple { LanesOf<W> at[3]; };

template <int W> inline Triple<W> load_triple(const double* base) {
    return {{load<W>(base), load<W>(base + W), load<W>(base + 2 * W)}};
}
template <int W> inline void store_triple(double* base, const Triple<W>& u) {
    for (int i = 0; i < 3; ++i) store(base + i * W, u.at[i]);
}
template <int W> inline Triple<W> gather_triple(const double* base, const int* position) {
    return {{load<W>(base + position[0] * W), load<W>(base + position[1] * W), load<W>(base + position[2] * W)}};
}
template <int W> inline Triple<W> operator+(const Triple<W>& u, const Triple<W>& v) {
    return {{u.at[0] + v.at[0], u.at[1] + v.at[1], u.at[2] + v.at[2]}};
}
template <int W> inline Triple<W> operator-(const Triple<W>& u, const Triple<W>& v) {
    return {{u.at[0] - v.at[0], u.at[1] - v.at[1], u.at[2] - v.at[2]}};
}
template <int W> inline Triple<W> scaled(LanesOf<W> a, const Triple<W>& u) {
    return {{a * u.at[0], a * u.at[1], a * u.at[2]}};
}
template <int W> inline LanesOf<W> flat_dot(const Triple<W>& u, const Triple<W>& v) {
    return u.at[1] * v.at[1] + u.at[2] * v.at[2];
}
template <int W> inline LanesOf<W> dot(const Triple<W>& u, const Triple<W>& v) {
    return u.at[0] * v.at[0] + flat_dot(u, v);
}
template <int W> inline LanesOf<W> lorentz(const Triple<W>& u, const Triple<W>& v) {
    return u.at[0] * v.at[0] - flat_dot(u, v);
}
/// u_0^2 - u_1^2 - u_2^2 without cancelling more than the difference itself does.
template <int W> inline LanesOf<W> determinant(const Triple<W>& u) {
    const LanesOf<W> length = root(flat_dot(u, u));
    return (u.at[0] - length) * (u.at[0] + length);
}

/// W = eta [w_0, w'; w, I + w w' / (1 + w_0)], w on the unit hyperboloid.
template <int W> struct Scaling {
    Triple<W> w;
    LanesOf<W> eta;
};

template <int W> inline Scaling<W> scaling_point(const Triple<W>& x, const Triple<W>& z) {
    const LanesOf<W> one = spread<W>(1), dx = determinant(x), dz = determinant(z);
    const Triple<W> xn = scaled(one / root(dx), x), zn = scaled(one / root(dz), z);
    const LanesOf<W> gamma = root(spread<W>(0.5) * (one + dot(xn, zn))), half = spread<W>(0.5) / gamma;
    const Triple<W> w{{half * (xn.at[0] + zn.at[0]), half * (xn.at[1] - zn.at[1]), half * (xn.at[2] - zn.at[2])}};
    return {w, root(root(dx / dz))};
}

template <int W> inline Triple<W> times(const Scaling<W>& s, const Triple<W>& u) {
    const LanesOf<W> across = flat_dot(s.w, u), first = s.w.at[0] * u.at[0] + across;
    const LanesOf<W> along = u.at[0] + across / (spread<W>(1) + s.w.at[0]);
    return scaled(s.eta, Triple<W>{{first, u.at[1] + s.w.at[1] * along, u.at[2] + s.w.at[2] * along}});
}
template <int W> inline Triple<W> divided(const Scaling<W>& s, const Triple<W>& u) {
    const LanesOf<W> across = flat_dot(s.w, u), first = s.w.at[0] * u.at[0] - across;
    const LanesOf<W> along = across / (spread<W>(1) + s.w.at[0]) - u.at[0];
    return scaled(spread<W>(1) / s.eta, Triple<W>{{first, u.at[1] + s.w.at[1] * along, u.at[2] + s.w.at[2] * along}});
}

/// Jordan product.
template <int W> inline Triple<W> product(const Triple<W>& u, const Triple<W>& v) {
    return {{dot(u, v), u.at[0] * v.at[1] + v.at[0] * u.at[1], u.at[0] * v.at[2] + v.at[0] * u.at[2]}};
}
/// The x with product(u, x) = d.
template <int W> inline Triple<W> quotient(const Triple<W>& u, const Triple<W>& d) {
    const LanesOf<W> first = lorentz(u, d) / determinant(u), inverse = spread<W>(1) / u.at[0];
    return {{first, (d.at[1] - first * u.at[1]) * inverse, (d.at[2] - first * u.at[2]) * inverse}};
}

/// 1 / (largest a with u + a d in the cone), 0 where there is no end.
template <int W> inline LanesOf<W> inverse_step(const Triple<W>& u, const Triple<W>& d) {
    // det(u + a d) = c + 2 b a + e a^2; the inverse of its smallest positive root, in the form that does not cancel.
    const LanesOf<W> zero = spread<W>(0), e = determinant(d), b = lorentz(u, d), c = determinant(u);
    const LanesOf<W> length = root(maximum(b * b - e * c, zero));
    return maximum(select(b > zero, -e / (b + length), (length - b) / c), zero);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
