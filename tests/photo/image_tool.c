/* image_tool KIND: writes a picture file of images.h to standard output. */
#include <stdio.h>
#include <string.h>

#include "tests/photo/images.h"

static struct image make(const char *kind)
{
	struct image image = {NULL, 0};

	if (strcmp(kind, "jpeg") == 0 || strcmp(kind, "exif") == 0)
		image = image_jpeg(1600, 2000, true);
	else if (strcmp(kind, "png") == 0)
		image = image_png(1000, 1250);
	else if (strcmp(kind, "png-bomb") == 0)
		image = image_png_bomb(30000, 30000);
	else if (strcmp(kind, "scan-bomb") == 0)
		image = image_scan_bomb(1600, 1600);
	if (strcmp(kind, "exif") == 0)
		image_add_exif(&image, 6);
	return image;
}

int main(int argc, char **argv)
{
	struct image image = make(argc == 2 ? argv[1] : "");

	if (image.bytes == NULL)
		return 2;
	return fwrite(image.bytes, 1, image.len, stdout) == image.len ? 0 : 1;
}
