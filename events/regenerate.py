# SPDX-License-Identifier: Apache-2.0
"""Write all sample events: `python -m events.regenerate`, from the project's root.

One folder for each function, named like it. The result is the same every time: the seed, the times
and the names are fixed.
"""

import hashlib
import json
from typing import Any

from edgepixel.template.reader import log_fields
from events.account import (
    ACCOUNT,
    CRAWLER,
    DISTRIBUTION,
    FOLDER,
    LAKE,
    ORIGIN,
    REGION,
    SITE,
    STACK,
    STACK_GUID,
    STACK_ID,
    STREAM_ARN,
)
from events.log_lines import SampleHits, aggregator_events


def crawler_trigger_events() -> dict[str, Any]:
    """What EventBridge tells about the end of a crawl and a new object in the lake; keys are not encoded there."""
    return {
        "crawl-ended": {
            "version": "0",
            "id": "b7a1c9a4-5b0e-4a0c-8d37-0f5c2a1e9d42",
            "detail-type": "Glue Crawler State Change",
            "source": "aws.glue",
            "account": ACCOUNT,
            "time": "2026-03-14T09:44:02Z",
            "region": REGION,
            "resources": [],
            "detail": {
                "accountId": ACCOUNT,
                "crawlerName": CRAWLER,
                "state": "Succeeded",
                "message": "Crawler Succeeded",
                "tablesCreated": "0",
                "tablesUpdated": "0",
                "tablesDeleted": "0",
                "partitionsCreated": "0",
                "partitionsUpdated": "0",
                "partitionsDeleted": "0",
                "runningTime (sec)": "71",
                "completionDate": "2026-03-14T09:44:02Z",
                "cloudWatchLogLink": f"https://console.aws.amazon.com/cloudwatch/home?region={REGION}#logEventViewer",
                "warningMessage": "N/A",
                "errorMessage": "N/A",
            },
        },
        "object-created": _object_created(
            "dt=2026-03-14/hour=09/"
            f"{STACK}-Delivery-1A2B3C4D5E6F-1-2026-03-14-09-27-09-0d2c8a1e-4a3c-4f3c-9d2e-3b8f5a6c7d8e.gz"
        ),
        "object-created-standard": _object_created(
            f"year=2026/month=03/day=14/hour=09/{DISTRIBUTION}.2026-03-14-09.0a1b2c3d.gz"
        ),
    }


def _object_created(key: str) -> dict[str, Any]:
    """What EventBridge tells about a new object with this key below events/."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": "2026-03-14T09:42:11Z",
        "region": REGION,
        "resources": [f"arn:aws:s3:::{LAKE}"],
        "detail": {
            "version": "0",
            "bucket": {"name": LAKE},
            "object": {
                "key": f"events/{key}",
                "size": 48213,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "sequencer": "0065F2C4D3A1B2C3D4",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": ACCOUNT,
            "source-ip-address": "192.0.2.10",
            "reason": "PutObject",
        },
    }


def compactor_events() -> dict[str, Any]:
    """What EventBridge sends by a schedule and at the end of a statement, and a day that somebody wants typed again."""
    sent = {"version": "0", "account": ACCOUNT, "time": "2026-03-15T06:20:00Z", "region": REGION}
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{STACK}-CompactorFunctionOnceAnHour-1A2B3C4D5E6F"
    return {
        "once-an-hour": sent
        | {
            "id": "5f2c8f6e-0d5c-4c0b-9a0e-2f6f8f1f7b11",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "resources": [rule],
            "detail": {},
        },
        # Amazon Athena user guide, "Monitor Athena query events with EventBridge".
        "statement-ended": sent
        | {
            "id": "abcdef00-1234-5678-9abc-def012345678",
            "detail-type": "Athena Query State Change",
            "source": "aws.athena",
            "resources": [],
            "detail": {
                "versionId": "0",
                "currentState": "SUCCEEDED",
                "previousState": "RUNNING",
                "statementType": "DML",
                "queryExecutionId": "01234567-0123-0123-0123-012345678901",
                "workgroupName": STACK,
                "sequenceNumber": "3",
            },
        },
        "redo-a-day": {"days": ["2026-03-14"], "redo": True},
    }


def hit_counter_events() -> dict[str, Any]:
    """What EventBridge sends by a schedule, and the same with the days that somebody wants read anew."""
    scheduled = {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-03-15T06:40:00Z",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{STACK}-HitCounterFunctionOnceADay-1A2B3C4D5E6F"],
        "detail": {},
    }
    return {"once-a-day": scheduled, "two-days": {"time": "2026-03-15T06:40:00Z", "days": 2}}


def custom_resource_events(
    logical_id: str, physical_ids: tuple[str, str], before: dict[str, Any], change: dict[str, Any]
) -> dict[str, Any]:
    """Create, Update and Delete of one custom resource; `physical_ids` are those before and after the update."""
    common = {
        "StackId": STACK_ID,
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::CloudFormation::CustomResource",
        "ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-EdgeSetupFunction-1A2B3C4D5E6F",
        # Nobody gets the response: a name under .invalid never resolves (RFC 2606).
        "ResponseURL": "https://cloudformation.invalid/response?X-Amz-Signature=sample",
    }
    token = {"ServiceToken": common["ServiceToken"]}
    requests = {
        "create": {"RequestType": "Create", "ResourceProperties": token | before},
        "update": {
            "RequestType": "Update",
            "PhysicalResourceId": physical_ids[0],
            "ResourceProperties": token | before | change,
            "OldResourceProperties": token | before,
        },
        "delete": {
            "RequestType": "Delete",
            "PhysicalResourceId": physical_ids[1],
            "ResourceProperties": token | before | change,
        },
    }
    return {
        name: {"RequestId": f"{logical_id}-{name}-00000000000000000001", **common, **request}
        for name, request in requests.items()
    }


def edge_setup_events() -> dict[str, Any]:
    """CloudFormation's requests for every kind of custom resource in the template."""
    arn = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config/edgepixel-{STACK_GUID}"
    control = "E2QWRUHAPOMQZL"
    bucket, pixel_logs = f"arn:aws:s3:::{LAKE}/events", f"arn:aws:cloudfront::{ACCOUNT}:distribution/{DISTRIBUTION}"
    destination = f"edgepixel-{STACK_GUID}-{hashlib.sha256(f'{bucket} w3c'.encode()).hexdigest()[:8]}"
    resources = {
        "log-delivery": custom_resource_events(
            "LogDelivery",
            (f"log-delivery:{destination}@{pixel_logs}",) * 2,
            {
                "Kind": "LogDelivery",
                "Name": f"edgepixel-{STACK_GUID}",
                "DistributionArn": pixel_logs,
                "DestinationArn": bucket,
                "OutputFormat": "w3c",
                "FieldDelimiter": "\t",
                "RecordFields": ["timestamp(ms)", "sc-status", "cs-uri-query"],
                "SuffixPath": "{yyyy}/{MM}/{dd}/{HH}",
            },
            {"RecordFields": ["timestamp(ms)", "sc-status", "cs-uri-query", "viewer-request-log-data"]},
        ),
        "realtime-log-config": custom_resource_events(
            "RealtimeLogConfig",
            (arn, arn),
            {
                "Kind": "RealtimeLogConfig",
                "Name": f"edgepixel-{STACK_GUID}",
                "StreamArn": STREAM_ARN,
                "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{STACK}-RealtimeLogRole-1A2B3C4D5E6F",
                "SamplingRate": "100",
                "Fields": log_fields(),
            },
            {"SamplingRate": "10"},
        ),
        "origin-access-control": custom_resource_events(
            "SiteAccess",
            (control, control),
            {
                "Kind": "OriginAccessControl",
                "Name": f"edgepixel-{STACK_GUID}",
                "Description": f"Lets CloudFront read the pixel of stack {STACK}",
            },
            {"Description": "Lets CloudFront read the pixel"},
        ),
        "pixel-object": custom_resource_events(
            "PixelObject",
            (f"s3://{SITE}/pixel.gif", f"s3://{SITE}/img/p.gif"),
            {"Kind": "PixelObject", "Bucket": SITE, "Path": "/pixel.gif"},
            {"Path": "/img/p.gif"},
        ),
        "pixel-script": custom_resource_events(
            "PixelScript",
            (f"s3://{SITE}/pixel.js", f"s3://{SITE}/img/pixel.js"),
            {"Kind": "PixelScript", "Bucket": SITE, "PixelPath": "/pixel.gif", "Content": "0123456789abcdef"},
            {"PixelPath": "/img/p.gif"},
        ),
        "distribution-attachment": custom_resource_events(
            "Attachment",
            (f"distribution-attachment:{DISTRIBUTION}/{ORIGIN}",) * 2,
            {
                "Kind": "DistributionAttachment",
                "DistributionId": DISTRIBUTION,
                "OriginId": ORIGIN,
                "BucketDomainName": f"{SITE}.s3.{REGION}.amazonaws.com",
                "OriginAccessControlId": control,
                "PixelPath": "/pixel.gif",
                "ResponseHeadersPolicyId": "5d2b4c1f-0a3e-4f6b-9c7d-8e1f2a3b4c5d",
                "RealtimeLogConfigArn": arn,
                "FunctionArn": f"arn:aws:cloudfront::{ACCOUNT}:function/{ORIGIN}",
            },
            {"PixelPath": "/img/p.gif"},
        ),
        "data-removal": custom_resource_events(
            "LakeRemoval",
            (f"data-removal:{LAKE}", f"data-removal:{LAKE}"),
            {"Kind": "DataRemoval", "Bucket": LAKE, "OnDelete": "keep"},
            {"OnDelete": "delete"},
        ),
        "first-value": custom_resource_events(
            "FirstPosition",
            ("first-value:TRIM_HORIZON",) * 2,
            {"Kind": "FirstValue", "Value": "TRIM_HORIZON"},
            {"Value": "LATEST"},
        ),
    }
    return {
        f"{resource}-{request}": event
        for resource, requests in resources.items()
        for request, event in requests.items()
    }


def sample_events() -> dict[str, str]:
    """The text of every sample file, by its path under this folder."""
    functions = {
        "aggregator": aggregator_events(SampleHits()),
        "compactor": compactor_events(),
        "crawler_trigger": crawler_trigger_events(),
        "edge_setup": edge_setup_events(),
        "hit_counter": hit_counter_events(),
    }
    return {
        f"{function}/{name}.json": json.dumps(event, indent=2) + "\n"
        for function, events in functions.items()
        for name, event in events.items()
    }


def main() -> None:
    """Write the files, making folders where needed."""
    for name, text in sample_events().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
