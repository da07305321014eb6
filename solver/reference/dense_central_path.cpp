#include "solver/reference/dense_central_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr int iteration_max = 200;
constexpr int patience = 40;  ///< iterations without a better point

template <typename Scalar> class CentralPath {
public:
    using Vector = typename DenseForm<Scalar>::Vector;
    using Matrix = typename DenseForm<Scalar>::Matrix;
    using Point = DensePoint<Scalar>;
    using Triple = Eigen::Matrix<Scalar, 3, 1>;

    explicit CentralPath(const DenseForm<Scalar>& form)
        : form_(form),
          n_(form.variable_count()),
          equations_(form.equation_count()),
          plain_(form.plain_count()),
          inequalities_(static_cast<int>(form.h.size())),
          terms_(static_cast<int>(form.terms.size())) {}

    DensePathEnd<Scalar> follow() {
        start();
        DensePathEnd<Scalar> end{at_};
        Scalar least = std::numeric_limits<Scalar>::infinity();
        int last_better = 0;
        for (; end.iterations < iteration_max; ++end.iterations) {
            const Scalar error = measure();
            if (error < least) {
                least = error;
                last_better = end.iterations;
                end.best = at_;
            }
            if (!std::isfinite(error) || least < 20 * std::numeric_limits<Scalar>::epsilon()
                || end.iterations - last_better >= patience)
                return end;
            step();
        }
        end.limit_reached = true;
        return end;
    }

private:
    /// Entry of e, the unit of s o u: 1 for numbers and for the first of each triple.
    Scalar unit(int row) const { return row < plain_ || (row - plain_) % 3 == 0 ? Scalar(1) : Scalar(0); }

    static Scalar largest(const Vector& v) { return v.size() > 0 ? v.cwiseAbs().maxCoeff() : Scalar(0); }

    void start() {
        const Scalar pull = std::max(Scalar(1), largest(form_.c));
        at_.x = Vector::Zero(n_);
        at_.pull = Vector::Zero(terms_);
        for (int t = 0; t < terms_; ++t) {
            at_.x[form_.terms[t].variable] = 1;
            at_.pull[t] = std::max(pull, form_.terms[t].weight);
        }
        at_.v = Vector::Zero(equations_);
        at_.s = (form_.G * at_.x - form_.h).cwiseAbs().cwiseMax(1);
        at_.u = pull * at_.s.cwiseInverse();
        for (int i = 0; i < inequalities_; ++i) {
            at_.s[i] *= unit(i);
            at_.u[i] *= unit(i);
        }
    }

    /// s o u of Jordan's algebra: products, and for triples (s'u, s_0 u_1 + u_0 s_1, s_0 u_2 + u_0 s_2).
    Vector product(const Vector& s, const Vector& u) const { return product_matrix(s) * u; }

    Matrix product_matrix(const Vector& s) const {
        Matrix result = s.asDiagonal();
        for (int i = plain_; i < inequalities_; i += 3)
            for (int k = i + 1; k < i + 3; ++k) {
                result(k, k) = s[i];
                result(i, k) = result(k, i) = s[k];
            }
        return result;
    }

    bool inside(const Vector& s) const {
        for (int i = 0; i < plain_; ++i)
            if (!(s[i] > 0)) return false;
        for (int i = plain_; i < inequalities_; i += 3)
            if (!(s[i] > std::hypot(s[i + 1], s[i + 2]))) return false;
        return true;
    }

    /// Variables and slopes of terms may halve at most: x^-a near 0 tells Newton's method nothing of how far to go.
    bool may_move_to(const Point& point) const {
        for (int t = 0; t < terms_; ++t) {
            const int j = form_.terms[t].variable;
            if (!(point.x[j] > at_.x[j] / 2) || !(point.pull[t] > at_.pull[t] / 2)) return false;
        }
        return inside(point.s) && inside(point.u);
    }

    static Scalar norm(const Triple& s) {
        const Scalar length = std::hypot(s[1], s[2]);
        return std::sqrt((s[0] - length) * (s[0] + length));
    }

    /// W of Nesterov and Todd, symmetric, with W u = W^-1 s: sqrt(s / u) for numbers.
    void scale() {
        scaling_ = Matrix::Zero(inequalities_, inequalities_);
        inverse_ = scaling_;
        for (int i = 0; i < plain_; ++i) {
            scaling_(i, i) = std::sqrt(at_.s[i] / at_.u[i]);
            inverse_(i, i) = 1 / scaling_(i, i);
        }
        const Triple mirror(1, -1, -1);
        for (int i = plain_; i < inequalities_; i += 3) {
            const Triple s = at_.s.template segment<3>(i), u = at_.u.template segment<3>(i);
            Triple w = s / norm(s) + mirror.cwiseProduct(u) / norm(u);
            w /= norm(w);
            const Eigen::Matrix<Scalar, 2, 1> tail = w.template tail<2>();
            Eigen::Matrix<Scalar, 3, 3> root;
            root << w.transpose(), tail, Eigen::Matrix<Scalar, 2, 2>::Identity() + tail * tail.transpose() / (1 + w[0]);
            const Scalar size = std::sqrt(norm(s) / norm(u));
            scaling_.template block<3, 3>(i, i) = size * root;
            inverse_.template block<3, 3>(i, i) = mirror.asDiagonal() * root * mirror.asDiagonal() / size;
        }
        middle_ = inverse_ * at_.s;
    }

    Vector dual_error() const {
        Vector error = form_.P * at_.x + form_.c - form_.E.transpose() * at_.v - form_.G.transpose() * at_.u;
        for (int t = 0; t < terms_; ++t) error[form_.terms[t].variable] -= at_.pull[t];
        return error;
    }

    /// x pull - w x^(1-a), [#term].
    Vector term_error(const Point& point) const {
        Vector error(terms_);
        for (int t = 0; t < terms_; ++t) {
            const auto& [variable, weight, exponent] = form_.terms[t];
            const Scalar x = point.x[variable];
            error[t] = x * point.pull[t] - weight * std::pow(x, 1 - exponent);
        }
        return error;
    }

    /// What a x^(a-1) pull dx + x^a dpull, divided by x^(a-1), should be for x^a pull to become w + centre. Where the
    /// product has to rise, Newton's step for its logarithm, which is shorter.
    Vector term_change(const Point& point, Scalar centre) const {
        Vector change = Vector::Constant(terms_, centre) - term_error(point);
        for (int t = 0; t < terms_; ++t) {
            const Scalar now = point.x[form_.terms[t].variable] * point.pull[t];
            if (change[t] > 0) change[t] = now * std::log1p(change[t] / now);
        }
        return change;
    }

    /// Primal, dual and complementarity error, each relative.
    Scalar measure() const {
        const Scalar primal = std::max(largest(form_.E * at_.x - form_.b), largest(form_.G * at_.x - form_.h - at_.s))
                              / (1 + std::max(largest(form_.b), largest(form_.h)));
        const Scalar dual = largest(dual_error()) / (1 + largest(form_.c));
        const Scalar objective = std::abs(at_.x.dot(form_.P * at_.x)) + std::abs(form_.c.dot(at_.x));
        const Scalar gap = (at_.s.dot(at_.u) + term_error(at_).cwiseAbs().sum()) / (1 + objective);
        return primal + dual + gap;
    }

    /// mu: mean of s o u, and of how far the terms have to go.
    Scalar mean_product(const Point& point) const {
        const int count = plain_ + form_.cone_count + terms_;
        return count > 0 ? (point.s.dot(point.u) + term_change(point, 0).cwiseAbs().sum()) / count : Scalar(0);
    }

    /// Rows: stationarity, equations, s o u, terms; columns: x, v, u, pull. The slack's step is G dx + (G x - h - s).
    Matrix newton_matrix() const {
        // Keeps the matrix regular where equations repeat each other or nothing decides a variable. The right-hand side
        // has the true errors, so that it may slow the last digits down and moves nothing.
        const Scalar small = std::pow(std::numeric_limits<Scalar>::epsilon(), Scalar(0.85));
        const int v = n_, u = v + equations_, t = u + inequalities_;
        Matrix result = Matrix::Zero(t + terms_, t + terms_);
        result.topLeftCorner(n_, n_) = form_.P;
        result.block(0, v, n_, equations_) = -form_.E.transpose();
        result.block(0, u, n_, inequalities_) = -form_.G.transpose();
        result.block(v, 0, equations_, n_) = form_.E;
        result.diagonal().head(u).array() += small;
        result.block(u, 0, inequalities_, n_) = product_matrix(middle_) * inverse_ * form_.G;
        result.block(u, u, inequalities_, inequalities_) = product_matrix(middle_) * scaling_;
        for (int k = 0; k < terms_; ++k) {
            const auto& term = form_.terms[k];
            result(term.variable, t + k) = -1;
            result(t + k, term.variable) = term.exponent * at_.pull[k];
            result(t + k, t + k) = at_.x[term.variable];
        }
        return result;
    }

    /// @param share   of the errors that the step removes
    /// @param target  of s o u  @param centre  of the terms, as in term_change
    Point newton_step(const Eigen::PartialPivLU<Matrix>& factors, Scalar share, const Vector& target,
                      Scalar centre) const {
        const Vector slack = share * (form_.G * at_.x - form_.h - at_.s);
        Vector right(n_ + equations_ + inequalities_ + terms_);
        right << -share * dual_error(), share * (form_.b - form_.E * at_.x),
            target - product(middle_, middle_ + inverse_ * slack), share * term_change(at_, centre);
        const Vector solution = factors.solve(right);
        Point step;
        step.x = solution.head(n_);
        step.v = solution.segment(n_, equations_);
        step.u = solution.segment(n_ + equations_, inequalities_);
        step.pull = solution.tail(terms_);
        step.s = form_.G * step.x + slack;
        return step;
    }

    Point moved(const Point& step, Scalar length) const {
        return {at_.x + length * step.x, at_.v + length * step.v, at_.s + length * step.s, at_.u + length * step.u,
                at_.pull + length * step.pull};
    }

    /// Largest share of the step, at most 1, that leaves a hundredth of the way to the boundary.
    Scalar length_of(const Point& step) const {
        const Scalar share = Scalar(99) / 100;
        Scalar within = 0, beyond = 1 / share;
        if (may_move_to(moved(step, beyond))) return 1;
        for (int halving = 0; halving < 60; ++halving) {
            const Scalar middle = (within + beyond) / 2;
            (may_move_to(moved(step, middle)) ? within : beyond) = middle;
        }
        return share * within;
    }

    /// Mehrotra: a step that aims at mu = 0 says how far mu can fall and what it leaves uncorrected in s o u. The other
    /// errors fall no further than mu: ahead of it they would leave s and u no room to move. At most half is kept: mu
    /// says little of terms far from their ends.
    void step() {
        scale();
        const Eigen::PartialPivLU<Matrix> factors(newton_matrix());
        const Point aim = newton_step(factors, 1, Vector::Zero(inequalities_), 0);
        const Scalar mu = mean_product(at_), aimed = mean_product(moved(aim, length_of(aim)));
        const Scalar rest = mu > 0 ? std::min(aimed / mu, Scalar(0.7)) : Scalar(0), kept = rest * rest;
        Vector target = -product(inverse_ * aim.s, scaling_ * aim.u);
        for (int i = 0; i < inequalities_; ++i) target[i] += kept * mu * unit(i);
        const Point corrected = newton_step(factors, 1 - kept, target, kept * mu);
        at_ = moved(corrected, length_of(corrected));
    }

    const DenseForm<Scalar>& form_;
    int n_, equations_, plain_, inequalities_, terms_;
    Point at_;
    Matrix scaling_, inverse_;  ///< W and W^-1
    Vector middle_;             ///< W u = W^-1 s
};

}  // namespace

template <typename Scalar> DensePathEnd<Scalar> follow_central_path(const DenseForm<Scalar>& form) {
    return CentralPath<Scalar>(form).follow();
}

template DensePathEnd<double> follow_central_path(const DenseForm<double>&);
template DensePathEnd<long double> follow_central_path(const DenseForm<long double>&);

}  // namespace headroom
