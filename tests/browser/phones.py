"""The phone that looks: its window, and a name that no rule takes for a robot's."""

from typing import Any

#: A headless browser says so in its name, and is no look of the public.
AGENT = (
    "Mozilla/5.0 (Linux; Android 14; HUAWEI Pura 70) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "user_agent": AGENT,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
