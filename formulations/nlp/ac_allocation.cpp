#include "formulations/nlp/ac_allocation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "formulations/nlp/ipopt_dense.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double first_guess_step = 2.0 / 3.0;
constexpr int first_guesses = 60;
constexpr double at_end = 1e-7;  // relative: a level this close to where a limit begins or ends to move goes on

/// Ipopt wants values and derivatives far below its own tolerance, and limits without a jump where power turns.
constexpr AcFeederSettings smooth{
    .flow_tolerance = 1e-12, .gradient_tolerance = 1e-11, .sides = WatchedLimits::Sides::together};

}  // namespace

/// One step on its way to an answer.
class AcAllocation::Step {
public:
    Step(const AcAllocation& allocation, const SeriesSet& series, std::size_t step, double begin);

    AcAllocationAnswer solve();

private:
    std::vector<std::vector<double>> named_points() const;
    void search(std::span<const double> limit, std::span<const std::vector<double>> from);
    bool search_and_add(std::span<const double> limit);
    bool add_neighbours();
    std::vector<double> own_rooms();
    LimitVariables every_limit();
    LimitVariables common_level(double low, double high) const;
    std::vector<double> level_ends() const;
    void raise_level();
    void secure(const LimitVariables& variables, CornerUtility utility);
    bool find_start(CornerProgram& program, std::span<const double> towards);
    bool add_corners();
    bool add_corner(std::int32_t limit);

    const AcAllocation& of_;
    const double begin_;
    const FeederAllocation& linear_;
    std::vector<double> start_, cap_;  ///< [#limit] kW, kvar
    EnvelopeBox ranges_;
    std::vector<AcBase> base_;
    EnvelopePoints points_, searched_;
    WorstPoints worst_;
    std::vector<SecuredCorner> corners_;
    AcAllocationAnswer answer_;
};

AcAllocation::Step::Step(const AcAllocation& allocation, const SeriesSet& series, std::size_t step, double begin)
    : of_(allocation),
      begin_(begin),
      linear_(allocation.linear_),
      ranges_(adversarial_ranges(linear_.rows(), of_.feeder_.coordinates(), of_.columns_)),
      base_{ac_base(of_.feeder_, series, step, linear_.question())},
      points_(of_.feeder_, base_),
      searched_(of_.feeder_, base_),
      worst_(of_.feeder_, searched_, 1) {
    FeederAllocation::Workspace work = linear_.workspace();
    linear_.load_pack(step, work);
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) {
        start_.push_back(work.start[c * lane_count]);
        cap_.push_back(work.cap[c * lane_count]);
    }
    std::vector<std::int32_t> every(of_.feeder_.limits().size());
    std::iota(every.begin(), every.end(), 0);
    for (const double share : {1.0, 0.0}) corners_.push_back({std::vector<double>(of_.columns_.size(), share), every});
}

AcAllocationAnswer AcAllocation::Step::solve() {
    answer_.limit = start_;
    answer_.worst_excess = -INFINITY;
    search(start_, named_points());
    if (!(answer_.worst_excess <= of_.settings_.violation)) return answer_;
    switch (linear_.question().policy) {
        case Policy::total: secure(every_limit(), CornerUtility::sum); break;
        case Policy::proportional: secure(every_limit(), CornerUtility::sum_of_logs); break;
        default: raise_level();
    }
    answer_.corners = static_cast<int>(corners_.size());
    return answer_;
}

/// Everything up, everything down, and the corners of all linear rows.
std::vector<std::vector<double>> AcAllocation::Step::named_points() const {
    std::vector<std::vector<double>> points;
    for (const double share : {1.0, 0.0}) points.emplace_back(of_.columns_.size(), share);
    for (int r = 0; r < linear_.rows().row_count(); ++r)
        points.push_back(worst_corner(linear_.rows(), r, of_.columns_));
    return points;
}

void AcAllocation::Step::search(std::span<const double> limit, std::span<const std::vector<double>> from) {
    worst_.clear();
    searched_.set_box(0, box_of_limits(of_.columns_, ranges_, limit));
    for (const std::vector<double>& share : from) searched_.add(0, share);
    do worst_.search(std::array{0}, of_.settings_.near);
    while (add_neighbours());
    answer_.worst_excess = std::max(answer_.worst_excess, worst_.worst_excess(0));
}

/// From the named points together, and from every secured corner by itself: a search goes on from the worst point
/// alone, and where several corners hold a limit at once, the way to a worse one may begin at any of them.
/// @return whether corners were added
bool AcAllocation::Step::search_and_add(std::span<const double> limit) {
    answer_.worst_excess = -INFINITY;
    search(limit, named_points());
    bool added = add_corners();
    std::vector<std::vector<double>> secured;
    for (const SecuredCorner& corner : corners_) secured.push_back(corner.share);
    for (const std::vector<double>& share : secured) {
        search(limit, {&share, 1});
        added = add_corners() || added;
    }
    return added;
}

/// Every single customer moved to the other end, from the worst corner of every limit that is near: where a slope
/// changes its sign across the box, both of its ends look like the worst one to a search that goes by slopes.
/// @return whether there was a point that is not known
bool AcAllocation::Step::add_neighbours() {
    const std::size_t known = searched_.size();
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(of_.feeder_.limits().size()); ++l) {
        if (!(worst_.excess(0, l) > -of_.settings_.near)) continue;
        const std::span<const double> at = searched_.share(worst_.point(0, l));
        std::vector<double> share(at.begin(), at.end());
        for (double& moved : share) {
            const double before = moved;
            moved = before < 0.5 ? 1.0 : 0.0;
            searched_.add(0, share);
            moved = before;
        }
    }
    return searched_.size() > known;
}

/// kW, kvar above the start that every limit has alone, as far as the limits of the network that are all but reached
/// tell; without end where none does.
std::vector<double> AcAllocation::Step::own_rooms() {
    std::vector<double> room(start_.size(), INFINITY);
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(of_.feeder_.limits().size()); ++l) {
        const double left = std::max(-worst_.excess(0, l), 0.0);
        if (left > of_.settings_.violation) continue;
        const EnvelopePoints::GradientRequest request{worst_.point(0, l), l};
        worst_.require_gradients({&request, 1});
        const std::span<const double> slope = worst_.gradient(request.point, l);
        for (std::size_t k = 0; k < slope.size(); ++k) {
            const std::int32_t column = slope[k] > 0 ? of_.columns_[k].up : of_.columns_[k].down;
            if (column < 0 || slope[k] == 0) continue;
            double& own = room[static_cast<std::size_t>(column)];
            own = std::min(own, left / (std::abs(slope[k]) * watt_per_kilowatt));
        }
    }
    return room;
}

/// A variable for every limit that can rise.
LimitVariables AcAllocation::Step::every_limit() {
    const std::vector<double> room = own_rooms();
    LimitVariables result{std::vector<int>(start_.size(), -1), start_, std::vector<double>(start_.size(), 1.0), {}, {}};
    for (std::size_t c = 0; c < start_.size(); ++c) {
        if (std::min(room[c], cap_[c] - start_[c]) <= no_room_kw) continue;
        result.variable[c] = static_cast<int>(result.count());
        result.constant[c] = 0.0;
        result.lower.push_back(start_[c]);
        result.upper.push_back(cap_[c]);
    }
    return result;
}

/// Levels between which no limit begins or ends to move:  w_c = max(start_c, min(level reference_c, cap_c)).
LimitVariables AcAllocation::Step::common_level(double low, double high) const {
    LimitVariables result{
        std::vector<int>(start_.size(), -1), start_, std::vector<double>(start_.size(), 0.0), {low}, {high}};
    for (std::size_t c = 0; c < start_.size(); ++c) {
        const double reference = linear_.reference()[c];
        if (low * reference >= cap_[c]) result.constant[c] = cap_[c];
        if (low * reference < start_[c] || high * reference > cap_[c]) continue;
        result.variable[c] = 0;
        result.constant[c] = 0.0;
        result.scale[c] = reference;
    }
    return result;
}

/// Where limits begin and end to move, increasing.
std::vector<double> AcAllocation::Step::level_ends() const {
    std::vector<double> ends{0.0};
    for (std::size_t c = 0; c < start_.size(); ++c) {
        if (cap_[c] <= start_[c]) continue;
        ends.push_back(start_[c] / linear_.reference()[c]);
        ends.push_back(cap_[c] / linear_.reference()[c]);
    }
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    return ends;
}

void AcAllocation::Step::raise_level() {
    const std::vector<double> ends = level_ends();
    answer_.status = AcAllocationStatus::solved;
    for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
        const LimitVariables variables = common_level(ends[k], ends[k + 1]);
        if (std::ranges::all_of(variables.variable, [](int v) { return v < 0; })) continue;
        secure(variables, CornerUtility::sum);
        if (answer_.status != AcAllocationStatus::solved || answer_.objective < ends[k + 1] * (1 - at_end)) return;
    }
}

/// Programs over more and more corners. Corners stay for what comes after.
void AcAllocation::Step::secure(const LimitVariables& variables, CornerUtility utility) {
    std::vector<double> towards = variables.upper;
    for (int round = 0; round < of_.settings_.round_limit; ++round) {
        CornerProgram program(of_.feeder_, points_, of_.columns_, ranges_, variables, utility, corners_);
        if (!find_start(program, towards)) {
            answer_.status = AcAllocationStatus::unconverged;
            answer_.reason = "no interior";
            return;
        }
        const DenseAnswer found = solve_with_ipopt(program, of_.settings_.tolerance);
        ++answer_.rounds;
        answer_.iterations += found.iterations;
        answer_.limit = variables.limits(found.x);
        program.objective(found.x, answer_.objective);
        answer_.objective = -answer_.objective;
        answer_.reason = found.reason;
        const bool added = search_and_add(answer_.limit);
        answer_.status = !found.converged                                  ? AcAllocationStatus::unconverged
                         : std::isinf(answer_.worst_excess)                ? AcAllocationStatus::diverged
                         : answer_.worst_excess <= of_.settings_.violation ? AcAllocationStatus::solved
                                                                           : AcAllocationStatus::too_many_rounds;
        if (answer_.status != AcAllocationStatus::too_many_rounds || !added) return;
        towards = found.x;
    }
}

/// The first point on the way back to the lower bounds at which all corners are secure.
bool AcAllocation::Step::find_start(CornerProgram& program, std::span<const double> towards) {
    std::vector<double> x(towards.size()), excess(static_cast<std::size_t>(program.row_count()));
    double share = begin_;
    for (int guess = 0; guess < first_guesses; ++guess, share *= first_guess_step) {
        for (std::size_t k = 0; k < x.size(); ++k)
            x[k] = program.lower()[k] + share * (towards[k] - program.lower()[k]);
        if (!program.rows(x, excess) || *std::ranges::max_element(excess) > 0) continue;
        program.set_start(x);
        return true;
    }
    return false;
}

/// False where the search finds no limit passed.
bool AcAllocation::Step::add_corners() {
    bool added = false;
    for (std::int32_t l = 0; l < static_cast<std::int32_t>(of_.feeder_.limits().size()); ++l)
        if (worst_.excess(0, l) > of_.settings_.violation) added = add_corner(l) || added;
    return added;
}

/// The worst corner of a limit, with whatever else is near its limit there.
bool AcAllocation::Step::add_corner(std::int32_t limit) {
    const int point = worst_.point(0, limit);
    const std::span<const double> share = searched_.share(point);
    const auto known = std::ranges::find_if(
        corners_, [&](const SecuredCorner& corner) { return std::ranges::equal(corner.share, share); });
    if (known != corners_.end()) {
        if (std::ranges::find(known->limits, limit) != known->limits.end()) return false;
        known->limits.push_back(limit);
        return true;
    }
    SecuredCorner& corner = corners_.emplace_back();
    corner.share.assign(share.begin(), share.end());
    const std::span<const double> excess = searched_.excess(point);
    for (std::size_t l = 0; l < excess.size(); ++l)
        if (excess[l] > -of_.settings_.near) corner.limits.push_back(static_cast<std::int32_t>(l));
    return true;
}

AcAllocation::AcAllocation(const Region& region, const FeederAllocation& linear, const AcAllocationSettings& settings)
    : linear_(linear),
      settings_(settings),
      feeder_(region, static_cast<std::int64_t>(linear.feeder()), linear.rows(), {}, smooth),
      columns_(columns_of(feeder_.coordinates(), linear.rows().columns())) {
    const Policy policy = linear.question().policy;
    if (policy != Policy::total && policy != Policy::proportional && policy != Policy::equal)
        throw std::invalid_argument("the AC optimal power flow knows the policies total, proportional and equal");
}

AcAllocationAnswer AcAllocation::solve(const SeriesSet& series, std::size_t step) const {
    AcAllocationAnswer best;
    int iterations = 0;
    for (std::size_t k = 0; k < settings_.begin.size(); ++k) {
        const AcAllocationAnswer answer = Step(*this, series, step, settings_.begin[k]).solve();
        iterations += answer.iterations;
        const bool better = answer.status == AcAllocationStatus::solved
                            && (best.status != AcAllocationStatus::solved || answer.objective > best.objective);
        if (k == 0 || better) best = answer;
        if (linear_.question().policy != Policy::total) break;
    }
    best.iterations = iterations;
    return best;
}

}  // namespace headroom
