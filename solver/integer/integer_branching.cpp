// What to branch on: pseudo-costs, and linear programs on both sides of integers of which they know little.

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "solver/integer/integer_search.hpp"

namespace headroom {
namespace {

constexpr double integral = 1e-7;  // from an integer: counts as one until the point made exact says otherwise
constexpr int enough_tries = 4;    // of both directions: from here on pseudo-costs are believed
constexpr std::size_t probes_max = 8;

}  // namespace

IntegerSearch::Branch IntegerSearch::choose(std::int64_t& node, double bound) {
    candidates_.clear();
    for (std::size_t k = 0; k < integer_.size(); ++k) {
        if (std::abs(x_[k] - std::round(x_[k])) <= integral) continue;
        const double floor = std::floor(x_[k]);
        candidates_.push_back({Branch::Kind::on, k, floor, x_[k] - floor});
    }
    if (candidates_.empty()) return {};
    std::ranges::stable_sort(candidates_, std::greater{}, [&](const Branch& candidate) {
        return pseudo_costs_.score(candidate.k, candidate.fraction);
    });
    Branch best = candidates_.front();
    double best_score = -1;
    std::size_t probes = 0;
    for (const Branch& candidate : candidates_) {
        double score = pseudo_costs_.score(candidate.k, candidate.fraction);
        if (pseudo_costs_.tries(candidate.k) < enough_tries && probes < probes_max) {
            ++probes;
            const Branch probed = probe(node, candidate, bound, score);
            if (probed.kind != Branch::Kind::on) return probed;
        }
        if (score > best_score) best = candidate, best_score = score;
    }
    return best;
}

/// Solves both sides. A side that cannot hold a better point is cut off for good below this node.
IntegerSearch::Branch IntegerSearch::probe(std::int64_t& node, const Branch& candidate, double bound, double& score) {
    const std::size_t k = candidate.k;
    const Box box = here_[k], down{box.lower, candidate.floor}, up{candidate.floor + 1, box.upper};
    Side low = probed(k, down, bound), high = probed(k, up, bound);
    set_box(k, box);
    const bool no_down = is_closed(low.bound), no_up = is_closed(high.bound);
    if (low.bound < no_bound) pseudo_costs_.learn(k, false, candidate.fraction, low.bound - bound);
    if (high.bound < no_bound) pseudo_costs_.learn(k, true, 1 - candidate.fraction, high.bound - bound);
    if (no_down) close(low.bound);
    if (no_up) close(high.bound);
    if (no_down || no_up) {
        const auto [down_proof, up_proof] = proof_.split(proof_here_, k, candidate.floor);
        proof_.close(down_proof, proof_.keep(std::move(low.multipliers)), low.bound);
        proof_.close(up_proof, proof_.keep(std::move(high.multipliers)), high.bound);
        if (no_down && no_up) return {.kind = Branch::Kind::dead};
        here_[k] = no_down ? up : down;
        set_box(k, here_[k]);
        proof_here_ = no_down ? up_proof : down_proof;
        node = tree_.add(node, std::max(bound, no_down ? high.bound : low.bound),
                         {static_cast<int>(k), here_[k].lower, here_[k].upper}, proof_here_);
        return {.kind = Branch::Kind::tightened};
    }
    score = PseudoCosts::score_of(low.bound - bound, high.bound - bound);
    return candidate;
}

/// Solves one side. A bound of infinity: nothing fits.
IntegerSearch::Side IntegerSearch::probed(std::size_t k, const Box& box, double bound) {
    set_box(k, box);
    simplex_.solve();
    answer_.iterations += simplex_.iterations();
    return {std::max(bound, simplex_.bound()), proof_.taken(simplex_)};
}

/// The integer that is not fixed yet and furthest from being integer: where rounding at all is what does not fit.
IntegerSearch::Branch IntegerSearch::unfixed() const {
    Branch best;
    double most = -1;
    for (std::size_t k = 0; k < integer_.size(); ++k) {
        const double distance = std::abs(x_[k] - std::round(x_[k]));
        if (here_[k].lower >= here_[k].upper || distance <= most) continue;
        most = distance;
        const double floor = std::clamp(std::floor(x_[k]), here_[k].lower, here_[k].upper - 1);
        best = {Branch::Kind::on, k, floor, std::clamp(x_[k] - floor, 0.0, 1.0)};
    }
    return best;
}

}  // namespace headroom
