#include "tests/support/packing_family.hpp"

#include <cmath>

#include "solver/convex/convex_problem.hpp"

namespace headroom {
namespace {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 1) {}
    double uniform(double low, double high) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return low + (high - low) * static_cast<double>(state_ >> 11) / 9007199254740992.0;
    }

private:
    std::uint64_t state_;
};

}  // namespace

PackingFamily::PackingFamily(std::uint64_t seed, std::size_t limits, std::size_t row_count, std::size_t count) {
    Random random(seed);
    PackingRows rows;
    rows.limit_count = static_cast<int>(limits);
    for (std::size_t r = 0; r < row_count; ++r) {
        const double density = random.uniform(0.1, 1), size = std::pow(10, random.uniform(-4, 0));
        for (std::size_t c = 0; c < limits; ++c)
            if (random.uniform(0, 1) < density) {
                rows.column.push_back(static_cast<std::int32_t>(c));
                rows.value.push_back(size * random.uniform(0.1, 1));
            }
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
    }
    for (std::size_t k = 0; k < count; ++k) {
        std::vector<double> low(limits), high(limits), h(row_count);
        for (std::size_t c = 0; c < limits; ++c) {
            low[c] = random.uniform(0, 1) < 0.5 ? 0 : random.uniform(0, 1);
            const bool settled = low[c] > 0 && random.uniform(0, 1) < 0.2;
            high[c] = settled ? low[c] : low[c] + random.uniform(1, 9);
        }
        for (std::size_t r = 0; r < row_count; ++r) {
            double start = 0, cap = 0;
            for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
                start += rows.value[e] * low[rows.column[e]];
                cap += rows.value[e] * high[rows.column[e]];
            }
            // A third of the rows holds nobody.
            const double share = r % 3 == 0 ? 1.01 : random.uniform(0.1, 1.1);
            h[r] = random.uniform(0, 1) < 0.05 ? no_bound : start + share * (cap - start);
        }
        lower.push_back(low);
        upper.push_back(high);
        room.push_back(h);
    }
    plan.emplace(std::move(rows));
}

}  // namespace headroom
