#include "tests/support/random_convex.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace headroom::test {
namespace {

using Numbers = std::vector<double>;
using Matrix = std::vector<Numbers>;

/// Splitmix64: distributions of the standard library differ from one library to the next.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t value = (state_ += 0x9E3779B97F4A7C15U);
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
        return value ^ (value >> 31U);
    }
    double uniform(double low, double high) {
        return low + (high - low) * std::ldexp(static_cast<double>(next() >> 11U), -53);
    }
    int below(int count) { return static_cast<int>(next() % static_cast<std::uint64_t>(count)); }
    bool chance(double share) { return uniform(0, 1) < share; }
    double sign() { return chance(0.5) ? 1.0 : -1.0; }

private:
    std::uint64_t state_;
};

double dot(const Numbers& a, const Numbers& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

struct Interval {
    double lower = -no_bound, upper = no_bound, multiplier = 0;
};

class Maker {
public:
    Maker(std::uint64_t seed, const RandomConvexOptions& options)
        : random_(seed), options_(options), n_(static_cast<std::size_t>(options.variables)) {}

    RandomConvex make() {
        choose_cones();
        choose_terms();
        choose_point();
        if (is(RandomConvexKind::unbounded)) choose_direction();
        choose_rows();
        choose_quadratic();
        choose_row_sides();
        choose_sides();
        choose_linear();
        if (is(RandomConvexKind::infeasible)) make_infeasible();
        if (options_.badly_scaled) scale();
        return assembled();
    }

private:
    bool is(RandomConvexKind kind) const { return options_.kind == kind; }
    ConvexValues& values() { return problem_.values; }
    double entry() { return random_.sign() * random_.uniform(0.2, 1.5); }

    void choose_cones() {
        std::vector<std::int32_t> order(n_);
        std::iota(order.begin(), order.end(), 0);
        for (std::size_t j = n_; j > 1; --j) std::swap(order[j - 1], order[random_.below(static_cast<int>(j))]);
        in_cone_.assign(n_, 0);
        for (int k = 0; k < options_.cones; ++k) {
            problem_.structure.cones.push_back({order[3 * k], order[3 * k + 1], order[3 * k + 2]});
            for (const int j : problem_.structure.cones.back()) in_cone_[j] = 1;
        }
    }

    void choose_terms() {
        if (options_.term_share == 0) return;
        problem_.structure.term.assign(n_, Term::none);
        problem_.structure.exponent.assign(n_, 0);
        values().weight.assign(n_, 0);
        for (std::size_t j = 0; j < n_; ++j) {
            if (in_cone_[j] != 0 || !random_.chance(options_.term_share)) continue;
            const double a = std::array{0.5, 1.0, 2.0, 4.0}[random_.below(4)];
            problem_.structure.term[j] = a == 1 ? Term::log : Term::power;
            problem_.structure.exponent[j] = a == 1 ? 0 : a;
            if (!random_.chance(0.1)) values().weight[j] = random_.uniform(0.1, 2);
        }
    }

    double weight(std::size_t j) const { return problem_.values.weight.empty() ? 0 : problem_.values.weight[j]; }
    double term_slope(std::size_t j) const {
        if (weight(j) == 0) return 0;
        const bool log = problem_.structure.term[j] == Term::log;
        return -weight(j) * std::pow(point_[j], log ? -1.0 : -problem_.structure.exponent[j]);
    }

    void choose_point() {
        point_.resize(n_);
        for (std::size_t j = 0; j < n_; ++j)
            point_[j] = weight(j) > 0 ? random_.uniform(0.5, 2) : random_.uniform(-2, 2);
        for (const auto& cone : problem_.structure.cones) choose_in_cone(cone);
    }

    /// Both inside; or, degenerate, both on the boundary, either at its apex, or both.
    void choose_in_cone(const std::array<std::int32_t, 3>& cone) {
        const double b = point_[cone[1]], c = point_[cone[2]], length = std::hypot(b, c);
        std::array point{length + random_.uniform(0.1, 1), b, c};
        std::array multiplier{length + random_.uniform(0.1, 1), -c, b};
        if (is(RandomConvexKind::degenerate)) {
            const double size = random_.uniform(0.2, 2);
            const int state = random_.below(4);
            if (state == 0) point[0] = length, multiplier = {size * length, -size * b, -size * c};
            if (state == 1 || state == 3) point = {0, 0, 0};
            if (state == 2 || state == 3) multiplier = {0, 0, 0};
        }
        for (std::size_t i = 0; i < 3; ++i) point_[cone[i]] = point[i];
        cone_z_.insert(cone_z_.end(), multiplier.begin(), multiplier.end());
    }

    void choose_direction() {
        direction_.resize(n_);
        for (std::size_t j = 0; j < n_; ++j) {
            direction_[j] = random_.chance(0.5) ? random_.uniform(0.2, 1) : 0.0;
            if (weight(j) == 0) direction_[j] *= random_.sign();
        }
        for (const auto& [a, b, c] : problem_.structure.cones)
            direction_[a] = std::hypot(direction_[b], direction_[c]) + random_.uniform(0, 1);
        if (dot(direction_, direction_) == 0) direction_[0] = 1;
    }

    Numbers sparse_vector(int least) {
        Numbers vector(n_, 0.0);
        for (double& value : vector)
            if (random_.chance(options_.density)) value = entry();
        for (int k = 0; k < least; ++k) vector[random_.below(options_.variables)] = entry();
        return vector;
    }

    /// Removes from a vector its part along the direction, without touching its zeros.
    void remove_direction(Numbers& vector) const {
        if (direction_.empty()) return;
        double along = 0, size = 0;
        for (std::size_t j = 0; j < n_; ++j) {
            if (vector[j] == 0) continue;
            along += vector[j] * direction_[j];
            size += direction_[j] * direction_[j];
        }
        if (size == 0) return;
        for (std::size_t j = 0; j < n_; ++j) {
            if (vector[j] != 0) vector[j] -= along / size * direction_[j];
            if (std::abs(vector[j]) < 1e-12) vector[j] = 0;
        }
    }

    void choose_rows() {
        for (int i = 0; i < options_.equations + options_.rows; ++i) {
            row_.push_back(sparse_vector(2));
            equation_.push_back(i < options_.equations ? 1 : 0);
            if (i < options_.equations) remove_direction(row_.back());
        }
        if (!is(RandomConvexKind::degenerate) || row_.empty()) return;
        const auto count = static_cast<int>(row_.size());
        for (int k = 0; k < (count + 2) / 3; ++k) {
            const int of = random_.below(count);
            Numbers copy = row_[of];
            const double factor = equation_[of] != 0 || random_.chance(0.5) ? entry() : 1.0;
            for (double& value : copy) value *= factor;
            row_.push_back(copy);
            equation_.push_back(equation_[of]);
        }
        if (options_.equations < 2) return;
        row_.emplace_back(n_);
        equation_.push_back(1);
        for (std::size_t j = 0; j < n_; ++j) row_.back()[j] = row_[0][j] - row_[1][j];
    }

    void choose_quadratic() {
        if (options_.quadratic_rank == 0) return;
        quadratic_.assign(n_, Numbers(n_, 0.0));
        const bool definite = options_.quadratic_rank >= options_.variables;
        for (std::size_t j = 0; definite && j < n_ && direction_.empty(); ++j)
            quadratic_[j][j] = random_.uniform(0.1, 1);
        for (int k = 0; k < options_.quadratic_rank; ++k) {
            Numbers factor(n_, 0.0);
            for (int i = 0; i < 3; ++i) factor[random_.below(options_.variables)] = entry();
            remove_direction(factor);
            for (std::size_t i = 0; i < n_; ++i)
                for (std::size_t j = 0; j < n_; ++j) quadratic_[i][j] += factor[i] * factor[j];
        }
    }

    /// Sides around a value. @param along  how the value changes along the direction
    Interval interval(double value, double along) {
        bool low = random_.chance(0.6), up = !low || random_.chance(0.4);
        if (along != 0) low = along > 0, up = !low;
        Interval result;
        if (low) result.lower = value - random_.uniform(0.1, 2);
        if (up) result.upper = value + random_.uniform(0.1, 2);
        const double sign = low && up ? random_.sign() : (low ? 1.0 : -1.0);
        result.multiplier = sign * random_.uniform(0.1, 2);
        if (!is(RandomConvexKind::degenerate)) return result;
        const bool active = random_.chance(0.7);
        if (active) (sign > 0 ? result.lower : result.upper) = value;
        if (!active || random_.chance(0.4)) result.multiplier = 0;
        return result;
    }

    void choose_row_sides() {
        for (std::size_t i = 0; i < row_.size(); ++i) {
            const double value = dot(row_[i], point_);
            const Interval sides =
                equation_[i] != 0 ? Interval{value, value, random_.uniform(-2, 2)} : interval(value, along(row_[i]));
            add_row_sides(sides);
        }
    }
    double along(const Numbers& row) const { return direction_.empty() ? 0 : dot(row, direction_); }
    void add_row_sides(const Interval& sides) {
        values().row_lower.push_back(sides.lower);
        values().row_upper.push_back(sides.upper);
        y_.push_back(sides.multiplier);
    }

    void choose_sides() {
        for (std::size_t j = 0; j < n_; ++j) {
            const double along = direction_.empty() ? 0 : direction_[j];
            Interval sides;
            if (along == 0 && random_.chance(options_.fixed_share))
                sides = {point_[j], point_[j], random_.uniform(-2, 2)};
            else if (!random_.chance(in_cone_[j] != 0 ? 0.7 : options_.free_share))
                sides = interval(point_[j], along);
            values().lower.push_back(sides.lower);
            values().upper.push_back(sides.upper);
            z_.push_back(sides.multiplier);
        }
    }

    /// A'y + z + cone_z.
    Numbers pull() const {
        Numbers sum = z_;
        for (std::size_t i = 0; i < row_.size(); ++i)
            for (std::size_t j = 0; j < n_; ++j) sum[j] += row_[i][j] * y_[i];
        for (std::size_t k = 0; k < problem_.structure.cones.size(); ++k)
            for (std::size_t i = 0; i < 3; ++i) sum[problem_.structure.cones[k][i]] += cone_z_[3 * k + i];
        return sum;
    }

    void choose_linear() {
        Numbers& c = values().linear;
        c = pull();
        for (std::size_t j = 0; j < n_; ++j) {
            c[j] -= term_slope(j);
            if (!quadratic_.empty()) c[j] -= dot(quadratic_[j], point_);
        }
        if (direction_.empty()) return;
        const double excess = (dot(c, direction_) + random_.uniform(0.5, 2)) / dot(direction_, direction_);
        for (std::size_t j = 0; j < n_; ++j) c[j] -= excess * direction_[j];
    }

    void make_infeasible() {
        const int way = random_.below(5);
        const auto j = static_cast<std::size_t>(random_.below(options_.variables));
        const double gap = random_.uniform(0.1, 1);
        if (way == 0) {
            values().upper[j] = point_[j];
            values().lower[j] = point_[j] + gap;
        } else if (way == 1 && weight(j) > 0) {
            values().lower[j] = -no_bound;
            values().upper[j] = -gap;
        } else if (way == 2 && options_.equations > 0) {
            contradict_an_equation(gap);
            return;
        } else {
            contradict_by_a_row(gap);
            return;
        }
        clear_multipliers();
    }

    void clear_multipliers() {
        for (auto* part : {&y_, &z_, &cone_z_}) std::fill(part->begin(), part->end(), 0.0);
    }

    void contradict_an_equation(double gap) {
        clear_multipliers();
        const int of = random_.below(options_.equations);
        Numbers copy = row_[of];
        for (double& value : copy) value *= 2;
        const double value = 2 * values().row_lower[of] + gap;
        y_[of] = -2;
        row_.push_back(copy);
        add_row_sides({value, value, 1});
    }

    /// Multipliers say that their sum of rows is at least what the bounds add up to; the new row says it is less.
    void contradict_by_a_row(double gap) {
        for (auto* part : {&y_, &z_})
            for (double& multiplier : *part)
                if (random_.chance(0.4)) multiplier = 0;
        double least = 0;
        for (std::size_t i = 0; i < y_.size(); ++i)
            if (y_[i] != 0) least += y_[i] * (y_[i] > 0 ? values().row_lower[i] : values().row_upper[i]);
        for (std::size_t j = 0; j < n_; ++j)
            if (z_[j] != 0) least += z_[j] * (z_[j] > 0 ? values().lower[j] : values().upper[j]);
        row_.push_back(pull());
        add_row_sides({-no_bound, least - gap, -1});
    }

    double power_of_two(int most) { return std::ldexp(1.0, random_.below(2 * most + 1) - most); }

    /// Powers of two change no digit of the known answer.
    void scale() {
        Numbers column(n_);
        // x^(1-a) of a = 4 turns 2^4 into 2^12.
        for (std::size_t j = 0; j < n_; ++j) column[j] = power_of_two(weight(j) > 0 ? 4 : 13);
        for (const auto& [a, b, c] : problem_.structure.cones) column[b] = column[c] = column[a];
        for (std::size_t i = 0; i < row_.size(); ++i) {
            const double factor = power_of_two(13);
            for (std::size_t j = 0; j < n_; ++j) row_[i][j] *= factor * column[j];
            values().row_lower[i] *= factor;
            values().row_upper[i] *= factor;
            y_[i] /= factor;
        }
        for (std::size_t j = 0; j < n_; ++j) {
            for (Numbers* numbers : {&values().lower, &values().upper, &point_, &direction_})
                if (!numbers->empty()) (*numbers)[j] /= column[j];
            for (Numbers* numbers : {&values().linear, &z_}) (*numbers)[j] *= column[j];
            for (std::size_t i = 0; i < quadratic_.size(); ++i) quadratic_[i][j] *= column[i] * column[j];
            if (weight(j) > 0 && problem_.structure.term[j] == Term::power)
                values().weight[j] *= std::pow(column[j], 1 - problem_.structure.exponent[j]);
        }
        for (std::size_t k = 0; k < cone_z_.size(); ++k) cone_z_[k] *= column[problem_.structure.cones[k / 3][0]];
    }

    static void add_row(SparsePattern& pattern, Numbers& value, const Numbers& row, std::size_t first) {
        for (std::size_t j = first; j < row.size(); ++j) {
            if (row[j] == 0) continue;
            pattern.column.push_back(static_cast<std::int32_t>(j));
            value.push_back(row[j]);
        }
        pattern.start.push_back(pattern.entry_count());
    }

    RandomConvex assembled() {
        problem_.structure.variable_count = options_.variables;
        for (const Numbers& row : row_) add_row(problem_.structure.rows, values().row_value, row, 0);
        for (std::size_t i = 0; i < quadratic_.size(); ++i)
            add_row(problem_.structure.quadratic, values().quadratic, quadratic_[i], i);
        problem_.find_sides();
        return {problem_, is(RandomConvexKind::unbounded) ? direction_ : point_, y_, z_, cone_z_};
    }

    Random random_;
    RandomConvexOptions options_;
    std::size_t n_;
    ConvexProblem problem_;
    std::vector<char> in_cone_, equation_;
    Matrix row_, quadratic_;
    Numbers point_, direction_, y_, z_, cone_z_;
};

}  // namespace

RandomConvex random_convex(std::uint64_t seed, const RandomConvexOptions& options) {
    return Maker(seed, options).make();
}

RandomConvexOptions random_convex_options(std::uint64_t seed, RandomConvexKind kind, int variable_max) {
    Random random(seed);
    RandomConvexOptions options;
    options.kind = kind;
    options.variables = 4 + random.below(variable_max - 3);
    options.rows = random.below(options.variables + 4);
    options.equations = random.below(1 + options.variables / 3);
    options.cones = random.chance(0.5) ? random.below(1 + options.variables / 3) : 0;
    options.density = random.uniform(0.1, 0.7);
    options.term_share = random.chance(0.5) ? random.uniform(0.1, 1) : 0;
    options.free_share = random.uniform(0, 0.5);
    options.fixed_share = random.chance(0.5) ? 0.1 : 0;
    if (random.chance(0.5)) options.quadratic_rank = 1 + random.below(options.variables);
    return options;
}

}  // namespace headroom::test
