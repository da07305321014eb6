#pragma once

#include <memory>

#include "solver/batch/team.hpp"

namespace headroom {

/// The processes of an MPI job as a team. One per process, from start to end: it is MPI's beginning and finish.
///
/// Items are given out by a thread of rank 0 that looks for requests a thousand times a second, so that rank 0 works
/// like the others and nobody spins while waiting.
class MpiTeam final : public Team {
public:
    /// @throws std::runtime_error  where MPI lets one thread at a time only, or does not see processes that were
    ///                             started together
    MpiTeam(int& argc, char**& argv);
    MpiTeam(const MpiTeam&) = delete;
    MpiTeam& operator=(const MpiTeam&) = delete;
    ~MpiTeam() override;

    int rank() const override;
    int size() const override;
    void begin(std::size_t count) override;
    std::optional<std::size_t> take() override;
    int worst(int value) override;
    void share(std::vector<char>& bytes) override;

private:
    class Library;
    class Counter;
    std::unique_ptr<Library> library_;
    std::unique_ptr<Counter> counter_;
};

}  // namespace headroom
