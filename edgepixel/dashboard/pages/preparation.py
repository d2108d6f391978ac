# SPDX-License-Identifier: Apache-2.0
"""What the first page would wait for besides its answers, loaded before anybody asks: it takes a second."""

import threading

from edgepixel.dashboard.pages.parts import ENVIRONMENT
from edgepixel.report.panels import in_headline, in_report


def prepare_beside() -> threading.Thread:
    """Begin to prepare, while the server starts and a browser opens."""
    thread = threading.Thread(target=prepare, name="prepare-first-page", daemon=True)
    thread.start()
    return thread


def prepare() -> None:
    """Import the panels, compile the templates, and start what draws charts. Asks AWS nothing."""
    for one in (*in_headline(), *in_report()):
        one.module("panel")
    for name in ENVIRONMENT.list_templates(extensions=("j2",)):
        ENVIRONMENT.get_template(name)

    from edgepixel.report.charts import bars  # its library is large, and not every page has a chart

    bars([("", 0)], "", 300)
