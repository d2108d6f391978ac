# SPDX-License-Identifier: Apache-2.0
"""Kind PixelObject: the image itself, in the site bucket.

Properties: Bucket, Path (as in the pixel's URL, beginning with a slash).
Physical id: `s3://bucket/key`. Attribute: Key.
"""

from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import Request, texts
from resources import site_object

# The smallest image that every browser and mail reader shows as nothing: 43 bytes.
# Layout: GIF89a Specification, CompuServe 1990.
TRANSPARENT_GIF = bytes.fromhex(
    "474946383961"  # header: GIF89a
    "01000100800000"  # screen: 1 x 1, a colour table of two
    "000000ffffff"  # the two colours: black, white
    "21f9040100000000"  # graphic control: colour 0 is transparent
    "2c000000000100010000"  # image: 1 x 1 at 0, 0
    "02024401"  # its only pixel, colour 0, in LZW codes of two bits
    "003b"  # end of the data, end of the file
)


def create(request: Request, deadline: Deadline) -> Outcome:
    """Write the image; writing it again is the same."""
    bucket, path = texts(request.properties, "Bucket", "Path")
    # No Cache-Control here: the edge has to cache the object. The response headers policy tells viewers not to.
    return site_object.write(
        request, bucket, site_object.key_of("Path", path), Body=TRANSPARENT_GIF, ContentType="image/gif"
    )


# At its new path if that changed; CloudFormation then requests to delete the old one.
update = create


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the image. An absent image or bucket is no error."""
    site_object.delete(request)
