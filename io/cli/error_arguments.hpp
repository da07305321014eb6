#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "formulations/envelope/question.hpp"

namespace headroom::cli {

/// Options for the errors in spite of which envelopes hold.
void add_errors(CLI::App& verb, RowErrors& errors);

/// Errors that the rest of the question has no use for are a UsageError.    @pre the question is settled
void check_errors(const AllocationQuestion& question);

/// Takes SHARE or SHARE:KW; any other text is a UsageError.
void set_forecast_error(const std::string& text, RowErrors& errors);

/// SHARE or SHARE:KW, as --forecast-error takes it.
std::string forecast_error_text(const RowErrors& errors);

}  // namespace headroom::cli
