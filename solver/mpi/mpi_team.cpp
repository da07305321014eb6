#define OMPI_SKIP_MPICXX 1
#include "solver/mpi/mpi_team.hpp"

#include <mpi.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace headroom {
namespace {

enum Tag : int { request = 1, answer = 2 };

constexpr auto pause = std::chrono::milliseconds(1);
constexpr std::int64_t nothing_left = -1;

/// Waits without spinning: cores belong to those who solve.
void wait(MPI_Request& pending) {
    int done = 0;
    while (MPI_Test(&pending, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done == 0) std::this_thread::sleep_for(pause);
}

}  // namespace

class MpiTeam::Library {
public:
    Library(int& argc, char**& argv) {
        int granted = 0;
        MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &granted);
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        const char* const fault = fault_of(granted);
        if (fault == nullptr) return;
        MPI_Finalize();
        throw std::runtime_error(fault);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() { MPI_Finalize(); }

    int rank = 0, size = 1;

private:
    /// Processes that do not see each other would all do all the work.
    const char* fault_of(int granted) const {
        if (size == 1 && started_together() > 1)
            return "this process was started with others but MPI sees it alone; with srun, give --mpi=pmix";
        if (size > 1 && granted < MPI_THREAD_MULTIPLE)
            return "the MPI library does not let several threads speak (MPI_THREAD_MULTIPLE)";
        return nullptr;
    }

    /// How many processes mpirun or srun says that it started.
    static int started_together() {
        for (const char* name : {"OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"})
            if (const char* const text = std::getenv(name)) return std::atoi(text);
        return 1;
    }
};

/// Gives out items at rank 0.
class MpiTeam::Counter {
public:
    explicit Counter(bool serves) {
        if (serves) server_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }

    void begin(std::size_t count) {
        const std::lock_guard lock(guard_);
        next_ = 0;
        count_ = static_cast<std::int64_t>(count);
    }

    std::int64_t take() {
        const std::lock_guard lock(guard_);
        return next_ < count_ ? next_++ : nothing_left;
    }

private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            int waiting = 0;
            MPI_Status status;
            MPI_Iprobe(MPI_ANY_SOURCE, request, MPI_COMM_WORLD, &waiting, &status);
            if (waiting == 0) {
                std::this_thread::sleep_for(pause);
                continue;
            }
            MPI_Recv(nullptr, 0, MPI_BYTE, status.MPI_SOURCE, request, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            const std::int64_t item = take();
            MPI_Send(&item, 1, MPI_INT64_T, status.MPI_SOURCE, answer, MPI_COMM_WORLD);
        }
    }

    std::mutex guard_;
    std::int64_t next_ = 0, count_ = 0;
    std::jthread server_;
};

MpiTeam::MpiTeam(int& argc, char**& argv) : library_(std::make_unique<Library>(argc, argv)) {
    if (rank() == 0) counter_ = std::make_unique<Counter>(size() > 1);
}

MpiTeam::~MpiTeam() = default;

int MpiTeam::rank() const { return library_->rank; }
int MpiTeam::size() const { return library_->size; }

void MpiTeam::begin(std::size_t count) {
    if (counter_) counter_->begin(count);
    worst(0);  // nobody asks before the counter is set
}

std::optional<std::size_t> MpiTeam::take() {
    std::int64_t item = nothing_left;
    if (counter_) {
        item = counter_->take();
    } else {
        MPI_Send(nullptr, 0, MPI_BYTE, 0, request, MPI_COMM_WORLD);
        MPI_Request pending;
        MPI_Irecv(&item, 1, MPI_INT64_T, 0, answer, MPI_COMM_WORLD, &pending);
        wait(pending);
    }
    if (item == nothing_left) return {};
    return static_cast<std::size_t>(item);
}

int MpiTeam::worst(int value) {
    int all = value;
    MPI_Request pending;
    MPI_Iallreduce(&value, &all, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &pending);
    wait(pending);
    return all;
}

void MpiTeam::share(std::vector<char>& bytes) {
    MPI_Request pending;
    MPI_Ibcast(bytes.data(), static_cast<int>(bytes.size()), MPI_CHAR, 0, MPI_COMM_WORLD, &pending);
    wait(pending);
}

}  // namespace headroom
