#pragma once

#include "bench/support/bench_cases.hpp"
#include "bench/support/filling_problem.hpp"
#include "formulations/envelope/allocation.hpp"

namespace headroom::bench {

/// allocate() with the question that FillingProblem asks, on one thread.
EnvelopeResult allocate_one_thread(const BenchCase& bench_case);

/// The limits of the steps of `problem`, in its layout and in kW.
Answers envelope_answers(const FillingProblem& problem, const EnvelopeResult& result);

}  // namespace headroom::bench
