# SPDX-License-Identifier: Apache-2.0
"""Kind PixelScript: pixel.js, in the site bucket beside the pixel.

Properties: Bucket, PixelPath (as in the pixel's URL, beginning with a slash), Content (anything that changes when the
script does: CloudFormation requests an Update only when a property changes).
Physical id: `s3://bucket/key`. Attributes: Key, Path (as in the script's URL).
"""

import re
from dataclasses import replace
from pathlib import Path

from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts
from resources import site_object

NAME = "pixel.js"
SOURCE = (Path(__file__).parent.parent / NAME).read_text(encoding="utf-8")
_PIXEL_IN_SOURCE = "pixel.gif"
# An hour, for browsers and for the edge: how long a new version takes to arrive.
CACHE_CONTROL = "public, max-age=3600"


def served(pixel: str) -> bytes:
    """The script as browsers get it, for a pixel with that file name in the same folder.

    It is the source without comment lines, indentation and the spaces around operators, which none of its strings
    contains. The tests in a browser run this form.
    """
    lines = (line.strip() for line in SOURCE.splitlines())
    code = "".join(line for line in lines if not line.startswith("//"))
    tight = re.sub(r" ?([=?:,;{}()<>&|]+) ?", r"\1", code).replace(";}", "}")
    return tight.replace(_PIXEL_IN_SOURCE, pixel).encode()


def create(request: Request, deadline: Deadline) -> Outcome:
    """Write the script; writing it again is the same."""
    bucket, path = texts(request.properties, "Bucket", "PixelPath")
    folder, _, pixel = site_object.key_of("PixelPath", path).rpartition("/")
    if pixel == NAME:
        raise InvalidProperties(f"PixelPath is {path}, which is the path of the script; give the pixel another name")
    key = f"{folder}/{NAME}" if folder else NAME
    outcome = site_object.write(
        request,
        bucket,
        key,
        Body=served(pixel),
        ContentType="text/javascript; charset=utf-8",
        CacheControl=CACHE_CONTROL,
    )
    return replace(outcome, data={**outcome.data, "Path": f"/{key}"})


# At its new path if that changed; CloudFormation then requests to delete the old one.
update = create


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the script. An absent script or bucket is no error."""
    site_object.delete(request)
