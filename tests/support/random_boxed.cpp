#include "tests/support/random_boxed.hpp"

#include <cmath>
#include <vector>

namespace headroom::test {
namespace {

double entry(RandomNumbers& random, const RandomBoxedOptions& options) {
    const double size = options.ties ? 1 + random.below(3) : random.uniform(0.1, 2);
    return options.packing || random.chance(0.5) ? size : -size;
}

void add_variable(ConvexProblem& problem, std::vector<double>& point, RandomNumbers& random,
                  const RandomBoxedOptions& options) {
    double lower = options.ties ? random.below(3) - 1 : random.uniform(-1, 1);
    double width = options.ties ? random.below(4) : random.uniform(0, 3);
    if (options.packing && random.chance(0.8)) lower = 0;
    if (random.chance(options.fixed_share)) width = 0;
    if (random.chance(options.binary_share)) lower = 0, width = 1;
    problem.values.lower.push_back(lower);
    problem.values.upper.push_back(lower + width);
    problem.values.linear.push_back(options.ties ? random.below(5) - 3 : random.uniform(-2, 1));
    point.push_back(options.ties ? lower + random.below(static_cast<int>(width) + 1)
                                 : lower + width * random.uniform(0, 1));
}

struct Row {
    std::vector<std::int32_t> column;
    std::vector<double> value;
};

Row draw_row(RandomNumbers& random, const RandomBoxedOptions& options) {
    Row row;
    for (int j = 0; j < options.variables; ++j) {
        if (!random.chance(options.density)) continue;
        row.column.push_back(j);
        row.value.push_back(entry(random, options));
    }
    return row;
}

void add_sides(ConvexProblem& problem, double at_point, RandomNumbers& random, const RandomBoxedOptions& options) {
    const auto distance = [&] { return options.ties ? random.below(3) : random.uniform(0, 0.5); };
    const double middle = options.feasible ? at_point : at_point + random.uniform(-2, 1);
    double lower = -no_bound, upper = middle + distance();
    if (!options.packing && random.chance(0.5)) lower = middle - distance(), upper = no_bound;
    if (random.chance(options.two_sided_share)) lower = middle - distance(), upper = middle + distance();
    if (random.chance(options.equation_share)) lower = upper = middle;
    if (random.chance(options.free_share)) lower = -no_bound, upper = no_bound;
    problem.values.row_lower.push_back(lower);
    problem.values.row_upper.push_back(upper);
}

}  // namespace

std::uint64_t RandomNumbers::next() {
    std::uint64_t value = (state_ += 0x9E3779B97F4A7C15U);
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

double RandomNumbers::uniform(double low, double high) {
    return low + (high - low) * std::ldexp(static_cast<double>(next() >> 11U), -53);
}

ConvexProblem random_boxed(std::uint64_t seed, const RandomBoxedOptions& options) {
    RandomNumbers random(seed);
    ConvexProblem problem;
    auto& [structure, values] = problem;
    structure.variable_count = options.variables;
    std::vector<double> point;
    for (int j = 0; j < options.variables; ++j) add_variable(problem, point, random, options);
    std::vector<Row> rows;
    for (int i = 0; i < options.rows; ++i) {
        const bool repeats = i > 0 && random.chance(options.duplicate_share);
        Row row = draw_row(random, options);
        if (repeats) row = rows[static_cast<std::size_t>(random.below(i))];
        double at_point = 0;
        for (std::size_t e = 0; e < row.column.size(); ++e) at_point += row.value[e] * point[row.column[e]];
        structure.rows.column.insert(structure.rows.column.end(), row.column.begin(), row.column.end());
        values.row_value.insert(values.row_value.end(), row.value.begin(), row.value.end());
        structure.rows.start.push_back(structure.rows.entry_count());
        add_sides(problem, at_point, random, options);
        rows.push_back(std::move(row));
    }
    problem.find_sides();
    return problem;
}

RandomBoxedOptions random_boxed_options(std::uint64_t seed, int variable_max, int row_max) {
    RandomNumbers random(seed ^ 0x5851F42D4C957F2DU);
    const auto share = [&](double most) { return random.chance(0.5) ? 0.0 : random.uniform(0, most); };
    RandomBoxedOptions options;
    options.variables = 1 + random.below(variable_max);
    options.rows = random.below(row_max + 1);
    options.density = random.uniform(0.1, 1);
    options.packing = random.chance(0.5);
    options.feasible = random.chance(0.8);
    options.ties = random.chance(0.5);
    options.equation_share = share(0.4);
    options.two_sided_share = share(0.5);
    options.free_share = share(0.2);
    options.duplicate_share = share(0.3);
    options.fixed_share = share(0.3);
    options.binary_share = share(1);
    return options;
}

}  // namespace headroom::test
