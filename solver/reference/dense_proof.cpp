#include "solver/reference/dense_proof.hpp"

namespace headroom {

template <typename Scalar> DenseForm<Scalar> without_terms(const DenseForm<Scalar>& form) {
    const int n = form.variable_count(), plain = form.plain_count(), cones = 3 * form.cone_count;
    const int more = static_cast<int>(form.terms.size());
    DenseForm<Scalar> result = form;
    result.terms.clear();
    result.G = DenseForm<Scalar>::Matrix::Zero(plain + more + cones, n);
    result.G.topRows(plain) = form.G.topRows(plain);
    result.G.bottomRows(cones) = form.G.bottomRows(cones);
    result.h = DenseForm<Scalar>::Vector::Zero(plain + more + cones);
    result.h.head(plain) = form.h.head(plain);
    for (int t = 0; t < more; ++t) {
        const int j = form.terms[t].variable;
        result.G(plain + t, j) = 1;
        result.origin.push_back({true, j, 1 / form.unit[j]});
    }
    return result;
}

template <typename Scalar> DenseForm<Scalar> least_violation(const DenseForm<Scalar>& form) {
    using Vector = typename DenseForm<Scalar>::Vector;
    using Matrix = typename DenseForm<Scalar>::Matrix;
    const int n = form.variable_count(), equations = form.equation_count();
    const int plain = form.plain_count(), cones = form.cone_count;
    // Of equations from below and above, of plain rows, of cones.
    const int violations = 2 * equations + plain + cones;
    DenseForm<Scalar> result;
    result.P = Matrix::Zero(n + violations, n + violations);
    result.c = Vector::Ones(n + violations);
    result.c.head(n).setZero();
    result.E = Matrix::Zero(equations, n + violations);
    result.E.leftCols(n) = form.E;
    result.E.middleCols(n, equations).setIdentity();
    result.E.middleCols(n + equations, equations) = -Matrix::Identity(equations, equations);
    result.b = form.b;
    result.G = Matrix::Zero(plain + violations + 3 * cones, n + violations);
    result.G.topLeftCorner(plain, n) = form.G.topRows(plain);
    result.G.block(0, n + 2 * equations, plain, plain).setIdentity();
    result.G.block(plain, n, violations, violations).setIdentity();
    result.G.bottomLeftCorner(3 * cones, n) = form.G.bottomRows(3 * cones);
    for (int k = 0; k < cones; ++k) result.G(plain + violations + 3 * k, n + 2 * equations + plain + k) = 1;
    result.h = Vector::Zero(plain + violations + 3 * cones);
    result.h.head(plain) = form.h.head(plain);
    result.cone_count = cones;
    return result;
}

template <typename Scalar> DenseForm<Scalar> steepest_direction(const DenseForm<Scalar>& form) {
    using Vector = typename DenseForm<Scalar>::Vector;
    using Matrix = typename DenseForm<Scalar>::Matrix;
    const int n = form.variable_count(), plain = form.plain_count(), cones = 3 * form.cone_count;
    DenseForm<Scalar> result;
    result.P = Matrix::Zero(n, n);
    result.c = form.c;
    result.E.resize(form.equation_count() + n, n);
    result.E << form.E, form.P;
    result.b = Vector::Zero(form.equation_count() + n);
    result.G.resize(plain + 2 * n + cones, n);
    result.G << form.G.topRows(plain), Matrix::Identity(n, n), -Matrix::Identity(n, n), form.G.bottomRows(cones);
    result.h = Vector::Zero(plain + 2 * n + cones);
    result.h.segment(plain, 2 * n).setConstant(-1);
    result.cone_count = form.cone_count;
    return result;
}

template DenseForm<double> without_terms(const DenseForm<double>&);
template DenseForm<long double> without_terms(const DenseForm<long double>&);
template DenseForm<double> least_violation(const DenseForm<double>&);
template DenseForm<long double> least_violation(const DenseForm<long double>&);
template DenseForm<double> steepest_direction(const DenseForm<double>&);
template DenseForm<long double> steepest_direction(const DenseForm<long double>&);

}  // namespace headroom
