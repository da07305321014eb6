#include "formulations/secure/largest_corners.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace headroom {
namespace {

using Complex = std::complex<double>;

/// A direction at which a coordinate changes its end.
struct Turn {
    double angle;
    std::size_t coordinate;
    double end;  ///< share from there on
};

double wrapped(double angle) {
    constexpr double pi = std::numbers::pi;
    return angle > pi ? angle - 2 * pi : angle <= -pi ? angle + 2 * pi : angle;
}

/// All corners of the polygon, one after the other.
class Walk {
public:
    Walk(const PhasorMoves& moves, std::span<const double> share) : corner_(share.begin(), share.end()) {
        for (std::size_t k = 0; k < share.size(); ++k) {
            const Complex dz(moves.along[k], moves.across[k]);
            if (dz == 0.0) continue;
            for (const double end : {0.0, 1.0})
                turns_.push_back({wrapped(std::arg(dz) + (0.5 - end) * std::numbers::pi), k, end});
        }
        std::sort(turns_.begin(), turns_.end(), [](const Turn& a, const Turn& b) { return a.angle < b.angle; });
        // A whole turn leads back to where it begins.
        for (const Turn& turn : turns_) corner_[turn.coordinate] = turn.end;
        Complex z = moves.size;
        for (std::size_t k = 0; k < share.size(); ++k)
            z += Complex(moves.along[k], moves.across[k]) * (corner_[k] - share[k]);
        for (const Turn& turn : turns_) {
            z += Complex(moves.along[turn.coordinate], moves.across[turn.coordinate])
                 * (turn.end - std::exchange(corner_[turn.coordinate], turn.end));
            size_.push_back(std::abs(z));
        }
    }

    std::size_t count() const { return size_.size(); }
    double size(std::size_t corner) const { return size_[corner]; }
    bool is_peak(std::size_t corner) const {
        const std::size_t n = count();
        return size(corner) > size((corner + n - 1) % n) && size(corner) >= size((corner + 1) % n);
    }
    std::vector<double> share(std::size_t corner) const {
        std::vector<double> share = corner_;
        for (std::size_t k = 0; k <= corner; ++k) share[turns_[k].coordinate] = turns_[k].end;
        return share;
    }

private:
    std::vector<double> corner_;
    std::vector<Turn> turns_;
    std::vector<double> size_;  ///< [#turn] |z| after it
};

}  // namespace

std::vector<std::vector<double>> largest_corners(const PhasorMoves& moves, std::span<const double> share, double least,
                                                 std::size_t most) {
    const Walk walk(moves, share);
    std::vector<std::size_t> large;
    for (std::size_t corner = 0; corner < walk.count(); ++corner)
        if (walk.is_peak(corner) && walk.size(corner) > moves.size + least) large.push_back(corner);
    std::stable_sort(large.begin(), large.end(),
                     [&](std::size_t a, std::size_t b) { return walk.size(a) > walk.size(b); });
    large.resize(std::min(large.size(), most));
    std::vector<std::vector<double>> corners;
    for (const std::size_t corner : large) corners.push_back(walk.share(corner));
    return corners;
}

}  // namespace headroom
