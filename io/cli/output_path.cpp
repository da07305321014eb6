#include "io/cli/output_path.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

void require_other_file(const std::string& input, const std::string& output) {
    std::error_code absent;  // files that are not there are not the same
    if (std::filesystem::equivalent(input, output, absent))
        throw UsageError("the output '" + output + "' is the input itself; give another name");
    if (RunFolder(input).has_plan() && same_place(std::filesystem::absolute(output).parent_path(), input))
        throw UsageError("the output '" + output + "' lies in the folder of the run that is read; give another folder");
}

bool is_hdf5(const std::string& path) {
    constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
    std::string begin(signature.size(), '\0');
    return std::ifstream(path, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()))
           && begin == signature;
}

bool same_place(const std::filesystem::path& a, const std::filesystem::path& b) {
    // An empty path, or one through a closed folder, leads nowhere.
    const auto place = [](const std::filesystem::path& path) {
        std::error_code fault;
        const std::filesystem::path whole = std::filesystem::absolute(path, fault);
        return fault ? std::filesystem::path() : std::filesystem::weakly_canonical(whole, fault);
    };
    const std::filesystem::path place_a = place(a);
    return !place_a.empty() && place_a == place(b);
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
