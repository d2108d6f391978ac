# SPDX-License-Identifier: Apache-2.0
"""`edgepixel publish`: its options."""

import click

from edgepixel.console.progress import output_console
from edgepixel.local.prerequisites import check_packages


@click.command()
@click.option("--bucket", metavar="NAME", help="Bucket for the artifacts, which the repository may read.")
@click.option(
    "--region", metavar="NAME", help="Region of the bucket and the application. [default: your configuration's]"
)
@click.option(
    "--source-code-url", metavar="URL", help="Page of this version's source code. Without it, no version can be public."
)
@click.option("--for-real", is_flag=True, help="Upload and publish. Without it, nothing leaves this machine.")
def publish(bucket: str | None, region: str | None, source_code_url: str | None, for_real: bool) -> None:
    """Publish to the AWS Serverless Application Repository.

    Without --for-real, builds the application, checks it against the repository's rules, and shows what would be
    published.
    """
    check_packages()
    from edgepixel.publication.run import Publication, run_publication  # needs packages of the extra `local`

    run_publication(Publication(bucket, region, source_code_url, for_real), output_console())
