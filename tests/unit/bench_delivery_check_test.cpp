#include "bench/load/delivery_check.hpp"

#include "catch.hpp"

using namespace load;

namespace {

constexpr Nanoseconds began_ns = 1'000'000'000;

std::string id_of(unsigned place) {
  std::string digits = std::to_string(place);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string message(unsigned place, const std::string& body) {
  return R"({"id":")" + id_of(place) + R"(","created_at":"2026-01-01T00:00:00.000Z","body":")" +
         body + R"(","room":"bench-0","author":null})";
}

std::string sequence(unsigned place, std::uint64_t number) {
  return message(place, mark_text({began_ns + 1, false, number}, 60));
}

std::string end(unsigned place, std::uint64_t count) {
  return message(place, mark_text({began_ns + 1, true, count}, 0));
}

struct Reader {
  DeliveryCheck check;
  Deliveries deliveries;

  void take(const std::string& messages) {
    check.take('[' + messages + ']', began_ns + 1 + 7 * ns_per_us, began_ns, deliveries);
  }
};

}  // namespace

TEST_CASE("What a mark says is read again, and it is as long as was asked for") {
  const auto text = mark_text({123, false, 45}, 100);
  CHECK(text.size() == 100);
  const auto mark = read_mark(message(1, text));
  REQUIRE(mark);
  CHECK(mark->posted_ns == 123);
  CHECK(mark->number == 45);
  CHECK_FALSE(mark->is_end);
  CHECK(read_mark(message(1, mark_text({123, true, 45}, 0)))->is_end);
  CHECK_FALSE(read_mark(message(1, "hello")));
  CHECK_FALSE(read_mark(message(1, "ns=123 something")));
}

TEST_CASE("A room that was delivered whole has no faults, whoever overtook whom") {
  Reader reader;
  reader.take(sequence(1, 1) + ',' + sequence(2, 0));
  reader.take(sequence(3, 2));
  CHECK_FALSE(reader.check.ended());
  reader.take(end(4, 3));
  CHECK(reader.check.ended());
  CHECK(reader.check.lost() == 0);
  CHECK(reader.deliveries.doubled == 0);
  CHECK(reader.deliveries.out_of_order == 0);
  CHECK(reader.deliveries.delays.count() == 3);
  CHECK(reader.deliveries.delays.max_us() == 7);
}

TEST_CASE("A message that is missing is lost, also the last one") {
  Reader reader;
  reader.take(sequence(1, 0) + ',' + sequence(2, 2));
  CHECK(reader.check.lost() == 1);
  reader.take(end(4, 4));
  CHECK(reader.check.lost() == 2);
}

TEST_CASE("A message that comes twice is doubled") {
  Reader reader;
  reader.take(sequence(1, 0));
  reader.take(sequence(2, 0));
  CHECK(reader.deliveries.doubled == 1);
  CHECK(reader.deliveries.out_of_order == 0);
}

TEST_CASE("An id that does not ascend is out of order") {
  Reader reader;
  reader.take(sequence(2, 0) + ',' + sequence(1, 1));
  reader.take(sequence(1, 2));
  CHECK(reader.deliveries.out_of_order == 2);
}

TEST_CASE("What was written before belongs to somebody else") {
  Reader reader;
  reader.take(message(1, mark_text({began_ns - 1, false, 0}, 0)) + ',' + message(2, "hello"));
  CHECK(reader.deliveries.delays.count() == 0);
  CHECK(reader.check.lost() == 0);
}
