# SPDX-License-Identifier: Apache-2.0
"""`edgepixel publish` builds, uploads to a bucket of the local cloud, and hands over to a stand-in repository."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from edgepixel.aws.cloud import LOCAL_KEY, LOCAL_REGION, Cloud
from edgepixel.aws.lake_names import QUARANTINE
from edgepixel.errors import PublicationError, SamError
from edgepixel.publication.package import publish
from edgepixel.publication.run import Publication, run_publication
from edgepixel.template.function_environment import function_environment
from edgepixel.template.reader import parse_template, read_template
from tests.conftest import ROOT
from tests.e2e.stack.steps.repository import Repository, stand_in_repository
from tests.e2e.streams import deaggregated, stream_records

BUCKET = "artifacts-of-a-publisher"
SAMPLE = ROOT / "events" / "aggregator" / "page-views.json"  # one line in each record
SOURCE = "https://example.com/edge-pixel/tree/0.1.0"

ONE_INVOCATION = """
import json, sys
from types import SimpleNamespace
import app
context = SimpleNamespace(
    function_name="aggregator", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="one",
    get_remaining_time_in_millis=lambda: 60_000,
)
print(json.dumps(app.lambda_handler(json.load(open(sys.argv[1])), context)))
"""


@pytest.fixture(scope="module")
def repository(cloud: Cloud) -> Iterator[Repository]:
    """The environment of a publisher whose AWS is the local cloud, and whose repository is the stand-in."""
    assert cloud.endpoint is not None
    with stand_in_repository() as stand_in, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        patch.setenv("AWS_ENDPOINT_URL_SERVERLESSAPPLICATIONREPOSITORY", stand_in.endpoint)
        patch.setenv("AWS_DEFAULT_REGION", LOCAL_REGION)
        patch.setenv("AWS_ACCESS_KEY_ID", LOCAL_KEY)
        patch.setenv("AWS_SECRET_ACCESS_KEY", LOCAL_KEY)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        yield stand_in


@pytest.fixture(scope="module")
def published(repository: Repository, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The publisher's folder after `make publish` for real."""
    home = tmp_path_factory.mktemp("publication")
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    screen = Console(file=io.StringIO())
    run_publication(Publication(BUCKET, None, SOURCE, for_real=True), screen, home)
    return home


def test_the_repository_gets_the_metadata_and_a_template_without_local_paths(
    published: Path, repository: Repository
) -> None:
    (body,) = repository.created.values()
    written = read_template()
    metadata = written["Metadata"]["AWS::ServerlessRepo::Application"]
    for name in ("Name", "Description", "Author", "SpdxLicenseId", "Labels", "SemanticVersion"):
        assert body[name[0].lower() + name[1:]] == metadata[name]
    assert body["sourceCodeUrl"] == SOURCE
    template = parse_template(body["templateBody"])
    assert "AWS::ServerlessRepo::Application" not in template["Metadata"]
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            assert resource["Properties"]["CodeUri"].startswith(f"s3://{BUCKET}/"), name
    assert template["Resources"].keys() == written["Resources"].keys()
    assert str(ROOT) not in body["templateBody"]


def test_readme_licence_and_code_are_in_the_bucket(published: Path, repository: Repository, cloud: Cloud) -> None:
    (body,) = repository.created.values()

    def content(address: str) -> bytes:
        place = urlsplit(address)
        key = place.path.removeprefix("/").removeprefix(f"{BUCKET}/")
        data: bytes = cloud.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return data

    assert content(body["readmeUrl"]) == (ROOT / "docs" / "sar.md").read_bytes()
    assert content(body["licenseUrl"]) == (ROOT / "LICENSE").read_bytes()
    written = read_template()["Resources"]
    for name, resource in parse_template(body["templateBody"])["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            package = zipfile.ZipFile(io.BytesIO(content(resource["Properties"]["CodeUri"])))
            code = ROOT / written[name]["Properties"]["CodeUri"]
            for source in code.rglob("*.py"):
                assert package.read(str(source.relative_to(code))) == source.read_bytes(), source


def test_a_version_is_published_once(published: Path, repository: Repository) -> None:
    with pytest.raises(SamError, match="already exists"):
        publish(published / "packaged.yaml", LOCAL_REGION, published)
    assert len(repository.created) == 1


def test_without_for_real_nothing_is_uploaded_and_without_a_bucket_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="name the bucket"):
        run_publication(Publication(None, None, None, for_real=True), Console(file=io.StringIO()), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_published_packages_work_on_the_other_processor(published: Path, cloud: Cloud) -> None:
    """Packages are built for arm64: elsewhere the compiled parts are passed over, and Python does their work."""
    folder = published / "build" / "AggregatorFunction"
    assert [path for path in folder.rglob("*.so") if "aarch64" in path.name]
    stream = "aggregates-of-a-published-package"
    cloud.client("kinesis").create_stream(StreamName=stream, ShardCount=1)
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
        "PATH": os.defpath,
        "PYTHONPATH": str(folder),
        "POWERTOOLS_TRACE_DISABLED": "true",
        **function_environment(
            "AggregatorFunction",
            AGGREGATED_STREAM_NAME=stream,
            QUARANTINE_BUCKET=BUCKET,
            QUARANTINE_PREFIX=QUARANTINE,
            POWERTOOLS_METRICS_NAMESPACE="EdgePixel",
        ),
    }
    run = subprocess.run(  # noqa: S603 (our own arguments, no shell)
        [sys.executable, "-S", "-c", ONE_INVOCATION, str(SAMPLE)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == {"batchItemFailures": []}
    (record,) = stream_records(cloud, stream)
    assert len(b"".join(deaggregated(record)).splitlines()) == len(json.loads(SAMPLE.read_text())["Records"])
