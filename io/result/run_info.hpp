#pragma once

#include <string>

namespace headroom {

/// What a result was computed from and how, as far as it decides the numbers. No host, date, duration or thread count:
/// the same question gives the same bytes wherever and however it ran.
struct RunInfo {
    /// As on the command line: "lin-dist3-flow", "alpha=2", "both", "absolute:1" or "none".
    std::string flow, policy, direction, reference;
    std::string case_name, case_digest;  ///< name of the case, digest of its file (digest.hpp)
    std::string series;                  ///< name of the series
    std::string version;                 ///< of this program
    std::string simd;                    ///< kernel variant: "baseline", "avx2", "avx512"
    std::string options;                 ///< every other option that differs from its default, sorted

    bool operator==(const RunInfo&) const = default;
};

}  // namespace headroom
