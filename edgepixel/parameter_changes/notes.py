# SPDX-License-Identifier: Apache-2.0
"""What to know before a parameter of a running stack is changed, as far as no schema tells it. Markdown, for docs/."""

NOTES = {
    "Source": (
        "[In two steps](operations.md#another-source), by way of `both`: so no hit is lost or counted twice. In one "
        "step, from `realtime`, the hits of the last `BatchingWindowSeconds` and `BufferSeconds` are lost, and some of "
        "the first four hours, until CloudFront delivers reliably; from `standard`, those of files that are not "
        "delivered yet: an hour as a rule, 24 at most"
    ),
    "AcceptWholeSiteLogs": "Nothing changes. It is asked for when `Source` does",
    "PixelPath": "Requests for the old path are no hits any more: change the tags in your pages at once",
    "AttachToDistributionId": (
        "The pixel gets another host name, and the old one stops: change the tags in your pages. CloudFormation needs "
        "some minutes to delete a distribution"
    ),
    "DomainName": (
        "Tags with the old name stop. Point the DNS record of the new name at `DistributionDomainName` first"
    ),
    "EdgeFunction": (
        "For new hits only; edge locations follow within some minutes. Until then a line may still have what the old "
        "setting logs"
    ),
    "Aggregation": (
        "[In steps](operations.md#aggregation-on-or-off). In one deployment, switching off can lose the hits of the "
        "last `BatchingWindowSeconds` and `BufferSeconds`: 16 minutes, with the defaults. Switching on loses none. "
        "Where `EdgeFunction` is `disabled`, enable it a day before you switch off"
    ),
    "StreamMode": (
        "At most twice in 24 hours, of which a refused change takes two, and back to `PROVISIONED` only "
        "[with as many shards as are open](operations.md#more-shards)"
    ),
    "ShardCount": (
        "At most [to the double or the half](operations.md#more-shards) in one deployment, and ten times in 24 hours"
    ),
    "BatchingWindowSeconds": "If the aggregator was created with `StartingPosition=LATEST`, lines can be missed",
    "StartingPosition": (
        "It counts only when the aggregator is created: a change has no effect until `Aggregation` is disabled and "
        "enabled again"
    ),
    "SamplingRate": "Edge locations follow within some minutes",
    "CrossCheck": (
        "Reliable about four hours after it is enabled. No hit is lost or counted twice by either change. With "
        "`disabled` the files that are there go within 7 days"
    ),
    "IpAddresses": (
        "For new hits only. CloudFront changes what standard logs have within 12 hours: until then a file may still "
        "have whole addresses. A visitor from before counts as another one afterwards, because the key is made of the "
        "stored address"
    ),
    "HonorGlobalPrivacyControl": "For new hits only",
    "RetentionDays": "A shorter time deletes older events, within two days",
    "TypedDays": (
        "Days that are typed stay typed, and answers read them. With `disabled` nothing redoes them, so a late line of "
        "such a day is not seen"
    ),
    "RawRetentionDays": (
        "What is deleted cannot be typed again under newer rules. A longer time brings nothing back; `0` stops deleting"
    ),
    "DatabaseName": (
        "[A new, empty database](operations.md#another-database): answers need a crawl first, and days whose raw lines "
        "have expired a statement each. The old one is deleted with all its tables, yours too; the lake stays"
    ),
    "DataOnDelete": "Changes nothing until the stack is deleted",
    "TimeZone": (
        "The saved queries are made anew, with other ids, and tell the hours and days of the new zone, of old events "
        "too. "
        "Check the name first: Athena fails every query with a zone that it does not know"
    ),
    "AlarmEmail": "The new address must confirm first",
    "Architecture": "Run `sam build --parameter-overrides Architecture=x86_64` first, or with `arm64`",
}
