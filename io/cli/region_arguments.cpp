#include "io/cli/region_arguments.hpp"

#include <fmt/format.h>

#include <charconv>
#include <CLI/CLI.hpp>
#include <memory>

#include "io/cli/option_kinds.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

/// "3/16": the third and every sixteenth shard from there.
Slice slice_of(const std::string& text) {
    Slice slice;
    const char* const end = text.data() + text.size();
    const auto [slash, bad_index] = std::from_chars(text.data(), end, slice.index);
    const bool has_slash = bad_index == std::errc() && slash != end && *slash == '/';
    const auto [rest, bad_count] = has_slash ? std::from_chars(slash + 1, end, slice.count)
                                             : std::from_chars_result{text.data(), std::errc::invalid_argument};
    if (bad_count != std::errc() || rest != end || slice.count < 1 || slice.index < 0 || slice.index >= slice.count)
        throw UsageError(fmt::format("--shard: '{}' is not I/N with 0 <= I < N", text));
    return slice;
}

}  // namespace

std::function<void()> add_region(CLI::App& verb, RegionOptions& options, const std::string& output) {
    const auto slice = std::make_shared<std::string>();
    verb.add_flag("--resume", options.resume, "go on with the run in the output folder, if there is one");
    verb.add_option("--shard", *slice, "do every N-th shard only, beginning with the I-th (from 0)")->type_name("I/N");
    verb.add_option("--shard-size", options.shard_mib, "raw results of a part in an output folder")
        ->capture_default_str()
        ->type_name("MIB")
        ->check(number_within(1.0 / 1024, 4096.0));
    verb.add_option("--memory", options.memory_gib, "most that a process with an output folder may need; 0: no limit")
        ->capture_default_str()
        ->type_name("GIB")
        ->check(number_within(0.0, 1e6));
    return [slice, &options, &output] {
        if (!slice->empty()) options.slice = slice_of(*slice);
        if (!names_a_folder(output) && !options.is_default())
            throw UsageError(fmt::format(
                "--resume, --shard, --shard-size and --memory need an output folder; '{}' is a file (end it in '/')",
                output));
    };
}

}  // namespace headroom::cli
