# SPDX-License-Identifier: Apache-2.0
"""Bills of a stack whose metrics and alarms do not change with the template."""

import pytest

from edgepixel.cost import bill
from edgepixel.cost.monitoring import Monitoring
from edgepixel.cost.settings import Setting


@pytest.fixture
def fixed_monitoring(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that amounts worked out by hand stay right when the template gets another alarm."""

    def monitoring(setting: Setting) -> Monitoring:
        if setting.standard:
            return Monitoring(custom_metrics=1, alarm_metrics=4, dashboards=0)
        if setting.aggregated:
            return Monitoring(custom_metrics=8, alarm_metrics=12, dashboards=1)
        return Monitoring(custom_metrics=2, alarm_metrics=6, dashboards=1)

    monkeypatch.setattr(bill, "_monitoring", monitoring)
