/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* lymer replay FILE: print what --output raw recorded, in any other form. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>
#include "cmd_replay.h"
#include "fail.h"
#include "proc.h"
#include "rawfile.h"

static const char help[] =
	"Usage: lymer replay [OPTION]... FILE\n"
	"Print what 'lymer --output raw' recorded in FILE ('-': standard input).\n"
	"\n"
	"      --output FORM[:FILE]  table (default), json, strace, raw or none, to FILE\n"
	"  -o FILE                   write to FILE\n"
	"      --color=WHEN          always, never, or auto: on a terminal\n"
	"  -h, --help                this help\n";

struct args {
	const char *output, *file, *color, *input;
};

/* 0, 1 if help was wanted and given, -EINVAL. */
static int parse(struct args *a, int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "output", required_argument, NULL, 'O' },
		{ "color", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:h", longopts, NULL)) != -1) {
		switch (c) {
		case 'O':
			a->output = optarg;
			break;
		case 'o':
			a->file = optarg;
			break;
		case 'c':
			a->color = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 1;
		case ':':
			return lym_usage("replay: option '%s' needs an argument", argv[optind - 1]);
		default:
			return lym_usage("replay: no option '%s'", argv[optind - 1]);
		}
	}
	if (strcmp(a->color, "auto") && strcmp(a->color, "always") && strcmp(a->color, "never"))
		return lym_usage("replay: --color is always, never or auto, not '%s'", a->color);
	if (optind + 1 != argc)
		return lym_usage("replay: exactly one FILE is needed");
	if (a->file && strchr(a->output, ':'))
		return lym_usage("replay: -o %s and --output %s name two files", a->file, a->output);
	a->input = argv[optind];
	return 0;
}

static int copy(struct lym_rawfile *f, struct lym_out *o)
{
	struct lym_record r;
	int err;

	while ((err = lym_rawfile_next(f, &r)) > 0) {
		err = lym_out_event(o, &r);
		if (err)
			return 0;		/* the same error comes from lym_out_close() */
	}
	return err;
}

int lym_cmd_replay(int argc, char **argv)
{
	struct args a = { "table", NULL, "auto", NULL };
	struct lym_out_opts opts = { 0 };
	struct lym_rawfile *f = NULL;
	struct lym_out *o = NULL;
	char spec[4352];
	int err = parse(&a, argc, argv), out;

	if (err)
		return err > 0 ? 0 : 2;
	if ((size_t)snprintf(spec, sizeof(spec), a.file ? "%s:%s" : "%s", a.output, a.file) >= sizeof(spec))
		return lym_fail(1, "replay: file name too long");
	lym_proc_enable(false);
	if (lym_rawfile_open(&f, a.input, &opts))
		return 1;
	opts.color = !strcmp(a.color, "always") ||
		     (!strcmp(a.color, "auto") && !strchr(spec, ':') && isatty(STDOUT_FILENO));
	err = lym_out_open(&o, spec, &opts);
	if (err) {
		lym_rawfile_close(f);
		return err == -EINVAL ? 2 : 1;
	}
	err = copy(f, o);
	out = lym_out_close(o);
	lym_rawfile_close(f);
	if (out == -EPIPE)		/* the reader has seen enough */
		return 1;
	if (out)
		return lym_fail(1, "replay: cannot write: %s", strerror(-out));
	return err ? 1 : 0;
}
