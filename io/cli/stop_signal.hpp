#pragma once

#include <atomic>

namespace headroom::cli {

/// While it lives, SIGTERM, SIGINT and SIGUSR1 ask for an orderly stop; the second one ends the process at once, as it
/// would without this. One at a time.
class StopSignal {
public:
    StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    ~StopSignal();

    static const std::atomic<bool>& asked();
};

}  // namespace headroom::cli
