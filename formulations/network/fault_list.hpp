#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formulations/network/validate.hpp"

namespace headroom {

/// Gathers the faults of a region while its feeders are checked one after the other.
class FaultList {
public:
    explicit FaultList(const Region& region) : region_(region) {}

    /// A fault of the file as a whole.
    void add_file(std::string dataset, std::int64_t row, std::string rule, std::string name = {});

    /// Faults that follow belong to this feeder.
    void enter(std::int64_t feeder);

    /// A fault of the entered feeder, about the thing `kind` named `id` ("branch", "l5"). Dropped above
    /// faults_per_feeder.
    void add(std::string_view dataset, std::int64_t row, std::string rule, std::string_view kind, std::string_view id);

    bool empty() const { return faults_.empty(); }
    std::vector<Fault> take() { return std::move(faults_); }

private:
    const Region& region_;
    std::int64_t feeder_ = -1;
    int count_ = 0;
    std::vector<Fault> faults_;
};

}  // namespace headroom
