#pragma once

#include <array>
#include <span>
#include <string_view>

namespace headroom::cli {

/// One kind of stage of a job: the verb behind it, and which files it takes from where. Everything else (keys, whether
/// the verb is given the case or a result, whether it writes) follows from the options of the verb.
struct StageKind {
    std::string_view name;  ///< of its tables in the job file
    std::string_view verb;
    std::string_view link;                  ///< key for the earlier stage, or file, whose result is read; "": none is
    std::array<std::string_view, 2> reads;  ///< kinds of such stages; the last stage of them is read by default
    std::array<std::string_view, 2> alone;  ///< key and value with which no stage is read by default
    std::string_view file_key;              ///< option whose value is another file; "": none
    std::string_view passed_over;           ///< word of a command whose result is not read by default; "": none
    bool reads_all = false;                 ///< of each kind the last result before it, and not the case
    std::string_view suffix = ".h5";        ///< of the file that it writes
};

/// All kinds, in the order in which they run.
std::span<const StageKind> stage_kinds();

}  // namespace headroom::cli
