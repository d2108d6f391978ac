# SPDX-License-Identifier: Apache-2.0
"""Shows what would be published and, when that is asked for, publishes it."""

from dataclasses import dataclass
from pathlib import Path

import boto3
from rich.console import Console

from edgepixel.console.progress import Steps
from edgepixel.errors import PublicationError
from edgepixel.paths import HOME, ROOT
from edgepixel.publication.application import Application, read_application
from edgepixel.publication.capabilities import capabilities
from edgepixel.publication.package import build, code_bytes, package, publish
from edgepixel.publication.rules import problems


@dataclass(frozen=True)
class Publication:
    """Where to publish; nothing is uploaded unless `for_real`.

    `bucket` holds the artifacts and is in `region` (the user's own when None). `source_code_url` is the page of this
    version's source: without it the application can be shared with chosen accounts, and not with everybody.
    """

    bucket: str | None
    region: str | None
    source_code_url: str | None
    for_real: bool


def run_publication(wanted: Publication, console: Console, home: Path = HOME / "publication") -> None:
    """Check and build the application, and publish it if that is wanted. Raises PublicationError before it uploads."""
    destination = _destination(wanted) if wanted.for_real else None
    application = _accepted(ROOT / "template.yaml")
    steps = Steps(console)
    with steps.step("sam build"):
        built = build(home)
    for function, size in code_bytes(built).items():
        console.print(f"{function}: {size / 1e6:.1f} MB of code", markup=False)
    for name, value in application.metadata.items():
        console.print(f"{name}: {', '.join(value) if isinstance(value, list) else value}", markup=False)
    console.print(
        f"Installing it requires these capabilities: {', '.join(capabilities(application.transformed))}", markup=False
    )
    if destination is None:
        console.print("Nothing was uploaded. To publish: edgepixel publish --bucket NAME --for-real", markup=False)
        return
    bucket, region = destination
    with steps.step("sam package"):
        packaged = package(built, bucket, region, wanted.source_code_url, home)
        _accepted(packaged)
    with steps.step("sam publish"):
        said = publish(packaged, region, home)
    console.print(said.strip(), markup=False)
    console.print("It is private until you share it: see docs/publishing.md", markup=False)


def _destination(wanted: Publication) -> tuple[str, str]:
    """Bucket and Region."""
    if not wanted.bucket:
        raise PublicationError(
            "name the bucket for the artifacts: --bucket NAME, or make publish BUCKET=NAME FOR_REAL=yes"
        )
    region = wanted.region or boto3.session.Session().region_name
    if not region:
        raise PublicationError("choose the Region of the bucket: set AWS_DEFAULT_REGION, or use --region")
    return wanted.bucket, region


def _accepted(template: Path) -> Application:
    application = read_application(template)
    if found := problems(application):
        raise PublicationError(f"{template} cannot be published:\n" + "\n".join(f"  {problem}" for problem in found))
    return application
