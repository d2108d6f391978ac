# SPDX-License-Identifier: Apache-2.0
"""The environment that MiniStack reads while it is imported, and that the Lambda functions inherit."""

import logging
import os
import tempfile

# A user's own settings must reach neither MiniStack nor the functions that run here: a profile, an endpoint, a volume.
_REMOVED_PREFIXES = ("AWS_", "MINISTACK_", "LAMBDA_", "LOCALSTACK_", "S3_", "SFTP_", "IOT_", "DOCKER_", "ATHENA_")
_REMOVED = ("EDGE_PORT", "SERVICES", "SFN_MOCK_CONFIG")


class LogLevelError(ValueError):
    """LOCALCLOUD_LOG_LEVEL names no log level."""


def set_environment(host: str, port: int, home: str) -> None:
    """No other listeners, no containers, nothing kept on disk but in `home`. LOCALCLOUD_LOG_LEVEL sets the log level.

    Raises LogLevelError if it cannot.
    """
    level = os.environ.get("LOCALCLOUD_LOG_LEVEL", "WARNING").upper()
    if level not in logging.getLevelNamesMapping():
        raise LogLevelError(f"LOCALCLOUD_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not {level}")
    for name in [name for name in os.environ if name.startswith(_REMOVED_PREFIXES) or name in _REMOVED]:
        del os.environ[name]
    os.environ |= ministack_settings(host, port, home, level)
    os.environ["TMPDIR"] = home
    os.environ["DOCKER_HOST"] = f"unix://{home}/no-docker.sock"  # MiniStack would remove other containers
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"  # nothing here takes the functions' traces
    for name in ("NO_PROXY", "no_proxy"):  # what the functions call is here, whatever proxy the user has
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", host)))
    tempfile.tempdir = None  # follow TMPDIR from here on


def ministack_settings(host: str, port: int, home: str, log_level: str) -> dict[str, str]:
    """The variables that MiniStack reads while it is imported."""
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": host,
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": "us-east-1",
        "LOG_LEVEL": log_level,
        "STATE_DIR": f"{home}/state",
        "S3_DATA_DIR": f"{home}/s3",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "AUTH": "false",
        "USE_SSL": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "ATHENA_ENGINE": "duckdb",
    }
