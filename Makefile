# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Lymer's build system: GNU Make, a C compiler, a clang that knows BPF, bpftool. Nothing here needs root.
#
#   make                build/lymer, manual pages, completion
#   make check          everything that passes or fails, as TAP through prove (the live tests need root)
#   make check-unit     only what needs no kernel: unit and golden tests
#   make demo           the main job on real input (root)
#   make bench          what it costs, against the floor and the peers: writes BENCH.md (root; under 10 minutes)
#   make bench-quick    the same in under a minute, only shown
#   make bench-scale    how cost grows with threads, scopes, processes, payload and rate (under 10 minutes)
#   make check-lines    many programs under strace and Lymer at once, line by line (root; make check does a few)
#   make check-strace   strace's own test suite with Lymer in strace's place (root; SLICE=1 a seventh of it; BITS=64 or BITS=32)
#   make check-vm       on many kernels, booted under emulation: writes tests/vm/RESULTS.md (no root; KERNELS="5.10 6.1" only
#                       these, TESTS="boot spec-udp" only those; then it does not)
#   make vm KERNEL=6.1  a shell on that kernel, with Lymer in it
#   make install        binary, manual pages, completion, licences; DESTDIR= PREFIX=
#   make clean
#
#   O=DIR  build there (default build)       SAN=address,undefined  with sanitizers (give it an O of its own)
#   V=1    print the commands                STATIC=1               one static binary
#   SCHEMA=DIR  a catalogue other than schema/
#   WERROR=1  warnings are errors            CC= CLANG= BPFTOOL= CFLAGS= LDFLAGS=  as usual
#   LINES=1  keep what the verifier's log needs to name lines of bpf/       HOSTCC=  for what runs while building
#   SUDO=sudo  check, demo, bench: build as yourself, trace as root

VERSION := 0.1.0

O := build
SCHEMA := schema
PREFIX ?= /usr/local
DESTDIR ?=

# --- tools ------------------------------------------------------------------------------------------------------------

# The first of the words of $(1) that is a program.
first = $(firstword $(foreach p,$(1),$(shell PATH="$$PATH:/usr/sbin:/sbin" command -v $(p) 2>/dev/null)))

CLANG := $(or $(CLANG),$(call first,clang clang-19 clang-16 clang-15 clang-14),clang)
BPFTOOL := $(or $(BPFTOOL),$(call first,bpftool),bpftool)
PKG_CONFIG ?= pkg-config
INSTALL ?= install
HOSTCC ?= cc
PROVE ?= prove

# A line for each step; with V=1 the command instead, with make -s nothing.
Q := $(if $(filter 1,$(V)),,@)
say := @$(if $(filter 1,$(V))$(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-7s %s\n')

# --- flags ------------------------------------------------------------------------------------------------------------

CFLAGS ?= -O2 -g
warn := -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers $(if $(WERROR),-Werror)
san := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
cflags := -std=gnu11 $(warn) $(san) -D_GNU_SOURCE -DLYM_VERSION='"$(VERSION)"' -I$(SCHEMA) -Isrc -I$(O)
ldflags := $(san) $(if $(STATIC),-static)
libs := $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs libbpf libelf zlib 2>/dev/null || echo -lbpf -lelf -lz)
compile = $(CC) $(cflags) $(CPPFLAGS) $(CFLAGS)
deps = -MMD -MP -MT $@ -MF $@.d
link = $(ldflags) $(LDFLAGS)

# clang's BPF target does not look where Debian keeps asm/*.h, its own or those to cross-build with; elsewhere multiarch is
# empty.
ARCH ?= $(shell uname -m)
bpf_arch := $(subst x86_64,x86,$(subst aarch64,arm64,$(ARCH)))
multiarch := $(shell $(CC) -print-multiarch 2>/dev/null)
bpf_cflags := -target bpf -D__TARGET_ARCH_$(bpf_arch) -O2 -g -mcpu=v2 -Wall $(if $(WERROR),-Werror) \
	-Ibpf -I$(SCHEMA) $(if $(multiarch),-idirafter /usr/include/$(multiarch) -idirafter /usr/$(multiarch)/include)

# --- what there is ----------------------------------------------------------------------------------------------------

objs := $(patsubst src/%.c,$(O)/src/%.o,$(sort $(wildcard src/*.c)))
lib := $(filter-out $(O)/src/main.o,$(objs))
bpf_objs := $(O)/bpf/lymer.bpf.o $(O)/bpf/old.bpf.o
unit := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/unit/*.c)))
loaders := $(O)/tests/bench/floor $(O)/tests/vm/hooks
programs := $(patsubst %.c,$(O)/%,$(sort $(filter-out tests/unit/% tests/lib/% $(loaders:$(O)/%=%.c) %.bpf.c,\
	$(wildcard tests/*/*.c examples/*.c))))
hostile := $(O)/examples/logserver-hostile

.PHONY: all programs check check-unit check-lines check-strace check-vm vm vm-amd64 vm-arm64 vm-programs demo bench bench-quick bench-scale install clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(O)/lymer $(O)/docs.stamp

# Objects are rebuilt when the flags they were built with change.
flags := $(subst ','\'',$(compile) $(link) $(libs) $(CLANG) $(bpf_cflags))
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(flags)' | cmp -s - $@ || printf '%s\n' '$(flags)' >$@

# --- the kernel side --------------------------------------------------------------------------------------------------

# The same sources twice: the second time for kernels before 6.2 (bpf/old.h), whose verifier wants to see a jump where a loop turns.
$(O)/bpf/old.bpf.o: bpf_cflags += -DLYM_OLD -mllvm -disable-block-placement
$(bpf_objs): bpf/lymer.bpf.c $(O)/flags
	@mkdir -p $(@D)
	$(say) BPF $@
	$(Q)$(CLANG) $(bpf_cflags) $(deps) -c $< -o $@

$(O)/tools/slim: tools/slim.c $(O)/flags
	@mkdir -p $(@D)
	$(say) HOSTCC $@
	$(Q)$(HOSTCC) -std=gnu11 -O1 $(warn) $< -o $@ -lelf

$(O)/lymer.bpf.o $(O)/old.bpf.o: $(O)/%: $(O)/bpf/% $(if $(LINES),,$(O)/tools/slim)
	$(say) BPFLD $@
	$(Q)$(BPFTOOL) gen object $@ $< $(if $(LINES),,&& $(O)/tools/slim $@)

$(O)/lymer.skel.h $(O)/old.skel.h: %.skel.h: %.bpf.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name $(*F)_bpf >$@

# --- the user side ----------------------------------------------------------------------------------------------------

# Order only: -MMD finds out who includes the skeleton, but the first build must have it.
$(O)/src/%.o: src/%.c $(O)/flags | $(O)/lymer.skel.h $(O)/old.skel.h
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $(deps) -c $< -o $@

$(O)/lymer: $(objs)
	$(say) LD $@
	$(Q)$(CC) $(CFLAGS) $(link) $^ $(libs) -lpthread -o $@

# --- documents out of the catalogue -----------------------------------------------------------------------------------

$(O)/tools/docgen: tools/docgen.c $(lib) $(O)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $(deps) $(link) $< $(lib) $(libs) -lpthread -o $@

$(O)/docs.stamp: $(O)/tools/docgen
	@mkdir -p $(O)/man $(O)/doc $(O)/completion
	$(say) DOC '$(O)/man $(O)/doc $(O)/completion'
	$(Q)$< $(O)
	@touch $@

# --- tests ------------------------------------------------------------------------------------------------------------

# A unit test is one program, linked to everything but main().
$(unit): $(O)/%: %.c $(lib) $(O)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $(deps) $(link) $< $(lib) $(libs) -lpthread -o $@

# Programs to be traced know nothing of Lymer.
$(programs): $(O)/%: %.c $(O)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $(deps) $(link) $< -lpthread -o $@

$(hostile): examples/logserver.c $(O)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -DHOSTILE $(deps) $(link) $< -lpthread -o $@

# The benchmark's floor and the lab's hooks bring BPF programs of their own.
$(loaders:%=%.bpf.o): $(O)/%.bpf.o: %.bpf.c $(O)/flags
	@mkdir -p $(@D)
	$(say) BPF $@
	$(Q)$(CLANG) $(bpf_cflags) $(deps) -c $< -o $@

$(loaders:%=%.skel.h): %.skel.h: %.bpf.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name $(*F)_bpf >$@

$(loaders): $(O)/%: %.c $(O)/%.skel.h $(O)/flags
	$(say) CC $@
	$(Q)$(compile) -I$(@D) $(deps) $(link) $< $(libs) -o $@

programs: $(unit) $(programs) $(hostile) $(loaders)

# Tests run at the top of the tree and find what was built through O; they leave nothing of root's in the tree.
told := env PATH="$$PATH" O=$(O) LYMER=$(O)/lymer PYTHONDONTWRITEBYTECODE=1
prove := $(told) $(PROVE) $(PROVEFLAGS)
golden_t := $(sort $(wildcard tests/golden/*.t))
live_t := $(sort $(filter-out tests/golden/% tests/unit/% tests/vm/%,$(wildcard tests/*.t tests/*/*.t)))

check: all programs
	$(Q)$(SUDO) $(prove) $(unit) $(golden_t) $(live_t)

check-unit: all programs
	$(Q)$(prove) $(unit) $(golden_t)

check-lines: all programs
	$(Q)$(SUDO) $(prove) -v tests/diff/lines.t :: all

check-strace: all
	$(Q)$(SUDO) $(told) $(PROVE) $(PROVEFLAGS) tests/strace/suite $(if $(SLICE)$(BITS),:: $(if $(SLICE),--slice) $(BITS:%=--bits %))

demo: all programs
	$(Q)$(SUDO) $(told) sh tools/demo.sh

bench: plan := full
bench-quick: plan := quick
bench-scale: plan := scale
bench bench-quick bench-scale: all programs
	$(Q)$(SUDO) $(told) python3 tests/bench/bench.py $(plan)

# --- the kernel lab: tests/vm ------------------------------------------------------------------------------------------

# Each architecture of the lab is a static build of its own; arm64 is cross-built with Debian's libraries in the cache, and by
# clang, because Debian's gcc for it and the one for 32-bit programs exclude each other.
vm := $(O)/vm
vm_archs := $(sort $(foreach k,$(or $(KERNELS),$(KERNEL),all arm64),$(if $(filter arm64%,$k),arm64,amd64)))
vm_arm64 = ARCH=aarch64 CC='$(CLANG) --target=aarch64-linux-gnu' PKG_CONFIG=false CPPFLAGS='-I$$parts/usr/include -Wno-gnu' \
	LDFLAGS=-L$$parts/usr/lib/aarch64-linux-gnu

# spec/types makes calls by numbers that only x86-64 has; make check runs it.
vm-programs: $(O)/lymer $(filter-out $(O)/tests/spec/types,$(filter $(O)/tests/spec/% $(O)/tests/race/% $(O)/tests/flood/% $(O)/tests/account/% $(O)/tests/user/%,$(programs))) \
	$(O)/tests/vm/hooks $(O)/tests/vm/port

vm-amd64 vm-arm64: vm-%:
	$(Q)parts=$$(tests/vm/fetch parts $*) && $(MAKE) --no-print-directory O=$(vm)/$* STATIC=1 $(vm_$*) vm-programs && \
		tests/vm/pack $(vm)/$*/lab.cpio $$parts/bin/busybox $(vm)/$*/lymer $(vm)/$*/tests

check-vm: $(vm_archs:%=vm-%)
	$(Q)LYMER_VM_BUILD=$(vm) KERNELS="$(KERNELS)" TESTS="$(TESTS)" $(prove) -v tests/vm/lab.t tests/vm/drill.t

vm: $(vm_archs:%=vm-%)
	$(Q)$(told) python3 tests/vm/shell $(vm) $(or $(KERNEL),6.12)

# --- install, clean ---------------------------------------------------------------------------------------------------

root := $(DESTDIR)$(PREFIX)
install: all
	$(INSTALL) -d $(root)/bin $(root)/share/man/man1 $(root)/share/man/man7 $(root)/share/doc/lymer \
		$(root)/share/bash-completion/completions
	$(INSTALL) -m 755 $(O)/lymer $(root)/bin
	$(INSTALL) -m 644 $(O)/man/*.1 $(root)/share/man/man1
	$(INSTALL) -m 644 $(O)/man/*.7 $(root)/share/man/man7
	$(INSTALL) -m 644 $(O)/completion/lymer $(root)/share/bash-completion/completions
	$(INSTALL) -m 644 README.md LICENSE LICENSES/*.txt $(O)/doc/event.schema.json $(root)/share/doc/lymer

clean:
	rm -rf $(O)

-include $(addsuffix .d,$(objs) $(bpf_objs) $(unit) $(programs) $(hostile) $(loaders) $(loaders:%=%.bpf.o) $(O)/tools/docgen)
