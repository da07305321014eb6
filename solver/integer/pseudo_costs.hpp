#pragma once

#include <cstddef>
#include <vector>

namespace headroom {

/// What rounding has cost: the rise of the linear program's optimum over the distance a variable was moved, averaged by
/// variable and direction; a variable that was never moved takes the average of all.
class PseudoCosts {
public:
    explicit PseudoCosts(std::size_t variables) : down_(variables), up_(variables) {}

    void learn(std::size_t variable, bool up, double distance, double rise);
    /// How often the direction that was tried less was tried.
    int tries(std::size_t variable) const;
    /// Product of the expected rises; the larger, the better to branch on. @param fraction in (0, 1)
    double score(std::size_t variable, double fraction) const;

    static double score_of(double down_rise, double up_rise);

private:
    struct Mean {
        double sum = 0;
        int count = 0;
    };
    double expected(const Mean& own, const Mean& all, double distance) const;

    std::vector<Mean> down_, up_;
    Mean all_down_, all_up_;
};

}  // namespace headroom
