# SPDX-License-Identifier: Apache-2.0
"""Whether a period's events were told by rules of different versions: then its days do not compare in every column."""

from edgepixel.answers.subject.periods import Period
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import rules_of_today, typed_days


def mixed_rules(stack: Stack, period: Period) -> str:
    """A remark that the period mixes versions of the rules, and what to do; empty if it does not.

    Days are those of arrival in UTC, which are the period's own but for a few late lines. What is not typed yet is told
    by the rules of today.
    """
    typed = typed_days(stack)
    if not typed:
        return ""
    first, last = period.begin.date(), period.end.date()
    within = [one for one in typed.values() if first <= one.day <= last]
    today = rules_of_today(stack)
    other = [one for one in within if one.rules_version != today]
    versions = {one.rules_version for one in within} | ({today} if last > max(typed) else set())
    if len(versions) < 2 or not other:
        return ""
    days = "1 day is" if len(other) == 1 else f"{len(other):,} days are"
    named = f" ({other[0].day})" if len(other) == 1 else f" ({other[0].day} to {other[-1].day})"
    told = f"{days} typed by other rules than the rest{named}"
    if not any(one.can_be_typed_again for one in other):
        return f"{told}, and their raw lines are deleted: what agents and referrers are told to be may differ."
    return (
        f"{told}: what agents and referrers are told to be may differ. "
        f"`edgepixel compact --since {other[0].day}` types them again."
    )
