#pragma once

#include <ctime>

namespace headroom::bench {

/// Seconds of processor time of the calling thread: other processes on a shared machine do not count.
inline double cpu_seconds() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Shortest of `repetitions` runs of `work`, in seconds of processor time.
template <class Work> double shortest_run(int repetitions, Work&& work) {
    double shortest = 0;
    for (int k = 0; k < repetitions; ++k) {
        const double start = cpu_seconds();
        work();
        const double seconds = cpu_seconds() - start;
        if (k == 0 || seconds < shortest) shortest = seconds;
    }
    return shortest;
}

}  // namespace headroom::bench
