#include "io/cli/stop_signal.hpp"

#include <array>
#include <csignal>

namespace headroom::cli {

namespace {

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

constexpr std::array signals{SIGTERM, SIGINT, SIGUSR1};

void handle(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    for (const int signal : signals) sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
    stop_asked = false;
    handle([](int) { stop_asked = true; }, static_cast<int>(SA_RESETHAND) | SA_RESTART);
}

StopSignal::~StopSignal() { handle(SIG_DFL, 0); }

const std::atomic<bool>& StopSignal::asked() { return stop_asked; }

}  // namespace headroom::cli
