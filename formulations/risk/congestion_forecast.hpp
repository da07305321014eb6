#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "formulations/network/region.hpp"
#include "formulations/risk/congestion_result.hpp"
#include "formulations/risk/uncertainty.hpp"

namespace headroom {

/// What is asked of every feeder and step.
struct CongestionQuestion {
    Uncertainty uncertainty = {};
    std::int32_t samples = 1000;  ///< per feeder and step, > 0
    std::uint64_t seed = 1;
    std::vector<double> quantiles{0.05, 0.5, 0.95};  ///< in [0, 1], rising
    Monitoring monitoring = Monitoring::customers;   ///< buses whose voltage is watched

    /// What is wrong with it, in words; nothing where all is well.
    std::optional<std::string> fault() const;
};

struct CongestionRun {
    int threads = 0;                                        ///< <= 0: all
    std::uint64_t memory_bytes = std::uint64_t{4} << 30;    ///< for samples and for results, each
    std::function<void(std::int64_t items)> finished = {};  ///< called from any thread after some items; may be empty
    const std::atomic<bool>* stop = nullptr;                ///< once true, Stopped is thrown
    std::int64_t first_feeder = 0;  ///< row in the case of the region's first feeder: samples hang on it
};

/// Probabilistic congestion forecast of every feeder and step of one series: AC power flows of random injections around
/// the forecast (congestion_forecast.md). The same bytes for any number of threads.
/// @param faults   [#feeder] from validate(): "" or the reason why the feeder must not be solved
/// @throws std::invalid_argument  for a question with a fault, and where samples or results would take more than
///                                CongestionRun::memory_bytes
CongestionResult forecast_congestion(const Region& region, const SeriesSet& series, const CongestionQuestion& question,
                                     const std::vector<std::string>& faults, const CongestionRun& run);

}  // namespace headroom
