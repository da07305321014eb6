#pragma once

#include <string>
#include <utility>
#include <vector>

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

/// What a result was computed from and how, word for word: names and texts of root attributes.
using RunNotes = std::vector<std::pair<std::string, std::string>>;
RunNotes notes_of(const RunInfo& run);

/// The other way round; what is not among the notes stays empty.
RunInfo run_info_of(const RunNotes& notes);

}  // namespace headroom
