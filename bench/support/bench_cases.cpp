#include "bench/support/bench_cases.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "bench/support/synthetic_feeder.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::bench {
namespace {

void add(std::vector<BenchCase>& cases, const std::string& name, const Region& region) {
    if (const auto faults = validate(region); !faults.empty()) {
        std::fprintf(stderr, "%s is left out: %s\n", name.c_str(), summarise(faults).c_str());
        return;
    }
    for (std::size_t s = 0; s < region.series.size(); ++s)
        cases.push_back({name + "/" + std::to_string(region.series[s].step_count()), region, s});
}

void add_european(std::vector<BenchCase>& cases) {
    const char* wanted = std::getenv("HEADROOM_BENCH_CASE");
    const std::filesystem::path path = wanted != nullptr ? wanted : HEADROOM_BENCH_CASE;
    if (!std::filesystem::exists(path)) {
        std::fprintf(stderr, "no %s: the European LV feeder is left out\n", path.c_str());
        return;
    }
    Region region = read_case(path, {.all_series = true});
    add(cases, "european_lv", region);
    region.customer.active.assign(region.customer_count(), 1);
    add(cases, "european_lv_all_active", region);
}

std::vector<BenchCase> make_cases() {
    std::vector<BenchCase> cases;
    add_european(cases);
    for (const int steps : {96, 1440}) add(cases, "synthetic_906", synthetic_region({.steps = steps}));
    return cases;
}

}  // namespace

const std::vector<BenchCase>& bench_cases() {
    static const std::vector<BenchCase> cases = make_cases();
    return cases;
}

int run_benchmarks(int argc, char** argv) {
    benchmark::AddCustomContext("simd", std::string(simd_level_name(simd_level())));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

}  // namespace headroom::bench
