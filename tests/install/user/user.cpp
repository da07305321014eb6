#include <cstdio>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"

// An empty region has neither feeders nor steps: validate, which lives in an installed library, must say so.
int main() {
    const headroom::Region region;
    const auto faults = headroom::validate(region);
    for (const auto& fault : faults) std::puts(fault.message().c_str());
    return faults.empty() ? 1 : 0;
}
