#include "io/run/part_file.hpp"

#include <utility>

#include "io/result/clearing_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/replay_file.hpp"

namespace headroom {
namespace {

PartFile read_allocation(const std::filesystem::path& path) {
    EnvelopeFile file = read_envelopes(path);
    return {.notes = notes_of(file.run),
            .feeder_id = std::move(file.feeder_id),
            .feeder_fault = std::move(file.result.feeder_fault),
            .summary = summarise(file.result)};
}

PartFile read_market(const std::filesystem::path& path) {
    ClearingFile file = read_clearing(path);
    return {.notes = notes_of(file.info),
            .feeder_id = std::move(file.feeder_id),
            .feeder_fault = std::move(file.result.feeder_fault),
            .summary = summarise(file.result, file.envelope_status, file.start, file.end)};
}

PartFile read_replayed(const std::filesystem::path& path) {
    ReplayFile file = read_replay(path);
    return {.notes = notes_of(file.info),
            .feeder_id = std::move(file.feeder_id),
            .feeder_fault = std::move(file.result.feeder_fault),
            .summary = summarise(file.result)};
}

PartFile read_forecast(const std::filesystem::path& path) {
    CongestionFile file = read_congestion(path);
    return {.notes = notes_of(file.run),
            .feeder_id = std::move(file.feeder_id),
            .feeder_fault = std::move(file.result.feeder_fault),
            .summary = summarise(file.result, file.start, file.end)};
}

}  // namespace

PartFile read_part(RunKind kind, const std::filesystem::path& path) {
    switch (kind) {
        case RunKind::allocate: return read_allocation(path);
        case RunKind::clear: return read_market(path);
        case RunKind::replay: return read_replayed(path);
        case RunKind::forecast_congestion: return read_forecast(path);
    }
    return {};
}

}  // namespace headroom
