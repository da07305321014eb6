// Writes DIRECTORY/case.h5, sparse.h5 (no shunts, curves, orders), clearing.h5, congestion.h5, flow.h5 and result.h5
// for read_with_python.py.

#include <filesystem>

#include "formulations/state/network_state.hpp"
#include "io/case/case_file.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/state_file.hpp"
#include "tests/support/small_clearing.hpp"
#include "tests/support/small_congestion.hpp"
#include "tests/support/small_orders.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/small_result.hpp"

namespace {

void write_flow(const headroom::Region& region, const std::filesystem::path& path) {
    using namespace headroom;
    const TerminalTable terminals = terminal_table(region);
    StateWriter writer(region, region.series[0], terminals, {}, path);
    StateRun run;
    run.keep = [&writer](const StateBlock& block) { writer.write(block); };
    const std::vector<std::string> faults(region.feeder_count());
    writer.finish(network_state(region, region.series[0], terminals, faults, run));
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace headroom;
    if (argument_count != 2) return 2;
    const std::filesystem::path directory = arguments[1];
    Region region = test::small_region();
    test::add_small_orders(region);
    write_case(region, directory / "case.h5");
    write_envelopes(test::small_result(region), region, region.series[0], test::small_run(), directory / "result.h5");
    write_congestion(test::small_congestion(region), region, region.series[0], test::small_congestion_run(),
                     directory / "congestion.h5");
    write_flow(region, directory / "flow.h5");
    write_clearing(test::small_clearing(region), region, region.series[0], test::small_envelope_status(region),
                   test::small_clearing_run(), directory / "clearing.h5");

    region.order = {};
    region.feeder.order_offset = {0};
    region.shunt = {};
    region.feeder.shunt_offset.assign(region.feeder_count() + 1, 0);
    region.volt_var = {};
    for (std::int32_t& curve : region.customer.volt_var) curve = -1;
    for (ReactiveMode& mode : region.customer.reactive_mode) mode = ReactiveMode::unity;
    write_case(region, directory / "sparse.h5");
}
