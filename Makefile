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
PARTS    := $(wildcard $(patsubst %,harness/%/*.c,child scene load meter stats trace trial report figure claim exercise))
PARTS    := $(filter-out harness/claim/careless%.c,$(PARTS))
HARNESS  := $(patsubst %.c,$(BUILD)/%.o,$(PARTS))
BATS     ?= $(wildcard harness/tests/*.bats 0[1-8]_*/*.bats)
TESTS    := $(patsubst harness/tests/%.c,$(BUILD)/tests/%,$(filter-out %/fuzz_main.c,$(wildcard harness/tests/*.c)))
FUZZERS  := $(filter $(BUILD)/tests/fuzz_%,$(TESTS))
# Servers that make the mistakes that the claims are about: build/claim/NAME, and no models.
CARELESS := $(patsubst harness/claim/%.c,$(BUILD)/claim/%,$(wildcard harness/claim/careless*.c))
BINARIES := $(MODELS:%=$(BUILD)/bin/%) $(if $(COMMANDS),$(BUILD)/bin/iolab) $(CARELESS)

# One short line for each thing made; V=1 shows the commands, -s nothing.
silent = $(findstring s,$(filter-out --%,$(firstword $(MAKEFLAGS))))
say = $(if $(V),,@$(if $(silent),:,printf) '  %-8s %s\n' $1 $(@:$(BUILD)/%=%);)

##@ Build
all: $(BINARIES)  ## build the servers and the harness into build/bin

define server_rule
$(BUILD)/bin/$(subst _,-,$(basename $(notdir $1))): $(BUILD)/$(1:.c=.o) $(SERVER)
endef
$(foreach lab,$(LABS),$(eval $(call server_rule,$(lab))))

$(BUILD)/bin/iolab: $(COMMANDS:%.c=$(BUILD)/%.o) $(HARNESS)
$(CARELESS): $(BUILD)/claim/%: $(BUILD)/harness/claim/%.o
$(TESTS): $(BUILD)/tests/%: $(BUILD)/harness/tests/%.o $(HARNESS)
$(FUZZERS): $(BUILD)/harness/tests/fuzz_main.o
$(addprefix $(BUILD)/tests/,exchange_test http_test fuzz_http): $(SERVER)
$(BUILD)/tests/timeline_test: $(BUILD)/harness/cmd/timeline.o
$(BUILD)/tests/beside_test: $(BUILD)/harness/cmd/beside.o

$(BINARIES) $(TESTS):
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(STRICT) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# What was built how, for the reports; and a change of flags builds anew. Who may not write here uses what there is.
keep = [ "$$now" = "$$(cat $@ 2>/dev/null)" ] || ! [ -w $(@D) ] || echo "$$now" >$@
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@now='$(CC) $(CFLAGS)'; $(keep)
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@now=$$(git describe --always --dirty 2>/dev/null || echo unknown); $(keep)
$(BUILD)/harness/meter/environment.o: $(BUILD)/commit
$(BUILD)/harness/meter/environment.o: CPPFLAGS += '-DBUILD_FLAGS="$(CFLAGS)"' "-DBUILD_COMMIT=\"$$(cat $(BUILD)/commit)\""

# The names of the system calls, as this system's headers have them: `[SYS_read] = "read",`.
$(BUILD)/harness/trace/names.h: Makefile
	@mkdir -p $(@D)
	@echo '#include <sys/syscall.h>' | $(CC) -E -dM - | awk '/^#define SYS_/ { name = substr($$2, 5); \
	  print "#if " $$2 " < 1024\n[" $$2 "] = \"" name "\",\n#endif" }' >$@
$(BUILD)/harness/trace/calls.o: $(BUILD)/harness/trace/names.h
$(BUILD)/harness/trace/calls.o: CPPFLAGS += -I$(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

tests: $(BINARIES) $(TESTS)

clean:  ## remove what was built (results/ and work/ stay)
	rm -rf $(BUILD)

##@ In class
# `make run-nosuch` and `make diff A=nosuch` say which models there are.
known = $(filter $1,$(MODELS))
source_of = $(firstword $(foreach lab,$(LABS),$(if $(filter $1,$(subst _,-,$(basename $(notdir $(lab))))),$(lab))))
which_model = { echo "type the name of a model, such as: make $(firstword $(subst -, ,$@))-select" >&2; \
  echo "the models: $(MODELS)" >&2; exit 2; }
no_model = { echo "there is no model $1; there are: $(MODELS)$2" >&2; exit 2; }

run trace watch: ; @$(which_model)

run-MODEL:  ## run a server; Ctrl-C ends it: make run-select [SERVICE=http] [PORT=8080] [ARGS='--read-size 4']
	@$(which_model)

run-%: all
	@$(if $(call known,$*),$(BUILD)/bin/$* --port $(or $(PORT),8080) $(if $(SERVICE),--service $(SERVICE)) $(ARGS),\
	  $(call no_model,$*))

trace-MODEL:  ## one request, call by call: who waits where; draws it, too: make trace-poll
	@$(which_model)

drawing = results/trace-$*.svg
trace-%: all
	@$(if $(call known,$*),if mkdir -p results 2>/dev/null && [ -w results ]; then \
	  $(BUILD)/bin/iolab trace $* --figure --svg $(drawing) $(ARGS) && \
	    printf '\nThe figure as a drawing: $(drawing)\n'; \
	  else \
	  $(BUILD)/bin/iolab trace $* --figure $(ARGS) && \
	    printf "\nresults/ cannot be written here: ARGS='--svg FILE' draws the figure into a file of yours.\n"; \
	  fi,$(call no_model,$*))

models: all  ## one request to each, on one time axis: who waits where: make models [ARGS='poll aio']
	@$(BUILD)/bin/iolab models $(ARGS)

watch-MODEL:  ## a server that tells what it does while you type to it: make watch-poll [SERVICE= PORT= ARGS=]
	@$(which_model)

watch-%: all
	@$(if $(filter $*,$(IDS)),$(call checked,watch),$(if $(call known,$*),$(BUILD)/bin/iolab watch $* --port $(or $(PORT),8080) \
	  $(if $(SERVICE),--service $(SERVICE)) $(if $(ARGS),-- $(ARGS)),$(call no_model,$*,; nor an exercise: $(IDS))))

diff:  ## the change from one model to another: make diff A=select B=poll
	@$(if $(and $A,$B),,echo "name two models, such as: make diff A=select B=poll; there are: $(MODELS)" >&2; exit 2)
	@$(if $(call known,$A),$(if $(call known,$B),\
	  harness/cmd/labdiff.sh $(call source_of,$A) $(call source_of,$B),$(call no_model,$B)),$(call no_model,$A))

claims: all  ## what tutorials say, tried on this machine (under a minute): make claims [ARGS='epoll-flat']
	@$(BUILD)/bin/iolab claims $(ARGS)

lt-et: all  ## level- and edge-triggered epoll side by side, call by call: make lt-et [ARGS='--only burst']
	@$(BUILD)/bin/iolab lt-et $(ARGS)

##@ Exercises
# 05_epoll_lt_et/exercises/05b_drain.md is 05b.
IDS      := $(sort $(foreach sheet,$(wildcard [0-9]*_*/exercises/*.md),$(firstword $(subst _, ,$(notdir $(sheet))))))
exercise = $(BUILD)/bin/iolab exercise $(if $(WORK),--work '$(WORK)')
which_exercise = { echo "type the ID of an exercise, such as: make $(firstword $(subst -, ,$@))-$(firstword $(IDS))" >&2; \
  echo "the exercises: $(IDS)" >&2; exit 2; }

# At a terminal a failed check, or Ctrl-C, is an outcome, and no mistake of make's: `*** Error 1` would be
# noise. A script sees 1 or 130. The trap: a shell without one would end by Ctrl-C itself.
checked = trap : INT; $(exercise) $1 '$*' || { status=$$?; case $$status in 1 | 130) [ -t 1 ] ;; *) false ;; esac || \
  exit $$status; }

exercises: all  ## all exercises, and how far you are; WORK=DIR, here and below: your files are not in work/
	@$(exercise) list

start-ID:  ## begin one: its starter goes into work/ID, and the task is told: make start-05b
	@$(which_exercise)
start-%: all ; @$(exercise) start '$*'

check-ID:  ## is it done, and if not, why not; make watch-05b checks whenever you save: make check-05b
	@$(which_exercise)
check-%: all ; @$(call checked,check)

hint-ID:  ## the next of three hints: make hint-05b
	@$(which_exercise)
hint-%: all ; @$(exercise) hint '$*'

predict-ID:  ## say what will happen, then see what does: make predict-01a
	@$(which_exercise)
predict-%: all ; @$(call checked,predict)

reset-ID:  ## the starter again; your file is kept beside it: make reset-05b
	@$(which_exercise)
reset-%: all ; @$(exercise) reset '$*'

explain-ID:  ## what is behind it, once you have passed: make explain-05b
	@$(which_exercise)
explain-%: all ; @$(exercise) explain '$*'

start hint predict reset explain: ; @$(which_exercise)

HANDED_OUT = $(wildcard Makefile README.md LICENSE .gitignore docs harness 0[1-8]_*)

handout: all  ## everything as one archive for a class, without solutions and explanations
	@rm -rf $(BUILD)/handout && mkdir -p $(BUILD)/handout/iolab
	@tar -c --exclude='exercises/*' --exclude-vcs $(HANDED_OUT) | tar -x -C $(BUILD)/handout/iolab
	@$(exercise) handout $(BUILD)/handout/iolab
	@tar -czf $(BUILD)/iolab-handout.tar.gz -C $(BUILD)/handout iolab
	@git status --porcelain -uall -- $(HANDED_OUT) 2>/dev/null | sed -n 's/^?? /not in git, and handed out all the same: /p'
	@echo $(BUILD)/iolab-handout.tar.gz

##@ Measure
report: all  ## measure this machine, write a page and print its path: make report [QUICK=1, or THOROUGH=1: verdicts]
	@$(BUILD)/bin/iolab report $(if $(filter-out 0 no,$(QUICK)),--quick) \
	  $(if $(filter-out 0 no,$(THOROUGH)),--thorough) $(ARGS)

bench: all  ## all models in one table: make bench [QUICK=1] [SERVICE=http] [ARGS='select poll']
	@$(BUILD)/bin/iolab bench $(if $(filter-out 0 no,$(QUICK)),--quick) $(if $(SERVICE),--service $(SERVICE)) $(ARGS)

compare: all  ## does B need less CPU than A? make compare A=select B=epoll-et [QUICK=1] [ARGS=--looks]
	@$(if $(and $A,$B),,echo "name two models, such as: make compare A=select B=epoll-et; there are: $(MODELS)" >&2; \
	  exit 2)
	@$(BUILD)/bin/iolab compare $A $B $(if $(filter-out 0 no,$(QUICK)),--quick) $(if $(SERVICE),--service $(SERVICE)) $(ARGS)

speed: tests  ## ratios: against the bare loop, with 10,000 idle clients; over http against nginx and wrk
	@$(BUILD)/tests/speed
	@$(BUILD)/tests/speed_http

doctor: all  ## what this machine can and cannot do
	@$(BUILD)/bin/iolab doctor

##@ Test
battery: all  ## every behaviour against every model (half a minute): make battery [ARGS='select poll']
	@$(BUILD)/bin/iolab battery $(ARGS)

# By another name: `make -n` runs what says MAKE by its own.
submake = $(MAKE)

test: tests  ## play the battery against every model, test the harness (under 5 minutes; SLOW=1: what takes longer, too)
	@harness/tests/install_bats.sh
	@MAKEFLAGS= $(submake) -s BUILD='$(BUILD)' suite

# A file of tests mostly waits for its servers: several at a time. SUITES=1: one after the other.
SUITES ?= 6
export SLOW
# Those that take longest begin first: nobody waits for the last of them alone.
LONG   := $(foreach name,compare measuring cmd broken scene broken_async report exercise,$(filter %/$(name).bats,$(BATS)))
LOGS   := $(patsubst %.bats,$(BUILD)/tap/%.tap,$(LONG) $(filter-out $(LONG),$(BATS)))

suite:
	@rm -rf $(BUILD)/tap
	@status=0; MAKEFLAGS= $(submake) -s -k -j$(SUITES) BUILD='$(BUILD)' BATS='$(BATS)' $(LOGS) || status=1; \
	  cat $(LOGS) | awk '/^ok / { ok++; skip += /# skip/ } /^not ok / { bad++ } \
	    END { printf "%d passed, %d failed%s\n", ok, bad, skip ? " (" skip " of them skipped)" : "" }'; \
	  [ "$${SLOW:-0}" != 0 ] || ! grep -qs test_tags=slow $(BATS) || \
	    echo "not all: what takes longest is left to SLOW=1, which \`make check\` and CI set"; exit $$status

$(LOGS): $(BUILD)/tap/%.tap: FORCE
	@harness/tests/run_file.sh $*.bats $@

ifneq (,$(filter check,$(MAKECMDGOALS)))
$(info This tests iolab itself, for ten minutes and more. One exercise: make check-$(firstword $(IDS)))
endif
check: export SLOW = 1
check: test  ## test with SLOW=1, and where installed: shellcheck, clang, the suite under ASan and UBSan
	@harness/tests/check.sh

##@ Help
help:  ## this list
	@awk -v columns="$${COLUMNS:-$$(stty size 2>/dev/null | cut -d' ' -f2)}" ' \
	  BEGIN { FS = ":.*## "; columns = columns < 40 ? 80 : columns < 100 ? columns + 0 : 100 } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z-]+:.*## / { \
	    line = sprintf("  make %-12s", $$1); count = split($$2, word, " "); \
	    for (i = 1; i <= count; i++) { \
	      if (word[i] == "make" || length(line " " word[i]) > columns) { print line; line = sprintf("%19s", "") } \
	      line = line " " word[i] } \
	    print line }' Makefile

.PHONY: FORCE all tests suite clean run trace watch run-MODEL trace-MODEL watch-MODEL models lt-et diff report bench
.PHONY: claims compare speed doctor battery test check help exercises handout start hint predict reset explain
.PHONY: start-ID check-ID hint-ID predict-ID reset-ID explain-ID
