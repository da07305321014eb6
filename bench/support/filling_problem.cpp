#include "bench/support/filling_problem.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/units.hpp"
#include "solver/reference/plain_filling.hpp"

namespace headroom::bench {
namespace {

SecurityRows rows_of_first_feeder(const Region& region) {
    const AllocationQuestion question;
    return SecurityRows(region, reduce(linear_network(region, 0, question.flow, question.monitoring)),
                        {.dust = question.dust});
}

bool fits(const PackingRows& rows, std::span<const double> room, std::span<const double> w) {
    for (int r = 0; r < rows.row_count(); ++r) {
        double used = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) used += rows.value[e] * w[rows.column[e]];
        if (!(used <= room[r])) return false;
    }
    return true;
}

}  // namespace

FillingProblem::FillingProblem(const Region& region, const SeriesSet& series)
    : region_(region), series_(series), security_(rows_of_first_feeder(region)) {
    for (const auto* cap : {&region.customer.export_cap, &region.customer.import_cap})
        for (const std::int64_t customer : security_.active())
            cap_.push_back((*cap)[static_cast<std::size_t>(customer)] / watt_per_kilowatt);
    reference_.assign(cap_.size(), 1.0);
    auto work = security_.workspace();
    std::vector<double> room(static_cast<std::size_t>(rows().row_count()));
    for (std::size_t first = 0; first < series.step_count(); first += lane_count) {
        load_base(first, work);
        security_.room(work);
        for (std::size_t lane = 0; lane < lane_count && first + lane < series.step_count(); ++lane) {
            for (std::size_t r = 0; r < room.size(); ++r) room[r] = work.room[r * lane_count + lane];
            keep_problem(first + lane, room);
        }
    }
    make_packs();
}

void FillingProblem::load_base(std::size_t first_step, SecurityRows::Workspace& work) const {
    const std::size_t customers = region_.customer_count();
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const std::size_t step = std::min(first_step + lane, series_.step_count() - 1);
        for (std::size_t c = 0; c < security_.customers().size(); ++c) {
            const auto k = static_cast<std::size_t>(security_.customers()[c].customer);
            const bool active = region_.customer.active[k] != 0;
            work.p[c * lane_count + lane] = active ? 0.0 : series_.p_forecast[step * customers + k];
            work.q[c * lane_count + lane] = series_.q_forecast[step * customers + k];
        }
        const PhaseVector slack = slack_voltage(region_, series_, 0, step, security_.network().model);
        for (std::size_t p = 0; p < 3; ++p) {
            work.slack[2 * p * lane_count + lane] = slack[static_cast<int>(p)].real();
            work.slack[(2 * p + 1) * lane_count + lane] = slack[static_cast<int>(p)].imag();
        }
    }
}

std::vector<double> FillingProblem::start_of(std::size_t step) const {
    const std::size_t n = security_.active_count();
    std::vector<double> start(2 * n);
    for (std::size_t limit = 0; limit < 2 * n; ++limit) {
        const auto k = static_cast<std::size_t>(security_.active()[limit % n]);
        const double injection = series_.p_forecast[step * region_.customer_count() + k] / watt_per_kilowatt;
        start[limit] = std::min(std::max(limit < n ? injection : -injection, 0.0), cap_[limit]);
    }
    return start;
}

void FillingProblem::keep_problem(std::size_t step, std::span<const double> room) {
    const auto start = start_of(step);
    if (!fits(rows(), room, start)) {
        ++left_out_;
        return;
    }
    step_.push_back(step);
    room_.insert(room_.end(), room.begin(), room.end());
    start_.insert(start_.end(), start.begin(), start.end());
}

FillingProblem::Pack FillingProblem::make_pack(const std::array<std::size_t, lane_count>& problems, std::size_t first,
                                               std::size_t count) const {
    const std::size_t rows_count = static_cast<std::size_t>(rows().row_count()), limits = cap_.size();
    Pack pack{LaneArray(rows_count * lane_count),
              LaneArray(limits * lane_count),
              LaneArray(limits * lane_count),
              LaneArray(limits * lane_count),
              LaneArray(lane_count),
              first,
              count};
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        for (std::size_t r = 0; r < rows_count; ++r) pack.room[r * lane_count + lane] = room(problems[lane])[r];
        for (std::size_t c = 0; c < limits; ++c) {
            pack.start[c * lane_count + lane] = start(problems[lane])[c];
            pack.cap[c * lane_count + lane] = cap_[c];
            pack.reference[c * lane_count + lane] = reference_[c];
        }
        pack.live[lane] = lane < count ? 1.0 : 0.0;
    }
    return pack;
}

void FillingProblem::make_packs() {
    std::array<std::size_t, lane_count> problems{};
    for (std::size_t first = 0; first < size(); first += lane_count) {
        const std::size_t count = std::min<std::size_t>(lane_count, size() - first);
        for (std::size_t lane = 0; lane < lane_count; ++lane) problems[lane] = first + std::min(lane, count - 1);
        packs_.push_back(make_pack(problems, first, count));
    }
    for (std::size_t lane = 0; lane < lane_count; ++lane) problems[lane] = lane * (size() - 1) / (lane_count - 1);
    sample_ = make_pack(problems, 0, lane_count);
}

Answers plain_answers(const FillingProblem& problem) {
    Answers answers;
    for (std::size_t k = 0; k < problem.size(); ++k) {
        const auto plain = plain_filling(problem.rows(), FillingRule::lexicographic, problem.room(k), problem.start(k),
                                         problem.cap(), problem.reference());
        answers.insert(answers.end(), plain.limit.begin(), plain.limit.end());
    }
    return answers;
}

LaneAnswers::LaneAnswers(const FillingProblem& problem)
    : limit(problem.packs().size(), LaneArray(problem.cap().size() * lane_count)),
      rounds(problem.packs().size() * lane_count),
      stop_(problem.cap().size() * lane_count),
      level_(lane_count),
      plan_(problem.rows()),
      work_(problem.rows()),
      sample_limit_(problem.cap().size() * lane_count),
      sample_rounds_(lane_count) {}

void LaneAnswers::fill_all(const FillingProblem& problem) {
    const auto view = [this](const FillingProblem::Pack& pack, double* limits, int* pack_rounds) {
        return FillingPack{.room = pack.room.data(),
                           .start = pack.start.data(),
                           .cap = pack.cap.data(),
                           .reference = pack.reference.data(),
                           .live = pack.live.data(),
                           .limit = limits,
                           .stop = stop_.data(),
                           .level = level_.data(),
                           .rounds = pack_rounds};
    };
    learn_first_rows(plan_, FillingRule::lexicographic,
                     view(problem.sample(), sample_limit_.data(), sample_rounds_.data()), work_);
    for (std::size_t k = 0; k < limit.size(); ++k)
        fill(plan_, FillingRule::lexicographic,
             view(problem.packs()[k], limit[k].data(), rounds.data() + k * lane_count), work_);
}

Answers LaneAnswers::unpacked(const FillingProblem& problem) const {
    const std::size_t limits = problem.cap().size();
    Answers answers(problem.size() * limits);
    for (std::size_t problem_index = 0; problem_index < problem.size(); ++problem_index)
        for (std::size_t c = 0; c < limits; ++c)
            answers[problem_index * limits + c] =
                limit[problem_index / lane_count][c * lane_count + problem_index % lane_count];
    return answers;
}

}  // namespace headroom::bench
