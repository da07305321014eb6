#include "bench/support/envelope_answers.hpp"

#include "formulations/units.hpp"

namespace headroom::bench {

EnvelopeResult allocate_one_thread(const BenchCase& bench_case) {
    const std::vector<std::string> no_faults(bench_case.region.feeder_count());
    return allocate(bench_case.region, bench_case.steps(), AllocationQuestion{}, no_faults,
                    {.threads = 1, .finished = {}});
}

Answers envelope_answers(const FillingProblem& problem, const EnvelopeResult& result) {
    Answers answers;
    for (const std::size_t step : problem.steps())
        for (const auto* limit : {&result.export_limit, &result.import_limit})
            for (const std::int64_t customer : problem.security().active())
                answers.push_back((*limit)[step * result.customer_count + static_cast<std::size_t>(customer)]
                                  / watt_per_kilowatt);
    return answers;
}

}  // namespace headroom::bench
