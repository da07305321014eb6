#include <string_view>

#include "bench/support/bench_cases.hpp"
#include "bench/support/voltage_table.hpp"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--references") return headroom::bench::print_voltage_table(argv[2]);
    return headroom::bench::run_benchmarks(argc, argv);
}
