#pragma once

#include "io/run/region_run.hpp"

namespace headroom::cli {

/// How a verb works through a region by shards; only where its output is a folder.
struct RegionOptions {
    bool resume = false;
    double shard_mib = 64;                               ///< raw results of a part
    double memory_gib = 0;                               ///< largest that a process may need; 0: no limit
    Slice slice = {};                                    ///< of --shard I/N
    bool cuts_parts() const { return shard_mib != 64; }  ///< a size of parts was asked for
    bool is_default() const { return !resume && !cuts_parts() && memory_gib == 0 && slice.count == 1; }
};

}  // namespace headroom::cli
