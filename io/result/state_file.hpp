#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/state/state_result.hpp"
#include "formulations/state/terminal_table.hpp"
#include "io/hdf5/writer.hpp"
#include "io/result/forecast_run_info.hpp"
#include "io/result/row_table.hpp"

namespace headroom {

namespace state_schema {

inline constexpr std::string_view name = "headroom-flow";
inline constexpr std::int64_t version = 1;
inline constexpr std::string_view status_meanings = "solved diverged invalid_input";
inline constexpr std::int8_t status_last = 2;
inline constexpr std::string_view conductor_meanings = "a b c neutral";

}  // namespace state_schema

/// Writes power flows (io/schema.md) that read without their case, complete or not at all; the same content gives the
/// same bytes. Voltages and currents come block by block, in any partition of the feeders.
class StateWriter {
public:
    /// @param region, series, terminals  must outlive this    @throws OutputError
    /// @param threads                    that values are compressed on; 0: all
    StateWriter(const Region& region, const SeriesSet& series, const TerminalTable& terminals,
                const ForecastRunInfo& run, const std::filesystem::path& path, int threads = 1);

    void write(const StateBlock& block);
    /// What the items come to, and the end: only now the file has its name.
    /// @throws std::invalid_argument  where that does not fit the region
    void finish(const StateResult& result);

private:
    void write_terminals();
    void write_branches();
    void create_values();

    const Region& region_;
    const SeriesSet& series_;
    const TerminalTable& terminals_;
    Hdf5Writer writer_;
};

/// Of a file of power flows what says how they went; the voltages and currents stay on disk.
struct StateFile {
    ForecastRunInfo run;
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;    ///< [#feeder]
    RowNames row_names;
    std::vector<std::string> terminal_bus;  ///< [#terminal] ids
    std::vector<std::int8_t> conductor;     ///< [#terminal] 0 to 3: a, b, c, neutral
    StateResult result;
};

/// Throws InputError naming the dataset and the rule when the file is damaged, hostile or holds no power flows.
StateFile read_state(const std::filesystem::path& path);

}  // namespace headroom
