# The chat. "make help" lists the targets.

VERSION := 0.1.0
PORT ?= 8080
WORKERS ?= 2
VAR ?= var
PREFIX ?= /usr/local
CXX ?= g++
FUZZ_CXX ?= clang++
DURATION ?= 60
# "address,undefined" or "thread": worker and unit tests with sanitizers, in a directory of their own.
SANITIZE ?=

comma := ,
BUILD := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
WORKER := $(BUILD)/chat-worker
UNIT_TESTS := $(BUILD)/unit-tests

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
ALL_CPPFLAGS = -Ifcgi-app -Itests -DCHAT_VERSION='"$(VERSION)"' -MMD -MP $(CPPFLAGS)
# The last: coroutines hand over by tail calls, also in a package that is built without optimization.
ALL_CXXFLAGS = -std=c++20 $(WARNINGS) $(OPTIMIZE) $(CXXFLAGS) -foptimize-sibling-calls
LDLIBS := -lprometheus-cpp-core -lfcgi -lpqxx -lpq -lcrypto -licuuc -lsystemd -lboost_program_options -lpthread
ifeq ($(SANITIZE),)
OPTIMIZE := -O2 -g
# The tests' own code runs once: compiling it fast is what counts.
$(BUILD)/tests/unit/%.o: OPTIMIZE := -O0 -g1
else
# -Wno-tsan: g++ warns that ThreadSanitizer does not know fences; Asio's are around its own state.
OPTIMIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	$(if $(filter thread,$(SANITIZE)),-Wno-tsan)
LDFLAGS += -fsanitize=$(SANITIZE)
endif

SOURCES := $(wildcard fcgi-app/*.cpp fcgi-app/*/*.cpp)
OBJECTS := $(SOURCES:%.cpp=$(BUILD)/%.o)
LIBRARY_OBJECTS := $(filter-out $(BUILD)/fcgi-app/main.o,$(OBJECTS))
# Each target of tests/fuzz is a fuzzer of its own, and all of them are part of the unit tests.
FUZZ_MAIN := $(BUILD)/tests/fuzz/libfuzzer.o
FUZZ_TARGETS := $(patsubst %.cpp,$(BUILD)/%.o,$(wildcard tests/fuzz/targets/*.cpp))
FUZZ_OBJECTS := $(filter-out $(FUZZ_MAIN),$(patsubst %.cpp,$(BUILD)/%.o,$(wildcard tests/fuzz/*.cpp)))
FUZZERS := $(FUZZ_TARGETS:.o=)
TEST_OBJECTS := $(patsubst %.cpp,$(BUILD)/%.o,$(wildcard tests/unit/*.cpp)) $(FUZZ_OBJECTS) $(FUZZ_TARGETS)
# What fuzzers and unit tests have in common.
MEMORY_STORE := $(patsubst %.cpp,$(BUILD)/%.o,$(wildcard tests/unit/memory_store*.cpp))
# The clients of the fault tester are not what is tested: never instrumented.
CHAOS_CLIENTS := build/chaos-clients
CHAOS_OBJECTS := $(patsubst %.cpp,build/%.o,$(wildcard tests/chaos/clients/*.cpp))
# Neither is what makes the load of the benchmark; its readers are among the unit tests.
BENCH_LOAD := build/bench-load
BENCH_OBJECTS := $(patsubst %.cpp,build/%.o,$(wildcard tests/bench/load/*.cpp))
BENCH_TESTED := $(patsubst %,$(BUILD)/tests/bench/load/%.o,http_answer event_stream histogram latencies delivery_check)
# What the benchmark compares with: the plain way of waiting, the least way, and rows without HTTP.
BLOCKING := build/bench-blocking
BLOCKING_OBJECTS := $(patsubst %.cpp,build/%.o,$(wildcard tests/bench/blocking/*.cpp))
FLOOR := build/bench-floor
FLOOR_OBJECTS := $(patsubst %.cpp,build/%.o,$(wildcard tests/bench/floor/*.cpp) fcgi-app/server/fastcgi_records.cpp)
ROWS := build/bench-rows
ROWS_OBJECTS := $(patsubst %.cpp,build/%.o,$(wildcard tests/bench/rows/*.cpp))
# Makes the way to a database long.
RELAY := build/relay
RELAY_OBJECTS := build/tests/relay/main.o
BENCH_PROGRAMS := $(BENCH_LOAD) $(BLOCKING) $(FLOOR) $(ROWS) $(RELAY)
JOBS ?= $(shell nproc)
# A make of its own: several jobs at once are for compiling, not for apt or the tests.
MAKE_IN_PARALLEL = $(MAKE) --no-print-directory --silent -j$(JOBS)

.DELETE_ON_ERROR:
.PHONY: all run test fuzz fuzzers chaos bench lint format screenshots install deb test-install test-bare clean \
	help test-programs packages-build packages-run packages-test packages-fuzz packages-chaos packages-bench \
	packages-lint packages-deb

all: packages-build ## build the worker (installs what is missing to build)
	@$(MAKE_IN_PARALLEL) $(WORKER)

run: packages-run ## run the whole chat here: PORT=8080 WORKERS=2 VAR=var DATABASE_URL=
	@$(MAKE_IN_PARALLEL) $(WORKER)
	@PORT='$(PORT)' WORKERS='$(WORKERS)' VAR='$(VAR)' CHAT_WORKER='$(CURDIR)/$(WORKER)' \
		exec scripts/run

test: test-programs ## run all tests, or PARTS=unit,integration,page; SANITIZE=address,undefined or thread
	@UNIT_TESTS=$(CURDIR)/$(UNIT_TESTS) CHAT_WORKER=$(CURDIR)/$(WORKER) \
		$(if $(SANITIZE),CHAT_SANITIZED=1) scripts/test

test-programs: packages-test
	@$(MAKE_IN_PARALLEL) $(WORKER) $(UNIT_TESTS)
	@$(MAKE_IN_PARALLEL) SANITIZE= $(CHAOS_CLIENTS) $(BENCH_PROGRAMS)

# Clang 14 does not find out by itself that g++'s library has coroutines, and cannot check calls
# through pointers in a program that has them.
FUZZ_SANITIZE := fuzzer-no-link,address,undefined
FUZZ_FLAGS := -fno-sanitize-recover=undefined -fno-sanitize=function \
	-fsanitize-ignorelist=tests/fuzz/ignorelist.txt \
	-DBOOST_ASIO_HAS_CO_AWAIT -DBOOST_ASIO_HAS_STD_COROUTINE

fuzz: packages-fuzz ## look for input that breaks a reader, for DURATION=60 seconds in all
	@$(MAKE_IN_PARALLEL) CXX="$(FUZZ_CXX)" \
		SANITIZE=$(FUZZ_SANITIZE) CXXFLAGS="$(CXXFLAGS) $(FUZZ_FLAGS)" fuzzers
	@FUZZERS=build/$(subst $(comma),-,$(FUZZ_SANITIZE))/tests/fuzz/targets \
		DURATION=$(DURATION) JOBS=$(JOBS) scripts/fuzz

chaos: packages-chaos ## break everything under load: DURATION=60 SEED= FAULTS=kill,stop NAIVE= SANITIZE=
	@$(MAKE_IN_PARALLEL) $(WORKER)
	@$(MAKE_IN_PARALLEL) SANITIZE= $(CHAOS_CLIENTS)
	@CHAT_WORKER=$(CURDIR)/$(WORKER) /usr/bin/python3 -B tests/chaos/main.py

bench: packages-bench ## measure, beside peers: N=10000 ROUNDS=10 LARGE= MEASURE= SYSTEMS= DURATION= OUT=
	@$(MAKE_IN_PARALLEL) $(WORKER) $(BENCH_PROGRAMS)
	@CHAT_WORKER=$(CURDIR)/$(WORKER) PYTHONPATH=tests /usr/bin/python3 -B -m bench

lint: packages-lint ## check formats, clang-tidy, shellcheck and the repository's own facts
	@scripts/lint

format: packages-lint ## format C++, Python and the page
	@scripts/format

screenshots: packages-test all ## take the pictures of the page in docs/ again
	@scripts/page-tools
	@PORT=0 VAR=$(BUILD)/screenshots scripts/run node tests/browser/screenshots.js docs

install: all ## install to PREFIX=/usr/local below DESTDIR=
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) WORKER=$(WORKER) scripts/install

deb: packages-deb ## build the Debian package for this release, in build/deb
	@scripts/deb

test-install: ## install it on booted Debian 12 and 13 (RELEASES=) and break things; SOAK=minutes
	@[ "$$(id -u)" -ne 0 ] || scripts/install-packages boot || true # it says what it lacks
	@tests/install/run $(RELEASES)

test-bare: ## both commands of the README on bare Debian 12 and 13 (RELEASES=): USERS=root,user DEPTH=
	@[ "$$(id -u)" -ne 0 ] || scripts/install-packages bare || true # it says what it lacks
	@tests/bare/run $(RELEASES)

clean: ## remove what was built; the messages in VAR stay
	rm -rf build

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

packages-build:
	@scripts/install-packages build
packages-run:
	@scripts/install-packages build run
packages-test:
	@scripts/install-packages build run test chaos bench
packages-fuzz:
	@scripts/install-packages build fuzz
packages-chaos:
	@scripts/install-packages build run chaos
packages-bench:
	@scripts/install-packages build run bench
packages-deb:
	@scripts/install-packages build deb
packages-lint: # clang-tidy reads what the compiler would
	@scripts/install-packages build lint

$(WORKER): $(OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(UNIT_TESTS): $(LIBRARY_OBJECTS) $(TEST_OBJECTS) $(BENCH_TESTED)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(CATCH2_LIBS) $(LDLIBS)

fuzzers: $(FUZZERS)
	@:

$(FUZZERS): %: %.o $(FUZZ_MAIN) $(FUZZ_OBJECTS) $(MEMORY_STORE) $(LIBRARY_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# Catch2 3 has its main in a library; 2 is a header alone.
CATCH2_LIBS = $(shell pkg-config --silence-errors --libs catch2-with-main)

$(BUILD)/%.o: %.cpp Makefile
	@echo "CXX  $<"
	@mkdir -p $(@D)
	@$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -c -o $@ $<

$(CHAOS_CLIENTS): $(CHAOS_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ -lboost_program_options -lpthread

$(BENCH_LOAD): $(BENCH_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ -lboost_program_options

$(BLOCKING): $(LIBRARY_OBJECTS) $(BLOCKING_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(FLOOR): $(FLOOR_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ -lboost_program_options

$(ROWS): $(ROWS_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ -lpq -lboost_program_options -lpthread

$(RELAY): $(RELAY_OBJECTS)
	@echo "LINK $@"
	@$(CXX) $(LDFLAGS) -o $@ $^ -lboost_program_options -lpthread

-include $(OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d) $(FUZZ_MAIN:.o=.d) $(CHAOS_OBJECTS:.o=.d) \
	$(BENCH_OBJECTS:.o=.d) $(BENCH_TESTED:.o=.d) $(BLOCKING_OBJECTS:.o=.d) $(FLOOR_OBJECTS:.o=.d) \
	$(ROWS_OBJECTS:.o=.d) $(RELAY_OBJECTS:.o=.d)
