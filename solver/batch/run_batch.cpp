#include "solver/batch/run_batch.hpp"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace headroom {

int thread_count(int asked) { return asked > 0 ? asked : omp_get_num_procs(); }

void run_batch(int count, int threads, const std::function<void(int item, int worker)>& work, int items_per_thread,
               const std::atomic<bool>* stop) {
    threads = std::clamp((count + items_per_thread - 1) / items_per_thread, 1, thread_count(threads));
    int first_failed = count;
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int item = 0; item < count; ++item) {
        try {
            if (stop != nullptr && stop->load(std::memory_order_relaxed)) throw Stopped();
            work(item, omp_get_thread_num());
        } catch (...) {  // an exception must not leave a parallel region
#pragma omp critical(headroom_batch_failure)
            if (item < first_failed) {
                first_failed = item;
                failure = std::current_exception();
            }
        }
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace headroom
