#include "server/listener.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>

#include "catch.hpp"
#include "temporary_directory.hpp"
#include "unix_client.hpp"

using namespace chat;
using namespace chat::test;

namespace {

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string refusal_of(const std::string& path) {
  try {
    Listener::at_path(path);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

// Standard input is another descriptor for the length of a test.
class StandardInput {
 public:
  explicit StandardInput(int descriptor) : saved_(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {
    dup2(descriptor, STDIN_FILENO);
  }
  ~StandardInput() {
    if (saved_.get() >= 0) {
      dup2(saved_.get(), STDIN_FILENO);
    } else {
      close(STDIN_FILENO);
    }
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  Descriptor saved_;
};

}  // namespace

TEST_CASE("A socket is made at a path, for its owner and group alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  const mode_t previous = umask(0);
  const Listener listener = Listener::at_path(path);
  const mode_t now = umask(previous);

  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  CHECK(S_ISSOCK(status.st_mode));
  CHECK((status.st_mode & 0777U) == 0660U);
  CHECK(now == 0);
  CHECK_NOTHROW(UnixClient(path));
}

TEST_CASE("A listener leaves the path to its successor") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  auto old = std::make_unique<Listener>(Listener::at_path(path));
  old->remove_path();  // it has been told to stop
  close(old->release());
  const Listener successor = Listener::at_path(path);

  old.reset();

  CHECK_NOTHROW(UnixClient(path));
}

TEST_CASE("The path is gone with its listener, also when the descriptor was given away") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  {
    Listener listener = Listener::at_path(path);
    const Listener moved = std::move(listener);
    CHECK(exists(path));
  }
  CHECK_FALSE(exists(path));
  {
    Listener listener = Listener::at_path(path);
    const Descriptor released(listener.release());
    CHECK(released.get() >= 0);
    CHECK(exists(path));
  }
  CHECK_FALSE(exists(path));
}

TEST_CASE("A live server's socket is refused by its path and goes on listening") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  const Listener live = Listener::at_path(path);

  CHECK(refusal_of(path) == "--listen: another server listens on " + path);
  CHECK_NOTHROW(UnixClient(path));
}

TEST_CASE("A dead server's socket is replaced") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  bound_socket(path);
  REQUIRE(exists(path));

  const Listener listener = Listener::at_path(path);
  CHECK_NOTHROW(UnixClient(path));
}

TEST_CASE("Anything at the path that is no socket is refused and left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("notes", "keep me");
  CHECK(refusal_of(path) == "--listen: " + path + " exists and is no socket");
  std::string text;
  std::getline(std::ifstream(path), text);
  CHECK(text == "keep me");
}

TEST_CASE("A path that is too long or in no directory is refused by name") {
  const TemporaryDirectory directory;
  const std::string too_long = directory.path_of(std::string(108, 's'));
  CHECK(refusal_of(too_long).find(too_long) != std::string::npos);
  const std::string nowhere = directory.path_of("absent/socket");
  CHECK(refusal_of(nowhere).find(nowhere) != std::string::npos);
}

TEST_CASE("A listening socket on standard input is taken") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("socket");
  const Descriptor listening = bound_socket(path);
  REQUIRE(listen(listening.get(), 1) == 0);
  const StandardInput input(listening.get());
  {
    Listener listener = Listener::from_standard_input();
    const Descriptor released(listener.release());
    CHECK(released.get() > STDERR_FILENO);
  }
  CHECK(exists(path));  // not ours to remove
}

TEST_CASE("A standard input that is no listening socket is refused with a way out") {
  const TemporaryDirectory directory;
  const Descriptor no_socket(open(directory.file("file", "").c_str(), O_RDONLY | O_CLOEXEC));
  const Descriptor not_listening = bound_socket(directory.path_of("socket"));
  for (const int descriptor : {no_socket.get(), not_listening.get()}) {
    const StandardInput input(descriptor);
    CHECK_THROWS_AS(Listener::from_standard_input(), std::runtime_error);
  }
}
