#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/bench/bench.h"

static double seconds(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bench_now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

double bench_cpu(void)
{
	return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof *values, compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* *cpu grows by what it took of this process's CPU. */
static bool turn(bench_work *work, void *context, size_t batch, double *ret_seconds, double *cpu)
{
	double start = bench_now(), cpu_start = bench_cpu();

	for (size_t i = 0; i < batch; i++)
		if (!work(context))
			return false;
	*ret_seconds = (bench_now() - start) / (double)batch;
	*cpu += bench_cpu() - cpu_start;
	return true;
}

void bench_row(const char *name, double got, double target, bool at_least, const char *unit,
    const char *details)
{
	bool met = at_least ? got >= target : got <= target;

	printf("%-44s %8.2f%-4s %s %6.2f%-4s %-6s %s\n", name, got, unit,
	    at_least ? ">=" : "<=", target, unit, met ? "met" : "MISSED", details ? details : "");
	fflush(stdout);
}

bool bench_run(const struct bench *bench)
{
	double *subject = calloc(bench->rounds, sizeof *subject);
	double *floor = calloc(bench->rounds, sizeof *floor), unused = 0, a, b;
	double cpu_subject = 0, cpu_floor = 0;
	char details[128];
	bool good = subject && floor;

	/* One turn of each to warm caches and fill pools. */
	good = good && turn(bench->floor, bench->context, 1, &unused, &unused) &&
	       turn(bench->subject, bench->context, 1, &unused, &unused);
	for (size_t i = 0; good && i < bench->rounds; i++)
		good =
		    turn(bench->floor, bench->context, bench->batch, &floor[i], &cpu_floor) &&
		    turn(bench->subject, bench->context, bench->batch, &subject[i], &cpu_subject);
	if (good) {
		a = median(subject, bench->rounds);
		b = median(floor, bench->rounds);
		snprintf(details, sizeof details,
		    "%.1f us against a floor of %.1f us; %.2fx of CPU", a * 1e6, b * 1e6,
		    cpu_subject / cpu_floor);
		bench_row(bench->name, bench->at_least ? b / a : a / b, bench->target,
		    bench->at_least, "x", details);
	} else {
		printf("%-44s FAILED\n", bench->name);
	}
	free(subject);
	free(floor);
	return good;
}
