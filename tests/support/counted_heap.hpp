#pragma once

#include <atomic>

// A source that an executable names for itself, not part of the support library: it replaces operator new.

namespace headroom::test {

/// How often this executable has taken memory from the heap by any form of operator new.
extern std::atomic<long> heap_allocations;

}  // namespace headroom::test
