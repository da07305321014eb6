// MUMPS keeps state outside its instances, so two threads in it at once corrupt memory. Ipopt before 3.14 calls it
// without a lock (coin-or/Ipopt #733). Its one entry, dmumps_c, is therefore defined here too: a program's own symbol
// comes before those of its shared libraries (the linker exports it, as Ipopt's library refers to it), so Ipopt calls
// this one, which lets one thread at a time through to the next definition, that of MUMPS. All else of Ipopt, and the
// functions it calls back, run side by side.
#include "formulations/nlp/dmumps_lock.hpp"

#include <dlfcn.h>

namespace {

using Entry = void (*)(void*);

/// The definition that ours hides.
Entry mumps() {
    static const auto entry = reinterpret_cast<Entry>(dlsym(RTLD_NEXT, "dmumps_c"));
    return entry;
}

}  // namespace

/// @param instance  DMUMPS_STRUC_C, which is of no concern here
extern "C" __attribute__((visibility("default"))) void dmumps_c(void* instance) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    mumps()(instance);
}

bool headroom::mumps_is_locked() {
    return dlsym(RTLD_DEFAULT, "dmumps_c") == reinterpret_cast<void*>(&dmumps_c) && mumps() != nullptr;
}

std::unique_lock<std::mutex> headroom::lock_unless_mumps_is_locked() {
    static std::mutex one_at_a_time;
    return mumps_is_locked() ? std::unique_lock<std::mutex>() : std::unique_lock(one_at_a_time);
}
