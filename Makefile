# SPDX-License-Identifier: Apache-2.0
# The daily verbs. Each is a thin call of Meson or of a script in tools/.
BUILD ?= build
MESON_TEST = meson test --print-errorlogs

.PHONY: run build check torture bench asan tsan fuzz lint format install setup clean help

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

run: setup ## set up, build, and run the demo plant with its console
	@tools/configure $(BUILD)
	@ninja -C $(BUILD) src/app/davy sim/davy-sim
	@$(BUILD)/src/app/davy demo

build: setup ## build everything
	@tools/configure $(BUILD)
	@ninja -C $(BUILD)

setup: ## install the packages that are missing
	@tools/setup

check: ## set up, build and run all tests
	@tools/setup check
	@tools/oracle
	@tools/configure $(BUILD)
	@ninja -C $(BUILD)
	@tools/check $(BUILD)

torture: build ## the store under faults, power cuts and kills, for hours
	@tools/torture $(BUILD)

bench: build ## print every figure the documents name
	@tools/setup bench
	@tools/peers $(BUILD)/peers
	@tools/bench $(BUILD)

asan: setup ## all tests under AddressSanitizer and UndefinedBehaviourSanitizer
	@tools/configure $(BUILD)-asan -Dconsole=disabled -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C $(BUILD)-asan
	@tools/check $(BUILD)-asan --no-suite e2e --timeout-multiplier 5

tsan: setup ## all tests under ThreadSanitizer
	@tools/configure $(BUILD)-tsan -Dconsole=disabled -Db_sanitize=thread -Db_lundef=false
	@ninja -C $(BUILD)-tsan
	@tools/check $(BUILD)-tsan --no-suite e2e --timeout-multiplier 10

fuzz: ## run every fuzz target for a minute (FUZZ_SECONDS)
	@tools/setup lint
	@tools/fuzz

lint: ## include arrows, links, formatting, warnings of clang, clang-tidy, cppcheck
	@tools/setup lint
	@tools/lint $(BUILD)-lint

format: ## format all C and C++
	@tools/setup lint
	@git ls-files '*.c' '*.h' '*.cc' '*.hpp' | xargs clang-format -i

install: build ## install the program, man page and unit (DESTDIR, and -Dprefix of meson)
	@meson install -C $(BUILD)

clean: ## remove what was built
	@rm -rf build build-*
