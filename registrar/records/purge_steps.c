#include "registrar/records/purge_steps.h"

#include "schema/registrar_db.h"

#define Q(name)	  REGISTRAR_Q_PURGE_##name
#define N(array)  (sizeof(array) / sizeof(*(array)))
#define ALL(list) list, N(list)

static const struct purge_step photo[] = {
    {Q(PHOTO), RULE_PHOTO, false}, {Q(PHOTO_SWEEP), RULES, false}};
static const struct purge_step proof[] = {{Q(FILES), RULES, false}, {Q(PROOF), RULE_PROOF, false}};
static const struct purge_step correspondence[] = {{Q(CORRESPONDENCE), RULE_CORRESPONDENCE, false},
    {Q(MESSAGE), RULES, false}, {Q(VOUCHES), RULE_CORRESPONDENCE, false}};
static const struct purge_step notes[] = {{Q(NOTES), RULE_NOTES, false},
    {Q(REVIEW_NOTES), RULE_NOTES, false}, {Q(REVIEW_STEPS), RULES, false}};
static const struct purge_step application[] = {{Q(FILES), RULES, false},
    {Q(PROOF), RULE_PROOF, false}, {Q(CORRESPONDENCE), RULE_CORRESPONDENCE, false},
    {Q(VOUCHES), RULE_CORRESPONDENCE, false}, {Q(NOTES), RULE_NOTES, false},
    {Q(REVIEW_NOTES), RULE_NOTES, false}, {Q(REVIEW_STEPS), RULES, false},
    {Q(PROPOSALS), RULES, false}, {Q(WORK), RULES, false},
    {Q(APPLICATION_LINKS), RULE_LINKS, false}, {Q(APPLICATION), RULE_APPLICATION, true}};
static const struct purge_step pass[] = {
    {Q(PASS), RULE_PASS, false}, {Q(BADGES_LOST), RULES, false}, {Q(BADGES_PRINTED), RULES, false}};
static const struct purge_step registration[] = {{Q(PASS), RULE_PASS, false},
    {Q(PLACES_GIVEN), RULES, false}, {Q(REGISTRATION_PERSON), RULES, true},
    {Q(REGISTRATION_ACCREDITATION), RULES, false}, {Q(REGISTRATION_MOVE), RULES, false},
    {Q(REGISTRATION), RULE_REGISTRATION, false}};
static const struct purge_step journal[] = {{Q(JOURNAL), RULE_JOURNAL, false}};

/* Journal details first: fewer are then looked through for names. Whoever is purged takes
 * everything along, and needs no rule of less. */
const struct purge_sweep purge_sweeps[] = {
    {RULE_JOURNAL, Q(DUE_JOURNAL), Q(FILL_JOURNAL), ALL(journal)},
    {RULE_PERSON, Q(DUE_PERSON), Q(FILL_PERSON), NULL, 0},
    {RULE_APPLICATION, Q(DUE_APPLICATION), Q(FILL_APPLICATION), ALL(application)},
    {RULE_PHOTO, Q(DUE_PHOTO), Q(FILL_PHOTO), ALL(photo)},
    {RULE_PROOF, Q(DUE_PROOF), Q(FILL_PROOF), ALL(proof)},
    {RULE_CORRESPONDENCE, Q(DUE_CORRESPONDENCE), Q(FILL_CORRESPONDENCE), ALL(correspondence)},
    {RULE_NOTES, Q(DUE_NOTES), Q(FILL_NOTES), ALL(notes)},
    {RULE_REGISTRATION, Q(DUE_REGISTRATION), Q(FILL_REGISTRATION), ALL(registration)},
    {RULE_PASS, Q(DUE_PASS), Q(FILL_PASS), ALL(pass)},
};
const size_t purge_n_sweeps = N(purge_sweeps);

const struct purge_stroke purge_strokes[] = {
    {RULE_VIEWS, Q(DUE_VIEWS), {Q(VIEWS), Q(VIEW_REASONS)}, 2},
    {RULE_REFERRAL, Q(DUE_REFERRAL), {Q(REFERRAL), Q(CONFLICTS)}, 2},
    {RULE_RESTRICTION, Q(DUE_RESTRICTION), {Q(RESTRICTION)}, 1},
    {RULE_REQUEST, Q(DUE_REQUEST), {Q(REQUEST)}, 1},
    {RULE_BOUNCE, Q(DUE_BOUNCE), {Q(BOUNCE)}, 1},
    {RULE_SUBSCRIPTION, Q(DUE_SUBSCRIPTION), {Q(SUBSCRIPTION)}, 1},
    {RULE_LINKS, Q(DUE_LINKS), {Q(LINKS), Q(EMAIL_CHANGES), Q(SESSIONS)}, 3},
    {RULE_OUTBOX, Q(DUE_OUTBOX), {Q(OUTBOX)}, 1},
    {RULE_HOLD, Q(DUE_HOLD), {Q(HOLD)}, 1},
};
const size_t purge_n_strokes = N(purge_strokes);

/* The person's own row last: what comes before finds the rest by it. */
const struct purge_step purge_person_steps[] = {
    {Q(JOURNAL), RULE_JOURNAL, false},
    {Q(PERSON_REFERRALS), RULE_REFERRAL, false},
    {Q(PERSON_VIEWS), RULE_VIEWS, false},
    {Q(PERSON_VIEW_REASONS), RULE_VIEWS, false},
    {Q(PLACES_GIVEN), RULES, false},
    {Q(PERSON_RESTRICTIONS), RULE_RESTRICTION, false},
    {Q(PASS), RULE_PASS, false},
    {Q(BADGES_LOST), RULES, false},
    {Q(BADGES_PRINTED), RULES, false},
    {Q(REGISTRATION), RULE_REGISTRATION, false},
    {Q(FILES), RULES, false},
    {Q(PROOF), RULE_PROOF, false},
    {Q(CORRESPONDENCE), RULE_CORRESPONDENCE, false},
    {Q(VOUCHES), RULE_CORRESPONDENCE, false},
    {Q(NOTES), RULE_NOTES, false},
    {Q(REVIEW_NOTES), RULE_NOTES, false},
    {Q(REVIEW_STEPS), RULES, false},
    {Q(PROPOSALS), RULES, false},
    {Q(WORK), RULES, false},
    {Q(APPLICATION_LINKS), RULE_LINKS, false},
    {Q(APPLICATION), RULE_APPLICATION, true},
    {Q(PERSON_VOUCHES), RULE_CORRESPONDENCE, false},
    {Q(PERSON_REQUESTS), RULE_REQUEST, false},
    {Q(PERSON_HOLDS), RULE_HOLD, false},
    {Q(PERSON_BOUNCES), RULE_BOUNCE, false},
    {Q(PERSON_OUTBOX), RULE_OUTBOX, false},
    {Q(PERSON_UNSUBSCRIBED), RULE_SUBSCRIPTION, false},
    {Q(PERSON_SESSIONS), RULE_LINKS, false},
    {Q(PERSON_LINKS), RULE_LINKS, false},
    {Q(PERSON_EMAIL_CHANGES), RULE_LINKS, false},
    {Q(PERSON_ACCREDITATIONS), RULES, false},
    {Q(PHOTO), RULE_PHOTO, false},
    {Q(PERSON), RULE_PERSON, true},
    {Q(PHOTO_SWEEP), RULES, false},
};
const size_t purge_n_person_steps = N(purge_person_steps);
