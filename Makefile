# iolab: how Unix programs wait for I/O. `make help` tells what can be made.

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

BUILD    ?= build
CFLAGS   ?= -O2 -g
STRICT   := -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
CPPFLAGS += -I.
LDLIBS   += -pthread -lm

# Each source in a lab is a server: 05_epoll_lt_et/epoll_lt.c becomes build/bin/epoll-lt.
LABS     := $(sort $(wildcard 0[1-8]_*/*.c))
MODELS   := $(subst _,-,$(basename $(notdir $(LABS))))
SERVER   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard harness/server/*.c))
COMMANDS := $(wildcard harness/cmd/*.c)
PARTS    := $(wildcard $(patsubst %,harness/%/*.c,child scene load meter stats trial report))
HARNESS  := $(patsubst %.c,$(BUILD)/%.o,$(PARTS))
TESTS    := $(patsubst harness/tests/%.c,$(BUILD)/tests/%,$(wildcard harness/tests/*.c))
BINARIES := $(MODELS:%=$(BUILD)/bin/%) $(if $(COMMANDS),$(BUILD)/bin/iolab)

##@ Build
all: $(BINARIES)  ## build the servers and the harness into build/bin

define server_rule
$(BUILD)/bin/$(subst _,-,$(basename $(notdir $1))): $(BUILD)/$(1:.c=.o) $(SERVER)
endef
$(foreach lab,$(LABS),$(eval $(call server_rule,$(lab))))

$(BUILD)/bin/iolab: $(COMMANDS:%.c=$(BUILD)/%.o) $(HARNESS)
$(TESTS): $(BUILD)/tests/%: $(BUILD)/harness/tests/%.o $(HARNESS)

$(BINARIES) $(TESTS):
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(STRICT) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

clean:  ## remove what was built (results/ and work/ stay)
	rm -rf build

##@ Help
help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	      /^[a-zA-Z%-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' Makefile

.PHONY: all clean help
