#include "solver/reference/plain_filling.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double rounding = 1e-13;

struct Walk {
    const PackingRows& rows;
    std::span<const double> room, start, cap, reference;
    std::vector<double> limit;
    std::vector<char> frozen;
    std::vector<int> stop;
    double level = 0;

    bool rising(std::size_t c) const {
        return frozen[c] == 0 && level * reference[c] >= start[c] * (1 - rounding)
               && limit[c] < cap[c] * (1 - rounding);
    }
    double used(int r) const {
        double sum = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) sum += rows.value[e] * limit[rows.column[e]];
        return sum;
    }
    double slope(int r) const {
        double sum = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            if (rising(rows.column[e])) sum += rows.value[e] * reference[rows.column[e]];
        return sum;
    }
    bool tight(int r) const { return room[r] - used(r) <= rounding * used(r); }

    /// Distance in level to the next corner: a limit that starts to rise or reaches its cap, or a row that fills up.
    double next_corner() const {
        double distance = infinity;
        for (std::size_t c = 0; c < limit.size(); ++c) {
            if (frozen[c] != 0) continue;
            if (rising(c))
                distance = std::min(distance, cap[c] / reference[c] - level);
            else if (level * reference[c] < start[c])
                distance = std::min(distance, start[c] / reference[c] - level);
        }
        for (int r = 0; r < rows.row_count(); ++r)
            if (const double s = slope(r); s > 0) distance = std::min(distance, std::max(room[r] - used(r), 0.0) / s);
        return distance;
    }
    void rise(double distance) {
        level += distance;
        for (std::size_t c = 0; c < limit.size(); ++c)
            if (frozen[c] == 0) limit[c] = std::min(std::max(start[c], level * reference[c]), cap[c]);
    }
    bool some_row_stops() const {
        for (int r = 0; r < rows.row_count(); ++r)
            if (tight(r) && slope(r) > 0) return true;
        return false;
    }
    bool all_at_cap() const {
        for (std::size_t c = 0; c < limit.size(); ++c)
            if (frozen[c] == 0 && limit[c] < cap[c] * (1 - rounding)) return false;
        return true;
    }
    void freeze() {
        for (std::size_t c = 0; c < limit.size(); ++c)
            if (frozen[c] == 0 && limit[c] >= cap[c] * (1 - rounding)) frozen[c] = 1, stop[c] = stopped_by_cap;
        for (int r = 0; r < rows.row_count(); ++r) {
            if (!tight(r)) continue;
            for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
                const int c = rows.column[e];
                if (frozen[c] == 0) frozen[c] = 1, stop[c] = r;
            }
        }
    }
    bool all_frozen() const {
        return std::all_of(frozen.begin(), frozen.end(), [](char f) { return f != 0; });
    }
};

}  // namespace

PlainFillingResult plain_filling(const PackingRows& rows, FillingRule rule, std::span<const double> room,
                                 std::span<const double> start, std::span<const double> cap,
                                 std::span<const double> reference) {
    const auto n = static_cast<std::size_t>(rows.limit_count);
    Walk walk{rows,
              room,
              start,
              cap,
              reference,
              {start.begin(), start.end()},
              std::vector<char>(n, 0),
              std::vector<int>(n, stopped_with_others)};
    for (int r = 0; r < rows.row_count(); ++r)
        if (walk.used(r) > room[r] * (1 + rounding))
            throw std::invalid_argument("plain_filling: the start does not fit");

    int rounds = 0;
    while (!walk.all_frozen()) {
        while (!walk.some_row_stops() && !walk.all_at_cap()) walk.rise(walk.next_corner());
        ++rounds;
        walk.freeze();
        if (rule == FillingRule::equal_share) break;
    }
    return {std::move(walk.limit), std::move(walk.stop), walk.level, rounds};
}

}  // namespace headroom
