#include "tests/support/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace headroom::test {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File temporary_file() {
    File file(std::tmpfile(), std::fclose);
    if (!file) throw std::runtime_error("no temporary file");
    return file;
}

std::string content(std::FILE* file) {
    std::string text;
    std::rewind(file);
    std::array<char, 4096> block{};
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), file)) text.append(block.data(), n);
    return text;
}

[[noreturn]] void become(const std::vector<std::string>& words, std::FILE* out, std::FILE* err) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
}

}  // namespace

Outcome run_program(const std::vector<std::string>& words) {
    const File out = temporary_file();
    const File err = temporary_file();
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child == 0) become(words, out.get(), err.get());

    int status = 0;
    waitpid(child, &status, 0);
    const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {exit_code, content(out.get()), content(err.get())};
}

Outcome run_headroom(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), HEADROOM_BINARY_DIR "/bin/headroom");
    return run_program(arguments);
}

}  // namespace headroom::test
