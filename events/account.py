# SPDX-License-Identifier: Apache-2.0
"""The made-up account and stack of the sample events.

Addresses, names and account numbers are those reserved for documentation (RFC 5737, RFC 3849,
RFC 2606), so no sample reaches or describes anybody.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ACCOUNT, REGION = "123456789012", "us-east-1"
STACK, STACK_GUID = "edge-pixel", "5f1c7d30-6a2e-11f0-9c1b-0a58a9feac02"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/{STACK_GUID}"
LAKE, SITE = f"{STACK}-lakebucket-1a2b3c4d5e6f", f"{STACK}-sitebucket-1a2b3c4d5e6f"
CRAWLER = "Crawler-1a2b3c4d5e6f"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{STACK}-RawStream-1A2B3C4D5E6F"
DISTRIBUTION = "E1A2B3C4D5E6F7"  # somebody else's
ORIGIN = f"edgepixel-{STACK_GUID}"  # the stack's, in that distribution
PIXEL_HOST = "d111111abcdef8.cloudfront.net"
