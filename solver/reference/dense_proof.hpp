#pragma once

#include "solver/reference/dense_form.hpp"

namespace headroom {

/// form with the domain of its terms as rows x_j >= 0, behind its own plain rows, instead of the terms.
template <typename Scalar> DenseForm<Scalar> without_terms(const DenseForm<Scalar>& form);

/// Least sum of violations of a form without terms, over x and the violations. If the sum is above 0, nothing fits, and
/// the proof is v, and u as far as it belongs to rows of `form`: the first plain_count() and the cones.
template <typename Scalar> DenseForm<Scalar> least_violation(const DenseForm<Scalar>& form);

/// Steepest direction d, |d_j| <= 1, of a form without terms along which P d = 0 and nothing is violated.
template <typename Scalar> DenseForm<Scalar> steepest_direction(const DenseForm<Scalar>& form);

}  // namespace headroom
