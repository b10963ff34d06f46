/*
 * The rules. A pattern has no repeat without an end that another could share, so that the time a
 * text takes grows as its length does. (?i:...) is for words; a name is told by its capital.
 */
#include "registrar/press/disclosure_rules.h"

#include <stddef.h>

/* One capitalised word, and two or more of them, perhaps with an initial between. */
#define WORD  "\\p{Lu}[\\p{L}'\\u2019-]{1,40}"
#define NAME  WORD "(?:\\s" WORD "){0,3}"
#define NAMES WORD "(?:\\s(?:\\p{Lu}\\.\\s?)?" WORD "){1,3}"

/* What stands between "victim" and the name of one. */
#define LINK                                                                                       \
	"(?i:,?\\s(?:is|was|were|are|est|\\u00e9tait)?\\s?(?:the|le|la)?\\s?"                      \
	"(?:identified\\sas|named|called|known\\sas|nomm\\u00e9e?s?|"                              \
	"identifi\\u00e9e?s?\\scomme|appel\\u00e9e?s?)?\\s?:?\\s?)"

#define BESIDE_NAME(words)                                                                         \
	"\\b(?i:" words ")(?:,\\s|:\\s|" LINK ")" NAME "|\\b(?i:" words                            \
	")\\b[^.!?\\n]{0,60}?\\b" NAMES

#define SEXUAL                                                                                     \
	"(?i:\\bsexual(?:ly)?\\s(?:assault(?:s|ed|ing)?|abuse[ds]?|exploitation|"                  \
	"interference|offen[cs]es?|violence)|\\brap(?:e|ed|es|ist)\\b|\\bchild\\sporn\\w{0,10}|"   \
	"\\bagress(?:ion|ions|\\u00e9e?s?)\\ssexuel(?:le|les|lement)|\\bviol\\s|"                  \
	"\\bexploitation\\ssexuelle|\\bpornographie\\sjuv\\u00e9nile)"

#define MONTH                                                                                      \
	"(?:jan(?:uary|vier)?|feb(?:ruary)?|f\\u00e9v(?:rier)?|mar(?:ch|s)?|a[pv]r(?:il)?|"        \
	"ma[iy]|june?|juin|july?|juillet|aug(?:ust)?|ao\\u00fbt|sep(?:t|tember|tembre)?|"          \
	"oct(?:ober|obre)?|nov(?:ember|embre)?|d[e\\u00e9]c(?:ember|embre)?)\\.?"
#define DATE                                                                                       \
	"(?:(?:19|20)\\d\\d(?:[-/.]\\d{1,2}[-/.]\\d{1,2})?|\\d{1,2}[-/.]\\d{1,2}[-/.]\\d{2,4}|"    \
	"\\d{1,2}(?:st|nd|rd|th|er)?\\s(?:of\\s)?" MONTH ",?\\s\\d{4}|" MONTH                      \
	"\\s\\d{1,2}(?:st|nd|rd|th)?,?\\s\\d{4})"

#define STREET                                                                                     \
	"(?i:street|st|avenue|ave|road|rd|drive|dr|crescent|cres|court|crt|boulevard|blvd|lane|"   \
	"way|place|terrace|trail|parkway|pkwy|circle|square|grove|gardens|heights|hill|mews)"

const struct disclosure_pattern disclosure_patterns[DISCLOSURE_RULES] = {
    [DISCLOSURE_YOUTH_AGE] = {"youth-age", "The age of a young person",
	"Youth Criminal Justice Act, ss. 110 and 111: nothing may be published that identifies a "
	"young person who is dealt with under the Act, or a young victim or witness. With a place "
	"or a school, an age does.",
	"\\b(?i:aged?\\s|\\u00e2g\\u00e9e?s?\\sde\\s)(?:1[0-7]|[0-9])\\b(?!\\s?(?:%|per|\\d))|"
	"\\b(?:1[0-7]|[0-9])(?i:[\\s\\u2010-\\u2012-](?:years?|yrs?)[\\s\\u2010-\\u2012-](?:olds?)"
	"|\\sans)\\b|\\b(?i:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
	"(?i:[\\s\\u2010-\\u2012-]year[\\s\\u2010-\\u2012-]old)\\b",
	NULL, false},
    [DISCLOSURE_YOUTH] = {"youth", "A young person before the law",
	"Youth Criminal Justice Act, s. 118: no access to a record of a young person, and s. 110: "
	"no word by which one can be known. Say that a youth is concerned only where the Act "
	"allows it.",
	"\\b(?i:YCJA|LSJPA|young\\s(?:offender|person|persons|accused)|youth\\s(?:court|offender|"
	"accused|record)s?|youth\\scriminal\\sjustice|minors?\\s(?:charged|accused|arrested)|"
	"jeunes?\\scontrevenante?s?|adolescente?s?\\s(?:accus\\u00e9|arr\\u00eat\\u00e9)e?s?)\\b",
	NULL, false},
    [DISCLOSURE_SEXUAL] = {"sexual-offence", "A sexual offence beside a name",
	"Criminal Code, s. 486.4: nothing may be published that could identify the complainant or "
	"a "
	"witness of a sexual offence. The name of an accused who is known to them can do so too.",
	SEXUAL, "\\b" NAMES, false},
    [DISCLOSURE_VICTIM] = {"victim-name", "A name beside the word victim",
	"MFIPPA, ss. 8 and 14, and Victims' Bill of Rights, 1995: a victim is named only with "
	"consent, "
	"or that of the family.",
	BESIDE_NAME("victims?|complainants?|survivors?|the\\sdeceased|victimes?|"
		    "plaignante?s?|survivante?s?"),
	NULL, false},
    [DISCLOSURE_WITNESS] = {"witness-name", "A name beside the word witness",
	"Criminal Code, s. 486.5, and MFIPPA, s. 8 (1) (d): a witness or an informant is not "
	"named.",
	BESIDE_NAME("witness(?:es)?|informants?|t\\u00e9moins?|informat(?:eur|rice)s?"), NULL,
	false},
    [DISCLOSURE_ADDRESS] = {"address", "A street address",
	"MFIPPA, s. 14: a home address is personal information. The address of a public place may "
	"stand; give a home as a neighbourhood or an intersection.",
	"\\b\\d{1,5}[A-Za-z]?,?\\s(?:\\p{Lu}[\\p{L}'\\u2019.-]{0,30}\\s){1,4}?" STREET
	"\\b|\\b\\d{1,5}[A-Za-z]?,?\\s(?i:bis\\s)?(?i:rue|av(?:enue)?\\.?|boul(?:evard)?\\.?|"
	"chemin|ch\\.|rang|impasse|all\\u00e9e|place)\\s(?:(?i:de|du|des|la|le|les)\\s){0,2}"
	"\\p{L}",
	NULL, false},
    [DISCLOSURE_POSTAL_CODE] = {"postal-code", "A postal code",
	"MFIPPA, s. 14: a postal code is as good as a street address, often one building.",
	"\\b[A-CEGHJ-NPR-TVXYa-ceghj-npr-tvxy]\\d[A-Za-z][\\s-]?\\d[A-Za-z]\\d\\b", NULL, false},
    [DISCLOSURE_PHONE] = {"phone", "A telephone number",
	"MFIPPA, s. 14: a person's telephone number is personal information. Publish a number of "
	"the Service.",
	"(?<![\\d-])(?:\\+?1[\\s.-]{0,2})?(?:\\([2-9]\\d{2}\\)\\s?|[2-9]\\d{2}[\\s.\\u2010-\\u2012-"
	"])"
	"[2-9]\\d{2}[\\s.\\u2010-\\u2012-]\\d{4}(?![\\d-])|(?<![\\d-])\\+?1?[2-9]\\d{2}[2-9]\\d{6}"
	"(?![\\d-])",
	NULL, false},
    [DISCLOSURE_EMAIL] = {"email", "An e-mail address",
	"MFIPPA, s. 14: a person's address is personal information. Publish an address of an "
	"office, such as media@.",
	"(?<![\\p{L}\\d._+-])(?!(?i:media|medias|info|press|presse|contact|communications|"
	"relations-media|newsroom|accessibility)@)[\\p{L}\\d._+-]{1,64}@(?:[\\p{L}\\d-]{1,63}\\.)"
	"{1,8}\\p{L}{2,24}\\b",
	NULL, false},
    [DISCLOSURE_PLATE] = {"plate", "A licence plate",
	"MFIPPA, s. 14, with Highway Traffic Act, s. 205: a plate leads to its owner. Say the make "
	"and "
	"the colour.",
	"\\b[A-Z]{4}[\\s-]?\\d{3}\\b|\\b[A-Z]{3}[\\s-]\\d{3}\\b|\\b(?i:plates?|licen[cs]e\\splates?"
	"|"
	"plaques?(?:\\sd'immatriculation)?)(?i:\\s(?:number|no\\.?|num\\u00e9ro|is|was|:)){0,2}:?"
	"\\s"
	"(?=[A-Z0-9-]{0,7}\\d)[A-Z0-9]{2,4}[\\s-]?[A-Z0-9]{2,4}\\b",
	NULL, false},
    [DISCLOSURE_BIRTH] = {"birth-date", "A date of birth",
	"MFIPPA, s. 14: with a name, a date of birth is what identities are stolen with. Give an "
	"age of 18 or more instead.",
	"(?i:\\bborn(?:\\son|\\sin)?|\\bdate\\sof\\sbirth|\\bbirth\\s?date|\\bbirthday|\\bD\\.?O\\."
	"?B"
	"\\.?|\\bn\\u00e9e?\\s(?:le|en)|\\bdate\\sde\\snaissance)(?i:\\s?(?:is|was|:|est|,|\\()){0,"
	"2}"
	"\\s{0,2}(?i:" DATE ")",
	NULL, false},
    [DISCLOSURE_HEALTH_CARD] = {"health-card", "A health card number",
	"Personal Health Information Protection Act, 2004, s. 34: nobody outside of health care "
	"may "
	"use or disclose it.",
	"(?<![\\d-])\\d{4}[\\s-]?\\d{3}[\\s-]?\\d{3}(?:[\\s-]?[A-Z]{2}\\b)?(?![\\d-])", NULL, true},
    [DISCLOSURE_SIN] = {"sin", "A social insurance number",
	"Income Tax Act, s. 237, and MFIPPA, s. 14: it is never published.",
	"(?<![\\d-])\\d{3}[\\s-]?\\d{3}[\\s-]?\\d{3}(?![\\d-])", NULL, true},
    [DISCLOSURE_INVESTIGATION] = {"investigation", "Words of an ongoing investigation",
	"MFIPPA, s. 8 (1): what could interfere with an investigation, show a technique or name a "
	"suspect is not disclosed before its officer in charge agrees.",
	"\\b(?i:(?:on-?going|active|open|continuing)\\s(?:police\\s|criminal\\s|homicide\\s){0,2}"
	"investigations?|under\\sinvestigation|persons?\\sof\\sinterest|(?:prime\\s)?suspects?|"
	"wire-?taps?|search\\swarrants?|undercover|confidential\\s(?:source|informant)s?|"
	"surveillance|enqu\\u00eates?\\sen\\scours|fait\\sl'objet\\sd'une\\senqu\\u00eate|"
	"suspecte?s?|\\u00e9coute\\s\\u00e9lectronique|mandats?\\sde\\sperquisition|"
	"agents?\\sdouble|filature)\\b",
	NULL, false},
    [DISCLOSURE_BAN] = {"publication-ban", "A publication ban or a sealed record",
	"Criminal Code, ss. 486.4, 517 and 539: while a court's order stands, nothing of what it "
	"covers is published. Ask Legal Services first.",
	"\\b(?i:publication\\sbans?|ban\\son\\spublication|sealed\\s(?:court\\s)?(?:file|record|"
	"order|"
	"warrant)s?|sealing\\sorders?|in\\scamera|gag\\sorders?|"
	"(?:interdiction|ordonnance)s?\\sde\\s(?:non-?)?publication|huis\\sclos|"
	"sous\\sscell\\u00e9s?)"
	"\\b",
	NULL, false},
};
