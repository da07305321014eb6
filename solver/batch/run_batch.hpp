#pragma once

#include <atomic>
#include <functional>
#include <stdexcept>

namespace headroom {

/// Work ended before its end because somebody asked for it.
class Stopped : public std::runtime_error {
public:
    Stopped() : std::runtime_error("stopped as asked") {}
};

/// Runs work(item, worker) for every item in [0, count), on up to `threads` threads, each item once, in any order.
///
/// worker in [0, threads) tells which workspace may be used. Results must depend on the item alone: then 1 and N
/// threads give the same bytes. An exception of one item does not stop the others; the one of the smallest item is
/// thrown at the end. threads <= 0: as many as the machine offers.
/// @param items_per_thread  a thread is woken only for that many items; waking one can cost more than a millisecond
/// @param stop              once true, no more items are begun
/// @throws Stopped          where that left items undone
void run_batch(int count, int threads, const std::function<void(int item, int worker)>& work, int items_per_thread = 1,
               const std::atomic<bool>* stop = nullptr);

/// How many threads that is: what was asked for, or as many as the machine offers where that is not above 0.
int thread_count(int asked);

}  // namespace headroom
