// How far linear and AC-corrected envelopes are from the nonlinear allocation, case by case, as a Markdown page on
// standard output.

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string_view>
#include <vector>

#include "bench/support/markdown_table.hpp"
#include "bench/support/yardstick_answers.hpp"
#include "formulations/network/chosen_steps.hpp"
#include "formulations/units.hpp"
#include "io/case/case_file.hpp"
#include "io/errors.hpp"

namespace headroom::bench {
namespace {

constexpr double clean = 1e-6;  // per unit: what a limit may be passed by

const char* name(Policy policy) {
    switch (policy) {
        case Policy::total: return "total";
        case Policy::proportional: return "proportional";
        default: return "equal";
    }
}

/// Some steps of a series, evenly spread.
SeriesSet spread_steps(const SeriesSet& series, std::size_t count) {
    const std::size_t all = series.step_count(), some = std::min(count, all);
    std::vector<std::size_t> steps;
    for (std::size_t k = 0; k < some; ++k) steps.push_back((2 * k + 1) * all / (2 * some));
    SeriesSet chosen = chosen_steps(series, steps);
    chosen.price.clear();
    return chosen;
}

/// Of the steps that the yardstick and the method both solve.
struct Score {
    int steps = 0;
    double exports = 0, imports = 0;  ///< kW per step
    double gap = 0;                   ///< of the merit to the yardstick's, mean over steps
};

Score score(const MethodAnswer& answer, const MethodAnswer& yardstick, std::size_t customers) {
    Score result;
    for (std::size_t step = 0; step < answer.merit.size(); ++step) {
        if (std::isnan(answer.merit[step]) || std::isnan(yardstick.merit[step])) continue;
        ++result.steps;
        result.gap += answer.merit[step] / yardstick.merit[step] - 1;
        for (std::size_t k = step * customers; k < (step + 1) * customers; ++k) {
            if (std::isnan(answer.limits.export_limit[k])) continue;
            result.exports += answer.limits.export_limit[k] / watt_per_kilowatt;
            result.imports += answer.limits.import_limit[k] / watt_per_kilowatt;
        }
    }
    for (double* sum : {&result.exports, &result.imports, &result.gap}) *sum /= std::max(result.steps, 1);
    return result;
}

/// Worst of all steps in AC.
struct Judgement {
    bool diverged = false;
    double excess = -INFINITY, volt = -INFINITY;  ///< per unit of voltage or rating; of voltages alone, V
};

Judgement judge(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                const MethodAnswer& answer) {
    const ReplayResult replayed = replay(region, series, question, answer.limits, {""}, {}, {.threads = 1});
    Judgement result;
    for (std::size_t step = 0; step < series.step_count(); ++step) {
        if (replayed.status[step] == ReplayStatus::diverged) result.diverged = true;
        if (replayed.status[step] != ReplayStatus::replayed) continue;
        result.excess = std::max(result.excess, replayed.excess(step));
        for (std::size_t r = 0; r < replayed.rows.size(); ++r) {
            const double over = replayed.worst_value[step * replayed.rows.size() + r] - replayed.rows.limit[r];
            if (replayed.rows.branch[r] >= 0) continue;
            result.volt = std::max(result.volt, replayed.rows.kind[r] == RowKind::voltage_min ? -over : over);
        }
    }
    return result;
}

std::string violation(const Judgement& judged, double value, int decimals) {
    if (!std::isfinite(judged.excess)) return "";
    return judged.excess > clean && value > 0 ? fmt::format("{:.{}f}", value, decimals) : "none";
}

void add_lines(const std::string& title, const Region& region, const SeriesSet& series, Policy policy,
               MarkdownTable& table) {
    const AllocationQuestion question{.policy = policy, .contain = Contain::zero};
    const std::vector<MethodAnswer> answers = answers_of_all_methods(region, series, question);
    for (const MethodAnswer& answer : answers) {
        const Score of = score(answer, answers.back(), region.customer_count());
        const Judgement judged = judge(region, series, question, answer);
        const bool compared = of.steps > 0;
        table.add({title, name(policy), answer.method, std::to_string(of.steps),
                   compared ? fmt::format("{:.2f}", of.exports) : "", compared ? fmt::format("{:.2f}", of.imports) : "",
                   compared ? fmt::format("{:+.4f}", 100 * of.gap) : "",
                   judged.diverged ? "no power flow" : violation(judged, judged.excess, 6),
                   judged.diverged ? "" : violation(judged, judged.volt, 2),
                   fmt::format("{:.3g}", 1e3 * answer.seconds / static_cast<double>(series.step_count())),
                   answer.remark});
    }
}

void print_head(std::size_t steps) {
    fmt::print(
        "# Envelopes against the nonlinear allocation\n\n"
        "The yardstick is the AC optimal power flow of [ac_allocation.md](../formulations/nlp/ac_allocation.md). Both "
        "directions, limits\nbegin at zero (`--contain zero`), up to {} steps of each case, evenly spread. "
        "`steps`: solved by the method and by the\nyardstick; sums are of these. `gap`: of what the policy maximises "
        "to the yardstick's - the sum of limits, their geometric mean,\nthe common level - on average, percent; above "
        "zero a method promises more than the network can carry in AC. Violations are the\nworst of all steps that "
        "`headroom replay`'s search finds, per unit of base voltage or rating, and of voltages in volts.\n`ms`: "
        "processor time per step, one thread, set-up of the feeder included.\n"
        "enwl_N_F: network N, feeder F of the Electricity North West set (three wires), "
        "imported with `--series daily --step 1800\n--active 1/2 --export-cap 10 --import-cap 14 --customer-voltage "
        "216.2 253`.\n\n    build/release/bin/bench_yardstick CASE... > bench/yardstick.md\n\n",
        steps);
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
    using namespace headroom;
    using namespace headroom::bench;
    std::size_t steps = 4;
    std::vector<std::filesystem::path> cases;
    for (int k = 1; k < argc; ++k) {
        if (std::string_view(argv[k]) == "--steps" && k + 1 < argc) {
            steps = static_cast<std::size_t>(std::max(std::atoi(argv[++k]), 1));
        } else {
            cases.emplace_back(argv[k]);
        }
    }
    if (cases.empty()) {
        fmt::print(stderr, "bench_yardstick [--steps N] CASE...\n");
        return 2;
    }
    print_head(steps);
    MarkdownTable table({"case", "policy", "method", "steps", "export, kW", "import, kW", "gap, %", "violation, p.u.",
                         "violation, V", "ms", "remarks"});
    int status = 0;
    for (const std::filesystem::path& path : cases) {
        try {
            const Region region = read_case(path, {.feeder_count = 1});
            const SeriesSet series = spread_steps(region.series.front(), steps);
            for (const Policy policy : {Policy::total, Policy::proportional, Policy::equal})
                add_lines(path.stem().string(), region, series, policy, table);
        } catch (const std::exception& error) {
            fmt::print(stderr, "{}: {}\n", path.string(), error.what());
            status = 1;
        }
    }
    fmt::print("{}", table.text());
    return status;
}
