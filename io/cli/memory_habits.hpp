#pragma once

#include <malloc.h>

namespace headroom::cli {

/// Work arrays of a feeder are freed and asked for again by the next one: they go round in the process, in place of
/// going back to the system and coming back as new pages (a tenth of the time of envelopes secure in AC).
inline void keep_freed_memory() {
#ifdef __GLIBC__
    constexpr int largest_kept = 32 << 20, left_at_the_top = 512 << 20;
    mallopt(M_MMAP_THRESHOLD, largest_kept);
    mallopt(M_TRIM_THRESHOLD, left_at_the_top);
#endif
}

}  // namespace headroom::cli
