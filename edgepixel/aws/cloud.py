# SPDX-License-Identifier: Apache-2.0
"""Which cloud a command talks to: AWS, or the local one."""

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LOCAL_REGION = "us-east-1"
# The local cloud takes any key; these are not secret, and AWS refuses them.
LOCAL_KEY = "test"
# "Session objects are not thread safe ... clients are generally thread-safe" (boto3 guide, "Multithreading").
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Cloud:
    """AWS with the user's own credentials and Region, or the local cloud on a port of this machine."""

    local_port: int | None = None

    @property
    def endpoint(self) -> str | None:
        """The endpoint of every service; None for AWS's own. By name, because SAM's S3 calls need a host name."""
        return None if self.local_port is None else f"http://localhost:{self.local_port}"

    def __str__(self) -> str:
        return "AWS" if self.local_port is None else f"the local cloud at {self.endpoint}"

    @property
    def place(self) -> str:
        """As a message says where it looked: in AWS with the Region."""
        region = None if self.local_port is not None else self._session.region_name
        return f"{self} ({region})" if region else str(self)

    @cached_property
    def _session(self) -> Any:
        import boto3  # takes longer to load than all else, and many commands end without it

        if self.local_port is None:
            return boto3.session.Session()
        return boto3.session.Session(
            region_name=LOCAL_REGION, aws_access_key_id=LOCAL_KEY, aws_secret_access_key=LOCAL_KEY
        )

    @cached_property
    def _clients(self) -> dict[tuple[str, str | None, float | None, int | None], Any]:
        return {}

    def client(
        self, service: str, region: str | None = None, *, read_seconds: float | None = None, attempts: int | None = None
    ) -> Any:
        """A boto3 client of the service, in the cloud's Region or another one: the same for the same arguments.

        `read_seconds`: how long a response may take, and `attempts`: how often a call is made, if not as boto3 has it.
        Raises botocore's errors if AWS is meant and nothing is configured.
        """
        wanted = (service, region, read_seconds, attempts)
        with _one_at_a_time:  # to make one takes a hundredth of a second, as long as many a call
            if wanted not in self._clients:
                self._clients[wanted] = self._made_client(*wanted)
            return self._clients[wanted]

    def _made_client(self, service: str, region: str | None, read_seconds: float | None, attempts: int | None) -> Any:
        from botocore.config import Config

        config = Config(s3={"addressing_style": "path"} if self.endpoint else {})
        if read_seconds is not None:
            # AWS Lambda API reference, "Invoke": "configure your HTTP client ... for long connections with timeout or
            # keep-alive settings".
            config = config.merge(Config(read_timeout=read_seconds, tcp_keepalive=True))
        if attempts is not None:
            config = config.merge(Config(retries={"total_max_attempts": attempts}))
        return self._session.client(service, region_name=region, endpoint_url=self.endpoint, config=config)
