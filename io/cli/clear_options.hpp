#pragma once

#include <string>

#include "formulations/market/clear_market.hpp"
#include "io/cli/region_options.hpp"

namespace headroom::cli {

/// `headroom clear CASE -o RESULT [options]`
struct ClearOptions {
    std::string case_path;
    std::string result_path;
    std::string envelope_path;       ///< limits before the market; empty: allocated first
    std::string order_path;          ///< CSV file in place of the orders of the case; empty: those of the case
    std::string policy = "max-min";  ///< as typed; question.envelope holds what it means
    ClearingQuestion question;
    bool secure_asked = false;  ///< --secure was given; envelopes secure in AC are cleared so without it
    bool compare = false;       ///< other ways to share the network beside it
    std::string series;         ///< empty: that of the envelopes, else the first of the case
    int threads = 0;            ///< 0: one per processor
    bool strict = false;        ///< one invalid feeder is an invalid case
    RegionOptions region;
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be done, and stop
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
