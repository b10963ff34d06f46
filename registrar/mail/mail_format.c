#include "registrar/mail/mail.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/qr.h"
#include "registrar/mail/mail_view.h"

/*
 * The message as RFC 5322 has it, header values in ASCII: other text goes into encoded words
 * (RFC 2047) of at most 75 characters, the body into quoted-printable (RFC 2045).
 */
enum {
	WORD_BYTES = 42,      /* of UTF-8 in one encoded word: 12 + 56 characters */
	LINE_CHARACTERS = 75, /* of quoted-printable before a soft break */
	BASE64_BYTES = 57,    /* in a line of 76 characters */
	CODE_MODULE_PX = 10   /* a picture of 500 to 650 pixels: sharp on paper too */
};

/* True where a value can't start another header line. */
static int is_header_safe(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return 0;
	return 1;
}

static int is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x7f || (unsigned char)*text < 0x20 ||
		    strstr(text, "=?") == text)
			return 0;
	return 1;
}

/* Bytes of the next encoded word: whole characters only. */
static size_t word_length(const char *text)
{
	size_t len = strlen(text);

	if (len <= WORD_BYTES)
		return len;
	for (len = WORD_BYTES; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return len ? len : WORD_BYTES;
}

static void put_encoded(struct buf *out, const char *text)
{
	char word[WORD_BYTES * 2 + 8];
	size_t len;

	for (int first = 1; *text; first = 0, text += len) {
		len = word_length(text);
		sodium_bin2base64(word, sizeof(word), (const unsigned char *)text, len,
		    sodium_base64_VARIANT_ORIGINAL);
		buf_printf(out, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ", word);
	}
}

/* Plain text folded at spaces, so that no line nears the 998 bytes of RFC 5322. */
static void put_folded(struct buf *out, const char *text)
{
	size_t column = 10, word;

	while (*text) {
		word = strcspn(text + 1, " ") + 1;
		if (column > 10 && column + word > 76 && *text == ' ') {
			buf_puts(out, "\r\n");
			column = 0;
		}
		buf_add(out, text, word);
		column += word;
		text += word;
	}
}

/* Unstructured text (a subject). */
static void put_text(struct buf *out, const char *text)
{
	if (is_plain(text) && strlen(text) < 900)
		put_folded(out, text);
	else
		put_encoded(out, text);
}

/* A display name: a quoted string or encoded words. */
static void put_name(struct buf *out, const char *name)
{
	if (!is_plain(name)) {
		put_encoded(out, name);
		return;
	}
	buf_putc(out, '"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *name);
	}
	buf_putc(out, '"');
}

/* One line of quoted-printable, without its end. */
static void put_line(struct buf *out, const char *line, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];
		/* A space at a line's end is lost on the way, a dot at its start doubled. */
		int plain = c > 0x20 && c < 0x7f && c != '=' && !(c == '.' && column == 0);
		plain = plain || ((c == ' ' || c == '\t') && i + 1 < len);
		if (column + (plain ? 1 : 3) > LINE_CHARACTERS) {
			buf_puts(out, "=\r\n");
			column = 0;
		}
		if (plain)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		column += plain ? 1 : 3;
	}
}

static void put_body(struct buf *out, const char *body)
{
	size_t len;

	for (; *body; body += len + (body[len] == '\n')) {
		len = strcspn(body, "\n");
		put_line(out, body, len);
		buf_puts(out, "\r\n");
	}
}

static void put_date(struct buf *out, int64_t at)
{
	/* In English whatever the locale: RFC 5322 section 3.3. */
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)at;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm))
		return;
	buf_printf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

/* The same for each try of one mail, so that a receiver who got it twice can tell; nobody who did
 * not get it can name it. */
static void put_message_id(
    struct buf *out, const struct mail_head *head, const struct outbox_mail *mail)
{
	unsigned char hash[OUTBOX_TRACE];
	char text[128], hex[2 * OUTBOX_TRACE + 1];
	int len = snprintf(text, sizeof(text), "%lld %lld %.64s", (long long)mail->id,
	    (long long)mail->created, head->site);

	if (mail->traced)
		memcpy(hash, mail->trace, sizeof(hash));
	else
		crypto_generichash(hash, sizeof(hash), (const unsigned char *)text,
		    (unsigned long long)len, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	buf_printf(out, "Message-ID: <%s@%s>\r\n", hex, head->site);
}

/* RFC 2369, RFC 2919 and RFC 8058: a way out that programs know. */
static void put_list(struct buf *out, const struct mail_head *head, const struct outbox_mail *mail)
{
	if (mail->kind != OUTBOX_ANNOUNCEMENT)
		return;
	buf_printf(out, "List-Id: <announcements.%s>\r\nPrecedence: bulk\r\n", head->site);
	if (*mail->unsubscribe)
		buf_printf(out,
		    "List-Unsubscribe:\r\n <%s>\r\n"
		    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		    mail->unsubscribe);
}

/* In base64, lines of 76. */
static int put_bytes(struct buf *out, const uint8_t *bytes, size_t len)
{
	char line[2 * BASE64_BYTES];
	size_t take;

	for (; len > 0; bytes += take, len -= take) {
		take = len < BASE64_BYTES ? len : BASE64_BYTES;
		sodium_bin2base64(line, sizeof(line), bytes, take, sodium_base64_VARIANT_ORIGINAL);
		buf_printf(out, "%s\r\n", line);
	}
	return 0;
}

static int put_attachment(struct buf *out, const struct outbox_attachment *attachment)
{
	struct qr qr = {0};
	uint8_t *picture = NULL;
	size_t len = 0;
	int result = 0;

	buf_printf(out,
	    "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
	    attachment->type, attachment->name);
	if (!attachment->code)
		return put_bytes(out, attachment->bytes, attachment->len);
	result = qr_make((const char *)attachment->bytes, attachment->len, &qr);
	if (result == 0)
		result = qr_png(&qr, CODE_MODULE_PX, &picture, &len);
	if (result == 0)
		result = put_bytes(out, picture, len);
	free(picture);
	qr_free(&qr);
	return result < 0 ? MAIL_E_MEMORY : 0;
}

/* A boundary can't stand in a part: "=_" is neither quoted-printable nor base64. */
static void put_multipart(struct buf *out, const char *kind)
{
	buf_printf(
	    out, "Content-Type: multipart/%s; boundary=\"=_%.1s_pressgate\"\r\n\r\n", kind, kind);
}

static void put_boundary(struct buf *out, const char *kind, const char *end)
{
	buf_printf(out, "--=_%.1s_pressgate%s\r\n", kind, end);
}

static void put_text_part(struct buf *out, const char *kind, const char *text)
{
	put_boundary(out, "alternative", "");
	buf_printf(out,
	    "Content-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    kind);
	put_body(out, text);
}

/* The text, and the same text as HTML for programs that show only that well. */
static int put_alternatives(
    struct buf *out, const struct mail_head *head, const struct outbox_mail *mail)
{
	const char *language = *mail->language ? mail->language : "en";
	struct buf html;
	int result;

	buf_init(&html, BUF_LIMIT_PAGE);
	result = mail_html(&html, head->url, language, mail->subject, mail->body);
	if (result == 0 && !buf_error(&html)) {
		put_multipart(out, "alternative");
		put_text_part(out, "plain", mail->body);
		put_text_part(out, "html", buf_text(&html));
		put_boundary(out, "alternative", "--");
	} else {
		result = MAIL_E_MEMORY;
	}
	buf_free(&html);
	return result;
}

static int put_parts(struct buf *out, const struct mail_head *head, const struct outbox_mail *mail)
{
	int result;

	if (mail->n_attachments == 0)
		return put_alternatives(out, head, mail);
	put_multipart(out, "mixed");
	put_boundary(out, "mixed", "");
	result = put_alternatives(out, head, mail);
	for (size_t i = 0; result == 0 && i < mail->n_attachments; i++) {
		put_boundary(out, "mixed", "");
		result = put_attachment(out, &mail->attachments[i]);
	}
	put_boundary(out, "mixed", "--");
	return result;
}

/* True where no value of a mail can become a header of its own. */
static int is_safe(const struct mail_head *head, const struct outbox_mail *mail)
{
	int safe = is_header_safe(head->from) && is_header_safe(head->from_name) &&
		   is_header_safe(head->site) && is_header_safe(mail->recipient) &&
		   is_header_safe(mail->subject) && is_header_safe(mail->unsubscribe) &&
		   !strpbrk(mail->unsubscribe, "<> ");

	for (size_t i = 0; safe && i < mail->n_attachments; i++)
		safe = is_header_safe(mail->attachments[i].type) &&
		       is_header_safe(mail->attachments[i].name) &&
		       !strpbrk(mail->attachments[i].name, "\"\\");
	return safe;
}

int mail_format(const struct mail_head *head, const struct outbox_mail *mail, struct buf *out)
{
	int result;

	if (!head->unguarded && !is_safe(head, mail))
		return MAIL_E_HEADER;
	put_date(out, mail->created);
	buf_puts(out, "From: ");
	put_name(out, head->from_name);
	buf_printf(out, " <%s>\r\nTo: <%s>\r\nSubject: ", head->from, mail->recipient);
	put_text(out, mail->subject);
	buf_puts(out, "\r\n");
	put_message_id(out, head, mail);
	buf_puts(out, "Auto-Submitted: auto-generated\r\n");
	put_list(out, head, mail);
	buf_puts(out, "MIME-Version: 1.0\r\n");
	result = put_parts(out, head, mail);
	if (result < 0)
		return result;
	return buf_error(out) ? MAIL_E_MEMORY : 0;
}
