/*
 * say_plural: which form of a plural a number takes: the C expression of a Plural-Forms header
 * ("n > 1", "n%10==1 && n%100!=11 ? 0 : 1").
 */
#ifndef WEB_SAY_PLURAL_H
#define WEB_SAY_PLURAL_H

/* Works out the rule for n. Returns 0, or -1 where it is no expression of n. */
int say_plural_rule(const char *rule, unsigned long n, unsigned long *ret)
    __attribute__((warn_unused_result));

#endif
