/*
 * Badges with photographs, against the same pages with nothing but the photograph and the code:
 * what reading, shaping and fitting the words costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/card.h"
#include "badges/qr.h"
#include "registrar/photo/photo.h"
#include "tests/bench/bench.h"

static const char *const names[] = {"Amina Ọkáfọ̀", "Zoë Ferré-Lévesque", "田中さくら",
    "محمد عبد الله", "Ольга Щербакова", "अनुराधा श्रीवास्तव",
    "María del Carmen Fernández de Córdoba y Álvarez"};

#define QR_TEXT                                                                                    \
	"ACR1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLIN4.Q9U-TVPTX-PN1K5"     \
	"V8.HJ79T1SKP2WLI3DV2*4FBBRZ1JK9HGBIAUW.DJ2J2:OI2OA E:S7J6FI4WQA5+KLNXM6Y6BHK"

struct work {
	struct card_design design;
	struct photo photo;
	size_t bytes;
	unsigned badges;
};

static bool count(void *context, const uint8_t *bytes, size_t len)
{
	(void)bytes;
	((struct work *)context)->bytes += len;
	return true;
}

static bool whole(void *context)
{
	struct work *w = context;
	struct card card = {.outlet = "The Lakemount Courier",
	    .organisation = "Example Service",
	    .conference = "Collision on Harbour Street: update",
	    .when = "Saturday 12 September 2026",
	    .valid = "10:30 a.m. to 3 p.m.",
	    .code = "K7QF-2M9X",
	    .qr = QR_TEXT,
	    .photo = w->photo.bytes,
	    .photo_len = w->photo.len};
	struct card_batch *batch = NULL;
	bool good = card_batch_begin(&w->design, DRAWING_PDF, "Badges", count, w, &batch) == 0;

	for (unsigned i = 0; good && i < w->badges; i++) {
		card.name = names[i % (sizeof(names) / sizeof(names[0]))];
		card.pass_class = i % CLASS_NAMED;
		good = card_batch_add(batch, &card) == 0;
	}
	return good && card_batch_end(batch) == 0;
}

static bool floor_page(struct drawing *drawing, const struct work *w)
{
	const struct drawing_box box = {10, 60, 57, 71};
	struct qr qr = {0};
	bool good = qr_make(QR_TEXT, strlen(QR_TEXT), &qr) == 0 &&
		    drawing_photo(drawing, &box, 3, w->photo.bytes, w->photo.len) == 0;

	if (good)
		drawing_qr(drawing, &qr, 70, 60, 80);
	qr_free(&qr);
	return good;
}

static bool bare(void *context)
{
	struct work *w = context;
	const struct drawing_start start = {.kind = DRAWING_PDF,
	    .width = 153,
	    .height = 242,
	    .title = "Badges",
	    .language = "en",
	    .sink = count,
	    .context = w};
	struct drawing *drawing = NULL;
	bool good = drawing_begin(&start, &drawing) == 0;

	for (unsigned i = 0; good && i < w->badges; i++) {
		if (i > 0)
			drawing_next_page(drawing);
		good = floor_page(drawing, w);
	}
	return good && drawing_end(drawing) == 0;
}

/* As a camera's pictures are: hard to pack. */
static bool take_photo(struct photo *ret)
{
	struct photo_pixels pixels = {PHOTO_WIDTH, PHOTO_HEIGHT, NULL};
	size_t n = (size_t)3 * PHOTO_WIDTH * PHOTO_HEIGHT;
	bool good;

	pixels.rgb = malloc(n);
	for (size_t i = 0; pixels.rgb && i < n; i++)
		pixels.rgb[i] = (uint8_t)(100 + i / 9000 + (i * 2654435761u >> 24) % 24);
	good = pixels.rgb && photo_encode(&pixels, ret) == 0;
	free(pixels.rgb);
	return good;
}

int main(void)
{
	bool is_short = getenv("PRESSGATE_BENCH_SHORT") != NULL;
	struct work w = {.badges = is_short ? 20 : 200};
	struct bench bench = {.name = "badges / pages of photograph and code",
	    .subject = whole,
	    .floor = bare,
	    .context = &w,
	    .batch = 1,
	    .rounds = is_short ? 1 : 5,
	    .target = 2.5};
	bool good;

	card_design_default(&w.design);
	good = take_photo(&w.photo) && bench_run(&bench);
	photo_free(&w.photo);
	return good ? 0 : 1;
}
