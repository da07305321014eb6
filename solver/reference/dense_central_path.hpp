#pragma once

#include "solver/reference/dense_form.hpp"

namespace headroom {

template <typename Scalar> struct DensePoint {
    using Vector = typename DenseForm<Scalar>::Vector;
    Vector x;     ///< [#variable]
    Vector v;     ///< [#row of E] its multipliers
    Vector s, u;  ///< [#row of G] slack G x - h and its multipliers, both inside K
    Vector pull;  ///< [#term] minus the slope of the term: x^a pull = w
};

template <typename Scalar> struct DensePathEnd {
    DensePoint<Scalar> best;
    int iterations = 0;
    bool limit_reached = false;  ///< false: the point is as good as the arithmetic allows, or nothing improved it
};

/// Newton's method on the optimality conditions of `form` with s o u = mu e instead of 0, mu falling, from a point
/// inside K to the best one it finds. Judge what it returns: nothing here says whether that is an answer.
template <typename Scalar> DensePathEnd<Scalar> follow_central_path(const DenseForm<Scalar>& form);

}  // namespace headroom
