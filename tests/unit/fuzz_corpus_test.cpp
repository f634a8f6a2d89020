// The fuzz targets of tests/fuzz, linked into this program, against every input that is kept: seeds
// and all that was ever found.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "catch.hpp"
#include "fuzz/target.hpp"

using namespace chat::fuzz;
namespace fs = std::filesystem;

namespace {

// The tests run in the repository's folder.
const fs::path corpora = "tests/fuzz/corpus";

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("Every input that fuzzing keeps has the properties of its target") {
  for (const Target& target : targets()) {
    std::size_t inputs = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(corpora / target.name)) {
      CAPTURE(entry.path());
      CHECK_NOTHROW(target.examine(content_of(entry.path())));
      ++inputs;
    }
    CAPTURE(target.name);
    CHECK(inputs >= 3);
  }
}

TEST_CASE("Every corpus has a target, and every target a corpus of its own") {
  std::set<std::string> names;
  for (const Target& target : targets()) names.insert(target.name);
  CHECK(names.size() == targets().size());
  std::set<std::string> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpora)) {
    folders.insert(entry.path().filename().string());
  }
  CHECK(names == folders);
}
