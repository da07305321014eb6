#include "io/cli/output_path.hpp"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "io/errors.hpp"

namespace headroom::cli {

void require_other_file(const std::string& input, const std::string& output) {
    std::error_code absent;  // files that are not there are not the same
    if (std::filesystem::equivalent(input, output, absent))
        throw UsageError("the output '" + output + "' is the input itself; give another name");
}

void require_open_folder(const std::string& output) {
    std::filesystem::path folder = std::filesystem::path(output).parent_path();
    if (folder.empty()) folder = ".";
    if (!std::filesystem::is_directory(folder))
        throw OutputError(output + ": there is no folder '" + folder.string() + "'");
    if (access(folder.c_str(), W_OK) != 0)
        throw OutputError(output + ": folder '" + folder.string() + "' cannot be written to");
}

}  // namespace headroom::cli
