#include "web/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Default-ignorable letters and marks that show nothing but make two names look the same. */
static bool is_blank_letter(ucs4_t uc)
{
	return uc == 0x034F || uc == 0x115F || uc == 0x1160 || uc == 0x17B4 || uc == 0x17B5 ||
	       uc == 0x3164 || uc == 0xFFA0 || uc == 0x2800 || (uc >= 0xFE00 && uc <= 0xFE0F) ||
	       (uc >= 0x180B && uc <= 0x180F) || (uc >= 0xE0100 && uc <= 0xE01EF);
}

static bool is_hidden(ucs4_t uc)
{
	uint32_t hidden = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
			  UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
			  UC_CATEGORY_MASK_Zp;

	return uc_is_general_category_withtable(uc, hidden) || is_blank_letter(uc);
}

/* CR LF and CR become LF. */
static size_t unify_breaks(char *text, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r') {
			text[out++] = '\n';
			i += i + 1 < len && text[i + 1] == '\n';
		} else {
			text[out++] = text[i];
		}
	}
	return out;
}

static int check_characters(
    const uint8_t *text, size_t len, enum text_lines lines, size_t *ret_count)
{
	size_t count = 0;

	for (size_t at = 0; at < len; count++) {
		ucs4_t uc = 0;
		int n = u8_mbtoucr(&uc, text + at, len - at);

		if (n <= 0)
			return TEXT_UTF8;
		if (is_hidden(uc) && !(lines == TEXT_MANY_LINES && (uc == '\n' || uc == '\t')))
			return TEXT_HIDDEN;
		at += (size_t)n;
	}
	*ret_count = count;
	return 0;
}

static bool is_space(const uint8_t *text, size_t len, int *ret_n)
{
	ucs4_t uc = 0;

	*ret_n = u8_mbtoucr(&uc, text, len);
	return *ret_n > 0 &&
	       (uc == '\t' || uc == '\n' || uc_is_general_category(uc, UC_CATEGORY_Zs));
}

/* White space is removed at both ends, of whatever script. */
static void trim(const uint8_t **text, size_t *len)
{
	const uint8_t *last;
	ucs4_t uc = 0;
	int n;

	while (*len > 0 && is_space(*text, *len, &n)) {
		*text += n;
		*len -= (size_t)n;
	}
	while (*len > 0) {
		last = u8_prev(&uc, *text + *len, *text);
		if (!last || !is_space(last, (size_t)(*text + *len - last), &n))
			return;
		*len = (size_t)(last - *text);
	}
}

static int normal(
    const char *text, size_t len, enum text_lines lines, uint8_t **ret, size_t *ret_len)
{
	char *copy = malloc(len + 1);
	uint8_t *nfc = NULL;
	size_t nfc_len = 0;

	if (!copy)
		return TEXT_NOMEM;
	memcpy(copy, text, len);
	if (lines == TEXT_MANY_LINES)
		len = unify_breaks(copy, len);
	if (u8_check((uint8_t *)copy, len)) {
		free(copy);
		return TEXT_UTF8;
	}
	nfc = u8_normalize(UNINORM_NFC, (uint8_t *)copy, len, NULL, &nfc_len);
	free(copy);
	if (!nfc && len > 0)
		return TEXT_NOMEM;
	*ret = nfc;
	*ret_len = nfc_len;
	return 0;
}

int text_clean(
    const char *text, size_t len, enum text_lines lines, size_t max_code_points, char **ret_text)
{
	uint8_t *nfc = NULL;
	const uint8_t *from;
	size_t nfc_len = 0;
	size_t count = 0;
	char *out = NULL;
	int result = normal(text, len, lines, &nfc, &nfc_len);

	if (result)
		return result;
	from = nfc;
	if (from && lines != TEXT_AS_TYPED)
		trim(&from, &nfc_len);
	result = check_characters(from, nfc_len, lines, &count);
	if (result == 0 && count > max_code_points)
		result = TEXT_LONG;
	if (result)
		goto done;
	out = malloc(nfc_len + 1);
	if (!out) {
		result = TEXT_NOMEM;
		goto done;
	}
	if (nfc_len)
		memcpy(out, from, nfc_len);
	out[nfc_len] = '\0';
	*ret_text = out;
done:
	free(nfc);
	return result;
}

size_t text_length(const char *text)
{
	size_t len = strlen(text);

	if (u8_check((const uint8_t *)text, len))
		return 0;
	return u8_mbsnlen((const uint8_t *)text, len);
}

static size_t squeeze_spaces(uint8_t *text, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = text[i] == '\n' || text[i] == '\t' ? ' ' : text[i];

		if (c == ' ' && (out == 0 || text[out - 1] == ' '))
			continue;
		text[out++] = c;
	}
	while (out > 0 && text[out - 1] == ' ')
		out--;
	return out;
}

int text_fold(const char *text, char **ret_folded)
{
	size_t len = strlen(text);
	uint8_t *folded;
	char *out;

	if (u8_check((const uint8_t *)text, len))
		return TEXT_UTF8;
	folded = u8_casefold((const uint8_t *)text, len, NULL, UNINORM_NFKC, NULL, &len);
	if (!folded && len > 0)
		return TEXT_NOMEM;
	len = folded ? squeeze_spaces(folded, len) : 0;
	out = malloc(len + 1);
	if (out) {
		if (len)
			memcpy(out, folded, len);
		out[len] = '\0';
		*ret_folded = out;
	}
	free(folded);
	return out ? 0 : TEXT_NOMEM;
}

static bool is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Dot-atom: no dot first, last or doubled. */
static bool local_part(const char *text, size_t len)
{
	static const char others[] = "!#$%&'*+-/=?^_`{|}~";

	if (len == 0 || len > 64 || text[0] == '.' || text[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '.' && text[i + 1] == '.')
			return false;
		if (!is_alnum(c) && c != '.' && c < 0x80 && !strchr(others, c))
			return false;
	}
	return true;
}

static bool domain_label(const char *text, size_t len)
{
	if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!is_alnum(c) && c != '-' && c < 0x80)
			return false;
	}
	return true;
}

static bool domain(const char *text)
{
	size_t labels = 0;

	for (;;) {
		size_t len = strcspn(text, ".");

		if (!domain_label(text, len))
			return false;
		labels++;
		if (!text[len])
			/* A last label of digits would be an IP address. */
			return labels >= 2 && strspn(text, "0123456789") < len;
		text += len + 1;
	}
}

int text_email(const char *text)
{
	const char *at = strrchr(text, '@');
	char *clean = NULL;

	if (!at || strlen(text) > 254 || !local_part(text, (size_t)(at - text)) || !domain(at + 1))
		return TEXT_SYNTAX;
	if (text_clean(text, strlen(text), TEXT_ONE_LINE, 254, &clean))
		return TEXT_SYNTAX;
	free(clean);
	return 0;
}

int text_slug(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > 64 || text[0] == '-' || text[len - 1] == '-' ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len || strstr(text, "--"))
		return TEXT_SYNTAX;
	return 0;
}

void text_make_slug(const char *title, char *ret, size_t size)
{
	uint8_t *plain;
	size_t len = strlen(title);
	size_t out = 0;

	ret[0] = '\0';
	if (u8_check((const uint8_t *)title, len))
		return;
	plain = u8_casefold((const uint8_t *)title, len, NULL, UNINORM_NFKD, NULL, &len);
	for (size_t i = 0; plain && i < len && out + 1 < size && out < 64; i++) {
		if (is_alnum(plain[i]))
			ret[out++] = (char)plain[i];
		else if (plain[i] < 0x80 && out > 0 && ret[out - 1] != '-')
			ret[out++] = '-';
	}
	while (out > 0 && ret[out - 1] == '-')
		out--;
	ret[out] = '\0';
	free(plain);
}

static bool plain_in_log(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

void text_for_log(const char *text, size_t len, char *ret, size_t size)
{
	size_t whole = 0, out = 0, room = size - 1;

	for (size_t i = 0; i < len; i++)
		whole += plain_in_log((unsigned char)text[i]) ? 1 : 4;
	if (whole > room)
		room -= 3;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (out + (plain_in_log(c) ? 1 : 4) > room)
			break;
		if (plain_in_log(c))
			ret[out++] = (char)c;
		else
			out += (size_t)snprintf(ret + out, size - out, "\\x%02x", c);
	}
	snprintf(ret + out, size - out, "%s", whole > size - 1 ? "..." : "");
}
