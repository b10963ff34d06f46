/* Photographs from a file to what is kept: what gets through, what does not, and what it costs. */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "registrar/press/person.h"
#include "registrar/photo/photo.h"
#include "registrar/photo/photo_child.h"
#include "registrar/photo/photo_facts.h"
#include "registrar/sample/sample_face.h"
#include "tests/device/house.h"
#include "tests/photo/images.h"

/* Under the address sanitizer a process takes what it likes of address space. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool near(const uint8_t *rgb, int red, int green, int blue)
{
	return abs(rgb[0] - red) < 40 && abs(rgb[1] - green) < 40 && abs(rgb[2] - blue) < 40;
}

/* What is seen in a quarter of the picture: r, g, b, w or ?. */
static char quarter(const struct photo_pixels *pixels, bool right, bool below)
{
	size_t x = pixels->width / 4 + (right ? pixels->width / 2 : 0);
	size_t y = pixels->height / 4 + (below ? pixels->height / 2 : 0);
	const uint8_t *rgb = pixels->rgb + (y * pixels->width + x) * 3;

	return near(rgb, 220, 20, 20)	  ? 'r'
	       : near(rgb, 20, 200, 20)	  ? 'g'
	       : near(rgb, 20, 20, 220)	  ? 'b'
	       : near(rgb, 250, 250, 250) ? 'w'
					  : '?';
}

static void seen(const struct photo_pixels *pixels, char ret[5])
{
	ret[0] = quarter(pixels, false, false);
	ret[1] = quarter(pixels, true, false);
	ret[2] = quarter(pixels, false, true);
	ret[3] = quarter(pixels, true, true);
	ret[4] = '\0';
}

static int decode(const struct image *image, struct photo_pixels *ret_pixels)
{
	return photo_decode(image->bytes, image->len, PHOTO_WHOLE, ret_pixels);
}

static void fits_and_is_upright(struct image image, unsigned width, unsigned height)
{
	struct photo_pixels pixels = {0};
	char colours[5];

	assert_int_equal(decode(&image, &pixels), 0);
	assert_int_equal(pixels.width, width);
	assert_int_equal(pixels.height, height);
	seen(&pixels, colours);
	assert_string_equal(colours, "rgbw");
	free(pixels.rgb);
	free(image.bytes);
}

static void jpeg_and_png_are_taken_and_fitted(void **state)
{
	(void)state;
	fits_and_is_upright(image_jpeg(3000, 4000, false), 450, 600);
	fits_and_is_upright(image_jpeg(4000, 3000, true), 480, 360);
	fits_and_is_upright(image_jpeg(100, 80, false), 100, 80);
	fits_and_is_upright(image_png(1600, 1200), 480, 360);
	fits_and_is_upright(image_png(480, 600), 480, 600);
	fits_and_is_upright(image_png(50, 3000), 10, 600);
}

static void the_orientation_is_applied(void **state)
{
	static const char *const shown[] = {
	    NULL, "rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"};

	(void)state;
	for (unsigned orientation = 1; orientation <= 8; orientation++) {
		struct image image = image_jpeg(1200, 800, false);
		struct photo_pixels pixels = {0};
		char colours[5];

		image_add_exif(&image, orientation);
		assert_int_equal(decode(&image, &pixels), 0);
		assert_int_equal(pixels.width, orientation < 5 ? 480 : 400);
		assert_int_equal(pixels.height, orientation < 5 ? 320 : 600);
		seen(&pixels, colours);
		assert_string_equal(colours, shown[orientation]);
		free(pixels.rgb);
		free(image.bytes);
	}
}

struct portrait {
	unsigned width, height, orientation, kept_width, kept_height;
	const char *colours;
};

/* The size, and the middle: all four quarters are seen, each in its place. */
static void is_portrait(struct image image, const struct portrait *of)
{
	struct photo_pixels pixels = {0};
	char colours[5];

	assert_int_equal(photo_decode(image.bytes, image.len, PHOTO_PORTRAIT, &pixels), 0);
	assert_int_equal(pixels.width, of->kept_width);
	assert_int_equal(pixels.height, of->kept_height);
	seen(&pixels, colours);
	assert_string_equal(colours, of->colours);
	free(pixels.rgb);
	free(image.bytes);
}

static void a_portrait_is_as_large_as_the_file_allows(void **state)
{
	static const struct portrait jpegs[] = {
	    {4000, 3000, 1, 480, 600, "rgbw"}, /* the whole of it would be 480 x 360 */
	    {3000, 4000, 1, 480, 600, "rgbw"}, {3000, 4000, 6, 480, 600, "brwg"},
	    {4000, 3000, 8, 480, 600, "gwrb"}, {6000, 700, 3, 480, 600, "wbgr"},
	    {400, 200, 1, 160, 200, "rgbw"}, {200, 400, 5, 160, 200, "rbgw"}};
	static const struct portrait pngs[] = {{1600, 900, 0, 480, 600, "rgbw"},
	    {200, 400, 0, 200, 250, "rgbw"}, {40, 3000, 0, 40, 50, "rgbw"},
	    {3000, 40, 0, 32, 40, "rgbw"}};

	(void)state;
	for (size_t i = 0; i < sizeof(jpegs) / sizeof(*jpegs); i++) {
		struct image image = image_jpeg(jpegs[i].width, jpegs[i].height, false);

		image_add_exif(&image, jpegs[i].orientation);
		is_portrait(image, &jpegs[i]);
	}
	for (size_t i = 0; i < sizeof(pngs) / sizeof(*pngs); i++)
		is_portrait(image_png(pngs[i].width, pngs[i].height), &pngs[i]);
}

static bool holds(const struct photo *photo, const char *text)
{
	return memmem(photo->bytes, photo->len, text, strlen(text)) != NULL;
}

/* Only what a JPEG needs to be seen: no segment of an application but JFIF's own, no comment but
 * the mark. */
static void is_bare(const struct photo *photo)
{
	size_t at = 2;

	while (at + 4 <= photo->len && photo->bytes[at] == 0xff && photo->bytes[at + 1] != 0xda) {
		unsigned marker = photo->bytes[at + 1];
		size_t length = (size_t)photo->bytes[at + 2] << 8 | photo->bytes[at + 3];

		assert_false(marker > 0xe0 && marker <= 0xef);
		if (marker == 0xfe)
			assert_true(at == PHOTO_MARK_AT && length == 2 + PHOTO_MARK);
		if (marker == 0xe0)
			assert_int_equal(length, 16);
		at += 2 + length;
	}
	assert_memory_equal(photo->bytes + photo->len - 2, "\xff\xd9", 2);
}

static void nothing_but_the_picture_is_kept(void **state)
{
	struct image image = image_jpeg(900, 900, false);
	struct image png = image_png(300, 300);
	struct photo photo = {0};

	(void)state;
	image_add_exif(&image, 1);
	image_insert(&image, 2,
	    "\xff\xfe\x00\x0fsecret comment"
	    "\0",
	    17);
	image_insert(&image, SIZE_MAX, "<script>polyglot()</script>PK\5\6archive", 38);
	assert_int_equal(photo_make(image.bytes, image.len, &photo), 0);
	assert_false(holds(&photo, "Exif"));
	assert_false(holds(&photo, "secret"));
	assert_false(holds(&photo, "polyglot"));
	is_bare(&photo);
	photo_free(&photo);
	/* After a PNG's end, and before it: a text chunk. */
	image_insert(&png, SIZE_MAX, "<?php polyglot", 14);
	assert_int_equal(photo_make(png.bytes, png.len, &photo), 0);
	assert_false(holds(&photo, "polyglot"));
	is_bare(&photo);
	photo_free(&photo);
	free(image.bytes);
	free(png.bytes);
}

/* Who has the same file learns nothing of the name that it is kept by. */
static void the_same_picture_has_another_hash_each_time(void **state)
{
	struct image image = image_jpeg(900, 900, false), more = image_jpeg(300, 900, false);
	struct photo one = {0}, again = {0}, other = {0};
	struct photo_pixels pixels = {0};

	(void)state;
	assert_int_equal(photo_make(image.bytes, image.len, &one), 0);
	assert_int_equal(photo_make(image.bytes, image.len, &again), 0);
	assert_int_equal(photo_make(more.bytes, more.len, &other), 0);
	assert_memory_not_equal(one.hash, again.hash, PHOTO_HASH);
	/* It is known as the same all the same, and another as another. */
	assert_true(photo_shows(&one, again.bytes, again.len));
	assert_false(photo_shows(&one, other.bytes, other.len));
	assert_false(photo_shows(&one, again.bytes, 30));
	/* And what is kept is a picture. */
	assert_int_equal(photo_decode(one.bytes, one.len, PHOTO_WHOLE, &pixels), 0);
	assert_int_equal(pixels.width, one.width);
	free(pixels.rgb);
	photo_free(&one);
	photo_free(&again);
	photo_free(&other);
	free(image.bytes);
	free(more.bytes);
}

static void four_colours_become_three(void **state)
{
	struct image image = image_cmyk(400, 400);
	struct photo_pixels pixels = {0};

	(void)state;
	assert_int_equal(decode(&image, &pixels), 0);
	assert_true(near(pixels.rgb, 255, 0, 0));
	free(pixels.rgb);
	free(image.bytes);
}

static void noise_is_kept_small(void **state)
{
	struct image image = image_noise(1500, 1500);
	struct photo photo = {0};

	(void)state;
	assert_int_equal(photo_make(image.bytes, image.len, &photo), 0);
	assert_true(photo.len <= PHOTO_BYTES_MAX);
	photo_free(&photo);
	free(image.bytes);
}

static void what_is_cut_short_is_refused(void **state)
{
	struct image files[] = {
	    image_jpeg(800, 800, false), image_jpeg(800, 800, true), image_png(800, 800)};

	(void)state;
	for (size_t f = 0; f < 3; f++) {
		for (size_t part = 1; part < 12; part++) {
			struct photo_pixels pixels = {0};
			size_t len = files[f].len * part / 12;

			assert_int_equal(
			    photo_decode(files[f].bytes, len, PHOTO_WHOLE, &pixels), PHOTO_BROKEN);
		}
		free(files[f].bytes);
	}
}

static void other_files_are_refused(void **state)
{
	struct image small = image_png(31, 500);
	struct photo_pixels pixels = {0};
	uint8_t *long_one = calloc(1, PHOTO_FILE_MAX + 1);

	(void)state;
	assert_int_equal(photo_decode((const uint8_t *)"", 0, PHOTO_WHOLE, &pixels), PHOTO_NOT_ONE);
	assert_int_equal(
	    photo_decode((const uint8_t *)"GIF89a..", 8, PHOTO_WHOLE, &pixels), PHOTO_NOT_ONE);
	assert_int_equal(photo_decode((const uint8_t *)"<svg xmlns=''/>", 15, PHOTO_WHOLE, &pixels),
	    PHOTO_NOT_ONE);
	assert_int_equal(
	    photo_decode((const uint8_t *)"\xff\xd8\xff", 3, PHOTO_WHOLE, &pixels), PHOTO_BROKEN);
	memcpy(long_one, "\xff\xd8\xff", 3);
	assert_int_equal(
	    photo_decode(long_one, PHOTO_FILE_MAX + 1, PHOTO_WHOLE, &pixels), PHOTO_TOO_LONG);
	assert_int_equal(decode(&small, &pixels), PHOTO_TOO_SMALL);
	free(long_one);
	free(small.bytes);
}

/* ---- bombs ---- */

/* Decodes in a process shut in as the child is, with the checks before decoding or without; its
 * result, or minus the signal that ended it. What it cost goes to ret_usage. */
static int shut_in(const struct image *image, bool limits, struct rusage *ret_usage)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct photo_pixels pixels = {0};
		int r = photo_child_shut() != 0
			    ? PHOTO_SYSTEM
			    : photo_read(image->bytes, image->len, limits, PHOTO_WHOLE, &pixels);

		_exit(r == 0 ? 0 : r - PHOTO_TOO_LONG + 1);
	}
	assert_true(child > 0);
	assert_int_equal(wait4(child, &status, 0, ret_usage), child);
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	return WEXITSTATUS(status) == 0 ? 0 : WEXITSTATUS(status) + PHOTO_TOO_LONG - 1;
}

static double cpu_of(const struct rusage *usage)
{
	return (double)usage->ru_utime.tv_sec + (double)usage->ru_utime.tv_usec / 1e6 +
	       (double)usage->ru_stime.tv_sec + (double)usage->ru_stime.tv_usec / 1e6;
}

static void a_png_of_900_million_pixels_costs_nothing(void **state)
{
	struct image bomb = image_png_bomb(30000, 30000);
	struct photo_pixels pixels = {0};
	struct rusage with, without;
	double begin = seconds();

	(void)state;
	assert_true(bomb.len <= PHOTO_FILE_MAX);
	assert_int_equal(decode(&bomb, &pixels), PHOTO_TOO_LARGE);
	print_message(
	    "# %zu bytes, 30000 x 30000: refused in %.3f s\n", bomb.len, seconds() - begin);
	assert_int_equal(shut_in(&bomb, true, &with), PHOTO_TOO_LARGE);
	assert_true(cpu_of(&with) < 0.5);
	/* The control: without the check it asks for 2.7 GB, and runs into the bound. */
	if (!SANITIZED) {
		assert_int_equal(shut_in(&bomb, false, &without), PHOTO_BOUNDS);
		assert_true(without.ru_maxrss < PHOTO_CHILD_MEMORY / 1024);
	}
	free(bomb.bytes);
}

static void a_jpeg_of_a_thousand_scans_costs_nothing(void **state)
{
	struct image bomb = image_scan_bomb(2400, 2400);
	struct photo_pixels pixels = {0};
	struct rusage with, without;
	int r;

	(void)state;
	assert_true(bomb.len <= PHOTO_FILE_MAX);
	assert_true(photo_facts_jpeg(bomb.bytes, bomb.len).scans > 1000);
	assert_int_equal(decode(&bomb, &pixels), PHOTO_TOO_MANY);
	assert_int_equal(shut_in(&bomb, true, &with), PHOTO_TOO_MANY);
	/* The control: without the check it goes through as many scans as there is time for. */
	r = shut_in(&bomb, false, &without);
	print_message("# %zu bytes, %u scans: %.3f s; without the check %.1f s, then %s %d\n",
	    bomb.len, photo_facts_jpeg(bomb.bytes, bomb.len).scans, cpu_of(&with), cpu_of(&without),
	    r < 0 ? "signal" : "result", r < 0 ? -r : r);
	assert_int_not_equal(r, 0);
	assert_true(cpu_of(&without) > 10 * cpu_of(&with) + 0.2);
	free(bomb.bytes);
}

static void a_large_honest_picture_is_within_the_bounds(void **state)
{
	struct image image = image_jpeg(6000, 4000, true), noise = image_noise(2200, 2200);
	struct rusage usage;

	(void)state;
	assert_int_equal(shut_in(&image, true, &usage), 0);
	print_message("# 24 million pixels, progressive: %.2f s, %ld MiB\n", cpu_of(&usage),
	    usage.ru_maxrss / 1024);
	assert_int_equal(shut_in(&noise, true, &usage), 0);
	free(image.bytes);
	free(noise.bytes);
}

/* ---- the child can do nothing else ---- */

static void do_open(void)
{
	_exit(open("/etc/hostname", O_RDONLY) < 0);
}
static void do_socket(void)
{
	_exit(socket(AF_INET, SOCK_STREAM, 0) < 0);
}
static void do_fork(void)
{
	_exit(fork() < 0);
}
static void do_exec(void)
{
	char name[] = "true", *arguments[] = {name, NULL};

	execv("/bin/true", arguments);
	_exit(1);
}
static void do_kill(void)
{
	_exit(kill(getppid(), 0) != 0);
}
static void do_code(void)
{
	_exit(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      MAP_FAILED);
}
static void do_write_elsewhere(void)
{
	_exit(write(STDERR_FILENO, "", 0) != 0);
}

/* The signal that ended it, or 1000 and its exit status. */
static int try(void (*act)(void), bool shut)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (shut && photo_child_shut() != 0)
			_exit(99);
		act();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
}

static void the_child_can_do_nothing_else(void **state)
{
	static const struct {
		const char *name;
		void (*act)(void);
	} acts[] = {{"open", do_open}, {"socket", do_socket}, {"fork", do_fork}, {"exec", do_exec},
	    {"kill", do_kill}, {"code", do_code}, {"write elsewhere", do_write_elsewhere}};

	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (try(acts[i].act, true) != SIGSYS)
			fail_msg("%s is not refused", acts[i].name);
		/* The control: not shut in, it may. */
		if (try(acts[i].act, false) != 1000)
			fail_msg("%s does not work at all", acts[i].name);
	}
}

/* ---- kept, shown to gates, taken away ---- */

static void a_photograph_reaches_rosters_and_leaves_them(void **state)
{
	struct house *house = *state;
	int64_t conference = house_conference(house, "photos", 0);
	int64_t one = house_reporter(house, "Ada Example", "Harbour FM");
	struct photo photo = {0}, other = {0}, same = {0};
	struct store_tx *tx = NULL;
	uint8_t *bytes = NULL;
	int64_t before;
	size_t len = 0;
	struct person person;
	const char *email = person.email;

	assert_int_equal(sample_face(3, &photo), 0);
	assert_int_equal(sample_face(4, &other), 0);
	assert_memory_not_equal(photo.hash, other.hash, PHOTO_HASH);
	(void)house_register(house, conference, one);
	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(
	    person_by_id(tx, house_number(house, "SELECT max(id) FROM person"), &person), 0);
	store_read_end(tx);
	tx = NULL;
	before = house_number(house, "SELECT roster_version FROM conference WHERE slug = 'photos'");
	assert_int_equal(photo_set(house->registrar, email, &photo, "admin"), 0);
	assert_true(house_number(house,
			"SELECT roster_version FROM conference WHERE slug = 'photos'") > before);
	assert_int_equal(
	    house_number(house,
		"SELECT count(*) FROM pass p JOIN conference c ON c.id = "
		"p.conference_id AND c.roster_version = p.roster_version WHERE c.slug = "
		"'photos'"),
	    1);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'photo-set'"), 1);
	/* The same again changes nothing. */
	before = house_number(house, "SELECT roster_version FROM conference WHERE slug = 'photos'");
	assert_int_equal(sample_face(3, &same), 0);
	assert_memory_not_equal(same.hash, photo.hash, PHOTO_HASH);
	assert_int_equal(photo_set(house->registrar, email, &same, "admin"), 0);
	photo_free(&same);
	assert_int_equal(
	    house_number(house, "SELECT roster_version FROM conference WHERE slug = 'photos'"),
	    before);
	/* Gates may have this one, and no other. */
	assert_int_equal(store_read_begin(house->registrar->store, &tx), 0);
	assert_int_equal(photo_for_gates(tx, photo.hash, house->now, &bytes, &len), 0);
	assert_int_equal(len, photo.len);
	assert_memory_equal(bytes, photo.bytes, len);
	free(bytes);
	assert_int_equal(
	    photo_for_gates(tx, other.hash, house->now, &bytes, &len), STORE_NOT_FOUND);
	assert_int_equal(photo_for_gates(tx, photo.hash, house->now + 90 * 86400, &bytes, &len),
	    STORE_NOT_FOUND);
	store_read_end(tx);
	/* Another takes its place; then none. */
	assert_int_equal(photo_set(house->registrar, email, &other, "admin"), 0);
	assert_int_equal(house_number(house, "SELECT count(*) FROM photo"), 1);
	assert_int_equal(photo_remove(house->registrar, email, "admin"), 0);
	assert_int_equal(photo_remove(house->registrar, email, "admin"), 0);
	assert_int_equal(house_number(house, "SELECT count(*) FROM photo"), 0);
	assert_int_equal(
	    house_number(house, "SELECT count(*) FROM log_entry WHERE reason = 'photo-removed'"),
	    1);
	assert_int_equal(
	    photo_set(house->registrar, "nobody@x.example", &photo, "admin"), PHOTO_NO_PERSON);
	photo_free(&photo);
	photo_free(&other);
}

static void sample_faces_are_all_different(void **state)
{
	static struct photo faces[24];

	(void)state;
	for (unsigned i = 0; i < 24; i++) {
		assert_int_equal(sample_face(i, &faces[i]), 0);
		assert_true(faces[i].len <= PHOTO_BYTES_MAX);
		for (unsigned j = 0; j < i; j++)
			assert_false(photo_shows(&faces[i], faces[j].bytes, faces[j].len));
	}
	for (unsigned i = 0; i < 24; i++)
		photo_free(&faces[i]);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jpeg_and_png_are_taken_and_fitted),
	    cmocka_unit_test(the_orientation_is_applied),
	    cmocka_unit_test(a_portrait_is_as_large_as_the_file_allows),
	    cmocka_unit_test(nothing_but_the_picture_is_kept),
	    cmocka_unit_test(the_same_picture_has_another_hash_each_time),
	    cmocka_unit_test(four_colours_become_three),
	    cmocka_unit_test(noise_is_kept_small),
	    cmocka_unit_test(what_is_cut_short_is_refused),
	    cmocka_unit_test(other_files_are_refused),
	    cmocka_unit_test(a_png_of_900_million_pixels_costs_nothing),
	    cmocka_unit_test(a_jpeg_of_a_thousand_scans_costs_nothing),
	    cmocka_unit_test(a_large_honest_picture_is_within_the_bounds),
	    cmocka_unit_test(the_child_can_do_nothing_else),
	    cmocka_unit_test_setup_teardown(
		a_photograph_reaches_rosters_and_leaves_them, house_begin, house_end),
	    cmocka_unit_test(sample_faces_are_all_different),
	};

	if (photo_child_is(argc, argv))
		return photo_child(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
