# SPDX-License-Identifier: Apache-2.0
"""Builds, packages and publishes with the AWS SAM CLI, in the user's own account and Region."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from samcli.yamlhelper import yaml_dump, yaml_parse

from edgepixel.errors import PublicationError
from edgepixel.local.prerequisites import check_tools, tool_path
from edgepixel.local.sam import run_sam
from edgepixel.paths import ROOT
from edgepixel.publication.application import METADATA

# AWS Lambda Developer Guide, "Lambda quotas": code and layers of a function, unzipped.
CODE_BYTES = 250 * 1024 * 1024


def build(home: Path) -> Path:
    """Run `sam build` for the template's own defaults, and return the built template.

    Never from a cache: what strangers get is made of the pinned packages alone.
    """
    environment = _environment()
    check_tools(environment["PATH"])
    folder = home / "build"
    shutil.rmtree(folder, ignore_errors=True)
    arguments = ["build", "--config-env", "publish", "--template-file", str(ROOT / "template.yaml")]
    run_sam([*arguments, "--build-dir", str(folder), "--parallel"], environment, home / "sam-build.log")
    return folder / "template.yaml"


def code_bytes(built_template: Path) -> dict[str, int]:
    """Bytes of each function's code, unzipped. Raises PublicationError if Lambda takes no function of that size."""
    sizes = {}
    for folder in sorted(path for path in built_template.parent.iterdir() if path.is_dir()):
        sizes[folder.name] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if sizes[folder.name] > CODE_BYTES:
            raise PublicationError(
                f"{folder.name} has {sizes[folder.name]} bytes of code, and Lambda takes {CODE_BYTES} at most"
            )
    return sizes


def package(built_template: Path, bucket: str, region: str, source_code_url: str | None, home: Path) -> Path:
    """Upload code, licence and readme to the bucket, and return the template that names them there."""
    packaged = home / "packaged.yaml"
    # Readme and licence are named relative to the template, so it has to be beside them as it is in the checkout.
    arguments = ["package", "--config-env", "publish", "--template-file", str(built_template)]
    arguments += ["--s3-bucket", bucket, "--s3-prefix", "edge-pixel", "--region", region]
    run_sam([*arguments, "--output-template-file", str(packaged)], _environment(), home / "sam-package.log")
    if source_code_url:
        # SAM's own pair of functions, so that nothing but the address differs from what SAM wrote.
        template = yaml_parse(packaged.read_text(encoding="utf-8"))
        template["Metadata"][METADATA]["SourceCodeUrl"] = source_code_url
        packaged.write_text(yaml_dump(template), encoding="utf-8")
    return packaged


def publish(packaged: Path, region: str, home: Path) -> str:
    """Create the application, or a new version of it, and return what SAM said. A version is never replaced."""
    log = home / "sam-publish.log"
    arguments = ["publish", "--config-env", "publish", "--template-file", str(packaged)]
    run_sam([*arguments, "--region", region, "--fail-on-same-version"], _environment(), log)
    return log.read_text(encoding="utf-8")


def _environment() -> Mapping[str, str]:
    """The user's own: credentials, profile and endpoints count here."""
    return {**os.environ, "PATH": tool_path(), "SAM_CLI_TELEMETRY": "0"}
