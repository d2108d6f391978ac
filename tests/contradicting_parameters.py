# SPDX-License-Identifier: Apache-2.0
"""Parameters that are right by themselves and wrong together, each with a part of the advice that its rule gives."""

CONTRADICTING: list[tuple[dict[str, str], str]] = [
    ({"Aggregation": "disabled", "EdgeFunction": "disabled"}, "Aggregation=enabled, or EdgeFunction=enabled"),
    ({"Source": "standard", "EdgeFunction": "disabled"}, "EdgeFunction=enabled, or Source=realtime"),
    ({"Aggregation": "disabled", "IpAddresses": "full"}, "HonorGlobalPrivacyControl=false"),
    ({"DomainName": "p.example.com"}, "Set both, or neither"),
    (
        {
            "AttachToDistributionId": "E1A2B3C4D5E6F7",
            "WebAclArn": "arn:aws:wafv2:us-east-1:000000000000:global/webacl/one/1",
        },
        "leave them empty",
    ),
    ({"AttachToDistributionId": "E1A2B3C4D5E6F7", "Source": "both"}, "AcceptWholeSiteLogs=yes"),
    ({"CrossCheck": "enabled", "Source": "standard"}, "standard logs are events already"),
    ({"CrossCheck": "enabled", "Source": "both"}, "CrossCheck=disabled, or Source=realtime"),
    ({"CrossCheck": "enabled", "SamplingRate": "99"}, "CrossCheck=disabled, or SamplingRate=100"),
    ({"CrossCheck": "enabled", "RetentionDays": "1"}, "every event that RetentionDays has deleted"),
    ({"CrossCheck": "enabled", "RetentionDays": "6"}, "RetentionDays to 7 or more, or to 0"),
    ({"RawRetentionDays": "90", "TypedDays": "disabled"}, "TypedDays=enabled, or RawRetentionDays=0"),
    ({"UserRecordBytes": "512000", "AggregateBytes": "256000"}, "AggregateBytes to at least UserRecordBytes"),
]
