#include "solver/convex/lane_solver.hpp"

#include <chrono>
#include <cmath>

#include "solver/convex/iterate.hpp"
#include "solver/kkt/kkt_solve.hpp"

namespace headroom {
namespace {

/// Adds the time until its end to a stage, if anyone wants to know.
class Stopwatch {
public:
    Stopwatch(StageTimes* times, double StageTimes::*stage) : times_(times), stage_(stage) {
        if (times_ != nullptr) start_ = Clock::now();
    }
    ~Stopwatch() {
        if (times_ != nullptr) times_->*stage_ += std::chrono::duration<double>(Clock::now() - start_).count();
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    using Clock = std::chrono::steady_clock;
    StageTimes* times_;
    double StageTimes::*stage_;
    Clock::time_point start_;
};

}  // namespace

LaneSolver::LaneSolver(const ConvexPlan& plan, const ConvexSettings& settings, int width)
    : plan_(plan),
      settings_(settings),
      workspace_(plan, settings, width),
      item_of_(static_cast<std::size_t>(width), idle),
      iterations_(static_cast<std::size_t>(width), 0) {}

void LaneSolver::solve(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes) {
    next_ = 0;
    std::fill(item_of_.begin(), item_of_.end(), idle);
    std::fill(workspace_.live(), workspace_.live() + workspace_.width(), 0.0);
    while (refill(items, outcomes)) {
        {
            const Stopwatch watch(times_, &StageTimes::assess);
            assess(workspace_.iterate);
        }
        if (retire(items, outcomes)) step();
    }
}

/// Gives idle lanes the next items. @return whether any lane is at work
bool LaneSolver::refill(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes) {
    const Stopwatch watch(times_, &StageTimes::load);
    bool busy = false;
    for (int lane = 0; lane < workspace_.width(); ++lane) {
        int& item = item_of_[static_cast<std::size_t>(lane)];
        while (item == idle && next_ < items.size()) {
            const std::size_t candidate = next_++;
            const bool fits = load_item(plan_, items[candidate], workspace_, lane);
            if (fits && start_item(plan_, workspace_, lane)) {
                item = static_cast<int>(candidate);
                iterations_[static_cast<std::size_t>(lane)] = 0;
                workspace_.live()[lane] = 1.0;
            } else {
                outcomes[candidate] = {fits ? ConvexStatus::stalled : ConvexStatus::primal_infeasible, 0};
            }
        }
        busy = busy || item != idle;
    }
    return busy;
}

bool LaneSolver::converged(int lane) const {
    const auto within = [this](double value, double scale) { return value <= settings_.tolerance * (1 + scale); };
    const auto& w = workspace_;
    return within(w.measure(measure_primal, lane), w.measure(measure_primal_scale, lane))
           && within(w.measure(measure_dual, lane), w.measure(measure_dual_scale, lane))
           && within(std::abs(w.measure(measure_gap, lane)), std::abs(w.measure(measure_objective, lane)))
           && within(w.measure(measure_complementarity, lane), std::abs(w.measure(measure_objective, lane)));
}

/// Takes finished lanes out. @return whether any goes on
bool LaneSolver::retire(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes) {
    bool goes_on = false;
    for (int lane = 0; lane < workspace_.width(); ++lane) {
        int& item = item_of_[static_cast<std::size_t>(lane)];
        if (item == idle) continue;
        const int iterations = iterations_[static_cast<std::size_t>(lane)]++;
        const double progress = workspace_.measure(measure_complementarity, lane);
        LaneOutcome outcome{ConvexStatus::solved, iterations};
        if (!converged(lane)) {
            if (std::isfinite(progress) && iterations < settings_.lane_iteration_max) {
                goes_on = true;
                continue;
            }
            outcome.status = std::isfinite(progress) ? ConvexStatus::iteration_limit : ConvexStatus::stalled;
        }
        store_item(plan_, items[static_cast<std::size_t>(item)], workspace_, lane);
        outcomes[static_cast<std::size_t>(item)] = outcome;
        workspace_.live()[lane] = 0.0;
        item = idle;
    }
    return goes_on;
}

/// One predictor-corrector step of all lanes.
void LaneSolver::step() {
    KktView& kkt = workspace_.kkt;
    IterateView& iterate = workspace_.iterate;
    const auto timed = [this](double StageTimes::*stage, auto&& work) {
        const Stopwatch watch(times_, stage);
        work();
    };
    timed(&StageTimes::factor, [&] { kkt_factor(kkt); });
    timed(&StageTimes::solve, [&] { kkt_backward(kkt, iterate.step); });
    timed(&StageTimes::predict, [&] { predict(iterate); });
    timed(&StageTimes::solve, [&] { kkt_solve(kkt, iterate.extra); });
    timed(&StageTimes::advance, [&] { add_corrector_share(iterate); });
    for (int k = 0; k < settings_.recentrings; ++k) {
        timed(&StageTimes::predict, [&] { recentre(iterate); });
        timed(&StageTimes::solve, [&] { kkt_solve(kkt, iterate.extra); });
        timed(&StageTimes::advance, [&] { add_recentring(iterate); });
    }
    timed(&StageTimes::advance, [&] { advance(iterate); });
}

}  // namespace headroom
