#include "solver/reference/dense_interior_point.hpp"

#include <cstddef>
#include <stdexcept>
#include <vector>

#include "solver/reference/dense_central_path.hpp"
#include "solver/reference/dense_form.hpp"
#include "solver/reference/dense_proof.hpp"

namespace headroom {
namespace {

constexpr double proof_tolerance = 1e-8;

template <typename Vector> std::vector<double> in_double(const Vector& numbers) {
    std::vector<double> result;
    for (const auto number : numbers) result.push_back(static_cast<double>(number));
    return result;
}

/// Multipliers of the rows of E and G as those of rows, variables and cones of the problem.
/// @param v  of the rows of E  @param u  begins with those of G's plain rows, ends with those of the cones
template <typename Scalar>
void set_multipliers(const ConvexStructure& structure, const DenseForm<Scalar>& form,
                     const typename DenseForm<Scalar>::Vector& v, const typename DenseForm<Scalar>::Vector& u,
                     ConvexAnswer& answer) {
    using Vector = typename DenseForm<Scalar>::Vector;
    Vector y = Vector::Zero(structure.row_count()), z = Vector::Zero(structure.variable_count);
    const auto add = [&](const auto& origin, Scalar multiplier) {
        (origin.is_variable ? z : y)[origin.index] += origin.factor * multiplier;
    };
    for (std::size_t i = 0; i < form.equation_origin.size(); ++i) add(form.equation_origin[i], v[static_cast<int>(i)]);
    for (std::size_t i = 0; i < form.origin.size(); ++i) add(form.origin[i], u[static_cast<int>(i)]);
    Vector cone_z = u.tail(3 * form.cone_count);
    for (int k = 0; k < cone_z.size(); ++k) cone_z[k] /= form.unit[structure.cones[k / 3][k % 3]];
    answer.y = in_double(y);
    answer.z = in_double(z);
    answer.cone_z = in_double(cone_z);
}

/// Puts a proof that the problem has no answer into `answer`, if there is one.
template <typename Scalar>
void find_proof(const ConvexProblem& problem, const DenseForm<Scalar>& form, ConvexAnswer& answer) {
    const auto plain = without_terms(form);
    const auto violation = follow_central_path(least_violation(plain)).best;
    ConvexAnswer proof = answer;
    set_multipliers<Scalar>(problem.structure, plain, violation.v, violation.u, proof);
    if (check_infeasible(problem, proof.y, proof.z, proof.cone_z).holds(proof_tolerance)) {
        answer = proof;
        answer.status = ConvexStatus::primal_infeasible;
        return;
    }
    const auto direction = follow_central_path(steepest_direction(plain)).best.x;
    const auto d = in_double(form.unit.cwiseProduct(direction).eval());
    if (!check_unbounded(problem, d).holds(proof_tolerance)) return;
    answer.x = d;
    answer.status = ConvexStatus::unbounded;
}

}  // namespace

template <typename Scalar> ConvexAnswer dense_interior_point(const ConvexProblem& problem, double tolerance) {
    if (const auto fault = problem.fault(); !fault.empty()) throw std::invalid_argument(fault);
    const auto form = dense_form<Scalar>(problem);
    const auto end = follow_central_path(form);
    ConvexAnswer answer;
    answer.iterations = end.iterations;
    answer.x = in_double(form.unit.cwiseProduct(end.best.x).eval());
    set_multipliers<Scalar>(problem.structure, form, end.best.v, end.best.u, answer);
    answer.certificate = check_kkt(problem, answer.x, answer.y, answer.z, answer.cone_z);
    answer.objective = answer.certificate.objective;
    if (answer.certificate.holds(tolerance)) {
        answer.status = ConvexStatus::solved;
        return answer;
    }
    answer.status = end.limit_reached ? ConvexStatus::iteration_limit : ConvexStatus::stalled;
    find_proof(problem, form, answer);
    return answer;
}

template ConvexAnswer dense_interior_point<double>(const ConvexProblem&, double);
template ConvexAnswer dense_interior_point<long double>(const ConvexProblem&, double);

}  // namespace headroom
